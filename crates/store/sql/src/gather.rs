//! From changes to rows: what a batch claims before it is judged, and what it writes after.
//!
//! Goes in: the port's changes. Comes out: rows for the statements of `tables`. No database here.

use std::collections::{BTreeMap, BTreeSet};

use store_port::{
    AppendOutcome, CaseChange, CaseFactRow, CaseRow, CommandRow, RatingRow, ServiceFactRow,
    ServiceRow,
};
use uuid::Uuid;
use vocabulary::{CaseId, DraftId};

use crate::bulk::{Cell, Rows};
use crate::columns::micros;
use crate::judge::{CommandKey, command_key};
use crate::tables;

/// The place in worklists of a service case without a promised date: the end.
pub(crate) const NO_PROMISE: &str = "9999-99-99";

/// A case's changes are this far apart in the order of its sendings.
const POSITIONS_PER_CHANGE: u64 = 4096;

/// What a batch claims first, each by the first change that speaks of it. Ordered maps: every node takes
/// locks in the same order, so that two batches never wait for each other in a circle.
#[derive(Debug, Default)]
pub(crate) struct Claims<'a> {
    pub(crate) commands: BTreeMap<CommandKey<'a>, usize>,
    pub(crate) drafts: BTreeMap<DraftId, usize>,
    pub(crate) new_cases: BTreeMap<CaseId, usize>,
    pub(crate) cases: BTreeSet<CaseId>,
}

impl<'a> Claims<'a> {
    pub(crate) fn of(changes: &'a [CaseChange]) -> Self {
        let mut claims = Self::default();
        for (at, change) in changes.iter().enumerate() {
            if let Some(command) = &change.command {
                claims.commands.entry(command_key(command)).or_insert(at);
            }
            if let Some(draft) = change.draft {
                claims.drafts.entry(draft).or_insert(at);
            }
            if change.expected_version == 0 {
                claims.new_cases.entry(change.case_id).or_insert(at);
            }
            claims.cases.insert(change.case_id);
        }
        claims
    }

    pub(crate) fn command_rows(&self, changes: &'a [CaseChange]) -> Rows<'a> {
        let mut rows = Rows::new(&tables::CLAIM_COMMANDS);
        for change in self.commands.values().filter_map(|&at| changes.get(at)) {
            if let Some(command) = &change.command {
                push_command(&mut rows, change.case_id, command);
            }
        }
        rows
    }

    pub(crate) fn draft_rows(&self, changes: &'a [CaseChange]) -> Rows<'a> {
        let mut rows = Rows::new(&tables::CLAIM_DRAFTS);
        for (draft, &at) in &self.drafts {
            if let Some(change) = changes.get(at) {
                rows.push([draft.0.into(), change.case_id.0.into()]);
            }
        }
        rows
    }

    pub(crate) fn case_rows(&self, changes: &'a [CaseChange]) -> Rows<'a> {
        let mut rows = Rows::new(&tables::CLAIM_CASES);
        for change in self.new_cases.values().filter_map(|&at| changes.get(at)) {
            push_case(&mut rows, &change.case);
        }
        rows
    }
}

/// What the batch inserted as its own while claiming.
#[derive(Debug, Default)]
pub(crate) struct Claimed<'a> {
    pub(crate) commands: BTreeSet<CommandKey<'a>>,
    pub(crate) drafts: BTreeSet<DraftId>,
    pub(crate) cases: BTreeSet<CaseId>,
}

/// What has to be taken back, because the change that claimed it was not carried out.
#[derive(Debug)]
pub(crate) struct Undo<'a> {
    pub(crate) commands: Vec<CommandKey<'a>>,
    pub(crate) drafts: Vec<DraftId>,
    pub(crate) cases: Vec<CaseId>,
    /// Rows of later changes that take the place of what is taken back.
    pub(crate) again: [Rows<'a>; 2],
}

/// Everything a judged batch writes.
#[derive(Debug)]
pub(crate) struct Writes<'a> {
    pub(crate) undo: Undo<'a>,
    /// In a fixed order, all of them, empty or not.
    pub(crate) list: Vec<Rows<'a>>,
    pub(crate) any: bool,
}

/// The rows of the changes that are carried out.
pub(crate) fn gather<'a>(
    changes: &'a [CaseChange],
    outcomes: &[AppendOutcome],
    claims: &Claims<'a>,
    claimed: &Claimed<'a>,
) -> Writes<'a> {
    let carried_out: Vec<(usize, &CaseChange)> = changes
        .iter()
        .enumerate()
        .zip(outcomes)
        .filter(|(_, outcome)| **outcome == AppendOutcome::Committed)
        .map(|(change, _)| change)
        .collect();
    let mut list = vec![cases(&carried_out, claims)];
    list.extend(usually_beside(&carried_out));
    list.extend(seldom_beside(&carried_out));
    Writes {
        undo: undo(changes, &carried_out, claims, claimed),
        any: !carried_out.is_empty(),
        list,
    }
}

