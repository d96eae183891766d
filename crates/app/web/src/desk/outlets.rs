//! Where one can go: all outlets, one outlet with what it may receive, and the outlets of a matter.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use catalogue::Matter;
use network::{Asked, At, ForWhom, Outlet, OutletKind, Revoked};
use serde::Deserialize;
use vocabulary::{AreaCode, MatterId};

use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

use super::{hours, is_open, outlet_name};

#[derive(Deserialize, Debug)]
pub struct Filter {
    #[serde(default)]
    area: String,
}

/// A choice of the filter by area.
#[derive(Debug)]
struct AreaChoice {
    code: String,
    name: String,
    chosen: bool,
}

/// An outlet in a list.
#[derive(Debug)]
struct OutletLine {
    id: String,
    name: String,
    address: String,
    phone: String,
    open: bool,
    /// Windows where numbers are called.
    windows: usize,
    /// How much of a matter it receives; empty in the list of all outlets.
    receives: String,
    all: bool,
}

/// Outlets of one kind.
#[derive(Debug)]
struct KindGroup {
    name: String,
    outlets: Vec<OutletLine>,
}

#[derive(Template, Debug)]
#[template(path = "desk/outlets.html")]
struct OutletsPage<'a> {
    p: &'a Page,
    network: String,
    areas: Vec<AreaChoice>,
    groups: Vec<KindGroup>,
}

fn areas(app: &App, page: &Page, chosen: &str) -> Vec<AreaChoice> {
    let choice = |(code, name): (&AreaCode, &vocabulary::Localised)| AreaChoice {
        code: code.to_string(),
        name: page.text(name).to_owned(),
        chosen: code.as_str() == chosen,
    };
    app.engine.network().areas.iter().map(choice).collect()
}

/// The area of the filter, if the network has it.
fn chosen_area(app: &App, filter: &Filter) -> Option<AreaCode> {
    let found = app.engine.network().areas.get_key_value(filter.area.as_str());
    found.map(|(code, _)| code.clone())
}

fn line(app: &App, page: &Page, outlet: &Outlet) -> OutletLine {
    OutletLine {
        id: outlet.id.to_string(),
        name: page.text(&outlet.name).to_owned(),
        address: page.text(&outlet.address).to_owned(),
        phone: outlet.phone.as_deref().unwrap_or_default().to_owned(),
        open: is_open(app, outlet),
        windows: outlet.windows().count(),
        receives: String::new(),
        all: false,
    }
}

/// GET /outlets.
pub async fn outlets(
    State(app): State<App>,
    page: Page,
    Query(filter): Query<Filter>,
) -> Result<Response, Response> {
    let network = app.engine.network();
    let area = chosen_area(&app, &filter);
    let mut groups: BTreeMap<OutletKind, Vec<OutletLine>> = BTreeMap::new();
    for outlet in network.near(area.as_ref()) {
        groups.entry(outlet.kind).or_default().push(line(&app, &page, outlet));
    }
    let groups = groups
        .into_iter()
        .map(|(kind, outlets)| KindGroup {
            name: page.t(&format!("outlet-kind-{}", kind.as_str())),
            outlets,
        })
        .collect();
    render(&OutletsPage {
        p: &page,
        network: page.text(&network.name).to_owned(),
        areas: areas(&app, &page, &filter.area),
        groups,
    })
    .map_err(|error| error.into_page(&page))
}

/// A service that an outlet may receive.
#[derive(Debug)]
struct ServiceLine {
    name: String,
    authority: String,
    /// On what it rests: the authority's own place, or a delegation.
    basis: String,
    /// Where it is accepted and decided, if not here.
    accepted: String,
    decided: String,
}

/// A matter with what the outlet receives of it.
#[derive(Debug)]
struct MatterGroup {
    id: String,
    title: String,
    count: String,
    all: bool,
    services: Vec<ServiceLine>,
}

/// A zone with its windows.
#[derive(Debug)]
struct ZoneLine {
    name: String,
    letter: String,
    windows: String,
    waiting: u64,
    longest: String,
}

#[derive(Template, Debug)]
#[template(path = "desk/outlet.html")]
struct OutletPage<'a> {
    p: &'a Page,
    line: OutletLine,
    kind: String,
    parent: Option<(String, String)>,
    hours: Vec<(String, String)>,
    zones: Vec<ZoneLine>,
    persons: Vec<MatterGroup>,
    enterprises: Vec<MatterGroup>,
    address: String,
}

/// GET /outlets/{outlet}.
pub async fn outlet(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    show(&app, &page, &id).await.map_err(|error| error.into_page(&page))
}

async fn show(app: &App, page: &Page, id: &str) -> Result<Response, WebError> {
    let outlet = super::outlet(app, id)?;
    let revoked = app.engine.revoked_delegations().await?;
    let queue = app.engine.queue(&outlet.id).await?;
    let now = app.now();
    let zones = outlet
        .zones
        .iter()
        .filter(|zone| !zone.windows.is_empty())
        .map(|zone| {
            let numbers: Vec<&str> = zone.windows.iter().map(|window| &*window.number).collect();
            ZoneLine {
                name: page.text(&zone.name).to_owned(),
                letter: zone.letter.to_string(),
                windows: numbers.join(&page.t("list-separator")),
                waiting: queue.waiting_for(&zone.id),
                longest: queue
                    .longest_wait_minutes(&zone.id, now)
                    .map_or_else(String::new, |minutes| page.t1("desk-minutes", "n", minutes)),
            }
        })
        .collect();
    let of = |for_whom| {
        let matters = app.engine.catalogue().matters.values();
        let own =
            matters.filter(|it| ForWhom::of(app.engine.catalogue(), &it.id) == Some(for_whom));
        own.filter_map(|matter| received(app, page, outlet, matter, for_whom, &revoked)).collect()
    };
    let parent = outlet.parent.as_ref();
    let parent = parent.map(|parent| (parent.to_string(), outlet_name(app, page, parent)));
    render(&OutletPage {
        p: page,
        line: line(app, page, outlet),
        kind: page.t(&format!("outlet-kind-{}", outlet.kind.as_str())),
        parent,
        hours: hours(page, outlet),
        zones,
        persons: of(ForWhom::Person),
        enterprises: of(ForWhom::Enterprise),
        address: format!("/outlets/{}/number", outlet.id),
    })
}

