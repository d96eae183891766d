//! The bulk statements of the append: one text each for both databases.
//!
//! Goes in: the rows that `gather` made. The statements of [`Writes`](crate::gather::Writes) touch
//! different rows, so that they may run in any order within one round trip.

use crate::bulk::Bulk;
use crate::bulk::Kind::{Bigint, Bool, Bytes, Text, Uuid};

// ---- claims: whoever inserts first has it ---------------------------------------------------------

pub(crate) static CLAIM_COMMANDS: Bulk = Bulk::new(
    &[
        ("actor", Text),
        ("action", Text),
        ("command_id", Uuid),
        ("case_id", Uuid),
        ("digest", Text),
        ("answer", Text),
    ],
    "INSERT INTO commands (actor, action, command_id, case_id, digest, answer) \
     SELECT actor, action, command_id, case_id, digest, answer FROM n WHERE true \
     ON CONFLICT (actor, action, command_id) DO NOTHING \
     RETURNING actor, action, command_id",
);

pub(crate) static CLAIM_DRAFTS: Bulk = Bulk::new(
    &[("draft_id", Uuid), ("case_id", Uuid)],
    "INSERT INTO submissions (draft_id, case_id) \
     SELECT draft_id, case_id FROM n WHERE true \
     ON CONFLICT (draft_id) DO NOTHING RETURNING draft_id",
);

const CASE_COLUMNS: &[(&str, crate::bulk::Kind)] = &[
    ("case_id", Uuid),
    ("case_number", Text),
    ("subject", Uuid),
    ("owner", Uuid),
    ("matter", Text),
    ("state", Text),
    ("submitted_at", Bigint),
    ("promised_on", Text),
    ("version", Bigint),
];

/// A case goes on only from the version that it was decided on.
pub(crate) static ADVANCE_CASES: Bulk = Bulk::new(
    &[
        ("case_id", Uuid),
        ("case_number", Text),
        ("subject", Uuid),
        ("owner", Uuid),
        ("matter", Text),
        ("state", Text),
        ("submitted_at", Bigint),
        ("promised_on", Text),
        ("version", Bigint),
        ("expected", Bigint),
    ],
    "UPDATE cases SET case_number = n.case_number, subject = n.subject, owner = n.owner, \
     matter = n.matter, state = n.state, submitted_at = n.submitted_at, \
     promised_on = n.promised_on, version = n.version FROM n \
     WHERE cases.case_id = n.case_id AND cases.version = n.expected RETURNING cases.case_id",
);

pub(crate) static CLAIM_CASES: Bulk = Bulk::new(
    CASE_COLUMNS,
    "INSERT INTO cases (case_id, case_number, subject, owner, matter, state, submitted_at, \
     promised_on, version) \
     SELECT case_id, case_number, subject, owner, matter, state, submitted_at, promised_on, version \
     FROM n WHERE true \
     ON CONFLICT (case_id) DO NOTHING RETURNING case_id",
);

// ---- writes: everything that commits with the events -----------------------------------------------

pub(crate) static EVENTS: Bulk = Bulk::new(
    &[("case_id", Uuid), ("seq", Bigint), ("at", Bigint), ("body", Text)],
    "INSERT INTO case_events (case_id, seq, at, body) SELECT case_id, seq, at, body FROM n",
);

pub(crate) static CASES: Bulk = Bulk::new(
    CASE_COLUMNS,
    "INSERT INTO cases (case_id, case_number, subject, owner, matter, state, submitted_at, \
     promised_on, version) \
     SELECT case_id, case_number, subject, owner, matter, state, submitted_at, promised_on, version \
     FROM n WHERE true \
     ON CONFLICT (case_id) DO UPDATE SET case_number = excluded.case_number, \
     subject = excluded.subject, owner = excluded.owner, matter = excluded.matter, \
     state = excluded.state, submitted_at = excluded.submitted_at, \
     promised_on = excluded.promised_on, version = excluded.version",
);

