//! An id says whose it is. Definition ids are short ASCII paths; instance ids are UUIDs that come in
//! ready-made from the rim, or are derived from other ids (`DispatchId::derive`).

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! definition_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Wraps an identifier as written.
            pub fn new(text: impl Into<Arc<str>>) -> Self {
                Self(text.into())
            }

            /// The identifier as written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    )*};
}

definition_ids! {
    /// A jurisdiction, e.g. `cn`.
    JurisdictionId;
    /// A matter 一件事, e.g. `newborn`.
    MatterId;
    /// A public service 事项, e.g. `birth-certificate`.
    ServiceId;
    /// A data element 数据元, e.g. `child.birth_date`. The first segment names its group, if it has one.
    DataElementId;
    /// A repeat group, e.g. `child`, `shareholder`.
    GroupId;
    /// A kind of evidence, e.g. `marriage-certificate`.
    EvidenceTypeId;
    /// A shared data source, e.g. `population-register`.
    SourceId;
    /// A decision table, e.g. `statutory-retirement-age`.
    TableId;
    /// A public organisation; the same as a receiver of referrals (department).
    OrganisationId;
    /// A procedure regime: the law's parameters for a kind of procedure.
    RegimeId;
    /// A class of the life cycle, e.g. `birth`.
    LifeCycleClassId;
    /// A published list of matters, e.g. `state-council-2022`.
    MatterListId;
    /// A topic of the one form, e.g. `child`.
    TopicId;
    /// A question of a matter.
    QuestionId;
    /// A line of a service's checklist.
    ChecklistLineId;
    /// An administrative area, GB/T 2260 code, e.g. `510100`.
    AreaCode;
    /// The stable id of one member of a repeat group (never a position), e.g. `c1`.
    MemberId;
    /// A place where applications are received: a hall, a bank's branch, a hospital's desk.
    OutletId;
    /// A window of an outlet.
    WindowId;
    /// A record by which an outlet may receive, decide or deliver for an authority.
    DelegationId;
    /// A doorplate 数字政务门牌: a code on the spot that leads to a matter.
    DoorplateId;
    /// The hash of a resolved service (semantics 8).
    ServiceRevision;
    /// The hash of a resolved matter (semantics 8).
    MatterRevision;
}

macro_rules! instance_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Ok(Self(Uuid::parse_str(text)?))
            }
        }
    )*};
}

instance_ids! {
    /// One case 主办件.
    CaseId;
    /// One draft application: answers, form and evidence before submission.
    DraftId;
    /// One command as sent by a client; the idempotency key (semantics 15).
    CommandId;
    /// One sending to a department; permanent over retries and restarts.
    DispatchId;
    /// One uploaded file.
    EvidenceId;
    /// One issued licence in the store (its public identifier is a text, see `outputs`).
    LicenceId;
    /// A person or firm that cases are about.
    SubjectId;
    /// An account that signs in.
    AccountId;
    /// One sealed value in the vault; events refer to personal text by it (semantics 16).
    SealedId;
}

impl DispatchId {
    /// The permanent id of the `round`-th sending of `kind` for `node` of `case`: derived, so that the
    /// same sending has the same id in every retry, replay and restore.
    pub fn derive(case: CaseId, node: &NodeKey, kind: &str, round: u32) -> Self {
        Self(Uuid::new_v5(&case.0, format!("{node}/{kind}/{round}").as_bytes()))
    }
}

/// A node of a plan and of a case: one service for one member of a repeat group, or for all (semantics 5).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct NodeKey {
    pub service: ServiceId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
}

impl NodeKey {
    /// A node of a service that is not repeated.
    pub fn single(service: impl Into<ServiceId>) -> Self {
        Self { service: service.into(), member: None }
    }
}

impl fmt::Display for NodeKey {
    /// `service` or `service~member`; safe in a URL path.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.member {
            None => write!(f, "{}", self.service),
            Some(member) => write!(f, "{}~{member}", self.service),
        }
    }
}

impl std::str::FromStr for NodeKey {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.split_once('~') {
            None => Self { service: text.into(), member: None },
            Some((service, member)) => {
                Self { service: service.into(), member: Some(member.into()) }
            }
        })
    }
}
