//! The spread of every figure against the plans of everybody.

use catalogue::{Catalogue, Figure, Matter};
use vocabulary::Decimal;
use yijianshi_proof::Proof;
use yijianshi_proof::reductions::{Extreme, Spread};

use crate::brute::{Brute, Person};
use crate::generator::text;

const FIGURES: [Figure; 4] = [Figure::Steps, Figure::Materials, Figure::Days, Figure::Visits];

/// Before and after of one figure; fees in ten-thousandths.
fn figure(plan: &plan::Plan, figure: Option<Figure>) -> Option<(i64, i64)> {
    let saved = &plan.reductions;
    let reduction = match figure {
        Some(Figure::Steps) => &saved.steps,
        Some(Figure::Materials) => &saved.materials,
        Some(Figure::Days) => &saved.days,
        Some(Figure::Visits) => &saved.visits,
        None => {
            let fees = saved.fees.as_ref();
            let units = |amount: Decimal| {
                i64::try_from((amount * Decimal::from(10_000)).trunc().mantissa()).ok()
            };
            let nothing = (Decimal::ZERO, Decimal::ZERO);
            let (before, after) = fees.map_or(nothing, |fees| (fees.before, fees.after));
            return Some((units(before)?, units(after)?));
        }
    };
    Some((i64::from(reduction.before), i64::from(reduction.after)))
}

/// Least, most, best, worst and average are those of everybody's plans; examples show what they say.
pub(crate) fn check(
    seed: u64,
    (catalogue, matter): (&Catalogue, &Matter),
    proof: &Proof,
    brute: &Brute<'_>,
    people: &[Person],
) {
    let spreads = proof.reductions(catalogue, matter);
    let plans: Vec<_> = people.iter().map(|person| brute.plan(&brute.facts(person))).collect();
    let weights: Vec<u64> = people.iter().map(|person| brute.weight_of(person)).collect();
    let kinds = FIGURES.into_iter().map(Some).chain([None]);
    for kind in kinds {
        let spread = match kind {
            Some(figure) => spreads.of(figure),
            None => spreads.fees.as_ref(),
        };
        let values: Vec<(i64, i64)> = plans.iter().filter_map(|it| figure(it, kind)).collect();
        let Some(spread) = spread else {
            assert!(kind != Some(Figure::Steps), "no steps of {seed}\n{}", text(seed));
            continue;
        };
        let of = format!("{kind:?} of {seed}\n{}", text(seed));
        compare(spread, &values, &weights, &of);
        for extreme in [&spread.best, &spread.worst] {
            let shown = figure(&brute.plan(&extreme.example.facts), kind);
            assert_eq!(shown, Some((extreme.before, extreme.after)), "{of}");
        }
    }
}

fn compare(spread: &Spread, values: &[(i64, i64)], weights: &[u64], of: &str) {
    let span = |side: &dyn Fn(&(i64, i64)) -> i64| {
        (values.iter().map(side).min(), values.iter().map(side).max())
    };
    let (least, most) = span(&|it| it.0);
    assert_eq!((Some(spread.before.0), Some(spread.before.1)), (least, most), "before, {of}");
    let (least, most) = span(&|it| it.1);
    assert_eq!((Some(spread.after.0), Some(spread.after.1)), (least, most), "after, {of}");
    let saving = |it: &Extreme| Some(it.before - it.after);
    let (worst, best) = span(&|it| it.0 - it.1);
    assert_eq!((saving(&spread.worst), saving(&spread.best)), (worst, best), "saving, {of}");
    let mean = |side: &dyn Fn(&(i64, i64)) -> i64| -> i64 {
        let weighted = values.iter().zip(weights);
        let sum: i128 =
            weighted.map(|(it, weight)| i128::from(side(it)) * i128::from(*weight)).sum();
        let whole: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
        if whole == 0 { 0 } else { i64::try_from(sum * 1_000_000 / whole).unwrap_or(i64::MAX) }
    };
    assert_eq!(spread.mean_before, mean(&|it| it.0), "mean before, {of}");
    assert_eq!(spread.mean_after, mean(&|it| it.1), "mean after, {of}");
}
