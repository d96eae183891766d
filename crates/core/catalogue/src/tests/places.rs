//! Lines and columns, and that one mistake hides no other.

use super::{GOOD, changed, check_files};

/// The condition of the lease, in other spellings; `rnt` is no option.
#[test]
fn a_condition_is_pointed_at_where_it_is_wrong() {
    let table = [
        // literal text, columns count characters
        ("when = '房屋来源 = \"rnt\"'", "123:16"),
        ("when = 'home.kind = \"rnt\"'", "123:21"),
        ("when    =    '房屋来源 = \"rnt\"'", "123:22"),
        // basic text with escapes: the beginning of the text
        ("when = \"房屋来源 = \\\"rnt\\\"\"", "123:8"),
        // over several lines
        ("when = '''房屋来源 = \"rnt\"'''", "123:18"),
        ("when = '''\n房屋来源\n  = \"rnt\"'''", "125:5"),
        ("when = \"\"\"\n房屋来源 = \"rnt\" \"\"\"", "124:8"),
        // the text begins with what looks like its own quotes
        ("when = '''\"rnt\" = 房屋来源'''", "123:11"),
    ];
    for (when, place) in table {
        let text = changed(&[("when = '房屋来源 = \"rent\"'", when)]);
        check_files(&[("a.toml", &text)], &[&format!("a.toml:{place} error CON0017")]);
    }
}

#[test]
fn carriage_returns_move_nothing() {
    let text = changed(&[("'房屋来源 = \"rent\"'", "'''\n房屋来源 = \"rnt\"'''")]);
    let text = text.replace('\n', "\r\n");
    check_files(&[("a.toml", &text)], &["a.toml:124:8 error CON0017"]);
}

/// Four mistakes of four kinds in two files: all are told, in the order of files and lines, whatever
/// the order in which the files come.
#[test]
fn every_mistake_is_told_at_once() {
    let text = changed(&[
        ("time_zone = \"Asia/Shanghai\"", "time_zone = \"Asia/Peking\""),
        ("max = 5", "max = \"5\""),
        ("'房屋来源 = \"rent\"'", "'房屋来源 = 3'"),
    ]);
    let other = "[[topic]]\nid = 'work'\nname = { zh = '工作' }\norder = 2\n[[topic]\n";
    let expected = [
        "a.toml:3:8 error CAT0007 `name` has no text in `en` | add `en = \"…\"`",
        "b.toml:5:13 error CAT0020 there is no time zone `Asia/Peking` | write an IANA name, e.g. `Asia/Shanghai`",
        "b.toml:23:7 error CAT0005 `max` must be a whole number, not text | write it without quotes",
        "b.toml:123:9 error CON0014",
    ];
    let fine = other.replace("[[topic]\n", "");
    check_files(&[("b.toml", &text), ("a.toml", &fine)], &expected);
    check_files(&[("a.toml", &fine), ("b.toml", &text)], &expected);
}

/// Broken syntax in one file: what stands in the others is still judged, what may only be lost is not.
#[test]
fn broken_syntax_hides_no_other_file() {
    let elements = "[[topic]]\nid = 'work'\nname = { zh = '工作', en = 'Work' }\norder = = 2\n";
    let text = changed(&[
        ("anchor = \"residence\"", "anchor = \"residnce\""),
        (
            "type = \"long_text\"\ntopic = \"home\"",
            "type = \"long_text\"\ntopic = \"elsewhere-entirely\"",
        ),
    ]);
    check_files(
        &[("a.toml", elements), ("b.toml", &text)],
        &[
            "a.toml:4:9 error CAT0001 not valid TOML: extra `=`, expected nothing",
            "b.toml:205:10 error CAT0011 service `residnce` is not defined | did you mean `residence`? a service is defined by `[[service]]`, as in `b.toml`",
        ],
    );
}

/// An item that cannot be read is told once; whoever names it is not blamed.
#[test]
fn a_broken_item_is_told_once() {
    for (from, to, expected) in [
        (
            "id = \"register\"\n",
            "id = \"register\"\nsharing_class = 3\n",
            "a.toml:85:1 error CAT0003 `source` has no key `sharing_class` | free keys are `delivers`, `evidence_after`",
        ),
        (
            "min = 0",
            "min = \"none\"",
            "a.toml:22:7 error CAT0005 `min` must be a whole number, not text | write it without quotes",
        ),
        (
            "id = \"school\"\n",
            "id = 7\n",
            "a.toml:153:6 error CAT0005 `id` must be text in quotes, not a whole number | put it in quotes",
        ),
        (
            "id = \"permit\"\nname",
            "name",
            "a.toml:74:1 error CAT0004 `evidence_type` lacks the key `id` | `id` is text in quotes",
        ),
        (
            "aliases = [\"房屋来源\"]\n",
            "aliases = \"房屋来源\"\n",
            "a.toml:40:11 error CAT0005 `aliases` must be a list, not text | write `aliases = [\"…\"]`",
        ),
        (
            "type = \"choice\"\n",
            "type = \"chioce\"\n",
            "a.toml:41:8 error CAT0006 `type` cannot be `chioce` | did you mean `choice`? possible are `bool`, `number`, `text`, `choice`, `date`, `phone`, `long_text`, `citizen_id`, `uscc`, `area_code`",
        ),
    ] {
        check_files(&[("a.toml", &changed(&[(from, to)]))], &[expected]);
    }
}

#[test]
fn an_unreadable_file_among_good_ones_is_the_only_finding() {
    check_files(
        &[("bad.toml", "not toml at all"), ("good.toml", GOOD)],
        &["bad.toml:1:5 error CAT0001 not valid TOML: key with no value, expected `=`"],
    );
}
