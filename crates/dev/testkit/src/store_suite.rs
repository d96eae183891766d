//! What every store has to do, as one suite: each test gets an empty place and opens stores in it.
//!
//! `for_each_store_test!` hands the names to a macro of the crate that runs them.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::indexing_slicing,
    reason = "these are tests, written where both backends can use them"
)]

use store_port::{CaseChange, CaseRow, CommandRow, EventRow, OutboxRow, ServiceRow, SharedStore};
use uuid::Uuid;
use vocabulary::{AccountId, CaseId, CommandId, DispatchId, Instant, NodeKey, SubjectId};

mod assignments;
mod calendars;
mod definitions;
mod desk;
mod figures;
mod inconsistencies;
mod lists;
mod log;
mod people;
mod projections;
mod races;
mod ratings;
mod sendings;
mod supervision;
mod upkeep;
mod windows;

pub use assignments::*;
pub use calendars::*;
pub use definitions::*;
pub use desk::*;
pub use figures::*;
pub use inconsistencies::*;
pub use lists::*;
pub use log::*;
pub use people::*;
pub use projections::*;
pub use races::*;
pub use ratings::*;
pub use sendings::*;
pub use supervision::*;
pub use upkeep::*;
pub use windows::*;

/// Calls `$run!` with the name of every test of the suite.
#[macro_export]
macro_rules! for_each_store_test {
    ($run:ident) => {
        $run! {
            a_change_commits_with_everything_beside_it,
            one_conflict_never_fails_the_batch,
            changes_of_one_case_in_one_batch_follow_each_other,
            what_follows_a_lost_change_is_lost_with_it,
            a_draft_becomes_one_case,
            a_command_is_carried_out_once,
            a_command_is_carried_out_once_within_a_batch,
            what_a_losing_change_claimed_is_free_again,
            nothing_of_a_losing_change_is_ever_seen,
            a_large_batch_keeps_every_row,
            reopening_keeps_everything,
            case_ids_are_paged_completely,
            racers_on_one_case_have_one_winner,
            racers_for_one_draft_make_one_case,
            racers_with_one_command_carry_it_out_once,
            crossing_batches_neither_fail_nor_lose,
            two_workers_never_claim_the_same_row,
            an_expired_lease_gives_a_new_fence,
            a_delivered_sending_is_claimed_again_only_when_no_receipt_comes,
            a_closed_sending_is_never_claimed_again,
            a_later_sending_of_a_node_waits_for_the_earlier,
            what_is_owed_is_counted_by_department,
            timers_are_replaced_with_each_change,
            a_due_timer_is_claimed_by_one,
            silent_sources_keep_no_other_timer_waiting,
            a_nonce_is_taken_once,
            inconsistencies_are_listed_and_counted_under_the_same_filter,
            ratings_are_listed_and_counted_under_the_same_filter,
            visits_of_a_doorplate_are_counted_by_day,
            an_order_is_taken_by_one_agent_and_ended_once,
            a_number_belongs_to_one_person,
            a_draft_is_in_one_clerks_hand,
            what_is_aside_is_taken_up_once,
            two_officers_who_saw_the_same_cannot_both_take_a_case,
            officers_of_a_department_are_those_who_can_sign_in,
            filters_are_kept_by_officer_and_found_by_link,
            marks_are_replaced_as_a_whole,
            an_opinion_is_asked_once_and_given_once,
            what_looks_alike_is_found_among_the_departments_own,
            worklists_are_paged_completely_and_without_repeats,
            counts_agree_with_rows_under_every_filter,
            cases_are_found_by_owner_and_number,
            counts_stop_at_the_bound_and_pages_do_not,
            rows_made_again_are_put_where_they_differ,
            a_case_that_goes_on_is_not_put_back,
            drafts_are_saved_by_the_one_who_saw_the_last_version,
            evidence_stays_once_its_draft_is_submitted,
            accounts_are_kept_and_changed,
            sessions_begin_and_end,
            the_first_key_of_a_subject_stays,
            sealed_values_are_written_once,
            definitions_are_kept_once,
            a_revision_leads_to_its_latest_definitions,
            racers_keep_the_same_definitions_once,
            lights_are_counted_as_they_are_listed,
            what_is_addressed_is_listed_and_counted,
            definitions_are_published_one_after_the_other,
            records_of_clerks_are_kept_and_revoked_once,
            a_delegation_is_revoked_once,
            numbers_are_drawn_without_gaps_by_zone_and_day,
            tickets_are_called_in_order_and_changed_by_whoever_saw_them_last,
            racers_for_the_queue_never_get_the_same_person,
            accounts_are_listed_by_role,
            facts_commit_with_their_change_and_the_last_word_stays,
            facts_are_read_by_their_dates_area_and_matter,
            an_opened_interview_is_followed_to_its_case,
            what_no_receipt_has_closed_is_listed,
            cases_without_facts_are_found_and_made_good,
            a_calendar_is_loaded_once_and_taken_up_where_it_stopped,
            a_moved_date_is_listed_once,
            what_the_operator_asks_is_told,
            all_sessions_are_ended_together,
        }
    };
}

