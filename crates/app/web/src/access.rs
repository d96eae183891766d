//! Who may do what: one function, [`may`], for every route, list, count and file. Deny by default; what is
//! not yours does not exist (404).

use vocabulary::{AccountId, SubjectId};

/// The role of an account.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Role {
    Visitor,
    Applicant,
    Officer,
    /// Receives applications at a window.
    Clerk,
    /// Answers for a hall or a department: figures, ratings, records of clerks, delegations.
    Manager,
    /// Heads a unit of a department 科室负责人: sees its service cases as supervision does, answers its notices.
    UnitHead,
    /// Leads a department 分管领导: sees what a head of a unit sees, and is told later.
    DepartmentLeader,
    /// Supervises all departments 效能监察: reads, gives and closes notices; no personal data.
    Inspector,
    /// Handles somebody's matter on an order 帮代办.
    Agent,
    /// Writes the definitions of matters and services.
    Designer,
    Operator,
    /// A department's system, known by its signature.
    DepartmentSystem,
}

impl Role {
    pub const ALL: [Self; 12] = [
        Self::Visitor,
        Self::Applicant,
        Self::Officer,
        Self::Clerk,
        Self::Manager,
        Self::UnitHead,
        Self::DepartmentLeader,
        Self::Inspector,
        Self::Agent,
        Self::Designer,
        Self::Operator,
        Self::DepartmentSystem,
    ];

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// Whether it supervises and does nothing else here.
    pub const fn is_supervisor(self) -> bool {
        matches!(self, Self::UnitHead | Self::DepartmentLeader | Self::Inspector)
    }

    /// Whether it speaks or looks for one department.
    pub const fn is_of_department(self) -> bool {
        matches!(
            self,
            Self::Officer | Self::UnitHead | Self::DepartmentLeader | Self::DepartmentSystem
        )
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Applicant => "applicant",
            Self::Officer => "officer",
            Self::Clerk => "clerk",
            Self::Manager => "manager",
            Self::UnitHead => "unit-head",
            Self::DepartmentLeader => "department-leader",
            Self::Inspector => "inspector",
            Self::Agent => "agent",
            Self::Designer => "designer",
            Self::Operator => "operator",
            Self::DepartmentSystem => "department-system",
        }
    }
}

/// Who is asking.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Who {
    pub role: Role,
    pub account: Option<AccountId>,
    pub subject: Option<SubjectId>,
    pub department: Option<String>,
    /// GB/T 2260 area that an officer works for; `None` = the whole jurisdiction.
    pub area: Option<String>,
    /// The login identity at shared sources.
    pub login: String,
    pub name: String,
}

impl Who {
    pub fn visitor() -> Self {
        Self {
            role: Role::Visitor,
            account: None,
            subject: None,
            department: None,
            area: None,
            login: String::new(),
            name: String::new(),
        }
    }

    pub fn is_visitor(&self) -> bool {
        self.role == Role::Visitor
    }
}

/// What is asked for. Every route names one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Action {
    /// Public pages: home, matters, verification, assets, health.
    SeePublic,
    /// Sign in as a person of the demo; only in demo mode.
    EnterDemo,
    /// Change how simulated departments behave; only in demo mode.
    SteerDepartments,
    SignOut,
    OpenDraft,
    SeeDraft,
    ChangeDraft,
    SubmitDraft,
    SeeOwnList,
    SeeCase,
    ActOnCase,
    SeeLicence,
    SeeWorklist,
    SeeServiceCase,
    DecideServiceCase,
    SeeEvidence,
    SendReply,
    /// The designers' pages: definitions, their proof, their findings. No applicant's data is there.
    SeeDefinitions,
    SeeOperations,
    /// The window workstation: tickets, persons at the window, intake.
    UseWindow,
    /// Figures, lists behind them, exports, ratings' rectification.
    SeeFigures,
    /// Records of clerks, delegations, doorplates.
    ManageDesk,
    /// What supervision addresses to oneself.
    SeeAddressed,
    /// Service cases as supervision sees them: lights, dates, the chain, notices; no personal data.
    Supervise,
    /// Answer a supervision notice for the department.
    AnswerNotice,
    /// Give and close supervision notices.
    GiveNotice,
    /// The orders of an agent and what they cover.
    ActOnOrder,
    /// Time and history of the demo; only in demo mode.
    SteerTime,
}

