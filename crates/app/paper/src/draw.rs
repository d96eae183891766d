//! Sets a sheet: from top to bottom, page after page, then everything onto the pages.

use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::text::{GlyphId, KrillaGlyph};
use qrcode::{Color, QrCode};

use crate::lines::{Line, Setter, Sign};
use crate::{Block, Fonts, PaperFault, Sheet};

const MM: f32 = 72.0 / 25.4;
const PAGE: (f32, f32) = (210.0 * MM, 297.0 * MM);
const LEFT: f32 = 28.0 * MM;
const RIGHT: f32 = 26.0 * MM;
const TOP: f32 = 30.0 * MM;
const BOTTOM: f32 = 28.0 * MM;
/// Room for the seal of an office, which is about 42 mm across.
const SEAL: f32 = 42.0 * MM;
const WIDTH: f32 = PAGE.0 - LEFT - RIGHT;

/// Type of one size.
#[derive(Clone, Copy)]
struct Type {
    size: f32,
    /// From one line to the next.
    lead: f32,
    bold: bool,
    grey: bool,
}

const fn plain(size: f32, lead: f32) -> Type {
    Type { size, lead, bold: false, grey: false }
}

const fn bold(size: f32, lead: f32) -> Type {
    Type { size, lead, bold: true, grey: false }
}

const ISSUER: Type = bold(16.0, 26.0);
const TITLE: Type = bold(22.0, 36.0);
const BODY: Type = plain(12.5, 22.0);
const HEADING: Type = bold(12.5, 24.0);
const NUMBER: Type = plain(11.0, 18.0);
const SMALL: Type = Type { size: 9.5, lead: 15.0, bold: false, grey: true };

/// Something at its place on a page.
enum Mark {
    Text { x: f32, y: f32, text: String, line: Line, ty: Type, spread: f32 },
    Rule { x: f32, y: f32, width: f32, thick: f32 },
    Box { x: f32, y: f32, width: f32, height: f32 },
    Code { x: f32, y: f32, side: f32, dark: Vec<bool>, across: usize },
}

/// The pages as they grow.
struct Pages<'a> {
    setter: Setter<'a>,
    pages: Vec<Vec<Mark>>,
    y: f32,
}

/// Sets a sheet as PDF.
///
/// # Errors
/// No font, or a character that no font has.
pub fn pdf(sheet: &Sheet, fonts: &Fonts) -> Result<Vec<u8>, PaperFault> {
    let setter = Setter::new(fonts, &sheet.lang);
    let mut pages = Pages { setter, pages: vec![Vec::new()], y: TOP };
    pages.head(sheet)?;
    for block in &sheet.blocks {
        pages.block(block)?;
    }
    pages.by_hand(sheet)?;
    pages.closing(sheet)?;
    pages.numbered(sheet)?;
    pages.setter.complete()?;
    write(sheet, &pages.pages)
}

