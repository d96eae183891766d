//! The few words that the text of a plan needs besides those of the catalogue: Chinese, and English for
//! every other language.

use vocabulary::{Date, HalfDays, Lang, Period, PeriodUnit};

/// Which of the two sets of words is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tongue {
    Chinese,
    English,
}

impl Tongue {
    pub(crate) fn of(lang: &Lang) -> Self {
        if lang.as_str() == "zh" || lang.as_str().starts_with("zh-") {
            Self::Chinese
        } else {
            Self::English
        }
    }

    /// One of two texts; `{0}`, `{1}` … in it stand for the arguments.
    pub(crate) fn say(self, chinese: &str, english: &str, args: &[&str]) -> String {
        let mut text = if self == Self::Chinese { chinese } else { english }.to_owned();
        for (position, arg) in args.iter().enumerate() {
            text = text.replace(&format!("{{{position}}}"), arg);
        }
        text
    }

    /// Between the items of a list within a sentence.
    pub(crate) fn comma(self) -> &'static str {
        if self == Self::Chinese { "、" } else { ", " }
    }

    pub(crate) fn date(self, date: Date) -> String {
        let weekday = date.weekday().to_monday_zero_offset();
        let chinese = ["一", "二", "三", "四", "五", "六", "日"];
        let english = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        let names = if self == Self::Chinese { chinese } else { english };
        let place = usize::try_from(weekday).unwrap_or_default();
        let name = names.get(place).copied().unwrap_or_default();
        match self {
            Self::Chinese => {
                format!("{}年{}月{}日（周{name}）", date.year(), date.month(), date.day())
            }
            Self::English => format!("{name} {date}"),
        }
    }

    pub(crate) fn working_days(self, halves: HalfDays) -> String {
        let english =
            if halves == HalfDays::days(1) { "{0} working day" } else { "{0} working days" };
        self.say("{0} 个工作日", english, &[&halves.to_string()])
    }

    pub(crate) fn period(self, period: Period) -> String {
        let count = period.halves.to_string();
        let one = period.halves == HalfDays::days(1);
        match period.unit {
            PeriodUnit::WorkingDay => self.working_days(period.halves),
            PeriodUnit::CalendarDay => {
                self.say("{0} 日", if one { "{0} day" } else { "{0} days" }, &[&count])
            }
            PeriodUnit::Month => {
                self.say("{0} 个月", if one { "{0} month" } else { "{0} months" }, &[&count])
            }
            PeriodUnit::Hour => {
                self.say("{0} 小时", if one { "{0} hour" } else { "{0} hours" }, &[&count])
            }
            PeriodUnit::Immediate => self.say("即办", "at once", &[]),
        }
    }
}
