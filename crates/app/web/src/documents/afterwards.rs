//! What documents say that silence, an act after a grant, or a change of the applicant brings about.

use casework::{ChangeEffect, RevocationAct};
use paper::Block;
use vocabulary::LapseMeans;

use super::sheet::Filling;
use super::words;
use crate::plan_view::period_text;

impl Filling<'_> {
    /// 视为准予: since when, by which silence, and what the department still owes.
    pub(super) fn deemed_grant(&self) -> Option<Vec<Block>> {
        let (page, service) = (self.page, self.service()?);
        let since = service.grant_deemed_at.unwrap_or(self.document.issued_at);
        let rule = self.regime().and_then(|regime| regime.deemed_grant.as_ref());
        let mut told = self.opening()?;
        told.push(("since", self.date(since)));
        let mut pairs = vec![(page.t("document-deemed-since"), self.date(since))];
        if let Some(deemed) = service.node.deemed_grant {
            pairs.push((page.t("document-deemed-period"), period_text(page, deemed.period)));
        }
        let mut blocks =
            vec![Block::Text(page.tn("document-deemed-grant-body", &told)), Block::Pairs(pairs)];
        let owed = words::output_names(page, self.definition(), service);
        if owed.is_empty() {
            blocks.push(Block::Text(page.t("document-deemed-grant-foot")));
        } else {
            blocks.push(Block::Heading(page.t("document-deemed-owed")));
            blocks.push(Block::Points(owed));
            blocks.push(Block::Text(page.t("document-deemed-grant-owed-foot")));
        }
        blocks.extend(self.basis(rule.map(|rule| &rule.period.basis)));
        Some(blocks)
    }

    /// 逾期未补正: what was asked for, until when, and what its silence means.
    pub(super) fn lapse(&self) -> Option<Vec<Block>> {
        let (page, service) = (self.page, self.service()?);
        let node = self.document.id.node.as_ref()?;
        let asked = service.corrections.iter().rfind(|it| it.lapsed_at.is_some());
        let mut told = self.opening()?;
        let notified =
            asked.map_or(self.document.issued_at, |it| it.told_at.unwrap_or(it.requested_at));
        told.push(("told", self.date(notified)));
        told.push(("period", period_text(page, service.node.correction_answer)));
        let body = match service.node.lapse_means {
            LapseMeans::Returned => "document-lapse-body",
            LapseMeans::Withdrawn => "document-lapse-withdrawn-body",
            LapseMeans::Abandoned => "document-lapse-abandoned-body",
        };
        let mut blocks = vec![Block::Text(page.tn(body, &told))];
        if let Some(asked) = asked {
            blocks.push(Block::Heading(page.t("document-lapse-lines")));
            let lines = words::lines_text(self.catalogue, page, node, &asked.lines);
            blocks.push(Block::Points(lines));
        }
        blocks.push(Block::Text(page.t("document-lapse-next")));
        blocks.extend(self.remedies());
        blocks.extend(self.basis(self.regime().map(|regime| &regime.correction_answer.basis)));
        Some(blocks)
    }

    /// The number of the decision to grant that an act is about.
    fn granted_by(&self) -> Option<(String, String)> {
        let node = self.document.id.node.as_ref()?;
        let of_node = |it: &&casework::Document| it.id.node.as_ref() == Some(node);
        let grants = self.then.documents().iter().filter(of_node);
        let grant = grants.into_iter().find(|it| {
            use casework::DocumentKind::{DeemedGrant, Grant};
            matches!(it.id.kind, Grant | DeemedGrant)
        })?;
        Some((self.date(grant.issued_at), self.then.document_number(&grant.id)))
    }

    fn act_told(&self, act: RevocationAct) -> Option<Vec<(&'static str, String)>> {
        let (date, number) = self.granted_by().unwrap_or_default();
        let service = self.service_name(self.document.id.node.as_ref()?);
        let act = self.page.t(&format!("act-{}", act.as_str()));
        Some(vec![("date", date), ("number", number), ("service", service), ("act", act)])
    }

    fn act_basis(&self, act: RevocationAct) -> Option<Block> {
        let known = self.regime().map(|regime| regime.revocations.iter());
        let known = known.into_iter().flatten().find(|known| known.act == act);
        self.basis(known.map(|known| &known.basis))
    }

    /// 事先告知: what is meant to be done, why, and until when the holder may speak.
    pub(super) fn revocation_notice(&self) -> Option<Vec<Block>> {
        let page = self.page;
        let announced = self.then.announced(self.document)?;
        let told = self.act_told(announced.act)?;
        let mut pairs = vec![
            (page.t("act-reason"), self.words(announced.reason)),
            (page.t("act-basis"), self.words(announced.basis)),
        ];
        let zone = &self.catalogue.jurisdiction.time_zone;
        let node = self.document.id.node.as_ref()?;
        let until = self.then.heard_until(node, &self.catalogue.calendar, zone);
        let next = match until {
            Some(until) => {
                let date = page.formal_date(until.due.on);
                pairs.push((page.t("document-heard-until"), date.clone()));
                page.t1("document-revocation-notice-next", "date", date)
            }
            None => page.t("document-revocation-notice-next-open"),
        };
        let mut blocks = vec![
            Block::Text(page.tn("document-revocation-notice-body", &told)),
            Block::Pairs(pairs),
            Block::Text(next),
        ];
        blocks.extend(self.act_basis(announced.act));
        Some(blocks)
    }

    /// 撤销、撤回、吊销、注销: why, on what, from when, and what can be done against it.
    pub(super) fn revocation(&self) -> Option<Vec<Block>> {
        let (page, service) = (self.page, self.service()?);
        let casework::Reply::Revoked { act, reason, basis, effective_on, .. } =
            &self.then.document_reply(self.document)?.reply
        else {
            return None;
        };
        let pairs = vec![
            (page.t("act-reason"), self.words(*reason)),
            (page.t("act-basis"), self.words(*basis)),
            (page.t("act-effective"), page.formal_date(*effective_on)),
        ];
        let mut blocks = vec![
            Block::Text(page.tn("document-revocation-body", &self.act_told(*act)?)),
            Block::Pairs(pairs),
        ];
        let announced = service.announcements.iter().rfind(|it| it.act == *act);
        if let Some(announced) = announced {
            let key =
                if announced.answered.is_some() { "document-heard" } else { "document-not-heard" };
            let date = self.date(announced.at);
            blocks.push(Block::Text(page.t1(key, "date", date)));
        }
        let licences = words::output_names(page, self.definition(), service);
        blocks.push(Block::Text(page.t(if licences.is_empty() {
            "document-revocation-next"
        } else {
            "document-revocation-next-licences"
        })));
        blocks.extend(self.remedies());
        blocks.extend(self.act_basis(*act));
        Some(blocks)
    }

    /// 终止办理: with the change of the applicant that led to it.
    pub(super) fn termination(&self) -> Option<Vec<Block>> {
        let (page, service) = (self.page, self.service()?);
        let change = self.then.successions.last().map(|it| it.change);
        let mut pairs = Vec::new();
        if let Some(change) = change {
            let name = page.t(&format!("change-{}", change.as_str()));
            pairs.push((page.t("change-what"), name));
        }
        if let Some(reason) = service.terminated_for {
            pairs.push((page.t("document-termination-reason"), self.words(reason)));
        }
        let mut blocks = vec![Block::Text(page.tn("document-termination-body", &self.opening()?))];
        if !pairs.is_empty() {
            blocks.push(Block::Pairs(pairs));
        }
        blocks.push(Block::Text(page.t("document-termination-next")));
        blocks.extend(self.remedies());
        let own = self.definition();
        let rule = self.regime().zip(own).and_then(|(regime, own)| {
            let ends = |it: &&catalogue::RegimeChange| {
                Some(it.change) == change && it.effect != ChangeEffect::GoesOn
            };
            own.changes_under(regime).find(ends)
        });
        blocks.extend(self.basis(rule.map(|rule| &rule.basis)));
        Some(blocks)
    }
}
