//! Figures: joining that is worse than handling alone, announced figures that nobody explains.

use catalogue::Figure;
use vocabulary::Decimal;

use super::{ANNOUNCED_OTHERWISE, FoundIn, JOINING_WORSE, Message, Search, Severity};
use crate::reductions::{Spread, Spreads};
use crate::words::Words;

const FIGURES: [Figure; 4] = [Figure::Steps, Figure::Materials, Figure::Days, Figure::Visits];

impl Search<'_> {
    /// In no scenario does joining cost more than handling alone (semantics 18).
    pub(super) fn worse(&mut self, spreads: &Spreads) {
        for figure in FIGURES {
            let Some(spread) = spreads.of(figure) else {
                continue;
            };
            let worst = &spread.worst;
            if worst.after <= worst.before {
                continue;
            }
            let message = Message {
                zh: "这种情形下合办反而更糟：{0}由 {1} 变成 {2}",
                en: "in this scenario joining is worse: {0} go from {1} to {2}",
                args: &|words| {
                    let (before, after) = (units(figure, worst.before), units(figure, worst.after));
                    vec![name(words, figure), before, after]
                },
            };
            let cells = worst.cells.clone();
            self.find_in(JOINING_WORSE, Severity::Error, FoundIn::Matter, &message, &cells);
        }
    }

    /// An announced number that no scenario has needs a word on why.
    pub(super) fn announced(&mut self, spreads: &Spreads) {
        let matter = self.matter;
        for announced in &matter.announced {
            for figure in &announced.figures {
                let Some(spread) = spreads.of(figure.figure) else {
                    continue;
                };
                let fits = |said: Option<Decimal>, (least, most): (i64, i64)| {
                    let said = said.map(|said| in_units(figure.figure, said));
                    said.is_none_or(|said| said.is_some_and(|said| (least..=most).contains(&said)))
                };
                let same = fits(figure.before, spread.before) && fits(figure.after, spread.after);
                if same || !figure.difference.is_empty() {
                    continue;
                }
                let message = Message {
                    zh: "{0}公布的{1}是 {2}，按本定义是 {3}，没有说明为什么不同",
                    en: "{0} announced for {1} {2}; here it is {3}, and nobody says why",
                    args: &|words| {
                        let said = |said: Option<Decimal>| {
                            said.map_or("—".to_owned(), |said| said.normalize().to_string())
                        };
                        let said = format!("{} → {}", said(figure.before), said(figure.after));
                        let ours = range(figure.figure, spread);
                        let who = announced.name.get(words.lang).to_owned();
                        vec![who, name(words, figure.figure), said, ours]
                    },
                };
                let item = FoundIn::Figure(announced.id.to_string(), figure.figure);
                self.find(ANNOUNCED_OTHERWISE, Severity::Warning, item, &message);
            }
        }
    }
}

fn range(figure: Figure, spread: &Spread) -> String {
    let side = |(least, most): (i64, i64)| {
        let (least, most) = (units(figure, least), units(figure, most));
        if least == most { least } else { format!("{least}–{most}") }
    };
    format!("{} → {}", side(spread.before), side(spread.after))
}

/// Days come in halves.
fn units(figure: Figure, value: i64) -> String {
    match figure {
        Figure::Days if value % 2 != 0 => format!("{}.5", value / 2),
        Figure::Days => (value / 2).to_string(),
        Figure::Steps | Figure::Materials | Figure::Visits => value.to_string(),
    }
}

fn in_units(figure: Figure, said: Decimal) -> Option<i64> {
    let scaled = match figure {
        Figure::Days => said.checked_mul(Decimal::TWO)?,
        Figure::Steps | Figure::Materials | Figure::Visits => said,
    };
    i64::try_from(scaled.trunc().mantissa()).ok().filter(|_| scaled.fract().is_zero())
}

fn name(words: &Words<'_>, figure: Figure) -> String {
    let (zh, en) = match figure {
        Figure::Steps => ("环节", "steps"),
        Figure::Materials => ("材料", "materials"),
        Figure::Days => ("工作日", "working days"),
        Figure::Visits => ("跑动次数", "visits"),
    };
    words.say(zh, en, &[])
}
