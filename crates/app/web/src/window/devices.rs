//! What stands on the desk: a card reader and a scanner, behind a small local HTTP interface
//! (`docs/guides/devices.md`). The hub asks for them by window; what it gets it checks like anything from outside.

use async_trait::async_trait;

/// What a reader found on a card.
#[derive(Clone)]
pub struct CardRead {
    pub number: String,
    pub name: String,
}

impl std::fmt::Debug for CardRead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CardRead(Redacted)")
    }
}

/// A scanned page as the device sends it.
#[derive(Clone)]
pub struct Scanned {
    /// `image/png` or `image/jpeg`; the bytes are looked at all the same.
    pub media_type: String,
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Scanned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Scanned({} bytes)", self.bytes.len())
    }
}

/// Why a device gave nothing. Whatever it is, typing and uploading go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeviceTrouble {
    /// No address is configured for the window.
    NotConfigured,
    /// The device does not answer.
    Away,
    /// No card lies on the reader, no paper below the scanner.
    Nothing,
    /// It answered with something that cannot be read.
    Unreadable,
}

/// The devices of all windows.
#[async_trait]
pub trait Devices: Send + Sync + std::fmt::Debug {
    async fn read_card(&self, window: &str) -> Result<CardRead, DeviceTrouble>;
    async fn scan(&self, window: &str) -> Result<Scanned, DeviceTrouble>;
    /// In the demo: names on the cards that can be laid on the reader.
    fn demo_cards(&self) -> Vec<String> {
        Vec::new()
    }
    /// In the demo: lays that card on the reader of a window; false when there is none.
    async fn lay_card(&self, _window: &str, _card: usize) -> bool {
        false
    }
}

/// A hub without devices.
#[derive(Clone, Copy, Debug)]
pub struct NoDevices;

#[async_trait]
impl Devices for NoDevices {
    async fn read_card(&self, _: &str) -> Result<CardRead, DeviceTrouble> {
        Err(DeviceTrouble::NotConfigured)
    }

    async fn scan(&self, _: &str) -> Result<Scanned, DeviceTrouble> {
        Err(DeviceTrouble::NotConfigured)
    }
}
