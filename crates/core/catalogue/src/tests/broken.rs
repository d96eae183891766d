//! One small mistake each, and exactly what is said about it.

use std::collections::BTreeSet;
use std::path::Path;

use super::{GOOD, changed, check_files, compile_files};
use crate::CODES;

/// What is changed in the good definition (or the files themselves), and the findings that follow.
type Case = (&'static [(&'static str, &'static str)], &'static [&'static str]);

const CASES: &[Case] = &[
    (
        &[("order = 1\n\n[[element]]", "order 1\n\n[[element]]")],
        &["a.toml:28:7 error CAT0001 not valid TOML: key with no value, expected `=`"],
    ),
    (
        &[(r#"id = "kind""#, r#"id = "kind"#)],
        &[r#"a.toml:218:11 error CAT0001 not valid TOML: invalid basic string, expected `"`"#],
    ),
    (
        &[(r#"id = "kind""#, "id = \"kind\"\nid = \"kind2\"")],
        &["a.toml:219:1 error CAT0001 not valid TOML: duplicate key"],
    ),
    (
        &[(
            "id = \"identity\"\nname = { zh = \"身份证明\"",
            "id = \"identity\"\nname = { zh = \"租赁的合同\"",
        )],
        &[
            "a.toml:71:6 warning CAT0050 evidence type `identity` has the same name as `lease` | if they are one thing, keep the one in `a.toml`, line 67; else say in the name what tells them apart",
        ],
    ),
    (
        &[("[[guide]]", "[guide]]")],
        &[
            "a.toml:190:8 error CAT0001 not valid TOML: unexpected key or value, expected newline, `#`",
        ],
    ),
    (
        &[(r#"summary = { zh = "登记新住址""#, r#"sumary = { zh = "登记新住址""#)],
        &["a.toml:108:1 error CAT0003 `service` has no key `sumary` | did you mean `summary`?"],
    ),
    (
        &[("[[guide]]", "[[guides]]")],
        &[
            "a.toml:190:3 error CAT0003 no section is called `guides` | did you mean `guide`? sections are `calendar`, `element`, `evidence_type`, `group`, `guide`, `jurisdiction`, `life_cycle_class`, `matter`, `matter_list`, `organisation`, `regime`, `service`, `source`, `supervision`, `table`, `topic`",
        ],
    ),
    (
        &[("authority = \"police\"\n", "")],
        &[
            "a.toml:105:1 error CAT0004 `service` lacks the key `authority` | `authority` is text in quotes",
        ],
    ),
    (
        &[("max = 5", r#"max = "5""#)],
        &[
            "a.toml:23:7 error CAT0005 `max` must be a whole number, not text | write it without quotes",
        ],
    ),
    (
        &[("max = 5", "max = -5")],
        &["a.toml:23:7 error CAT0005 `max` must be between 0 and 4294967295"],
    ),
    (
        &[(r#"name = { zh = "孩子", en = "Child" }"#, r#"name = "孩子""#)],
        &[
            r#"a.toml:21:8 error CAT0005 `name` must be a text in each language, not a single text | write `name = { zh = "…", en = "…" }`"#,
        ],
    ),
    (
        &[(r#"days = "5""#, "days = 5")],
        &[
            "a.toml:149:8 error CAT0005 `days` must be text in quotes, not a whole number | put it in quotes",
        ],
    ),
    (
        &[("[[guide]]", "[guide]")],
        &[
            "a.toml:190:1 error CAT0005 `guide` must be a list, not a table | each one begins with its own line, in double brackets: `[[guide]]`",
        ],
    ),
    (
        &[(r#""2025-01-01""#, "2025-01-01")],
        &[
            "a.toml:102:13 error CAT0005 `days_off` must be text in quotes, not a date without quotes | put it in quotes",
        ],
    ),
    (
        &[(r#"channels = ["online"]"#, r#"channels = "online""#)],
        &[
            r#"a.toml:161:12 error CAT0005 `channels` must be a list, not text | write `channels = ["…"]`"#,
        ],
    ),
    (
        &[("[service.baseline]", "[[service.baseline]]")],
        &["a.toml:147:1 error CAT0005 `baseline` must be a table, not a list"],
    ),
    (
        &[(r#"ways = ["upload"]"#, r#"ways = ["uplaod"]"#)],
        &[
            "a.toml:124:9 error CAT0006 `ways` cannot be `uplaod` | did you mean `upload`? possible are `upload`, `source`, `licence`, `output`, `commitment`, `deferral`, `generated`",
        ],
    ),
    (
        &[(r#"channels = ["online", "window"]"#, r#"channels = ["online", "windows"]"#)],
        &[
            "a.toml:113:23 error CAT0006 there is no channel `windows` | did you mean `window`? possible are `online`, `window`, `mobile`, `kiosk`, `mail`",
        ],
    ),
    (
        &[(r#"{ zh = "证明住处", en = "Shows where you live" }"#, r#"{ zh = "证明住处" }"#)],
        &[r#"a.toml:125:10 error CAT0007 `reason` has no text in `en` | add `en = "…"`"#],
    ),
    (
        &[(
            r#"{ zh = "证明住处", en = "Shows where you live" }"#,
            r#"{ zh = "证明住处", en = " " }"#,
        )],
        &[r#"a.toml:125:30 error CAT0007 `reason` has no text in `en` | add `en = "…"`"#],
    ),
    (
        &[(
            r#"{ zh = "证明住处", en = "Shows where you live" }"#,
            r#"{ zh = "证明住处", en = "Shows where you live", bo = "x" }"#,
        )],
        &[
            "a.toml:125:54 warning CAT0008 the language of `reason.bo` is not declared | declared are `zh`, `en`",
        ],
    ),
    (
        &[
            (r#"id = "schools""#, r#"id = "police""#),
            (r#"authority = "schools""#, r#"authority = "police""#),
        ],
        &[
            "a.toml:15:6 error CAT0009 organisation `police` is defined twice | first in `a.toml`, line 9",
        ],
    ),
    (
        &[(r#"id = "children""#, r#"id = "kind""#)],
        &["a.toml:224:6 error CAT0009 question `kind` stands here twice"],
    ),
    (
        &[
            (r#"id = "retiring""#, r#"id = "moving""#),
            (r#"["moving", "retiring"]"#, r#"["moving"]"#),
        ],
        &[
            "a.toml:191:6 error CAT0009 guide `moving` is a matter already | the matter stands in `a.toml`, line 197; drop the guide",
        ],
    ),
    (
        &[
            (r#"id = "residence""#, r#"id = "Residence""#),
            (r#"service = "residence""#, r#"service = "Residence""#),
            ("anchor = \"residence\"\n", ""),
        ],
        &[
            "a.toml:106:6 error CAT0010 `Residence` cannot be the id of a service | an id is made of small letters, digits, `-` and `_`, beginning with a letter or digit",
        ],
    ),
    (
        &[
            (r#"id = "home.address""#, r#"id = "home.street-name""#),
            (r#"element = "home.address""#, r#"element = "home.street-name""#),
        ],
        &[
            "a.toml:49:6 error CAT0010 `home.street-name` cannot be the id of a data element | an id is made of small letters, digits and `_`, in parts joined by `.`, each beginning with a letter",
        ],
    ),
    (
        &[(r#"element = "home.address""#, r#"element = "home.adress""#)],
        &[
            "a.toml:119:11 error CAT0011 data element `home.adress` is not defined | did you mean `home.address`? a data element is defined by `[[element]]`, as in `a.toml`",
        ],
    ),
    (
        &[("life_cycle = \"housing\"\nservices", "life_cycle = \"pension\"\nservices")],
        &[
            "a.toml:193:14 error CAT0011 life-cycle class `pension` is not defined | a life-cycle class is defined by `[[life_cycle_class]]`, as in `a.toml`",
        ],
    ),
    (
        &[(r#"entries = ["moving", "retiring"]"#, r#"entries = ["movin", "retiring"]"#)],
        &[
            "a.toml:188:12 error CAT0011 matter or guide `movin` is not defined | did you mean `moving`? a matter is defined by `[[matter]]`, as in `a.toml`; a guide is defined by `[[guide]]`, as in `a.toml`",
        ],
    ),
    (
        &[(r#""2025-01-01""#, r#""2025-02-30""#)],
        &[
            "a.toml:102:13 error CAT0015 `2025-02-30` is neither a day nor a range of days | write `YYYY-MM-DD` or `YYYY-MM-DD..YYYY-MM-DD`",
        ],
    ),
    (
        &[("2025-10-01..2025-10-08", "2025-10-08..2025-10-01")],
        &[
            "a.toml:102:27 error CAT0015 `2025-10-08..2025-10-01` cannot stand in the calendar of 2025 | the first day must not be later than the last",
        ],
    ),
    (
        &[(r#""2025-01-01""#, r#""2024-12-31""#)],
        &[
            "a.toml:102:13 error CAT0015 `2024-12-31` cannot stand in the calendar of 2025 | it is not in 2025; every year has its own `[[calendar]]`",
        ],
    ),
    (
        &[(r#"days = "5""#, r#"days = "five""#)],
        &[
            "a.toml:149:8 error CAT0016 `five` is not a number of days | write whole or half days, e.g. `3` or `0.5`",
        ],
    ),
    (
        &[(r#"amount = "20.00""#, r#"amount = "20 yuan""#)],
        &[
            "a.toml:144:10 error CAT0016 `20 yuan` is not an amount | write digits with a point, e.g. `12.50`",
        ],
    ),
    (
        &[(r#"promised = { count = "3""#, r#"promised = { count = "0.3""#)],
        &[
            "a.toml:112:22 error CAT0016 `0.3` is not a number of days | write whole or half days, e.g. `3` or `0.5`",
        ],
    ),
    (
        &[(r#"promised = { count = "3", unit"#, "promised = { unit")],
        &[
            r#"a.toml:106:6 error CAT0017 period `promised` of `residence` has no count | add `count = "…"`, or say `unit = "immediate"`"#,
        ],
    ),
    (
        &[(r#"{ unit = "immediate" }"#, r#"{ unit = "immediate", count = "1" }"#)],
        &[
            "a.toml:160:42 error CAT0017 the count `1` does not fit its unit | an immediate period has no count",
        ],
    ),
    (
        &[(
            r#"{ count = "30", unit = "calendar_day" }"#,
            r#"{ count = "30.5", unit = "calendar_day" }"#,
        )],
        &[
            "a.toml:96:31 error CAT0017 the count `30.5` does not fit its unit | only working days can be halved",
        ],
    ),
    (
        &[(r#""2025-09-28""#, r#""2025-09-29""#)],
        &["a.toml:103:14 error CAT0018 `2025-09-29` is no weekend day, so it is worked anyway"],
    ),
    (
        &[(r#""2025-09-28""#, r#""2025-10-05""#)],
        &["a.toml:103:14 error CAT0018 `2025-10-05` is a day off and worked at once"],
    ),
    (
        &[(r#""2025-01-01""#, r#""2025-10-01""#)],
        &["a.toml:102:27 error CAT0018 `2025-10-01` is a day off twice"],
    ),
    (
        &[("11100000000013127D", "11100000000013127E")],
        &[
            "a.toml:12:8 error CAT0019 `11100000000013127E` is not a unified social credit code | the check character does not fit: a character is wrong",
        ],
    ),
    (
        &[("Asia/Shanghai", "Asia/Shangha")],
        &[
            "a.toml:5:13 error CAT0020 there is no time zone `Asia/Shangha` | did you mean `Asia/Shanghai`? write an IANA name, e.g. `Asia/Shanghai`",
        ],
    ),
    (
        &[(r#"area = "510100""#, r#"area = "51010""#)],
        &["a.toml:6:8 error CAT0021 `51010` is not an area code | an area code has six digits"],
    ),
    (
        &[(r#"currency = "CNY""#, r#"currency = "yuan""#)],
        &[
            "a.toml:145:12 error CAT0021 `yuan` is not a currency | write its three capital letters of ISO 4217, e.g. `CNY`",
        ],
    ),
    (
        &[(r#"licence_type = "001""#, r#"licence_type = "1""#)],
        &[
            "a.toml:138:16 error CAT0021 `1` is not a licence type | it has three digits, given by the issuer",
        ],
    ),
    (
        &[(r#"type = "choice""#, r#"type = "text""#)],
        &[
            r#"a.toml:43:12 error CAT0022 `home.kind` has options but is no choice | write `type = "choice"`, or drop the options"#,
        ],
    ),
    (
        &[(r#"promised = { count = "3", unit"#, r#"promised = { count = "21", unit"#)],
        &[
            "a.toml:112:22 error CAT0023 `residence` promises 21 working days, but the law allows 20 working days",
        ],
    ),
    (
        &[(
            r#"promised = { count = "3", unit = "working_day""#,
            r#"promised = { count = "29", unit = "calendar_day""#,
        )],
        &[
            "a.toml:112:22 error CAT0023 `residence` promises 29 calendar days, but the law allows 20 working days | begun on 2025-01-01, the promise ends on 2025-01-30 and the legal period on 2025-01-29",
        ],
    ),
    (
        &[(
            r#"promised = { count = "3", unit = "working_day""#,
            r#"promised = { count = "26", unit = "calendar_day""#,
        )],
        &[],
    ),
    (
        &[(r#"ways = ["upload"]"#, "ways = []")],
        &[
            "a.toml:122:8 error CAT0024 nobody can satisfy the need for `lease`: no way is given | add a way, e.g. `upload`, or a `[[source]]` that delivers it",
        ],
    ),
    (
        &[(r#"ways = ["upload"]"#, r#"ways = ["source"]"#)],
        &[
            "a.toml:122:8 error CAT0024 nobody can satisfy the need for `lease`: no source delivers it | add a way, e.g. `upload`, or a `[[source]]` that delivers it",
        ],
    ),
    (
        &[(r#"ways = ["upload"]"#, r#"ways = ["deferral"]"#)],
        &[
            "a.toml:122:8 error CAT0024 nobody can satisfy the need for `lease`: `deferral` only puts it off | add a way, e.g. `upload`, or a `[[source]]` that delivers it",
        ],
    ),
    (
        &[("evidence = \"permit\"\n", "")],
        &[
            "a.toml:169:8 error CAT0025 no other service of matter `moving` produces `permit`, which `school` needs | give the need another way, e.g. `upload`",
        ],
    ),
    (
        &[
            ("[[matter.service]]\nservice = \"residence\"\ninclusion = \"required\"\n", ""),
            ("anchor = \"residence\"\n", ""),
        ],
        &[
            "a.toml:106:6 warning CAT0033 no matter joins service `residence`",
            "a.toml:170:8 error CAT0025 no other service of matter `moving` produces `permit`, which `school` needs | `residence` would; join it, or give the need another way, e.g. `upload`",
            "a.toml:214:6 warning CAT0029 question `kind` changes nothing | no condition of matter `moving` reads what it binds and no service needs it",
        ],
    ),
    (
        &[
            (r#"prints = ["applicant.name", "residence.number"]"#, r#"prints = ["home.kind"]"#),
            (r#"element = "home.kind""#, r#"element = "home.address""#),
            ("when = 'home.kind = \"own\" or home.kind = \"rent\"'\n", ""),
            ("when = '房屋来源 = \"rent\"'\n", ""),
        ],
        &[
            "a.toml:138:11 error CAT0026 nobody in matter `moving` gives `home.kind` for printing `permit` | make it a field of a service or let an output bring it into being",
        ],
    ),
    (
        &[(r#"count_of = "child""#, r#"element = "home.address""#)],
        &[
            r#"a.toml:159:7 error CAT0026 matter `moving` never asks how many `child` there are, but service `school` is repeated for each | add a question with `count_of = "child"`"#,
        ],
    ),
    (
        &[
            (
                "type = \"identity\"\nways = [\"source\", \"upload\"]",
                "type = \"identity\"\nways = [\"output\"]",
            ),
            (
                "ways = [\"deferral\", \"upload\"]\nreason = { zh = \"证明学籍\", en = \"Shows the present school\" }",
                "ways = [\"upload\"]\nreason = { zh = \"证明学籍\", en = \"Shows the present school\" }\n[[service.output]]\nid = \"x\"\nkind = \"notice\"\nname = { zh = \"x\", en = \"x\" }\nevidence = \"identity\"",
            ),
        ],
        &[
            "a.toml:214:11 error CAT0027 services of matter `moving` wait for each other: `residence` → `school` → `residence` | `school` needs `residence.number` from `residence`; `residence` needs `identity` from `school`; make one of these needs `soft`, or put a way before `output` that is open at once",
        ],
    ),
    (
        &[("element = \"home.kind\"\n", "")],
        &[
            "a.toml:218:6 error CAT0028 question `kind` binds nothing | it has either `element` or `count_of`",
        ],
    ),
    (
        &[
            ("id = \"child-name\"\n", "id = \"child-name\"\ncount_of = \"child\"\n"),
            (
                "id = \"children\"\ncount_of = \"child\"\n",
                "id = \"children\"\nelement = \"home.address\"\n",
            ),
        ],
        &[
            "a.toml:230:6 error CAT0028 question `child-name` binds an element and counts a group at once | it has either `element` or `count_of`",
        ],
    ),
    (
        &[
            ("[[service.field]]\nelement = \"child.name\"\n", ""),
            ("when = 'child.name != null'\n", ""),
        ],
        &[
            "a.toml:227:6 warning CAT0029 question `child-name` changes nothing | no condition of matter `moving` reads what it binds and no service needs it",
        ],
    ),
    (
        &[(r#"element = "home.kind""#, r#"element = "home.address""#)],
        &[
            "a.toml:89:8 error CAT0030 matter `moving` never gets to know `home.kind`, which this condition reads | add a question that binds it, or a source that knows it",
            "a.toml:123:8 error CAT0030 matter `moving` never gets to know `home.kind`, which this condition reads | add a question that binds it, or a source that knows it",
        ],
    ),
    (
        &[(
            r#"element = "home.address""#,
            "element = \"applicant.name\"\nask_again = { zh = \"x\", en = \"x\" }",
        )],
        &[
            "a.toml:49:6 warning CAT0031 nothing uses data element `home.address`",
            "a.toml:119:11 error CAT0009 field `applicant.name` stands here twice",
        ],
    ),
    (
        &[(r#"type = "school-record""#, r#"type = "permit""#)],
        &[
            "a.toml:79:6 warning CAT0032 no service needs or produces evidence `school-record`",
            "a.toml:175:8 error CAT0009 evidence `permit` stands here twice",
        ],
    ),
    (
        &[(
            "[[matter.service]]\nservice = \"school\"\ninclusion = \"optional\"\nwhen = 'child.name != null'\n",
            "",
        )],
        &[
            "a.toml:153:6 warning CAT0033 no matter joins service `school`",
            "a.toml:226:6 warning CAT0029 question `child-name` changes nothing | no condition of matter `moving` reads what it binds and no service needs it",
        ],
    ),
    (
        &[
            ("licence_type = \"001\"\nholder = \"applicant.name\"\n", ""),
            ("uscc = \"11100000000013127D\"\n", ""),
        ],
        &[
            "a.toml:132:6 error CAT0034 licence `permit` lacks a `licence_type` and a `holder` and a `uscc` of its issuer `police` | its identifier is made of the issuer's code and its type",
        ],
    ),
    (
        &[
            (
                "id = \"child\"\n",
                "id = \"pet\"\nname = { zh = \"x\", en = \"x\" }\nmin = 1\nmax = 1\n\n[[group]]\nid = \"child\"\n",
            ),
            ("per = \"child\"\npromised", "per = \"pet\"\npromised"),
            ("when = 'child.name != null'\n", ""),
        ],
        &[
            "a.toml:181:8 error CAT0035 evidence `school-record` is repeated for `child` | the service is repeated for `pet`; they must agree",
        ],
    ),
    (
        &[("max = 5", "max = 0")],
        &[
            "a.toml:20:6 error CAT0036 group `child` can have no members | `min` is 0 and `max` is 0",
        ],
    ),
    (
        &[(r#"ways = ["upload"]"#, r#"ways = ["source", "upload"]"#)],
        &[
            "a.toml:122:8 warning CAT0037 no source delivers `lease` | name it under `evidence` of a `[[source]]`, or drop the way `source`",
        ],
    ),
    (
        &[(r#"aliases = ["房屋来源"]"#, r#"aliases = ["child.name", "房屋来源"]"#)],
        &[
            "a.toml:40:12 error CAT0038 alias `child.name` of `home.kind` is taken | in conditions it already means `child.name`",
        ],
    ),
    (
        &[
            (r#"anchor = "residence""#, r#"anchor = "school""#),
            (
                "[[matter.service]]\nservice = \"school\"\ninclusion = \"optional\"\nwhen = 'child.name != null'\n",
                "",
            ),
        ],
        &[
            "a.toml:153:6 warning CAT0033 no matter joins service `school`",
            "a.toml:205:10 error CAT0039 anchor `school` is not a service of matter `moving` | the anchor is the one of its services whose volume is the yardstick",
            "a.toml:226:6 warning CAT0029 question `child-name` changes nothing | no condition of matter `moving` reads what it binds and no service needs it",
        ],
    ),
    (&[(r#"'房屋来源 = "rent"'"#, r#"'房屋来源 = "rnt"'"#)], &[r#"a.toml:123:16 error CON0017"#]),
    (&[(r#"'房屋来源 = "rent"'"#, r#"'房屋来原 = "rent"'"#)], &["a.toml:123:9 error CON0010"]),
    (
        &[(
            "channels = [\"online\", \"window\"]\n",
            "channels = [\"online\", \"window\"]\n[[service.promised_when]]\nwhen = 'home.kind = \"rent\"'\nperiod = { count = \"300\", unit = \"working_day\" }\n[[service.statutory_when]]\nwhen = 'home.kind = \"rent\"'\nperiod = { count = \"200\", unit = \"working_day\" }\n",
        )],
        &[
            r#"a.toml:116:20 error CAT0023 `residence` promises 300 working days, but the law allows 200 working days"#,
        ],
    ),
    (
        &[(
            "[[matter.service]]\nservice = \"residence\"",
            "[[matter.joint_procedure]]\nid = \"visit\"\nkind = \"site_visit\"\nname = { zh = \"x\", en = \"x\" }\nservices = [\"school\"]\nlead = \"police\"\n\n[[matter.service]]\nservice = \"residence\"",
        )],
        &[
            r#"a.toml:209:6 error CAT0040 joint procedure `visit` joins fewer than two | name at least two services, or drop it"#,
            r#"a.toml:212:13 error CAT0040 joint procedure `visit`: `school` has no procedure of that kind | give it a `[[service.special_procedure]]`"#,
        ],
    ),
    (
        &[
            (
                "element = \"home.kind\"\n",
                "element = \"home.kind\"\nweights = { rent = 1, rnt = 2 }\n",
            ),
            (
                "count_of = \"child\"\n",
                "count_of = \"child\"\nweights = { \"1\" = 0, declined = 0 }\n",
            ),
        ],
        &[
            r#"a.toml:218:6 error CAT0041 question `kind` gives a share to `rnt`, which nobody can answer | did you mean `rent`? possible are `own`, `rent`"#,
            r#"a.toml:225:6 error CAT0041 question `children` gives a share to `declined`, which nobody can answer | possible are `0`, `1`, `2`, `3`, `4`, `5`"#,
            r#"a.toml:225:6 error CAT0041 question `children` gives no answer any share | leave `weights` out when all answers are alike"#,
        ],
    ),
    (
        &[("anchor = \"residence\"\n", "anchor = \"residence\"\nvariant_of = \"moving\"\n")],
        &[
            r#"a.toml:206:14 error CAT0042 matter `moving` is a variant of itself | name the matter of which this is one place's form"#,
        ],
    ),
    (
        &[(
            "[[matter.service]]\nservice = \"residence\"",
            "[[matter.announced]]\nid = \"city\"\nname = { zh = \"x\", en = \"x\" }\nfigure = [\n{ figure = \"days\", before = \"1.5\" },\n{ figure = \"visits\", after = \"1.5\" },\n{ figure = \"days\", after = \"1\" },\n{ figure = \"steps\" },\n]\n\n[[matter.service]]\nservice = \"residence\"",
        )],
        &[
            r#"a.toml:209:6 error CAT0043 figure `steps` of `city` says nothing | give `before` or `after`, or the words that were used"#,
            r#"a.toml:213:30 error CAT0043 figure `visits` of `city` is no such count | days come in halves, everything else in whole numbers"#,
            r#"a.toml:214:28 error CAT0043 figure `days` of `city` stands here twice | keep one of them"#,
        ],
    ),
    (
        &[(
            "type = \"permit\"\nways = [\"output\"]\n",
            "type = \"permit\"\nways = [\"upload\"]\nif_produced = true\n",
        )],
        &[
            r#"a.toml:170:8 error CAT0037 `permit` is needed only if it is produced, so no other way is ever taken | write `ways = ["output"]` and leave `soft` out"#,
        ],
    ),
];

/// Findings about whole files.
const FILES: &[Case] = &[
    (
        &[],
        &[
            ":1:1 error CAT0012 no file says which jurisdiction this is | one file has a `[jurisdiction]` with id, name, languages and time zone",
            ":1:1 warning CAT0014 no file defines a matter | with guides only, nothing can be started",
        ],
    ),
    (
        &[("a.toml", "")],
        &[
            "a.toml:1:1 error CAT0012 no file says which jurisdiction this is | one file has a `[jurisdiction]` with id, name, languages and time zone",
            "a.toml:1:1 warning CAT0014 no file defines a matter | with guides only, nothing can be started",
        ],
    ),
    (
        &[
            ("good.toml", GOOD),
            (
                "other.toml",
                "[jurisdiction]\nid = 'other'\nname = { zh = '甲', en = 'A' }\nlanguages = ['zh']\ntime_zone = 'UTC'",
            ),
        ],
        &[
            "other.toml:2:6 error CAT0013 `other` is a second jurisdiction | the files of one folder belong to one jurisdiction",
        ],
    ),
];

#[test]
fn every_mistake_is_told_where_it_stands() {
    for (changes, expected) in CASES {
        check_files(&[("a.toml", &changed(changes))], expected);
    }
    for (files, expected) in FILES {
        check_files(files, expected);
    }
}

#[test]
fn a_file_over_ten_mebibytes_is_not_read() {
    let large = "#".repeat(10 * 1024 * 1024 + 1);
    check_files(
        &[("good.toml", GOOD), ("large.toml", &large)],
        &[
            "large.toml:1:1 error CAT0002 the file has 10485761 bytes | at most 10485760 are read; divide it",
        ],
    );
    check_files(&[("good.toml", GOOD), ("large.toml", large.split_at(1).1)], &[]);
}

/// Every code has a case here and a page in `docs/codes/`; every page about a definition has a code.
#[test]
fn every_code_has_a_page_and_a_case() {
    let cases = CASES.iter().flat_map(|(_, expected)| *expected);
    let files = FILES.iter().flat_map(|(_, expected)| *expected);
    let shown: BTreeSet<_> = cases
        .chain(files)
        .flat_map(|line| line.split(' '))
        .filter(|word| word.starts_with("CAT"))
        .chain(["CAT0002", "CAT0044", "CAT0090", "CAT0091"])
        .collect();
    let codes: BTreeSet<_> = CODES.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes.len(), CODES.len(), "a code stands twice");
    assert_eq!(shown, codes);

    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/codes");
    for (code, title) in CODES {
        let page = std::fs::read_to_string(folder.join(format!("{code}.md"))).unwrap_or_default();
        assert!(page.starts_with(&format!("# {code}: {title}\n")), "docs/codes/{code}.md");
        for part in ["## Cause", "## Example", "## Cure"] {
            assert!(page.contains(part), "docs/codes/{code}.md has no `{part}`");
        }
    }
    let pages = std::fs::read_dir(folder).unwrap();
    for page in pages.map(|page| page.unwrap().file_name().into_string().unwrap()) {
        if let Some(code) = page.strip_suffix(".md").filter(|code| code.starts_with("CAT")) {
            assert!(codes.contains(code), "docs/codes/{page} is about no code");
        }
    }
}

#[test]
fn a_warning_alone_still_gives_a_catalogue() {
    let compiled = compile_files(&[("a.toml", &changed(&[("anchor = \"residence\"\n", "")]))]);
    assert!(compiled.catalogue.is_some());
    let lease = r#"ways = ["upload"]"#;
    let compiled =
        compile_files(&[("a.toml", &changed(&[(lease, r#"ways = ["source", "upload"]"#)]))]);
    assert!(compiled.catalogue.is_some());
    assert_eq!(compiled.diagnostics.len(), 1);
}
