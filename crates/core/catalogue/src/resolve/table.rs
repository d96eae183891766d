//! Decision tables: each edition finds its file, the file is read, and what its outputs are is settled.
//!
//! What a file says by itself is judged by `tables`; here it meets the elements and the other tables.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use tables::findings as tab;
use tables::{Aggregate, Gaps, Hit, Read, Wanted, read_csv, read_dmn};
use vocabulary::{DataElementId, TableId, Value};

use super::Resolver;
use crate::read::{Placed, Written, is_table};
use crate::register::localised;
use crate::report::Place;
use crate::suggest::{hint, listed, nearest};
use crate::written::{
    AggregateAsWritten, GapsAsWritten, HitAsWritten, Spanned, TableAsWritten, TableEditionAsWritten,
};
use crate::{Catalogue, Table, TableEdition};

/// An edition whose file was read.
struct ReadEdition<'w> {
    table: usize,
    written: &'w TableEditionAsWritten,
    file: usize,
    read: Read,
}

impl Resolver<'_, '_> {
    /// All tables, and which elements they give.
    pub(super) fn tables(&mut self, written: &Written, catalogue: &mut Catalogue) {
        let files = self.table_files(written);
        let mut named = BTreeSet::new();
        let mut editions = Vec::new();
        for (table, placed) in written.tables.iter().enumerate() {
            self.file = placed.file;
            self.policy(&placed.item);
            for edition in &placed.item.edition {
                if let Some(file) = self.file_of(&files, &edition.file) {
                    named.insert(file);
                    editions.push((table, edition, file));
                }
            }
        }
        let editions = self.read_editions(written, catalogue, editions);
        for (table, placed) in written.tables.iter().enumerate() {
            self.file = placed.file;
            let own: Vec<&ReadEdition<'_>> =
                editions.iter().filter(|edition| edition.table == table).collect();
            if let Some(resolved) = self.table(&placed.item, &own) {
                catalogue.tables.insert(resolved.id.clone(), resolved);
            }
        }
        self.givers(written, &editions, catalogue);
        self.order(written, catalogue);
        if !written.incomplete && !written.broken.contains_key("table") {
            for (name, file) in files.iter().filter(|(_, file)| !named.contains(*file)) {
                let message = format!("no table names the file `{name}`");
                let hint = "add a `[[table.edition]]` for it, or remove the file".to_owned();
                let place = Place { file: *file, at: 0 };
                self.report.warn(tab::UNUSED_FILE, place, message, hint);
            }
        }
    }

    /// The tables' files by their names within the jurisdiction's folder.
    fn table_files(&self, written: &Written) -> BTreeMap<String, usize> {
        let plain = |name: &str| name.replace('\\', "/");
        let home = written.jurisdictions.first().map(|it| plain(self.report.file_name(it.file)));
        let folder = home.as_deref().and_then(|it| it.rfind('/').and_then(|at| it.get(..=at)));
        let folder = folder.unwrap_or_default();
        let names = (0..self.report.files()).map(|file| (file, self.report.file_name(file)));
        names
            .filter(|(_, name)| is_table(name))
            .map(|(file, name)| {
                let name = plain(name);
                (name.strip_prefix(folder).unwrap_or(&name).to_owned(), file)
            })
            .collect()
    }

    fn file_of(
        &mut self,
        files: &BTreeMap<String, usize>,
        written: &Spanned<String>,
    ) -> Option<usize> {
        let name = written.get_ref().replace('\\', "/");
        let name = name.trim_start_matches("./");
        if let Some(file) = files.get(name).filter(|_| is_table(name)) {
            return Some(*file);
        }
        self.uncertain = true;
        let (message, advice) = if is_table(name) {
            let folder = "names are relative to the folder of the jurisdiction".to_owned();
            (format!("there is no file `{written}`"), folder)
        } else {
            let message = format!("`{written}` is neither CSV nor DMN");
            (message, "a table's file ends with `.csv` or `.dmn`".to_owned())
        };
        let meant = nearest(name, files.keys().map(String::as_str));
        self.error(tab::NO_FILE, written, message, hint(meant, Some(advice)));
        None
    }

