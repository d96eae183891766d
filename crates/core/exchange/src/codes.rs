//! The fifteen numbers of the approval exchange in use between departments (部门审批交换状态码): what an adapter says
//! on our wire when its system says a number, and the number for what was said on our wire. Source: the national
//! exchange of engineering approvals, as several public systems print it (domain 4.1, W25).

use crate::wire::WireReply;

/// A number of the exchange with what it stands for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum ExchangeCode {
    /// 已接件
    Received = 1,
    /// 已撤件: withdrawn before it was accepted.
    Withdrawn = 2,
    /// 已受理
    Accepted = 3,
    /// 不受理: not needed, or not this organ's.
    NotTaken = 4,
    /// 不予受理
    NotAccepted = 5,
    /// 补正(开始)
    CorrectionBegan = 6,
    /// 补正(结束)
    CorrectionEnded = 7,
    /// 部门开始办理
    Began = 8,
    /// 特别程序(开始)
    ProcedureBegan = 9,
    /// 特别程序(结束)
    ProcedureEnded = 10,
    /// 办结(通过)
    Granted = 11,
    /// 办结(容缺通过)
    GrantedWithDeferral = 12,
    /// 办结(不通过)
    Refused = 13,
    /// 撤回: withdrawn by the applicant after it was accepted.
    TakenBack = 14,
    /// 撤销: a grant is revoked.
    Revoked = 15,
}

impl ExchangeCode {
    pub const ALL: [Self; 15] = [
        Self::Received,
        Self::Withdrawn,
        Self::Accepted,
        Self::NotTaken,
        Self::NotAccepted,
        Self::CorrectionBegan,
        Self::CorrectionEnded,
        Self::Began,
        Self::ProcedureBegan,
        Self::ProcedureEnded,
        Self::Granted,
        Self::GrantedWithDeferral,
        Self::Refused,
        Self::TakenBack,
        Self::Revoked,
    ];

    pub const fn number(self) -> u8 {
        self as u8
    }

    pub fn of_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.number() == number)
    }

    /// The kind of [`WireReply`] that says it. A grant that leaves evidence for later says what is owed.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Withdrawn | Self::TakenBack => "withdrawal_confirmed",
            Self::Accepted => "accepted",
            Self::NotTaken | Self::NotAccepted => "not_accepted",
            Self::CorrectionBegan => "correction_requested",
            Self::CorrectionEnded => "correction_settled",
            Self::Began => "began",
            Self::ProcedureBegan => "procedure_began",
            Self::ProcedureEnded => "procedure_ended",
            Self::Granted | Self::GrantedWithDeferral => "granted",
            Self::Refused => "refused",
            Self::Revoked => "revoked",
        }
    }

    /// The number for a reply; `accepted` = the service case was accepted before. `None` for what the exchange
    /// has no number for: an extension, and a withdrawal that comes too late.
    pub const fn of(reply: &WireReply, accepted: bool) -> Option<Self> {
        Some(match reply {
            WireReply::Received => Self::Received,
            WireReply::Accepted => Self::Accepted,
            WireReply::NotAccepted { .. } => Self::NotAccepted,
            WireReply::CorrectionRequested { .. } => Self::CorrectionBegan,
            WireReply::CorrectionSettled => Self::CorrectionEnded,
            WireReply::Began => Self::Began,
            WireReply::ProcedureBegan { .. } => Self::ProcedureBegan,
            WireReply::ProcedureEnded { .. } => Self::ProcedureEnded,
            WireReply::Granted { owed, .. } if !owed.is_empty() => Self::GrantedWithDeferral,
            WireReply::Granted { .. } => Self::Granted,
            WireReply::Revoked { .. } => Self::Revoked,
            WireReply::Refused { .. } => Self::Refused,
            WireReply::WithdrawalConfirmed if accepted => Self::TakenBack,
            WireReply::WithdrawalConfirmed => Self::Withdrawn,
            WireReply::Extended { .. }
            | WireReply::TooLateToWithdraw
            | WireReply::VisitJoined { .. }
            | WireReply::VisitHeld { .. } => return None,
        })
    }
}
