//! The words of a comparison: Chinese, and English for every other language.

use catalogue::Way;
use catalogue::diff::{Asks, How, Kind, What};

/// Chinese, English.
type Words = (&'static str, &'static str);

pub(super) const fn kind(kind: Kind) -> Words {
    match kind {
        Kind::Matter => ("一件事", "matter"),
        Kind::Service => ("事项", "service"),
        Kind::Element => ("数据元", "data element"),
        Kind::EvidenceType => ("材料类型", "evidence type"),
        Kind::Source => ("数据源", "source"),
        Kind::Group => ("重复组", "repeat group"),
        Kind::Topic => ("表单分组", "topic"),
        Kind::Regime => ("程序规则", "procedure regime"),
        Kind::Supervision => ("监察规则", "rules of supervision"),
        Kind::Organisation => ("机构", "organisation"),
        Kind::Calendar => ("工作日历", "calendar"),
        Kind::Jurisdiction => ("辖区", "jurisdiction"),
        Kind::Guide => ("办事指南", "guide"),
        Kind::List => ("清单", "list of matters"),
        Kind::LifeCycleClass => ("生命周期分类", "life-cycle class"),
        Kind::Table => ("决策表", "decision table"),
    }
}

pub(super) const fn how(how: How) -> Words {
    match how {
        How::Added => ("新增", "new"),
        How::Removed => ("取消", "gone"),
        How::Changed => ("有变化", "changed"),
    }
}

/// A mark at the head of a line.
pub(super) const fn mark(asks: Asks) -> &'static str {
    match asks {
        Asks::More => "▲",
        Asks::Less => "▽",
        Asks::Depends => "◇",
        Asks::Same => "·",
    }
}

pub(super) const fn what(what: What) -> Words {
    match what {
        What::Service => ("事项", "service"),
        What::ServiceWhen => ("何时需要办理", "when it is needed"),
        What::ServiceOptional => ("可以不办", "may be left out"),
        What::AlreadyDone => ("何时视为已办", "when it counts as done"),
        What::Question => ("提问", "question"),
        What::QuestionOrder => ("提问顺序", "order of the questions"),
        What::MayDecline => ("可以回答“我不清楚”", "may be answered with “I do not know”"),
        What::Evidence => ("材料", "evidence"),
        What::EvidenceWhen => ("何时需要该材料", "when the evidence is needed"),
        What::Ways => ("材料的提供方式", "ways to provide the evidence"),
        What::CommitmentWhen => ("何时可以告知承诺", "when a commitment is open"),
        What::DeferralWhen => ("何时可以容缺", "when it may follow later"),
        What::DeferralTerm => ("容缺补交期限", "term to hand it in later"),
        What::Field => ("填写内容", "field"),
        What::FieldWhen => ("何时需要填写", "when the field is needed"),
        What::FieldOptional => ("可以不填", "may be left blank"),
        What::AskAgain => ("必须再次填写", "is asked again"),
        What::Promised => ("承诺时限", "promised period"),
        What::PromisedWhen => ("特定情形的承诺时限", "promised period in a certain case"),
        What::Statutory => ("法定时限", "statutory period"),
        What::StatutoryWhen => ("特定情形的法定时限", "statutory period in a certain case"),
        What::Visits => ("跑动次数", "visits"),
        What::VisitWhen => ("特定情形的跑动", "visits in a certain case"),
        What::Fee => ("收费", "fee"),
        What::Signatory => ("签名人", "signatory"),
        What::SignatoryWhen => ("何时需要签名", "when a signature is needed"),
        What::Requirement => ("申请条件", "requirement"),
        What::RequirementWhen => ("申请条件的判断", "how the requirement is judged"),
        What::Procedure => ("特别程序", "special procedure"),
        What::Channel => ("办理渠道", "channels"),
        What::Output => ("办理结果", "output"),
        What::Checklist => ("审查要点", "line of the checklist"),
        What::RefusalGround => ("不予办理的理由", "ground for refusal"),
        What::Authority => ("实施机关", "authority"),
        What::Lead => ("牵头单位", "lead organisation"),
        What::Regime => ("程序规则", "procedure regime"),
        What::Applicants => ("申请人类型", "kinds of applicants"),
        What::Baseline => ("单独办理的时间", "days when done alone"),
        What::JointProcedure => ("联合程序", "joint procedure"),
        What::Announced => ("公布的数据", "announced figures"),
        What::Type => ("类型", "type"),
        What::Option => ("选项", "option"),
        What::Formats => ("文件格式", "file formats"),
        What::Size => ("文件大小上限（字节）", "largest file in bytes"),
        What::MaxLength => ("最多字数", "longest text"),
        What::SourceOf => ("数据来源", "source"),
        What::Delivers => ("能提供的材料", "evidence that it delivers"),
        What::DeliversWhen => ("何时能提供", "when it delivers"),
        What::Members => ("成员数量", "number of members"),
        What::CorrectionLimit => ("补正告知时限", "time to ask for corrections"),
        What::CorrectionAnswer => ("补正期限", "time to answer a correction"),
        What::DeemedAcceptance => ("逾期视为受理", "deemed acceptance"),
        What::CorrectionLapses => {
            ("逾期不补正即退件", "return when a correction is not answered in time")
        }
        What::LapseMeans => {
            ("逾期不补正的法律后果", "what a correction not answered in time means")
        }
        What::ClockRules => ("期限起算与办公时间", "start of periods and office hours"),
        What::DeemedGrant => ("逾期视为准予", "silence that is a grant"),
        What::Extension => ("可延长的时限", "extension"),
        What::Delivery => ("送达期限", "time to serve a decision"),
        What::Other => ("其他内容", "other details"),
    }
}

pub(super) const fn way(way: Way) -> Words {
    match way {
        Way::Upload => ("上传", "upload"),
        Way::Source => ("数据共享", "fetched from a source"),
        Way::Licence => ("复用电子证照", "reused licence"),
        Way::Output => ("前序事项产生", "made by another service"),
        Way::Commitment => ("告知承诺", "commitment"),
        Way::Deferral => ("容缺后补", "may follow later"),
        Way::Generated => ("系统生成", "made from the form"),
    }
}
