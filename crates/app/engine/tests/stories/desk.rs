//! A tea stall's owner at his desk, and the offices that answer him: the words in which the stories are told.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use casework::{Actor, ActorRole, Case, Command, Reply};
use catalogue::Catalogue;
use engine::{CarriedOut, Draft, EngineError};
use plan::{EvidenceKey, Plan};
use store_port::{AccountRow, OutboxRow, fresh_id};
use testkit::engine_fixture::{EngineFixture, catalogue_of};
use vocabulary::{
    AccountId, CaseId, CommandId, DispatchId, Facts, NodeKey, Slot, SubjectId, Value,
};

pub(crate) const MATTER: &str = "open-a-tea-stall";
pub(crate) const NAME: &str = "Mei Bankside";
pub(crate) const KEY: &str = "login-of-mei";
pub(crate) const PHONE: &str = "13800000000";
pub(crate) const SKETCH: &[u8] = b"%PDF-1.7 a sketch of four tables under a willow";

pub(crate) struct Desk {
    pub(crate) hub: EngineFixture,
    pub(crate) owner: AccountId,
    pub(crate) subject: SubjectId,
}

pub(crate) fn sample() -> Arc<Catalogue> {
    catalogue_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../definitions/sample"))
}

impl Desk {
    pub(crate) async fn open() -> Self {
        Self::at(EngineFixture::fresh(sample()).await).await
    }

    /// On an embedded database, for what is about its file or its one lane.
    pub(crate) async fn embedded() -> Self {
        Self::at(EngineFixture::embedded(sample(), network::Network::default()).await).await
    }

    pub(crate) async fn at(hub: EngineFixture) -> Self {
        let owner = AccountId(fresh_id());
        let subject = SubjectId(fresh_id());
        let display_name = hub.engine.seal_account_name(owner, Some(subject), NAME).await.unwrap();
        let account = AccountRow {
            account_id: owner,
            login: format!("mei-{owner}"),
            role: "applicant".to_owned(),
            department: None,
            area: None,
            subject: Some(subject),
            password_hash: None,
            disabled: false,
            demo: true,
            display_name,
        };
        hub.store.upsert_account(&account).await.unwrap();
        hub.sources.knows(
            "resident-roll",
            KEY,
            &[
                ("owner.name", Value::text(NAME)),
                ("owner.citizen_id", Value::text("110101198506150000")),
            ],
        );
        hub.sources.knows("water-archive", KEY, &[("water.tested", Value::Bool(false))]);
        Self { hub, owner, subject }
    }

    pub(crate) fn mei(&self) -> Actor {
        Actor { role: ActorRole::Applicant, account: Some(self.owner), department: None }
    }

    pub(crate) async fn begin(&self) -> Draft {
        self.hub.engine.open_draft(self.owner, &MATTER.into()).await.unwrap()
    }

    /// A draft with every question answered, sources asked, fields filled in, and the sketch handed in.
    pub(crate) async fn complete_draft(&self) -> Draft {
        let engine = &self.hub.engine;
        let mut draft = self.begin().await;
        for (slot, value) in [
            ("owner.resident", Value::Bool(true)),
            ("stall.place", Value::text("market")),
            ("stall.tables", Value::Number(4.into())),
            ("helper.pours~h1", Value::Bool(true)),
            ("helper.born_on~h1", Value::Date("1999-01-01".parse().unwrap())),
        ] {
            draft.facts.answer(slot.parse().unwrap(), value);
        }
        draft.facts.set_members("helper".into(), vec!["h1".into()]);
        let mut draft = engine.fetch_sources(draft, KEY).await.unwrap();
        for slot in missing(&engine.plan_of(&draft).await.unwrap()) {
            let element = engine.catalogue().element(&slot.element).unwrap();
            let example = element.example.clone().unwrap();
            let as_of = engine.catalogue().civil_date(engine.clock().now());
            let value = interview::accept_value(element, &slot, &example, as_of).unwrap();
            draft.facts.answer(slot, value);
        }
        let draft = engine.save_draft(draft).await.unwrap();
        let draft = engine.fetch_sources(draft, KEY).await.unwrap();
        self.add_sketch(&draft).await;
        draft
    }

