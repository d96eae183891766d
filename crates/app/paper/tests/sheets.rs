//! Sheets as PDF, with the fonts of this machine.

#![expect(clippy::unwrap_used, reason = "the helpers of tests fail as tests do")]

use std::process::{Command, Stdio};
use std::time::Instant;

use yijianshi_paper::{Block, Fonts, PaperFault, Sheet, Verify, pdf};

fn sheet(lang: &str, name: &str) -> Sheet {
    let long = "经审查，你提交的申请材料不齐全，请按照下列要求一次性补正全部内容；English words in between, 2026-03-02。";
    Sheet {
        lang: lang.into(),
        name: "一次性补正告知书".into(),
        issuer: "样例市卫生健康委员会".into(),
        title: "一次性补正告知书".into(),
        number: "510100202603020123456789X-CR01-1".into(),
        addressee: format!("{name}："),
        blocks: vec![
            Block::Text(long.repeat(3)),
            Block::Heading("需要补正的内容".into()),
            Block::Points(vec!["照片不清晰，请重新提交。".into(), "缺少申请表。".into()]),
            Block::Pairs(vec![("事项".into(), "出生医学证明".into())]),
            Block::Small("本件由系统生成。".into()),
        ],
        signed: vec!["样例市卫生健康委员会".into(), "2026年3月2日".into()],
        seal: "（印章）".into(),
        verify: Some(Verify {
            address: "/verify/510100202603020123456789X-CR01-1?check=ABCD".into(),
            lines: vec!["核验码：ABCD-EFGH-JKMN-PQRS".into()],
        }),
        by_hand: vec!["受送达人签名：".into()],
    }
}

/// The text of a PDF, with the tool of the machine; `None` without one.
fn text_of(bytes: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sheet.pdf");
    std::fs::write(&file, bytes).unwrap();
    let output = Command::new("pdftotext")
        .arg("-layout")
        .args([file.as_os_str(), "-".as_ref()])
        .stdin(Stdio::null())
        .output()
        .ok()?;
    Some(String::from_utf8(output.stdout).unwrap())
}

fn fonts() -> Fonts {
    let fonts = Fonts::find(None);
    assert!(!fonts.is_empty(), "the fonts that CI installs: fonts-noto-cjk");
    fonts
}

#[test]
fn a_sheet_is_a_pdf_with_all_its_text() {
    let fonts = fonts();
    for (lang, name) in [("zh-Hans", "王小明"), ("zh-Hant", "王曉明"), ("en", "Mei Wang")] {
        let began = Instant::now();
        let bytes = pdf(&sheet(lang, name), &fonts).unwrap();
        println!("{lang}: {} ms, {} bytes", began.elapsed().as_millis(), bytes.len());
        assert!(bytes.starts_with(b"%PDF-"));
        assert!(bytes.len() < 200_000, "fonts are subsets: {}", bytes.len());
        if let Some(text) = text_of(&bytes) {
            for wanted in
                [name, "510100202603020123456789X-CR01-1", "一次性补正告知书", "2026年3月2日"]
            {
                assert!(text.contains(wanted), "{wanted} is not in {text}");
            }
        }
    }
}

#[test]
fn the_same_sheet_gives_the_same_bytes() {
    let fonts = fonts();
    let one = pdf(&sheet("zh-Hans", "王小明"), &fonts).unwrap();
    assert!(one == pdf(&sheet("zh-Hans", "王小明"), &fonts).unwrap());
    assert!(one != pdf(&sheet("zh-Hans", "王小亮"), &fonts).unwrap());
}

#[test]
fn a_name_is_text_whatever_it_holds() {
    let fonts = fonts();
    let name = "#set page() $x$ *b* <script>alert(1)</script> ) Tj \\(";
    let bytes = pdf(&sheet("zh-Hans", name), &fonts).unwrap();
    if let Some(text) = text_of(&bytes) {
        let close = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        assert!(close(&text).contains(&close(name)), "{text}");
    }
}

#[test]
fn a_rare_character_is_kept_and_one_without_a_glyph_is_a_fault() {
    let fonts = fonts();
    assert!(pdf(&sheet("zh-Hans", "㛃𠮷"), &fonts).is_ok());
    let fault = pdf(&sheet("zh-Hans", "王\u{e123}\u{e124}"), &fonts).unwrap_err();
    assert_eq!(fault, PaperFault::NoGlyph { count: 2 });
    assert!(!fault.to_string().contains('王'), "no fault tells a name");
}

#[test]
fn without_a_font_it_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let none = Fonts::find(Some(folder.path()));
    assert!(none.is_empty());
    assert_eq!(pdf(&sheet("en", "A"), &none), Err(PaperFault::NoFont));
    std::fs::write(folder.path().join("broken.ttf"), b"no font").unwrap();
    let broken = Fonts::find(Some(folder.path()));
    assert_eq!(pdf(&sheet("en", "A"), &broken), Err(PaperFault::BrokenFont));
}

#[test]
fn a_long_sheet_goes_on_to_further_pages() {
    let fonts = fonts();
    let mut long = sheet("zh-Hans", "王小明");
    long.blocks = vec![Block::Points(vec![
        "照片不清晰，请重新提交一张近期免冠照片。".into();
        80
    ])];
    let bytes = pdf(&long, &fonts).unwrap();
    if let Some(text) = text_of(&bytes) {
        assert!(text.contains("1 / 4") || text.contains("1 / 3"), "{text}");
        assert!(text.contains("80."), "the last point is there");
    }
}
