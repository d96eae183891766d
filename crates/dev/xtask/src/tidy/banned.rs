//! Data knows the country, code does not: no act, article, document number or place of a real
//! jurisdiction below `crates/`. They live in `definitions/`.
//!
//! The list is a sample that catches the habit, not a gazetteer.

use std::collections::BTreeSet;

use super::Finding;
use crate::lexer;
use crate::repository::SourceText;

const RULE: &str = "no law in code";

/// Acts and numbers of official documents.
const ACTS: [&str; 12] = [
    "行政许可法",
    "个人信息保护法",
    "民法典",
    "户口登记条例",
    "市场主体登记管理条例",
    "母婴保健法",
    "国办发",
    "国办函",
    "国发〔",
    "PIPL",
    "Administrative Licensing Law",
    "Civil Code",
];

/// Places. A standard's zone name such as `Asia/Shanghai` is none.
const PLACES: [&str; 24] = [
    "北京",
    "上海",
    "天津",
    "河阴",
    "广东",
    "深圳",
    "浙江",
    "杭州",
    "四川",
    "河阳",
    "江西",
    "西藏",
    "Beijing",
    "Shanghai",
    "Tianjin",
    "Chongqing",
    "Guangdong",
    "Shenzhen",
    "Zhejiang",
    "Hangzhou",
    "Sichuan",
    "Chengdu",
    "Jiangxi",
    "Tibet",
];

/// Refuses acts and articles everywhere below `crates/`, places outside tests.
pub(crate) fn check(file: &SourceText) -> Vec<Finding> {
    // This file has to spell out what it looks for.
    let spells_them = file.path.ends_with("xtask/src/tidy/banned.rs");
    if !file.path.starts_with("crates/") || file.path.ends_with(".ftl") || spells_them {
        return Vec::new();
    }
    let tested = if file.is("rs") { lexer::test_lines(&file.text) } else { BTreeSet::new() };
    let mut findings = Vec::new();
    for (number, line) in file.text.lines().enumerate() {
        let test = file.is_test() || tested.contains(&(number + 1));
        if let Some(word) = act(line).or_else(|| (!test).then(|| place(line)).flatten()) {
            let message = format!("`{word}` belongs in `definitions/`");
            findings.push(Finding::at(file, number + 1, RULE, message));
        }
    }
    findings
}

/// An act, a document number or the number of an article.
fn act(line: &str) -> Option<String> {
    let named = ACTS.into_iter().find(|act| line.contains(act)).map(str::to_owned);
    named.or_else(|| article(line)).or_else(|| chinese_article(line))
}

/// `article 32`, `Art. 32`.
fn article(line: &str) -> Option<String> {
    let lower = line.to_lowercase();
    let mut words = lower.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
        let next = words.peek().copied().unwrap_or_default();
        if matches!(word, "article" | "articles" | "art." | "art")
            && next.starts_with(|c: char| c.is_ascii_digit())
        {
            return Some(format!("{word} {next}"));
        }
    }
    None
}

/// `第三十二条`, `第 32 条`.
fn chinese_article(line: &str) -> Option<String> {
    for rest in line.split('第').skip(1) {
        let Some((number, after)) = rest.split_once('条') else {
            continue;
        };
        let number = number.trim();
        let digit = |c: char| c.is_ascii_digit() || "一二三四五六七八九十百".contains(c);
        // `第三条件` is the third condition.
        if !number.is_empty() && number.chars().all(digit) && !after.starts_with('件') {
            return Some(format!("第{number}条"));
        }
    }
    None
}

fn place(line: &str) -> Option<String> {
    let line = line.replace("Asia/Shanghai", "");
    PLACES.into_iter().find(|place| lexer::has_word(&line, place)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_line(path: &str, line: &str, expected: usize) {
        assert_eq!(check(&SourceText::new(path, line)).len(), expected, "{line}");
    }

    #[test]
    fn acts_articles_and_places_are_refused_in_code() {
        let path = "crates/core/casework/src/decide.rs";
        check_line(path, "// 行政许可法 says so", 1);
        check_line(path, "// see article 32", 1);
        check_line(path, "// (Art. 32)", 1);
        check_line(path, "// 第三十二条", 1);
        check_line(path, "let city = \"河阳市\";", 1);
        check_line(path, "let city = \"Chengdu\";", 1);
    }

    #[test]
    fn standards_other_words_and_data_are_free() {
        let path = "crates/core/casework/src/decide.rs";
        check_line(path, "// GB 11643; first article; 第三条件; IANA zone `Asia/Shanghai`", 0);
        check_line("definitions/cn/national/newborn.toml", "act = \"行政许可法\"", 0);
        check_line("crates/dev/testkit/tests/journey.rs", "type_into(\"河阳市\")", 0);
        check_line("crates/dev/testkit/tests/journey.rs", "// 国办发〔2022〕1号", 1);
    }
}
