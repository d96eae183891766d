//! Card readers and scanners of windows over HTTP, at the addresses that `windows.toml` in the data folder names:
//!
//! ```toml
//! [[window]]
//! id = "county-hall-06"
//! devices = "http://10.0.6.6:9300"
//! ```
//!
//! In the demo every window has simulated ones.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use async_trait::async_trait;
use departments::DeviceSimulation;
use serde::Deserialize;
use web::window::{CardRead, DeviceTrouble, Devices, Scanned};

const FILE: &str = "windows.toml";
/// A reader that has not answered by then is away.
const PATIENCE: Duration = Duration::from_secs(8);
/// Larger than any page of a scanner; what is beyond is no page.
const BYTES_MAX: usize = 16 * 1024 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    window: Vec<WrittenWindow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenWindow {
    id: String,
    devices: String,
}

/// Devices by window.
#[derive(Debug)]
pub(crate) struct HttpDevices {
    client: reqwest::Client,
    addresses: BTreeMap<String, String>,
    simulated: Option<Arc<DeviceSimulation>>,
}

impl HttpDevices {
    /// Those of a data folder; none when there is no such file.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn load(data: &Path) -> Result<Self> {
        let path = data.join(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(fault) => {
                return Err(fault).with_context(|| format!("reading `{}`", path.display()));
            }
        };
        let written: Written =
            toml::from_str(&text).with_context(|| format!("reading `{}`", path.display()))?;
        let addresses = written.window.into_iter().map(|window| {
            let base = window.devices.trim_end_matches('/').to_owned();
            (window.id, base)
        });
        Ok(Self { client: client()?, addresses: addresses.collect(), simulated: None })
    }

    /// Simulated ones at every window.
    ///
    /// # Errors
    /// No client can be made.
    pub(crate) fn simulated(simulation: Arc<DeviceSimulation>) -> Result<Self> {
        Ok(Self { client: client()?, addresses: BTreeMap::new(), simulated: Some(simulation) })
    }

    fn base(&self, window: &str) -> Result<String, DeviceTrouble> {
        match (self.addresses.get(window), &self.simulated) {
            (Some(address), _) => Ok(address.clone()),
            (None, Some(simulation)) => Ok(simulation.address_of(window)),
            (None, None) => Err(DeviceTrouble::NotConfigured),
        }
    }

    async fn answer(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<reqwest::Response, DeviceTrouble> {
        let answer = request.timeout(PATIENCE).send().await.map_err(|_| DeviceTrouble::Away)?;
        match answer.status().as_u16() {
            200 => Ok(answer),
            404 => Err(DeviceTrouble::Nothing),
            503 => Err(DeviceTrouble::Away),
            _ => Err(DeviceTrouble::Unreadable),
        }
    }
}

fn client() -> Result<reqwest::Client> {
    // Devices stand in the same house: no proxy in between.
    reqwest::Client::builder().no_proxy().build().context("making an HTTP client for devices")
}

#[derive(Deserialize)]
struct Card {
    number: String,
    name: String,
}

#[async_trait]
impl Devices for HttpDevices {
    async fn read_card(&self, window: &str) -> Result<CardRead, DeviceTrouble> {
        let url = format!("{}/card", self.base(window)?);
        let answer = self.answer(self.client.get(url)).await?;
        let card: Card = answer.json().await.map_err(|_| DeviceTrouble::Unreadable)?;
        Ok(CardRead { number: card.number, name: card.name })
    }

    async fn scan(&self, window: &str) -> Result<Scanned, DeviceTrouble> {
        let url = format!("{}/scan", self.base(window)?);
        let answer = self.answer(self.client.post(url)).await?;
        let media_type = answer.headers().get("content-type").and_then(|it| it.to_str().ok());
        let media_type = media_type.unwrap_or_default().to_owned();
        let bytes = answer.bytes().await.map_err(|_| DeviceTrouble::Away)?;
        if bytes.is_empty() || bytes.len() > BYTES_MAX {
            return Err(DeviceTrouble::Unreadable);
        }
        Ok(Scanned { media_type, bytes: bytes.to_vec() })
    }

    fn demo_cards(&self) -> Vec<String> {
        self.simulated.as_ref().map(|simulation| simulation.names()).unwrap_or_default()
    }

    async fn lay_card(&self, window: &str, card: usize) -> bool {
        self.simulated.as_ref().is_some_and(|simulation| simulation.lay(window, card))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn addresses_come_from_the_data_folder() {
        let folder = tempfile::tempdir().unwrap();
        let none = HttpDevices::load(folder.path()).unwrap();
        assert_eq!(none.read_card("hall-06").await.unwrap_err(), DeviceTrouble::NotConfigured);
        let text = "[[window]]\nid = \"hall-06\"\ndevices = \"http://127.0.0.1:1/\"\n";
        std::fs::write(folder.path().join(FILE), text).unwrap();
        let devices = HttpDevices::load(folder.path()).unwrap();
        assert_eq!(devices.scan("hall-06").await.unwrap_err(), DeviceTrouble::Away);
        assert_eq!(devices.scan("hall-07").await.unwrap_err(), DeviceTrouble::NotConfigured);
        std::fs::write(folder.path().join(FILE), "window = 3").unwrap();
        assert!(HttpDevices::load(folder.path()).is_err());
    }
}
