//! The store as one node sees it: every call stops at the gate of the world, which may let the node die before it
//! or after it, make it fail, or leave the node in doubt. What passes is done by the real store, in one go.

use std::sync::OnceLock;

use async_trait::async_trait;
use store_port::*;
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;
use vocabulary::*;

use crate::world::{Gate, Pass};

/// Runs what the database does to its end, while the world stands still: its own tasks and timers belong to real time.
pub(crate) fn at_once<T>(work: impl Future<Output = T>) -> T {
    static DATABASE: OnceLock<Runtime> = OnceLock::new();
    let database = DATABASE.get_or_init(|| {
        Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
    });
    let _there = database.enter();
    futures::executor::block_on(tokio::task::unconstrained(work))
}

/// The real store behind a gate.
#[derive(Debug)]
pub(crate) struct Watched {
    pub(crate) inner: SharedStore,
    pub(crate) gate: Gate,
}

impl Watched {
    async fn pass<T>(
        &self,
        what: &'static str,
        act: impl FnOnce() -> Result<T, Fault> + Send,
    ) -> Result<T, Fault> {
        match self.gate.before(what).await {
            Pass::On => {}
            Pass::Fails => {
                let source = std::io::Error::other("the simulated disk is full").into();
                return Err(Fault::Database { doing: what, source });
            }
            Pass::DoneInDoubt => {
                act()?;
                return Err(Fault::OutcomeUnknown { doing: what });
            }
            Pass::NotDoneInDoubt => return Err(Fault::OutcomeUnknown { doing: what }),
        }
        let done = act()?;
        self.gate.after(what).await;
        Ok(done)
    }
}

macro_rules! watch {
    ($port:ident { $($name:ident($($arg:ident: $ty:ty),*) -> $out:ty;)* }) => {
        #[async_trait]
        impl $port for Watched {
            $(async fn $name(&self, $($arg: $ty),*) -> Result<$out, Fault> {
                let act = || at_once(self.inner.$name($($arg),*));
                self.pass(stringify!($name), act).await
            })*
        }
    };
}

#[async_trait]
impl CaseLog for Watched {
    async fn append(&self, changes: &[CaseChange]) -> Result<Vec<AppendOutcome>, Fault> {
        let act = || {
            let outcomes = at_once(self.inner.append(changes))?;
            for (change, outcome) in changes.iter().zip(&outcomes) {
                let events = change.events.iter().map(|event| {
                    let body: serde_json::Value = serde_json::from_str(&event.body).unwrap();
                    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
                    format!("{} {} {}", event.seq, text("event"), text("node"))
                });
                let events: Vec<String> = events.collect();
                self.gate.note(format!("{}: {outcome:?}", events.join(", ")));
            }
            Ok(outcomes)
        };
        self.pass("append", act).await
    }

    async fn load_events(&self, cases: &[CaseId]) -> Result<Vec<(CaseId, Vec<EventRow>)>, Fault> {
        self.pass("load_events", || at_once(self.inner.load_events(cases))).await
    }

    async fn find_command(
        &self,
        actor: &str,
        action: &str,
        command: CommandId,
    ) -> Result<Option<CommandRow>, Fault> {
        let act = || at_once(self.inner.find_command(actor, action, command));
        self.pass("find_command", act).await
    }

    async fn list_case_ids(&self, after: Option<CaseId>, limit: u32) -> Result<Vec<CaseId>, Fault> {
        self.pass("list_case_ids", || at_once(self.inner.list_case_ids(after, limit))).await
    }
}

#[async_trait]
impl Outbox for Watched {
    async fn claim(
        &self,
        worker: &str,
        now: Instant,
        lease_until: Instant,
        limit: u32,
    ) -> Result<Vec<Claimed>, Fault> {
        let act = || {
            let claimed = at_once(self.inner.claim(worker, now, lease_until, limit))?;
            for it in &claimed {
                self.gate.claimed(it.row.dispatch_id, it.fence);
            }
            Ok(claimed)
        };
        self.pass("claim", act).await
    }

