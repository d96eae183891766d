//! The fifteen numbers, both ways.

use vocabulary::ChecklistLineId;
use yijianshi_exchange::{ExchangeCode, WireReply};

fn replies() -> Vec<WireReply> {
    let ground = || ChecklistLineId::new("g");
    vec![
        WireReply::Received,
        WireReply::Accepted,
        WireReply::NotAccepted { ground: ground(), text: None },
        WireReply::CorrectionRequested { lines: vec![ground()], text: None, reason: None },
        WireReply::Granted { outputs: Vec::new(), owed: Vec::new() },
        WireReply::Refused { ground: ground(), text: None },
        WireReply::WithdrawalConfirmed,
        WireReply::TooLateToWithdraw,
        WireReply::Began,
        WireReply::ProcedureBegan { procedure: "hearing".into(), text: None },
        WireReply::ProcedureEnded { procedure: "hearing".into(), text: None },
        WireReply::Extended { reason: "r".into(), approved_by: "a".into() },
        WireReply::CorrectionSettled,
        WireReply::VisitJoined { visit: "v".into(), number: 1, slots: vec![0] },
        WireReply::VisitHeld {
            visit: "v".into(),
            result: casework::VisitResult::Passed,
            text: None,
        },
        WireReply::Revoked {
            act: casework::RevocationAct::SetAside,
            reason: "r".into(),
            basis: "b".into(),
            effective_on: "2024-03-01".parse().unwrap(),
            heard: true,
        },
    ]
}

#[test]
fn a_number_said_on_the_wire_comes_back_as_the_number() {
    assert_eq!(replies().len(), WireReply::KINDS.len(), "every kind is here");
    for code in ExchangeCode::ALL {
        assert_eq!(ExchangeCode::of_number(code.number()), Some(code));
        let kind = code.kind();
        let mut reply = replies().into_iter().find(|reply| reply.kind() == kind).expect(kind);
        if let (WireReply::Granted { owed, .. }, ExchangeCode::GrantedWithDeferral) =
            (&mut reply, code)
        {
            owed.push(yijianshi_exchange::WireOwed {
                ty: "photo".into(),
                member: None,
                until: None,
            });
        }
        let back = [false, true].map(|accepted| ExchangeCode::of(&reply, accepted));
        // 不受理 and 不予受理 are one statement here; it goes out as the one that is a decision.
        let expected =
            if code == ExchangeCode::NotTaken { ExchangeCode::NotAccepted } else { code };
        assert!(back.contains(&Some(expected)), "{code:?}: {back:?}");
    }
    assert_eq!(ExchangeCode::of_number(0), None);
    assert_eq!(ExchangeCode::of_number(16), None);
}

#[test]
fn every_statement_has_its_number_or_none() {
    let numbers: Vec<Option<u8>> =
        replies().iter().map(|it| ExchangeCode::of(it, false).map(ExchangeCode::number)).collect();
    let expected =
        [1, 3, 5, 6, 11, 13, 2, 0, 8, 9, 10, 0, 7, 0, 0, 15].map(|n| (n > 0).then_some(n));
    assert_eq!(numbers, expected);
    let taken_back = ExchangeCode::of(&WireReply::WithdrawalConfirmed, true);
    assert_eq!(taken_back, Some(ExchangeCode::TakenBack));
}

#[test]
fn the_contract_prints_the_table_of_the_code() {
    let contract = include_str!("../../../../../docs/protocol/exchange-v1.md");
    for code in ExchangeCode::ALL {
        let row = contract
            .lines()
            .find(|line| line.starts_with(&format!("| {} | ", code.number())))
            .unwrap_or_else(|| panic!("{code:?} is not in the contract"));
        assert!(row.contains(&format!("`{}`", code.kind())), "{row}");
    }
}
