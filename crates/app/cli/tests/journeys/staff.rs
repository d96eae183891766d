//! The role board, and what officers do at their desk.

use crate::visitor::{Visitor, quoted};

impl Visitor {
    /// Takes somebody's place by the role board.
    #[track_caller]
    pub(crate) fn enters_as(&mut self, name: &str) {
        self.goes_to(&format!("/demo?find={name}"));
        self.clicks(&format!("以{name}的身份进入"));
        self.sees(&format!("您现在的身份：{name}"));
    }

    /// Takes the place of the officer of an authority.
    #[track_caller]
    pub(crate) fn enters_as_officer_of(&mut self, authority: &str) {
        self.goes_to(&format!("/demo?find={authority}"));
        // The first of them, where there are colleagues.
        let row = format!(
            "(//details[contains(@class, 'cast')]//li[.//span[normalize-space(.)={}]])[1]",
            quoted(authority),
        );
        self.clicks_within(&row, "进入");
        self.is_at("待办");
    }

    /// Changes how a department's system behaves from now on.
    #[track_caller]
    pub(crate) fn sets_department(&mut self, department: &str, behaviour: &str) {
        self.goes_to("/demo?open=departments");
        let row = format!("//tr[.//strong[normalize-space(.)={}]]", quoted(department));
        let option = format!("{row}//option[normalize-space(.)={}]", quoted(behaviour));
        self.act(&option, |session, option| session.click(option));
        self.clicks_within(&row, "设定");
        let now = format!("{row}/td[2][normalize-space(.)={}]", quoted(behaviour));
        self.shown(&now);
    }
}