    async fn retry(
        &self,
        case: CaseId,
        dispatch: DispatchId,
        fence: u64,
        next_at: Instant,
        why: &str,
    ) -> Result<bool, Fault> {
        let act = || {
            let written = at_once(self.inner.retry(case, dispatch, fence, next_at, why))?;
            self.gate.written(dispatch, fence, written);
            Ok(written)
        };
        self.pass("retry", act).await
    }

    async fn delivered(
        &self,
        case: CaseId,
        dispatch: DispatchId,
        fence: u64,
        again_at: Instant,
    ) -> Result<bool, Fault> {
        let act = || {
            let written = at_once(self.inner.delivered(case, dispatch, fence, again_at))?;
            self.gate.written(dispatch, fence, written);
            Ok(written)
        };
        self.pass("delivered", act).await
    }

    async fn find(&self, dispatch: DispatchId) -> Result<Option<OutboxRow>, Fault> {
        self.pass("find", || at_once(self.inner.find(dispatch))).await
    }

    async fn owed(&self) -> Result<Vec<(String, u64, u64)>, Fault> {
        self.pass("owed", || at_once(self.inner.owed())).await
    }

    async fn due_timers(&self, now: Instant, limit: u32) -> Result<Vec<TimerRow>, Fault> {
        self.pass("due_timers", || at_once(self.inner.due_timers(now, limit))).await
    }
}

watch!(Assignments {
    assign(row: &AssignmentRow) -> bool;
    list_assignments(cases: &[CaseId]) -> Vec<AssignmentRow>;
    list_assignment_changes(case: CaseId, node: &str) -> Vec<AssignmentRow>;
    list_officers(department: &str) -> Vec<AccountRow>;
    insert_filter(row: &SavedFilterRow) -> ();
    list_filters(officer: AccountId) -> Vec<SavedFilterRow>;
    find_filter(filter: Uuid) -> Option<SavedFilterRow>;
    delete_filter(filter: Uuid, officer: AccountId) -> bool;
    put_marks(case: CaseId, node: &str, marks: &[LineMarkRow]) -> ();
    list_marks(case: CaseId, node: &str) -> Vec<LineMarkRow>;
    ask_opinion(row: &OpinionRow) -> bool;
    give_opinion(case: CaseId, opinion: Uuid, given: &GivenOpinion) -> bool;
    list_opinions(cases: &[CaseId]) -> Vec<OpinionRow>;
    list_open_opinions(department: &str, limit: u32) -> Vec<OpinionRow>;
    keep_keys(case: CaseId, node: &str, department: &str, hash: &str) -> ();
    list_alike(wanted: &AlikeWanted) -> Vec<AlikeRow>;
    put_likeness(row: &LikenessRow) -> ();
    list_likenesses(case: CaseId, node: &str) -> Vec<LikenessRow>;
});

watch!(Calendars {
    insert_calendar_load(row: &CalendarLoadRow) -> bool;
    list_calendar_loads(limit: u32) -> Vec<CalendarLoadRow>;
    advance_calendar_load(seq: u64, cursor: Option<CaseId>, cases: u64, finished_at: Option<Instant>) -> ();
    put_calendar_changes(rows: &[CalendarChangeRow]) -> ();
    list_calendar_changes(load: u64, limit: u32) -> Vec<CalendarChangeRow>;
    count_calendar_changes(load: u64) -> (u64, u64);
});

