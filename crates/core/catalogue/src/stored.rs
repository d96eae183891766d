//! Definitions as they are kept beside the cases that rest on them (semantics 8).
//!
//! A bundle is the source of one catalogue: its files as text, compressed, under a line that names the
//! format. What is kept is text and not the compiled catalogue, because the text is what was decided and
//! the compiled form changes with every version of this program. Every later compiler reads every earlier
//! format: a step in [`STEPS`] turns the files of one format into those of the next.
//!
//! Keeps nothing itself: the store does.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;
use vocabulary::{MatterId, MatterRevision, ServiceId, ServiceRevision};

use crate::{Catalogue, Compiled, Diagnostic, Severity, SourceFile, codes, compile_stored};

/// The format that [`pack`] writes.
pub const FORMAT: u32 = 1;
/// The first word of every bundle; the number of its format follows, and the end of the line.
const MAGIC: &str = "yijianshi-definitions";
/// A first line is never longer.
const HEADER_BYTES_MAX: usize = 64;
/// Files of more text than this are not taken for definitions.
const TEXT_BYTES_MAX: usize = (if cfg!(test) { 16 } else { 256 }) * 1024 * 1024;
/// How hard the text is pressed together, of 10.
const EFFORT: u8 = 6;

/// Turns the files of one format into those of the next.
type Step = fn(Vec<SourceFile>) -> Result<Vec<SourceFile>, StoredFault>;

/// The step at `n` leads from format `n + 1` to `n + 2`. A change of the format of definitions that old files
/// do not bear adds one here, raises [`FORMAT`], and adds a fixture of the new format.
const STEPS: [Step; 0] = [];

const _: () = assert!(STEPS.len() + 1 == FORMAT as usize, "every earlier format has its step");

/// The definition files that make one catalogue, under names within their own folder.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct StoredSource {
    pub format: u32,
    /// Ordered by name.
    pub files: Vec<SourceFile>,
}

impl fmt::Debug for StoredSource {
    /// Without the texts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.files.iter().map(|file| file.name.as_str()).collect();
        f.debug_struct("StoredSource").field("format", &self.format).field("files", &names).finish()
    }
}

impl StoredSource {
    /// The files under names without the folder that all of them share, so that the same definitions are the
    /// same bundle wherever they lie.
    pub fn of(files: &[SourceFile]) -> Self {
        let names: Vec<String> = files.iter().map(|file| file.name.replace('\\', "/")).collect();
        let shared = shared_folder(&names);
        let mut files: Vec<SourceFile> = names
            .iter()
            .zip(files)
            .map(|(name, file)| SourceFile {
                name: name.get(shared..).unwrap_or(name).to_owned(),
                text: file.text.clone(),
            })
            .collect();
        files.sort();
        Self { format: FORMAT, files }
    }
}

/// Bytes of the longest folder, its slash included, that all names begin with.
fn shared_folder(names: &[String]) -> usize {
    let Some((first, others)) = names.split_first() else { return 0 };
    let ends = first.match_indices('/').map(|(at, _)| at.saturating_add(1));
    ends.rev()
        .find(|end| {
            let folder = first.get(..*end).unwrap_or_default();
            others.iter().all(|name| name.starts_with(folder))
        })
        .unwrap_or(0)
}

/// Whether a revision names a matter or a service.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ItemKind {
    Matter,
    Service,
}

impl ItemKind {
    /// As columns keep it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Matter => "matter",
            Self::Service => "service",
        }
    }

    /// The kind that a column says.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Matter, Self::Service].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A matter or service of a catalogue, and the name of its revision.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Pinned {
    pub kind: ItemKind,
    pub id: Arc<str>,
    pub revision: Arc<str>,
}

/// Every matter and service of a catalogue with its revision, in order.
pub fn items(catalogue: &Catalogue) -> Vec<Pinned> {
    let item =
        |kind, id: &str, revision: &str| Pinned { kind, id: id.into(), revision: revision.into() };
    let matters = catalogue.matters.values();
    let matters = matters.map(|it| item(ItemKind::Matter, it.id.as_str(), it.revision.as_str()));
    let services = catalogue.services.values();
    let services = services.map(|it| item(ItemKind::Service, it.id.as_str(), it.revision.as_str()));
    matters.chain(services).collect()
}

/// Why a bundle gives no catalogue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StoredFault {
    /// `CAT0090`: written by a later version of this program.
    Newer { format: u32 },
    /// `CAT0091`: not a bundle, or a damaged one.
    Unreadable { why: &'static str },
    /// `CAT0091`: what was right when it was kept is not understood any more.
    Findings(Vec<Diagnostic>),
    /// `CAT0091`: the files do not define what they are kept for.
    Lost { kind: ItemKind, id: Arc<str> },
}

impl StoredFault {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Newer { .. } => codes::STORED_NEWER,
            Self::Unreadable { .. } | Self::Findings(_) | Self::Lost { .. } => {
                codes::STORED_UNREADABLE
            }
        }
    }
}