pub(crate) static SERVICES: Bulk = Bulk::new(
    &[
        ("case_id", Uuid),
        ("node", Text),
        ("case_number", Text),
        ("service", Text),
        ("matter", Text),
        ("department", Text),
        ("state", Text),
        ("started_at", Bigint),
        ("promised_on", Text),
        ("statutory_on", Text),
        ("clock_stopped", Bool),
        ("decided_at", Bigint),
        ("applicant", Uuid),
        ("sort_on", Text),
        ("area", Text),
        ("stage", Text),
        ("yellow_on", Text),
        ("red_on", Text),
        ("running", Bool),
        ("marks", Text),
        ("reminders", Bigint),
        ("notices", Bigint),
        ("answered", Bigint),
        ("notice", Text),
        ("told", Text),
    ],
    "INSERT INTO service_cases (case_id, node, case_number, service, matter, department, state, \
     started_at, promised_on, statutory_on, clock_stopped, decided_at, applicant, sort_on, area, \
     stage, yellow_on, red_on, running, marks, reminders, notices, answered, notice, told) \
     SELECT case_id, node, case_number, service, matter, department, state, started_at, \
     promised_on, statutory_on, clock_stopped, decided_at, applicant, sort_on, area, stage, \
     yellow_on, red_on, running, marks, reminders, notices, answered, notice, told FROM n \
     WHERE true \
     ON CONFLICT (case_id, node) DO UPDATE SET case_number = excluded.case_number, \
     service = excluded.service, matter = excluded.matter, department = excluded.department, \
     state = excluded.state, started_at = excluded.started_at, \
     promised_on = excluded.promised_on, statutory_on = excluded.statutory_on, \
     clock_stopped = excluded.clock_stopped, decided_at = excluded.decided_at, \
     applicant = excluded.applicant, sort_on = excluded.sort_on, area = excluded.area, \
     stage = excluded.stage, yellow_on = excluded.yellow_on, red_on = excluded.red_on, \
     running = excluded.running, marks = excluded.marks, reminders = excluded.reminders, \
     notices = excluded.notices, answered = excluded.answered, notice = excluded.notice, \
     told = excluded.told",
);

/// A sending has a permanent id, so the same one is put in once.
pub(crate) static OUTBOX: Bulk = Bulk::new(
    &[
        ("case_id", Uuid),
        ("dispatch_id", Uuid),
        ("node", Text),
        ("department", Text),
        ("kind", Text),
        ("round", Bigint),
        ("position", Bigint),
        ("status", Text),
        ("due_at", Bigint),
    ],
    "INSERT INTO outbox (case_id, dispatch_id, node, department, kind, round, position, status, \
     due_at, claimable_at) \
     SELECT case_id, dispatch_id, node, department, kind, round, position, status, due_at, due_at \
     FROM n WHERE true \
     ON CONFLICT (case_id, dispatch_id) DO NOTHING",
);

/// Nearly all sendings are done, and a plan is kept for long: from the bare column the planner concludes that reading
/// the few open ones is cheaper than the key. Of what is made of it it knows nothing.
pub(crate) static OUTBOX_DONE: Bulk = Bulk::new(
    &[("case_id", Uuid), ("dispatch_id", Uuid)],
    "UPDATE outbox SET status = 'done', lease_until = NULL FROM n \
     WHERE outbox.case_id = n.case_id AND outbox.dispatch_id = n.dispatch_id \
     AND outbox.status || '' <> 'done'",
);

/// Takes away the timers that are no longer there; a case without any has one empty row in `n`. `NOT IN`
/// over rows without nulls is looked up by hash, where `NOT EXISTS` would compare each with each.
pub(crate) static TIMERS_GONE: Bulk = Bulk::new(
    &[("case_id", Uuid), ("node", Text), ("kind", Text), ("due_at", Bigint)],
    "DELETE FROM timers WHERE case_id IN (SELECT n.case_id FROM n) \
     AND (case_id, node, kind, due_at) NOT IN (SELECT n.case_id, n.node, n.kind, n.due_at FROM n)",
);

pub(crate) static TIMERS: Bulk = Bulk::new(
    &[("case_id", Uuid), ("node", Text), ("kind", Text), ("due_at", Bigint)],
    "INSERT INTO timers (case_id, node, kind, due_at, claimable_at) \
     SELECT case_id, node, kind, due_at, due_at FROM n WHERE true \
     ON CONFLICT (case_id, node, kind, due_at) DO NOTHING",
);

pub(crate) static LICENCES: Bulk = Bulk::new(
    &[
        ("case_id", Uuid),
        ("licence_id", Uuid),
        ("node", Text),
        ("output", Text),
        ("code", Text),
        ("verification_hash", Text),
        ("issuer", Text),
        ("subject", Uuid),
        ("owner", Uuid),
        ("issued_on", Text),
        ("valid_until", Text),
        ("status", Text),
        ("body", Uuid),
    ],
    "INSERT INTO licences (case_id, licence_id, node, output, code, verification_hash, issuer, \
     subject, owner, issued_on, valid_until, status, body) \
     SELECT case_id, licence_id, node, output, code, verification_hash, issuer, subject, owner, \
     issued_on, valid_until, status, body FROM n WHERE true \
     ON CONFLICT (case_id, licence_id) DO UPDATE SET node = excluded.node, \
     output = excluded.output, code = excluded.code, \
     verification_hash = excluded.verification_hash, issuer = excluded.issuer, \
     subject = excluded.subject, owner = excluded.owner, issued_on = excluded.issued_on, \
     valid_until = excluded.valid_until, status = excluded.status, body = excluded.body",
);

/// A sealed value never changes: the first one written stays.
pub(crate) static SEALED: Bulk = Bulk::new(
    &[("sealed_id", Uuid), ("subject", Uuid), ("bytes", Bytes)],
    "INSERT INTO sealed_values (sealed_id, subject, bytes) \
     SELECT sealed_id, subject, bytes FROM n WHERE true ON CONFLICT (sealed_id) DO NOTHING",
);

