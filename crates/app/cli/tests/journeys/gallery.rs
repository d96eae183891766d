//! Every page of the site as somebody who may see it sees it: found by following links from where each role
//! begins, checked against the route table so that no page is forgotten, looked at in each language and at
//! each width. The long form puts pictures and an index of them into `gallery` in the target's folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Deserialize;
use serde_json::{Value, json};
use web::router::ROUTES;

use crate::visitor::Visitor;
use crate::watch::{AXE, MEASURE, picture_of};
use crate::webdriver::Session;

/// GET routes that answer with no page of their own, and why.
pub(crate) const NO_PAGES: &[(&str, &str)] = &[
    ("/set", "keeps a wish and goes back"),
    ("/drafts/{draft}", "goes on to where the draft stands"),
    ("/cases/{case}/version", "a number for script"),
    ("/evidence/{evidence}", "a file"),
    ("/window/evidence/{evidence}", "a file"),
    ("/officer/cases/{case}/{node}/evidence/{evidence}", "a file"),
    ("/cases/{case}/documents/{mark}/pdf", "a file"),
    ("/window/documents/{number}/pdf", "a file"),
    ("/officer/cases/{case}/{node}/documents/{mark}/pdf", "a file"),
    ("/api/v1/cases/{case}/documents", "for machines"),
    ("/api/v1/cases/{case}/dates", "for machines"),
    ("/api/v1/cases/{case}", "for machines"),
    ("/api/v1/addressed", "for machines"),
    ("/api/v1/officer/cases/{case}/{node}", "for machines"),
    ("/api/v1/officer/cases/{case}/{node}/dates", "for machines"),
    ("/api/v1/officer/cases/{case}/{node}/documents", "for machines"),
    ("/api/v1/officer/cases/{case}/{node}/documents/{mark}", "for machines"),
    ("/api/v1/cases/{case}/documents/{mark}", "for machines"),
    ("/manager/matters/{file}", "a file"),
    ("/manager/supervision/lights/{file}", "a file"),
    ("/supervision/lights/{file}", "a file"),
    ("/drafts/{draft}/changes", "goes on unless something was published meanwhile"),
    ("/manager/figures/{indicator}/{file}", "a file"),
    ("/sign-in", "the demo goes on to its role board"),
    ("/officer/next", "goes on to a case"),
    ("/officer/filters/{filter}", "goes on to the worklist"),
    ("/api/v1/matters", "for machines"),
    ("/api/v1/matters/{matter}", "for machines"),
];

/// Addresses of one route that are followed to find others.
const FOLLOWED: usize = 4;

/// Fetches addresses and says what kind of answer each gives and where its links lead.
const FETCH: &str = r#"
const done = arguments[arguments.length - 1];
const site = location.origin;
Promise.all(PATHS.map(async (path) => {
  const answer = await fetch(path);
  const page = (answer.headers.get("content-type") ?? "").includes("text/html");
  const text = page ? await answer.text() : "";
  const links = page
    ? [...new DOMParser().parseFromString(text, "text/html").querySelectorAll("a[href]")]
      .map((link) => new URL(link.getAttribute("href"), site + path))
      .filter((url) => url.origin === site)
      .map((url) => url.pathname + url.search)
    : [];
  const arrived = new URL(answer.url);
  return { path, page: page && answer.status === 200, arrived: arrived.pathname + arrived.search, links };
})).then(done, (error) => done(String(error)));
"#;

/// Runs the rules of WCAG 2.2 A and AA; those that depend on the width only when `NARROW`.
const RUN_AXE: &str = r#"
const done = arguments[arguments.length - 1];
const chosen = NARROW
  ? { type: "rule", values: ["color-contrast", "scrollable-region-focusable", "link-in-text-block", "target-size"] }
  : { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] };
axe.run(document, { resultTypes: ["violations"], runOnly: chosen }).then(
  ({ violations }) => done(violations.map(({ id, help, nodes }) =>
    `axe ${id}: ${help}\n    ` + nodes.slice(0, 4).map(({ target, html }) => `${target} ${html.slice(0, 140)}`).join("\n    "))),
  (error) => done([`axe: ${error}`]),
);
"#;

