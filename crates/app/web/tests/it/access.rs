//! Who may do what to what, as a picture in the repository: a change of the one authorisation function shows
//! as a change of this file. `UPDATE=1` writes it again.

use std::fmt::Write as _;
use std::path::PathBuf;

use store_port::fresh_id;
use vocabulary::AccountId;
use yijianshi_web::access::{Action, Resource, Role, Who, may};

/// Compares with, or writes, a file of `tests/output`.
pub(crate) fn keep(name: &str, made: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/output").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, made).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "tests/output/{name} has changed; UPDATE=1 writes it:\n{made}");
}

pub(crate) const fn mark(allowed: bool) -> &'static str {
    if allowed { "yes" } else { "-" }
}

/// Somebody of this role; officers and systems are of the market office.
pub(crate) fn somebody(role: Role, account: AccountId) -> Who {
    let staff = role.is_of_department();
    Who {
        role,
        account: (role != Role::Visitor && role != Role::DepartmentSystem).then_some(account),
        department: staff.then(|| "market-office".to_owned()),
        ..Who::visitor()
    }
}

/// A line of a permission table.
pub(crate) fn line(table: &mut String, cells: &[String]) {
    for cell in cells {
        let _ = write!(table, "{cell:<22}");
    }
    while table.ends_with(' ') {
        table.pop();
    }
    table.push('\n');
}

#[test]
fn permissions() {
    let own = AccountId(fresh_id());
    let other = AccountId(fresh_id());
    let in_ward = |who: Who| Who { area: Some("990100".to_owned()), ..who };
    let resources: [(&str, Resource<'_>, bool, bool); 17] = [
        ("route", Resource::Route, false, false),
        ("route, in the demo", Resource::Route, true, false),
        ("one's own", Resource::Owned { owner: Some(own) }, false, false),
        ("somebody else's", Resource::Owned { owner: Some(other) }, false, false),
        ("nobody's", Resource::Owned { owner: None }, false, false),
        ("held by oneself", Resource::Held { holder: Some(own) }, false, false),
        ("held by another", Resource::Held { holder: Some(other) }, false, false),
        ("entrusted", entrusted(own, true), false, false),
        ("entrusted, over", entrusted(own, false), false, false),
        ("entrusted to another", entrusted(other, true), false, false),
        ("own department", department("market-office", None), false, false),
        ("other department", department("tea-clinic", None), false, false),
        ("own, own ward", department("market-office", Some("990101")), false, true),
        ("own, own area", department("market-office", Some("990100")), false, true),
        ("own, other area", department("market-office", Some("990200")), false, true),
        ("area, own ward", Resource::Area { area: "990101" }, false, true),
        ("area, other", Resource::Area { area: "990200" }, false, true),
    ];
    let mut table = String::from(
        "# Who may do what to what. Made by a test; UPDATE=1 writes it. In an area: the officer is of 990100.\n\n",
    );
    let mut head = vec!["action".to_owned(), "of what".to_owned()];
    head.extend(Role::ALL.map(|role| role.as_str().to_owned()));
    line(&mut table, &head);
    for action in Action::ALL {
        for (name, resource, demo, ward) in &resources {
            let allowed = Role::ALL.map(|role| {
                let who = somebody(role, own);
                let who = if *ward { in_ward(who) } else { who };
                may(&who, action, *resource, *demo)
            });
            let mut cells = vec![action.as_str().to_owned(), (*name).to_owned()];
            cells.extend(allowed.map(|allowed| mark(allowed).to_owned()));
            line(&mut table, &cells);
        }
    }
    keep("permissions.txt", &table);
}

const fn entrusted(agent: AccountId, covered: bool) -> Resource<'static> {
    Resource::Entrusted { agent: Some(agent), covered }
}

const fn department<'a>(department: &'a str, area: Option<&'a str>) -> Resource<'a> {
    Resource::Department { department, area }
}

/// Nobody but the owner, nobody but the department, whatever is asked.
#[test]
fn what_is_somebody_elses_is_never_allowed() {
    let own = AccountId(fresh_id());
    for action in Action::ALL {
        for role in Role::ALL {
            let who = somebody(role, own);
            for demo in [false, true] {
                let elses = Resource::Owned { owner: Some(AccountId(fresh_id())) };
                assert!(!may(&who, action, elses, demo), "{action:?} {role:?}");
                let held = Resource::Held { holder: Some(AccountId(fresh_id())) };
                assert!(!may(&who, action, held, demo), "{action:?} {role:?}");
                assert!(!may(&who, action, Resource::Held { holder: None }, demo), "{role:?}");
                assert!(!may(&who, action, Resource::Owned { owner: None }, demo), "{role:?}");
                let to_another = entrusted(AccountId(fresh_id()), true);
                assert!(!may(&who, action, to_another, demo), "{action:?} {role:?}");
                assert!(!may(&who, action, entrusted(own, false), demo), "{action:?} {role:?}");
                assert!(!may(&who, action, department("tea-clinic", None), demo), "{role:?}");
            }
        }
    }
}