/// Of the rows beside those of the cases themselves, what nearly every step of a case writes.
fn usually_beside<'a>(carried_out: &CarriedOut<'a>) -> [Rows<'a>; 9] {
    [
        events(carried_out),
        services(carried_out),
        outbox(carried_out),
        outbox_done(carried_out),
        timers(carried_out, true),
        timers(carried_out, false),
        sealed(carried_out),
        case_facts(carried_out),
        service_facts(carried_out),
    ]
}

/// And what few steps write: submissions, grants, ratings, what a window found.
fn seldom_beside<'a>(carried_out: &CarriedOut<'a>) -> [Rows<'a>; 5] {
    [
        licences(carried_out),
        drafts(carried_out),
        evidence(carried_out),
        inconsistencies(carried_out),
        ratings(carried_out),
    ]
}

/// What lists, timers and figures live on.
pub(crate) struct Projected<'a> {
    pub(crate) cases: Rows<'a>,
    pub(crate) services: Rows<'a>,
    pub(crate) timers: Rows<'a>,
    pub(crate) inconsistencies: Rows<'a>,
    pub(crate) case_facts: Rows<'a>,
    pub(crate) service_facts: Rows<'a>,
    pub(crate) ratings: Rows<'a>,
}

/// Those rows of cases, each of which stands there once.
pub(crate) fn projected<'a>(of: &CarriedOut<'a>) -> Projected<'a> {
    let mut cases = Rows::new(&tables::CASES);
    for (_, change) in of {
        push_case(&mut cases, &change.case);
    }
    Projected {
        cases,
        services: services(of),
        timers: timers(of, false),
        inconsistencies: inconsistencies(of),
        case_facts: case_facts(of),
        service_facts: service_facts(of),
        ratings: ratings(of),
    }
}

/// Rows of one table, for whoever copies them in.
pub(crate) struct Filled<'a> {
    pub(crate) table: &'static str,
    /// A column that is not among those of the rows, and where among them its value stands.
    pub(crate) again: Option<(&'static str, usize)>,
    pub(crate) rows: Rows<'a>,
}

/// All rows of cases that do not exist yet, each of which stands there once.
pub(crate) fn filled(changes: &[CaseChange]) -> Vec<Filled<'_>> {
    let of: Vec<(usize, &CaseChange)> = changes.iter().enumerate().collect();
    let mut submissions = Rows::new(&tables::CLAIM_DRAFTS);
    for change in changes {
        if let Some(draft) = change.draft {
            submissions.push([draft.0.into(), change.case_id.0.into()]);
        }
    }
    let rows = projected(&of);
    let filled = |table, rows| Filled { table, again: None, rows };
    vec![
        filled("submissions", submissions),
        filled("cases", rows.cases),
        filled("case_events", events(&of)),
        filled("service_cases", rows.services),
        Filled { table: "outbox", again: Some(("claimable_at", 8)), rows: outbox(&of) },
        Filled { table: "timers", again: Some(("claimable_at", 3)), rows: rows.timers },
        filled("licences", licences(&of)),
        filled("sealed_values", sealed(&of)),
        filled("inconsistencies", rows.inconsistencies),
        filled("case_facts", rows.case_facts),
        filled("service_facts", rows.service_facts),
        filled("ratings", rows.ratings),
    ]
}

