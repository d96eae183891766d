//! What applicants do: find their matter, answer questions, fill in the one form, bring evidence, submit,
//! follow the case, open their licences, rate. Each step checks that it has led where it should.

use std::path::Path;

use crate::visitor::{Visitor, quoted};

/// A question and the answer to it, as both stand on the screen.
pub(crate) type Answered = (&'static str, &'static str);

/// The married mother of the demo: her child was born in a hospital here. That she is married, when the
/// child was born and that the birth was registered the registers know: she is not asked.
pub(crate) const MARRIED_MOTHER: &[Answered] = &[
    ("孩子在哪里出生？", "本市的医院或妇幼保健院"),
    ("这一次生了几个孩子？", "1 个"),
    ("妈妈用什么证件办理？", "居民身份证"),
    ("孩子的户口落在哪里？", "随爸爸落户"),
    ("爸爸用什么证件办理？", "居民身份证"),
    ("孩子随谁的姓？", "随爸爸"),
    ("是由别人代您办理吗？", "否"),
    ("要不要一并办理缴费、生育待遇和育儿补贴？", "否"),
];

/// The five services of a birth.
pub(crate) const CERTIFICATE: &str = "出生医学证明签发";
pub(crate) const VACCINATION: &str = "预防接种证办理";
pub(crate) const HOUSEHOLD: &str = "户口登记（出生登记）";
pub(crate) const INSURANCE: &str = "城乡居民医保参保登记";
pub(crate) const CARD: &str = "社会保障卡申领";
pub(crate) const FIVE_SERVICES: [&str; 5] = [CERTIFICATE, VACCINATION, HOUSEHOLD, INSURANCE, CARD];

/// What she chooses on the form: the rest has been fetched, or comes into being on the way.
pub(crate) const CHOICES: &[Answered] = &[
    ("民族", "与爸爸相同"),
    ("籍贯", "与爸爸相同"),
    ("孩子与户主的关系", "子女"),
    ("登记哪位监护人", "妈妈"),
    ("参保地", "落户地"),
    ("社保卡的服务银行", "工商银行"),
    ("实体卡怎么领", "寄到现居住地址"),
];

impl Visitor {
    /// From the home page to the matter's page, by the card.
    #[track_caller]
    pub(crate) fn opens(&mut self, matter: &str) {
        self.goes_to("/");
        self.clicks_within("//main", matter);
        self.is_at(matter);
    }

    /// Types words into the search of the home page and opens the matter that is found.
    #[track_caller]
    pub(crate) fn searches(&mut self, words: &str, matter: &str) {
        self.goes_to("/");
        self.act("//input[@type='search']", |session, element| session.type_text(element, words));
        self.fields += 1;
        self.clicks("搜索");
        self.sees(&format!("与“{words}”有关的有"));
        self.clicks_within("//main", matter);
        self.is_at(matter);
    }

    /// Begins the matter whose page is open.
    #[track_caller]
    pub(crate) fn starts(&mut self) {
        self.clicks("开始办理");
    }

    /// The question that is shown has to be this one.
    #[track_caller]
    pub(crate) fn answers(&mut self, question: &str, answer: &str) {
        self.is_at(question);
        self.ticks_within("//main", answer);
        self.clicks("继续");
    }

    #[track_caller]
    pub(crate) fn answers_all(&mut self, answered: &[Answered]) {
        for (question, answer) in answered {
            self.answers(question, answer);
        }
    }

    /// A question whose answer is typed.
    #[track_caller]
    pub(crate) fn answers_by_typing(&mut self, question: &str, text: &str) {
        self.is_at(question);
        self.act("//main//fieldset//input[not(@type='hidden')]", |session, element| {
            session.clear(element)?;
            session.type_text(element, text)
        });
        self.fields += 1;
        self.clicks("继续");
    }

    /// Her own plan names these services; she goes on to the form.
    #[track_caller]
    pub(crate) fn accepts_the_plan(&mut self, services: &[&str]) {
        self.is_at("您的一件事方案");
        self.sees_all(services);
        self.clicks("按这个方案填表");
        self.is_at("填一张表，所有部门共用");
    }

    /// Something the registers know is shown with its source.
    #[track_caller]
    pub(crate) fn is_shown_as_fetched(&self, label: &str, value: &str) {
        let line = format!(
            "//*[contains(@class, 'known')][*[normalize-space(.)={}]][*[normalize-space(.)={}]]\
             [contains(., '来自')]",
            quoted(label),
            quoted(value)
        );
        self.shown(&line);
    }

    /// Opens the correction of something that a register knows wrongly.
    #[track_caller]
    pub(crate) fn corrects(&mut self, label: &str) {
        let line =
            format!("//*[contains(@class, 'known')][*[normalize-space(.)={}]]", quoted(label));
        self.clicks_within(&line, "不对，更正");
    }

