//! Case tables can be spread over servers by `case_id` (ADR 11): this looks at every migration and at every
//! statement of this crate, as they are written.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "these are tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Tables that speak of one case and are kept by another key, and why. Nothing else may.
const KEPT_ELSEWHERE: [(&str, &str, &str); 2] = [
    (
        "commands",
        "actor",
        "unique per actor, action and command id, whatever the case (semantics 15)",
    ),
    ("submissions", "draft_id", "one case per draft, whatever the case (semantics 15)"),
];

/// Statements that read case tables without naming cases: lists and look-ups by another name. Each reads rows of
/// one table, or of one case at a time, so every server can answer for its own cases. Nothing is written so.
const READ_ACROSS: [(&str, &str); 20] = [
    ("SELECT case_id FROM cases WHERE case_id > ", "rebuilding goes through all cases"),
    (
        "SELECT case_id, case_number, subject, owner, matter, state, submitted_at, promised_on, version FROM cases WHERE owner",
        "what an applicant has",
    ),
    (
        "SELECT case_id, case_number, subject, owner, matter, state, submitted_at, promised_on, version FROM cases WHERE case_number",
        "the number people quote",
    ),
    ("SELECT case_id FROM case_events WHERE seq = 1", "rebuilding goes through all cases"),
    ("SELECT department, stage, ", "how many lights and notices there are, for supervision"),
    ("SELECT 1 AS one FROM service_cases", "how long a worklist is"),
    ("SELECT sort_on, case_id, node FROM service_cases", "a page of a worklist"),
    ("FROM outbox WHERE dispatch_id = ", "a department knows a sending by its id alone"),
    ("SELECT department, COUNT(", "what is owed"),
    ("SELECT department, case_id, dispatch_id FROM (", "the oldest of what is owed, for operators"),
    ("SELECT COUNT(*), MIN(due_at) FROM timers", "how late timers are, for operators"),
    ("FROM licences WHERE owner = ", "a wallet"),
    ("FROM licences WHERE licence_id = ", "a link to a licence"),
    ("FROM licences WHERE code = ", "a licence is verified by what stands on it"),
    ("all_granted, body FROM case_facts", "figures"),
    ("ended_on, body FROM service_facts", "figures"),
    ("SELECT matter, COUNT(*) FROM cases", "how many running cases a publication concerns"),
    (
        "was_on, was_provisional, is_on, is_provisional FROM calendar_changes",
        "what one loading changed",
    ),
    ("COUNT(DISTINCT case_id) FROM calendar_changes", "how much one loading changed"),
    ("FROM opinions WHERE to_department = ", "opinions a department is asked for"),
];

/// Statements that bring a case table together with one that is kept by another key.
const JOINED_BY_ANOTHER_KEY: [(&str, &str); 1] = [(
    "c ON c.draft_id = o.draft_id",
    "a draft and the case it became, for a funnel; read by pages",
)];

fn folder(of: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(of)
}

