//! Reading facts, page by page, so that memory does not grow with the number of cases.

use indicators::{Basis, DraftFact, Fact, FactKind, RatingFact, Scope, SendingFact, ServiceFact};
use indicators::{CaseFact, Indicator};
use store_port::{FactFilter, OpenedFilter};
use vocabulary::{CaseId, Date, DispatchId, DraftId};

use crate::errors::WebError;
use crate::state::App;

/// Rows of one reading.
const ROWS: u32 = 1000;

/// A fact that stands by itself, with the key after which the next one is found.
#[derive(Debug, Clone)]
pub enum Owned {
    Case(CaseFact),
    Service(ServiceFact),
    Rating(RatingFact),
    Draft(DraftFact),
    Sending(DispatchId, SendingFact),
}

impl Owned {
    /// The fact.
    pub const fn fact(&self) -> Fact<'_> {
        match self {
            Self::Case(fact) => Fact::Case(fact),
            Self::Service(fact) => Fact::Service(fact),
            Self::Rating(fact) => Fact::Rating(fact),
            Self::Draft(fact) => Fact::Draft(fact),
            Self::Sending(_, fact) => Fact::Sending(fact),
        }
    }

    /// The key as it stands in an address.
    pub fn key(&self) -> String {
        match self {
            Self::Case(fact) => fact.case.to_string(),
            Self::Service(fact) => format!("{}|{}", fact.case, fact.node),
            Self::Rating(fact) => fact.case.to_string(),
            Self::Draft(fact) => fact.draft.to_string(),
            Self::Sending(dispatch, fact) => format!("{}|{dispatch}", fact.case),
        }
    }
}

/// Which facts of a kind to read.
#[derive(Debug, Clone)]
pub struct Reading {
    kind: FactKind,
    filter: FactFilter,
    opened: OpenedFilter,
    owed_after: Option<(CaseId, DispatchId)>,
    done: bool,
}

impl Reading {
    /// All facts that may count in an indicator under this scope. The indicator itself has the last word.
    pub fn of(indicator: &Indicator, scope: &Scope) -> Self {
        let days = || Some((scope.since.to_string(), scope.until.to_string()));
        // A case stands under its latest rating; an earlier one of it may lie in the period.
        let rated = || Some((scope.since.to_string(), Date::MAX.to_string()));
        let mut filter = match indicator.basis {
            Basis::Now => FactFilter { open: true, ..FactFilter::default() },
            Basis::Rated => FactFilter { rated: rated(), ..FactFilter::default() },
            Basis::Closed | Basis::Decided | Basis::Opened => {
                FactFilter { ended: days(), ..FactFilter::default() }
            }
        };
        if !indicator.across_matters {
            filter.matter = scope.matter.as_ref().map(ToString::to_string);
        }
        Self::new(indicator.kind(), filter, scope)
    }

    /// Everything that one page of figures is about: open now, or ended, handed in or rated in the period.
    pub fn all(kind: FactKind, scope: &Scope) -> Self {
        let days = || Some((scope.since.to_string(), scope.until.to_string()));
        let filter = FactFilter {
            open: true,
            ended: days(),
            submitted: days(),
            rated: Some((scope.since.to_string(), Date::MAX.to_string())),
            ..FactFilter::default()
        };
        Self::new(kind, filter, scope)
    }

    fn new(kind: FactKind, filter: FactFilter, scope: &Scope) -> Self {
        let area = scope.area.as_deref().unwrap_or_default().trim_end_matches("00").to_owned();
        let opened = OpenedFilter {
            opened: Some((scope.since.to_string(), scope.until.to_string())),
            area: area.clone(),
            matter: filter.matter.clone(),
            after: None,
            limit: ROWS,
        };
        let filter = FactFilter { area, limit: ROWS, ..filter };
        Self { kind, filter, opened, owed_after: None, done: false }
    }

    /// Begins after this key; a key that cannot be read is the beginning.
    #[must_use]
    pub fn after(mut self, key: &str) -> Self {
        let (first, second) = key.split_once('|').unwrap_or((key, ""));
        let case: Option<CaseId> = first.parse().ok();
        self.filter.after = case.map(|case| (case, second.to_owned()));
        self.opened.after = first.parse::<DraftId>().ok();
        self.owed_after = case.zip(second.parse().ok());
        self
    }

    /// The next facts; none = that was all.
    ///
    /// # Errors
    /// A fault.
    pub async fn next(&mut self, app: &App) -> Result<Vec<Owned>, WebError> {
        if self.done {
            return Ok(Vec::new());
        }
        let full = usize::try_from(ROWS).unwrap_or(usize::MAX);
        let (read, facts): (usize, Vec<Owned>) = match self.kind {
            FactKind::Case => {
                let facts = app.engine.case_facts(&self.filter).await?;
                self.filter.after = facts.last().map(|last| (last.case, String::new()));
                (facts.len(), facts.into_iter().map(Owned::Case).collect())
            }
            FactKind::Rating => {
                let facts = app.engine.case_facts(&self.filter).await?;
                self.filter.after = facts.last().map(|last| (last.case, String::new()));
                let read = facts.len();
                let ratings = facts.into_iter().flat_map(|case| case.ratings);
                (read, ratings.map(Owned::Rating).collect())
            }
            FactKind::Service => {
                let facts = app.engine.service_facts(&self.filter).await?;
                self.filter.after = facts.last().map(|last| (last.case, last.node.to_string()));
                (facts.len(), facts.into_iter().map(Owned::Service).collect())
            }
            FactKind::Draft => {
                let facts = app.engine.draft_facts(&self.opened).await?;
                self.opened.after = facts.last().map(|last| last.draft);
                (facts.len(), facts.into_iter().map(Owned::Draft).collect())
            }
            FactKind::Sending => {
                let facts = app.engine.sending_facts(self.owed_after, ROWS).await?;
                self.owed_after = facts.last().map(|(dispatch, fact)| (fact.case, *dispatch));
                let owned = |(dispatch, fact)| Owned::Sending(dispatch, fact);
                (facts.len(), facts.into_iter().map(owned).collect())
            }
        };
        self.done = read < full;
        if facts.is_empty() && !self.done {
            // Nothing of this reading was a fact of the kind; there is more.
            return Box::pin(self.next(app)).await;
        }
        Ok(facts)
    }

    /// Gives every fact to `take`; returns how many there were.
    ///
    /// # Errors
    /// A fault.
    pub async fn each(
        mut self,
        app: &App,
        mut take: impl FnMut(Fact<'_>),
    ) -> Result<u64, WebError> {
        let mut read: u64 = 0;
        loop {
            let facts = self.next(app).await?;
            if facts.is_empty() {
                return Ok(read);
            }
            for fact in &facts {
                take(fact.fact());
                read = read.saturating_add(1);
            }
        }
    }
}
