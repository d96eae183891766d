//! Somebody in front of a browser: goes to pages, reads, clicks and types by the words that are shown.
//! Knows how pages are built (links, buttons, labels, error summaries), but no page in particular.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::watch::{Notes, Watch, snapshot};
use crate::webdriver::{Answer, Element, Session, WireError};

/// How long somebody looks for what should be there already.
pub(crate) const LOOKS_FOR: Duration = Duration::from_secs(8);
/// How long somebody waits for what others have yet to do.
const WAITS_FOR: Duration = Duration::from_secs(60);

/// A person with a browser.
#[derive(Debug)]
pub(crate) struct Visitor {
    story: &'static str,
    pub(crate) session: Session,
    home: String,
    watch: Watch,
    notes: Arc<Notes>,
    /// Pages looked at already, by address and title.
    looked_at: BTreeSet<String>,
    /// Clicks and fields filled in so far.
    pub(crate) clicks: u32,
    pub(crate) fields: u32,
    /// Time spent on looking at pages with the eyes of [`Watch`], which no person would spend.
    pub(crate) watching: Duration,
    /// Without script a page does not notice by itself that a case has moved on.
    reloads: bool,
    /// Nothing is pointed at: every step is a key.
    keyboard: bool,
}

impl Visitor {
    pub(crate) fn new(
        story: &'static str,
        session: Session,
        home: &str,
        watch: Watch,
        notes: Arc<Notes>,
    ) -> Self {
        let visitor = Self {
            story,
            session,
            home: home.to_owned(),
            watch,
            notes,
            looked_at: BTreeSet::new(),
            clicks: 0,
            fields: 0,
            watching: Duration::ZERO,
            reloads: false,
            keyboard: false,
        };
        if let Some(width) = watch.width {
            let screen = serde_json::json!({
                "width": width, "height": 812, "deviceScaleFactor": 1, "mobile": false
            });
            visitor
                .must(visitor.session.tell_browser("Emulation.setDeviceMetricsOverride", screen));
        }
        visitor
    }

    /// Turns script off in this browser.
    pub(crate) fn without_script(mut self) -> Self {
        let off = serde_json::json!({ "value": true });
        self.must(self.session.tell_browser("Emulation.setScriptExecutionDisabled", off));
        self.reloads = true;
        self
    }

    /// Puts the mouse away.
    pub(crate) fn by_keyboard(mut self) -> Self {
        self.keyboard = true;
        self
    }

    pub(crate) fn has_no_mouse(&self) -> bool {
        self.keyboard
    }

    // -- failing ------------------------------------------------------------------------------------

    /// Ends the journey with what was wrong and what the page shows instead.
    #[track_caller]
    pub(crate) fn fails(&self, what: &str) -> ! {
        snapshot(&self.session, &format!("failed-{}", self.story));
        panic!(
            "{}: {what}\n  at {} “{}”\n---\n{}\n---",
            self.story,
            self.session.address().unwrap_or_default(),
            self.session.title().unwrap_or_default(),
            self.page_text()
        );
    }

    #[track_caller]
    pub(crate) fn must<T>(&self, answer: Answer<T>) -> T {
        answer.unwrap_or_else(|error| self.fails(&error.to_string()))
    }

    // -- going --------------------------------------------------------------------------------------

    /// Types an address of this site.
    pub(crate) fn goes_to(&mut self, path: &str) {
        self.must(self.session.go_to(&format!("{}{path}", self.home)));
        self.arrives();
    }

    /// Where the site is.
    pub(crate) fn home(&self) -> &str {
        &self.home
    }

    /// The address without the site: `/cases/…`.
    pub(crate) fn path(&self) -> String {
        let address = self.must(self.session.address());
        address.strip_prefix(self.home.as_str()).unwrap_or(&address).to_owned()
    }

    /// Looks at the page, once for each address and title.
    pub(crate) fn arrives(&mut self) {
        let title = self.must(self.session.title());
        let place = place(&self.path());
        if !self.looked_at.insert(format!("{place} {title}")) {
            return;
        }
        let began = Instant::now();
        let parts = place.split('/').filter(|part| !part.is_empty() && *part != "*");
        let name = parts.collect::<Vec<_>>().join("-").replace('~', "-");
        let name = if name.is_empty() { "home" } else { name.as_str() };
        let picture = format!("{}-{:02}-{name}", self.story, self.looked_at.len());
        self.watch.look(&self.session, &format!("{place} “{title}”"), &picture, &self.notes);
        self.watching += began.elapsed();
    }