/// Words below 18 px, and things to press below 44 px, as elder mode must not show them.
const SMALL: &str = r#"
const shown = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })
  && !element.closest("svg, .hidden, .demobar, .skip");
const words = [...document.querySelectorAll("body *")].filter((element) => shown(element)
  && [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== "")
  && parseFloat(getComputedStyle(element).fontSize) < 17.9);
const pressed = [...document.querySelectorAll("main .button, main input:not([type=hidden], [type=radio], [type=checkbox]), main select, main summary, main .choices label")]
  .filter((element) => shown(element) && element.getBoundingClientRect().height < 43.5);
return [...words.slice(0, 5).map((one) => `small words: ${one.outerHTML.slice(0, 120)}`),
  ...pressed.slice(0, 5).map((one) => `small to press: ${one.outerHTML.slice(0, 120)}`)];
"#;

/// What one address answers.
#[derive(Debug, Deserialize)]
struct Fetched {
    path: String,
    page: bool,
    arrived: String,
    links: Vec<String>,
}

/// A desk, a tablet and a phone.
const WIDTHS: &[u32] = &[1440, 768, 375];

/// How much is looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    pub(crate) languages: &'static [&'static str],
    pub(crate) widths: &'static [u32],
    /// Addresses of each route that are looked at, for each role.
    pub(crate) samples: usize,
    /// Whether a route is looked at by every role that may come there, rather than by the first one.
    pub(crate) every_role: bool,
    /// Whether pictures are kept, and what depends on the width is asked of axe-core at every width.
    pub(crate) thorough: bool,
}

impl Extent {
    pub(crate) const SHORT: Self =
        Self { languages: &["zh"], widths: WIDTHS, samples: 1, every_role: false, thorough: false };
    pub(crate) const LONG: Self = Self {
        languages: &["zh", "zh-Hant", "en"],
        widths: WIDTHS,
        samples: 2,
        every_role: true,
        thorough: true,
    };
}

/// The pictures that were taken, and what was wrong with pages. Several people may visit at the same time.
#[derive(Debug)]
pub(crate) struct Gallery {
    extent: Extent,
    folder: PathBuf,
    visited: Mutex<Visited>,
}

#[derive(Debug, Default)]
struct Visited {
    /// Routes that somebody has seen.
    seen: BTreeSet<&'static str>,
    /// Page by role: language, width and file of each picture.
    pictures: BTreeMap<(String, String), Vec<(String, String)>>,
    /// Pages looked at, once for each language.
    pages: usize,
    faults: Vec<String>,
}

