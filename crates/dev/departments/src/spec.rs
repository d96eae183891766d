//! What a simulated department knows of its own services: told by whoever starts it, because departments
//! know no catalogue.

/// A department with the services it decides on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DepartmentSpec {
    pub id: String,
    /// Six digits; the identifiers that it gives out begin with it.
    pub area: String,
    pub services: Vec<ServiceSpec>,
}

impl DepartmentSpec {
    pub fn service(&self, id: &str) -> Option<&ServiceSpec> {
        self.services.iter().find(|service| service.service == id)
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServiceSpec {
    pub service: String,
    pub outputs: Vec<OutputSpec>,
    /// What it asks for when it wants a correction.
    pub first_line: Line,
    /// Why it refuses when it does.
    pub refusal_ground: Line,
}

/// A line of a checklist: its id and what it says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    pub id: String,
    pub text: String,
}

/// Something that a grant brings into being.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OutputSpec {
    pub id: String,
    pub elements: Vec<ElementSpec>,
}

/// A data element that comes into being with an output.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ElementSpec {
    pub element: String,
    /// It belongs to a member of a repeat group.
    pub grouped: bool,
    pub kind: ValueKind,
}

/// How a value is made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ValueKind {
    /// GB 11643; names the elements of the request that hold the birth date and the sex (`male`).
    CitizenId {
        birth_date: Option<String>,
        sex: Option<String>,
    },
    /// GB 32100.
    Uscc,
    /// Text after a pattern.
    Text(Vec<Piece>),
    Number,
    Date,
    Bool,
    /// The option's id.
    Choice(String),
    AreaCode,
    Phone,
}

/// A piece of a pattern.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Piece {
    Words(String),
    /// So many digits, different for each sending.
    Digits(usize),
    /// What the request says of this element.
    Field(String),
}
