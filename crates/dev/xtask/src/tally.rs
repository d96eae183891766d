//! Counts passed and failed tests in the words of cargo, nextest and our own binary.

/// How the summary of nextest begins.
const NEXTEST: &str = "Summary [";

/// How many tests passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Tally {
    /// Sums the summary lines among `lines`.
    pub(crate) fn of(lines: &[String]) -> Self {
        let mut sum = Self::default();
        // nextest repeats what a failing test printed, with libtest's own summary in it.
        let nextest = lines.iter().any(|line| line.trim_start().starts_with(NEXTEST));
        let counts = |line: &&str| {
            if nextest { line.starts_with(NEXTEST) } else { is_summary(line) }
        };
        for line in lines.iter().map(|line| line.trim()).filter(counts) {
            let words: Vec<&str> = line
                .split(|c: char| !(c.is_ascii_alphanumeric()))
                .filter(|word| !word.is_empty())
                .collect();
            for pair in words.windows(2) {
                let [count, what] = pair else { continue };
                let Ok(count) = count.parse::<u64>() else {
                    continue;
                };
                match *what {
                    "passed" => sum.passed += count,
                    // nextest says "2 timed out" and "1 exec failed" beside "3 failed".
                    "failed" | "timed" | "exec" => sum.failed += count,
                    _ => {}
                }
            }
        }
        sum
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// `test result: …` of libtest, `N passed, N failed` of ours.
fn is_summary(line: &str) -> bool {
    let ours = || {
        let mut words = line.split(' ');
        words.next().is_some_and(|n| n.parse::<u64>().is_ok())
            && words.next().is_some_and(|word| word.trim_end_matches([',', ';']) == "passed")
    };
    line.starts_with("test result:") || ours()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lines: &str, passed: u64, failed: u64) {
        let lines: Vec<String> = lines.lines().map(str::to_owned).collect();
        assert_eq!(Tally::of(&lines), Tally { passed, failed });
    }

    #[test]
    fn every_runner_is_understood() {
        check("test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out", 12, 0);
        check(
            "test result: FAILED. 3 passed; 2 failed; 0 ignored\ntest result: ok. 1 passed; 0 failed",
            4,
            2,
        );
        check(
            "     Summary [   1.204s] 31 tests run: 28 passed (1 slow), 2 failed, 1 timed out, 4 skipped",
            28,
            3,
        );
        check(
            "    test result: FAILED. 0 passed; 1 failed\n  Summary [ 1s] 2 tests run: 1 passed, 1 failed",
            1,
            1,
        );
        check("16 passed, 1 failed", 16, 1);
        check("somebody wrote: 7 passed, 7 failed", 0, 0);
    }
}
