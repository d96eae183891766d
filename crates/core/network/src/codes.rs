//! The stable codes of findings in network files. Each has a page in `docs/codes/` and a test. A code is never
//! reused or given another meaning.

macro_rules! codes {
    ($($name:ident = $code:literal $title:literal;)*) => {
        $(pub(crate) const $name: &str = $code;)*

        /// Every code of a finding with its short title, in order.
        pub const CODES: &[(&str, &str)] = &[$(($code, $title)),*];
    };
}

codes! {
    SYNTAX = "NET0001" "the file is not valid TOML";
    UNREADABLE = "NET0002" "an item that cannot be read";
    TEXT = "NET0003" "a text is missing in a language, or is in an undeclared one";
    DUPLICATE = "NET0004" "defined twice";
    BAD_ID = "NET0005" "a malformed identifier or area code";
    UNKNOWN_NAME = "NET0006" "a name or word that is not known";
    PARENT_CYCLE = "NET0007" "outlets that are each other's parents";
    BAD_HOURS = "NET0008" "opening hours without a meaning";
    BAD_DATE = "NET0009" "a bad date or range of dates";
    FOREIGN_SERVICE = "NET0010" "a delegation of somebody else's service";
    SAYS_NOTHING = "NET0011" "something that must say at least one thing";
    NEVER_RECEIVED = "NET0012" "a window for what its outlet can never receive";
    NOWHERE = "NET0013" "a doorplate that hangs nowhere";
    NO_NETWORK = "NET0014" "no network, or more than one";
}