impl Pages<'_> {
    fn head(&mut self, sheet: &Sheet) -> Result<(), PaperFault> {
        self.centred(&sheet.issuer, ISSUER)?;
        self.y += 2.0;
        self.centred(&sheet.title, TITLE)?;
        self.centred(&sheet.number, NUMBER)?;
        self.y += 4.0;
        self.mark(Mark::Rule { x: LEFT, y: self.y, width: WIDTH, thick: 0.8 });
        self.y += 10.0;
        if !sheet.addressee.is_empty() {
            self.paragraph(&sheet.addressee, BODY, LEFT, WIDTH, 0.0)?;
        }
        Ok(())
    }

    fn block(&mut self, block: &Block) -> Result<(), PaperFault> {
        match block {
            Block::Text(text) => self.paragraph(text, BODY, LEFT, WIDTH, 2.0),
            Block::Heading(text) => {
                // Not alone at the foot of a page.
                self.room(HEADING.lead + BODY.lead * 2.0);
                self.y += 4.0;
                self.paragraph(text, HEADING, LEFT, WIDTH, 0.0)
            }
            Block::Points(points) => {
                for (n, point) in (1..).zip(points) {
                    self.room(BODY.lead);
                    let y = self.y;
                    self.line_at(&format!("{n}."), BODY, LEFT + BODY.size * 2.0, y)?;
                    let indent = BODY.size * 3.6;
                    self.paragraph(point, BODY, LEFT + indent, WIDTH - indent, 0.0)?;
                }
                Ok(())
            }
            Block::Pairs(pairs) => {
                self.y += 2.0;
                let names = WIDTH * 0.3;
                for (name, value) in pairs {
                    self.room(BODY.lead);
                    let (page, y) = (self.pages.len(), self.y);
                    self.paragraph(name, BODY, LEFT, names - 8.0, 0.0)?;
                    // A name that came to the next page takes its value along.
                    let (below, y) =
                        if self.pages.len() == page { (self.y, y) } else { (TOP, TOP) };
                    self.y = y;
                    self.paragraph(value, BODY, LEFT + names, WIDTH - names, 0.0)?;
                    self.y = self.y.max(below);
                    self.mark(Mark::Rule { x: LEFT, y: self.y, width: WIDTH, thick: 0.3 });
                    self.y += 3.0;
                }
                self.y += 4.0;
                Ok(())
            }
            Block::Small(text) => {
                self.y += 3.0;
                self.paragraph(text, SMALL, LEFT, WIDTH, 0.0)
            }
        }
    }

    /// Side by side at the end: how to verify it on the left; on the right who signs, over the place of the seal.
    fn closing(&mut self, sheet: &Sheet) -> Result<(), PaperFault> {
        const ABOVE: f32 = 16.0;
        if sheet.signed.is_empty() && sheet.verify.is_none() {
            return Ok(());
        }
        self.room(ABOVE + SEAL);
        let top = self.y + ABOVE;
        self.signed(sheet, top)?;
        self.verify(sheet, top + SEAL)?;
        self.y = top + SEAL;
        Ok(())
    }

    fn signed(&mut self, sheet: &Sheet, top: f32) -> Result<(), PaperFault> {
        let left = PAGE.0 - RIGHT - SEAL;
        if !sheet.seal.is_empty() {
            self.mark(Mark::Box { x: left, y: top, width: SEAL, height: SEAL });
            let line = self.single(&sheet.seal, SMALL)?;
            let x = left + (SEAL - line.width * SMALL.size) / 2.0;
            let (y, text) = (top + SEAL - 10.0, sheet.seal.clone());
            self.mark(Mark::Text { x, y, text, line, ty: SMALL, spread: 0.0 });
        }
        let mut lines = Vec::new();
        for text in &sheet.signed {
            lines.extend(self.cut(text, BODY, SEAL - 8.0, 0.0)?);
        }
        let high = u16::try_from(lines.len()).map_or(0.0, f32::from) * BODY.lead;
        let mut y = top + ((SEAL - high) / 2.0).max(0.0);
        for (line, text) in lines {
            let x = left + (SEAL - line.width * BODY.size) / 2.0;
            let at = y + BODY.size;
            self.mark(Mark::Text { x, y: at, text, line, ty: BODY, spread: 0.0 });
            y += BODY.lead;
        }
        Ok(())
    }

    fn by_hand(&mut self, sheet: &Sheet) -> Result<(), PaperFault> {
        for label in &sheet.by_hand {
            self.room(30.0);
            self.y += 8.0;
            let y = self.y;
            self.line_at(label, BODY, LEFT, y)?;
            let width = self.single(label, BODY)?.width * BODY.size;
            let x = LEFT + width + 8.0;
            let rule = Mark::Rule { x, y: y + BODY.size + 4.0, width: WIDTH * 0.6, thick: 0.5 };
            self.mark(rule);
            self.y += BODY.lead;
        }
        Ok(())
    }

    /// Its code and what to do with it, down to `bottom`.
    fn verify(&mut self, sheet: &Sheet, bottom: f32) -> Result<(), PaperFault> {
        const SIDE: f32 = 25.0 * MM;
        let Some(verify) = &sheet.verify else { return Ok(()) };
        let code = QrCode::new(verify.address.as_bytes()).map_err(|_| PaperFault::Code)?;
        let dark = code.to_colors().into_iter().map(|it| it == Color::Dark).collect();
        let top = bottom - SIDE;
        self.mark(Mark::Code { x: LEFT, y: top, side: SIDE, dark, across: code.width() });
        let width = WIDTH - SEAL - SIDE - 28.0;
        let mut lines = Vec::new();
        for line in &verify.lines {
            lines.extend(self.cut(line, SMALL, width, 0.0)?);
        }
        let high = u16::try_from(lines.len()).map_or(0.0, f32::from) * SMALL.lead;
        let mut y = if high > SIDE { bottom - high } else { top };
        for (line, text) in lines {
            let at = y + SMALL.size;
            self.mark(Mark::Text {
                x: LEFT + SIDE + 10.0,
                y: at,
                text,
                line,
                ty: SMALL,
                spread: 0.0,
            });
            y += SMALL.lead;
        }
        Ok(())
    }

    /// Which document it is and which page, at the foot of each.
    fn numbered(&mut self, sheet: &Sheet) -> Result<(), PaperFault> {
        let all = self.pages.len();
        for at in 0..all {
            let text = format!("{}    {} / {all}", sheet.number, at.saturating_add(1));
            let line = self.single(&text, SMALL)?;
            let x = (PAGE.0 - line.width * SMALL.size) / 2.0;
            let y = PAGE.1 - 15.0 * MM;
            if let Some(page) = self.pages.get_mut(at) {
                page.push(Mark::Text { x, y, text, line, ty: SMALL, spread: 0.0 });
            }
        }
        Ok(())
    }

    fn centred(&mut self, text: &str, ty: Type) -> Result<(), PaperFault> {
        for (line, text) in self.cut(text, ty, WIDTH, 0.0)? {
            self.room(ty.lead);
            let x = LEFT + (WIDTH - line.width * ty.size) / 2.0;
            let y = self.y + ty.size;
            self.mark(Mark::Text { x, y, text, line, ty, spread: 0.0 });
            self.y += ty.lead;
        }
        Ok(())
    }

    /// A paragraph whose first line begins `first` ems further in.
    fn paragraph(
        &mut self,
        text: &str,
        ty: Type,
        x: f32,
        width: f32,
        first: f32,
    ) -> Result<(), PaperFault> {
        for (n, (line, text)) in self.cut(text, ty, width, first)?.into_iter().enumerate() {
            self.room(ty.lead);
            let indent = if n == 0 { first * ty.size } else { 0.0 };
            let spread = spread(&line, width - indent, ty.size);
            let y = self.y + ty.size;
            self.mark(Mark::Text { x: x + indent, y, text, line, ty, spread });
            self.y += ty.lead;
        }
        Ok(())
    }

    fn line_at(&mut self, text: &str, ty: Type, x: f32, y: f32) -> Result<(), PaperFault> {
        let line = self.single(text, ty)?;
        let y = y + ty.size;
        self.mark(Mark::Text { x, y, text: text.to_owned(), line, ty, spread: 0.0 });
        Ok(())
    }

    fn single(&mut self, text: &str, ty: Type) -> Result<Line, PaperFault> {
        let lines = self.setter.lines(text, f32::MAX / ty.size, 0.0)?;
        lines.into_iter().next().ok_or(PaperFault::Writing)
    }

    /// The lines, each with the text that its ranges point into.
    fn cut(
        &mut self,
        text: &str,
        ty: Type,
        width: f32,
        first: f32,
    ) -> Result<Vec<(Line, String)>, PaperFault> {
        let lines = self.setter.lines(text, width / ty.size, first)?;
        Ok(lines.into_iter().map(|line| (line, text.to_owned())).collect())
    }

    /// Goes to a new page where so much does not fit any more.
    fn room(&mut self, height: f32) {
        if self.y + height > PAGE.1 - BOTTOM {
            self.pages.push(Vec::new());
            self.y = TOP;
        }
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }
}

