//! The drawing as SVG text. Colours come from the style sheet through classes: no inline style (CSP).

use std::fmt::Write as _;

use super::layout::{
    AXIS_HEIGHT, BAR_HEIGHT, BarKind, Drawing, LANE_NAME_WIDTH, Layout, Link, Placed, ROW_HEIGHT,
    place,
};

/// Draws it.
pub fn draw(drawing: &Drawing) -> String {
    let layout = place(drawing);
    let mut svg = String::with_capacity(8 * 1024);
    let _ = write!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {:.0} {:.0}" width="{:.0}" height="{:.0}" role="img" aria-label="{}">"#,
        layout.width,
        layout.height,
        layout.width,
        layout.height,
        escaped(&drawing.title),
    );
    axis(&mut svg, drawing, &layout);
    let mut channels = Channels::default();
    // Critical links last: they lie on top.
    for link in drawing.links.iter().filter(|link| !link.critical) {
        connector(&mut svg, link, &layout, &mut channels);
    }
    for link in drawing.links.iter().filter(|link| link.critical) {
        connector(&mut svg, link, &layout, &mut channels);
    }
    for placed in &layout.placed {
        bar(&mut svg, placed);
    }
    svg.push_str("</svg>");
    svg
}

fn axis(svg: &mut String, drawing: &Drawing, layout: &Layout<'_>) {
    let mut x = LANE_NAME_WIDTH;
    for day in &drawing.days {
        let _ = write!(
            svg,
            r#"<line class="grid" x1="{x:.1}" y1="{:.1}" x2="{x:.1}" y2="{:.1}"/><text class="axis" x="{:.1}" y="20">{}</text>"#,
            AXIS_HEIGHT - 6.0,
            layout.height - 8.0,
            x + 2.0,
            escaped(day),
        );
        x += layout.day_width;
    }
    let _ = write!(
        svg,
        r#"<line class="grid" x1="{x:.1}" y1="{:.1}" x2="{x:.1}" y2="{:.1}"/>"#,
        AXIS_HEIGHT - 6.0,
        layout.height - 8.0,
    );
    for (name, (top, rows)) in drawing.lanes.iter().zip(&layout.lanes) {
        let height = f64::from(u32::try_from(*rows).unwrap_or(1)) * ROW_HEIGHT;
        let _ = write!(
            svg,
            r#"<line class="grid" x1="0" y1="{bottom:.1}" x2="{:.1}" y2="{bottom:.1}"/><text class="lane" x="4" y="{:.1}">{}</text>"#,
            layout.width,
            top + height / 2.0 + 5.0,
            escaped(name),
            bottom = top + height,
        );
    }
}

fn bar(svg: &mut String, placed: &Placed<'_>) {
    let (class, inside) = match placed.bar.kind {
        BarKind::Planned => ("bar", "label"),
        BarKind::Critical => ("bar critical", "label on"),
        BarKind::Done => ("bar done", "label out"),
        BarKind::Waiting => ("bar waiting", "label out"),
        BarKind::Stopped => ("bar stopped", "label out"),
    };
    let label = if placed.outside { "label out" } else { inside };
    let _ = write!(
        svg,
        r#"<g><title>{}</title><rect class="{class}" x="{:.1}" y="{:.1}" width="{:.1}" height="{BAR_HEIGHT:.1}" rx="4"/><text class="{label}" x="{:.1}" y="{:.1}">{}</text></g>"#,
        escaped(&placed.bar.title),
        placed.x,
        placed.y,
        placed.width,
        if placed.outside { placed.x + placed.width + 8.0 } else { placed.x + 11.0 },
        placed.y + BAR_HEIGHT / 2.0 + 5.0,
        escaped(&placed.bar.label),
    );
}

/// Keeps connectors that share a gutter apart.
#[derive(Default)]
struct Channels {
    used: u32,
}

impl Channels {
    /// The next offset, 0, 4, 8, 0 …
    fn next(&mut self) -> f64 {
        let offset = f64::from(self.used % 3) * 4.0;
        self.used = self.used.saturating_add(1);
        offset
    }
}

