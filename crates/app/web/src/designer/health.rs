//! A matter's health: the ten tests that every joined matter has to stand (十个一), six scores, and whether it
//! can be started at all. Everything is computed from the definitions and their proof; nothing is ticked by hand.

use std::collections::BTreeSet;

use catalogue::{Catalogue, Matter, OutputKind, PublicService, Way};
use plan::Plan;
use vocabulary::{DataElementId, EvidenceTypeId};

use super::problems::ProblemRow;
use crate::naming;
use crate::page::Page;
use crate::state::App;

/// One of the ten tests.
#[derive(Debug)]
pub(super) struct Test {
    pub(super) name: String,
    pub(super) passed: bool,
    pub(super) words: String,
}

/// One of the six scores.
#[derive(Debug)]
pub(super) struct Score {
    pub(super) name: String,
    pub(super) of: usize,
    pub(super) out_of: usize,
    pub(super) words: String,
}

impl Score {
    /// In per cent; `—` when there is nothing to measure.
    pub(super) fn percent(&self) -> String {
        match self.of.saturating_mul(100).checked_div(self.out_of) {
            Some(percent) => format!("{percent}%"),
            None => "—".to_owned(),
        }
    }
}

/// What a matter is judged by.
pub(super) struct Patient<'a> {
    pub(super) app: &'a App,
    pub(super) page: &'a Page,
    pub(super) catalogue: &'a Catalogue,
    pub(super) matter: &'a Matter,
    /// The plan of its first scenario.
    pub(super) plan: Option<&'a Plan>,
    pub(super) problems: &'a [ProblemRow],
}

/// How many dated facts a matter's definitions state, and how many of them are not verified.
pub(super) fn certainty(catalogue: &Catalogue, matter: &Matter) -> (usize, usize) {
    let mut all = vec![&matter.basis];
    all.extend(matter.baselines.iter().map(|it| &it.basis));
    all.extend(matter.announced.iter().map(|it| &it.basis));
    for service in catalogue.services_of(matter) {
        all.extend([&service.basis, &service.promised.basis]);
        all.extend(service.statutory.as_ref().map(|it| &it.basis));
        all.extend(service.statutory_when.iter().map(|it| &it.period.basis));
        all.extend(service.promised_when.iter().map(|it| &it.period.basis));
        all.extend(service.special_procedures.iter().map(|it| &it.period.basis));
        all.extend(service.fees.iter().map(|it| &it.basis));
        all.extend(service.requirements.iter().map(|it| &it.basis));
        all.extend(service.baseline.as_ref().map(|it| &it.basis));
    }
    let open = all.iter().filter(|basis| !basis.is_verified()).count();
    (all.len(), open)
}

/// 可办性 (semantics 18): form, evidence, check before submission and every department's route are in place.
pub(super) fn startable(app: &App, catalogue: &Catalogue, matter: &Matter) -> bool {
    missing_for_start(app, catalogue, matter).iter().all(|(_, there)| *there)
}