    /// From here on something else is looked at on every page than what is returned.
    pub(crate) fn watches(&mut self, watch: Watch) -> Watch {
        self.looks_afresh();
        std::mem::replace(&mut self.watch, watch)
    }

    /// Looks at pages again that were looked at before: they are not the same any more.
    pub(crate) fn looks_afresh(&mut self) {
        self.looked_at.clear();
    }

    // -- reading ------------------------------------------------------------------------------------

    /// What the page shows, demo bar and footer included.
    pub(crate) fn page_text(&self) -> String {
        self.text_of("//body")
    }

    pub(crate) fn text_of(&self, xpath: &str) -> String {
        let read = || {
            let found = self.session.find(None, xpath)?;
            let texts: Answer<Vec<String>> =
                found.iter().map(|one| self.session.text(one)).collect();
            Ok::<_, WireError>(texts?.join("\n"))
        };
        let again = |_| {
            std::thread::sleep(Duration::from_millis(100));
            read()
        };
        read().or_else(again).unwrap_or_default()
    }

    /// The heading of the page.
    pub(crate) fn heading(&self) -> String {
        self.text_of("//main//h1")
    }

    pub(crate) fn title(&self) -> String {
        self.must(self.session.title())
    }

    pub(crate) fn is_seeing(&self, words: &str) -> bool {
        squeezed(&self.page_text()).contains(&squeezed(words))
    }

    /// The page shows these words, at once or within a moment.
    #[track_caller]
    pub(crate) fn sees(&self, words: &str) {
        if !within(LOOKS_FOR, || self.is_seeing(words)) {
            self.fails(&format!("“{words}” is not to be seen"));
        }
    }

    #[track_caller]
    pub(crate) fn sees_all(&self, many: &[&str]) {
        for words in many {
            self.sees(words);
        }
    }

    #[track_caller]
    pub(crate) fn does_not_see(&self, words: &str) {
        if self.is_seeing(words) {
            self.fails(&format!("“{words}” should not be seen"));
        }
    }

    /// The page comes to show these words because somebody else has done something.
    #[track_caller]
    pub(crate) fn waits_for(&mut self, words: &str) {
        let reloads = self.reloads;
        let seen = within(WAITS_FOR, || {
            let seen = self.is_seeing(words);
            if !seen && reloads {
                std::thread::sleep(Duration::from_millis(400));
                let _ = self.session.reload();
            }
            seen
        });
        if !seen {
            self.fails(&format!("“{words}” does not come"));
        }
        self.arrives();
    }

    /// The page comes to show these words no more because somebody else has done something.
    #[track_caller]
    pub(crate) fn waits_till_gone(&mut self, words: &str) {
        if !within(WAITS_FOR, || !self.is_seeing(words)) {
            self.fails(&format!("“{words}” does not go"));
        }
        self.arrives();
    }

    /// An element comes to be shown because somebody else has done something.
    #[track_caller]
    pub(crate) fn waits_for_shown(&mut self, xpath: &str) {
        let reloads = self.reloads;
        let seen = within(WAITS_FOR, || {
            let seen = self.find_shown(xpath).is_some();
            if !seen && reloads {
                std::thread::sleep(Duration::from_millis(400));
                let _ = self.session.reload();
            }
            seen
        });
        if !seen {
            self.fails(&format!("{xpath} does not come"));
        }
        self.arrives();
    }

    #[track_caller]
    pub(crate) fn is_at(&mut self, heading: &str) {
        if !within(LOOKS_FOR, || self.heading().contains(heading)) {
            self.fails(&format!("the page should be “{heading}” and is “{}”", self.heading()));
        }
        self.arrives();
    }

    /// A click leads to this address of the site.
    #[track_caller]
    pub(crate) fn comes_to(&mut self, path: &str) {
        if !within(LOOKS_FOR, || self.path() == path) {
            self.fails(&format!("this should be {path}"));
        }
        self.arrives();
    }