    /// `aggregate` stands with `collect`, and only there.
    fn policy(&mut self, written: &TableAsWritten) {
        let mistake = match (written.hit, written.aggregate) {
            (Some(HitAsWritten::Collect), None) => {
                "a `collect` table names its `aggregate`: `sum`, `min`, `max` or `count`"
            }
            (Some(HitAsWritten::Collect), Some(_)) | (_, None) => return,
            (_, Some(_)) => "only `hit = \"collect\"` has an `aggregate`",
        };
        let message = format!("the policy of table `{}` is not whole", written.id);
        self.error(tab::BAD_AGGREGATE, &written.id, message, mistake.to_owned());
    }

    /// Reads all files, again where it turns out that an input may be absent.
    fn read_editions<'w>(
        &mut self,
        written: &'w Written,
        catalogue: &Catalogue,
        editions: Vec<(usize, &'w TableEditionAsWritten, usize)>,
    ) -> Vec<ReadEdition<'w>> {
        let mut absent: BTreeSet<DataElementId> = catalogue
            .elements
            .values()
            .filter(|element| element.source.is_some())
            .map(|element| element.id.clone())
            .collect();
        let read = |table: usize, edition: &TableEditionAsWritten, file, absent: &BTreeSet<_>| {
            let placed = written.tables.get(table)?;
            Some(self.read(&placed.item, edition, file, absent))
        };
        let mut done: Vec<ReadEdition<'w>> = Vec::new();
        for (table, edition, file) in editions {
            if let Some(read) = read(table, edition, file, &absent) {
                done.push(ReadEdition { table, written: edition, file, read });
            }
        }
        let nullable: BTreeSet<DataElementId> = done
            .iter()
            .filter(|edition| {
                let placed = written.tables.get(edition.table);
                placed.is_some_and(|placed| may_give_nothing(&placed.item, &edition.read))
            })
            .flat_map(|edition| edition.read.outputs.iter().cloned())
            .collect();
        absent.extend(nullable.iter().cloned());
        for edition in &mut done {
            if edition.read.inputs.iter().any(|input| nullable.contains(input))
                && let Some(again) = read(edition.table, edition.written, edition.file, &absent)
            {
                edition.read = again;
            }
        }
        for edition in &done {
            self.tell(edition.file, &edition.read);
        }
        done
    }

    fn read(
        &self,
        table: &TableAsWritten,
        edition: &TableEditionAsWritten,
        file: usize,
        absent: &BTreeSet<DataElementId>,
    ) -> Read {
        let wanted = Wanted {
            hit: hit(table),
            gaps: match table.gaps {
                GapsAsWritten::Refused => Gaps::Refused,
                GapsAsWritten::Absent => Gaps::Absent,
                GapsAsWritten::Allowed => Gaps::Allowed,
            },
            decision: edition.decision.as_deref(),
            may_be_absent: &|element| absent.contains(element),
        };
        let text = self.report.text(file);
        let name = self.report.file_name(file);
        let is_csv = name.rsplit_once('.').is_some_and(|(_, it)| it.eq_ignore_ascii_case("csv"));
        if is_csv {
            read_csv(text, self.names, &wanted)
        } else {
            read_dmn(text, self.names, &wanted)
        }
    }

    fn tell(&mut self, file: usize, read: &Read) {
        self.uncertain |= read.rules.is_none();
        for finding in &read.findings {
            let place = Place { file, at: finding.at };
            let (message, hint) = (finding.message.clone(), finding.hint.clone());
            if finding.is_error {
                self.report.error(finding.code, place, message, hint);
            } else {
                self.report.warn(finding.code, place, message, hint);
            }
        }
    }

    /// `None` while an edition could not be read.
    fn table(&mut self, written: &TableAsWritten, read: &[&ReadEdition<'_>]) -> Option<Table> {
        let id = &written.id;
        if written.edition.is_empty() {
            let message = format!("table `{id}` has no edition");
            let hint = "add `[[table.edition]]` with `from` and `file`".to_owned();
            self.error(tab::BAD_EDITION, id, message, hint);
        }
        let mut editions = Vec::with_capacity(read.len());
        let mut seen = BTreeSet::new();
        for edition in &written.edition {
            let from = self.date(&edition.from);
            let basis = self.basis(&edition.basis);
            if from.is_some_and(|from| !seen.insert(from)) {
                let from = &edition.from;
                let message = format!("table `{id}` has two editions from {from}");
                let hint = "each edition begins on a day of its own".to_owned();
                self.error(tab::BAD_EDITION, from, message, hint);
            }
            let own = read.iter().find(|it| std::ptr::eq(it.written, edition));
            if let (Some(from), Some(rules)) = (from, own.and_then(|it| it.read.rules.clone())) {
                let file = edition.file.get_ref().clone();
                editions.push(TableEdition { from, file, basis, rules });
            }
        }
        self.same_outputs(written, read);
        if editions.len() < written.edition.len() {
            return None;
        }
        editions.sort_by_key(|edition| edition.from);
        let first = editions.first()?;
        let outputs = first.rules.outputs.iter().map(|it| it.element.clone()).collect();
        let inputs = editions.iter().flat_map(|edition| edition.rules.inputs.iter());
        Some(Table {
            id: id.get_ref().as_str().into(),
            name: localised(&written.name),
            inputs: inputs.map(|input| input.element.clone()).collect(),
            outputs,
            group: editions.iter().find_map(|edition| edition.rules.group.clone()),
            editions,
        })
    }

    fn same_outputs(&mut self, written: &TableAsWritten, read: &[&ReadEdition<'_>]) {
        let outputs = |edition: &ReadEdition<'_>| -> BTreeSet<DataElementId> {
            edition.read.outputs.iter().cloned().collect()
        };
        let Some((first, others)) = read.split_first() else {
            return;
        };
        for other in others {
            // One that could not be read may lack columns for that reason.
            let both_read = first.read.rules.is_some() && other.read.rules.is_some();
            if both_read && outputs(first) != outputs(other) {
                let (one, file) = (&first.written.file, &other.written.file);
                let message = format!("editions of table `{}` have different outputs", written.id);
                let hint = format!("`{one}` and `{file}` give the same elements on every day");
                self.error(tab::BAD_EDITION, file, message, hint);
            }
        }
    }

    /// Says of each output which table gives it, and tells those that something else gives too.
    fn givers(
        &mut self,
        written: &Written,
        editions: &[ReadEdition<'_>],
        catalogue: &mut Catalogue,
    ) {
        let mut given: BTreeMap<&DataElementId, usize> = BTreeMap::new();
        for edition in editions {
            for output in &edition.read.outputs {
                let first = *given.entry(output).or_insert(edition.table);
                let other = if first == edition.table {
                    other_giver(catalogue, output)
                } else {
                    let table = written.tables.get(first);
                    table.map(|it| format!("table `{}`", it.item.id.get_ref()))
                };
                let Some(placed) = written.tables.get(edition.table) else {
                    continue;
                };
                if let Some(other) = other {
                    self.two_givers(placed, output, &other);
                } else if let Some(element) = catalogue.elements.get_mut(output) {
                    element.table = Some(placed.item.id.get_ref().as_str().into());
                }
            }
        }
    }

    fn two_givers(&mut self, placed: &Placed<TableAsWritten>, output: &DataElementId, other: &str) {
        let id = &placed.item.id;
        let message = format!("table `{id}` gives `{output}`, and {other} does too");
        let hint = "what a table gives is computed: keep one giver".to_owned();
        self.report.error(tab::TWO_GIVERS, placed.place(id), message, hint);
    }

    /// Puts each table after those whose outputs it reads; tells those that wait for each other.
    fn order(&mut self, written: &Written, catalogue: &mut Catalogue) {
        let reads = |table: &Table| -> BTreeSet<TableId> {
            let inputs = table.inputs.iter().filter_map(|it| catalogue.elements.get(it));
            inputs.filter_map(|element| element.table.clone()).collect()
        };
        let before: BTreeMap<TableId, BTreeSet<TableId>> =
            catalogue.tables.values().map(|table| (table.id.clone(), reads(table))).collect();
        let mut order: Vec<TableId> = Vec::with_capacity(before.len());
        let mut placed: BTreeSet<&TableId> = BTreeSet::new();
        loop {
            let known = |id: &TableId| placed.contains(id) || !before.contains_key(id);
            let ready: Vec<&TableId> = before
                .iter()
                .filter(|(id, needs)| !placed.contains(id) && needs.iter().all(&known))
                .map(|(id, _)| id)
                .collect();
            if ready.is_empty() {
                break;
            }
            order.extend(ready.iter().map(|id| (*id).clone()));
            placed.extend(ready);
        }
        let mut told: BTreeSet<TableId> = BTreeSet::new();
        for table in &written.tables {
            let id = TableId::from(table.item.id.get_ref().as_str());
            if placed.contains(&id) || told.contains(&id) {
                continue;
            }
            // Those behind a circle wait too, but are not part of it.
            let Some(round) = round(&id, &before) else {
                continue;
            };
            let names = round.iter().chain([&id]).map(TableId::as_str);
            let path = listed(names).replace("`, `", "` → `");
            let message = format!("tables wait for each other: {path}");
            let hint = "one of their inputs must come from a question, a source or a service";
            let place = table.place(&table.item.id);
            self.report.error(tab::CYCLE, place, message, hint.to_owned());
            told.extend(round);
        }
        catalogue.table_order = order;
    }
}

fn hit(table: &TableAsWritten) -> Option<Hit> {
    Some(match table.hit? {
        HitAsWritten::Unique => Hit::Unique,
        HitAsWritten::Any => Hit::Any,
        HitAsWritten::First => Hit::First,
        HitAsWritten::Collect => Hit::Collect(match table.aggregate {
            Some(AggregateAsWritten::Sum) => Aggregate::Sum,
            Some(AggregateAsWritten::Min) => Aggregate::Min,
            Some(AggregateAsWritten::Max) => Aggregate::Max,
            // Its absence is told by `policy`.
            Some(AggregateAsWritten::Count) | None => Aggregate::Count,
        }),
    })
}

/// Whether an output can be known to be absent.
fn may_give_nothing(table: &TableAsWritten, read: &Read) -> bool {
    let Some(rules) = &read.rules else {
        return false;
    };
    let collects = matches!(rules.hit, Hit::Collect(it) if it != Aggregate::Count);
    let says_null = rules.rows.iter().any(|row| row.outputs.contains(&Value::Null));
    collects || says_null || table.gaps != GapsAsWritten::Refused
}

/// Who besides a table gives the element.
fn other_giver(catalogue: &Catalogue, output: &DataElementId) -> Option<String> {
    if let Some(source) = catalogue.elements.get(output)?.source.as_ref() {
        return Some(format!("source `{source}`"));
    }
    let mut services = catalogue.services.values();
    if let Some(service) = services.find(|service| service.produces_element(output)) {
        return Some(format!("service `{}`", service.id));
    }
    let binds = crate::Binds::Element(output.clone());
    let mut questions = catalogue.matters.values().flat_map(|matter| &matter.questions);
    questions.find(|it| it.binds == binds).map(|it| format!("question `{}`", it.id))
}

/// The shortest way from a table over those it waits for back to it.
fn round(start: &TableId, before: &BTreeMap<TableId, BTreeSet<TableId>>) -> Option<Vec<TableId>> {
    let mut from: BTreeMap<&TableId, &TableId> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(here) = queue.pop_front() {
        for next in before.get(here).into_iter().flatten() {
            if next == start {
                let mut round = vec![here.clone()];
                let mut at = here;
                while let Some(previous) = from.get(at) {
                    round.push((*previous).clone());
                    at = previous;
                }
                round.reverse();
                return Some(round);
            }
            if !from.contains_key(next) {
                from.insert(next, here);
                queue.push_back(next);
            }
        }
    }
    None
}
