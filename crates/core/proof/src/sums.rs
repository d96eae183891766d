//! Figures over all cells: sums of what weighs something where it is so, and longest paths, each value with
//! the cells that have it.

use std::collections::BTreeMap;

use biodivine_lib_bdd::Bdd;

/// The cells by the value that a figure has in them.
pub(crate) type ByValue = BTreeMap<i64, Bdd>;

/// The sum of the weights of whatever is so, within `space`, starting from the values in `start`.
pub(crate) fn sums(start: ByValue, weighted: &[(Bdd, i64)]) -> ByValue {
    let mut values = start;
    for (wherever, weight) in weighted.iter().filter(|(_, weight)| *weight != 0) {
        let mut next = ByValue::new();
        for (value, cells) in &values {
            add(&mut next, value.saturating_add(*weight), cells.and(wherever));
            add(&mut next, *value, cells.and_not(wherever));
        }
        values = next;
    }
    values
}

/// Takes cells in under a value.
pub(crate) fn add(values: &mut ByValue, value: i64, cells: Bdd) {
    if cells.is_false() {
        return;
    }
    match values.get_mut(&value) {
        Some(known) => *known = known.or(&cells),
        None => drop(values.insert(value, cells)),
    }
}

/// The greater of two figures.
pub(crate) fn greater(one: &ByValue, other: &ByValue) -> ByValue {
    let mut values = ByValue::new();
    for (left, here) in one {
        for (right, there) in other {
            add(&mut values, *left.max(right), here.and(there));
        }
    }
    values
}

/// An order in which nobody comes before what he waits for; `None` when they wait for each other.
pub(crate) fn in_order(count: usize, edges: &[(usize, usize)]) -> Option<Vec<usize>> {
    let mut order = Vec::with_capacity(count);
    while order.len() < count {
        let ready = (0..count).find(|node| {
            let mut before = edges.iter().filter(|(_, to)| to == node).map(|(from, _)| from);
            !order.contains(node) && before.all(|from| order.contains(from))
        })?;
        order.push(ready);
    }
    Some(order)
}