    /// The error summary is there, has the focus, is announced in the title, and says these words.
    #[track_caller]
    pub(crate) fn is_told(&mut self, wrong: &[&str]) {
        if !within(LOOKS_FOR, || self.title().starts_with("错误：")) {
            self.fails(&format!(
                "the title does not say that something is wrong: {}",
                self.title()
            ));
        }
        let summary = self.shown(r#"//*[@role="alert"]"#);
        let text = self.must(self.session.text(&summary));
        for words in wrong {
            if !text.contains(words) {
                self.fails(&format!("the error summary does not say “{words}” but:\n{text}"));
            }
        }
        let has_focus = || {
            let focused = self.session.focused().and_then(|one| self.session.text(&one));
            focused.is_ok_and(|focused| focused == text)
        };
        if !within(LOOKS_FOR, has_focus) {
            self.fails("the error summary does not have the focus");
        }
        self.arrives();
    }

    // -- finding ------------------------------------------------------------------------------------

    /// The first shown element of an XPath, if there is one now.
    pub(crate) fn find_shown(&self, xpath: &str) -> Option<Element> {
        let found = self.session.find(None, xpath).ok()?;
        found.into_iter().find(|one| self.session.is_shown(one).unwrap_or(false))
    }

    #[track_caller]
    pub(crate) fn shown(&self, xpath: &str) -> Element {
        let mut found = None;
        within(LOOKS_FOR, || {
            found = self.find_shown(xpath);
            found.is_some()
        });
        found.unwrap_or_else(|| self.fails(&format!("there is no {xpath}")))
    }

    /// Does something with a shown element; tries again while the page is moving on.
    #[track_caller]
    pub(crate) fn act(&self, xpath: &str, act: impl Fn(&Session, &Element) -> Answer<()>) {
        let mut last = None;
        let done = within(LOOKS_FOR, || {
            let Some(found) = self.find_shown(xpath) else { return false };
            match act(&self.session, &found) {
                Ok(()) => true,
                Err(error) if error.is_passing() => {
                    last = Some(error);
                    false
                }
                Err(error) => self.fails(&error.to_string()),
            }
        });
        if !done {
            let why = last.map_or_else(|| "it is not there".to_owned(), |error| error.to_string());
            self.fails(&format!("nothing can be done with {xpath}: {why}"));
        }
    }

    // -- clicking and typing ------------------------------------------------------------------------

    /// Clicks the link, button or summary with these words; the whole words rather than a part of them.
    #[track_caller]
    pub(crate) fn clicks(&mut self, words: &str) {
        self.clicks_within("", words);
    }

    /// Clicks within the part of the page that an XPath names.
    #[track_caller]
    pub(crate) fn clicks_within(&mut self, part: &str, words: &str) {
        let words = quoted(words);
        let kinds = "self::a or self::button or self::summary";
        let whole =
            format!("{part}//*[{kinds}][normalize-space(.)={words} or @aria-label={words}]");
        let begun = format!("{part}//*[{kinds}][starts-with(normalize-space(.), {words})]");
        let partly = format!("{part}//*[{kinds}][contains(normalize-space(.), {words})]");
        let mut chosen = None;
        within(LOOKS_FOR, || {
            let found =
                [&whole, &begun, &partly].into_iter().find(|one| self.find_shown(one).is_some());
            chosen = found.cloned();
            chosen.is_some()
        });
        let Some(chosen) = chosen else {
            self.fails(&format!("there is no link or button {words}"));
        };
        if self.keyboard {
            self.presses(&chosen);
        } else {
            self.act(&chosen, Session::click);
        }
        self.clicks += 1;
        self.arrives();
    }

    /// Chooses a radio button or ticks a box by its words, anywhere or in a part of the page.
    #[track_caller]
    pub(crate) fn ticks_within(&mut self, part: &str, words: &str) {
        let words = quoted(words);
        let label = format!(
            "{part}//label[input][normalize-space(span/text()[1])={words} or normalize-space(.)={words}]"
        );
        if self.keyboard {
            self.chooses_by_key(&format!("{label}/input"));
        } else {
            self.act(&label, Session::click);
        }
        self.clicks += 1;
    }

    #[track_caller]
    pub(crate) fn ticks(&mut self, words: &str) {
        self.ticks_within("", words);
    }

    /// The field with this label, as an XPath; `part` narrows it down when labels repeat.
    fn field(part: &str, label: &str) -> String {
        let label = quoted(label);
        format!(
            "{part}//*[contains(concat(' ', @class, ' '), ' field ')]\
             [.//*[self::label or contains(@class, 'label')][normalize-space(text()[1])={label}]]"
        )
    }

    /// Fills a field in by its label.
    #[track_caller]
    pub(crate) fn fills_within(&mut self, part: &str, label: &str, text: &str) {
        let input = format!("{}//*[self::input or self::textarea]", Self::field(part, label));
        if self.keyboard {
            self.types_by_key(&input, text);
        } else {
            self.act(&input, |session, element| {
                session.clear(element)?;
                session.type_text(element, text)
            });
        }
        self.fields += 1;
    }

    #[track_caller]
    pub(crate) fn fills(&mut self, label: &str, text: &str) {
        self.fills_within("", label, text);
    }

    /// Fills in a date, `2026-12-01`. The browser's own date field has a part each for year, month and day,
    /// in the order of the machine's language: its value is set as its calendar would set it.
    #[track_caller]
    pub(crate) fn fills_date_within(&mut self, part: &str, label: &str, date: &str) {
        let input = format!("{}//input[@type='date']", Self::field(part, label));
        let script = format!("arguments[0].value = {date:?}");
        self.act(&input, |session, element| session.run_on(element, &script).map(drop));
        self.fields += 1;
    }

    /// Chooses an option of a field by the words of both.
    #[track_caller]
    pub(crate) fn chooses_within(&mut self, part: &str, label: &str, option: &str) {
        self.ticks_within(&Self::field(part, label), option);
    }

    #[track_caller]
    pub(crate) fn chooses(&mut self, label: &str, option: &str) {
        self.chooses_within("", label, option);
    }

    /// What a field holds.
    #[track_caller]
    pub(crate) fn field_holds(&self, label: &str) -> String {
        let input =
            self.shown(&format!("{}//*[self::input or self::textarea]", Self::field("", label)));
        let value = self.must(self.session.property(&input, "value"));
        value.as_str().unwrap_or_default().to_owned()
    }

    /// Whether an option of a field is chosen.
    #[track_caller]
    pub(crate) fn has_chosen(&self, label: &str, option: &str) -> bool {
        let option = quoted(option);
        let input = format!(
            "{}//label[normalize-space(span/text()[1])={option}]/input",
            Self::field("", label)
        );
        let found = self.must(self.session.find(None, &input));
        let Some(found) = found.first() else {
            self.fails(&format!("there is no option {option}"))
        };
        self.must(self.session.property(found, "checked")).as_bool().unwrap_or(false)
    }

    /// Puts files into the file field of a part of the page.
    #[track_caller]
    pub(crate) fn picks_files(&mut self, part: &str, files: &[&Path]) {
        let list: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        self.act(&format!(r#"{part}//input[@type="file"]"#), |session, element| {
            session.type_text(element, &list.join("\n"))
        });
        self.fields += 1;
    }

    /// What the browser itself says is wrong with the chosen files.
    #[track_caller]
    pub(crate) fn complaint_about_files(&self, part: &str) -> String {
        let input = self.shown(&format!(r#"{part}//input[@type="file"]"#));
        let words = self.must(self.session.property(&input, "validationMessage"));
        words.as_str().unwrap_or_default().to_owned()
    }

    /// Makes the browser send forms that it finds wrong, as another client might.
    pub(crate) fn insists_on_sending(&self) {
        let script = "for (const form of document.forms) form.noValidate = true";
        self.must(self.session.run(script));
    }
}

/// Asks again and again until it is so, or the time is over.
pub(crate) fn within(time: Duration, mut is_so: impl FnMut() -> bool) -> bool {
    let until = Instant::now() + time;
    loop {
        if is_so() {
            return true;
        }
        if Instant::now() > until {
            return false;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Text without any blanks: where lines break is not the point.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Words as a literal in an XPath.
pub(crate) fn quoted(words: &str) -> String {
    assert!(!words.contains('"'), "words with a straight quotation mark: {words}");
    format!("\"{words}\"")
}

/// An address without its ids: `/drafts/*/form`.
fn place(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let is_id = |part: &str| {
        part.len() >= 8
            && !part.contains('~')
            && part.chars().any(|c| c.is_ascii_digit())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.')
    };
    let parts: Vec<&str> =
        path.split('/').map(|part| if is_id(part) { "*" } else { part }).collect();
    parts.join("/")
}
