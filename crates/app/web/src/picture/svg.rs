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

/// From the lower (or upper) edge of one bar along the gutter between rows to the edge of the other: out
/// vertically near the bar's right end, along the gutter of the target's row, in vertically near its left
/// end. A gutter holds no bar, so no connector crosses one there; vertical parts lie left of the target's
/// begin, or right of everything between.
fn connector(svg: &mut String, link: &Link, layout: &Layout<'_>, channels: &mut Channels) {
    let find = |id: &str| layout.placed.iter().find(|placed| placed.bar.id == id);
    let (Some(from), Some(to)) = (find(&link.from), find(&link.to)) else { return };
    let class = match (link.critical, link.soft) {
        (true, _) => "edge critical",
        (false, true) => "edge soft",
        (false, false) => "edge",
    };
    let offset = channels.next();
    let down = to.y >= from.y;
    let gap = (ROW_HEIGHT - BAR_HEIGHT) / 2.0;
    let end_x = to.x + (5.0 + offset).min(to.width / 2.0);
    let end_y = if down { to.y } else { to.y + BAR_HEIGHT };
    // The gutter next to the target's row, on the side that the connector comes from.
    let gutter = if down { to.y - gap + offset / 2.0 } else { to.y + BAR_HEIGHT + gap - offset / 2.0 };
    let start_y = if down { from.y + BAR_HEIGHT } else { from.y };
    let natural_end = from.x + from.width;
    let start_x = clear_column(layout, from, to, natural_end - 5.0 - offset);
    let mut path = format!("M{start_x:.1} {start_y:.1}");
    let direct_y = if down { from.y + BAR_HEIGHT + gap - offset / 2.0 } else { from.y - gap + offset / 2.0 };
    if (gutter - direct_y).abs() < ROW_HEIGHT * 0.6 || start_x == end_x {
        elbow(&mut path, start_x, gutter, end_x, end_y);
    } else {
        // Several rows lie between: go down in the target's own left margin, where no bar stands.
        let column = free_column(layout, from, to, end_x);
        elbow_to(&mut path, start_x, direct_y, column, gutter);
        elbow_tail(&mut path, column, gutter, end_x, end_y);
    }
    let _ = write!(svg, r#"<path class="{class}" d="{path}"/>"#);
}

/// The start must lie on the source bar.
fn clear_column(_: &Layout<'_>, from: &Placed<'_>, _: &Placed<'_>, wished: f64) -> f64 {
    wished.clamp(from.x + 4.0, from.x + from.width - 4.0)
}

/// A column between source and target rows that crosses no bar, nearest to `wished`.
fn free_column(layout: &Layout<'_>, from: &Placed<'_>, to: &Placed<'_>, wished: f64) -> f64 {
    let (top, bottom) = if to.y >= from.y {
        (from.y + BAR_HEIGHT, to.y)
    } else {
        (to.y + BAR_HEIGHT, from.y)
    };
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

fn turn(path: &mut String, at_x: f64, at_y: f64, before: (f64, f64), after: (f64, f64)) {
    let _ = write!(
        path,
        " L{:.1} {:.1} Q{at_x:.1} {at_y:.1} {:.1} {:.1}",
        before.0, before.1, after.0, after.1
    );
}

fn toward(from: f64, to: f64) -> f64 {
    if (to - from).abs() < 2.0 * ROUND { (to - from) / 2.0 } else { ROUND.copysign(to - from) }
}

/// Vertical, horizontal in the gutter, vertical into the target.
fn elbow(path: &mut String, start_x: f64, gutter: f64, end_x: f64, end_y: f64) {
    let across = toward(start_x, end_x);
    let down = toward(gutter, end_y);
    turn(path, start_x, gutter, (start_x, gutter - down), (start_x + across, gutter));
    turn(path, end_x, gutter, (end_x - across, gutter), (end_x, gutter + down));
    let _ = write!(path, " L{end_x:.1} {end_y:.1}");
}

fn elbow_to(path: &mut String, start_x: f64, first: f64, column: f64, gutter: f64) {
    let across = toward(start_x, column);
    let down = toward(first, gutter);
    turn(path, start_x, first, (start_x, first - down), (start_x + across, first));
    turn(path, column, first, (column - across, first), (column, first + down));
}

fn elbow_tail(path: &mut String, column: f64, gutter: f64, end_x: f64, end_y: f64) {
    let across = toward(column, end_x);
    let down = toward(gutter, end_y);
    if (column - end_x).abs() < 1.0 {
        let _ = write!(path, " L{end_x:.1} {end_y:.1}");
        return;
    }
    turn(path, column, gutter, (column, gutter - down), (column + across, gutter));
    turn(path, end_x, gutter, (end_x - across, gutter), (end_x, gutter + down));
    let _ = write!(path, " L{end_x:.1} {end_y:.1}");
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
