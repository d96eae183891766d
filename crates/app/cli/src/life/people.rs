//! Invented people of the demo's city. Their numbers are valid by the standard but begin with an area that does
//! not exist.

use jiff::ToSpan as _;
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use vocabulary::codes::citizen_id;
use vocabulary::{Date, Value};

const FAMILY: [&str; 40] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭",
    "何", "高", "林", "罗", "郑", "梁", "谢", "宋", "唐", "许", "韩", "冯", "邓", "曹", "彭", "曾",
    "肖", "田", "董", "潘", "袁", "蔡", "蒋", "余",
];
const GIVEN: [&str; 48] = [
    "子涵", "雨桐", "思远", "明轩", "晓梅", "建华", "桂芳", "志强", "秀英", "海涛", "婉清", "文博",
    "佳怡", "俊杰", "丽娟", "国栋", "春燕", "一诺", "书瑶", "浩然", "玉兰", "立群", "诗涵", "天佑",
    "静姝", "长青", "若兰", "景行", "小满", "向阳", "安然", "怀瑾", "望舒", "青云", "知微", "念慈",
    "嘉禾", "云帆", "乐天", "清越", "慕白", "亦凡", "如意", "承泽", "星河", "采薇", "守正", "润泽",
];

/// Somebody who applies.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) citizen_id: Value,
    pub(crate) phone: Value,
}

impl Person {
    pub(crate) fn invent(rng: &mut StdRng, area: &str, today: Date) -> Self {
        let family = FAMILY.choose(rng).copied().unwrap_or("王");
        let given = GIVEN.choose(rng).copied().unwrap_or("子涵");
        let age = rng.random_range(24 * 365..58 * 365);
        let born = today.checked_sub(age.days()).unwrap_or(today);
        let first = format!(
            "{area}{:04}{:02}{:02}{:03}",
            born.year(),
            born.month(),
            born.day(),
            rng.random_range(1..999),
        );
        let check = citizen_id::check_char(&first).unwrap_or('X');
        Self {
            name: format!("{family}{given}"),
            citizen_id: Value::text(format!("{first}{check}")),
            phone: Value::text(format!("139{:08}", rng.random_range(0..100_000_000))),
        }
    }
}