/// A batch in which nothing speaks against anything: all of it is written at once, if the database holds what
/// it expects. So it is nearly always.
#[derive(Debug)]
pub(crate) struct Smooth<'a> {
    /// In a fixed order, empty or not: all of them, or all but those that few steps write. A database makes ready
    /// for every statement that it is given, whether or not there are rows for it.
    pub(crate) list: Vec<Rows<'a>>,
    /// Which of the two lists it is.
    pub(crate) whole: bool,
    /// How many rows those of `checked` must touch together.
    pub(crate) expected: usize,
}

impl Smooth<'_> {
    /// Where commands, new cases, cases that go on and drafts stand in the list.
    pub(crate) const fn checked(&self) -> &'static [usize] {
        if self.whole { &[0, 1, 2, 3] } else { &[0, 1, 2] }
    }
}

impl<'a> Smooth<'a> {
    /// `None` when two changes have one command or draft, or do not follow each other.
    pub(crate) fn of(changes: &'a [CaseChange], claims: &Claims<'a>) -> Option<Self> {
        let mut commands = 0usize;
        let mut drafts = 0usize;
        // First expected version and last change of each case.
        let mut cases: BTreeMap<CaseId, (u64, &CaseChange)> = BTreeMap::new();
        for change in changes {
            commands = commands.saturating_add(usize::from(change.command.is_some()));
            drafts = drafts.saturating_add(usize::from(change.draft.is_some()));
            match cases.get_mut(&change.case_id) {
                Some((_, last)) if last.case.version == change.expected_version => *last = change,
                Some(_) => return None,
                None => {
                    cases.insert(change.case_id, (change.expected_version, change));
                }
            }
        }
        if commands != claims.commands.len() || drafts != claims.drafts.len() {
            return None;
        }
        let expected = commands.saturating_add(drafts).saturating_add(cases.len());
        let mut new_cases = Rows::new(&tables::CLAIM_CASES);
        let mut going_on = Rows::new(&tables::ADVANCE_CASES);
        for (first, last) in cases.values() {
            if *first == 0 {
                push_case(&mut new_cases, &last.case);
            } else {
                let [a, b, c, d, e, f, g, h, i] = case_cells(&last.case);
                going_on.push([a, b, c, d, e, f, g, h, i, signed(*first).into()]);
            }
        }
        let carried_out: Vec<(usize, &CaseChange)> = changes.iter().enumerate().collect();
        let draft_rows = claims.draft_rows(changes);
        let seldom = seldom_beside(&carried_out);
        let whole = !draft_rows.is_empty() || seldom.iter().any(|rows| !rows.is_empty());
        let mut list = vec![claims.command_rows(changes), new_cases, going_on];
        if whole {
            list.push(draft_rows);
        }
        list.extend(usually_beside(&carried_out));
        if whole {
            list.extend(seldom);
        }
        Some(Self { list, whole, expected })
    }
}

type CarriedOut<'a> = [(usize, &'a CaseChange)];

fn undo<'a>(
    changes: &'a [CaseChange],
    carried_out: &CarriedOut<'a>,
    claims: &Claims<'a>,
    claimed: &Claimed<'a>,
) -> Undo<'a> {
    let mut undo = Undo {
        commands: Vec::new(),
        drafts: Vec::new(),
        cases: Vec::new(),
        again: [Rows::new(&tables::CLAIM_COMMANDS), Rows::new(&tables::CLAIM_DRAFTS)],
    };
    if carried_out.len() == changes.len() {
        return undo;
    }
    let [commands_again, drafts_again] = &mut undo.again;
    for key in &claimed.commands {
        let by = carried_out.iter().find_map(|(at, change)| {
            let command = change.command.as_ref()?;
            (command_key(command) == *key).then_some((at, change.case_id, command))
        });
        if by.map(|(at, ..)| at) != claims.commands.get(key) {
            undo.commands.push(*key);
            if let Some((_, case_id, command)) = by {
                push_command(commands_again, case_id, command);
            }
        }
    }
    for draft in &claimed.drafts {
        let by = carried_out.iter().find(|(_, change)| change.draft == Some(*draft));
        if by.map(|(at, _)| at) != claims.drafts.get(draft) {
            undo.drafts.push(*draft);
            if let Some((_, change)) = by {
                drafts_again.push([draft.0.into(), change.case_id.0.into()]);
            }
        }
    }
    for case in &claimed.cases {
        if !carried_out.iter().any(|(_, change)| change.case_id == *case) {
            undo.cases.push(*case);
        }
    }
    undo
}

