//! One typed-in value → a checked [`Value`], or a finding that the person can act on.
//!
//! Forgives what people cannot see: surrounding blanks, full-width digits and signs, the several ways to
//! write a date. Never guesses what they meant, and keeps no value that failed.

use catalogue::{Catalogue, ChoiceOption, DataElement, ElementType};
use vocabulary::codes::citizen_id::CitizenIdError;
use vocabulary::codes::uscc::UsccError;
use vocabulary::{Date, Decimal, Facts, Slot, Value, codes};

/// Something wrong in what a person typed. The web turns the code into words: `answer-<code>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerFinding {
    /// Stable code, `ANS0001` and up.
    pub code: &'static str,
    pub slot: Slot,
    /// Named values for the message, e.g. `("max", "20")`.
    pub args: Vec<(&'static str, String)>,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $sentence:literal;)*) => {
        $($(#[$doc])* pub const $name: &str = $code;)*

        /// Every code with a sentence for those who have no words of their own (command line, API); an
        /// argument's name in braces stands for its value. Each has a page in `docs/codes/`.
        pub const CODES: &[(&str, &str)] = &[$(($code, $sentence)),*];
    };
}

codes! {
    /// Nothing was entered.
    EMPTY = "ANS0001", "nothing was entered";
    /// Not one of a choice's options.
    NOT_AN_OPTION = "ANS0002", "not one of the options: {options}";
    /// Neither yes nor no.
    NOT_YES_OR_NO = "ANS0003", "neither yes nor no";
    /// Not a number.
    NOT_A_NUMBER = "ANS0004", "not a number";
    /// Not a date, or a day that does not exist.
    NOT_A_DATE = "ANS0005", "not a date; write it like {example}";
    /// A date after today where that cannot be.
    IN_THE_FUTURE = "ANS0006", "the date lies after {today}";
    /// More characters than there is room for.
    TOO_LONG = "ANS0007", "longer than {max} characters: it has {length}";
    /// Invisible control characters, or line breaks in a single line.
    UNREADABLE_CHARACTERS = "ANS0008", "contains characters that cannot be shown, or a line break";
    /// Not the shape of a citizen id number.
    CITIZEN_ID_SHAPE = "ANS0009", "not a citizen id number: 17 digits with a real birth date, then a digit or X";
    /// The check character of a citizen id number is wrong.
    CITIZEN_ID_CHECK = "ANS0010", "the last character of the citizen id number does not fit the others; a digit may be mistyped";
    /// Not the shape of a unified social credit code.
    USCC_SHAPE = "ANS0011", "not a unified social credit code: 18 digits and capital letters without I, O, S, V, Z";
    /// The check character of a unified social credit code is wrong.
    USCC_CHECK = "ANS0012", "the last character of the unified social credit code does not fit the others; a character may be mistyped";
    /// Not a telephone number.
    NOT_A_PHONE = "ANS0013", "not a telephone number: a mobile number, a fixed line with its area code, or + and the country code";
    /// Not an area code.
    NOT_AN_AREA_CODE = "ANS0014", "not an area code: six digits that begin with a province";
    /// A date that does not lie after another one.
    NOT_AFTER = "ANS0015", "the date does not lie after {date} (`{other}`)";
    /// A date before another one.
    BEFORE = "ANS0016", "the date lies before {date} (`{other}`)";
    /// The file itself cannot be read.
    FILE = "ANS0020", "the file cannot be read: {problem}";
    /// No such data element.
    UNKNOWN_ELEMENT = "ANS0021", "no data element is called `{name}`";
    /// An element of a group without a member, or of a member that is not there.
    MEMBER = "ANS0022", "`{name}` {problem}";
    /// No such group, or a number of members that it cannot have.
    GROUP = "ANS0023", "group `{name}` {problem}";
    /// A service that is not there or cannot be left out.
    SKIP = "ANS0024", "service `{name}` {problem}";
    /// No such source.
    UNKNOWN_SOURCE = "ANS0025", "no source is called `{name}`";
    /// Not an instant or date of the plan.
    TIME = "ANS0026", "`{name}` {problem}";
    /// No such evidence type.
    UNKNOWN_EVIDENCE = "ANS0027", "no evidence type is called `{name}`";
    /// No such matter.
    UNKNOWN_MATTER = "ANS0028", "no matter is called `{name}`";
}

/// Room for a single line and for several when the definition states none.
const LINE_LENGTH_MAX: u32 = 200;
const LINES_LENGTH_MAX: u32 = 2000;

impl AnswerFinding {
    /// The finding in plain English, its arguments filled in.
    pub fn sentence(&self) -> String {
        sentence(self.code, &self.args)
    }
}

/// The sentence of a code with its arguments filled in.
pub fn sentence(code: &str, args: &[(&'static str, String)]) -> String {
    let found = CODES.iter().find(|(known, _)| *known == code);
    let mut sentence = found.map_or(code, |(_, sentence)| sentence).to_owned();
    for (name, value) in args {
        sentence = sentence.replace(&format!("{{{name}}}"), value);
    }
    sentence
}

/// What is wrong, before it is known with whom.
struct Wrong(&'static str, Vec<(&'static str, String)>);

impl From<&'static str> for Wrong {
    fn from(code: &'static str) -> Self {
        Self(code, Vec::new())
    }
}

/// Checks `text` (as typed; surrounding blanks and full-width digits are forgiven) against the element's
/// type, length, options, check digits, and `not_future`.
///
/// # Errors
/// The finding that says what would be accepted.
pub fn accept_value(
    element: &DataElement,
    slot: &Slot,
    text: &str,
    as_of: Date,
) -> Result<Value, AnswerFinding> {
    accept(element, text, as_of).map_err(|Wrong(code, args)| AnswerFinding {
        code,
        slot: slot.clone(),
        args,
    })
}

fn accept(element: &DataElement, text: &str, as_of: Date) -> Result<Value, Wrong> {
    if text.trim().is_empty() {
        return Err(EMPTY.into());
    }
    match &element.ty {
        ElementType::Bool => yes_or_no(text),
        ElementType::Number => number(text),
        ElementType::Text => {
            words(text, element.max_length.unwrap_or(LINE_LENGTH_MAX), |c| c.is_control())
        }
        ElementType::LongText => {
            let breaks = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
            words(text, element.max_length.unwrap_or(LINES_LENGTH_MAX), breaks)
        }
        ElementType::Choice(options) => choice(options, text),
        ElementType::Date => date(text, element.not_future.then_some(as_of)),
        ElementType::CitizenId => citizen_id(text),
        ElementType::Uscc => uscc(text),
        ElementType::Phone => phone(text),
        ElementType::AreaCode => area_code(text),
    }
}

/// Full-width letters, digits and signs to their plain forms, without surrounding blanks.
pub fn plain(text: &str) -> String {
    let narrow = |c: char| match u32::from(c) {
        code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(c),
        0x3000 => ' ',
        _ => c,
    };
    text.trim().chars().map(narrow).collect::<String>().trim().to_owned()
}

fn yes_or_no(text: &str) -> Result<Value, Wrong> {
    match plain(text).to_lowercase().as_str() {
        "true" | "yes" | "是" => Ok(Value::Bool(true)),
        "false" | "no" | "否" => Ok(Value::Bool(false)),
        _ => Err(NOT_YES_OR_NO.into()),
    }
}

fn number(text: &str) -> Result<Value, Wrong> {
    let text = plain(text);
    let (whole, part) = text.split_once('.').unwrap_or((&text, "0"));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let grouped = whole.contains(',');
    let digits_of_three = |group: &str| group.len() == 3 && all_digits(group);
    let sign_free = first.strip_prefix(['-', '+']).unwrap_or(first);
    let well_formed = all_digits(sign_free)
        && all_digits(part)
        && groups.all(digits_of_three)
        && (!grouped || sign_free.len() <= 3);
    if !well_formed {
        return Err(NOT_A_NUMBER.into());
    }
    let digits = text.replace(',', "");
    Decimal::from_str_exact(&digits).map(Value::Number).map_err(|_| NOT_A_NUMBER.into())
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn words(text: &str, length_max: u32, refused: impl Fn(char) -> bool) -> Result<Value, Wrong> {
    // Marks that turn the direction of writing can make a name look like another.
    let turning = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let text = text.trim();
    if text.chars().any(|c| refused(c) || turning(c)) {
        return Err(UNREADABLE_CHARACTERS.into());
    }
    let length = text.chars().count();
    if length > usize::try_from(length_max).unwrap_or(usize::MAX) {
        let args = vec![("max", length_max.to_string()), ("length", length.to_string())];
        return Err(Wrong(TOO_LONG, args));
    }
    Ok(Value::text(text))
}

/// By its id, or by its name in any language.
fn choice(options: &[ChoiceOption], text: &str) -> Result<Value, Wrong> {
    let text = text.trim();
    let by_id = options.iter().find(|option| &*option.id == text);
    let by_name = || options.iter().find(|option| option.name.iter().any(|(_, name)| name == text));
    match by_id.or_else(by_name) {
        Some(option) => Ok(Value::Text(option.id.clone())),
        None => {
            let ids: Vec<&str> = options.iter().map(|option| &*option.id).collect();
            Err(Wrong(NOT_AN_OPTION, vec![("options", ids.join(", "))]))
        }
    }
}

fn date(text: &str, not_after: Option<Date>) -> Result<Value, Wrong> {
    let date = read_date(&plain(text))
        .ok_or_else(|| Wrong(NOT_A_DATE, vec![("example", "2026-11-20".to_owned())]))?;
    match not_after {
        Some(today) if date > today => {
            Err(Wrong(IN_THE_FUTURE, vec![("today", today.to_string())]))
        }
        _ => Ok(Value::Date(date)),
    }
}

/// Whether a date that is known stands in its order with the other that its element names (`after`, `not_before`);
/// while one of the two is not known there is nothing to say.
pub fn check_order(catalogue: &Catalogue, slot: &Slot, facts: &Facts) -> Option<AnswerFinding> {
    let element = catalogue.element(&slot.element)?;
    let date_of = |slot: &Slot| match facts.value(slot)? {
        Value::Date(date) => Some(*date),
        _ => None,
    };
    let own = date_of(slot)?;
    let bounds = [(&element.after, NOT_AFTER), (&element.not_before, BEFORE)];
    bounds.into_iter().find_map(|(other, code)| {
        let id = other.as_ref()?;
        let in_group = catalogue.element(id)?.group.is_some();
        let member = slot.member.clone().filter(|_| in_group);
        let bound = date_of(&Slot { element: id.clone(), member })?;
        let wrong = own < bound || code == NOT_AFTER && own == bound;
        wrong.then(|| AnswerFinding {
            code,
            slot: slot.clone(),
            args: vec![("other", id.to_string()), ("date", bound.to_string())],
        })
    })
}

/// `2026-11-20`, `2026/11/20`, `2026.11.20`, `2026年11月20日` or `20261120`.
fn read_date(text: &str) -> Option<Date> {
    let compact: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    let text: String = compact.into_iter().collect();
    let (year, month, day) = if all_digits(&text) && text.len() == 8 {
        (text.get(0..4)?, text.get(4..6)?, text.get(6..8)?)
    } else {
        let body = text.strip_suffix(['日', '号']).unwrap_or(&text);
        let mut parts = body.split(['-', '/', '.', '年', '月']);
        let found = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        found
    };
    let well_formed = year.len() == 4 && month.len() <= 2 && day.len() <= 2;
    if !(well_formed && all_digits(year) && all_digits(month) && all_digits(day)) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// A telephone number without its signs and blanks; `+` stays before a foreign country's code.
fn phone(text: &str) -> Result<Value, Wrong> {
    let signs = |c: char| c.is_whitespace() || matches!(c, '-' | '(' | ')');
    let bare: String = plain(text).chars().filter(|c| !signs(*c)).collect();
    let international = bare.strip_prefix('+').or_else(|| bare.strip_prefix("00"));
    let accepted = match international {
        Some(rest) => match rest.strip_prefix("86").filter(|rest| is_mobile(rest)) {
            Some(mobile) => Some(mobile.to_owned()),
            // ITU-T E.164: at most 15 digits with the country code.
            None => (all_digits(rest) && !rest.starts_with('0') && (8..=15).contains(&rest.len()))
                .then(|| format!("+{rest}")),
        },
        None => (is_mobile(&bare) || is_fixed_line(&bare)).then_some(bare),
    };
    accepted.map(Value::text).ok_or_else(|| NOT_A_PHONE.into())
}

fn is_mobile(digits: &str) -> bool {
    let second = digits.as_bytes().get(1);
    digits.len() == 11
        && all_digits(digits)
        && digits.starts_with('1')
        && second.is_some_and(|digit| (b'3'..=b'9').contains(digit))
}

/// Trunk prefix, area code and number; or a 400/800 number.
fn is_fixed_line(digits: &str) -> bool {
    let service = digits.starts_with("400") || digits.starts_with("800");
    all_digits(digits)
        && if service {
            digits.len() == 10
        } else {
            digits.starts_with('0') && (10..=12).contains(&digits.len())
        }
}

fn citizen_id(text: &str) -> Result<Value, Wrong> {
    match codes::citizen_id::validate(text) {
        Ok(id) => Ok(Value::text(id.number)),
        Err(CitizenIdError::Check) => Err(CITIZEN_ID_CHECK.into()),
        Err(_) => Err(CITIZEN_ID_SHAPE.into()),
    }
}

fn uscc(text: &str) -> Result<Value, Wrong> {
    match codes::uscc::validate(text) {
        Ok(code) => Ok(Value::text(code)),
        Err(UsccError::Check) => Err(USCC_CHECK.into()),
        Err(_) => Err(USCC_SHAPE.into()),
    }
}

fn area_code(text: &str) -> Result<Value, Wrong> {
    let code = codes::area::parse(&plain(text)).map_err(|_| Wrong::from(NOT_AN_AREA_CODE))?;
    Ok(Value::text(code.as_str()))
}
