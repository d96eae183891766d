//! Licences: real identifiers, what is issued, what is shown.

#[cfg(test)]
mod tests {
    use casework::{Application, NodeOutput, ServiceNode};
    use proptest::prelude::*;
    use uuid::Uuid;
    use vocabulary::codes::{licence_id, verification_code};
    use vocabulary::*;
    use yijianshi_outputs::*;

    const ISSUER: &str = "11430000006122244L";

    fn node(key: NodeKey, outputs: &[&str]) -> ServiceNode {
        ServiceNode {
            key,
            revision: ServiceRevision::new("r1"),
            department: "health".into(),
            waits_for: Vec::new(),
            informed_by: Vec::new(),
            fields: Vec::new(),
            evidence: Vec::new(),
            promised: Period::working_days(1),
            statutory: None,
            correction_limit: Period::working_days(5),
            deemed_acceptance: true,
            extension: None,
            procedures: Vec::new(),
            correction_lapses: false,
            lapse_means: Default::default(),
            clock: Default::default(),
            deemed_grant: None,
            delivery: None,
            on_change: Vec::new(),
            revocations: Vec::new(),
            checklist: Vec::new(),
            correction_answer: Period::working_days(10),
            outputs: outputs
                .iter()
                .map(|id| NodeOutput {
                    id: (*id).into(),
                    licence: true,
                    slots: Vec::new(),
                    fact: false,
                })
                .collect(),
        }
    }

    fn twin(member: &str) -> NodeKey {
        NodeKey { service: "birth".into(), member: Some(member.into()) }
    }

    fn application(case_number: &str) -> Application {
        Application {
            case: CaseId(Uuid::from_u128(1)),
            draft: DraftId(Uuid::from_u128(2)),
            subject: SubjectId(Uuid::from_u128(3)),
            case_number: case_number.into(),
            matter: "newborn".into(),
            matter_revision: MatterRevision::new("m1"),
            plan_hash: "p1".into(),
            calendar_version: "2024".into(),
            channel: "online".into(),
            nodes: vec![
                node(twin("c1"), &["certificate", "copy"]),
                node(twin("c2"), &["certificate", "copy"]),
            ],
            values: SealedId(Uuid::from_u128(4)),
            evidence: Vec::new(),
            procedures_may_add: None,
            correction_margin: None,
            visits: Vec::new(),
            unchecked: Vec::new(),
            reception: casework::Reception::default(),
        }
    }

    fn name() -> Localised {
        Localised::new([
            (Lang::new("zh"), "出生医学证明".into()),
            (Lang::new("en"), "Birth".into()),
        ])
    }