/// What an outlet receives of a matter; `None` = nothing.
fn received(
    app: &App,
    page: &Page,
    outlet: &Outlet,
    matter: &Matter,
    for_whom: ForWhom,
    revoked: &Revoked,
) -> Option<MatterGroup> {
    let (catalogue, network) = (app.engine.catalogue(), app.engine.network());
    let mut services = Vec::new();
    for part in &matter.services {
        let asked = Asked {
            outlet: &outlet.id,
            window: None,
            service: &part.service,
            for_whom,
            on: page.today,
        };
        let Ok(delegation) = network.entitled(catalogue, &asked, revoked) else { continue };
        let Some(service) = catalogue.service(&part.service) else { continue };
        let places = network.places_of(
            catalogue,
            &service.id,
            for_whom,
            Some(&outlet.area),
            page.today,
            revoked,
        );
        let here = |places: &[At]| places.iter().any(|at| at.outlet() == Some(&outlet.id));
        let names = |places: &[At]| {
            let name = |at: &At| match at {
                At::Outlet { outlet, .. } => outlet_name(app, page, outlet),
                At::Authority(authority) => {
                    naming::organisation_full_name(catalogue, page, authority)
                }
            };
            match here(places) {
                true => String::new(),
                false => places.first().map(name).unwrap_or_default(),
            }
        };
        let basis = delegation.and_then(|id| network.delegations.get(&id));
        services.push(ServiceLine {
            name: page.text(&service.name).to_owned(),
            authority: naming::organisation_name(catalogue, page, &service.authority),
            basis: basis.map_or_else(
                || page.t("desk-own-place"),
                |delegation| page.text(&delegation.basis).to_owned(),
            ),
            accepted: names(&places.accept),
            decided: names(&places.decide),
        });
    }
    (!services.is_empty()).then(|| MatterGroup {
        id: matter.id.to_string(),
        title: page.text(&matter.title).to_owned(),
        count: share(page, services.len(), matter.services.len()),
        all: services.len() == matter.services.len(),
        services,
    })
}

/// `全部 7 项` or `其中 3 项`.
fn share(page: &Page, some: usize, all: usize) -> String {
    match some == all {
        true => page.t1("desk-receives-all", "n", all),
        false => page.t2("desk-receives-some", "some", some, "all", all),
    }
}

#[derive(Template, Debug)]
#[template(path = "desk/where.html")]
struct WherePage<'a> {
    p: &'a Page,
    matter: String,
    title: String,
    /// Of this page, without a filter.
    address: String,
    areas: Vec<AreaChoice>,
    outlets: Vec<OutletLine>,
    for_whom: String,
    concentration: String,
}

/// GET /matters/{matter}/where: the outlets that receive a matter, those that receive all of it first.
pub async fn matter_where(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Query(filter): Query<Filter>,
) -> Result<Response, Response> {
    list_where(&app, &page, &id, &filter).await.map_err(|error| error.into_page(&page))
}

async fn list_where(
    app: &App,
    page: &Page,
    id: &str,
    filter: &Filter,
) -> Result<Response, WebError> {
    let (catalogue, network) = (app.engine.catalogue(), app.engine.network());
    let matter = catalogue.matters.get(id).ok_or(WebError::NotFound)?;
    let for_whom = ForWhom::of(catalogue, &MatterId::new(id)).ok_or(WebError::NotFound)?;
    let revoked = app.engine.revoked_delegations().await?;
    let area = chosen_area(app, filter);
    let mut outlets = Vec::new();
    for outlet in network.near(area.as_ref()) {
        let may = |service: &vocabulary::ServiceId| {
            let asked =
                Asked { outlet: &outlet.id, window: None, service, for_whom, on: page.today };
            network.entitled(catalogue, &asked, &revoked).is_ok()
        };
        let some = matter.services.iter().filter(|part| may(&part.service)).count();
        if some > 0 {
            outlets.push(OutletLine {
                receives: share(page, some, matter.services.len()),
                all: some == matter.services.len(),
                ..line(app, page, outlet)
            });
        }
    }
    // Nearness decides among equals only: whoever goes there wants to do all of it at once.
    outlets.sort_by_key(|it| !it.all);
    let concentration = network.concentrations.iter().find(|it| it.for_whom == for_whom);
    render(&WherePage {
        p: page,
        matter: id.to_owned(),
        title: page.text(&matter.title).to_owned(),
        address: format!("/matters/{id}/where"),
        areas: areas(app, page, &filter.area),
        outlets,
        for_whom: page.t(&format!("for-whom-{}", for_whom.as_str())),
        concentration: concentration.map_or_else(String::new, |it| page.text(&it.basis).to_owned()),
    })
}