/// What is left of a line that goes on, in points between its wide signs; nothing where that would show.
fn spread(line: &Line, width: f32, size: f32) -> f32 {
    let wide = line.signs.iter().filter(|sign| sign.wide).count();
    let left = width - line.width * size;
    if !line.goes_on || wide < 8 || left <= 0.0 || left > size * 2.5 {
        return 0.0;
    }
    // Few enough to be exact.
    let gaps = u16::try_from(wide).unwrap_or(u16::MAX);
    left / f32::from(gaps)
}

fn write(sheet: &Sheet, pages: &[Vec<Mark>]) -> Result<Vec<u8>, PaperFault> {
    let mut document = Document::new();
    document.set_metadata(
        Metadata::new()
            .title(format!("{} {}", sheet.name, sheet.number))
            .language(sheet.lang.clone())
            .authors(vec![sheet.issuer.clone()]),
    );
    for marks in pages {
        let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or(PaperFault::Writing)?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for mark in marks {
            draw(&mut surface, mark);
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|_| PaperFault::Writing)
}

fn draw(surface: &mut Surface<'_>, mark: &Mark) {
    match mark {
        Mark::Text { x, y, text, line, ty, spread } => {
            ink(surface, *ty);
            let mut x = *x;
            for run in runs(&line.signs) {
                x += draw_run(surface, (x, *y), text, run, *ty, *spread);
            }
        }
        Mark::Rule { x, y, width, thick } => fill(surface, *x, *y, *width, *thick, 0),
        Mark::Box { x, y, width, height } => {
            for (x, y, width, height) in [
                (*x, *y, *width, 0.5),
                (*x, y + height, *width, 0.5),
                (*x, *y, 0.5, *height),
                (x + width, *y, 0.5, *height),
            ] {
                // Light: who signs stands across it, as a seal would.
                fill(surface, x, y, width, height, 190);
            }
        }
        Mark::Code { x, y, side, dark, across } => {
            let module = side / f32::from(u16::try_from(*across).unwrap_or(u16::MAX));
            for (n, row) in (0_u16..).zip(dark.chunks((*across).max(1))) {
                for (m, _) in (0_u16..).zip(row).filter(|(_, dark)| **dark) {
                    let (x, y) = (x + f32::from(m) * module, y + f32::from(n) * module);
                    fill(surface, x, y, module, module, 0);
                }
            }
        }
    }
}

/// Neighbours of one face.
fn runs(signs: &[Sign]) -> impl Iterator<Item = &[Sign]> {
    signs.chunk_by(|one, other| std::sync::Arc::ptr_eq(&one.face, &other.face))
}

/// Draws signs of one face; returns how far they reach.
fn draw_run(
    surface: &mut Surface<'_>,
    (x, y): (f32, f32),
    text: &str,
    run: &[Sign],
    ty: Type,
    spread: f32,
) -> f32 {
    let Some(first) = run.first() else { return 0.0 };
    let extra = |sign: &Sign| if sign.wide { spread / ty.size } else { 0.0 };
    let glyphs: Vec<KrillaGlyph> = run
        .iter()
        .map(|sign| {
            let advance = sign.advance + extra(sign);
            let id = GlyphId::new(sign.glyph);
            KrillaGlyph::new(id, advance, 0.0, 0.0, 0.0, sign.range.clone(), None)
        })
        .collect();
    let font = first.face.font.clone();
    surface.draw_glyphs(Point::from_xy(x, y), &glyphs, font, text, ty.size, false);
    glyphs.iter().map(|glyph| glyph.x_advance * ty.size).sum()
}

/// Black or grey; bold is a thin line around the letters, so that one font does.
fn ink(surface: &mut Surface<'_>, ty: Type) {
    let shade = if ty.grey { 80 } else { 0 };
    let colour = rgb::Color::new(shade, shade, shade);
    surface.set_fill(Some(Fill {
        paint: colour.into(),
        opacity: NormalizedF32::ONE,
        rule: Default::default(),
    }));
    surface.set_stroke(ty.bold.then(|| Stroke {
        paint: colour.into(),
        width: ty.size * 0.03,
        ..Stroke::default()
    }));
}

/// `shade`: 0 is black, 255 white.
fn fill(surface: &mut Surface<'_>, x: f32, y: f32, width: f32, height: f32, shade: u8) {
    let Some(rect) = Rect::from_xywh(x, y, width, height) else { return };
    let mut path = PathBuilder::new();
    path.push_rect(rect);
    surface.set_stroke(None);
    surface.set_fill(Some(Fill {
        paint: rgb::Color::new(shade, shade, shade).into(),
        opacity: NormalizedF32::ONE,
        rule: Default::default(),
    }));
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}
