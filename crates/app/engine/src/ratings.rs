//! Ratings as lists read them: rows made beside every change.
//!
//! The terms by which a bad one has to be answered are the network's; due dates are derived here, as everywhere,
//! from the instant of the rating and the working calendar.

use casework::{Case, CaseEvent, Rating, RatingState};
use store_port::RatingRow;
use vocabulary::{Date, Period};

use crate::facts::{Facts, outlet};

impl Facts<'_> {
    /// The rows of those ratings that `events` say something about.
    pub(crate) fn rating_rows(&self, case: &Case, events: &[CaseEvent]) -> Vec<RatingRow> {
        let about = events.iter().filter_map(|event| event.body.rated_node());
        let found = about.filter_map(|node| case.rating_of(node));
        found.map(|rating| self.rating_row(case, rating)).collect()
    }

    pub(crate) fn rating_row(&self, case: &Case, rating: &Rating) -> RatingRow {
        let application = &case.application;
        let department = match &rating.node {
            Some(node) => case.service(node).map(|service| service.node.department.clone()),
            None => application.reception.lead.clone(),
        };
        let due = self.rating_due(rating);
        RatingRow {
            case_id: case.id,
            node: rating.node.as_ref().map(ToString::to_string).unwrap_or_default(),
            case_number: application.case_number.to_string(),
            matter: application.matter.to_string(),
            department: department.map(|it| it.to_string()).unwrap_or_default(),
            area: self.area(case),
            outlet: outlet(case).to_owned(),
            channel: application.channel.to_string(),
            via: rating.channel.map_or("", casework::RatingChannel::as_str).to_owned(),
            grade: rating.grade,
            rated_at: rating.at,
            rated_on: self.day(rating.at),
            state: rating.state().as_str().to_owned(),
            appealed: rating.open_appeal().is_some(),
            contact_due_on: due.map(|(contact, _)| contact.to_string()),
            due_on: due.map(|(_, settled)| settled.to_string()),
            rectified_on: rating.rectified.as_ref().map(|it| self.day(it.at)),
        }
    }

    /// By when the rater has to be called back, and it has to be settled.
    pub(crate) fn rating_due(&self, rating: &Rating) -> Option<(Date, Date)> {
        let rule = self.network.rating.as_ref().filter(|_| rating.is_bad())?;
        let on = self.catalogue.civil_date(rating.at);
        let complex = rating.contact.as_ref().is_some_and(|it| it.complex);
        let days = if complex { rule.complex_days } else { rule.simple_days };
        let due = |days| self.catalogue.calendar.due(on, Period::working_days(days)).on;
        Some((due(rule.contact_days), due(days)))
    }
}

/// What is owed for a rating, and whether it is late.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RatingDue {
    pub on: Date,
    pub overdue: bool,
}

/// The next thing that is due for a rating: the call, or that it is settled.
pub fn rating_due(row: &RatingRow, today: Date) -> Option<RatingDue> {
    let text = match row.state.as_str() {
        it if it == RatingState::Open.as_str() => row.contact_due_on.as_deref(),
        it if it == RatingState::Contacted.as_str() => row.due_on.as_deref(),
        _ => None,
    };
    let on: Date = text?.parse().ok()?;
    Some(RatingDue { on, overdue: on < today })
}