/// From the edge of one bar to the edge of the other, along the gutters between rows: out near the source's
/// right end, in near the target's left end. No gutter holds a bar; what lies between the two rows is passed
/// in a free column.
fn connector(svg: &mut String, link: &Link, layout: &Layout<'_>, channels: &mut Channels) {
    let find = |id: &str| layout.placed.iter().find(|placed| placed.bar.id == id);
    let (Some(from), Some(to)) = (find(&link.from), find(&link.to)) else { return };
    let class = match (link.critical, link.soft) {
        (true, _) => "edge critical",
        (false, true) => "edge soft",
        (false, false) => "edge",
    };
    let offset = channels.next();
    let inset = (ROW_HEIGHT - BAR_HEIGHT) / 2.0 - offset / 2.0;
    // Down to a lower row; up to a higher one; within a row over its upper gutter.
    let above = to.y <= from.y;
    let start_x =
        (from.x + from.width - 5.0 - offset).clamp(from.x + 4.0, from.x + from.width - 4.0);
    let end_x = to.x + (5.0 + offset).min(to.width / 2.0);
    let start_y = if above { from.y } else { from.y + BAR_HEIGHT };
    let first = if above { start_y - inset } else { start_y + inset };
    // The target is entered from the side that the connector comes from.
    let end_y = if to.y < from.y { to.y + BAR_HEIGHT } else { to.y };
    let last = if to.y < from.y { end_y + inset } else { end_y - inset };
    let mut corners = vec![(start_x, start_y)];
    if (last - first).abs() < ROW_HEIGHT * 0.6 {
        // One gutter lies between.
        corners.extend([(start_x, last), (end_x, last)]);
    } else {
        let column = free_column(layout, from, to, end_x);
        corners.extend([(start_x, first), (column, first), (column, last), (end_x, last)]);
    }
    corners.push((end_x, end_y));
    let _ = write!(svg, r#"<path class="{class}" d="{}"/>"#, rounded(&corners));
}

/// A column between source and target rows that crosses no bar, nearest to `wished`.
fn free_column(layout: &Layout<'_>, from: &Placed<'_>, to: &Placed<'_>, wished: f64) -> f64 {
    let (top, bottom) =
        if to.y >= from.y { (from.y + BAR_HEIGHT, to.y) } else { (to.y + BAR_HEIGHT, from.y) };
    let blocked = |x: f64| {
        layout.placed.iter().any(|other| {
            let inside = other.y + BAR_HEIGHT > top && other.y < bottom;
            inside && x > other.x - 6.0 && x < other.x + other.room + 6.0
        })
    };
    let mut distance = 0.0;
    while distance < layout.width {
        for x in [wished - distance, wished + distance] {
            if x > LANE_NAME_WIDTH - 14.0 && x < layout.width && !blocked(x) {
                return x;
            }
        }
        distance += 4.0;
    }
    wished
}

const ROUND: f64 = 6.0;

/// A line through these points, its corners rounded as far as the legs allow.
fn rounded(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    let mut corners: Vec<(f64, f64)> = Vec::with_capacity(points.len());
    for point in points {
        let same = |last: &(f64, f64)| length(*last, *point) < 0.1;
        if !corners.last().is_some_and(same) {
            corners.push(*point);
        }
    }
    for (at, (x, y)) in corners.iter().copied().enumerate() {
        let before = at.checked_sub(1).and_then(|before| corners.get(before));
        let after = corners.get(at + 1);
        let _ = match (before, after) {
            (Some(before), Some(after)) => {
                let legs = length(*before, (x, y)).min(length((x, y), *after));
                let round = ROUND.min(legs / 2.0);
                let (in_x, in_y) = toward((x, y), *before, round);
                let (out_x, out_y) = toward((x, y), *after, round);
                write!(path, " L{in_x:.1} {in_y:.1} Q{x:.1} {y:.1} {out_x:.1} {out_y:.1}")
            }
            (None, _) => write!(path, "M{x:.1} {y:.1}"),
            (_, None) => write!(path, " L{x:.1} {y:.1}"),
        };
    }
    path
}

/// All legs are upright or level.
fn length(from: (f64, f64), to: (f64, f64)) -> f64 {
    (to.0 - from.0).abs() + (to.1 - from.1).abs()
}

/// The point so far from one towards another.
fn toward(from: (f64, f64), to: (f64, f64), far: f64) -> (f64, f64) {
    let whole = length(from, to);
    let part = if whole > 0.0 { far / whole } else { 0.0 };
    (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part)
}

/// Text for an attribute or element.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
