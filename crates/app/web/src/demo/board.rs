//! The role board: who can be played, what to try, how each simulated department behaves.

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use serde::Deserialize;
use vocabulary::AccountId;

use crate::access::Role;
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::public::set::safe_target;
use crate::session;
use crate::state::{App, Behaviour};
use crate::views::render;

/// People of one kind.
#[derive(Debug)]
pub struct Group {
    pub name: String,
    pub people: Vec<Person>,
    pub open: bool,
}

/// Somebody who can be played.
#[derive(Debug)]
pub struct Person {
    pub account: String,
    pub name: String,
    pub story: String,
    pub current: bool,
}

#[derive(Debug)]
pub struct DepartmentSwitch {
    pub id: String,
    pub name: String,
    pub now: String,
    /// It does not simply answer by itself.
    pub unusual: bool,
    pub choices: Vec<SwitchChoice>,
}

#[derive(Debug)]
pub struct SwitchChoice {
    pub id: &'static str,
    pub name: String,
    pub chosen: bool,
}

#[derive(Template, Debug)]
#[template(path = "demo/board.html")]
struct Board<'a> {
    p: &'a Page,
    to: String,
    /// Who is looked for.
    find: String,
    found: usize,
    applicants: Vec<Person>,
    groups: Vec<Group>,
    departments: Vec<DepartmentSwitch>,
    departments_open: bool,
    matters: Vec<(String, String)>,
}

#[derive(Deserialize, Debug)]
pub struct Target {
    #[serde(default)]
    to: String,
}

#[derive(Deserialize, Debug, Default)]
#[serde(default)]
pub struct Look {
    to: String,
    /// Part of a name, of an office or of a story.
    find: String,
    /// `departments` = their list is unfolded.
    open: String,
}

/// The staff's groups, in the order of the board, with their message keys.
const STAFF: [(Role, &str); 8] = [
    (Role::Clerk, "demo-clerks"),
    (Role::Officer, "demo-officers"),
    (Role::UnitHead, "demo-unit-heads"),
    (Role::DepartmentLeader, "demo-department-leaders"),
    (Role::Manager, "demo-managers"),
    (Role::Inspector, "demo-inspectors"),
    (Role::Agent, "nav-agent"),
    (Role::Designer, "demo-designers"),
];

pub async fn board(
    State(app): State<App>,
    page: Page,
    Query(look): Query<Look>,
) -> Result<Response, Response> {
    show(&app, &page, &look).await.map_err(|error| error.into_page(&page))
}

async fn show(app: &App, page: &Page, look: &Look) -> Result<Response, WebError> {
    let control = app.demo.as_ref().ok_or(WebError::NotFound)?;
    let catalogue = app.engine.catalogue();
    let find = look.find.trim();
    let mut applicants = Vec::new();
    let mut groups: Vec<Group> = STAFF
        .iter()
        .map(|(_, key)| Group { name: page.t(key), people: Vec::new(), open: !find.is_empty() })
        .collect();
    let mut accounts = app.engine.store().list_demo_accounts().await?;
    // The tour's heroine first.
    accounts.sort_by_key(|account| (account.login != "mother", account.login.clone()));
    for account in accounts {
        let who = session::who_is(app, &account).await?;
        let counter = matches!(who.role, Role::Clerk | Role::Manager);
        let story = match &account.department {
            Some(outlet) if counter => crate::desk::outlet_name(app, page, &outlet.as_str().into()),
            Some(department) => {
                naming::organisation_full_name(catalogue, page, &department.as_str().into())
            }
            None => page.t(&format!("demo-story-{}", account.login)),
        };
        let person = Person {
            account: account.account_id.to_string(),
            name: who.name,
            story,
            current: page.who.account == Some(account.account_id),
        };
        if !find.is_empty() && !person.name.contains(find) && !person.story.contains(find) {
            continue;
        }
        let at = STAFF.iter().position(|(role, _)| *role == who.role);
        match at.and_then(|at| groups.get_mut(at)) {
            Some(group) => {
                group.open |= person.current;
                group.people.push(person);
            }
            None if who.role == Role::Applicant => applicants.push(person),
            None => {}
        }
    }
    groups.retain(|group| !group.people.is_empty());
    let found = groups.iter().map(|group| group.people.len()).sum::<usize>() + applicants.len();
    let departments = control
        .behaviours()
        .await
        .into_iter()
        .map(|(id, now)| DepartmentSwitch {
            name: if id == "sources" {
                page.t("demo-sources")
            } else {
                naming::organisation_name(catalogue, page, &id.as_str().into())
            },
            now: behaviour_name(page, now),
            unusual: now != Behaviour::Prompt,
            choices: offered(&id)
                .iter()
                .map(|behaviour| SwitchChoice {
                    id: behaviour.as_str(),
                    name: behaviour_name(page, *behaviour),
                    chosen: *behaviour == now,
                })
                .collect(),
            id,
        })
        .collect();
    let to = safe_target(&look.to).to_owned();
    let title =
        |matter: &catalogue::Matter| (matter.id.to_string(), page.text(&matter.title).to_owned());
    let matters = catalogue.matters.values().map(title).collect();
    render(&Board {
        p: page,
        to,
        find: find.to_owned(),
        found,
        applicants,
        groups,
        departments,
        departments_open: look.open == "departments",
        matters,
    })
}

