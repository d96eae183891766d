//! What is drawn, and where.

use std::collections::BTreeMap;

/// How a bar looks; never colour alone: a word stands in its title and in the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BarKind {
    Planned,
    Critical,
    Done,
    Waiting,
    Stopped,
}

/// One service.
#[derive(Clone, Debug)]
pub struct Bar {
    pub id: String,
    /// Which lane (position in `Drawing::lanes`).
    pub lane: usize,
    /// Begin and end in halves of a working day after submission.
    pub from: u32,
    pub to: u32,
    pub label: String,
    /// Read out and shown on pointing.
    pub title: String,
    pub kind: BarKind,
}

/// An output of one service that another needs.
#[derive(Clone, Debug)]
pub struct Link {
    pub from: String,
    pub to: String,
    pub critical: bool,
    pub soft: bool,
}

/// A plan picture before it is drawn.
#[derive(Clone, Debug, Default)]
pub struct Drawing {
    /// Says what the picture shows, for readers.
    pub title: String,
    /// Names of departments.
    pub lanes: Vec<String>,
    pub bars: Vec<Bar>,
    pub links: Vec<Link>,
    /// Names of the working days on the axis, from the first.
    pub days: Vec<String>,
}

pub(super) const LANE_NAME_WIDTH: f64 = 168.0;
pub(super) const ROW_HEIGHT: f64 = 50.0;
pub(super) const BAR_HEIGHT: f64 = 28.0;
pub(super) const AXIS_HEIGHT: f64 = 36.0;
const CHAR_WIDTH: f64 = 14.6;
const LATIN_WIDTH: f64 = 8.2;
const BAR_PADDING: f64 = 12.0;
const BAR_WIDTH_MIN: f64 = 20.0;
const DAY_WIDTH_MIN: f64 = 92.0;
const PICTURE_WIDTH: f64 = 1040.0;

/// A bar with its place.
#[derive(Clone, Debug)]
pub(super) struct Placed<'a> {
    pub bar: &'a Bar,
    pub x: f64,
    pub y: f64,
    pub width: f64,
    /// The words do not fit into the bar and stand to its right.
    pub outside: bool,
    /// Bar and words together.
    pub room: f64,
}

/// Everything with its place.
#[derive(Debug)]
pub(super) struct Layout<'a> {
    pub width: f64,
    pub height: f64,
    pub day_width: f64,
    pub placed: Vec<Placed<'a>>,
    /// Upper edge and number of rows of each lane.
    pub lanes: Vec<(f64, usize)>,
}

/// The drawn width of a text.
pub(super) fn text_width(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() { LATIN_WIDTH } else { CHAR_WIDTH }).sum()
}

/// Places every bar; bars of one lane that would overlap (their words included) go to rows of their own.
pub(super) fn place(drawing: &Drawing) -> Layout<'_> {
    let days = drawing.days.len().max(1);
    let day_count = f64::from(u32::try_from(days).unwrap_or(u32::MAX));
    let day_width = ((PICTURE_WIDTH - LANE_NAME_WIDTH - 40.0) / day_count).max(DAY_WIDTH_MIN);
    let mut rows: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    let mut in_row = Vec::new();
    let mut order: Vec<&Bar> = drawing.bars.iter().collect();
    order.sort_by_key(|bar| (bar.lane, bar.from, bar.to));
    let mut right_most: f64 = 0.0;
    for bar in order {
        let x = LANE_NAME_WIDTH + f64::from(bar.from) / 2.0 * day_width;
        let natural = f64::from(bar.to.saturating_sub(bar.from)) / 2.0 * day_width;
        let words = text_width(&bar.label) + 2.0 * BAR_PADDING;
        let outside = words > natural;
        // On the spot still shows as a short bar: the length says how long, the words stand beside it.
        let width = natural.max(BAR_WIDTH_MIN);
        let room = if outside { width + words } else { width };
        let ends = rows.entry(bar.lane).or_default();
        let row = ends.iter().position(|end| *end + 10.0 <= x).unwrap_or(ends.len());
        match ends.get_mut(row) {
            Some(end) => *end = x + room,
            None => ends.push(x + room),
        }
        right_most = right_most.max(x + room);
        in_row.push((bar, row, x, width, outside, room));
    }
    let mut lanes = Vec::new();
    let mut y = AXIS_HEIGHT;
    for lane in 0..drawing.lanes.len() {
        let count = rows.get(&lane).map_or(1, Vec::len).max(1);
        lanes.push((y, count));
        y += f64::from(u32::try_from(count).unwrap_or(u32::MAX)) * ROW_HEIGHT;
    }
    let placed = in_row
        .into_iter()
        .filter_map(|(bar, row, x, width, outside, room)| {
            let (top, _) = lanes.get(bar.lane)?;
            let row = f64::from(u32::try_from(row).unwrap_or(u32::MAX));
            let y = top + row * ROW_HEIGHT + (ROW_HEIGHT - BAR_HEIGHT) / 2.0;
            Some(Placed { bar, x, y, width, outside, room })
        })
        .collect();
    let axis_end = LANE_NAME_WIDTH + day_count * day_width;
    Layout { width: axis_end.max(right_most) + 24.0, height: y + 8.0, day_width, placed, lanes }
}
