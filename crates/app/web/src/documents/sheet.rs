//! What a document says: its template in the words of `documents.ftl`, filled in from the case as it stood when the
//! document went out, and from the definitions that the case rests on. Articles, remedies and periods are theirs.

use std::collections::BTreeMap;

use casework::{
    Case, CaseEvent, CaseEventBody, Document, DocumentKind, DocumentSource, ExplainedDate, Reply,
    ServiceCase, ServiceWay,
};
use catalogue::{Basis, Catalogue, PublicService, Regime};
use engine::CaseFile;
use paper::{Block, Sheet, Verify};
use vocabulary::{NodeKey, SealedId};

use super::words;
use crate::applicant::case_view::{case_node_name, line_text, procedure_name};
use crate::naming;
use crate::page::{Page, percent_encoded};
use crate::plan_view::period_text;

/// All that a template is filled in from.
pub(super) struct Filling<'a> {
    pub(super) catalogue: &'a Catalogue,
    /// In the language of the submission.
    pub(super) page: &'a Page,
    pub(super) file: &'a CaseFile,
    /// The case as it stood when the document went out.
    pub(super) then: &'a Case,
    pub(super) document: &'a Document,
}

/// Who issues a document: the department of the service; of the whole, whoever leads the matter.
pub(super) fn issuer(
    catalogue: &Catalogue,
    page: &Page,
    case: &Case,
    document: &Document,
) -> String {
    let service = document.id.node.as_ref().and_then(|node| case.service(node));
    let issuer = match service {
        Some(service) => Some(&service.node.department),
        None => case.application.reception.lead.as_ref(),
    };
    issuer.map_or_else(String::new, |id| naming::organisation_full_name(catalogue, page, id))
}

/// Sets the words of a document. `check` = the code that verifies it, where there still is one. `None` when the
/// register names something that the case does not have; only a broken log can do that.
pub(super) fn sheet(
    catalogue: &Catalogue,
    page: &Page,
    file: &CaseFile,
    document: &Document,
    check: Option<&str>,
) -> Option<Sheet> {
    let then = as_it_stood(file, document)?;
    let filling = Filling { catalogue, page, file, then: &then, document };
    let number = then.document_number(&document.id);
    let issuer = issuer(catalogue, page, &then, document);
    let year = catalogue.civil_date(document.issued_at).year();
    let word = page.t(&format!("document-word-{}", document.id.kind.as_str()));
    let parts = [("year", year.to_string()), ("word", word), ("number", number.clone())];
    let name = super::title(page, &then, document);
    Some(Sheet {
        lang: page.html_lang(),
        title: filling.title(&name),
        name,
        number: page.tn("document-number", &parts),
        addressee: page.t1("document-addressee", "name", filling.applicant()),
        blocks: filling.blocks()?,
        signed: vec![issuer.clone(), page.formal_date(catalogue.civil_date(document.issued_at))],
        issuer,
        seal: page.t("document-seal"),
        verify: check.map(|check| Verify {
            address: format!(
                "/verify/{}?check={}",
                percent_encoded(&number),
                percent_encoded(check)
            ),
            lines: vec![
                page.t1("document-verify-number", "number", &number),
                page.t1("document-verify-check", "check", check),
                page.t("document-verify-how"),
                if page.demo { page.t("document-demo") } else { String::new() },
            ]
            .into_iter()
            .filter(|line| !line.is_empty())
            .collect(),
        }),
        by_hand: filling.by_hand(),
    })
}

/// The case as it stood when the document went out. The receipt goes out when all that the submission started has
/// started: it says by when each service is promised.
fn as_it_stood(file: &CaseFile, document: &Document) -> Option<Case> {
    let submitted = document.source == DocumentSource::Submission;
    let with = |event: &&CaseEvent| {
        let started =
            matches!(event.body, CaseEventBody::Started { .. } | CaseEventBody::Dispatched { .. });
        event.seq <= document.seq || (submitted && started)
    };
    let known: Vec<CaseEvent> = file.events.iter().take_while(with).cloned().collect();
    Case::fold(&known)
}

/// What a document says, without head and foot.
pub(super) fn said(
    catalogue: &Catalogue,
    page: &Page,
    file: &CaseFile,
    document: &Document,
) -> Option<Vec<Block>> {
    let then = as_it_stood(file, document)?;
    Filling { catalogue, page, file, then: &then, document }.blocks()
}

