//! Every refusal has its page and its story.

use std::fs;
use std::path::PathBuf;

use yijianshi_casework::Refusal;

#[test]
fn every_code_has_a_page_and_a_story() {
    let codes = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../docs/codes");
    let stories = [
        include_str!("stories.rs"),
        include_str!("law.rs"),
        include_str!("supervision.rs"),
        include_str!("silence.rs"),
        include_str!("acts.rs"),
        include_str!("documents.rs"),
    ]
    .concat();
    for code in Refusal::CODES {
        let page = fs::read_to_string(codes.join(format!("{code}.md"))).expect(code);
        assert!(page.starts_with(&format!("# {code}: ")), "{code}: title");
        for heading in ["\n## Cause\n", "\n## Example\n", "\n## Cure\n", "\n## 中文\n"] {
            assert!(page.contains(heading), "{code}: {heading}");
        }
        assert!(stories.contains(code), "{code}: no story refuses it");
    }
}

#[test]
fn no_page_is_left_over() {
    let codes = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../docs/codes");
    for entry in fs::read_dir(codes).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if let Some(code) = name.strip_suffix(".md").filter(|name| name.starts_with("CASE")) {
            assert!(Refusal::CODES.contains(&code), "{code} is refused nowhere");
        }
    }
}
