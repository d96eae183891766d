//! Every route on one screen, grouped by audience, each with its permission. `ROUTES` is the same list as
//! data: the permission table in the repository is made from it.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::access::Action;
use crate::gate::gate;
use crate::state::App;
use crate::{
    afterwards, agent, api, applicant, demo, designer, desk, documents, doorplates, exchange,
    explaining, inconsistencies, manager, officer, public, ratings, revising, supervision, window,
};

/// One line of the route table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RouteLine {
    pub method: &'static str,
    pub path: &'static str,
    pub action: Action,
}

macro_rules! routes {
    ($($method:ident $path:literal $action:ident => $handler:path;)*) => {
        /// All gated routes.
        pub const ROUTES: &[RouteLine] = &[$(
            RouteLine { method: stringify!($method), path: $path, action: Action::$action },
        )*];

        fn gated(app: &App) -> Router<App> {
            Router::new()$(
                .route($path, $method($handler).layer(from_fn_with_state(
                    (app.clone(), Action::$action), gate,
                )))
            )*
        }
    };
}

routes! {
    // -- everyone -----------------------------------------------------------------------------------
    get "/" SeePublic => public::home::home;
    get "/matters" SeePublic => public::matters::matters;
    get "/matters/{matter}" SeePublic => public::matter::matter;
    get "/matters/{matter}/where" SeePublic => desk::outlets::matter_where;
    get "/outlets" SeePublic => desk::outlets::outlets;
    get "/outlets/{outlet}" SeePublic => desk::outlets::outlet;
    get "/outlets/{outlet}/number" SeePublic => desk::tickets::choose;
    post "/outlets/{outlet}/number" SeePublic => desk::tickets::take;
    get "/outlets/{outlet}/display" SeePublic => desk::display::display;
    get "/tickets/{ticket}" SeePublic => desk::tickets::ticket;
    get "/d/{doorplate}" SeePublic => doorplates::landing::landing;
    get "/about" SeePublic => public::about::about;
    get "/verify" SeePublic => public::verify::verify;
    get "/verify/{code}" SeePublic => public::verify::verify_code;
    get "/set" SeePublic => public::set::set;
    get "/sign-in" SeePublic => public::sign_in::show;
    post "/sign-in" SeePublic => public::sign_in::sign_in;
    post "/sign-out" SignOut => public::sign_in::sign_out;
    // -- the demo's role board ----------------------------------------------------------------------
    get "/demo" EnterDemo => demo::board::board;
    post "/demo/enter/{account}" EnterDemo => demo::board::enter;
    get "/demo/examples/{matter}" EnterDemo => demo::examples::examples;
    post "/demo/examples/{matter}/{number}" EnterDemo => demo::examples::open;
    post "/demo/departments/{department}" SteerDepartments => demo::board::steer;
    post "/demo/time" SteerTime => demo::time::advance;
    // -- applicant ----------------------------------------------------------------------------------
    post "/matters/{matter}/start" OpenDraft => applicant::start::start;
    get "/matters/{matter}/continue" OpenDraft => applicant::standing::of_matter;
    post "/matters/{matter}/single" OpenDraft => applicant::standing::single;
    post "/cases/{case}/continue" ActOnCase => applicant::standing::from_case;
    get "/drafts/{draft}" SeeDraft => applicant::start::resume;
    get "/drafts/{draft}/question" SeeDraft => applicant::interview::show;
    post "/drafts/{draft}/question" ChangeDraft => applicant::interview::answer;
    get "/drafts/{draft}/plan" SeeDraft => applicant::plan::plan;
    post "/drafts/{draft}/services" ChangeDraft => applicant::plan::choose_services;
    post "/drafts/{draft}/along" ChangeDraft => applicant::standing::along;
    get "/drafts/{draft}/precheck" SeeDraft => applicant::precheck::precheck;
    get "/drafts/{draft}/form" SeeDraft => applicant::form::show;
    post "/drafts/{draft}/form" ChangeDraft => applicant::form::save;
    get "/drafts/{draft}/evidence" SeeDraft => applicant::evidence::show;
    post "/drafts/{draft}/evidence/{slot}" ChangeDraft => applicant::evidence::upload;
    post "/drafts/{draft}/evidence/{evidence}/remove" ChangeDraft => applicant::evidence::remove;
    get "/drafts/{draft}/check" SeeDraft => applicant::check::check;
    get "/drafts/{draft}/changes" SeeDraft => revising::draft::show;
    post "/drafts/{draft}/changes" ChangeDraft => revising::draft::confirm;
    post "/drafts/{draft}/submit" SubmitDraft => applicant::check::submit;
    get "/orders" SeeOwnList => agent::orders::show;
    post "/orders" SeeOwnList => agent::orders::grant;
    post "/orders/{order}/end" SeeOwnList => agent::orders::end;
    get "/mine" SeeOwnList => applicant::mine::mine;
    get "/wallet" SeeOwnList => applicant::wallet::wallet;
    get "/licences/{licence}" SeeLicence => applicant::wallet::licence;
    get "/cases/{case}/receipt" SeeCase => applicant::receipt::receipt;
    get "/cases/{case}" SeeCase => applicant::track::track;
    get "/cases/{case}/version" SeeCase => applicant::track::version;
    get "/cases/{case}/dates" SeeCase => explaining::for_applicant;
    get "/cases/{case}/withdraw" ActOnCase => applicant::withdraw::show;
    post "/cases/{case}/withdraw" ActOnCase => applicant::withdraw::withdraw;
    get "/cases/{case}/corrections" ActOnCase => applicant::round::show;
    post "/cases/{case}/corrections" ActOnCase => applicant::round::answer;
    get "/cases/{case}/visits/{visit}" ActOnCase => applicant::visit::show;
    post "/cases/{case}/visits/{visit}" ActOnCase => applicant::visit::choose;
    get "/cases/{case}/correct/{node}" ActOnCase => applicant::correct::show;
    post "/cases/{case}/correct/{node}" ActOnCase => applicant::correct::correct;
    post "/cases/{case}/hearing/{node}" ActOnCase => afterwards::holder::speak;
    get "/take-over" SeeOwnList => afterwards::holder::show;
    post "/take-over" SeeOwnList => afterwards::holder::consent;
    get "/cases/{case}/documents/{mark}" SeeCase => documents::applicant_show;
    get "/cases/{case}/documents/{mark}/pdf" SeeCase => documents::applicant_pdf;
    post "/cases/{case}/documents/{mark}/served" ActOnCase => documents::applicant_serve;
    post "/cases/{case}/rate" ActOnCase => ratings::give::rate;
    get "/evidence/{evidence}" SeeEvidence => applicant::evidence::file;
    // -- window -------------------------------------------------------------------------------------
    get "/window" UseWindow => window::show;
    post "/window/sit" UseWindow => window::queue::sit;
    post "/window/call" UseWindow => window::queue::call;
    post "/window/recall" UseWindow => window::queue::recall;
    post "/window/no-show" UseWindow => window::queue::no_show;
    post "/window/transfer" UseWindow => window::queue::transfer;
    post "/window/card" UseWindow => window::people::card;
    post "/window/person" UseWindow => window::people::typed;
    post "/window/manner" UseWindow => window::people::manner;
    post "/window/demo/card" UseWindow => window::people::lay;
    post "/window/matter" UseWindow => window::work::begin;
    post "/window/drafts/{draft}" UseWindow => window::work::resume;
    post "/window/continue" UseWindow => window::work::go_on;
    post "/window/form" UseWindow => window::work::save;
    post "/window/scan" UseWindow => window::trays::scan;
    post "/window/upload/{slot}" UseWindow => window::trays::upload;
    post "/window/original" UseWindow => window::trays::original;
    post "/window/ticks" UseWindow => window::trays::tick;
    get "/window/evidence/{evidence}" UseWindow => window::trays::file;
    post "/window/evidence/{evidence}/move" UseWindow => window::trays::assign;
    post "/window/evidence/{evidence}/remove" UseWindow => window::trays::remove;
    post "/window/hold" UseWindow => window::finish::hold;
    post "/window/next" UseWindow => window::finish::next;
    post "/window/submit" UseWindow => window::finish::submit;
    get "/window/notice" UseWindow => window::notice;
    get "/window/receipt" UseWindow => window::receipt;
    get "/window/results" UseWindow => window::results::show;
    get "/window/dates" UseWindow => explaining::for_clerk;
    get "/window/changes" UseWindow => afterwards::counter::show;
    post "/window/changes/{case}/{step}" UseWindow => afterwards::counter::step;
    get "/window/documents/{number}" UseWindow => documents::window_show;
    get "/window/documents/{number}/pdf" UseWindow => documents::window_pdf;
    post "/window/documents/{number}/served" UseWindow => documents::window_serve;
    // -- agent --------------------------------------------------------------------------------------
    get "/agent" ActOnOrder => agent::home::home;
    post "/agent/orders/{order}/take" ActOnOrder => agent::home::take;
    post "/agent/orders/{order}/start" ActOnOrder => agent::home::start;
    // -- officer ------------------------------------------------------------------------------------
    get "/officer" SeeWorklist => officer::worklist::worklist;
    get "/officer/ratings" SeeWorklist => ratings::list::for_officer;
    get "/officer/ratings/{case}/{node}" SeeServiceCase => ratings::answer::for_officer;
    post "/officer/ratings/{case}/{node}/{step}" DecideServiceCase => ratings::answer::by_officer;
    get "/officer/supervision" SeeWorklist => supervision::list::for_officer;
    get "/officer/supervision/{case}/{node}" SeeServiceCase => supervision::one::for_officer;
    post "/officer/supervision/{case}/{node}/{step}" DecideServiceCase => supervision::one::by_officer;
    post "/officer/assign" DecideServiceCase => officer::assign::batch;
    get "/officer/next" SeeWorklist => officer::assign::next;
    post "/officer/filters" SeeWorklist => officer::saved::save;
    get "/officer/filters/{filter}" SeeWorklist => officer::saved::open;
    post "/officer/filters/{filter}/delete" SeeWorklist => officer::saved::delete;
    get "/officer/cases/{case}/{node}" SeeServiceCase => officer::case::case;
    get "/officer/cases/{case}/{node}/dates" SeeServiceCase => explaining::for_officer;
    get "/officer/cases/{case}/{node}/files" SeeEvidence => officer::viewer::files;
    get "/officer/cases/{case}/{node}/alike/{other_case}/{other_node}" SeeServiceCase => officer::alike::compare;
    post "/officer/cases/{case}/{node}/alike/{other_case}/{other_node}" DecideServiceCase => officer::alike::judge;
    post "/officer/cases/{case}/{node}/assign" DecideServiceCase => officer::assign::one;
    post "/officer/cases/{case}/{node}/review" DecideServiceCase => officer::review::review;
    post "/officer/cases/{case}/{node}/opinions" DecideServiceCase => officer::opinions::ask;
    post "/officer/cases/{case}/{node}/opinions/{opinion}" DecideServiceCase => officer::opinions::give;
    get "/officer/cases/{case}/{node}/evidence/{evidence}" SeeEvidence => officer::case::file;
    post "/officer/cases/{case}/{node}/visits/{visit}" DecideServiceCase => officer::visits::act;
    get "/officer/cases/{case}/{node}/documents/{mark}" SeeServiceCase => documents::officer_show;
    get "/officer/cases/{case}/{node}/documents/{mark}/pdf" SeeServiceCase => documents::officer_pdf;
    post "/officer/cases/{case}/{node}/documents/{mark}/served" DecideServiceCase => documents::officer_serve;
    post "/officer/cases/{case}/{node}/accept" DecideServiceCase => officer::decide::accept;
    post "/officer/cases/{case}/{node}/not-accept" DecideServiceCase => officer::decide::not_accept;
    post "/officer/cases/{case}/{node}/correct" DecideServiceCase => officer::decide::correct;
    post "/officer/cases/{case}/{node}/grant" DecideServiceCase => officer::decide::grant;
    post "/officer/cases/{case}/{node}/refuse" DecideServiceCase => officer::decide::refuse;
    post "/officer/cases/{case}/{node}/procedure" DecideServiceCase => officer::decide::begin_procedure;
    post "/officer/cases/{case}/{node}/procedure-end" DecideServiceCase => officer::decide::end_procedure;
    post "/officer/cases/{case}/{node}/extend" DecideServiceCase => officer::decide::extend;
    post "/officer/cases/{case}/{node}/settle" DecideServiceCase => officer::decide::settle;
    post "/officer/cases/{case}/{node}/withdrawal" DecideServiceCase => officer::decide::withdrawal;
    post "/officer/cases/{case}/{node}/resolve" DecideServiceCase => officer::decide::resolve;
    get "/officer/cases/{case}/{node}/acts" SeeServiceCase => afterwards::officer::show;
    post "/officer/cases/{case}/{node}/acts/{step}" DecideServiceCase => afterwards::officer::step;
    // -- designer -----------------------------------------------------------------------------------
    get "/designer" SeeDefinitions => designer::home::home;
    get "/designer/problems" SeeDefinitions => designer::problems::problems;
    get "/designer/codes" SeeDefinitions => designer::codes::all;
    get "/designer/codes/{code}" SeeDefinitions => designer::codes::one;
    get "/designer/services/{service}" SeeDefinitions => designer::service::service;
    get "/designer/inconsistencies" SeeDefinitions => inconsistencies::for_designer;
    get "/designer/elements" SeeDefinitions => designer::elements::elements;
    get "/designer/gallery" SeeDefinitions => designer::gallery::gallery;
    get "/designer/try" SeeDefinitions => designer::change::show;
    post "/designer/try" SeeDefinitions => designer::change::try_out;
    post "/designer/publish" SeeDefinitions => revising::publish::publish;
    get "/designer/publications" SeeDefinitions => revising::publish::publications;
    get "/designer/matters/{matter}" SeeDefinitions => designer::matter::matter;
    get "/designer/matters/{matter}/scenarios" SeeDefinitions => designer::scenarios::scenarios;
    get "/designer/matters/{matter}/case" SeeDefinitions => designer::case::case;
    get "/designer/matters/{matter}/interview" SeeDefinitions => designer::interview_print::interview;
    get "/designer/matters/{matter}/cards" SeeDefinitions => designer::cards::cards;
    get "/designer/matters/{matter}/guide" SeeDefinitions => designer::guide_print::guide;
    get "/designer/matters/{matter}/notice" SeeDefinitions => designer::notice_print::notice;
    get "/designer/matters/{matter}/rules" SeeDefinitions => designer::rules_print::rules;
    // -- the counter's manager ----------------------------------------------------------------------
    get "/desk/records" ManageDesk => desk::records::records;
    post "/desk/records" ManageDesk => desk::records::grant;
    post "/desk/records/{record}/revoke" ManageDesk => desk::records::revoke;
    get "/desk/doorplates" ManageDesk => doorplates::manage::list;
    get "/desk/doorplates/{doorplate}/print" ManageDesk => doorplates::manage::print;
    get "/desk/delegations" ManageDesk => desk::delegations::delegations;
    post "/desk/delegations/{delegation}/revoke" ManageDesk => desk::delegations::revoke;
    // -- manager: figures with the lists behind them ------------------------------------------------
    get "/manager" SeeFigures => manager::home::home;
    get "/manager/matters/{file}" SeeFigures => manager::export::matters;
    get "/manager/figures" SeeFigures => manager::figures::figures;
    get "/manager/figures/{indicator}" SeeFigures => manager::figure::figure;
    get "/manager/figures/{indicator}/{file}" SeeFigures => manager::export::figure;
    // -- manager: standards that differ ---------------------------------------------------------------
    get "/manager/ratings" SeeFigures => ratings::list::for_manager;
    get "/manager/ratings/{case}/{node}" SeeFigures => ratings::answer::for_manager;
    post "/manager/ratings/{case}/{node}/{step}" SeeFigures => ratings::answer::by_manager;
    // -- whoever supervision addresses itself to --------------------------------------------------------
    get "/addressed" SeeAddressed => supervision::addressed::show;
    get "/supervision" Supervise => supervision::list::for_supervisor;
    get "/supervision/lights/{file}" Supervise => supervision::export::lights;
    get "/supervision/{case}/{node}" Supervise => supervision::one::for_supervisor;
    post "/supervision/{case}/{node}/answer" AnswerNotice => supervision::one::answer_by_head;
    post "/supervision/{case}/{node}/notice" GiveNotice => supervision::one::notice_by_inspector;
    post "/supervision/{case}/{node}/close" GiveNotice => supervision::one::close_by_inspector;
    get "/manager/supervision" SeeFigures => supervision::list::for_manager;
    get "/manager/supervision/lights/{file}" SeeFigures => supervision::export::lights;
    get "/manager/supervision/{case}/{node}" SeeFigures => supervision::one::for_manager;
    post "/manager/supervision/{case}/{node}/{step}" SeeFigures => supervision::one::by_manager;
    get "/manager/calendars" SeeFigures => explaining::for_manager;
    get "/designer/calendars" SeeDefinitions => explaining::for_designer;
    get "/manager/inconsistencies" SeeFigures => inconsistencies::for_manager;
    // -- machines -----------------------------------------------------------------------------------
    get "/api/v1/cases/{case}" SeeCase => api::cases::for_applicant;
    post "/api/v1/cases/{case}/commands" ActOnCase => api::commands::command;
    get "/api/v1/officer/cases/{case}/{node}" SeeServiceCase => api::cases::for_officer;
    get "/api/v1/officer/cases/{case}/{node}/dates" SeeServiceCase => api::cases::dates_for_officer;
    get "/api/v1/officer/cases/{case}/{node}/documents" SeeServiceCase => documents::api_list_for_officer;
    get "/api/v1/officer/cases/{case}/{node}/documents/{mark}" SeeServiceCase => documents::api_one_for_officer;
    get "/api/v1/addressed" SeeAddressed => supervision::addressed::for_machines;
    get "/api/v1/cases/{case}/dates" SeeCase => explaining::for_machines;
    get "/api/v1/matters" SeePublic => api::matters::list;
    get "/api/v1/matters/{matter}" SeePublic => api::matters::one;
    post "/api/v1/matters/{matter}/plan" SeePublic => api::matters::plan;
    post "/api/v1/matters/{matter}/precheck" SeePublic => api::precheck::precheck;
    get "/api/v1/cases/{case}/documents" SeeCase => documents::api_list;
    get "/api/v1/cases/{case}/documents/{mark}" SeeCase => documents::api_one;
}

/// Routes that departments' systems call; each request is authorised by its signature (`exchange`).
pub const SIGNED_ROUTES: &[RouteLine] = &[
    RouteLine { method: "post", path: "/exchange/v1/replies", action: Action::SendReply },
    RouteLine {
        method: "get",
        path: "/exchange/v1/dispatches/{dispatch}/evidence/{evidence}",
        action: Action::SeeEvidence,
    },
];

/// Routes without a person: assets and health.
pub const OPEN_ROUTES: &[(&str, &str)] =
    &[("get", "/assets/{*path}"), ("get", "/health"), ("get", "/ready")];

/// The whole router, with middleware.
pub fn router(app: App) -> Router {
    let signed = Router::new()
        .route("/exchange/v1/replies", post(exchange::replies))
        .route("/exchange/v1/dispatches/{dispatch}/evidence/{evidence}", get(exchange::evidence));
    let open = Router::new()
        .route("/assets/{*path}", get(public::assets::asset))
        .route("/health", get(public::health::health))
        .route("/ready", get(public::health::ready));
    crate::middleware::wrap(gated(&app), signed, open, &app).with_state(app)
}