fn events<'a>(carried_out: &CarriedOut<'a>) -> Rows<'a> {
    let mut rows = Rows::new(&tables::EVENTS);
    for (_, change) in carried_out {
        for event in &change.events {
            rows.push([
                change.case_id.0.into(),
                signed(event.seq).into(),
                micros(event.at).into(),
                event.body.as_str().into(),
            ]);
        }
    }
    rows
}

/// The last row of each case, unless it is the one that the claim inserted.
fn cases<'a>(carried_out: &CarriedOut<'a>, claims: &Claims<'a>) -> Rows<'a> {
    let mut last = BTreeMap::new();
    for (at, change) in carried_out {
        last.insert(change.case_id, (*at, change));
    }
    let mut rows = Rows::new(&tables::CASES);
    for (case_id, (at, change)) in last {
        if claims.new_cases.get(&case_id) != Some(&at) {
            push_case(&mut rows, &change.case);
        }
    }
    rows
}

fn services<'a>(carried_out: &CarriedOut<'a>) -> Rows<'a> {
    let mut last = BTreeMap::new();
    for row in carried_out.iter().flat_map(|(_, change)| &change.services) {
        last.insert((row.case_id, row.node.as_str()), row);
    }
    let mut rows = Rows::new(&tables::SERVICES);
    for row in last.into_values() {
        push_service(&mut rows, row.case_id, row);
    }
    rows
}

fn outbox<'a>(carried_out: &CarriedOut<'a>) -> Rows<'a> {
    let done: BTreeSet<Uuid> = carried_out
        .iter()
        .flat_map(|(_, change)| change.outbox_done.iter().map(|dispatch| dispatch.0))
        .collect();
    let mut seen = BTreeSet::new();
    let mut rows = Rows::new(&tables::OUTBOX);
    for (_, change) in carried_out {
        let first = change.case.version.saturating_mul(POSITIONS_PER_CHANGE);
        for (row, at) in change.outbox.iter().zip(0u64..) {
            let dispatch = row.dispatch_id.0;
            if !seen.insert(dispatch) {
                continue;
            }
            let status = if done.contains(&dispatch) { "done" } else { "ready" };
            rows.push([
                row.case_id.0.into(),
                dispatch.into(),
                row.node.as_str().into(),
                row.department.as_str().into(),
                row.kind.as_str().into(),
                i64::from(row.round).into(),
                signed(first.saturating_add(at)).into(),
                status.into(),
                micros(row.due_at).into(),
            ]);
        }
    }
    rows
}

fn outbox_done<'a>(carried_out: &CarriedOut<'a>) -> Rows<'a> {
    let mut rows = Rows::new(&tables::OUTBOX_DONE);
    for (_, change) in carried_out {
        for dispatch in &change.outbox_done {
            rows.push([change.case_id.0.into(), dispatch.0.into()]);
        }
    }
    rows
}

/// The timers of each case's last change; with `empty`, an empty row for a case that has none.
fn timers<'a>(carried_out: &CarriedOut<'a>, empty: bool) -> Rows<'a> {
    let mut last = BTreeMap::new();
    for (_, change) in carried_out {
        last.insert(change.case_id, change);
    }
    let mut rows = Rows::new(if empty { &tables::TIMERS_GONE } else { &tables::TIMERS });
    for (case_id, change) in last {
        if empty && change.timers.is_empty() {
            rows.push([case_id.0.into(), "".into(), "".into(), Cell::Bigint(0)]);
        }
        for timer in &change.timers {
            rows.push([
                case_id.0.into(),
                timer.node.as_str().into(),
                timer.kind.as_str().into(),
                micros(timer.due_at).into(),
            ]);
        }
    }
    rows
}

