//! The wire to a browser: the few commands of the WebDriver protocol (W3C) that the journeys need, one after
//! the other. Written out rather than taken from a library, because a library's features would be built into
//! the binary under test, and because stories read better without `await`.

use std::time::Duration;

use serde_json::{Value, json};

/// The protocol's name for a reference to an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// An element of the page that is shown now.
#[derive(Clone, Debug)]
pub(crate) struct Element(String);

/// The driver's refusal of a command, by the protocol's name: `stale element reference` …
#[derive(Debug)]
pub(crate) struct WireError {
    pub(crate) name: String,
    pub(crate) message: String,
}

impl WireError {
    /// The page has moved on, or is just moving: worth another try.
    pub(crate) fn is_passing(&self) -> bool {
        let known = [
            "stale element reference",
            "no such element",
            "element click intercepted",
            "element not interactable",
        ];
        // Said when the page moves on while an element is asked about.
        let moved_on = self.message.contains("does not belong to the document");
        moved_on || known.contains(&self.name.as_str())
    }
}

impl std::fmt::Display for WireError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.name, self.message)
    }
}

pub(crate) type Answer<T> = Result<T, WireError>;

/// A session: one browser with its own cookies. Closed when dropped.
#[derive(Debug)]
pub(crate) struct Session {
    runtime: tokio::runtime::Runtime,
    http: reqwest::Client,
    base: String,
}

