//! "Did you mean": the nearest known name, if one is near enough to be meant.

/// Names longer than this are not compared: comparing takes time in the square of the length.
const COMPARED_LENGTH_MAX: usize = 100;

/// The candidate nearest to `written`, at most a third of its characters away.
pub(crate) fn nearest<'c>(
    written: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    if written.len() > COMPARED_LENGTH_MAX {
        return None;
    }
    let allowed = (written.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= COMPARED_LENGTH_MAX)
        .map(|candidate| (strsim::damerau_levenshtein(written, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// `did you mean `x`?` before other advice, each part only when there is one.
pub(crate) fn hint(meant: Option<&str>, advice: Option<String>) -> Option<String> {
    match (meant, advice) {
        (Some(meant), Some(advice)) => Some(format!("did you mean `{meant}`? {advice}")),
        (Some(meant), None) => Some(format!("did you mean `{meant}`?")),
        (None, advice) => advice,
    }
}

/// `` `a`, `b`, `c` ``.
pub(crate) fn listed<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