/// The four things that starting needs, each with whether it is there.
pub(super) fn missing_for_start(
    app: &App,
    catalogue: &Catalogue,
    matter: &Matter,
) -> [(&'static str, bool); 4] {
    let mut services = catalogue.services_of(matter);
    let every = |test: &dyn Fn(&PublicService) -> bool| catalogue.services_of(matter).all(test);
    [
        ("start-form", services.any(|service| !service.fields.is_empty())),
        ("start-evidence", every(&|it| it.evidence.iter().all(|need| !need.ways.is_empty()))),
        ("start-check", every(&|it| !it.checklist.is_empty())),
        ("start-routes", every(&|it| app.workshop.reached.contains(&it.authority))),
    ]
}

impl Patient<'_> {
    fn services(&self) -> Vec<&PublicService> {
        self.catalogue.services_of(self.matter).collect()
    }

    /// Names of those services that fail a test.
    fn failing(&self, test: impl Fn(&PublicService) -> bool) -> Vec<&str> {
        let services = self.services().into_iter().filter(|service| !test(service));
        services.map(|service| self.page.text(&service.name)).collect()
    }

    fn test(&self, key: &str, failing: &[&str], words: String) -> Test {
        let names = match failing {
            // Nothing in particular: the matter as a whole.
            ["—"] => self.page.t(&format!("{key}-missing")),
            _ => failing.join(&self.page.t("list-separator")),
        };
        Test {
            name: self.page.t(key),
            passed: failing.is_empty(),
            words: if failing.is_empty() {
                words
            } else {
                self.page.t1("test-fails", "names", names)
            },
        }
    }

    fn shared_channels(&self) -> Vec<String> {
        let mut shared: Option<BTreeSet<&str>> = None;
        for service in self.services() {
            let own: BTreeSet<&str> = service.channels.iter().map(String::as_str).collect();
            shared = Some(match shared {
                None => own,
                Some(known) => known.intersection(&own).copied().collect(),
            });
        }
        let names = shared.unwrap_or_default().into_iter();
        names.map(|channel| self.page.t(&format!("channel-{channel}"))).collect()
    }

    /// The ten tests.
    pub(super) fn tests(&self) -> Vec<Test> {
        let page = self.page;
        let separator = page.t("list-separator");
        let services = self.services();
        let copies: u32 =
            services.iter().flat_map(|it| &it.evidence).map(|need| need.copies_alone).sum();
        let types: BTreeSet<&EvidenceTypeId> =
            services.iter().flat_map(|it| &it.evidence).map(|need| &need.ty).collect();
        let all_fields = services.iter().map(|it| it.fields.len()).sum::<usize>();
        let fields: BTreeSet<&DataElementId> =
            services.iter().flat_map(|it| &it.fields).map(|need| &need.element).collect();
        let shared = self.shared_channels();
        let not_joined: &[&str] = if shared.is_empty() { &["—"] } else { &[] };
        let counts = [("copies", copies.to_string()), ("types", types.len().to_string())];
        let departments = self.catalogue.organisations_of(self.matter);
        let lead = self.catalogue.organisations.get(&self.matter.lead);
        let phone = lead.and_then(|lead| lead.phone.clone());
        let silent: &[&str] = if phone.is_none() { &["—"] } else { &[] };
        let unsatisfied = self.unsatisfied();
        vec![
            self.test("ten-list", &unsatisfied, page.tn("ten-list-words", &counts)),
            self.test(
                "ten-window",
                not_joined,
                page.t1("ten-window-words", "channels", shared.join(&separator)),
            ),
            self.test(
                "ten-notice",
                &self.failing(|it| !it.checklist.is_empty() && !it.refusal_grounds.is_empty()),
                page.t1("ten-notice-words", "n", services.len()),
            ),
            self.test(
                "ten-form",
                &[],
                page.t2("ten-form-words", "all", all_fields, "fields", fields.len()),
            ),
            self.test(
                "ten-evidence",
                &self.failing(|it| it.evidence.iter().all(|need| !need.reason.is_empty())),
                page.tn("ten-evidence-words", &counts),
            ),
            self.test(
                "ten-submission",
                not_joined,
                page.t1("ten-submission-words", "n", services.len()),
            ),
            self.test(
                "ten-feedback",
                &self.failing(|it| self.catalogue.regimes.contains_key(&it.regime)),
                page.t("ten-feedback-words"),
            ),
            self.test(
                "ten-dispatch",
                &self.failing(|it| self.app.workshop.reached.contains(&it.authority)),
                page.t1("ten-dispatch-words", "n", departments.len()),
            ),
            self.test(
                "ten-delivery",
                &self.failing(|it| it.outputs.iter().any(|o| o.kind != OutputKind::Facts)),
                page.t("ten-delivery-words"),
            ),
            self.test(
                "ten-number",
                silent,
                page.t1("ten-number-words", "phone", phone.clone().unwrap_or_default()),
            ),
        ]
    }

    /// Evidence that nobody can satisfy, as the proof found it.
    fn unsatisfied(&self) -> Vec<&str> {
        let found = self.problems.iter().filter(|it| it.code == super::proved::UNSATISFIABLE);
        found.map(|it| it.place.as_str()).collect()
    }

    /// The six scores of a joined matter's quality.
    pub(super) fn scores(&self) -> Vec<Score> {
        let page = self.page;
        let services = self.services();
        let complete = |service: &&&PublicService| {
            let checked = service.checklist.iter().any(|line| !line.checks.is_empty());
            checked
                && !service.outputs.is_empty()
                && service.baseline.is_some()
                && (!service.basis.act.is_empty() || service.basis.source.is_some())
        };
        let needs: Vec<_> = services.iter().flat_map(|it| &it.evidence).collect();
        let fetched = needs.iter().filter(|need| {
            need.ways.first().is_some_and(|way| !matches!(way, Way::Upload | Way::Licence))
        });
        let all_fields = services.iter().map(|it| it.fields.len()).sum::<usize>();
        let fields: BTreeSet<&DataElementId> =
            services.iter().flat_map(|it| &it.fields).map(|need| &need.element).collect();
        let wrong = self.problems.iter().filter(|it| it.class != "quiet").count();
        let judged = self.matter.questions.len().saturating_add(services.len()).max(wrong);
        let (before, after) = self
            .plan
            .map_or((0, 0), |plan| (plan.reductions.days.before, plan.reductions.days.after));
        let (typed, form) = self.plan.map_or((0, 0), |plan| {
            let form = plan.form.iter().map(|topic| topic.fields.len()).sum();
            (plan.missing_fields().count(), form)
        });
        let count = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        let days = |halves: u32| vocabulary::HalfDays(halves).to_string();
        let score = |key: &str, of: usize, out_of: usize| Score {
            name: page.t(key),
            of,
            out_of,
            words: page.t2(&format!("{key}-words"), "n", of, "all", out_of),
        };
        vec![
            score("six-complete", services.iter().filter(complete).count(), services.len()),
            score("six-exact", judged.saturating_sub(wrong), judged),
            score("six-connected", fetched.count(), needs.len()),
            score("six-lean", all_fields.saturating_sub(fields.len()), all_fields),
            Score {
                words: page.t2(
                    "six-reasonable-words",
                    "n",
                    days(before.saturating_sub(after)),
                    "all",
                    days(before),
                ),
                ..score("six-reasonable", count(before.saturating_sub(after)), count(before))
            },
            score("six-fluent", form.saturating_sub(typed), form),
        ]
    }

    /// Fields that no checklist line, output, condition or signature uses, as `department: field`.
    pub(super) fn without_need(&self) -> Vec<String> {
        let mut found = Vec::new();
        for service in self.services() {
            for need in &service.fields {
                let uses = super::service::uses(self.catalogue, self.page, service, &need.element);
                if uses.is_empty() {
                    let department =
                        naming::organisation_name(self.catalogue, self.page, &service.authority);
                    let field = naming::element_name(self.catalogue, self.page, &need.element);
                    found.push(format!("{department}：{field}"));
                }
            }
        }
        found
    }
}
