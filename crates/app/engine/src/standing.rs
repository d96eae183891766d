//! 接续办理: what somebody has done of a matter counts, and the rest is planned from today.
//!
//! Cases belong together when one continues the other, or when they tell of the same circumstances: nothing that
//! both know differs, and no service was granted in both. A second child's papers are another story.
//!
//! Goes in: an owner and the cases of a matter. Comes out: what can follow, and drafts that stand on it. Who asks
//! was authorised by the caller, be it the applicant or a clerk for him.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use casework::{Case, DoneBefore, Entry, EntryKind, ServiceState};
use catalogue::Matter;
use plan::{Plan, PlanInput, Standing};
use store_port::fresh_id;
use vocabulary::{AccountId, CaseId, DraftId, Facts, MatterId, NodeKey, Origin, ServiceId};

use crate::drafts::evidence_key;
use crate::{Draft, Engine, EngineError};

/// So many of a person's cases are looked through, the latest.
const CASES_MAX: u32 = 100;

/// What can follow on what somebody has done of a matter.
#[derive(Debug, Clone)]
pub struct Continuation {
    /// The latest case of those that count.
    pub case: CaseId,
    pub case_number: String,
    pub matter: MatterId,
    /// Services that count as done, each with its case.
    pub done: Vec<DoneBefore>,
    /// Services that are on their way and are not offered again.
    pub under_way: BTreeSet<ServiceId>,
    /// The services that remain, as of today. Never empty.
    pub remaining: Vec<NodeKey>,
    /// Today's plan for them.
    pub plan: Plan,
}

/// A case with what is known of it.
struct Known {
    case: Arc<Case>,
    facts: Facts,
}

impl Known {
    fn granted(&self) -> impl Iterator<Item = &NodeKey> {
        let granted = |state| state == ServiceState::Granted;
        self.case.services.iter().filter(move |it| granted(it.state)).map(|it| &it.node.key)
    }

    fn under_way(&self) -> impl Iterator<Item = &ServiceId> {
        self.case.services.iter().filter(|it| !it.state.is_final()).map(|it| &it.node.key.service)
    }

    /// The cases that it stands on.
    fn rests_on(&self) -> BTreeSet<CaseId> {
        let reception = &self.case.application.reception;
        let entry = reception.entry.as_ref().filter(|it| it.kind == EntryKind::Continuation);
        let done = reception.done_before.iter().filter_map(|done| done.case);
        done.chain(entry.and_then(|entry| entry.from)).collect()
    }

    /// Whether both tell of the same circumstances.
    fn agrees_with(&self, other: &Known) -> bool {
        if self.rests_on().contains(&other.case.id) || other.rests_on().contains(&self.case.id) {
            return true;
        }
        let own: BTreeSet<&NodeKey> = self.granted().collect();
        let differs = |(slot, fact): (&vocabulary::Slot, &vocabulary::Fact)| {
            other.facts.value(slot).is_some_and(|value| *value != fact.value)
        };
        let groups_differ = self.facts.groups().any(|(group, members)| {
            other.facts.members(group).is_some_and(|others| others != members)
        });
        !groups_differ
            && !other.granted().any(|node| own.contains(node))
            && !self.facts.iter().any(|(slot, fact)| differs((slot, fact)))
    }
}

/// What counts, seen from one case.
struct Ground {
    standing: Standing,
    facts: Facts,
    under_way: BTreeSet<ServiceId>,
    /// The cases that count, with their files.
    counted: Vec<Arc<Case>>,
}

impl Ground {
    /// `base` is one of `cases`.
    fn of(base: &Known, cases: &[Known], matter: &Matter) -> Self {
        let inside = |service: &ServiceId| matter.services.iter().any(|it| it.service == *service);
        let mut ground = Self {
            standing: Standing::default(),
            facts: Facts::new(),
            under_way: BTreeSet::new(),
            counted: Vec::new(),
        };
        carry(&mut ground.facts, &base.facts, true);
        for known in cases {
            let itself = known.case.id == base.case.id;
            if !itself && !base.agrees_with(known) {
                continue;
            }
            if !itself {
                carry(&mut ground.facts, &known.facts, false);
            }
            ground.counted.push(Arc::clone(&known.case));
            for node in known.granted().filter(|node| inside(&node.service)) {
                ground.standing.done.entry(node.clone()).or_insert(Some(known.case.id));
            }
            for done in &known.case.application.reception.done_before {
                // What was only said to be done elsewhere is asked again.
                if inside(&done.node.service) && done.case.is_some() {
                    ground.standing.done.entry(done.node.clone()).or_insert(done.case);
                }
            }
            ground.under_way.extend(known.under_way().filter(|it| inside(it)).cloned());
        }
        if !ground.under_way.is_empty() {
            let services = matter.services.iter().map(|it| it.service.clone());
            let rest = services.filter(|service| !ground.under_way.contains(service));
            ground.standing.only = Some(rest.collect());
        }
        ground
    }
}

