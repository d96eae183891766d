//! Every page of the site looked at, without a fault of accessibility and none wider than its screen. The short
//! one looks at every page once in Chinese, at three widths; `YIJIANSHI_LONG` looks at every page as every role
//! sees it, in every language, and keeps pictures.

use std::sync::mpsc::{Receiver, Sender, channel};

use crate::applicant::{CARD, CHOICES, FIVE_SERVICES, HOUSEHOLD, MARRIED_MOTHER};
use crate::clerk::Hands;
use crate::gallery::{Extent, Gallery, links_of};
use crate::town::journey_after;
use crate::visitor::{LOOKS_FOR, Visitor, quoted, within};
use crate::watch::Watch;

/// A small city: every state of a case is there all the same.
const HISTORY: Option<u32> = Some(16);

/// The clinic asks for a correction, others answer at once.
const BEHAVIOURS: &[(&str, &str)] =
    &[("vaccination-clinic", "correcting"), ("public-security", "prompt")];

#[test]
fn every_page_is_looked_at() {
    let long = std::env::var_os("YIJIANSHI_LONG").is_some_and(|value| !value.is_empty());
    let extent = if long { Extent::LONG } else { Extent::SHORT };
    journey_after(HISTORY, "gallery", BEHAVIOURS, |town| {
        let gallery = Gallery::begin(extent);
        let (tells, hears) = channel();
        // Two browsers: citizens in one, the counter and the offices in the other.
        std::thread::scope(|both| {
            let gallery = &gallery;
            both.spawn(move || {
                let mut visitor = town.visitor(Watch::NOTHING);
                applicant(gallery, &mut visitor, &tells);
                everyone(gallery, &mut visitor);
            });
            both.spawn(move || staff(gallery, &mut town.visitor(Watch::NOTHING), &hears));
        });
        let faults = gallery.ends();
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    });
}

fn everyone(gallery: &Gallery, visitor: &mut Visitor) {
    visitor.must(visitor.session.forget_cookies());
    // A number of the hall's machine.
    visitor.goes_to("/outlets/qinghe-hall/number");
    visitor.act("//label[@for='zone-0']", |session, label| session.click(label));
    visitor.act("//main//form[@method='post']//button", |session, button| session.click(button));
    visitor.goes_on("/tickets/");
    let ticket = visitor.path();
    let shown = ["/", "/matters", "/matters/newborn", "/demo", "/verify", &ticket];
    gallery.visits("visitor", visitor, &shown.map(str::to_owned));
}

/// Tells the address of her case when she has rated a service badly.
fn applicant(gallery: &Gallery, mother: &mut Visitor, rated: &Sender<String>) {
    mother.enters_as("王小梅");
    mother.opens("孩子出生了");
    mother.starts();
    mother.answers_all(MARRIED_MOTHER);
    mother.accepts_the_plan(&FIVE_SERVICES);
    let draft = mother.path().trim_end_matches("/form").to_owned();
    mother.fills_in_the_newborn_form("陈予安", CHOICES);
    mother.saves_the_form();
    mother.goes_on_to_check();
    let drafts: Vec<String> = ["plan", "precheck", "form", "evidence", "check"]
        .map(|page| format!("{draft}/{page}"))
        .to_vec();
    gallery.visits("applicant", mother, &drafts);
    gallery.visits_in_large_type("applicant", mother, &drafts[2..3]);

    mother.goes_to(&format!("{draft}/check"));
    mother.submits_to(5);
    let receipt = mother.path();
    let case = mother.follows_the_case();
    mother.waits_for("去补正");
    // Nothing moves any more but what she has to do: the page stays as it is while she rates.
    mother.waits_until(CARD, "已办好");
    mother.rates_badly(HOUSEHOLD);
    // Nobody hears it if the other side has failed: that is told there.
    let _ = rated.send(case.clone());
    mother.goes_to("/matters/retirement");
    mother.starts();
    mother.goes_on("/question");
    let question = mother.path();
    let more = ["/mine", "/wallet", "/matters/newborn/continue"].map(str::to_owned);
    let corrections = format!("{case}/corrections");
    let shown = [&[case, question, receipt, corrections], &more[..]].concat();
    gallery.visits("applicant", mother, &shown);
    let elder = ["/".to_owned(), "/matters/newborn".to_owned()];
    gallery.visits_in_large_type("applicant", mother, &[&elder[..], &shown[..2]].concat());

    // His restaurant waits for corrections of two departments and for a visit on the spot.
    mother.enters_as("赵一鸣");
    let mine = ["/mine".to_owned()];
    let cases: Vec<String> = cases_of(&links_of(&mother.session, &mine)).collect();
    let found = links_of(&mother.session, &cases);
    let together = found.iter().find(|link| link.contains("/visits/")).cloned();
    let Some(visit) = together else { mother.fails("no case of his has a joint visit") };
    let case = visit.split("/visits/").next().unwrap_or_default().to_owned();
    gallery.visits("applicant", mother, &[format!("{case}/corrections"), case, visit]);
}

fn cases_of(links: &[String]) -> impl Iterator<Item = String> {
    links
        .iter()
        .filter(|link| link.starts_with("/cases/") && link.matches('/').count() == 2)
        .cloned()
}