/// Where a test's stores live: an embedded file, or a database of the private PostgreSQL.
#[derive(Debug)]
pub struct Place {
    url: String,
    _folder: Option<tempfile::TempDir>,
}

impl Place {
    /// A fresh folder for an embedded store.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let url = format!("sqlite://{}/hub.db", folder.path().display());
        Self { url, _folder: Some(folder) }
    }

    /// A fresh PostgreSQL database; `None` where that may be left out.
    pub fn postgres() -> Option<Self> {
        let url = crate::postgres::fresh_database()?;
        Some(Self { url, _folder: None })
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Opens (and migrates) a store here.
    pub async fn open(&self) -> SharedStore {
        store_sql::open(&self.url).await.expect("the store opens")
    }
}

/// The `n`-th id of a test.
pub(crate) fn id(n: u32) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + u128::from(n))
}

pub(crate) fn case(n: u32) -> CaseId {
    CaseId(id(n))
}

/// `minutes` after the suite's day began.
pub(crate) fn at(minutes: i64) -> Instant {
    Instant::from_second(1_772_413_200 + 60 * minutes).expect("within the range of instants")
}

/// A change that takes a case from `expected` to the next version, with one event and nothing beside it.
pub(crate) fn change(case_id: CaseId, expected: u64) -> CaseChange {
    let version = expected + 1;
    let minutes = i64::try_from(version).expect("versions of tests are small");
    let case = CaseRow {
        case_id,
        case_number: number(case_id),
        subject: SubjectId(id(900_001)),
        owner: Some(AccountId(id(900_002))),
        matter: "newborn".to_owned(),
        state: format!("state-{version}"),
        submitted_at: at(0),
        promised_on: Some("2026-03-09".to_owned()),
        version,
    };
    let body = format!("{{\"step\":{version}}}");
    let events = vec![EventRow { seq: version, at: at(minutes), body }];
    CaseChange { events, ..CaseChange::of(case, expected) }
}

pub(crate) fn number(case_id: CaseId) -> String {
    format!("N{:06}", case_id.0.as_u128() & 0xff_ffff)
}

pub(crate) fn command(n: u32, digest: &str) -> CommandRow {
    CommandRow {
        actor: "account-1".to_owned(),
        action: "submit".to_owned(),
        command_id: CommandId(id(n)),
        digest: digest.to_owned(),
        answer: format!("{{\"digest\":\"{digest}\"}}"),
    }
}

pub(crate) fn service(case_id: CaseId, node: &str) -> ServiceRow {
    ServiceRow {
        case_id,
        case_number: number(case_id),
        node: node.to_owned(),
        service: node.to_owned(),
        matter: "newborn".to_owned(),
        department: "police".to_owned(),
        state: "received".to_owned(),
        started_at: Some(at(1)),
        promised_on: Some("2026-03-09".to_owned()),
        statutory_on: Some("2026-03-30".to_owned()),
        clock_stopped: false,
        decided_at: None,
        applicant: None,
        area: None,
        watched: store_port::WatchedRow::default(),
    }
}

pub(crate) fn sending(case_id: CaseId, node: &str, round: u32, due_at: Instant) -> OutboxRow {
    OutboxRow {
        case_id,
        dispatch_id: DispatchId::derive(case_id, &NodeKey::single(node), "referral", round),
        node: node.to_owned(),
        department: "police".to_owned(),
        kind: "referral".to_owned(),
        round,
        due_at,
    }
}