impl Filling<'_> {
    fn applicant(&self) -> String {
        let id = engine::applicant_name_id(self.then.id);
        self.file.words.get(&id).cloned().unwrap_or_else(|| self.page.t("document-erased"))
    }

    pub(super) fn service(&self) -> Option<&ServiceCase> {
        self.then.service(self.document.id.node.as_ref()?)
    }

    pub(super) fn definition(&self) -> Option<&PublicService> {
        self.catalogue.service(&self.document.id.node.as_ref()?.service)
    }

    pub(super) fn regime(&self) -> Option<&Regime> {
        self.catalogue.regimes.get(&self.definition()?.regime)
    }

    fn matter(&self) -> String {
        let matter = self.catalogue.matters.get(&self.then.application.matter);
        matter.map_or_else(String::new, |matter| self.page.text(&matter.title).to_owned())
    }

    pub(super) fn service_name(&self, node: &NodeKey) -> String {
        case_node_name(self.catalogue, self.page, self.then, node)
    }

    /// The title names the regime where it decides: 准予行政许可决定书.
    fn title(&self, name: &str) -> String {
        match self.regime().filter(|_| self.document.id.kind.decides()) {
            Some(regime) => {
                let key = format!("document-title-{}", self.document.id.kind.as_str());
                self.page.t1(&key, "regime", self.page.text(&regime.name))
            }
            None => name.to_owned(),
        }
    }

    pub(super) fn date(&self, at: vocabulary::Instant) -> String {
        self.page.formal_date(self.catalogue.civil_date(at))
    }

    /// With the year and the hour.
    fn time(&self, at: vocabulary::Instant) -> String {
        let zoned = at.to_zoned(self.catalogue.jurisdiction.time_zone.clone());
        let clock = format!("{:02}:{:02}", zoned.hour(), zoned.minute());
        self.page.t2("time", "date", self.page.formal_date(zoned.date()), "clock", clock)
    }

    fn blocks(&self) -> Option<Vec<Block>> {
        match self.document.id.kind {
            DocumentKind::Receipt => Some(self.receipt()),
            DocumentKind::Acceptance => self.acceptance(),
            DocumentKind::NotAccepted => self.no("document-not-accepted-body"),
            DocumentKind::Refusal => self.no("document-refusal-body"),
            DocumentKind::Correction => self.correction(),
            DocumentKind::Extension => self.extension(),
            DocumentKind::SpecialProcedure => self.procedure(),
            DocumentKind::Grant => self.grant(),
            DocumentKind::DeemedGrant => self.deemed_grant(),
            DocumentKind::Lapse => self.lapse(),
            DocumentKind::RevocationNotice => self.revocation_notice(),
            DocumentKind::Revocation => self.revocation(),
            DocumentKind::Termination => self.termination(),
            DocumentKind::ProofOfService => self.proof(),
        }
    }

    fn receipt(&self) -> Vec<Block> {
        let (page, catalogue, case) = (self.page, self.catalogue, self.then);
        let zone = &catalogue.jurisdiction.time_zone;
        let told = [
            ("date", self.time(case.submitted_at)),
            ("way", page.t(&format!("document-way-{}", case.application.channel))),
            ("matter", self.matter()),
            ("number", case.application.case_number.to_string()),
        ];
        let services = case.services.iter().map(|service| {
            let key = &service.node.key;
            let department =
                naming::organisation_full_name(catalogue, page, &service.node.department);
            let promised = case.promised(key, &catalogue.calendar, zone);
            let promised = promised.map_or_else(
                || {
                    page.t1(
                        "receipt-after-earlier",
                        "period",
                        period_text(page, service.node.promised),
                    )
                },
                |explained| page.formal_date(explained.due.on),
            );
            let parts = [
                ("service", self.service_name(key)),
                ("department", department),
                ("date", promised),
            ];
            page.tn("document-receipt-service", &parts)
        });
        let mut blocks = vec![
            Block::Text(page.tn("document-receipt-body", &told)),
            Block::Heading(page.t("document-receipt-services")),
            Block::Points(services.collect()),
            Block::Heading(page.t("document-receipt-evidence")),
        ];
        if let Some(joint) = case.joint_promised(&catalogue.calendar, zone) {
            let date = page.formal_date(joint.due.on);
            blocks.insert(1, Block::Text(page.t1("document-receipt-joint", "date", date)));
        }
        let pieces = self.pieces();
        blocks.push(if pieces.is_empty() {
            Block::Text(page.t("document-receipt-none"))
        } else {
            Block::Points(pieces)
        });
        blocks.push(Block::Text(page.t("document-receipt-next")));
        blocks
    }

    /// What was handed in: how many files of which piece, and whether the original was seen.
    fn pieces(&self) -> Vec<String> {
        let application = &self.then.application;
        let intake = application.reception.intake.as_ref();
        let originals = intake.map(|intake| intake.originals.as_slice()).unwrap_or_default();
        let mut counted: Vec<(&casework::EvidenceSlot, usize)> = Vec::new();
        for evidence in &application.evidence {
            match counted.iter_mut().find(|(slot, _)| **slot == evidence.slot) {
                Some((_, count)) => *count += 1,
                None => counted.push((&evidence.slot, 1)),
            }
        }
        let piece = |(slot, count): (&casework::EvidenceSlot, usize)| {
            let seen = originals.contains(slot);
            let key = if seen { "document-piece-original" } else { "document-piece" };
            let name = naming::evidence_name(self.catalogue, self.page, &slot.ty);
            self.page.t2(key, "piece", name, "n", count)
        };
        counted.into_iter().map(piece).collect()
    }

    /// 你于…提交的“…”申请（办件编号 …）收悉。
    pub(super) fn opening(&self) -> Option<Vec<(&'static str, String)>> {
        let node = self.document.id.node.as_ref()?;
        Some(vec![
            ("date", self.date(self.then.submitted_at)),
            ("service", self.service_name(node)),
            ("number", self.then.application.case_number.to_string()),
        ])
    }

    fn acceptance(&self) -> Option<Vec<Block>> {
        let (page, catalogue, service) = (self.page, self.catalogue, self.service()?);
        let key = &service.node.key;
        let zone = &catalogue.jurisdiction.time_zone;
        let mut told = self.opening()?;
        let accepted = service.accepted_at.unwrap_or(self.document.issued_at);
        told.push(("accepted", self.date(accepted)));
        let deemed = self.document.source == DocumentSource::Deemed;
        let body = if deemed { "document-acceptance-deemed" } else { "document-acceptance-body" };
        let mut pairs = vec![(page.t("document-accepted-on"), self.date(accepted))];
        let mut due = |name: &str, period, explained: Option<ExplainedDate>| {
            if let Some(explained) = explained {
                let parts = [
                    ("period", period_text(page, period)),
                    ("date", page.formal_date(explained.due.on)),
                ];
                let key = if explained.due.provisional {
                    "document-period-provisional"
                } else {
                    "document-period"
                };
                pairs.push((page.t(name), page.tn(key, &parts)));
            }
        };
        if let Some(period) = service.node.statutory {
            due("document-statutory", period, self.then.statutory(key, &catalogue.calendar, zone));
        }
        let promised = self.then.promised(key, &catalogue.calendar, zone);
        due("document-promised", service.node.promised, promised);
        let basis = self.regime().map(|regime| &regime.correction_limit.basis);
        let mut blocks = vec![Block::Text(page.tn(body, &told)), Block::Pairs(pairs)];
        blocks.push(Block::Text(page.t("document-acceptance-foot")));
        blocks.extend(self.basis(basis.filter(|_| deemed)));
        Some(blocks)
    }

    fn no(&self, body: &'static str) -> Option<Vec<Block>> {
        let reply = &self.then.document_reply(self.document)?.reply;
        let (Reply::NotAccepted { ground, text } | Reply::Refused { ground, text }) = reply else {
            return None;
        };
        let refused = self.document.id.kind == DocumentKind::Refusal;
        let (page, node) = (self.page, self.document.id.node.as_ref()?);
        let mut blocks = vec![
            Block::Text(page.tn(body, &self.opening()?)),
            Block::Points(vec![line_text(self.catalogue, page, node, ground)]),
        ];
        blocks.extend(self.said(*text));
        blocks.extend(self.basis(None));
        blocks.push(Block::Text(page.t(if refused {
            "document-refusal-next"
        } else {
            "document-not-accepted-next"
        })));
        blocks.extend(self.remedies());
        Some(blocks)
    }

    fn correction(&self) -> Option<Vec<Block>> {
        let reply = &self.then.document_reply(self.document)?.reply;
        let Reply::CorrectionRequested { lines, text, reason } = reply else { return None };
        let (page, node) = (self.page, self.document.id.node.as_ref()?);
        let zone = &self.catalogue.jurisdiction.time_zone;
        let service = self.service()?;
        let mut blocks = vec![
            Block::Text(page.tn("document-correction-body", &self.opening()?)),
            Block::Points(words::lines_text(self.catalogue, page, node, lines)),
        ];
        blocks.extend(self.said(*text));
        if let Some(reason) = reason {
            let words = self.words(*reason);
            blocks.push(Block::Text(page.t1("document-correction-reason", "words", words)));
        }
        let due = self.then.correction_due(node, &self.catalogue.calendar, zone);
        if let Some(due) = due {
            let parts = [
                ("period", period_text(page, service.node.correction_answer)),
                ("date", page.formal_date(due.due.on)),
            ];
            blocks.push(Block::Text(page.tn("document-correction-until", &parts)));
        }
        let foot = if service.node.correction_lapses {
            "document-correction-lapses"
        } else {
            "document-correction-foot"
        };
        blocks.push(Block::Text(page.t(foot)));
        blocks.extend(self.basis(self.regime().map(|regime| &regime.correction_limit.basis)));
        Some(blocks)
    }

    fn extension(&self) -> Option<Vec<Block>> {
        let (page, service) = (self.page, self.service()?);
        let extended = service.extension?;
        let key = &service.node.key;
        let zone = &self.catalogue.jurisdiction.time_zone;
        let mut told = self.opening()?;
        told.push(("period", period_text(page, extended.by)));
        let mut pairs = vec![
            (page.t("document-extension-reason"), self.words(extended.reason)),
            (page.t("document-extension-leave"), self.words(extended.approved_by)),
        ];
        let calendar = &self.catalogue.calendar;
        if let Some(due) = self.then.statutory(key, calendar, zone) {
            pairs.push((page.t("document-extension-statutory"), page.formal_date(due.due.on)));
        }
        if let Some(due) = self.then.promised(key, calendar, zone) {
            pairs.push((page.t("document-extension-promised"), page.formal_date(due.due.on)));
        }
        let mut blocks =
            vec![Block::Text(page.tn("document-extension-body", &told)), Block::Pairs(pairs)];
        let extension = self.regime().and_then(|regime| regime.extension.as_ref());
        blocks.push(Block::Text(page.t("document-extension-next")));
        blocks.extend(self.basis(extension.map(|extension| &extension.basis)));
        Some(blocks)
    }

    fn procedure(&self) -> Option<Vec<Block>> {
        let reply = &self.then.document_reply(self.document)?.reply;
        let Reply::ProcedureBegan { procedure, text } = reply else { return None };
        let (page, service) = (self.page, self.service()?);
        let key = &service.node.key;
        let known = service.node.procedure(procedure)?;
        let name = procedure_name(self.catalogue, page, &key.service, procedure);
        let mut told = self.opening()?;
        told.push(("procedure", name.clone()));
        let zone = &self.catalogue.jurisdiction.time_zone;
        let mut pairs = vec![
            (page.t("document-procedure-name"), name),
            (page.t("document-procedure-began"), self.date(self.document.issued_at)),
            (page.t("document-procedure-period"), period_text(page, known.period)),
        ];
        let due = self.then.procedure_due(key, procedure, &self.catalogue.calendar, zone);
        if let Some(due) = due {
            pairs.push((page.t("document-procedure-until"), page.formal_date(due.due.on)));
        }
        let mut blocks =
            vec![Block::Text(page.tn("document-procedure-body", &told)), Block::Pairs(pairs)];
        blocks.extend(self.said(*text));
        let counted = known.counted || known.afterwards;
        let foot =
            if counted { "document-procedure-counted" } else { "document-procedure-excluded" };
        blocks.push(Block::Text(page.t(foot)));
        blocks.extend(self.basis(None));
        Some(blocks)
    }

    fn grant(&self) -> Option<Vec<Block>> {
        let reply = &self.then.document_reply(self.document)?.reply;
        let Reply::Granted { outputs, .. } = reply else { return None };
        let (page, node) = (self.page, self.document.id.node.as_ref()?);
        let mut blocks = vec![Block::Text(page.tn("document-grant-body", &self.opening()?))];
        let definition = self.definition();
        let results: Vec<String> = outputs
            .iter()
            .filter_map(|granted| {
                let known = definition.map(|it| it.outputs.as_slice()).unwrap_or_default();
                let output = known.iter().find(|output| output.id == granted.id)?;
                let name = page.text(&output.name);
                let licence = self.file.licences.iter().map(|(_, licence)| licence);
                let own = |it: &&outputs::Licence| it.node == *node && *it.output == *granted.id;
                Some(match licence.into_iter().find(own) {
                    Some(licence) => {
                        page.t2("document-grant-licence", "name", name, "code", &licence.code)
                    }
                    None => name.to_owned(),
                })
            })
            .collect();
        if !results.is_empty() {
            blocks.push(Block::Heading(page.t("document-grant-results")));
            blocks.push(Block::Points(results));
            blocks.push(Block::Text(page.t("document-grant-foot")));
        }
        blocks.extend(self.basis(None));
        Some(blocks)
    }

    fn proof(&self) -> Option<Vec<Block>> {
        let DocumentSource::Served(served) = &self.document.source else { return None };
        let (page, document) = (self.page, self.then.document(served)?);
        let serving = document.served.as_ref()?;
        let node = self.document.id.node.as_ref()?;
        let pairs = vec![
            (page.t("document-proof-of"), super::title(page, self.then, document)),
            (page.t("document-proof-number"), self.then.document_number(served)),
            (page.t("document-proof-service"), self.service_name(node)),
            (page.t("document-proof-to"), self.applicant()),
            (page.t("document-proof-way"), page.t(&format!("served-{}", serving.way.as_str()))),
            (page.t("document-proof-at"), self.time(serving.at)),
            (page.t("document-proof-by"), page.t(&format!("document-by-{}", serving.way.as_str()))),
        ];
        let words = page.t(&format!("document-proof-{}", serving.way.as_str()));
        Some(vec![Block::Pairs(pairs), Block::Text(words)])
    }

    /// Who took a paper signs for it; what was confirmed in an account bears no signature.
    fn by_hand(&self) -> Vec<String> {
        let DocumentSource::Served(served) = &self.document.source else { return Vec::new() };
        let serving = self.then.document(served).and_then(|it| it.served.as_ref());
        match serving.map(|serving| serving.way) {
            None | Some(ServiceWay::Online) => Vec::new(),
            Some(ServiceWay::Counter | ServiceWay::Direct | ServiceWay::Post) => vec![
                self.page.t("document-sign-recipient"),
                self.page.t("document-sign-server"),
                self.page.t("document-sign-date"),
            ],
        }
    }

    /// What can be done against it, in the words of its procedure regime.
    pub(super) fn remedies(&self) -> Option<Block> {
        let remedies = self.page.text(&self.regime()?.remedies);
        (!remedies.is_empty()).then(|| Block::Text(remedies.to_owned()))
    }

    /// The department's own words.
    pub(super) fn said(&self, text: Option<SealedId>) -> Option<Block> {
        let said = self.words(text?);
        (!said.is_empty()).then(|| Block::Text(self.page.t1("document-said", "words", said)))
    }

    pub(super) fn words(&self, id: SealedId) -> String {
        let words: &BTreeMap<SealedId, String> = &self.file.words;
        words.get(&id).cloned().unwrap_or_else(|| self.page.t("document-erased"))
    }

    /// On what it rests: an act for just this step where the regime names one, the service's own act, and the
    /// regime's.
    pub(super) fn basis(&self, step: Option<&Basis>) -> Option<Block> {
        let own = self.definition().map(|it| &it.basis);
        let regime = self.regime().map(|it| &it.basis);
        let mut acts: Vec<String> = Vec::new();
        for basis in [step, own, regime].into_iter().flatten() {
            let act = self.page.text(&basis.act);
            if act.is_empty() {
                continue;
            }
            let act = if basis.is_verified() {
                act.to_owned()
            } else {
                self.page.t1("document-basis-unverified", "act", act)
            };
            if !acts.contains(&act) {
                acts.push(act);
            }
        }
        let separator = self.page.t("document-basis-separator");
        (!acts.is_empty())
            .then(|| Block::Small(self.page.t1("document-basis", "acts", acts.join(&separator))))
    }
}