pub(crate) static DRAFTS_SUBMITTED: Bulk = Bulk::new(
    &[("draft_id", Uuid), ("case_id", Uuid)],
    "UPDATE drafts SET submitted_as = n.case_id FROM n WHERE drafts.draft_id = n.draft_id",
);

pub(crate) static EVIDENCE_OF_CASE: Bulk = Bulk::new(
    &[("evidence_id", Uuid), ("case_id", Uuid)],
    "UPDATE evidence SET case_id = n.case_id FROM n WHERE evidence.evidence_id = n.evidence_id",
);

/// An event never changes, and neither does what it tells.
pub(crate) static INCONSISTENCIES: Bulk = Bulk::new(
    &[
        ("case_id", Uuid),
        ("seq", Bigint),
        ("line", Text),
        ("kind", Text),
        ("case_number", Text),
        ("node", Text),
        ("service", Text),
        ("matter", Text),
        ("department", Text),
        ("outlet", Text),
        ("window_id", Text),
        ("checklist", Text),
        ("at", Bigint),
    ],
    "INSERT INTO inconsistencies (case_id, seq, line, kind, case_number, node, service, matter, \
     department, outlet, window_id, checklist, at) \
     SELECT case_id, seq, line, kind, case_number, node, service, matter, department, outlet, \
     window_id, checklist, at FROM n WHERE true ON CONFLICT (case_id, seq, line) DO NOTHING",
);

pub(crate) static CASE_FACTS: Bulk = Bulk::new(
    &[
        ("case_id", Uuid),
        ("draft_id", Uuid),
        ("matter", Text),
        ("area", Text),
        ("channel", Text),
        ("outlet", Text),
        ("submitted_on", Text),
        ("ended_on", Text),
        ("rated_on", Text),
        ("accepted_at_once", Bool),
        ("all_granted", Bool),
        ("body", Text),
    ],
    "INSERT INTO case_facts (case_id, draft_id, matter, area, channel, outlet, submitted_on, \
     ended_on, rated_on, accepted_at_once, all_granted, body) \
     SELECT case_id, draft_id, matter, area, channel, outlet, submitted_on, ended_on, rated_on, \
     accepted_at_once, all_granted, body FROM n WHERE true \
     ON CONFLICT (case_id) DO UPDATE SET draft_id = excluded.draft_id, \
     matter = excluded.matter, area = excluded.area, channel = excluded.channel, \
     outlet = excluded.outlet, submitted_on = excluded.submitted_on, \
     ended_on = excluded.ended_on, rated_on = excluded.rated_on, \
     accepted_at_once = excluded.accepted_at_once, all_granted = excluded.all_granted, \
     body = excluded.body",
);

pub(crate) static SERVICE_FACTS: Bulk = Bulk::new(
    &[
        ("case_id", Uuid),
        ("node", Text),
        ("matter", Text),
        ("service", Text),
        ("department", Text),
        ("area", Text),
        ("submitted_on", Text),
        ("ended_on", Text),
        ("body", Text),
    ],
    "INSERT INTO service_facts (case_id, node, matter, service, department, area, submitted_on, \
     ended_on, body) \
     SELECT case_id, node, matter, service, department, area, submitted_on, ended_on, body FROM n \
     WHERE true \
     ON CONFLICT (case_id, node) DO UPDATE SET matter = excluded.matter, \
     service = excluded.service, department = excluded.department, area = excluded.area, \
     submitted_on = excluded.submitted_on, ended_on = excluded.ended_on, body = excluded.body",
);

pub(crate) static RATINGS: Bulk = Bulk::new(
    &[
        ("case_id", Uuid),
        ("node", Text),
        ("case_number", Text),
        ("matter", Text),
        ("department", Text),
        ("area", Text),
        ("outlet", Text),
        ("channel", Text),
        ("via", Text),
        ("grade", Bigint),
        ("rated_at", Bigint),
        ("rated_on", Text),
        ("state", Text),
        ("appealed", Bool),
        ("contact_due_on", Text),
        ("due_on", Text),
        ("rectified_on", Text),
    ],
    "INSERT INTO ratings (case_id, node, case_number, matter, department, area, outlet, channel, \
     via, grade, rated_at, rated_on, state, appealed, contact_due_on, due_on, rectified_on) \
     SELECT case_id, node, case_number, matter, department, area, outlet, channel, via, grade, \
     rated_at, rated_on, state, appealed, contact_due_on, due_on, rectified_on FROM n WHERE true \
     ON CONFLICT (case_id, node) DO UPDATE SET department = excluded.department, \
     grade = excluded.grade, rated_at = excluded.rated_at, rated_on = excluded.rated_on, \
     via = excluded.via, state = excluded.state, appealed = excluded.appealed, \
     contact_due_on = excluded.contact_due_on, due_on = excluded.due_on, \
     rectified_on = excluded.rectified_on",
);