    pub(crate) async fn add_sketch(&self, draft: &Draft) -> vocabulary::EvidenceId {
        let slot = EvidenceKey { ty: "stall-sketch".into(), member: None };
        let name = "four tables.pdf";
        let engine = &self.hub.engine;
        let file = engine.add_evidence(draft, &slot, name, "application/pdf", SKETCH.to_vec());
        file.await.unwrap().id
    }

    pub(crate) async fn submit(
        &self,
        command: CommandId,
        draft: &Draft,
    ) -> Result<CarriedOut, EngineError> {
        self.hub.engine.submit(self.mei(), command, draft.id, "online").await
    }

    /// A submitted case.
    pub(crate) async fn submitted(&self) -> CaseId {
        let draft = self.complete_draft().await;
        self.submit(command(), &draft).await.unwrap().case
    }

    pub(crate) async fn case(&self, case: CaseId) -> Arc<Case> {
        self.hub.engine.case(case).await.unwrap().unwrap()
    }

    /// The states of the case's services, one line each, and of the case itself.
    pub(crate) async fn states(&self, case: CaseId) -> String {
        let case = self.case(case).await;
        let mut lines = format!("case: {}\n", case.state().as_str());
        for service in &case.services {
            lines.push_str(&format!("{}: {}\n", service.node.key, service.state.as_str()));
        }
        lines
    }

    /// What the worklists say of the same.
    pub(crate) async fn listed(&self, case: CaseId) -> String {
        let row = self.hub.store.find_case(case).await.unwrap().unwrap();
        let filter = store_port::ServiceFilter {
            case_number: Some(row.case_number.clone()),
            limit: 100,
            ..store_port::ServiceFilter::default()
        };
        let services = self.hub.store.list_services(&filter).await.unwrap();
        let services: BTreeMap<_, _> =
            services.into_iter().map(|row| (row.node, row.state)).collect();
        let mut lines = format!("case: {}\n", row.state);
        for service in &self.case(case).await.services {
            let node = service.node.key.to_string();
            lines.push_str(&format!("{node}: {}\n", services[&node]));
        }
        lines
    }

    /// Sendings that a worker would get now, by node.
    pub(crate) async fn claim(&self) -> BTreeMap<String, OutboxRow> {
        let now = self.hub.engine.clock().now();
        let lease = now + jiff::SignedDuration::from_mins(1);
        let claimed = self.hub.store.claim("story", now, lease, 100).await.unwrap();
        claimed.into_iter().map(|claimed| (claimed.row.node.clone(), claimed.row)).collect()
    }

    pub(crate) async fn office(&self, case: CaseId, node: &str) -> (Actor, NodeKey, DispatchId) {
        let case = self.case(case).await;
        let node: NodeKey = node.parse().unwrap();
        let service = case.service(&node).unwrap();
        let actor = Actor {
            role: ActorRole::Department,
            account: None,
            department: Some(service.node.department.clone()),
        };
        (actor, node, service.sendings.last().unwrap().dispatch)
    }

    /// A department's plain reply.
    pub(crate) async fn reply(
        &self,
        case: CaseId,
        node: &str,
        seq: u64,
        reply: Reply,
    ) -> Result<CarriedOut, EngineError> {
        let (actor, node, dispatch) = self.office(case, node).await;
        let command_ = Command::TakeReply {
            node,
            dispatch,
            department_seq: seq,
            decided_at: self.hub.engine.clock().now(),
            reply,
        };
        let engine = &self.hub.engine;
        engine.execute(actor, "reply", command(), case, None, command_, Vec::new()).await
    }

    /// A department's grant with these values.
    pub(crate) async fn grant(
        &self,
        case: CaseId,
        node: &str,
        seq: u64,
        values: &[(&str, &str, &str)],
    ) -> Result<CarriedOut, EngineError> {
        let (actor, node, dispatch) = self.office(case, node).await;
        let mut by_output: BTreeMap<String, Facts> = BTreeMap::new();
        for (output, slot, value) in values {
            let facts = by_output.entry((*output).to_owned()).or_default();
            facts.answer(slot.parse::<Slot>().unwrap(), Value::text(*value));
        }
        let now = self.hub.engine.clock().now();
        let engine = &self.hub.engine;
        engine.grant(actor, command(), case, None, &node, dispatch, seq, now, by_output).await
    }
}

pub(crate) fn command() -> CommandId {
    CommandId(fresh_id())
}

pub(crate) fn missing(plan: &Plan) -> Vec<Slot> {
    plan.missing_fields().map(|field| field.slot.clone()).collect()
}