watch!(Desk {
    list_accounts_in(role: &str) -> Vec<AccountRow>;
    insert_capabilities(rows: &[CapabilityRow]) -> ();
    revoke_capability(id: Uuid, revoked: &RevokedBy) -> bool;
    find_capability(id: Uuid) -> Option<CapabilityRow>;
    list_capabilities(clerk: AccountId) -> Vec<CapabilityRow>;
    insert_revocation(row: &RevocationRow) -> bool;
    list_revocations() -> Vec<RevocationRow>;
    draw_ticket(wanted: &TicketWanted) -> TicketRow;
    call_next(caller: &Caller) -> Called;
    change_ticket(row: &TicketRow) -> bool;
    find_ticket(id: Uuid) -> Option<TicketRow>;
    list_tickets(outlet: &str, day: &str, states: &[&str]) -> Vec<TicketRow>;
    waiting(outlet: &str, day: &str) -> Vec<Waiting>;
});

watch!(DoorplateVisits {
    note_visit(doorplate: &str, day: &str) -> ();
    list_visits(since: &str, until: &str) -> Vec<VisitsRow>;
});

watch!(Figures {
    list_case_facts(filter: &FactFilter) -> Vec<CaseFactRow>;
    list_service_facts(filter: &FactFilter) -> Vec<ServiceFactRow>;
    list_opened(filter: &OpenedFilter) -> Vec<OpenedRow>;
    note_opened(row: &DraftFactRow) -> ();
    note_plan_seen(draft: DraftId, on: &str) -> ();
    list_owed(after: Option<(CaseId, DispatchId)>, limit: u32) -> Vec<OwedRow>;
    put_facts(cases: &[CaseFactRow], services: &[ServiceFactRow]) -> ();
    list_without_facts(after: Option<CaseId>, limit: u32) -> Vec<CaseId>;
});

watch!(Projections {
    list_cases_with_events(after: Option<CaseId>, limit: u32) -> Vec<CaseId>;
    put_projections(cases: &[CaseChange]) -> Put;
});

watch!(Inconsistencies {
    list_inconsistencies(filter: &InconsistencyFilter) -> Vec<InconsistencyRow>;
    count_inconsistencies(filter: &InconsistencyFilter) -> Vec<InconsistencyCount>;
});

watch!(Worklists {
    list_services(filter: &ServiceFilter) -> Vec<ServiceRow>;
    count_services(filter: &ServiceFilter, groups: &[Vec<&str>]) -> Vec<u64>;
    count_rows(filter: &ServiceFilter) -> u64;
    count_lights(filter: &ServiceFilter, today: &str) -> Vec<LightCount>;
    list_cases_of(owner: AccountId, after: Option<(Instant, CaseId)>, limit: u32) -> Vec<CaseRow>;
    find_case(case: CaseId) -> Option<CaseRow>;
    find_case_by_number(number: &str) -> Option<CaseRow>;
});

watch!(Drafts {
    insert_draft(draft: &DraftRow) -> ();
    update_draft(draft: &DraftRow) -> bool;
    find_draft(draft: DraftId) -> Option<DraftRow>;
    list_drafts(owner: AccountId) -> Vec<DraftRow>;
    delete_draft(draft: DraftId) -> ();
});

watch!(EvidenceFiles {
    insert_evidence(row: &EvidenceRow) -> ();
    list_evidence_of_draft(draft: DraftId) -> Vec<EvidenceRow>;
    find_evidence(id: EvidenceId) -> Option<EvidenceRow>;
    delete_evidence(id: EvidenceId) -> bool;
});

watch!(Accounts {
    upsert_account(account: &AccountRow) -> ();
    find_account(id: AccountId) -> Option<AccountRow>;
    find_account_by_login(login: &str) -> Option<AccountRow>;
    list_demo_accounts() -> Vec<AccountRow>;
    insert_session(session: &SessionRow) -> ();
    find_session(token_hash: &str) -> Option<SessionRow>;
    touch_session(token_hash: &str, seen_at: Instant) -> ();
    delete_session(token_hash: &str) -> ();
});

watch!(Vault {
    find_subject_key(subject: SubjectId) -> Option<SubjectKeyRow>;
    insert_subject_key(row: &SubjectKeyRow) -> SubjectKeyRow;
    destroy_subject_key(subject: SubjectId, at: Instant) -> bool;
    erased_subjects() -> Vec<SubjectId>;
    load_sealed(ids: &[SealedId]) -> Vec<SealedRow>;
    insert_sealed(rows: &[SealedRow]) -> ();
});

