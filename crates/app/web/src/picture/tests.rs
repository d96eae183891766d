//! Whatever is drawn: no connector crosses a bar or words, and all words stand where they can be read.

use proptest::prelude::*;

use super::layout::text_width;
use super::{Bar, BarKind, Drawing, Link, draw};

#[derive(Clone, Copy, Debug)]
struct Box {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

impl Box {
    /// Strictly inside; numbers are rounded to a tenth when they are written.
    fn holds(&self, (x, y): (f64, f64)) -> bool {
        const SLACK: f64 = 0.3;
        x > self.x + SLACK
            && x < self.x + self.width - SLACK
            && y > self.y + SLACK
            && y < self.y + self.height - SLACK
    }

    fn meets(&self, other: &Self) -> bool {
        self.x < other.x + other.width - 0.3
            && other.x < self.x + self.width - 0.3
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }
}

/// What stands in the SVG.
#[derive(Debug, Default)]
struct Seen {
    width: f64,
    height: f64,
    bars: Vec<Box>,
    /// Place of each bar's words, and whether they stand beside it.
    words: Vec<(Box, bool)>,
    paths: Vec<String>,
}

fn attribute<'a>(tag: &'a str, name: &str) -> &'a str {
    let start = format!(" {name}=\"");
    tag.split_once(&start).and_then(|(_, rest)| rest.split_once('"')).unwrap().0
}

fn number(tag: &str, name: &str) -> f64 {
    attribute(tag, name).parse().unwrap()
}

fn read(svg: &str) -> Seen {
    let mut seen = Seen::default();
    for tag in svg.split('<').skip(1) {
        if tag.starts_with("svg") {
            seen.width = number(tag, "width");
            seen.height = number(tag, "height");
        } else if tag.starts_with("rect") {
            seen.bars.push(Box {
                x: number(tag, "x"),
                y: number(tag, "y"),
                width: number(tag, "width"),
                height: number(tag, "height"),
            });
        } else if tag.starts_with("text class=\"label") {
            let bar = *seen.bars.last().unwrap();
            let x = number(tag, "x");
            let words = tag.split_once('>').unwrap().1;
            let width = text_width(words);
            let place = Box { x, y: bar.y, width, height: bar.height };
            seen.words.push((place, x >= bar.x + bar.width));
        } else if tag.starts_with("path") {
            seen.paths.push(attribute(tag, "d").to_owned());
        }
    }
    seen
}

/// Points along a path, close to each other.
fn points(path: &str) -> Vec<(f64, f64)> {
    let mut words = path.split_inclusive(char::is_whitespace).map(str::trim).peekable();
    let mut coordinates = Vec::new();
    let mut turns = Vec::new();
    while let Some(word) = words.next() {
        let (kind, x) = word.split_at(usize::from(word.starts_with(['M', 'L', 'Q'])));
        let y = words.next().unwrap();
        if kind == "Q" {
            turns.push(coordinates.len());
        }
        coordinates.push((x.parse::<f64>().unwrap(), y.parse::<f64>().unwrap()));
    }
    // A quadratic curve's control point is left out: between its ends the curve stays on this side of it.
    let mut along = Vec::new();
    let mut at = 1;
    while at < coordinates.len() {
        let (from, control, to) = if turns.contains(&at) {
            at += 2;
            (coordinates[at - 3], coordinates[at - 2], coordinates[at - 1])
        } else {
            at += 1;
            let (from, to) = (coordinates[at - 2], coordinates[at - 1]);
            (from, ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0), to)
        };
        let length = (to.0 - from.0).abs() + (to.1 - from.1).abs();
        let steps = (length / 2.0).ceil().max(1.0);
        let mut step = 0.0;
        while step <= steps {
            let t = step / steps;
            let bezier = |a: f64, b: f64, c: f64| {
                a * (1.0 - t) * (1.0 - t) + 2.0 * b * t * (1.0 - t) + c * t * t
            };
            along.push((bezier(from.0, control.0, to.0), bezier(from.1, control.1, to.1)));
            step += 1.0;
        }
    }
    along
}

fn label() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("公章".to_owned()),
        Just("出生医学证明".to_owned()),
        Just("城乡居民基本医疗保险参保登记".to_owned()),
        Just("Tax".to_owned()),
        Just("Employee social insurance registration".to_owned()),
    ]
}

fn kind() -> impl Strategy<Value = BarKind> {
    prop_oneof![
        Just(BarKind::Planned),
        Just(BarKind::Critical),
        Just(BarKind::Done),
        Just(BarKind::Waiting),
        Just(BarKind::Stopped),
    ]
}

