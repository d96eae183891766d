//! Keys instead of a mouse: Tab until the focus is there, then what that kind of thing is pressed with. What
//! has the focus must show it.

use crate::visitor::{LOOKS_FOR, Visitor, within};
use crate::webdriver::Element;

const TAB: &str = "\u{E004}";
const ENTER: &str = "\u{E007}";
const DOWN: &str = "\u{E015}";
const SPACE: &str = " ";

/// More stops of the Tab key than any page of a journey has.
const STOPS: usize = 400;
/// More options than any choice has.
const OPTIONS: usize = 40;

/// Whether the focus is on an element, or on another radio button of its group.
const IS_THERE: &str = r#"
const [wanted, at] = [arguments[0], document.activeElement];
return at === wanted
  || (wanted.type === "radio" && at.type === "radio" && at.name === wanted.name && at.form === wanted.form);
"#;

/// Whether whoever looks can see where the focus is.
const SHOWS_FOCUS: &str = r#"
const rings = (element) => {
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
  return (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none";
};
const at = arguments[0];
return rings(at) || (at.closest("label") !== null && rings(at.closest("label")));
"#;

impl Visitor {
    /// Comes to a link or button and presses it.
    #[track_caller]
    pub(crate) fn presses(&self, xpath: &str) {
        self.reaches(xpath);
        self.must(self.session.press_keys(ENTER));
    }

    /// Comes to a radio button or box and chooses it.
    #[track_caller]
    pub(crate) fn chooses_by_key(&self, xpath: &str) {
        let wanted = self.reaches(xpath);
        for _ in 0..OPTIONS {
            if self.asks(&wanted, "return document.activeElement === arguments[0]") {
                if !self.asks(&wanted, "return arguments[0].checked") {
                    self.must(self.session.press_keys(SPACE));
                }
                return;
            }
            self.must(self.session.press_keys(DOWN));
        }
        self.fails(&format!("arrow keys do not come to {xpath}"));
    }

    /// Comes to a field, empties it and types.
    #[track_caller]
    pub(crate) fn types_by_key(&self, xpath: &str, text: &str) {
        // The Tab key selects what a field holds: typing replaces it.
        self.reaches(xpath);
        self.must(self.session.press_keys(text));
    }

    /// Presses Tab until the focus is there; looks again when the page was replaced meanwhile.
    #[track_caller]
    fn reaches(&self, xpath: &str) -> Element {
        let mut wanted = self.finds_reachable(xpath);
        for _ in 0..STOPS {
            match self.session.run_on(&wanted, IS_THERE) {
                Ok(there) if there.as_bool() == Some(true) => {
                    let at = self.must(self.session.focused());
                    if !self.asks(&at, SHOWS_FOCUS) {
                        self.fails(&format!("{xpath} does not show that it has the focus"));
                    }
                    return wanted;
                }
                Err(error) if error.is_passing() => {
                    wanted = self.finds_reachable(xpath);
                    continue;
                }
                answer => drop(self.must(answer)),
            }
            self.must(self.session.press_keys(TAB));
        }
        self.fails(&format!("{STOPS} presses of Tab do not come to {xpath}"));
    }

    #[track_caller]
    fn finds_reachable(&self, xpath: &str) -> Element {
        let mut found = None;
        within(LOOKS_FOR, || {
            let there = self.session.find(None, xpath).unwrap_or_default();
            found = there.into_iter().find(|one| self.can_be_reached(one));
            found.is_some()
        });
        found.unwrap_or_else(|| self.fails(&format!("there is no {xpath}")))
    }

    fn can_be_reached(&self, element: &Element) -> bool {
        self.session.is_shown(element).unwrap_or(false)
    }

    #[track_caller]
    fn asks(&self, element: &Element, script: &str) -> bool {
        self.must(self.session.run_on(element, script)).as_bool().unwrap_or(false)
    }
}