impl Gallery {
    pub(crate) fn begin(extent: Extent) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../gallery");
        if extent.thorough {
            if folder.exists() {
                std::fs::remove_dir_all(&folder).expect("the pictures of an earlier run go");
            }
            std::fs::create_dir_all(&folder).expect("a folder for pictures");
        }
        Self { extent, folder, visited: Mutex::default() }
    }

    fn visited(&self) -> MutexGuard<'_, Visited> {
        self.visited.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn notes(&self, fault: String) {
        println!("gallery: {fault}");
        self.visited().faults.push(fault);
    }

    /// Looks at everything that this role comes to from its first pages; what it is `shown` is looked at even
    /// if it leads nowhere.
    pub(crate) fn visits(&self, role: &str, visitor: &Visitor, shown: &[String]) {
        let pages = self.found(role, visitor, shown);
        println!("gallery: {role} comes to {} pages", pages.len());
        for language in self.extent.languages {
            if self.extent.languages.len() > 1 {
                wishes(visitor, &format!("lang={language}"));
                let shown =
                    visitor.must(visitor.session.run("return document.documentElement.lang"));
                let spoken = if *language == "zh" { "zh-Hans" } else { language };
                if shown != json!(spoken) {
                    self.notes(format!("{language} is not offered: {shown} is shown"));
                }
            }
            for path in &pages {
                self.looks_at(role, visitor, path, language);
            }
        }
        if self.extent.languages.len() > 1 {
            wishes(visitor, "lang=zh");
        }
        full_screen(visitor);
    }

    /// Looks at pages in large type.
    pub(crate) fn visits_in_large_type(&self, role: &str, visitor: &Visitor, pages: &[String]) {
        wishes(visitor, "large=1");
        for path in pages {
            self.looks_at(role, visitor, path, "large");
            let small = visitor.must(visitor.session.run(SMALL));
            for line in lines(&small) {
                self.notes(format!("{role} {path} large: {line}"));
            }
        }
        wishes(visitor, "large=0");
        full_screen(visitor);
    }

    /// Addresses of pages that this role reaches, at most so many of each route.
    fn found(&self, role: &str, visitor: &Visitor, shown: &[String]) -> Vec<String> {
        let mut waiting: Vec<String> = shown.to_vec();
        let mut asked: BTreeSet<String> = waiting.iter().cloned().collect();
        let mut followed: BTreeMap<&'static str, usize> = BTreeMap::new();
        let mut kept: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
        while !waiting.is_empty() {
            let some: Vec<String> = waiting.drain(..waiting.len().min(12)).collect();
            for answer in fetched(&visitor.session, &some) {
                let Some(route) = route_of(&answer.path) else { continue };
                if !answer.page {
                    // A link may lead to what is another role's: to it, that does not exist.
                    if shown.contains(&answer.path) {
                        self.notes(format!("{role} {} is no page", answer.path));
                    }
                    continue;
                }
                // Who is led elsewhere has not seen this page.
                if route_of(&answer.arrived) != Some(route) {
                    continue;
                }
                let chosen = kept.entry(route).or_default();
                let is_shown = shown.contains(&answer.path);
                let is_wanted = chosen.len() < self.extent.samples
                    && (!chosen.is_empty() || self.extent.every_role || self.is_first_at(route));
                if is_shown || is_wanted {
                    self.visited().seen.insert(route);
                    chosen.push(answer.path.clone());
                }
                for link in answer.links {
                    let Some(to) = route_of(&link) else { continue };
                    let is_page = !NO_PAGES.iter().any(|(route, _)| *route == to);
                    let is_known = !self.extent.every_role && !self.is_first_at(to);
                    let many = followed.entry(to).or_default();
                    if is_page && !is_known && *many < FOLLOWED && asked.insert(link.clone()) {
                        *many += 1;
                        waiting.push(link);
                    }
                }
            }
        }
        kept.into_values().flatten().collect()
    }

    /// Whether nobody has seen this page yet.
    fn is_first_at(&self, route: &str) -> bool {
        !self.visited().seen.contains(route)
    }

    /// Loads a page once and looks at it at each width.
    fn looks_at(&self, role: &str, visitor: &Visitor, path: &str, language: &str) {
        let session = &visitor.session;
        let home = visitor.home();
        screen(visitor, self.extent.widths[0]);
        visitor.must(session.go_to(&format!("{home}{path}")));
        visitor.must(session.run(AXE));
        self.visited().pages += 1;
        for (position, width) in self.extent.widths.iter().enumerate() {
            let place = format!("{role} {path} {language} {width}");
            if position > 0 {
                screen(visitor, *width);
            }
            if position == 0 || self.extent.thorough {
                let narrow = if position > 0 { "true" } else { "false" };
                let found = session.run_until_done(&RUN_AXE.replace("NARROW", narrow));
                for line in lines(&visitor.must(found)) {
                    self.notes(format!("{place}: {line}"));
                }
            }
            let wide = visitor.must(session.run(&MEASURE.replace("WIDTH", &width.to_string())));
            let wide: Vec<&str> = lines(&wide).collect();
            if !wide.is_empty() {
                self.notes(format!("{place}: does not fit: {}", wide.join("\n    ")));
            }
            if self.extent.thorough {
                let name = format!("{}-{language}-{width}.png", file_name(role, path));
                let picture = visitor.must(picture_of(session, *width));
                std::fs::write(self.folder.join(&name), picture).expect("a picture");
                let mut visited = self.visited();
                let row = visited.pictures.entry((role.to_owned(), path.to_owned())).or_default();
                row.push((format!("{language} {width}"), name));
            }
        }
        let console = session.console().unwrap_or_default();
        for line in console.iter().filter(|line| line.contains("Content Security Policy")) {
            self.notes(format!("{role} {path}: {line}"));
        }
    }

    /// Writes the index, and says what is wrong: with pages, and with the list of pages.
    pub(crate) fn ends(self) -> Vec<String> {
        let pages: BTreeSet<&str> =
            ROUTES.iter().filter(|route| route.method == "get").map(|route| route.path).collect();
        for (route, _) in NO_PAGES.iter().filter(|(route, _)| !pages.contains(route)) {
            self.notes(format!("{route} is no route any more"));
        }
        let is_page = |route: &str| !NO_PAGES.iter().any(|(no_page, _)| *no_page == route);
        let seen = self.visited().seen.clone();
        for route in pages.iter().filter(|route| is_page(route) && !seen.contains(**route)) {
            self.notes(format!("nobody has come to {route}: lead somebody there"));
        }
        let visited = self.visited.into_inner().unwrap_or_else(PoisonError::into_inner);
        println!("gallery: {} pages of {} routes", visited.pages, visited.seen.len());
        if self.extent.thorough {
            writes_index(&self.folder, &visited.pictures);
        }
        visited.faults
    }
}