fn drawing() -> impl Strategy<Value = Drawing> {
    (1usize..6).prop_flat_map(|lanes| {
        let bar = (0..lanes, 0u32..16, 0u32..10, label(), kind());
        proptest::collection::vec(bar, 1..14).prop_flat_map(move |bars| {
            let link = (0..bars.len(), 0..bars.len(), any::<bool>(), any::<bool>());
            proptest::collection::vec(link, 0..16).prop_map(move |links| {
                let bars: Vec<Bar> = bars
                    .iter()
                    .enumerate()
                    .map(|(at, (lane, from, length, label, kind))| Bar {
                        id: at.to_string(),
                        lane: *lane,
                        from: *from,
                        to: from + length,
                        label: label.clone(),
                        title: label.clone(),
                        kind: *kind,
                    })
                    .collect();
                let last = bars.iter().map(|bar| bar.to).max().unwrap_or(0).div_ceil(2).max(1);
                Drawing {
                    title: "drawn".to_owned(),
                    lanes: (0..lanes).map(|lane| format!("office {lane}")).collect(),
                    bars,
                    links: links
                        .into_iter()
                        .filter(|(from, to, ..)| from != to)
                        .map(|(from, to, critical, soft)| Link {
                            from: from.to_string(),
                            to: to.to_string(),
                            critical,
                            soft,
                        })
                        .collect(),
                    days: (1..=last).map(|day| day.to_string()).collect(),
                }
            })
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_connector_crosses_a_bar_or_words(drawing in drawing()) {
        let svg = draw(&drawing);
        let seen = read(&svg);
        prop_assert_eq!(seen.paths.len(), drawing.links.len());
        let beside = seen.words.iter().filter(|(_, beside)| *beside).map(|(words, _)| words);
        let solid: Vec<&Box> = seen.bars.iter().chain(beside).collect();
        for path in &seen.paths {
            for point in points(path) {
                prop_assert!(
                    point.0 > 0.0 && point.0 < seen.width && point.1 > 0.0 && point.1 < seen.height,
                    "{path} leaves the picture at {point:?}"
                );
                let crossed = solid.iter().find(|solid| solid.holds(point));
                prop_assert!(crossed.is_none(), "{path} crosses {crossed:?} at {point:?}\n{svg}");
            }
        }
    }

    #[test]
    fn words_stand_in_their_bar_or_free_beside_it(drawing in drawing()) {
        let seen = read(&draw(&drawing));
        prop_assert_eq!(seen.words.len(), seen.bars.len());
        for (at, ((words, beside), bar)) in seen.words.iter().zip(&seen.bars).enumerate() {
            if !beside {
                prop_assert!(words.x + words.width <= bar.x + bar.width, "{words:?} in {bar:?}");
            }
            prop_assert!(words.x + words.width <= seen.width, "{words:?} leave the picture");
            for (other, ((others, _), other_bar)) in seen.words.iter().zip(&seen.bars).enumerate() {
                if other != at {
                    prop_assert!(!words.meets(others), "{words:?} meet {others:?}");
                    prop_assert!(!words.meets(other_bar), "{words:?} lie on {other_bar:?}");
                    prop_assert!(!bar.meets(other_bar), "{bar:?} lies on {other_bar:?}");
                }
            }
        }
    }
}

#[test]
fn reads_a_path() {
    let read = points("M0.0 0.0 L0.0 4.0 Q0.0 10.0 6.0 10.0 L20.0 10.0");
    assert_eq!(read.first(), Some(&(0.0, 0.0)));
    assert_eq!(read.last(), Some(&(20.0, 10.0)));
    assert!(read.windows(2).all(|pair| {
        (pair[1].0 - pair[0].0).abs() <= 4.0 && (pair[1].1 - pair[0].1).abs() <= 4.0
    }));
}

#[test]
fn markup_in_words_stays_words() {
    let bar = Bar {
        id: "a".to_owned(),
        lane: 0,
        from: 0,
        to: 2,
        label: "<script>&\"".to_owned(),
        title: "<b>".to_owned(),
        kind: BarKind::Planned,
    };
    let drawing = Drawing {
        title: "\" onload=\"x".to_owned(),
        lanes: vec!["<i>".to_owned()],
        bars: vec![bar],
        links: vec![],
        days: vec!["1".to_owned()],
    };
    let svg = draw(&drawing);
    for raw in ["<script", "<b>", "<i>", "\" onload"] {
        assert!(!svg.contains(raw), "{svg}");
    }
}