fn sources(of: &str, ending: &str) -> Vec<(String, String)> {
    let mut files: Vec<_> =
        std::fs::read_dir(folder(of)).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    files
        .into_iter()
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// What a migration says of a table.
#[derive(Debug, Default)]
struct Table {
    key: Vec<String>,
    /// Every row is of one case.
    of_a_case: bool,
    unique: Vec<Vec<String>>,
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The columns in the first brackets after `mark`.
fn columns_after(item: &str, mark: &str) -> Option<Vec<String>> {
    let (_, rest) = item.split_once(mark)?;
    let list = rest.trim_start().strip_prefix('(')?.split(')').next()?;
    Some(list.split(',').map(|c| c.split_whitespace().next().unwrap_or("").to_owned()).collect())
}

fn tables(backend: &str) -> BTreeMap<String, Table> {
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for (name, text) in sources(&format!("migrations/{backend}"), ".sql") {
        let text: Vec<&str> =
            text.lines().map(|line| line.split("--").next().unwrap_or("")).collect();
        for statement in text.join("\n").split(';').map(words) {
            if let Some(rest) = statement.strip_prefix("CREATE TABLE ") {
                let (table, body) = rest.split_once(" (").expect("a table has columns");
                let table_name = table.trim_start_matches("IF NOT EXISTS ").to_owned();
                let mut table = Table::default();
                let mut depth = 0;
                let items = body.split(|c| {
                    depth += i32::from(c == '(') - i32::from(c == ')');
                    c == ',' && depth == 0
                });
                for item in items.map(str::trim) {
                    let column = item.split_whitespace().next().unwrap_or("");
                    if let Some(key) = columns_after(item, "PRIMARY KEY") {
                        table.key = key;
                    } else if item.contains("PRIMARY KEY") {
                        table.key = vec![column.to_owned()];
                    } else if let Some(unique) = columns_after(item, "UNIQUE") {
                        table.unique.push(unique);
                    } else if item.contains(" UNIQUE") {
                        table.unique.push(vec![column.to_owned()]);
                    }
                    let always = item.contains("NOT NULL") || item.contains("PRIMARY KEY");
                    table.of_a_case |= column == "case_id" && always;
                }
                assert!(!table.key.is_empty(), "{name}: {table_name} has a primary key");
                tables.insert(table_name, table);
            } else if let Some(rest) = statement.strip_prefix("CREATE UNIQUE INDEX ") {
                let (_, on) = rest.split_once(" ON ").expect("an index is on a table");
                let table = on.split_whitespace().next().unwrap_or("");
                let columns = columns_after(on, table).expect("an index has columns");
                tables.get_mut(table).expect("a known table").unique.push(columns);
            } else if let Some(rest) = statement.strip_prefix("ALTER TABLE ") {
                let adds = rest.contains("ADD COLUMN case_id ") && rest.contains("NOT NULL");
                assert!(
                    !adds,
                    "{name}: a table becomes one of cases by a new table, not by a column"
                );
            } else if let Some(rest) = statement.strip_prefix("DROP TABLE ") {
                tables.remove(rest.trim_start_matches("IF EXISTS "));
            }
        }
    }
    tables
}

fn case_tables() -> BTreeSet<String> {
    let tables = tables("postgres").into_iter();
    tables.filter(|(_, table)| table.key[0] == "case_id").map(|(name, _)| name).collect()
}

/// SQL may only distribute a table by a column that stands in each of its unique constraints.
#[test]
fn every_case_table_begins_with_the_case() {
    for backend in ["postgres", "sqlite"] {
        let tables = tables(backend);
        assert!(tables.len() > 30 && tables.contains_key("case_events"), "the migrations are read");
        for (name, table) in &tables {
            if let Some((_, key, why)) = KEPT_ELSEWHERE.iter().find(|(known, ..)| known == name) {
                assert_eq!(table.key[0], *key, "{backend}: {name} is {why}");
                continue;
            }
            assert!(
                !table.of_a_case || table.key[0] == "case_id",
                "{backend}: each row of {name} is of one case, so case_id comes first in its key; it is {:?}",
                table.key
            );
            if table.key[0] == "case_id" {
                for unique in &table.unique {
                    assert!(
                        unique.contains(&"case_id".to_owned()),
                        "{backend}: {name}: {unique:?}"
                    );
                }
            }
        }
    }
}

/// The texts in a source file: every literal, those of one `concat!` as one, with the names of macro variables.
fn literals(source: &str) -> Vec<String> {
    let source: Vec<char> = source.split("#[cfg(test)]").next().unwrap_or("").chars().collect();
    let at = |i: usize| source.get(i).copied().unwrap_or('\0');
    let mut texts = Vec::new();
    let mut together: Option<(String, i32)> = None;
    let mut i = 0;
    while i < source.len() {
        match at(i) {
            '/' if at(i + 1) == '/' => {
                while i < source.len() && at(i) != '\n' {
                    i += 1;
                }
            }
            '\'' if at(i + 1) == '\\' => i += 3,
            '\'' if at(i + 2) == '\'' => i += 2,
            '"' => {
                let mut text = String::new();
                i += 1;
                while i < source.len() && at(i) != '"' {
                    if at(i) == '\\' && at(i + 1) == '\n' {
                        i += 1;
                        while at(i + 1).is_whitespace() {
                            i += 1;
                        }
                    } else {
                        text.push(at(i));
                    }
                    i += 1;
                }
                match &mut together {
                    Some((whole, _)) => whole.push_str(&text),
                    None => texts.push(words(&text)),
                }
            }
            'c' if source[i..].starts_with(&['c', 'o', 'n', 'c', 'a', 't', '!', '(']) => {
                together = Some((String::new(), 0));
                i += 6;
            }
            '$' => {
                if let Some((whole, _)) = &mut together {
                    whole.push_str(" $");
                    while at(i + 1).is_alphanumeric() || at(i + 1) == '_' {
                        i += 1;
                        whole.push(at(i));
                    }
                    whole.push(' ');
                }
            }
            c @ ('(' | ')') => {
                if let Some((whole, depth)) = &mut together {
                    *depth += i32::from(c == '(') - i32::from(c == ')');
                    if *depth == 0 {
                        texts.push(words(whole));
                        together = None;
                    }
                }
            }
            _ => {}
        }
        i += 1;
    }
    texts
}

/// The case tables that a statement names, as often as it does.
fn named(statement: &str, case_tables: &BTreeSet<String>) -> Vec<String> {
    let words: Vec<&str> = statement
        .split(|c: char| c.is_whitespace() || "(),".contains(c))
        .filter(|w| !w.is_empty())
        .collect();
    words
        .windows(2)
        .filter(|pair| ["FROM", "JOIN", "INTO", "UPDATE"].contains(&pair[0]))
        .map(|pair| pair[1].to_owned())
        .filter(|table| case_tables.contains(table))
        .collect()
}

/// What is wrong with a statement, if anything.
fn wrong(statement: &str, case_tables: &BTreeSet<String>) -> Option<&'static str> {
    let named = named(statement, case_tables);
    if named.is_empty() {
        return None;
    }
    let has = |texts: &[&str]| texts.iter().any(|text| statement.contains(text));
    let listed = |list: &[(&str, &str)]| list.iter().any(|(part, _)| statement.contains(part));
    let by_case = has(&["case_id = ", "case_id IN ", "(case_id, ", "case_id $among"]);
    let writes = case_tables.iter().any(|table| {
        ["UPDATE", "INSERT INTO", "DELETE FROM"].iter().any(|verb| {
            statement.contains(&format!("{verb} {table} "))
                && !statement.contains(&format!("INSERT INTO {table} (case_id"))
        })
    });
    if writes && !by_case {
        return Some("writes rows of cases without naming the case");
    }
    if !writes && !statement.starts_with("INSERT") && !by_case && !listed(&READ_ACROSS) {
        if listed(&JOINED_BY_ANOTHER_KEY) {
            return None;
        }
        return Some(
            "reads rows of cases without naming the case, and is not on the list of those that may",
        );
    }
    let one_case = statement.contains(".case_id = ") && statement.matches(".case_id").count() > 1
        || has(&["case_id IN (SELECT case_id FROM", "(case_id, node) IN (SELECT case_id, node"])
        || has(&["WHERE case_id = $1"]);
    if named.iter().collect::<BTreeSet<_>>().len() > 1 && !one_case {
        return Some("brings tables of cases together otherwise than by the case");
    }
    None
}

#[test]
fn every_statement_about_cases_carries_the_case() {
    let case_tables = case_tables();
    let mut seen = 0;
    let mut found = Vec::new();
    let mut all = String::new();
    for (file, source) in sources("src", ".rs") {
        for text in literals(&source) {
            let verb = text.split_whitespace().next().unwrap_or("");
            let whole = ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].contains(&verb);
            // Some are put together from parts; a part with a join says itself by what.
            if !whole && !text.contains(" JOIN ") {
                continue;
            }
            seen += usize::from(!named(&text, &case_tables).is_empty());
            if let Some(what) = wrong(&text, &case_tables) {
                found.push(format!("{file}: {what}:\n    {text}"));
            }
            all.push_str(&text);
            all.push('\n');
        }
    }
    assert!(seen > 50, "only {seen} statements were found");
    assert!(found.is_empty(), "ADR 11 says why not:\n{}", found.join("\n"));
    for (part, why) in READ_ACROSS.iter().chain(&JOINED_BY_ANOTHER_KEY) {
        assert!(all.contains(part), "no statement is like this any more: {part} ({why})");
    }
}