fn licences<'a>(carried_out: &CarriedOut<'a>) -> Rows<'a> {
    let mut last = BTreeMap::new();
    for row in carried_out.iter().flat_map(|(_, change)| &change.licences) {
        last.insert((row.case_id, row.licence_id), row);
    }
    let mut rows = Rows::new(&tables::LICENCES);
    for row in last.into_values() {
        rows.push([
            row.case_id.0.into(),
            row.licence_id.0.into(),
            row.node.as_str().into(),
            row.output.as_str().into(),
            row.code.as_str().into(),
            row.verification_hash.as_str().into(),
            row.issuer.as_str().into(),
            row.subject.0.into(),
            row.owner.map(|owner| owner.0).into(),
            row.issued_on.as_str().into(),
            row.valid_until.as_deref().into(),
            row.status.as_str().into(),
            row.body.0.into(),
        ]);
    }
    rows
}

fn sealed<'a>(carried_out: &CarriedOut<'a>) -> Rows<'a> {
    let mut rows = Rows::new(&tables::SEALED);
    for row in carried_out.iter().flat_map(|(_, change)| &change.sealed) {
        rows.push([row.sealed_id.0.into(), row.subject.0.into(), row.bytes.as_slice().into()]);
    }
    rows
}

fn drafts<'a>(carried_out: &CarriedOut<'a>) -> Rows<'a> {
    let mut rows = Rows::new(&tables::DRAFTS_SUBMITTED);
    for (_, change) in carried_out {
        if let Some(draft) = change.draft {
            rows.push([draft.0.into(), change.case_id.0.into()]);
        }
    }
    rows
}

fn evidence<'a>(carried_out: &CarriedOut<'a>) -> Rows<'a> {
    let mut rows = Rows::new(&tables::EVIDENCE_OF_CASE);
    for (_, change) in carried_out {
        for id in &change.evidence {
            rows.push([id.0.into(), change.case_id.0.into()]);
        }
    }
    rows
}

fn inconsistencies<'a>(carried_out: &CarriedOut<'a>) -> Rows<'a> {
    let mut rows = Rows::new(&tables::INCONSISTENCIES);
    for row in carried_out.iter().flat_map(|(_, change)| &change.inconsistencies) {
        rows.push([
            row.case_id.0.into(),
            signed(row.seq).into(),
            row.line.as_str().into(),
            row.kind.as_str().into(),
            row.case_number.as_str().into(),
            row.node.as_str().into(),
            row.service.as_str().into(),
            row.matter.as_str().into(),
            row.department.as_str().into(),
            row.outlet.as_deref().into(),
            row.window.as_deref().into(),
            row.checklist.as_str().into(),
            micros(row.at).into(),
        ]);
    }
    rows
}

/// The last word of the batch on each case.
fn case_facts<'a>(carried_out: &CarriedOut<'a>) -> Rows<'a> {
    let facts = carried_out.iter().filter_map(|(_, change)| change.fact.as_ref());
    let last: BTreeMap<CaseId, &CaseFactRow> = facts.map(|row| (row.case_id, row)).collect();
    case_fact_rows(last.into_values())
}

fn service_facts<'a>(carried_out: &CarriedOut<'a>) -> Rows<'a> {
    let facts = carried_out.iter().flat_map(|(_, change)| &change.service_facts);
    let last: BTreeMap<(CaseId, &str), &ServiceFactRow> =
        facts.map(|row| ((row.case_id, row.node.as_str()), row)).collect();
    service_fact_rows(last.into_values())
}

fn ratings<'a>(carried_out: &CarriedOut<'a>) -> Rows<'a> {
    let rows = carried_out.iter().flat_map(|(_, change)| &change.ratings);
    let last: BTreeMap<(CaseId, &str), &RatingRow> =
        rows.map(|row| ((row.case_id, row.node.as_str()), row)).collect();
    rating_rows(last.into_values())
}

pub(crate) fn rating_rows<'a>(ratings: impl Iterator<Item = &'a RatingRow>) -> Rows<'a> {
    let mut rows = Rows::new(&tables::RATINGS);
    for row in ratings {
        rows.push([
            row.case_id.0.into(),
            row.node.as_str().into(),
            row.case_number.as_str().into(),
            row.matter.as_str().into(),
            row.department.as_str().into(),
            row.area.as_str().into(),
            row.outlet.as_str().into(),
            row.channel.as_str().into(),
            row.via.as_str().into(),
            i64::from(row.grade).into(),
            micros(row.rated_at).into(),
            row.rated_on.as_str().into(),
            row.state.as_str().into(),
            row.appealed.into(),
            row.contact_due_on.as_deref().into(),
            row.due_on.as_deref().into(),
            row.rectified_on.as_deref().into(),
        ]);
    }
    rows
}