/// Puts what `from` knows into `to`, where nothing is known yet. What a table found is found again.
fn carry(to: &mut Facts, from: &Facts, with_choices: bool) {
    for (group, members) in from.groups() {
        if to.members(group).is_none() {
            to.set_members(group.clone(), members.to_vec());
        }
    }
    for (slot, fact) in from.iter() {
        if to.get(slot).is_none() && !matches!(fact.origin, Origin::Table { .. }) {
            to.set(slot.clone(), fact.clone());
        }
    }
    if with_choices {
        for slot in from.declined() {
            to.decline(slot.clone());
        }
    }
}

impl Engine {
    /// What can follow for this person, in any matter or in one: for each group of cases that belong together what
    /// is done, and today's plan of what remains. The latest first.
    ///
    /// # Errors
    /// A fault.
    pub async fn continuations(
        &self,
        owner: AccountId,
        matter: Option<&MatterId>,
    ) -> Result<Vec<Continuation>, EngineError> {
        let mut found = Vec::new();
        let mut by_matter = self.known_cases(owner, matter).await?;
        for (id, cases) in &mut by_matter {
            let Some(matter) = self.catalogue().matters.get(id) else { continue };
            cases.sort_by_key(|known| std::cmp::Reverse(known.case.submitted_at));
            let mut told: BTreeSet<CaseId> = BTreeSet::new();
            for base in cases.iter().filter(|base| base.granted().next().is_some()) {
                if !told.insert(base.case.id) {
                    continue;
                }
                let together = cases.iter().filter(|other| base.agrees_with(other));
                told.extend(together.map(|other| other.case.id));
                let ground = Ground::of(base, cases, matter);
                found.extend(self.continuation(base, ground, matter).await?);
            }
        }
        Ok(found)
    }

    /// What can follow on one case; `None` when nothing is left, or nothing of it has been granted.
    ///
    /// # Errors
    /// A fault.
    pub async fn continuation_of(
        &self,
        owner: AccountId,
        case: &Case,
    ) -> Result<Option<Continuation>, EngineError> {
        let matter = &case.application.matter;
        let Some(defined) = self.catalogue().matters.get(matter) else { return Ok(None) };
        let mut by_matter = self.known_cases(owner, Some(matter)).await?;
        let cases = by_matter.remove(matter).unwrap_or_default();
        let Some(base) = cases.iter().find(|known| known.case.id == case.id) else {
            return Ok(None);
        };
        if base.granted().next().is_none() {
            return Ok(None);
        }
        self.continuation(base, Ground::of(base, &cases, defined), defined).await
    }

    async fn continuation(
        &self,
        base: &Known,
        ground: Ground,
        matter: &Matter,
    ) -> Result<Option<Continuation>, EngineError> {
        if ground.standing.done.is_empty() {
            return Ok(None);
        }
        let carried = self.files_that_still_hold(&ground.counted).await?;
        let given = carried.iter().map(|(row, _)| evidence_key(&row.slot)).collect();
        let nothing = BTreeSet::new();
        let plan = plan::make(&PlanInput {
            catalogue: self.catalogue(),
            matter,
            facts: &ground.facts,
            skip: &nothing,
            given: &given,
            unreachable: &BTreeSet::new(),
            standing: &ground.standing,
            now: self.clock().now(),
        });
        let remaining: Vec<NodeKey> = plan.services.iter().map(|it| it.node.clone()).collect();
        let done = ground.standing.done.into_iter().map(|(node, case)| DoneBefore { node, case });
        Ok((!remaining.is_empty()).then(|| Continuation {
            case: base.case.id,
            case_number: base.case.application.case_number.to_string(),
            matter: matter.id.clone(),
            done: done.collect(),
            under_way: ground.under_way,
            remaining,
            plan,
        }))
    }