impl Session {
    /// Opens a browser. `options` are the browser's own (`goog:chromeOptions`).
    pub(crate) fn open(driver: &str, options: Value) -> Answer<Self> {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(60))
            .no_proxy()
            .build()
            .expect("an HTTP client");
        let mut session = Self { runtime, http, base: format!("{driver}/session") };
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL" },
            "timeouts": { "pageLoad": 30_000, "script": 30_000, "implicit": 0 },
        }}});
        let answer = session.post("", &wanted)?;
        let id = answer["sessionId"].as_str().expect("a session id").to_owned();
        session.base = format!("{driver}/session/{id}");
        Ok(session)
    }

    fn post(&self, path: &str, body: &Value) -> Answer<Value> {
        self.send(self.http.post(format!("{}{path}", self.base)).json(body))
    }

    fn get(&self, path: &str) -> Answer<Value> {
        self.send(self.http.get(format!("{}{path}", self.base)))
    }

    fn send(&self, request: reqwest::RequestBuilder) -> Answer<Value> {
        let answered = self.runtime.block_on(async {
            let response = request.send().await?;
            response.json::<Value>().await
        });
        let mut answer = answered.map_err(|error| WireError {
            name: "driver does not answer".to_owned(),
            message: error.to_string(),
        })?;
        let value = answer["value"].take();
        match value["error"].as_str() {
            Some(name) => Err(WireError {
                name: name.to_owned(),
                message: value["message"].as_str().unwrap_or_default().to_owned(),
            }),
            None => Ok(value),
        }
    }

    pub(crate) fn go_to(&self, address: &str) -> Answer<()> {
        self.post("/url", &json!({ "url": address })).map(drop)
    }

    pub(crate) fn reload(&self) -> Answer<()> {
        self.post("/refresh", &json!({})).map(drop)
    }

    pub(crate) fn address(&self) -> Answer<String> {
        Ok(self.get("/url")?.as_str().unwrap_or_default().to_owned())
    }

    pub(crate) fn title(&self) -> Answer<String> {
        Ok(self.get("/title")?.as_str().unwrap_or_default().to_owned())
    }

    /// Every element that an XPath finds, in the page or below an element.
    pub(crate) fn find(&self, below: Option<&Element>, xpath: &str) -> Answer<Vec<Element>> {
        let path = below.map_or_else(
            || "/elements".to_owned(),
            |element| format!("/element/{}/elements", element.0),
        );
        let found = self.post(&path, &json!({ "using": "xpath", "value": xpath }))?;
        let ids = found.as_array().into_iter().flatten();
        Ok(ids.filter_map(|one| one[ELEMENT].as_str()).map(|id| Element(id.to_owned())).collect())
    }

    pub(crate) fn click(&self, element: &Element) -> Answer<()> {
        self.post(&format!("/element/{}/click", element.0), &json!({})).map(drop)
    }

    pub(crate) fn clear(&self, element: &Element) -> Answer<()> {
        self.post(&format!("/element/{}/clear", element.0), &json!({})).map(drop)
    }

    pub(crate) fn type_text(&self, element: &Element, text: &str) -> Answer<()> {
        self.post(&format!("/element/{}/value", element.0), &json!({ "text": text })).map(drop)
    }

    /// Presses keys one after the other, wherever the focus is.
    pub(crate) fn press_keys(&self, keys: &str) -> Answer<()> {
        let actions: Vec<Value> = keys
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|what| json!({ "type": what, "value": key })))
            .collect();
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": actions });
        self.post("/actions", &json!({ "actions": [keyboard] })).map(drop)
    }

    /// The text as it is shown.
    pub(crate) fn text(&self, element: &Element) -> Answer<String> {
        Ok(self
            .get(&format!("/element/{}/text", element.0))?
            .as_str()
            .unwrap_or_default()
            .to_owned())
    }

    /// A property such as `value` or `checked`.
    pub(crate) fn property(&self, element: &Element, name: &str) -> Answer<Value> {
        self.get(&format!("/element/{}/property/{name}", element.0))
    }

    pub(crate) fn is_shown(&self, element: &Element) -> Answer<bool> {
        Ok(self.get(&format!("/element/{}/displayed", element.0))?.as_bool().unwrap_or(false))
    }

    /// The element that has the focus.
    pub(crate) fn focused(&self) -> Answer<Element> {
        let found = self.get("/element/active")?;
        let id = found[ELEMENT].as_str().map(ToOwned::to_owned);
        id.map(Element).ok_or_else(|| WireError {
            name: "no such element".to_owned(),
            message: "nothing has the focus".to_owned(),
        })
    }

    /// Runs the body of a function in the page on an element, its `arguments[0]`.
    pub(crate) fn run_on(&self, element: &Element, script: &str) -> Answer<Value> {
        let element = json!({ ELEMENT: element.0 });
        self.post("/execute/sync", &json!({ "script": script, "args": [element] }))
    }

    /// Runs the body of a function in the page.
    pub(crate) fn run(&self, script: &str) -> Answer<Value> {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Runs the body of a function whose last argument is called when it is done.
    pub(crate) fn run_until_done(&self, script: &str) -> Answer<Value> {
        self.post("/execute/async", &json!({ "script": script, "args": [] }))
    }

    /// A command of the browser's own protocol (CDP).
    pub(crate) fn tell_browser(&self, command: &str, params: Value) -> Answer<Value> {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": params }))
    }

    /// What the page's console has said since it was asked last.
    pub(crate) fn console(&self) -> Answer<Vec<String>> {
        let lines = self.post("/se/log", &json!({ "type": "browser" }))?;
        let lines = lines.as_array().into_iter().flatten();
        Ok(lines.filter_map(|line| line["message"].as_str().map(ToOwned::to_owned)).collect())
    }

    pub(crate) fn forget_cookies(&self) -> Answer<()> {
        self.send(self.http.delete(format!("{}/cookie", self.base))).map(drop)
    }

    /// The tab that is looked at.
    pub(crate) fn tab(&self) -> Answer<String> {
        Ok(self.get("/window")?.as_str().unwrap_or_default().to_owned())
    }

    /// Opens a second tab and looks at it.
    pub(crate) fn open_tab(&self) -> Answer<String> {
        let opened = self.post("/window/new", &json!({ "type": "tab" }))?;
        let tab = opened["handle"].as_str().unwrap_or_default().to_owned();
        self.look_at_tab(&tab)?;
        Ok(tab)
    }

    pub(crate) fn look_at_tab(&self, tab: &str) -> Answer<()> {
        self.post("/window", &json!({ "handle": tab })).map(drop)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.send(self.http.delete(&self.base));
    }
}