impl fmt::Display for StoredFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newer { format } => write!(
                f,
                "the stored definitions have format {format}; this program reads up to {FORMAT}: use a newer one"
            ),
            Self::Unreadable { why } => write!(f, "the stored definitions cannot be read: {why}"),
            Self::Findings(findings) => {
                write!(f, "the stored definitions are not understood any more")?;
                match findings.iter().find(|found| found.severity == Severity::Error) {
                    Some(first) => write!(
                        f,
                        ": {}:{}:{} {} {}",
                        first.file, first.line, first.column, first.code, first.message
                    ),
                    None => Ok(()),
                }
            }
            Self::Lost { kind, id } => {
                write!(f, "the stored definitions have no {} `{id}`", kind.as_str())
            }
        }
    }
}

impl std::error::Error for StoredFault {}

/// The bundle of a catalogue's source; the same files give the same bytes.
pub fn pack(source: &StoredSource) -> Vec<u8> {
    let mut body = Vec::new();
    for file in &source.files {
        for text in [&file.name, &file.text] {
            body.extend_from_slice(&u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            body.extend_from_slice(text.as_bytes());
        }
    }
    let mut bytes = format!("{MAGIC} {}\n", source.format).into_bytes();
    bytes.extend(compress_to_vec_zlib(&body, EFFORT));
    bytes
}

/// Reads a bundle, whatever its format, and gives its files in today's.
///
/// # Errors
/// It is no bundle, is damaged, or was written by a later version.
pub fn unpack(bytes: &[u8]) -> Result<StoredSource, StoredFault> {
    let unreadable = |why| StoredFault::Unreadable { why };
    let end = bytes.iter().take(HEADER_BYTES_MAX).position(|byte| *byte == b'\n');
    let (header, body) = end.and_then(|end| bytes.split_at_checked(end)).unwrap_or_default();
    let format = std::str::from_utf8(header).ok().and_then(|header| {
        header.strip_prefix(MAGIC)?.strip_prefix(' ')?.parse::<u32>().ok().filter(|it| *it > 0)
    });
    let format = format.ok_or(unreadable("they do not begin as definitions do"))?;
    if format > FORMAT {
        return Err(StoredFault::Newer { format });
    }
    let body = body.get(1..).unwrap_or_default();
    let body = decompress_to_vec_zlib_with_limit(body, TEXT_BYTES_MAX);
    let body = body.map_err(|_| unreadable("they are damaged"))?;
    let files = files_in(&body).ok_or(unreadable("they are damaged"))?;
    let steps = STEPS.iter().skip(usize::try_from(format - 1).unwrap_or(usize::MAX));
    let files = steps.copied().try_fold(files, |files, step: Step| step(files))?;
    Ok(StoredSource { format: FORMAT, files })
}

/// The files of an unpressed body.
fn files_in(mut body: &[u8]) -> Option<Vec<SourceFile>> {
    let mut files = Vec::new();
    let mut names = BTreeSet::new();
    while !body.is_empty() {
        let name = take_text(&mut body)?;
        let text = take_text(&mut body)?;
        if !names.insert(name.clone()) {
            return None;
        }
        files.push(SourceFile { name, text });
    }
    Some(files)
}

fn take_text(body: &mut &[u8]) -> Option<String> {
    let (length, rest) = body.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_be_bytes(*length)).ok()?;
    let (text, rest) = rest.split_at_checked(length)?;
    *body = rest;
    String::from_utf8(text.to_vec()).ok()
}

/// The catalogue of a bundle. What was right when it was kept is not judged by checks that came later; it
/// only has to be read and resolved.
///
/// # Errors
/// It cannot be read, or its files are not understood.
pub fn compile(bytes: &[u8]) -> Result<Catalogue, StoredFault> {
    let source = unpack(bytes)?;
    let Compiled { catalogue, diagnostics } = compile_stored(&source.files);
    catalogue.ok_or(StoredFault::Findings(diagnostics))
}

/// As [`compile`], under the names that the catalogue and its items had when they were kept: today's hash may
/// be made of more than it was then, and cases know the old name.
///
/// # Errors
/// As [`compile`]; or the files define less than they are kept for.
pub fn restore(bytes: &[u8], revision: &str, items: &[Pinned]) -> Result<Catalogue, StoredFault> {
    let mut catalogue = compile(bytes)?;
    catalogue.revision = revision.into();
    for item in items {
        let known = match item.kind {
            ItemKind::Matter => catalogue
                .matters
                .get_mut(&MatterId::new(Arc::clone(&item.id)))
                .map(|it| it.revision = MatterRevision::new(Arc::clone(&item.revision))),
            ItemKind::Service => catalogue
                .services
                .get_mut(&ServiceId::new(Arc::clone(&item.id)))
                .map(|it| it.revision = ServiceRevision::new(Arc::clone(&item.revision))),
        };
        known.ok_or_else(|| StoredFault::Lost { kind: item.kind, id: Arc::clone(&item.id) })?;
    }
    Ok(catalogue)
}
