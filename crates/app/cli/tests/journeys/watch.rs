//! What is looked at on every page that somebody comes to: accessibility (axe-core), width, pictures, and
//! whether the content security policy stopped anything.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use crate::webdriver::{Answer, Session};

pub(crate) const AXE: &str = include_str!("../vendor/axe.min.js");

/// Runs the rules that tell of people being shut out, and says what they found.
const RUN_AXE: &str = r#"
const done = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ["violations"] }).then(
  ({ violations }) => done(violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, impact, help, nodes }) => ({
      id, impact, help, targets: nodes.slice(0, 5).map(({ target, html }) => `${target} ${html.slice(0, 120)}`),
    }))),
  (error) => done([{ id: "axe", impact: "critical", help: String(error), targets: [] }]),
);
"#;

/// How wide the page is, and which elements reach beyond the given width without being in a frame that
/// scrolls by itself.
pub(crate) const MEASURE: &str = r#"
const width = WIDTH;
const page = document.scrollingElement.scrollWidth;
if (page <= width) return [];
const scrolls = (element) => {
  for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) {
    if (/auto|scroll|hidden/.test(getComputedStyle(at).overflowX)) return true;
  }
  return false;
};
const wide = [...document.querySelectorAll("body *")]
  .filter((element) => {
    const { left, right } = element.getBoundingClientRect();
    return Math.max(right, left + element.scrollWidth) > width + 0.5 && !scrolls(element);
  })
  .slice(-5)
  .map((element) => element.outerHTML.slice(0, 140));
return [`${page} px wide`, ...wide];
"#;

/// What to look at.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Watch {
    /// No accessibility fault that axe-core calls serious or critical.
    pub(crate) accessibility: bool,
    /// The page fits a screen of this many pixels.
    pub(crate) width: Option<u32>,
    /// A picture of every page, on a desk and on a phone.
    pub(crate) pictures: bool,
}

impl Watch {
    pub(crate) const NOTHING: Self = Self { accessibility: false, width: None, pictures: false };
    pub(crate) const ACCESSIBILITY: Self = Self { accessibility: true, ..Self::NOTHING };
    pub(crate) const ACCESSIBILITY_AND_PICTURES: Self =
        Self { pictures: true, ..Self::ACCESSIBILITY };
    /// The width of a small phone.
    pub(crate) const PHONE: Self = Self { width: Some(375), ..Self::NOTHING };

    /// Looks at the page that is shown now.
    pub(crate) fn look(self, session: &Session, place: &str, picture: &str, notes: &Notes) {
        if self.accessibility {
            for violation in violations(session) {
                notes.add(place, &violation);
            }
        }
        if let Some(width) = self.width {
            let script = MEASURE.replace("WIDTH", &width.to_string());
            let wide = session.run(&script).unwrap_or_else(|error| panic!("measuring: {error}"));
            let wide: Vec<&str> =
                wide.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            if !wide.is_empty() {
                notes.add(place, &format!("does not fit {width} px: {}", wide.join("\n    ")));
            }
        }
        if self.pictures {
            for width in [1280, 375] {
                take_picture(session, width, &format!("{picture}-{width}"));
            }
        }
        let console = session.console().unwrap_or_default();
        for line in console.iter().filter(|line| line.contains("Content Security Policy")) {
            notes.add(place, line);
        }
    }
}

fn violations(session: &Session) -> Vec<String> {
    let present = session.run("return typeof axe === 'object'").ok();
    if present.and_then(|value| value.as_bool()) != Some(true) {
        session.run(AXE).unwrap_or_else(|error| panic!("bringing axe-core into the page: {error}"));
    }
    let found = session.run_until_done(RUN_AXE).unwrap_or_else(|error| panic!("axe-core: {error}"));
    let found = found.as_array().cloned().unwrap_or_default();
    let say = |violation: &Value| {
        let targets = violation["targets"].as_array().into_iter().flatten();
        let targets: Vec<&str> = targets.filter_map(Value::as_str).collect();
        format!(
            "axe {} ({}): {}\n    {}",
            violation["id"].as_str().unwrap_or_default(),
            violation["impact"].as_str().unwrap_or_default(),
            violation["help"].as_str().unwrap_or_default(),
            targets.join("\n    ")
        )
    };
    found.iter().map(say).collect()
}

/// The folder of all pictures.
fn pictures() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pages");
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    folder
}

/// Takes the pictures of an earlier run away.
pub(crate) fn forget_pictures(story: &str) {
    let old = std::fs::read_dir(pictures()).expect("the folder of pictures").flatten();
    let begins = [format!("{story}-"), format!("failed-{story}.")];
    for picture in old {
        let name = picture.file_name();
        if begins.iter().any(|begin| name.to_string_lossy().starts_with(begin.as_str())) {
            let _ = std::fs::remove_file(picture.path());
        }
    }
}

/// A picture of the whole page, from top to bottom, on a screen of this width.
fn take_picture(session: &Session, width: u32, name: &str) {
    let taken = picture_of(session, width).and_then(|picture| {
        session.tell_browser("Emulation.clearDeviceMetricsOverride", json!({}))?;
        Ok(picture)
    });
    let picture = taken.unwrap_or_else(|error| panic!("taking a picture: {error}"));
    std::fs::write(pictures().join(format!("{name}.png")), picture).expect("a picture");
}

/// The whole page, from top to bottom, as a PNG; the screen stays as wide as it was asked to be.
pub(crate) fn picture_of(session: &Session, width: u32) -> Answer<Vec<u8>> {
    let screen = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
    session.tell_browser("Emulation.setDeviceMetricsOverride", screen)?;
    let height = session.run("return Math.ceil(document.documentElement.scrollHeight)")?;
    let height = height.as_u64().unwrap_or(900).min(16_000);
    let shot = session.tell_browser(
        "Page.captureScreenshot",
        json!({
            "format": "png",
            "captureBeyondViewport": true,
            "clip": { "x": 0, "y": 0, "width": width, "height": height, "scale": 1 },
        }),
    )?;
    Ok(from_base64(shot["data"].as_str().unwrap_or_default()))
}

/// What is on the screen right now; for telling what went wrong.
pub(crate) fn snapshot(session: &Session, name: &str) {
    if let Ok(shot) = session.tell_browser("Page.captureScreenshot", json!({ "format": "png" })) {
        keep_picture(shot["data"].as_str().unwrap_or_default(), name);
    }
}

fn keep_picture(base64: &str, name: &str) {
    std::fs::write(pictures().join(format!("{name}.png")), from_base64(base64)).expect("a picture");
}

fn from_base64(text: &str) -> Vec<u8> {
    let digit = |byte: u8| {
        Some(u32::from(match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        }))
    };
    let digits: Vec<u32> = text.bytes().filter_map(digit).collect();
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    for four in digits.chunks(4) {
        let word = four.iter().fold(0, |word, digit| word << 6 | digit) << (6 * (4 - four.len()));
        let [_, first, second, third] = word.to_be_bytes();
        bytes.extend(&[first, second, third][..four.len() - 1]);
    }
    bytes
}

/// What was noticed on the way and should not be; told together at the end of a journey.
#[derive(Debug, Default)]
pub(crate) struct Notes(Mutex<Vec<String>>);

impl Notes {
    pub(crate) fn add(&self, place: &str, words: &str) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        notes.push(format!("{place}: {words}"));
    }

    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
