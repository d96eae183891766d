//! The stable codes of the catalogue's findings. Each has a page in `docs/codes/` and a test.
//!
//! A code is never reused or given another meaning; a check that falls away leaves a gap.

macro_rules! codes {
    ($($name:ident = $code:literal $title:literal;)*) => {
        $(pub(crate) const $name: &str = $code;)*

        /// Every code with its short title, in order.
        pub const CODES: &[(&str, &str)] = &[$(($code, $title)),*];
    };
}

codes! {
    SYNTAX = "CAT0001" "the file is not valid TOML";
    FILE_TOO_LARGE = "CAT0002" "the file is too large";
    UNKNOWN_KEY = "CAT0003" "unknown key or section";
    MISSING_KEY = "CAT0004" "a required key is missing";
    WRONG_KIND = "CAT0005" "a value of the wrong kind";
    UNKNOWN_WORD = "CAT0006" "a word that is not one of the allowed ones";
    MISSING_TEXT = "CAT0007" "a text is missing in a declared language";
    UNDECLARED_LANGUAGE = "CAT0008" "a text in an undeclared language";
    DUPLICATE = "CAT0009" "defined or named twice";
    BAD_ID = "CAT0010" "a malformed identifier";
    UNKNOWN_NAME = "CAT0011" "a name that nothing defines";
    NO_JURISDICTION = "CAT0012" "no jurisdiction";
    SECOND_JURISDICTION = "CAT0013" "more than one jurisdiction";
    NO_MATTER = "CAT0014" "no matter, or a matter without services";
    BAD_DATE = "CAT0015" "a bad date or range of dates";
    BAD_NUMBER = "CAT0016" "a bad number in decimal text";
    BAD_PERIOD = "CAT0017" "a period without a meaning";
    CALENDAR_CONTRADICTION = "CAT0018" "a calendar that contradicts itself";
    BAD_ORGANISATION_CODE = "CAT0019" "a wrong unified social credit code";
    UNKNOWN_TIME_ZONE = "CAT0020" "an unknown time zone";
    BAD_CODE = "CAT0021" "a malformed public code";
    CHOICE_OPTIONS = "CAT0022" "options that do not fit the element's type";
    PROMISE_BEYOND_LAW = "CAT0023" "a promised period beyond the statutory one";
    EVIDENCE_IMPOSSIBLE = "CAT0024" "evidence that nobody can satisfy";
    OUTPUT_NOT_PRODUCED = "CAT0025" "an output that nobody produces";
    ELEMENT_NOT_GIVEN = "CAT0026" "a data element that nobody gives";
    CYCLE = "CAT0027" "services that wait for each other";
    UNBOUND_QUESTION = "CAT0028" "a question that does not bind exactly one thing";
    IDLE_QUESTION = "CAT0029" "a question that changes nothing";
    DEAD_END = "CAT0030" "a condition that can never be decided";
    UNUSED_ELEMENT = "CAT0031" "an unused data element";
    UNUSED_EVIDENCE = "CAT0032" "an unused evidence type";
    UNUSED_SERVICE = "CAT0033" "a service that no matter joins";
    INCOMPLETE_LICENCE = "CAT0034" "a licence that could not be issued";
    MIXED_GROUPS = "CAT0035" "two repeat groups in one place";
    BAD_BOUNDS = "CAT0036" "bounds that leave nothing between them";
    DEAD_WAY = "CAT0037" "a way that can never be taken";
    TWO_MEANINGS = "CAT0038" "a name with two meanings";
    FOREIGN_ANCHOR = "CAT0039" "an anchor that is not one of the matter's services";
    ALIKE = "CAT0050" "two things that are probably one";
    FOREIGN_JOINT = "CAT0040" "a joint procedure that joins nothing";
    FOREIGN_ANSWER = "CAT0041" "a share of an answer that nobody can give";
    OWN_VARIANT = "CAT0042" "a matter that is a variant of itself";
    EMPTY_FIGURE = "CAT0043" "an announced figure that cannot be";
    NOT_UTF8 = "CAT0044" "the file is not UTF-8";
    STORED_NEWER = "CAT0090" "stored definitions of a newer version";
    STORED_UNREADABLE = "CAT0091" "stored definitions that cannot be read";
}
