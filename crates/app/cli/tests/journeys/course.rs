//! What happens in the course of a case: the demo's clock goes on, departments ask for corrections, come to look,
//! decide, and take back what they decided. Each step checks that it has led where it should.

use crate::living::Life;
use crate::visitor::{LOOKS_FOR, Visitor, quoted, within};

/// More days than anything in a journey waits.
const DAYS: usize = 12;

/// A case as its people find it.
#[derive(Debug, Clone)]
pub(crate) struct CaseAt {
    /// `/cases/{id}`.
    pub(crate) own: String,
    pub(crate) number: String,
}

impl CaseAt {
    /// The case whose tracking page the applicant has open.
    #[track_caller]
    pub(crate) fn open_with(person: &Visitor) -> Self {
        // Of a day to which the demo's clock was moved, the page says so behind the number.
        let number = person.case_number().split_whitespace().next().unwrap_or_default().to_owned();
        Self { own: person.path(), number }
    }

    fn id(&self) -> &str {
        self.own.trim_start_matches("/cases/")
    }

    /// Where the officer finds one of its services.
    pub(crate) fn at_office(&self, service: &str) -> String {
        format!("/officer/cases/{}/{service}", self.id())
    }

    /// Where supervision finds it; `side` is `officer` or `manager`.
    pub(crate) fn watched(&self, side: &str, service: &str) -> String {
        format!("/{side}/supervision/{}/{service}", self.id())
    }
}

impl Visitor {
    /// Lets one working day go by, by the demo's bar on whatever page this is.
    #[track_caller]
    pub(crate) fn lets_a_day_go_by(&mut self) {
        let before = self.text_of("//*[contains(@class, 'demonow')]");
        self.turns_page_within("//*[contains(@class, 'demobar')]", "推进一个工作日");
        self.looks_afresh();
        let goes_on = || self.text_of("//*[contains(@class, 'demonow')]") != before;
        if !within(LOOKS_FOR, goes_on) {
            self.fails("the demo's day does not go on");
        }
    }

    /// Lets days go by until an element is shown.
    #[track_caller]
    pub(crate) fn lets_days_go_by_until_shown(&mut self, xpath: &str) {
        for _ in 0..DAYS {
            if self.find_shown(xpath).is_some() {
                return;
            }
            self.lets_a_day_go_by();
        }
        self.fails(&format!("{xpath} does not come with the days"));
    }

    /// Gives an input a value as its own picker would: dates and times have parts in the machine's order.
    #[track_caller]
    pub(crate) fn sets(&mut self, input: &str, value: &str) {
        let script = format!("arguments[0].value = {value:?}");
        self.act(input, |session, element| session.run_on(element, &script).map(drop));
        self.fields += 1;
    }

    /// Chooses whatever label an XPath finds.
    #[track_caller]
    pub(crate) fn ticks_first(&mut self, label: &str) {
        self.act(label, |session, label| session.click(label));
        self.clicks += 1;
    }

    /// What an input holds.
    #[track_caller]
    pub(crate) fn holds(&self, input: &str) -> String {
        let found = self.shown(input);
        let value = self.must(self.session.property(&found, "value"));
        value.as_str().unwrap_or_default().to_owned()
    }

    /// Types into whatever an XPath finds, in the place of what stands there.
    #[track_caller]
    pub(crate) fn types_into(&mut self, input: &str, text: &str) {
        self.act(input, |session, element| {
            session.clear(element)?;
            session.type_text(element, text)
        });
        self.fields += 1;
    }

    /// The part of the page that the server refuses with: an alert that says these words.
    #[track_caller]
    pub(crate) fn is_refused(&mut self, words: &str) {
        let alert = format!(r#"//main//*[@role="alert"][contains(., {})]"#, quoted(words));
        self.shown(&alert);
        self.arrives();
    }

    /// Takes a service in, if that is still to be done; the officer's page of it stands open then.
    #[track_caller]
    pub(crate) fn accepts(&mut self, case: &CaseAt, service: &str) {
        self.goes_to(&case.at_office(service));
        self.turns_page("受理");
        self.sees("已受理。");
    }

    /// Asks for a correction of the first line of the checklist, forgetting the line first: what was typed stays.
    #[track_caller]
    pub(crate) fn asks_for_a_correction(&mut self, case: &CaseAt, service: &str, words: &str) {
        let form = "//main//form[contains(@action, '/correct')]";
        self.goes_to(&case.at_office(service));
        self.clicks_within("//main", "要求补正");
        self.types_into(&format!("{form}//textarea[@name='words']"), words);
        self.turns_page_within(form, "发出补正通知");
        self.is_told(&["请至少勾选一条要补正的审查要点"]);
        assert_eq!(self.holds(&format!("{form}//textarea[@name='words']")), words);
        let line = format!("({form}//label[input[@name='line']])[1]");
        self.act(&line, |session, label| session.click(label));
        self.turns_page_within(form, "发出补正通知");
    }

    /// Grants a service with what the page offers, else by the examples.
    #[track_caller]
    pub(crate) fn grants(&mut self, case: &CaseAt, service: &str, life: &Life<'_>) {
        self.goes_to(&case.at_office(service));
        self.clicks_within("//main", "准予");
        self.fills_in_the_grant(life);
        self.turns_page("确认准予");
        self.sees("已准予。");
    }
}

impl Visitor {
    /// Opens a document of the case whose tracking page is open, by its title.
    #[track_caller]
    pub(crate) fn opens_document(&mut self, title: &str) {
        self.clicks_within("//main//ul[contains(@class, 'papers')]", title);
        // On paper it names the kind of act between 准予 and 决定书.
        self.is_at(title.trim_start_matches("准予"));
    }

    /// The number and the code with which anyone can verify the document that is open.
    #[track_caller]
    pub(crate) fn reads_codes(&self) -> (String, String) {
        let printed = self.text_of("//main//*[contains(@class, 'verify')]//p");
        let after = |label: &str| {
            let line = printed.lines().find_map(|line| line.trim().strip_prefix(label));
            line.map(|code| code.trim().to_owned())
        };
        match (after("文书编号："), after("核验码：")) {
            (Some(number), Some(check)) => (number, check),
            _ => self.fails(&format!("no codes are printed: {printed}")),
        }
    }

    /// The PDF of the document that is open can be fetched, and is one.
    #[track_caller]
    pub(crate) fn fetches_its_pdf(&self) {
        let script = r#"
            const done = arguments[arguments.length - 1];
            const link = document.querySelector("main a[href$='/pdf']");
            if (!link) { done(["no link", "", 0]); return; }
            fetch(link.href).then(async (answer) => {
              const bytes = new Uint8Array(await answer.arrayBuffer());
              const begins = String.fromCharCode(...bytes.slice(0, 5));
              done([answer.headers.get("content-type"), begins, bytes.length]);
            }, (error) => done([String(error), "", 0]));
        "#;
        let fetched = self.must(self.session.run_until_done(script));
        let is_pdf = fetched[0] == "application/pdf" && fetched[1] == "%PDF-";
        assert!(is_pdf && fetched[2].as_u64() > Some(1000), "{}: {fetched}", self.path());
    }

    /// Anyone verifies a number with a code.
    #[track_caller]
    pub(crate) fn verifies(&mut self, number: &str, check: &str) {
        self.goes_to("/verify");
        self.fills("证照标识或者文书编号", number);
        self.fills("验证码", check);
        self.turns_page("核验");
    }
}