fn writes_index(folder: &Path, pages: &BTreeMap<(String, String), Vec<(String, String)>>) {
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Gallery</title>\
         <style>body{font:15px/1.5 sans-serif;margin:24px}figure{display:inline-block;margin:0 12px 24px 0;\
         vertical-align:top}img{display:block;height:320px;width:auto;max-width:420px;object-fit:cover;\
         object-position:top;border:1px solid #ccc}h2{margin:24px 0 8px;font-size:16px}</style><h1>Gallery</h1>",
    );
    for ((role, path), pictures) in pages {
        // Writing to a string cannot fail.
        let _ = write!(page, "<h2>{} — {}</h2>", escaped(role), escaped(path));
        for (what, file) in pictures {
            let _ = write!(
                page,
                "<figure><a href=\"{file}\"><img loading=\"lazy\" src=\"{file}\" alt=\"\"></a><figcaption>{what}</figcaption></figure>"
            );
        }
    }
    std::fs::write(folder.join("index.html"), page).expect("the index");
    println!("gallery: {} pages in {}", pages.len(), folder.display());
}

/// The route of an address: the one with the most parts said literally.
pub(crate) fn route_of(path: &str) -> Option<&'static str> {
    let parts: Vec<&str> = path.split(['?', '#']).next().unwrap_or_default().split('/').collect();
    let literal = |route: &str| route.split('/').filter(|part| !part.starts_with('{')).count();
    ROUTES
        .iter()
        .filter(|route| route.method == "get")
        .map(|route| route.path)
        .filter(|route| {
            let wanted: Vec<&str> = route.split('/').collect();
            wanted.len() == parts.len()
                && wanted
                    .iter()
                    .zip(&parts)
                    .all(|(want, part)| want.starts_with('{') || want == part)
        })
        .max_by_key(|route| literal(route))
}

/// Where the links of pages lead.
pub(crate) fn links_of(session: &Session, paths: &[String]) -> Vec<String> {
    fetched(session, paths).into_iter().flat_map(|answer| answer.links).collect()
}

fn fetched(session: &Session, paths: &[String]) -> Vec<Fetched> {
    let script = FETCH.replace("PATHS", &json!(paths).to_string());
    let answer =
        session.run_until_done(&script).unwrap_or_else(|error| panic!("fetching: {error}"));
    let said = answer.to_string();
    serde_json::from_value(answer).unwrap_or_else(|error| panic!("{error}: {said}"))
}

fn lines(found: &Value) -> impl Iterator<Item = &str> {
    found.as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// Language or size of type.
fn wishes(visitor: &Visitor, wish: &str) {
    let home = visitor.home();
    visitor.must(visitor.session.go_to(&format!("{home}/set?{wish}&to=/about")));
}

fn screen(visitor: &Visitor, width: u32) {
    let screen = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
    visitor.must(visitor.session.tell_browser("Emulation.setDeviceMetricsOverride", screen));
}

/// The browser's own window again, for whoever goes on in it.
fn full_screen(visitor: &Visitor) {
    visitor.must(visitor.session.tell_browser("Emulation.clearDeviceMetricsOverride", json!({})));
}

fn file_name(role: &str, path: &str) -> String {
    let plain = |text: &str| -> String {
        text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
    };
    let name: String = plain(path.trim_matches('/')).chars().take(90).collect();
    format!("{}-{}", plain(role), if name.is_empty() { "home" } else { &name })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