    /// Fills in everything that the form of a newborn still wants.
    #[track_caller]
    pub(crate) fn fills_in_the_newborn_form(&mut self, child: &str, choices: &[Answered]) {
        self.fills("孩子姓名", child);
        self.fills("妈妈的手机号码", "13800001234");
        for (label, option) in choices {
            self.chooses(label, option);
        }
    }

    #[track_caller]
    pub(crate) fn saves_the_form(&mut self) {
        self.clicks("保存并继续");
    }

    /// The part of the evidence page for one piece.
    pub(crate) fn evidence_card(name: &str) -> String {
        format!("//section[.//h2[normalize-space(.)={}]]", quoted(name))
    }

    /// Uploads files as one piece of evidence.
    #[track_caller]
    pub(crate) fn uploads(&mut self, evidence: &str, files: &[&Path]) {
        let card = Self::evidence_card(evidence);
        self.picks_files(&card, files);
        self.clicks_within(&card, "上传");
    }

    #[track_caller]
    pub(crate) fn goes_on_to_check(&mut self) {
        self.is_at("准备材料");
        self.clicks_within("//main", "检查并提交");
        self.is_at("提交前请检查");
    }

    /// Declares and submits to this many departments; returns the number of the case.
    #[track_caller]
    pub(crate) fn submits_to(&mut self, departments: u32) -> String {
        self.ticks("我确认以上内容真实、完整，同意各部门为办理这件事核对所需信息。");
        self.clicks(&format!("提交并同时向 {departments} 个部门申报"));
        self.is_at("已提交，各部门同时开始办理");
        let number = self.shown("//main//p[contains(@class, 'code')]");
        self.must(self.session.text(&number))
    }

    /// From the receipt to the tracking page; returns its address.
    #[track_caller]
    pub(crate) fn follows_the_case(&mut self) -> String {
        self.clicks("查看办理进度");
        self.sees("各部门进度");
        self.path()
    }

    /// The number of the case whose tracking page is open.
    #[track_caller]
    pub(crate) fn case_number(&self) -> String {
        let line = self.shown("//main//span[starts-with(normalize-space(.), '办件编号 ')]");
        let text = self.must(self.session.text(&line));
        text.trim_start_matches("办件编号").trim().to_owned()
    }

    /// The lane of a service in the tracking page.
    pub(crate) fn lane(service: &str) -> String {
        format!(
            "//ul[contains(@class, 'lanes')]/li[.//strong[normalize-space(.)={}]]",
            quoted(service)
        )
    }

    /// What the lane of a service says.
    #[track_caller]
    pub(crate) fn lane_says(&self, service: &str) -> String {
        let lane = self.shown(&Self::lane(service));
        self.session.text(&lane).unwrap_or_default()
    }

    /// The state of a service comes to be this.
    #[track_caller]
    pub(crate) fn waits_until(&mut self, service: &str, state: &str) {
        self.waits_for_shown(&format!(
            "{}/span[contains(@class, 'tag')][normalize-space(.)={}]",
            Self::lane(service),
            quoted(state)
        ));
    }

    #[track_caller]
    pub(crate) fn lane_is(&self, service: &str, state: &str) {
        self.shown(&format!(
            "{}/span[contains(@class, 'tag')][normalize-space(.)={}]",
            Self::lane(service),
            quoted(state)
        ));
    }

    /// Rates the case whose page is open, which can be done once.
    #[track_caller]
    pub(crate) fn rates(&mut self, grade: &str, words: &str) {
        let part = "//section[@id='rate']";
        let chosen = self.must(self.session.find(None, &format!("{part}//input[@checked]")));
        assert!(chosen.is_empty(), "no grade is chosen beforehand");
        self.ticks_within(part, grade);
        if !words.is_empty() {
            self.act(&format!("{part}//textarea"), |session, element| {
                session.type_text(element, words)
            });
            self.fields += 1;
        }
        self.clicks("提交评价");
        self.sees("您评价了这件事");
        self.sees(grade);
    }

    /// The whole way of the married mother, without looking left or right: from the matter's page to the
    /// tracking page, whose address is returned.
    #[track_caller]
    pub(crate) fn applies_for_her_newborn(&mut self) -> String {
        self.opens("孩子出生了");
        self.starts();
        self.answers_all(MARRIED_MOTHER);
        self.accepts_the_plan(&FIVE_SERVICES);
        self.fills_in_the_newborn_form("陈予安", CHOICES);
        self.saves_the_form();
        self.goes_on_to_check();
        self.submits_to(5);
        self.follows_the_case()
    }
}