impl Action {
    pub const ALL: [Self; 28] = [
        Self::SeePublic,
        Self::EnterDemo,
        Self::SteerDepartments,
        Self::SignOut,
        Self::OpenDraft,
        Self::SeeDraft,
        Self::ChangeDraft,
        Self::SubmitDraft,
        Self::SeeOwnList,
        Self::SeeCase,
        Self::ActOnCase,
        Self::SeeLicence,
        Self::SeeWorklist,
        Self::SeeServiceCase,
        Self::DecideServiceCase,
        Self::SeeEvidence,
        Self::SendReply,
        Self::SeeDefinitions,
        Self::SeeOperations,
        Self::UseWindow,
        Self::SeeFigures,
        Self::ManageDesk,
        Self::SeeAddressed,
        Self::Supervise,
        Self::AnswerNotice,
        Self::GiveNotice,
        Self::ActOnOrder,
        Self::SteerTime,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SeePublic => "see-public",
            Self::EnterDemo => "enter-demo",
            Self::SteerDepartments => "steer-departments",
            Self::SignOut => "sign-out",
            Self::OpenDraft => "open-draft",
            Self::SeeDraft => "see-draft",
            Self::ChangeDraft => "change-draft",
            Self::SubmitDraft => "submit-draft",
            Self::SeeOwnList => "see-own-list",
            Self::SeeCase => "see-case",
            Self::ActOnCase => "act-on-case",
            Self::SeeLicence => "see-licence",
            Self::SeeWorklist => "see-worklist",
            Self::SeeServiceCase => "see-service-case",
            Self::DecideServiceCase => "decide-service-case",
            Self::SeeEvidence => "see-evidence",
            Self::SendReply => "send-reply",
            Self::SeeDefinitions => "see-definitions",
            Self::SeeOperations => "see-operations",
            Self::UseWindow => "use-window",
            Self::SeeFigures => "see-figures",
            Self::ManageDesk => "manage-desk",
            Self::SeeAddressed => "see-addressed",
            Self::Supervise => "supervise",
            Self::AnswerNotice => "answer-notice",
            Self::GiveNotice => "give-notice",
            Self::ActOnOrder => "act-on-order",
            Self::SteerTime => "steer-time",
        }
    }
}

/// What it is asked of.
#[derive(Clone, Copy, Debug)]
pub enum Resource<'a> {
    /// The route as such, before anything is loaded: may this role come here at all?
    Route,
    /// Something that belongs to an account: a draft, a case, a licence, an uploaded file.
    Owned { owner: Option<AccountId> },
    /// A draft that a clerk holds at a window.
    Held { holder: Option<AccountId> },
    /// A department's part of a case: a worklist, a service case, evidence that it received.
    Department { department: &'a str, area: Option<&'a str> },
    /// A draft or a case that an order covers: whose order it is, and whether it is in force and gives this power.
    Entrusted { agent: Option<AccountId>, covered: bool },
    /// What belongs to an area (GB/T 2260): figures, records of clerks; empty = to the whole jurisdiction.
    Area { area: &'a str },
}

/// The one authorisation function.
pub fn may(who: &Who, action: Action, resource: Resource<'_>, demo: bool) -> bool {
    use Action::{
        ActOnCase, ActOnOrder, AnswerNotice, ChangeDraft, DecideServiceCase, EnterDemo, GiveNotice,
        ManageDesk, OpenDraft, SeeAddressed, SeeCase, SeeDefinitions, SeeDraft, SeeEvidence,
        SeeFigures, SeeLicence, SeeOperations, SeeOwnList, SeePublic, SeeServiceCase, SeeWorklist,
        SendReply, SignOut, SteerDepartments, SteerTime, SubmitDraft, Supervise, UseWindow,
    };
    let role_allows = match action {
        SeePublic => true,
        EnterDemo | SteerDepartments | SteerTime => demo,
        SignOut => who.role != Role::Visitor,
        OpenDraft | SeeOwnList | ActOnCase | SeeLicence => who.role == Role::Applicant,
        SeeDraft | ChangeDraft | SubmitDraft | SeeCase => {
            matches!(who.role, Role::Applicant | Role::Agent)
        }
        SeeWorklist | SeeServiceCase | DecideServiceCase => who.role == Role::Officer,
        SeeEvidence => {
            matches!(
                who.role,
                Role::Applicant | Role::Agent | Role::Officer | Role::DepartmentSystem
            )
        }
        SendReply => who.role == Role::DepartmentSystem,
        SeeDefinitions => who.role == Role::Designer,
        SeeOperations => who.role == Role::Operator,
        UseWindow => who.role == Role::Clerk,
        SeeFigures | ManageDesk => who.role == Role::Manager,
        SeeAddressed => {
            matches!(who.role, Role::Officer | Role::Manager) || who.role.is_supervisor()
        }
        Supervise => who.role.is_supervisor(),
        AnswerNotice => matches!(who.role, Role::Officer | Role::UnitHead),
        GiveNotice => matches!(who.role, Role::Manager | Role::Inspector),
        ActOnOrder => who.role == Role::Agent,
    };
    role_allows
        && match resource {
            Resource::Route => true,
            Resource::Owned { owner } => {
                who.role == Role::Applicant && owner.is_some() && owner == who.account
            }
            Resource::Held { holder } => {
                who.role == Role::Clerk && holder.is_some() && holder == who.account
            }
            Resource::Entrusted { agent, covered } => {
                who.role == Role::Agent && covered && agent.is_some() && agent == who.account
            }
            Resource::Department { department, area } => {
                who.role.is_of_department()
                    && who.department.as_deref() == Some(department)
                    && covers(who.area.as_deref(), area)
            }
            // The whole is no part of a county: what names no area is for those of the whole.
            Resource::Area { area } => {
                matches!(who.role, Role::Manager | Role::Inspector)
                    && covers(who.area.as_deref(), Some(area))
            }
        }
}

/// Whether an officer's area covers the resource's (GB/T 2260 prefixes: province 2, city 4, county 6 digits).
fn covers(officer: Option<&str>, resource: Option<&str>) -> bool {
    match (officer, resource) {
        (None, _) | (_, None) => true,
        (Some(officer), Some(resource)) => {
            let significant = officer.trim_end_matches("00");
            resource.starts_with(significant)
        }
    }
}