    fn issuing<'a>(
        application: &'a Application,
        node: &'a NodeKey,
        name: &'a Localised,
        issuer: &'a OrganisationId,
    ) -> Issuing<'a> {
        Issuing {
            id: LicenceId(Uuid::from_u128(5)),
            application,
            node,
            output: "certificate",
            version: 1,
            name,
            licence_type: Some("001"),
            defined_by: None,
            issuer: Issuer { id: issuer, uscc: Some(ISSUER), name },
            holder: "王小梅".into(),
            holder_public: false,
            prints: vec![(Slot::of("child.name", "c1"), Value::text("王小梅"))],
            issued_on: "2024-03-01".parse().unwrap(),
            valid_months: Some(12),
            verification_code: verification_code::make(42),
        }
    }

    fn issued(node: &str, output: &str) -> Licence {
        let application = application("51010020240301ABCDEFGHJKM");
        let (name, issuer, node) = (name(), "health".into(), node.parse().unwrap());
        issue(Issuing { output, ..issuing(&application, &node, &name, &issuer) }).unwrap()
    }

    #[test]
    fn identifiers_in_use_come_out_the_same() {
        let check = |definer, ty, issuer, serial, version, expected: &str| {
            assert_eq!(identifier(definer, ty, issuer, serial, version).unwrap(), expected);
            assert!(licence_id::parse(expected).is_ok(), "{expected}");
        };
        check(
            "11100000000013338W",
            "011",
            "11430000006122244L",
            "20230000403",
            1,
            "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
        );
        check(
            "11100000000013338W",
            "009",
            "11330105002500287C",
            "2025052201",
            2,
            "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
        );
    }

    #[test]
    fn a_licence_says_who_what_and_how_long() {
        let licence = issued("birth~c1", "certificate");
        let parts = licence_id::parse(&licence.code).unwrap();
        assert_eq!(parts.licence_type, format!("{ISSUER}001"));
        assert_eq!(parts.issuer, ISSUER);
        assert_eq!(parts.serial, "51010020240301ABCDEFGHJKM0101");
        assert_eq!(parts.version, "001");
        assert_eq!(licence.issuer_uscc, ISSUER);
        assert_eq!(licence.valid_until, Some("2025-03-01".parse().unwrap()));
        assert_eq!(licence.status, LicenceStatus::Valid);
        let text = serde_json::to_string(&licence).unwrap();
        assert_eq!(serde_json::from_str::<Licence>(&text).unwrap(), licence);
    }

    #[test]
    fn every_output_of_every_node_has_its_own_number() {
        let mut codes: Vec<String> = Vec::new();
        for node in ["birth~c1", "birth~c2"] {
            for output in ["certificate", "copy"] {
                codes.push(issued(node, output).code);
            }
        }
        let count = codes.len();
        codes.sort();
        codes.dedup();
        assert_eq!(codes.len(), count);
    }

    #[test]
    fn issued_anew_it_is_the_next_version_of_the_same_number() {
        let application = application("51010020240301ABCDEFGHJKM");
        let (name, issuer, node) = (name(), "health".into(), twin("c1"));
        let parts = |version| {
            let issuing = issuing(&application, &node, &name, &issuer);
            let licence = issue(Issuing { version, ..issuing })?;
            Ok::<_, IssueFault>(licence_id::parse(&licence.code).unwrap())
        };
        let (first, second) = (parts(1).unwrap(), parts(2).unwrap());
        assert_eq!(first.serial, second.serial);
        assert_eq!(second.version, "002");
        let version = licence_id::LicenceIdError::Version;
        assert_eq!(parts(1000), Err(IssueFault::Number(version)));
    }

    #[test]
    fn what_cannot_be_numbered_is_not_issued() {
        let application = application("51010020240301ABCDEFGHJKM");
        let (name, issuer, node) = (name(), OrganisationId::from("health"), twin("c1"));
        let whole = || issuing(&application, &node, &name, &issuer);
        assert_eq!(
            issue(Issuing { issuer: Issuer { uscc: None, ..whole().issuer }, ..whole() }),
            Err(IssueFault::IssuerWithoutCode(issuer.clone()))
        );
        assert_eq!(
            issue(Issuing { licence_type: None, ..whole() }),
            Err(IssueFault::NoLicenceType("certificate".into()))
        );
        assert_eq!(
            issue(Issuing { output: "stamp", ..whole() }),
            Err(IssueFault::NoSuchOutput(node.clone(), "stamp".into()))
        );
        assert_eq!(
            issue(Issuing { licence_type: Some("1"), ..whole() }),
            Err(IssueFault::Number(licence_id::LicenceIdError::Type))
        );
    }

    #[test]
    fn a_verdict_follows_status_and_day() {
        let mut licence = issued("birth~c1", "certificate");
        let on = |licence: &Licence, day: &str| verify(Some(licence), day.parse().unwrap()).verdict;
        assert_eq!(on(&licence, "2024-03-01"), Verdict::Valid);
        assert_eq!(on(&licence, "2025-03-01"), Verdict::Valid);
        assert_eq!(on(&licence, "2025-03-02"), Verdict::Expired);
        licence.valid_until = None;
        assert_eq!(on(&licence, "2999-01-01"), Verdict::Valid);
        licence.status = LicenceStatus::Revoked;
        assert_eq!(on(&licence, "2024-03-01"), Verdict::Revoked);
        let unknown = verify(None, "2024-03-01".parse().unwrap());
        assert_eq!(unknown, Verification { verdict: Verdict::Unknown, shown: None });
    }

    #[test]
    fn whoever_verifies_sees_a_masked_person_and_a_whole_firm() {
        let mut licence = issued("birth~c1", "certificate");
        let day = "2024-03-01".parse().unwrap();
        let shown = verify(Some(&licence), day).shown.unwrap();
        assert_eq!(shown.holder, "王*梅");
        assert!(!format!("{shown:?}").contains("王小梅"));
        assert!(!format!("{shown:?}").contains(&licence.verification_code));
        licence.holder_public = true;
        assert_eq!(verify(Some(&licence), day).shown.unwrap().holder, "王小梅");
    }

    #[test]
    fn names_are_masked_part_by_part() {
        let check = |name: &str, expected: &str| assert_eq!(masked(name), expected, "{name}");
        check("王小梅", "王*梅");
        check("王梅", "王*");
        check("王", "*");
        check("", "");
        check("欧阳小梅", "欧**梅");
        check("阿依古丽·买买提", "阿**丽·买*提");
        check("Li Xiaomei", "L* X*****i");
        check("𠮷野家", "𠮷*家");
    }

    proptest! {
        #[test]
        fn masking_keeps_the_length_and_hides_the_middle(name in "[\\p{Han}]{3,12}") {
            let masked = masked(&name);
            prop_assert_eq!(masked.chars().count(), name.chars().count());
            let stars = masked.chars().filter(|c| *c == '*').count();
            prop_assert_eq!(stars, name.chars().count() - 2);
        }

        #[test]
        fn masking_never_panics(name in any::<String>()) {
            prop_assert_eq!(masked(&name).chars().count(), name.chars().count());
        }

        #[test]
        fn any_case_number_of_ours_gives_a_sound_identifier(number in "[0-9A-HJKMNP-TV-Z]{25}") {
            let application = application(&number);
            let (name, issuer, node) = (name(), OrganisationId::from("health"), twin("c2"));
            let licence = issue(issuing(&application, &node, &name, &issuer)).unwrap();
            let parts = licence_id::parse(&licence.code).unwrap();
            prop_assert_eq!(parts.serial, format!("{number}0201"));
        }
    }
}