watch!(Licences {
    list_licences_of_case(case: CaseId) -> Vec<LicenceRow>;
    list_licences_of(owner: AccountId) -> Vec<LicenceRow>;
    find_licence(id: LicenceId) -> Option<LicenceRow>;
    find_licence_by_code(code: &str) -> Option<LicenceRow>;
});

watch!(Nonces {
    remember(key_id: &str, nonce: &str, at: Instant, forget_before: Instant) -> bool;
});

watch!(Definitions {
    put_definitions(row: &DefinitionsRow) -> bool;
    find_definitions(catalogue: &str) -> Option<DefinitionsRow>;
    find_catalogue_with(item: &DefinitionItem) -> Option<String>;
    list_definitions() -> Vec<DefinitionsKept>;
});

watch!(Orders {
    insert_order(row: &OrderRow) -> bool;
    find_order(order: Uuid) -> Option<OrderRow>;
    list_orders_of(applicant: AccountId) -> Vec<OrderRow>;
    list_orders_for(agent: AccountId) -> Vec<OrderRow>;
    end_order(order: Uuid, at: Instant) -> bool;
    take_order(order: Uuid, agent: AccountId) -> bool;
    insert_act(row: &OrderActRow) -> ();
    list_acts(order: Uuid) -> Vec<OrderActRow>;
    list_agents() -> Vec<AccountRow>;
});

watch!(Publications {
    insert_publication(row: &PublicationRow) -> bool;
    latest_publication() -> Option<PublicationRow>;
    list_publications(limit: u32) -> Vec<PublicationRow>;
    was_published(catalogue: &str) -> bool;
    count_open_drafts() -> Vec<(String, String, u64)>;
    count_cases_not_in(states: &[String]) -> Vec<(String, u64)>;
});

watch!(Ratings {
    list_ratings(filter: &RatingFilter) -> Vec<RatingRow>;
    count_ratings(filter: &RatingFilter) -> Vec<(String, bool, u64)>;
    put_ratings(rows: &[RatingRow]) -> ();
});

watch!(Windows {
    find_account_by_number(hash: &str) -> Option<AccountRow>;
    set_account_number(account: AccountId, hash: &str) -> bool;
    hold_draft(draft: DraftId, clerk: AccountId, active_after: Instant) -> bool;
    release_draft(draft: DraftId, clerk: AccountId) -> ();
    holder_of_draft(draft: DraftId) -> Option<AccountId>;
    find_in_hand(clerk: AccountId) -> Option<InHandRow>;
    put_in_hand(row: &InHandRow) -> ();
    put_aside(row: &AsideRow) -> ();
    list_aside(outlet: &str) -> Vec<AsideRow>;
    take_up(draft: DraftId) -> bool;
    move_evidence(id: EvidenceId, slot: &str) -> bool;
});

#[async_trait]
impl Upkeep for Watched {
    /// Of the world's time the database knows nothing.
    async fn database_time(&self) -> Result<Instant, Fault> {
        self.inner.database_time().await
    }

    async fn oldest_owed(&self, of_each: u32) -> Result<Vec<OwedSending>, Fault> {
        self.pass("oldest_owed", || at_once(self.inner.oldest_owed(of_each))).await
    }

    async fn timers_due_before(&self, at: Instant) -> Result<(u64, Option<Instant>), Fault> {
        self.pass("timers_due_before", || at_once(self.inner.timers_due_before(at))).await
    }

    async fn try_writing(&self) -> Result<(), Fault> {
        self.pass("try_writing", || at_once(self.inner.try_writing())).await
    }

    async fn end_sessions(&self) -> Result<u64, Fault> {
        self.pass("end_sessions", || at_once(self.inner.end_sessions())).await
    }

    fn connections(&self) -> Connections {
        self.inner.connections()
    }
}
