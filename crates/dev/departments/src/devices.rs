//! A card reader and a scanner for every window, as one simulated server: the small local interface of
//! `docs/guides/devices.md`. Cards are laid on a reader by whoever plays the applicant; a read card is lifted off.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Serialize;

use crate::department::Server;

/// What stands on a card.
#[derive(Clone, Debug, Serialize)]
pub struct DemoCard {
    pub number: String,
    pub name: String,
    pub sex: String,
    pub ethnicity: String,
    pub born_on: String,
    pub address: String,
}

#[derive(Debug, Default)]
struct Desk {
    /// The card on the reader.
    card: Option<usize>,
    /// Pages scanned so far.
    pages: usize,
}

#[derive(Debug)]
struct Shared {
    cards: Vec<DemoCard>,
    desks: Mutex<BTreeMap<String, Desk>>,
}

/// Simulated devices of all windows.
#[derive(Debug)]
pub struct DeviceSimulation {
    shared: Arc<Shared>,
    server: tokio::sync::Mutex<Server>,
    base_url: String,
}

impl DeviceSimulation {
    /// Opens the server on a free port of this machine.
    ///
    /// # Errors
    /// It cannot be opened.
    pub async fn start(cards: Vec<DemoCard>) -> std::io::Result<Self> {
        let shared = Arc::new(Shared { cards, desks: Mutex::default() });
        let router = Router::new()
            .route("/{window}/card", get(card))
            .route("/{window}/scan", post(scan))
            .with_state(Arc::clone(&shared));
        let server = Server::open(router).await?;
        let base_url = server.base_url();
        Ok(Self { shared, server: tokio::sync::Mutex::new(server), base_url })
    }

    /// Where the devices of a window answer.
    pub fn address_of(&self, window: &str) -> String {
        format!("{}/{window}", self.base_url)
    }

    /// The names on the cards, in their order.
    pub fn names(&self) -> Vec<String> {
        self.shared.cards.iter().map(|card| card.name.clone()).collect()
    }

    /// Lays a card on a window's reader; false when there is no such card.
    pub fn lay(&self, window: &str, card: usize) -> bool {
        let known = card < self.shared.cards.len();
        if known {
            self.shared.desk(window, |desk| desk.card = Some(card));
        }
        known
    }

    /// Switches all devices off.
    pub async fn switch_off(&self) {
        self.server.lock().await.close().await;
    }

    /// Switches them on again; false when the port was taken meanwhile.
    pub async fn switch_on(&self) -> bool {
        self.server.lock().await.reopen().await.is_ok()
    }
}

impl Shared {
    fn desk<T>(&self, window: &str, work: impl FnOnce(&mut Desk) -> T) -> T {
        let mut desks = self.desks.lock().unwrap_or_else(PoisonError::into_inner);
        work(desks.entry(window.to_owned()).or_default())
    }
}

async fn card(State(shared): State<Arc<Shared>>, Path(window): Path<String>) -> Response {
    let card = shared.desk(&window, |desk| desk.card.take());
    match card.and_then(|card| shared.cards.get(card)) {
        Some(card) => axum::Json(card).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn scan(State(shared): State<Arc<Shared>>, Path(window): Path<String>) -> Response {
    let page = shared.desk(&window, |desk| {
        desk.pages += 1;
        desk.pages
    });
    ([(header::CONTENT_TYPE, "image/png")], picture(page)).into_response()
}

const WIDTH: usize = 248;
const HEIGHT: usize = 351;

/// A sheet with lines of something that looks like writing, as PNG; every page is another one.
fn picture(page: usize) -> Vec<u8> {
    let ink = |x: usize, y: usize| -> u8 {
        let (line, within) = (y / 16, y % 16);
        let margin = !(28..WIDTH - 28).contains(&x) || !(40..HEIGHT - 40).contains(&y);
        let edge = x == 0 || y == 0 || x == WIDTH - 1 || y == HEIGHT - 1;
        let title = (44..58).contains(&y) && (80..168).contains(&x) && x % 22 < 18;
        let length = WIDTH - 60 - (line * 37 + page * 53) % 70;
        let writing = line > 4 && within > 5 && within < 12 && x < length && x % 9 < 7;
        match (edge, margin, title || writing) {
            (true, ..) => 190,
            (_, false, true) => 70,
            _ => 250,
        }
    };
    let mut raw = Vec::with_capacity((WIDTH + 1) * HEIGHT);
    for y in 0..HEIGHT {
        raw.push(0);
        raw.extend((0..WIDTH).map(|x| ink(x, y)));
    }
    let mut head = Vec::new();
    head.extend(u32::try_from(WIDTH).unwrap_or_default().to_be_bytes());
    head.extend(u32::try_from(HEIGHT).unwrap_or_default().to_be_bytes());
    // Eight bits, grey, no interlace.
    head.extend([8, 0, 0, 0, 0]);
    let mut png = vec![0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A];
    chunk(&mut png, *b"IHDR", &head);
    chunk(&mut png, *b"IDAT", &miniz_oxide::deflate::compress_to_vec_zlib(&raw, 6));
    chunk(&mut png, *b"IEND", &[]);
    png
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    png.extend(u32::try_from(data.len()).unwrap_or_default().to_be_bytes());
    let checked = [kind.as_slice(), data].concat();
    png.extend(&checked);
    png.extend(crc(&checked).to_be_bytes());
}

/// The CRC-32 of PNG.
fn crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_pictures_and_differ() {
        assert_eq!(crc(b"IEND"), 0xAE42_6082, "as every PNG ends");
        let (one, two) = (picture(1), picture(2));
        assert!(one.starts_with(&[0x89, b'P', b'N', b'G']));
        assert_ne!(one, two);
    }

    #[tokio::test]
    async fn a_card_is_read_once_and_only_where_it_lies() {
        let card = DemoCard {
            number: "990000199603180426".to_owned(),
            name: "王小梅".to_owned(),
            sex: "女".to_owned(),
            ethnicity: "汉".to_owned(),
            born_on: "1996-03-18".to_owned(),
            address: "清河区".to_owned(),
        };
        let devices = DeviceSimulation::start(vec![card]).await.unwrap();
        assert!(devices.lay("hall-01", 0));
        assert!(!devices.lay("hall-01", 1));
        let read = async |window: &str| {
            let url = format!("{}/card", devices.address_of(window));
            reqwest::get(url).await.unwrap().status().as_u16()
        };
        assert_eq!(read("hall-02").await, 404);
        assert_eq!(read("hall-01").await, 200);
        assert_eq!(read("hall-01").await, 404, "it was lifted off");
        devices.switch_off().await;
        let url = format!("{}/card", devices.address_of("hall-01"));
        assert!(reqwest::get(&url).await.is_err());
        assert!(devices.switch_on().await);
        assert_eq!(read("hall-01").await, 404);
    }
}
