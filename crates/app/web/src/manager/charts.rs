//! Small charts, drawn by the server as SVG: bars on one scale, with their numbers as text. A table or list with
//! the same numbers always stands beside them, so they are pictures to readers of screens.

use std::fmt::Write as _;

/// A bar of a length between nought and `most`.
#[derive(Debug, Clone)]
pub struct Bar {
    pub label: String,
    pub value: u64,
    /// What is written at its end.
    pub shown: String,
    /// Drawn in the accent: the one that matters.
    pub strong: bool,
}

const ROW: u64 = 30;
const LEFT: u64 = 150;
const WIDTH: u64 = 640;
const RIGHT: u64 = 130;

/// Horizontal bars, one below the other, with a baseline.
pub fn bars(title: &str, list: &[Bar]) -> String {
    let most = list.iter().map(|bar| bar.value).max().unwrap_or(0).max(1);
    let height = ROW.saturating_mul(u64::try_from(list.len()).unwrap_or(0)).saturating_add(8);
    let room = WIDTH.saturating_sub(LEFT).saturating_sub(RIGHT);
    let mut svg = format!(
        "<svg class=\"bars\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">",
        escaped(title)
    );
    for (at, bar) in (0_u64..).zip(list) {
        let top = at.saturating_mul(ROW).saturating_add(4);
        let long = bar.value.saturating_mul(room).checked_div(most).unwrap_or(0);
        let long = if bar.value > 0 { long.max(2) } else { 0 };
        let middle = top.saturating_add(16);
        // Writing to a String cannot fail.
        let _ = write!(
            svg,
            "<text x=\"{}\" y=\"{middle}\" class=\"label\" text-anchor=\"end\">{}</text>\
             <rect x=\"{LEFT}\" y=\"{}\" width=\"{long}\" height=\"16\" class=\"{}\"/>\
             <text x=\"{}\" y=\"{middle}\" class=\"figure\">{}</text>",
            LEFT.saturating_sub(12),
            escaped(&bar.label),
            top.saturating_add(3),
            if bar.strong { "strong" } else { "plain" },
            LEFT.saturating_add(long).saturating_add(10),
            escaped(&bar.shown),
        );
    }
    let _ = write!(
        svg,
        "<line x1=\"{LEFT}\" x2=\"{LEFT}\" y1=\"0\" y2=\"{height}\" class=\"base\"/></svg>"
    );
    svg
}

/// Upright bars of a distribution: values to the right, how often upwards.
pub fn columns(title: &str, list: &[(String, u64)]) -> String {
    const TALL: u64 = 120;
    let most = list.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
    let many = u64::try_from(list.len()).unwrap_or(1).max(1);
    let step = WIDTH.saturating_sub(20).checked_div(many).unwrap_or(40).clamp(12, 64);
    let wide = step.saturating_mul(many).saturating_add(20);
    let mut svg = format!(
        "<svg class=\"columns\" viewBox=\"0 0 {wide} 170\" role=\"img\" aria-label=\"{}\">",
        escaped(title)
    );
    for (at, (label, count)) in (0_u64..).zip(list) {
        let tall = count.saturating_mul(TALL).checked_div(most).unwrap_or(0);
        let tall = if *count > 0 { tall.max(2) } else { 0 };
        let left = at.saturating_mul(step).saturating_add(12);
        let middle = left.saturating_add(step.saturating_sub(4) / 2);
        let _ = write!(
            svg,
            "<rect x=\"{left}\" y=\"{}\" width=\"{}\" height=\"{tall}\" class=\"strong\"/>\
             <text x=\"{middle}\" y=\"{}\" class=\"figure\" text-anchor=\"middle\">{count}</text>\
             <text x=\"{middle}\" y=\"162\" class=\"label\" text-anchor=\"middle\">{}</text>",
            142_u64.saturating_sub(tall),
            step.saturating_sub(4),
            136_u64.saturating_sub(tall),
            escaped(label),
        );
    }
    let _ = write!(
        svg,
        "<line x1=\"8\" x2=\"{wide}\" y1=\"142.5\" y2=\"142.5\" class=\"base\"/></svg>"
    );
    svg
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_drawn_for_nought_and_names_are_escaped() {
        let bar = |label: &str, value| Bar {
            label: label.to_owned(),
            value,
            shown: value.to_string(),
            strong: false,
        };
        let svg = bars("<all>", &[bar("a & b", 0), bar("c", 10)]);
        assert!(svg.contains("&lt;all&gt;") && svg.contains("a &amp; b"), "{svg}");
        assert!(svg.contains("width=\"0\"") && svg.contains("width=\"360\""), "{svg}");
        assert!(columns("none", &[]).ends_with("</svg>"));
    }
}