#[test]
fn the_check_tells_wrong_statements_from_right_ones() {
    let tables: BTreeSet<String> =
        ["cases", "outbox", "timers"].iter().map(ToString::to_string).collect();
    for (right, statement) in [
        (true, "UPDATE outbox SET fence = 1 WHERE case_id = $1 AND dispatch_id = $2"),
        (false, "UPDATE outbox SET fence = 1 WHERE dispatch_id = $1"),
        (false, "DELETE FROM timers WHERE due_at < $1"),
        (true, "INSERT INTO timers (case_id, node) SELECT case_id, node FROM n"),
        (false, "INSERT INTO timers (node, case_id) SELECT node, 1 FROM n"),
        (false, "SELECT * FROM cases WHERE subject = $1"),
        (true, "SELECT * FROM accounts WHERE login = $1"),
        (true, "SELECT * FROM outbox o JOIN cases c ON o.case_id = c.case_id WHERE o.case_id = $2"),
        (false, "SELECT * FROM outbox o JOIN cases c ON o.node = c.matter WHERE o.case_id IN (1)"),
    ] {
        assert_eq!(wrong(statement, &tables).is_none(), right, "{statement}");
    }
    let source = r#"concat!("SELECT 1 FROM cases WHERE case_id ", $among, " LIMIT 1"); // "no"
        ('"', "UPDATE outbox \
             SET x = 1")"#;
    assert_eq!(
        literals(source),
        ["SELECT 1 FROM cases WHERE case_id $among LIMIT 1", "UPDATE outbox SET x = 1"]
    );
}
