//! Rules of supervision: stages, lights, reminders. Nothing here knows a case.

use std::collections::BTreeMap;

use vocabulary::Date;

use super::Resolver;
use crate::codes;
use crate::register::{Kind, localised};
use crate::resolved::{LightRule, LightWhen, ReminderRule, StageRule, Supervision};
use crate::written::{
    LightAsWritten, ReminderAsWritten, StageKindAsWritten, SupervisionAsWritten, WatchedAsWritten,
};

impl Resolver<'_, '_> {
    pub(super) fn supervision(&mut self, written: &SupervisionAsWritten) -> Supervision {
        let id = &written.id;
        self.unique("light", written.light.iter().map(|light| &light.id));
        self.unique("reminder", written.reminder.iter().map(|reminder| &reminder.id));
        let mut stages = BTreeMap::new();
        for stage in &written.stage {
            let within = stage.within.as_ref().map(|within| self.period(within, "within", id));
            let by_law = matches!(
                stage.stage,
                StageKindAsWritten::Accept
                    | StageKindAsWritten::Decide
                    | StageKindAsWritten::Deliver
            );
            if within.is_none() && !by_law {
                let message = format!("a stage of `{id}` has no time that could pass");
                let hint = "add `within = { count = \"…\", unit = \"working_day\" }`".to_owned();
                self.error(codes::BAD_PERIOD, id, message, hint);
            }
            let rule = StageRule { name: localised(&stage.name), within };
            if stages.insert(stage.stage, rule).is_some() {
                let message = format!("`{id}` has a stage twice");
                self.error(codes::DUPLICATE, id, message, "keep one of them".to_owned());
            }
        }
        let lights = written.light.iter().map(|it| self.light(it)).collect::<Vec<_>>();
        for (light, written) in lights.iter().zip(&written.light) {
            if light.of.stage().is_some_and(|stage| !stages.contains_key(&stage)) {
                let message =
                    format!("light `{}` looks at a stage that is not defined", written.id);
                let hint = "add its `[[supervision.stage]]`".to_owned();
                self.error(codes::UNKNOWN_NAME, &written.id, message, hint);
            }
        }
        Supervision {
            id: id.get_ref().as_str().into(),
            name: localised(&written.name),
            from: self.date(&written.from).unwrap_or(Date::MAX),
            stages,
            lights,
            reminders: written.reminder.iter().map(|it| self.reminder(it)).collect(),
            soon: written.soon.into(),
            answer: self.period(&written.answer, "answer", id),
            basis: self.basis(&written.basis),
        }
    }

    fn light(&mut self, written: &LightAsWritten) -> LightRule {
        let id = &written.id;
        let when = match (written.used_percent, written.left, written.over) {
            (Some(percent), None, None) => LightWhen::UsedPercent(percent),
            (None, Some(days), None) => LightWhen::Left(days.into()),
            (None, None, Some(days)) => LightWhen::Over(days.into()),
            _ => {
                let message = format!("light `{id}` does not say once when it goes on");
                let hint = "write one of `used_percent`, `left` and `over`".to_owned();
                self.error(codes::BAD_PERIOD, id, message, hint);
                LightWhen::Over(0)
            }
        };
        LightRule {
            id: id.get_ref().as_str().into(),
            name: localised(&written.name),
            of: written.of,
            colour: written.colour,
            when,
            basis: self.basis(&written.basis),
        }
    }

    fn reminder(&mut self, written: &ReminderAsWritten) -> ReminderRule {
        let id = &written.id;
        let organisation = written.organisation.as_ref();
        ReminderRule {
            id: id.get_ref().as_str().into(),
            light: written.light,
            after: written.after.into(),
            to: written.to,
            organisation: self.optional_name(Kind::Organisation, organisation),
        }
    }
}

impl WatchedAsWritten {
    /// The stage that it is about; `None` = the whole.
    pub const fn stage(self) -> Option<StageKindAsWritten> {
        match self {
            Self::Promised | Self::Statutory => None,
            Self::Receive => Some(StageKindAsWritten::Receive),
            Self::Accept => Some(StageKindAsWritten::Accept),
            Self::Review => Some(StageKindAsWritten::Review),
            Self::Decide => Some(StageKindAsWritten::Decide),
            Self::Deliver => Some(StageKindAsWritten::Deliver),
        }
    }
}
