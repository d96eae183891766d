//! What officers do beside the case itself: take it and give it on, ask another department of the case and
//! answer it, and look for the same thing asked for twice.
//!
//! Words are sealed under the key of the case's subject; nothing of this changes the case.

use std::collections::BTreeMap;

use casework::{Case, ServiceCase};
use catalogue::{Catalogue, ElementType};
use jiff::ToSpan;
use store_port::{AlikeRow, AlikeWanted, AssignmentRow, GivenOpinion, LikenessRow, OpinionRow};
use uuid::Uuid;
use vocabulary::{AccountId, CaseId, Facts, NodeKey, SealedId, Slot, Value};

use crate::{Engine, EngineError, ToSeal, vault};

/// The same service of the same person is worth a look when the two were handed in so many days apart.
pub const ALIKE_WITHIN_DAYS: i64 = 90;

/// What became of a change of hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handed {
    /// It is as it was asked for.
    Done,
    /// Somebody was faster; this is how it stands.
    Overtaken(Option<AssignmentRow>),
}

impl Engine {
    /// The officers of a department by account, with their names.
    ///
    /// # Errors
    /// A fault.
    pub async fn officers_of(
        &self,
        department: &str,
    ) -> Result<BTreeMap<AccountId, String>, EngineError> {
        let mut names = BTreeMap::new();
        for row in self.store().list_officers(department).await? {
            names.insert(row.account_id, self.account_name(&row).await?);
        }
        Ok(names)
    }

    /// Who has a service case; `None` when nobody ever had it.
    ///
    /// # Errors
    /// A fault.
    pub async fn hands_of(
        &self,
        case: CaseId,
        node: &NodeKey,
    ) -> Result<Option<AssignmentRow>, EngineError> {
        let node = node.to_string();
        let rows = self.store().list_assignments(&[case]).await?;
        Ok(rows.into_iter().find(|row| row.node == node))
    }

    /// Puts a service case into somebody's hands, or lets it go, if it still is as it was `seen` (the version of
    /// its assignment; 0 = nobody ever had it). What is so already is done.
    ///
    /// # Errors
    /// A fault.
    pub async fn hand(
        &self,
        case: CaseId,
        service: &ServiceCase,
        to: Option<AccountId>,
        by: AccountId,
        seen: u64,
    ) -> Result<Handed, EngineError> {
        let key = &service.node.key;
        let row = AssignmentRow {
            case_id: case,
            node: key.to_string(),
            department: service.node.department.to_string(),
            officer: to,
            by,
            at: self.clock().now(),
            version: seen.saturating_add(1),
        };
        let now = self.hands_of(case, key).await?;
        if now.as_ref().and_then(|row| row.officer) == to {
            return Ok(Handed::Done);
        }
        let current = now.as_ref().map_or(0, |row| row.version) == seen;
        if current && self.store().assign(&row).await? {
            return Ok(Handed::Done);
        }
        let now = self.hands_of(case, key).await?;
        if now.as_ref().and_then(|row| row.officer) == to {
            return Ok(Handed::Done);
        }
        Ok(Handed::Overtaken(now))
    }

    /// Asks the department of another service of the case. `opinion` is the id of the form that was sent: sent
    /// twice is asked once.
    ///
    /// # Errors
    /// A fault.
    pub async fn ask_opinion(
        &self,
        case: &Case,
        from: &ServiceCase,
        to: &ServiceCase,
        opinion: Uuid,
        by: AccountId,
        words: &str,
    ) -> Result<(), EngineError> {
        let question = self.seal_beside(case, opinion, "question", words).await?;
        let row = OpinionRow {
            case_id: case.id,
            opinion_id: opinion,
            from_node: from.node.key.to_string(),
            from_department: from.node.department.to_string(),
            to_node: to.node.key.to_string(),
            to_department: to.node.department.to_string(),
            question,
            asked_by: by,
            asked_at: self.clock().now(),
            given: None,
        };
        self.store().ask_opinion(&row).await?;
        Ok(())
    }

