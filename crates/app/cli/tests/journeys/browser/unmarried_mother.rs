//! An unmarried mother: the questions and the evidence are others; a wrong file is explained and loses
//! nothing.

use crate::applicant::{Answered, CERTIFICATE, FIVE_SERVICES};
use crate::town::{ALL_PROMPT, journey};
use crate::visitor::Visitor;
use crate::watch::Watch;

const QUESTIONS: &[Answered] = &[
    ("孩子在哪里出生？", "本市的医院或妇幼保健院"),
    ("这一次生了几个孩子？", "1 个"),
    ("妈妈用什么证件办理？", "居民身份证"),
    ("出生医学证明上要登记爸爸的信息吗？", "否"),
    ("孩子的户口落在哪里？", "随妈妈落户"),
    ("孩子随谁的姓？", "随妈妈"),
    ("是由别人代您办理吗？", "否"),
    ("要不要一并办理缴费、生育待遇和育儿补贴？", "否"),
];

const CHOICES: &[Answered] = &[
    ("民族", "与妈妈相同"),
    ("籍贯", "与妈妈相同"),
    ("孩子与户主的关系", "子女"),
    ("登记哪位监护人", "妈妈"),
    ("参保地", "落户地"),
    ("社保卡的服务银行", "邮政储蓄银行"),
    ("实体卡怎么领", "先用电子社保卡，暂不制卡"),
];

const STATEMENT: &str = "非婚生育说明";

#[test]
fn brings_a_statement_after_a_wrong_file() {
    journey("unmarried-mother", ALL_PROMPT, |town| {
        // What the files are: their first bytes say it.
        let recording = town.file("说明.docx", b"PK\x03\x04 not a picture");
        let disguised = town.file("说明.pdf", b"<html>not a document</html>");
        let page = town.file("说明第一页.pdf", PDF);
        let large = town.file("扫描件.pdf", &[PDF, &vec![0; 11 << 20]].concat());
        let huge = town.file("录像.pdf", &[PDF, &vec![0; 30 << 20]].concat());
        let photograph = town.file("说明第二页.jpg", JPEG);

        let mut mother = town.visitor(Watch::ACCESSIBILITY);
        mother.enters_as("李静");
        mother.opens("孩子出生了");
        mother.starts();
        mother.answers_all(QUESTIONS);
        mother.accepts_the_plan(&FIVE_SERVICES);
        // Nothing is asked about a father who is not named.
        mother.does_not_see("爸爸姓名");
        mother.fills_in_the_newborn_form("李予安", CHOICES);
        mother.saves_the_form();

        mother.is_at("准备材料");
        mother.sees("还需要您准备 1 份");
        let evidence = mother.path();
        let card = Visitor::evidence_card(STATEMENT);
        mother.clicks_within(&card, "上传");
        mother.is_told(&["没有选择文件"]);
        mother.uploads(STATEMENT, &[&recording]);
        mother.is_told(&["“说明.docx”不是可接受的文件", "PDF"]);
        mother.uploads(STATEMENT, &[&page]);
        mother.sees_all(&["说明第一页.pdf", "需要您准备的材料已经齐了"]);
        // Too large: said before it is sent, and by the hub to whoever sends it all the same.
        mother.picks_files(&card, &[&large]);
        assert!(mother.complaint_about_files(&card).starts_with("文件太大"));
        mother.insists_on_sending();
        mother.clicks_within(&card, "上传");
        mother.is_told(&["“扫描件.pdf”超过 10 MB"]);
        mother.picks_files(&card, &[&huge]);
        mother.insists_on_sending();
        mother.clicks_within(&card, "上传");
        mother.is_at("文件太大");
        mother.sees_all(&["单个文件不能超过", "其他已填内容都还在"]);
        mother.goes_to(&evidence);
        // A wrong file among good ones loses none of them.
        mother.uploads(STATEMENT, &[&photograph, &disguised]);
        mother.is_told(&["“说明.pdf”不是可接受的文件"]);
        mother.sees_all(&["说明第一页.pdf", "说明第二页.jpg", "已上传 2 个文件"]);

        mother.goes_on_to_check();
        // The form was not lost on the way.
        mother.sees_all(&["李予安", "李静", "邮政储蓄银行", "您已提供"]);
        mother.submits_to(5);
        mother.follows_the_case();
        mother.waits_until(CERTIFICATE, "已办好");
        mother.waits_for("这件事已经全部办结。");
    });
}

/// A document of one empty page.
const PDF: &[u8] = b"%PDF-1.4\n\
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n\
trailer<</Root 1 0 R>>\n%%EOF\n";

/// A photograph of one grey dot.
const JPEG: &[u8] = &[
    0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10, b'J', b'F', b'I', b'F', 0x00, 0x01, 0x01, 0x01, 0x00, 0x48,
    0x00, 0x48, 0x00, 0x00, 0xFF, 0xDB, 0x00, 0x43, 0x00, 0x03, 0x02, 0x02, 0x02, 0x02, 0x02, 0x03,
    0x02, 0x02, 0x02, 0x03, 0x03, 0x03, 0x03, 0x04, 0x06, 0x04, 0x04, 0x04, 0x04, 0x04, 0x08, 0x06,
    0x06, 0x05, 0x06, 0x09, 0x08, 0x0A, 0x0A, 0x09, 0x08, 0x09, 0x09, 0x0A, 0x0C, 0x0F, 0x0C, 0x0A,
    0x0B, 0x0E, 0x0B, 0x09, 0x09, 0x0D, 0x11, 0x0D, 0x0E, 0x0F, 0x10, 0x10, 0x11, 0x10, 0x0A, 0x0C,
    0x12, 0x13, 0x12, 0x10, 0x13, 0x0F, 0x10, 0x10, 0x10, 0xFF, 0xC9, 0x00, 0x0B, 0x08, 0x00, 0x01,
    0x00, 0x01, 0x01, 0x01, 0x11, 0x00, 0xFF, 0xCC, 0x00, 0x06, 0x00, 0x10, 0x10, 0x05, 0xFF, 0xDA,
    0x00, 0x08, 0x01, 0x01, 0x00, 0x00, 0x3F, 0x00, 0xD2, 0xCF, 0x20, 0xFF, 0xD9,
];