    /// A draft for what remains of a matter after a case: answers and files that still hold carry over, what was
    /// granted counts as done, the entry point is kept. The same draft again while it is open. `service` is the one at which the person came
    /// in, if he came in at one.
    ///
    /// # Errors
    /// There is no such case of this owner, nothing of it counts for the matter, the matter is not offered, or a
    /// fault.
    pub async fn continue_from(
        &self,
        owner: AccountId,
        case: CaseId,
        matter: &MatterId,
        service: Option<ServiceId>,
    ) -> Result<Draft, EngineError> {
        let defined = self.catalogue().matters.get(matter).ok_or(EngineError::NotOffered)?;
        let mut cases: Vec<Known> = Vec::new();
        for (of, known) in self.known_cases(owner, None).await? {
            // A case of another matter counts when it is the one that is continued.
            cases.extend(known.into_iter().filter(|it| of == *matter || it.case.id == case));
        }
        let base = cases.iter().find(|known| known.case.id == case).ok_or(EngineError::NoDraft)?;
        let ground = Ground::of(base, &cases, defined);
        if ground.standing.done.is_empty() {
            return Err(EngineError::NothingToContinue);
        }
        let entry = Entry { kind: EntryKind::Continuation, place: None, from: Some(case), service };
        let _one_at_a_time = self.opening.lock().await;
        for row in self.store().list_drafts(owner).await? {
            if row.matter != matter.as_str() || row.submitted_as.is_some() {
                continue;
            }
            let mut open = self.read_draft(&row).await?;
            let from = open.reception.entry.as_ref().and_then(|entry| entry.from);
            if from == Some(case) && open.standing.only == ground.standing.only {
                if open.standing == ground.standing {
                    return Ok(open);
                }
                // More has been granted since.
                open.standing = ground.standing;
                for (slot, fact) in ground.facts.iter() {
                    if matches!(fact.origin, Origin::Output { .. }) {
                        open.facts.set(slot.clone(), fact.clone());
                    }
                }
                self.carry_files(&open, &ground.counted).await?;
                return self.save_draft(open).await;
            }
        }
        let mut draft = self.fresh_draft(owner, defined).await?;
        draft.facts = ground.facts;
        draft.standing = ground.standing;
        draft.reception.entry = Some(entry);
        self.insert_draft(&draft).await?;
        self.carry_files(&draft, &ground.counted).await?;
        Ok(draft)
    }

    /// A draft for single services of a matter, applied for alone; the others can follow later. The same draft
    /// again while it is open.
    ///
    /// # Errors
    /// A service is not part of the matter, none is named, the matter is not offered, or a fault.
    pub async fn single_draft(
        &self,
        owner: AccountId,
        matter: &MatterId,
        services: BTreeSet<ServiceId>,
    ) -> Result<Draft, EngineError> {
        let defined = self.catalogue().matters.get(matter).ok_or(EngineError::NotOffered)?;
        let inside = |id: &ServiceId| defined.services.iter().any(|it| it.service == *id);
        if services.is_empty() || !services.iter().all(inside) {
            return Err(EngineError::NotOffered);
        }
        let standing = Standing { done: BTreeMap::new(), only: Some(services) };
        let _one_at_a_time = self.opening.lock().await;
        for row in self.store().list_drafts(owner).await? {
            if row.matter == matter.as_str() && row.submitted_as.is_none() {
                let open = self.read_draft(&row).await?;
                if open.standing == standing {
                    return Ok(open);
                }
            }
        }
        let mut draft = self.fresh_draft(owner, defined).await?;
        draft.standing = standing;
        self.insert_draft(&draft).await?;
        Ok(draft)
    }

    async fn fresh_draft(&self, owner: AccountId, matter: &Matter) -> Result<Draft, EngineError> {
        Ok(Draft {
            id: DraftId(fresh_id()),
            owner,
            subject: self.subject_of(owner).await?,
            matter: matter.id.clone(),
            matter_revision: matter.revision.clone(),
            version: 1,
            facts: Facts::new(),
            skip: BTreeSet::new(),
            unreachable: BTreeSet::new(),
            asked: BTreeMap::new(),
            unanswered: BTreeMap::new(),
            updated_at: self.clock().now(),
            submitted_as: None,
            reception: casework::Reception::default(),
            standing: Standing::default(),
        })
    }

    /// The owner's cases with their facts, by matter. What was erased is left out.
    async fn known_cases(
        &self,
        owner: AccountId,
        matter: Option<&MatterId>,
    ) -> Result<BTreeMap<MatterId, Vec<Known>>, EngineError> {
        let mut known: BTreeMap<MatterId, Vec<Known>> = BTreeMap::new();
        for row in self.store().list_cases_of(owner, None, CASES_MAX).await? {
            if matter.is_some_and(|matter| row.matter != matter.as_str()) {
                continue;
            }
            let Some(case) = self.case(row.case_id).await? else { continue };
            let facts = self.facts_of(&case).await?;
            let of = known.entry(case.application.matter.clone()).or_default();
            of.push(Known { case, facts });
        }
        Ok(known)
    }
}
