//! The shape of a plan, taken apart: everything about it that can differ between scenarios, as keys whose
//! truth is a set of cells.

use std::fmt;
use std::sync::Arc;

use vocabulary::{DataElementId, EvidenceTypeId, MemberId, NodeKey, ServiceId, Slot, SourceId};

/// One piece of evidence: a type, for one member if it is repeated.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Piece {
    pub ty: EvidenceTypeId,
    pub member: Option<MemberId>,
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.member {
            None => write!(f, "{}", self.ty),
            Some(member) => write!(f, "{}~{member}", self.ty),
        }
    }
}

/// Why a service is out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Out {
    NotApplicable,
    AlreadyDone,
    NotEligible,
    Skipped,
}

/// How a piece of evidence comes by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Taken {
    Upload,
    Source(SourceId),
    Licence,
    /// Of which service, and which of its outputs; for whichever member.
    Output(ServiceId, Arc<str>),
    Commitment,
    Deferral,
    Generated,
}

/// Something that is or is not so in a plan.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum FeatureKey {
    /// The service is in, certainly or undecided.
    In(NodeKey),
    /// It is in whatever is still answered.
    Certain(NodeKey),
    Out(NodeKey, Out),
    /// The period at this position of `promised_when` counts; without one, the service's own.
    Promised(NodeKey, usize),
    /// The same of `statutory_when`.
    Statutory(NodeKey, usize),
    /// The further visits at this position of `visits_when` are due.
    Visits(NodeKey, usize),
    Fee(NodeKey, usize),
    Procedure(NodeKey, usize),
    /// The department receives the slot.
    Field(NodeKey, Slot),
    /// The slot is asked once, for these users together.
    Asked(Slot),
    /// It must be filled in.
    Required(Slot),
    /// The law wants it asked again for this service, whatever others know.
    AskedAgain(NodeKey, Slot),
    /// It must be filled in.
    RequiredAgain(NodeKey, Slot),
    /// Nobody is asked: it comes into being with another service's output.
    FromOutput(Slot),
    /// The service uses the piece.
    Uses(NodeKey, Piece),
    Way(Piece, Taken),
    /// At this position of the service's signatories.
    Signs(NodeKey, usize, Slot),
    /// The second needs an output of the first.
    Edge {
        from: NodeKey,
        to: NodeKey,
        output: Arc<str>,
    },
    /// And cannot begin without it.
    HardEdge {
        from: NodeKey,
        to: NodeKey,
        output: Arc<str>,
    },
}

impl FeatureKey {
    /// The service that it is about, if it is about one.
    pub fn node(&self) -> Option<&NodeKey> {
        match self {
            Self::In(node)
            | Self::Certain(node)
            | Self::Out(node, _)
            | Self::Promised(node, _)
            | Self::Statutory(node, _)
            | Self::Visits(node, _)
            | Self::Fee(node, _)
            | Self::Procedure(node, _)
            | Self::Field(node, _)
            | Self::AskedAgain(node, _)
            | Self::RequiredAgain(node, _)
            | Self::Uses(node, _)
            | Self::Signs(node, ..) => Some(node),
            Self::Edge { to, .. } | Self::HardEdge { to, .. } => Some(to),
            Self::Asked(_) | Self::Required(_) | Self::FromOutput(_) | Self::Way(..) => None,
        }
    }
}

impl FeatureKey {
    /// Whether it is about what is not repeated and the generic member only.
    pub(crate) fn is_seen(&self) -> bool {
        let generic = |member: &Option<MemberId>| {
            member.as_ref().is_none_or(|member| *member == crate::generic_member())
        };
        let node = |node: &NodeKey| generic(&node.member);
        let slot = |slot: &Slot| generic(&slot.member);
        match self {
            Self::In(it)
            | Self::Certain(it)
            | Self::Out(it, _)
            | Self::Promised(it, _)
            | Self::Statutory(it, _)
            | Self::Visits(it, _)
            | Self::Fee(it, _)
            | Self::Procedure(it, _) => node(it),
            Self::Asked(it) | Self::Required(it) | Self::FromOutput(it) => slot(it),
            Self::Field(it, of)
            | Self::AskedAgain(it, of)
            | Self::RequiredAgain(it, of)
            | Self::Signs(it, _, of) => node(it) && slot(of),
            Self::Uses(it, piece) => node(it) && generic(&piece.member),
            Self::Way(piece, _) => generic(&piece.member),
            Self::Edge { from, to, .. } | Self::HardEdge { from, to, .. } => node(from) && node(to),
        }
    }
}

/// Where a condition stands.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Place {
    /// Of a service in the matter.
    Applies(ServiceId),
    AlreadyDone(ServiceId),
    /// Of a service, at this position of its list.
    Requirement(ServiceId, usize),
    Promised(ServiceId, usize),
    Statutory(ServiceId, usize),
    Visits(ServiceId, usize),
    Fee(ServiceId, usize),
    Procedure(ServiceId, usize),
    Field(ServiceId, usize),
    Evidence(ServiceId, usize),
    Commitment(ServiceId, usize),
    Deferral(ServiceId, usize),
    Signatory(ServiceId, usize),
    /// When the source may be asked at all, for a piece of evidence.
    SourceOfEvidence(SourceId, EvidenceTypeId),
    /// When the source can tell the element.
    SourceOfElement(SourceId, DataElementId),
}