/// Shared sources only answer or do not.
fn offered(id: &str) -> &'static [Behaviour] {
    const SOURCES: [Behaviour; 3] = [Behaviour::Prompt, Behaviour::Slow, Behaviour::Down];
    if id == "sources" { &SOURCES } else { &Behaviour::ALL }
}

fn behaviour_name(page: &Page, behaviour: Behaviour) -> String {
    page.t(match behaviour {
        Behaviour::Prompt => "behaviour-prompt",
        Behaviour::ByHand => "behaviour-by-hand",
        Behaviour::Slow => "behaviour-slow",
        Behaviour::Down => "behaviour-down",
        Behaviour::Refusing => "behaviour-refusing",
        Behaviour::Correcting => "behaviour-correcting",
        Behaviour::Twice => "behaviour-twice",
        Behaviour::OutOfOrder => "behaviour-out-of-order",
    })
}

/// Signs in as a demo person: the old session ends.
pub async fn enter(
    State(app): State<App>,
    page: Page,
    jar: CookieJar,
    Path(account): Path<String>,
    Form(target): Form<Target>,
) -> Result<Response, Response> {
    become_person(&app, jar, &account, &target.to).await.map_err(|error| error.into_page(&page))
}

async fn become_person(
    app: &App,
    jar: CookieJar,
    account: &str,
    to: &str,
) -> Result<Response, WebError> {
    let id: AccountId = account.parse().map_err(|_| WebError::NotFound)?;
    let account = app.engine.store().find_account(id).await?.ok_or(WebError::NotFound)?;
    if !account.demo || account.disabled {
        return Err(WebError::NotFound);
    }
    let jar = session::close(app, jar).await?;
    let cookie = session::open(app, &account).await?;
    let home = match Role::parse(&account.role) {
        Some(Role::Officer) => "/officer",
        Some(Role::Designer) => "/designer",
        Some(Role::Clerk) => "/window",
        Some(Role::Manager) => "/manager",
        Some(Role::UnitHead | Role::DepartmentLeader | Role::Inspector) => "/addressed",
        Some(Role::Agent) => "/agent",
        _ => "/",
    };
    let target = if to.is_empty() || to == "/" { home } else { safe_target(to) };
    Ok((jar.add(cookie), Redirect::to(target)).into_response())
}

#[derive(Deserialize, Debug)]
pub struct Wish {
    behaviour: String,
}

/// Sets how a simulated department behaves from now on.
pub async fn steer(
    State(app): State<App>,
    page: Page,
    Path(department): Path<String>,
    Form(wish): Form<Wish>,
) -> Result<Response, Response> {
    let set = async {
        let control = app.demo.as_ref().ok_or(WebError::NotFound)?;
        let behaviour = Behaviour::parse(&wish.behaviour)
            .ok_or(WebError::Bad { code: "WEB0002", key: "error-bad" })?;
        if control.set_behaviour(&department, behaviour).await {
            Ok(Redirect::to(&format!("/demo?open=departments#d-{department}")).into_response())
        } else {
            Err(WebError::NotFound)
        }
    };
    set.await.map_err(|error| error.into_page(&page))
}