    /// Answers; false when it was answered before or never asked.
    ///
    /// # Errors
    /// A fault.
    pub async fn give_opinion(
        &self,
        case: &Case,
        opinion: Uuid,
        by: AccountId,
        view: &str,
        words: &str,
    ) -> Result<bool, EngineError> {
        let given = GivenOpinion {
            view: view.to_owned(),
            words: self.seal_beside(case, opinion, &format!("answer/{by}"), words).await?,
            by,
            at: self.clock().now(),
        };
        Ok(self.store().give_opinion(case.id, opinion, &given).await?)
    }

    /// Keeps by what a service case could be known again: a hash over the numbers of the persons and firms in it.
    ///
    /// # Errors
    /// A fault.
    pub async fn keep_keys(
        &self,
        catalogue: &Catalogue,
        case: &Case,
        service: &ServiceCase,
        facts: &Facts,
    ) -> Result<(), EngineError> {
        if let Some(hash) = self.key_hash(catalogue, service, facts) {
            let node = service.node.key.to_string();
            let department = service.node.department.as_str();
            self.store().keep_keys(case.id, &node, department, &hash).await?;
        }
        Ok(())
    }

    /// The department's own service cases that may be the same asked for again, with what was found about them.
    ///
    /// # Errors
    /// A fault.
    pub async fn alike(
        &self,
        catalogue: &Catalogue,
        case: &Case,
        service: &ServiceCase,
        facts: &Facts,
    ) -> Result<Vec<(AlikeRow, Option<LikenessRow>)>, EngineError> {
        let node = service.node.key.to_string();
        let submitted = case.submitted_at;
        let around = (ALIKE_WITHIN_DAYS * 24).hours();
        let wanted = AlikeWanted {
            case_id: case.id,
            node: node.clone(),
            department: service.node.department.to_string(),
            service: service.node.key.service.to_string(),
            subject: case.application.subject,
            since: submitted.checked_sub(around).unwrap_or(submitted),
            until: submitted.checked_add(around).unwrap_or(submitted),
            keys: self.key_hash(catalogue, service, facts),
        };
        let rows = self.store().list_alike(&wanted).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.store().list_likenesses(case.id, &node).await?;
        let finding = |row: &AlikeRow| {
            let same =
                |it: &&LikenessRow| it.other_case == row.case_id && it.other_node == row.node;
            found.iter().find(same).cloned()
        };
        Ok(rows.into_iter().map(|row| (finding(&row), row)).map(|(it, row)| (row, it)).collect())
    }

    /// `None` when the service takes no number of anybody.
    fn key_hash(
        &self,
        catalogue: &Catalogue,
        service: &ServiceCase,
        facts: &Facts,
    ) -> Option<String> {
        let is_number = |slot: &&Slot| {
            let ty = catalogue.element(&slot.element).map(|element| &element.ty);
            matches!(ty, Some(ElementType::CitizenId | ElementType::Uscc))
        };
        let mut numbers: Vec<String> = Vec::new();
        for slot in service.node.fields.iter().filter(is_number) {
            if let Some(Value::Text(text)) = facts.get(slot).map(|fact| &fact.value) {
                numbers.push(format!("{}={text}", slot.element));
            }
        }
        numbers.sort_unstable();
        let service = service.node.key.service.as_str();
        let bytes = format!("{service}/{}", numbers.join("/"));
        (!numbers.is_empty())
            .then(|| vault::master_hash(&self.parts.master_key, b"service-keys", bytes.as_bytes()))
    }

    /// Seals words beside a case, under an id that the same form always gives.
    async fn seal_beside(
        &self,
        case: &Case,
        form: Uuid,
        what: &str,
        words: &str,
    ) -> Result<SealedId, EngineError> {
        let id = SealedId(Uuid::new_v5(&case.id.0, format!("{form}/{what}").as_bytes()));
        let value = ToSeal { id, clear: words.as_bytes().to_vec() };
        let (rows, _) = self.seal_under(case.application.subject, &[value]).await?;
        self.store().insert_sealed(&rows).await?;
        Ok(id)
    }
}
