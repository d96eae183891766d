//! Finds fonts in folders and reads them when they are needed.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use krilla::text::Font;
use skrifa::instance::{LocationRef, Size};
use skrifa::raw::FileRef;
use skrifa::string::StringId;
use skrifa::{FontRef, MetadataProvider};

use crate::PaperFault;

/// Where systems keep their fonts.
const SYSTEM: [&str; 2] = ["/usr/share/fonts", "/usr/local/share/fonts"];
/// Fonts of a system that hold all Chinese characters, the best for documents first.
const KNOWN: [&str; 6] = [
    "NotoSerifCJK-Regular",
    "SourceHanSerif-Regular",
    "NotoSansCJK-Regular",
    "SourceHanSans-Regular",
    "NotoSerifSC-Regular",
    "NotoSansSC-Regular",
];
const KINDS: [&str; 3] = ["ttc", "otf", "ttf"];
/// Folders inside folders, so that a loop of links ends.
const DEPTH_MAX: usize = 6;

/// The fonts that were found, in the order in which they are asked for a character.
pub struct Fonts {
    files: Vec<PathBuf>,
    read: Mutex<Vec<Option<Arc<FontFile>>>>,
}

impl fmt::Debug for Fonts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.files).finish()
    }
}

struct FontFile {
    /// Its faces, each with the end of its family's name (`SC`, `TC`, … or nothing).
    faces: Vec<(String, Arc<Face>)>,
}

/// One face of a file.
pub(crate) struct Face {
    pub(crate) font: Font,
    data: Arc<Vec<u8>>,
    index: u32,
}

impl Fonts {
    /// The fonts of `folder`, any of them; without a folder those of the system that hold all Chinese characters.
    pub fn find(folder: Option<&Path>) -> Self {
        let mut files = Vec::new();
        match folder {
            Some(folder) => collect(folder, 0, &mut files),
            None => SYSTEM.iter().for_each(|folder| collect(Path::new(folder), 0, &mut files)),
        }
        files.sort();
        if folder.is_none() {
            files.retain(|file| rank(file).is_some());
            files.sort_by_key(|file| rank(file));
            files.dedup_by_key(|file| rank(file));
        }
        let read = files.iter().map(|_| None).collect();
        Self { files, read: Mutex::new(read) }
    }

    /// Whether there is any.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The faces for a language, each read when the one before it lacks a character.
    pub(crate) fn face(&self, at: usize, lang: &str) -> Result<Option<Arc<Face>>, PaperFault> {
        let Some(path) = self.files.get(at) else { return Ok(None) };
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let file = match read.get(at).cloned().flatten() {
            Some(file) => file,
            None => {
                let file = Arc::new(open(path)?);
                if let Some(place) = read.get_mut(at) {
                    *place = Some(Arc::clone(&file));
                }
                file
            }
        };
        let wanted = if lang.ends_with("Hant") { "TC" } else { "SC" };
        let face = file.faces.iter().find(|(end, _)| end == wanted).or(file.faces.first());
        Ok(face.map(|(_, face)| Arc::clone(face)))
    }
}

impl Face {
    /// Glyph and advance (in ems) of a character; `None` when the face lacks it.
    pub(crate) fn glyph(&self, c: char) -> Option<(u32, f32)> {
        let font = FontRef::from_index(&self.data, self.index).ok()?;
        let id = font.charmap().map(c)?;
        let metrics = font.glyph_metrics(Size::unscaled(), LocationRef::default());
        let advance = metrics.advance_width(id)?;
        Some((id.to_u32(), advance / self.font.units_per_em()))
    }
}

fn rank(file: &Path) -> Option<usize> {
    let stem = file.file_stem()?.to_str()?;
    KNOWN.iter().position(|known| *known == stem)
}

fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            if depth < DEPTH_MAX {
                collect(&path, depth.saturating_add(1), files);
            }
        } else if path.extension().and_then(|it| it.to_str()).is_some_and(|it| KINDS.contains(&it))
        {
            files.push(path);
        }
    }
}

fn open(path: &Path) -> Result<FontFile, PaperFault> {
    let data = Arc::new(fs::read(path).map_err(|_| PaperFault::BrokenFont)?);
    let file = FileRef::new(&data).map_err(|_| PaperFault::BrokenFont)?;
    let ends: Vec<String> = file.fonts().flatten().map(|font| family_end(&font)).collect();
    let mut faces = Vec::new();
    for (index, end) in (0..).zip(ends) {
        let font = Font::new(Arc::clone(&data).into(), index).ok_or(PaperFault::BrokenFont)?;
        faces.push((end, Arc::new(Face { font, data: Arc::clone(&data), index })));
    }
    if faces.is_empty() { Err(PaperFault::BrokenFont) } else { Ok(FontFile { faces }) }
}

/// `SC` of `Noto Serif CJK SC`.
fn family_end(font: &FontRef<'_>) -> String {
    let names = font.localized_strings(StringId::FAMILY_NAME);
    let name = names.english_or_first().map(|name| name.chars().collect::<String>());
    name.and_then(|name| name.rsplit(' ').next().map(str::to_owned)).unwrap_or_default()
}