pub(crate) fn case_fact_rows<'a>(facts: impl Iterator<Item = &'a CaseFactRow>) -> Rows<'a> {
    let mut rows = Rows::new(&tables::CASE_FACTS);
    for row in facts {
        push_case_fact(&mut rows, row.case_id, row);
    }
    rows
}

pub(crate) fn push_case_fact<'a>(rows: &mut Rows<'a>, case_id: CaseId, row: &'a CaseFactRow) {
    rows.push([
        case_id.0.into(),
        row.draft_id.0.into(),
        row.matter.as_str().into(),
        row.area.as_str().into(),
        row.channel.as_str().into(),
        row.outlet.as_str().into(),
        row.submitted_on.as_str().into(),
        row.ended_on.as_deref().into(),
        row.rated_on.as_deref().into(),
        row.accepted_at_once.into(),
        row.all_granted.into(),
        row.body.as_str().into(),
    ]);
}

pub(crate) fn service_fact_rows<'a>(facts: impl Iterator<Item = &'a ServiceFactRow>) -> Rows<'a> {
    let mut rows = Rows::new(&tables::SERVICE_FACTS);
    for row in facts {
        push_service_fact(&mut rows, row.case_id, row);
    }
    rows
}

pub(crate) fn push_service_fact<'a>(rows: &mut Rows<'a>, case_id: CaseId, row: &'a ServiceFactRow) {
    rows.push([
        case_id.0.into(),
        row.node.as_str().into(),
        row.matter.as_str().into(),
        row.service.as_str().into(),
        row.department.as_str().into(),
        row.area.as_str().into(),
        row.submitted_on.as_str().into(),
        row.ended_on.as_deref().into(),
        row.body.as_str().into(),
    ]);
}

fn push_command<'a>(rows: &mut Rows<'a>, case_id: CaseId, command: &'a CommandRow) {
    rows.push([
        command.actor.as_str().into(),
        command.action.as_str().into(),
        command.command_id.0.into(),
        case_id.0.into(),
        command.digest.as_str().into(),
        command.answer.as_str().into(),
    ]);
}

fn push_case<'a>(rows: &mut Rows<'a>, row: &'a CaseRow) {
    rows.push(case_cells(row));
}

fn case_cells(row: &CaseRow) -> [Cell<'_>; 9] {
    [
        row.case_id.0.into(),
        row.case_number.as_str().into(),
        row.subject.0.into(),
        row.owner.map(|owner| owner.0).into(),
        row.matter.as_str().into(),
        row.state.as_str().into(),
        micros(row.submitted_at).into(),
        row.promised_on.as_deref().into(),
        signed(row.version).into(),
    ]
}

pub(crate) fn push_service<'a>(rows: &mut Rows<'a>, case_id: CaseId, row: &'a ServiceRow) {
    rows.push([
        case_id.0.into(),
        row.node.as_str().into(),
        row.case_number.as_str().into(),
        row.service.as_str().into(),
        row.matter.as_str().into(),
        row.department.as_str().into(),
        row.state.as_str().into(),
        row.started_at.map(micros).into(),
        row.promised_on.as_deref().into(),
        row.statutory_on.as_deref().into(),
        row.clock_stopped.into(),
        row.decided_at.map(micros).into(),
        row.applicant.map(|applicant| applicant.0).into(),
        row.promised_on.as_deref().unwrap_or(NO_PROMISE).into(),
        row.area.as_deref().into(),
        row.watched.stage.as_str().into(),
        row.watched.yellow_on.as_deref().into(),
        row.watched.red_on.as_deref().into(),
        row.watched.running.into(),
        row.watched.marks.as_str().into(),
        i64::from(row.watched.reminders).into(),
        i64::from(row.watched.notices).into(),
        i64::from(row.watched.answered).into(),
        row.watched.notice.as_str().into(),
        row.watched.told.as_str().into(),
    ]);
}

/// Versions and numbers of events stay far below the limit of a signed column.
fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
