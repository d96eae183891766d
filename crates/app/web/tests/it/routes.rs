//! Every route: who may come there at all (a table in the repository), and that whoever may not is turned
//! away by the real router.

use axum::body::Body;
use axum::http::Method;
use store_port::fresh_id;
use vocabulary::AccountId;
use yijianshi_web::access::{Action, Resource, Role, may};
use yijianshi_web::router::{OPEN_ROUTES, ROUTES, RouteLine, SIGNED_ROUTES};

use crate::access::{keep, line, mark, somebody};
use crate::town::{MEI_KEY, Person, Town};

#[test]
fn route_table() {
    let mut table = String::from(
        "# Who may come to which route at all; what is there is then checked for itself (permissions.txt).\n\
         # Made by a test; UPDATE=1 writes it. (demo) = in demo mode only. A visitor is led to sign in.\n\n",
    );
    let mut head = vec!["".to_owned(); 1];
    head.extend(Role::ALL.map(|role| role.as_str().to_owned()));
    head.extend(["action".to_owned(), "route".to_owned()]);
    line(&mut table, &head);
    for route in ROUTES.iter().chain(SIGNED_ROUTES) {
        let signed = SIGNED_ROUTES.contains(route);
        let allowed = Role::ALL.map(|role| {
            if signed && role != Role::DepartmentSystem {
                // Only a signature opens it, whatever session comes along.
                return mark(false);
            }
            let who = somebody(role, AccountId(fresh_id()));
            let may = |demo| may(&who, route.action, Resource::Route, demo);
            if may(true) && !may(false) { "(demo)" } else { mark(may(false)) }
        });
        let mut cells = vec![route.method.to_owned()];
        cells.extend(allowed.map(str::to_owned));
        cells.extend([route.action.as_str().to_owned(), route.path.to_owned()]);
        line(&mut table, &cells);
    }
    for (method, path) in OPEN_ROUTES {
        let mut cells = vec![(*method).to_owned()];
        cells.extend(Role::ALL.map(|_| "yes".to_owned()));
        cells.extend(["-".to_owned(), (*path).to_owned()]);
        line(&mut table, &cells);
    }
    keep("routes.txt", &table);
}

/// The route with something that does not exist in every place.
fn address(route: &RouteLine) -> String {
    route
        .path
        .split('/')
        .map(|part| match part {
            "{node}" | "{slot}" => "stall-permit".to_owned(),
            "{matter}" => "no-such-matter".to_owned(),
            part if part.starts_with('{') => "00000000-0000-7000-8000-000000000000".to_owned(),
            part => part.to_owned(),
        })
        .collect::<Vec<_>>()
        .join("/")
}

async fn ask(person: &Person<'_>, route: &RouteLine) -> crate::town::Answer {
    let method: Method = route.method.to_uppercase().parse().unwrap();
    let form = (method == Method::POST).then_some("application/x-www-form-urlencoded");
    person.send(method, &address(route), form, Body::empty()).await
}

#[tokio::test]
async fn whoever_may_not_come_is_turned_away() {
    for town in [Town::open().await, Town::demo().await] {
        let demo = town.app.demo.is_some();
        let visitor = town.visitor();
        let mei = town.mei().await;
        let officer = town.officer("market-office").await;
        let designer = town.designer().await;
        let operator = town.account("operator", "operator", None).await;
        let operator = town.signed_in(&operator).await;
        let head = town.account("head", "unit-head", Some("market-office")).await;
        let head = town.signed_in(&head).await;
        let leader = town.account("leader", "department-leader", Some("market-office")).await;
        let leader = town.signed_in(&leader).await;
        let inspector = town.account("inspector", "inspector", None).await;
        let inspector = town.signed_in(&inspector).await;
        let people = [
            (Role::UnitHead, &head),
            (Role::DepartmentLeader, &leader),
            (Role::Inspector, &inspector),
            (Role::Visitor, &visitor),
            (Role::Applicant, &mei),
            (Role::Officer, &officer),
            (Role::Designer, &designer),
            (Role::Operator, &operator),
        ];
        let mut refused = 0;
        for route in ROUTES {
            for (role, person) in &people {
                let who = somebody(*role, AccountId(fresh_id()));
                let allowed = may(&who, route.action, Resource::Route, demo);
                if allowed && route.action == Action::SignOut {
                    // That would end the session that the other routes need.
                    continue;
                }
                let answer = ask(person, route).await;
                let status = answer.status.as_u16();
                assert!(status < 500, "{role:?} {answer:?}");
                assert_ne!(status, 405, "{answer:?}");
                if allowed {
                    continue;
                }
                refused += 1;
                let turned_away = match (role, status) {
                    // A person's page leads to signing in, as long as there is one to sign in for.
                    (Role::Visitor, 303) => {
                        answer.leads_to().starts_with("/sign-in?to=")
                            && route.action != Action::SignOut
                            && route.action != Action::EnterDemo
                    }
                    // A program is told so.
                    (Role::Visitor, 401) => route.path.starts_with("/api/"),
                    (_, status) => status == 404,
                };
                assert!(turned_away, "{role:?} {answer:?}");
            }
        }
        assert!(refused > 100, "{refused} refusals were tried");
    }
}

/// What the router answers but no table knows of would be open to all.
#[tokio::test]
async fn signed_routes_answer_only_to_signatures() {
    let town = Town::open().await;
    let mei = town.mei().await;
    for route in SIGNED_ROUTES {
        ask(&mei, route).await.is_problem(401, "EXC0006");
    }
}

#[tokio::test]
async fn the_demo_exists_in_demo_mode_only() {
    let town = Town::open().await;
    let demo_person = {
        let mut row = town.account("demo-person", "applicant", None).await;
        row.demo = true;
        town.hub.store.upsert_account(&row).await.unwrap();
        row
    };
    let visitor = town.visitor();
    visitor.get("/demo").await.is(404).shows(&["WEB0001"]);
    let enter = format!("/demo/enter/{}", demo_person.account_id);
    visitor.post(&enter, &[("to", String::new())]).await.is(404);
    visitor.post("/demo/departments/market-office", &[("behaviour", "down".into())]).await.is(404);
    // A session of a demo person does not hold either.
    town.signed_in(&demo_person).await.get("/mine").await.leads_to();

    let town = Town::demo().await;
    let row = town.account(MEI_KEY, "applicant", None).await;
    town.visitor().get("/demo").await.is(200);
    let enter = format!("/demo/enter/{}", row.account_id);
    let entered = town.visitor().post(&enter, &[("to", "/mine".into())]).await;
    assert_eq!(entered.leads_to(), "/mine");
    let steer = [("behaviour", "down".to_owned())];
    town.visitor().post("/demo/departments/market-office", &steer).await.leads_to();
    town.visitor().post("/demo/departments/nowhere", &steer).await.is(404);
}
