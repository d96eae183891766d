//! Every page of the site in pictures, without a fault of accessibility and none wider than its screen. The
//! short one looks at every page in Chinese, on a desk and on a phone; `YIJIANSHI_LONG` looks at every page as
//! every role sees it, in every language, at three widths.

use crate::applicant::{CHOICES, FIVE_SERVICES, MARRIED_MOTHER};
use crate::gallery::{Extent, Gallery};
use crate::town::{Town, journey_after};
use crate::visitor::Visitor;
use crate::watch::Watch;

/// A small city: every state of a case is there all the same.
const HISTORY: Option<u32> = Some(16);

/// The clinic asks for a correction, others answer at once.
const BEHAVIOURS: &[(&str, &str)] =
    &[("vaccination-clinic", "correcting"), ("public-security", "prompt")];

#[test]
#[ignore = "minutes: run it with `cargo test -p yijianshi --test journeys -- --ignored`"]
fn every_page_is_looked_at() {
    let long = std::env::var_os("YIJIANSHI_LONG").is_some_and(|value| !value.is_empty());
    let extent = if long { Extent::LONG } else { Extent::SHORT };
    journey_after(HISTORY, "gallery", BEHAVIOURS, |town| {
        let mut gallery = Gallery::begin(extent);
        everyone(&mut gallery, town);
        applicant(&mut gallery, town);
        staff(&mut gallery, town);
        let faults = gallery.ends();
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    });
}

fn everyone(gallery: &mut Gallery, town: &Town) {
    let mut visitor = town.visitor(Watch::NOTHING);
    // A number of the hall's machine.
    visitor.goes_to("/outlets/qinghe-hall/number");
    visitor.act("//label[@for='zone-0']", |session, label| session.click(label));
    visitor.act("//main//form[@method='post']//button", |session, button| session.click(button));
    visitor.goes_on("/tickets/");
    let ticket = visitor.path();
    let shown = ["/", "/matters", "/matters/newborn", "/demo", "/verify", &ticket];
    gallery.visits("visitor", &visitor, &shown.map(str::to_owned));
}

fn applicant(gallery: &mut Gallery, town: &Town) {
    let mut mother = town.visitor(Watch::NOTHING);
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
    gallery.visits("applicant", &mother, &drafts);
    gallery.visits_in_large_type("applicant", &mother, &drafts[2..3]);

    mother.goes_to(&format!("{draft}/check"));
    mother.submits_to(5);
    let receipt = mother.path();
    let case = mother.follows_the_case();
    mother.waits_for("去补正");
    mother.goes_to("/matters/retirement");
    mother.starts();
    mother.goes_on("/question");
    let question = mother.path();
    let shown = [case, question, receipt, "/mine".to_owned(), "/wallet".to_owned()];
    gallery.visits("applicant", &mother, &shown);
    let elder = ["/".to_owned(), "/matters/newborn".to_owned()];
    gallery.visits_in_large_type("applicant", &mother, &[&elder[..], &shown[..2]].concat());
}

fn staff(gallery: &mut Gallery, town: &Town) {
    let mut officer = town.visitor(Watch::NOTHING);
    officer.enters_as_officer_of("公安局");
    gallery.visits("officer", &officer, &["/officer".to_owned()]);

    let mut clerk = town.visitor(Watch::NOTHING);
    // Her pages have a frame of their own, without the bar that says who one is.
    clerk.goes_to("/demo");
    clerk.clicks("以李敏的身份进入");
    clerk.sees("李敏");
    clerk.goes_to("/window");
    clerk.act("(//button[@name='window'])[1]", |session, button| session.click(button));
    clerk.sees("窗口空闲");
    clerk.act("(//button[@name='card'])[1]", |session, button| session.click(button));
    clerk.sees("今天办什么？");
    clerk.clicks_within("//main", "孩子出生了");
    clerk.sees("审查要点");
    let shown = ["/window", "/window/notice"].map(str::to_owned);
    gallery.visits("clerk", &clerk, &shown);

    let mut manager = town.visitor(Watch::NOTHING);
    manager.goes_to("/demo");
    manager.clicks("以顾怀瑾的身份进入");
    manager.sees("顾怀瑾");
    let shown = ["/manager", "/manager/figures", "/desk/records", "/desk/delegations"];
    gallery.visits("manager", &manager, &shown.map(str::to_owned));

    let mut agent = town.visitor(Watch::NOTHING);
    agent.goes_to("/demo");
    let account = ::yijianshi::demo_people::account_id("agent-ruan");
    let enter = format!(
        "const form = document.createElement('form');
         form.method = 'post'; form.action = '/demo/enter/{account}';
         document.body.append(form); form.submit();"
    );
    agent.must(agent.session.run(&enter));
    agent.sees("阮明溪");
    gallery.visits("agent", &agent, &["/agent".to_owned()]);

    let mut designer = town.visitor(Watch::NOTHING);
    designer.enters_as("沈若溪");
    let shown = ["/designer", "/designer/codes", "/designer/inconsistencies", "/designer/gallery"];
    gallery.visits("designer", &designer, &shown.map(str::to_owned));
}

impl Visitor {
    /// The browser comes to an address with this in it.
    fn goes_on(&mut self, part: &str) {
        let there =
            crate::visitor::within(crate::visitor::LOOKS_FOR, || self.path().contains(part));
        if !there {
            self.fails(&format!("this should be an address with {part}"));
        }
    }
}
