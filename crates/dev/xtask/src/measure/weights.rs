//! What a page weighs with its style and script, as sent plain and as sent compressed; fonts are the reader's own.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use super::http::{self, Request};

/// Bytes of one page with everything that it loads.
#[derive(Debug)]
pub(crate) struct Weight {
    pub(crate) path: String,
    pub(crate) html: Bytes,
    pub(crate) assets: Bytes,
}

/// Bytes on the wire.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bytes {
    pub(crate) plain: usize,
    pub(crate) compressed: usize,
}

/// Home and every matter's page.
pub(crate) fn weigh(port: u16) -> Result<Vec<Weight>> {
    let home = http::once(port, &http::get("/"))?.text();
    let mut paths = vec!["/".to_owned()];
    paths.extend(linked(&home, "<h3><a href=\"/matters/"));
    let mut assets: BTreeMap<String, Bytes> = BTreeMap::new();
    let mut weights = Vec::new();
    for path in paths {
        let page = http::once(port, &http::get(&path))?;
        if page.status != 200 {
            bail!("`{path}` answers {}", page.status);
        }
        let text = page.text();
        let mut weight = Weight { html: bytes(port, &path)?, assets: Bytes::default(), path };
        let loads = linked(&text, "href=\"/assets/").into_iter();
        for asset in loads.chain(linked(&text, "src=\"/assets/")) {
            let of_asset = match assets.get(&asset) {
                Some(known) => *known,
                None => bytes(port, &asset)?,
            };
            weight.assets.plain += of_asset.plain;
            weight.assets.compressed += of_asset.compressed;
            assets.insert(asset, of_asset);
        }
        weights.push(weight);
    }
    Ok(weights)
}

/// The addresses that stand after `before`, which ends in their beginning.
fn linked(text: &str, before: &str) -> Vec<String> {
    let begins = before.rsplit('"').next().unwrap_or_default();
    let ends = text.split(before).skip(1).filter_map(|rest| rest.split('"').next());
    ends.map(|end| format!("{begins}{end}")).collect()
}

fn bytes(port: u16, path: &str) -> Result<Bytes> {
    let plain = http::once(port, &http::get(path))?;
    let compressed = http::once(port, &Request { gzip: true, ..http::get(path) })?;
    Ok(Bytes { plain: plain.body.len(), compressed: compressed.body.len() })
}

#[cfg(test)]
mod tests {
    use super::linked;

    #[test]
    fn links_are_found() {
        let page =
            r#"<link href="/assets/a.css"><a href="/matters/x">x</a><link href="/assets/b.svg">"#;
        assert_eq!(linked(page, "href=\"/assets/"), ["/assets/a.css", "/assets/b.svg"]);
        assert!(linked(page, "src=\"/assets/").is_empty());
    }
}