fn staff(gallery: &Gallery, person: &mut Visitor, rated: &Receiver<String>) {
    person.enters_as("沈若溪");
    let shown = [
        "/designer",
        "/designer/codes",
        "/designer/inconsistencies",
        "/designer/gallery",
        "/designer/publications",
    ];
    gallery.visits("designer", person, &shown.map(str::to_owned));

    person.enters_by_login("agent-ruan", "阮明溪");
    gallery.visits("agent", person, &["/agent".to_owned()]);

    // The clerk serves the same mother, once she has applied by herself.
    let own = rated.recv().expect("somebody rates badly");
    clerk(gallery, person);
    rates_the_other(person, &own);

    person.enters_as_officer_of("公安局");
    let alike = two_of_one_service(person);
    gallery.visits(
        "officer",
        person,
        &["/officer".to_owned(), "/officer/ratings".to_owned(), alike],
    );
    let lights = supervised(person, "/officer/supervision");
    gallery.visits("officer", person, &lights);

    person.enters_by_login("manager-qinghe", "顾怀瑾");
    let shown =
        ["/manager", "/manager/figures", "/manager/ratings", "/desk/records", "/desk/delegations"];
    gallery.visits("manager", person, &shown.map(str::to_owned));
    let lights = supervised(person, "/manager/supervision");
    gallery.visits("manager", person, &lights);

    person.enters_as("严敬之");
    gallery.visits("inspector", person, &["/addressed".to_owned()]);
    let lights = supervised(person, "/supervision");
    gallery.visits("inspector", person, &lights);
}

/// The list of lights, and one of what it leads to.
fn supervised(person: &mut Visitor, list: &str) -> Vec<String> {
    let all = format!("{list}?light=all");
    let found = links_of(&person.session, std::slice::from_ref(&all));
    let one = found
        .into_iter()
        .find(|link| link.starts_with(&format!("{list}/")) && !link.contains("/lights/"));
    std::iter::once(all).chain(one).collect()
}

/// What the mother has handed in at the window runs to its end, and she is not pleased: managers answer that.
fn rates_the_other(person: &mut Visitor, own: &str) {
    person.enters_as("王小梅");
    person.goes_to("/mine");
    let other = format!("//main//a[starts-with(@href, '/cases/')][@href != {}]", quoted(own));
    person.act(&other, |session, link| session.click(link));
    person.waits_for("去补正");
    // An answer to a page that is not the newest any more is refused.
    person.waits_until(CARD, "已办好");
    person.clicks("去补正");
    person.fills("您的说明", "已核对，出生医学证明编号无误。");
    person.clicks("提交补正");
    person.waits_for("这件事已经全部办结。");
    person.rates("非常不满意", "");
}

/// The window while somebody is served, the list of what is missing, the receipt, and what can be fetched with it.
fn clerk(gallery: &Gallery, clerk: &mut Visitor) {
    // Her pages have a frame of their own, without the bar that says who one is.
    clerk.enters_by_login("clerk-qinghe", "李敏");
    clerk.goes_to("/window");
    clerk.act("(//button[@name='window'])[1]", |session, button| session.click(button));
    clerk.sees("窗口空闲");
    clerk.act("(//button[@name='card'])[1]", |session, button| session.click(button));
    clerk.sees("今天办什么？");
    clerk.clicks_within("//main", "孩子出生了");
    clerk.sees("审查要点");
    let shown = ["/window", "/window/notice", "/window/changes"].map(str::to_owned);
    gallery.visits("clerk", clerk, &shown);

    clerk.goes_to("/window");
    let mut hands = Hands { person: clerk, keys: 0 };
    while hands.fills_in() {}
    hands.presses("F10");
    hands.person.sees("未完成 0");
    hands.presses("F9");
    hands.person.sees("收件凭证");
    hands.person.goes_to("/window");
    let number = hands.person.text_of("//div[contains(@class, 'received')]/h1");
    let papers = ["/window/receipt".to_owned(), format!("/window/results?number={number}")];
    gallery.visits("clerk", clerk, &papers);
}

/// The comparison of two cases of the officer that are about the same service.
fn two_of_one_service(officer: &Visitor) -> String {
    let lists = ["todo", "running", "all"].map(|tab| format!("/officer?tab={tab}"));
    let cases: Vec<Vec<String>> = links_of(&officer.session, &lists)
        .iter()
        .filter_map(|link| link.split(['?', '#']).next()?.strip_prefix("/officer/cases/"))
        .map(|case| case.split('/').map(str::to_owned).collect())
        .filter(|case: &Vec<String>| case.len() == 2)
        .collect();
    let other_of = |one: &[String]| cases.iter().find(|it| it[1] == one[1] && it[0] != one[0]);
    let pair = cases.iter().find_map(|one| Some((one, other_of(one)?)));
    let Some((one, other)) = pair else { officer.fails("no two cases are about the same service") };
    format!("/officer/cases/{}/{}/alike/{}/{}", one[0], one[1], other[0], other[1])
}

impl Visitor {
    /// Says on the case's page that one of its services was very bad.
    pub(crate) fn rates_badly(&mut self, service: &str) {
        let part = format!("//details[summary[normalize-space(.)={}]]", quoted(service));
        self.clicks_within(&part, service);
        self.ticks_within(&part, "非常不满意");
        self.clicks_within(&part, "提交评价");
        let whole = format!("{part}//form");
        if !within(LOOKS_FOR, || self.find_shown(&whole).is_none()) {
            self.fails("the rating is not taken");
        }
    }

    /// The browser comes to an address with this in it.
    pub(crate) fn goes_on(&mut self, part: &str) {
        let there = within(LOOKS_FOR, || self.path().contains(part));
        if !there {
            self.fails(&format!("this should be an address with {part}"));
        }
    }
}
