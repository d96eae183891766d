//! Every kind of document there is, in both languages: as a page, as a file, and without a word missing.
//! `YIJIANSHI_DOCUMENTS=FOLDER` keeps the files, to be looked at.

use std::collections::BTreeSet;

use casework::{Actor, ActorRole, ApplicantChange, Command, DocumentKind, Reply, RevocationAct};
use engine::ToSeal;
use jiff::ToSpan as _;
use store_port::fresh_id;
use vocabulary::{CaseId, ChecklistLineId, CommandId, NodeKey, SealedId};

use crate::office::{decide, desk};
use crate::town::{MEI_KEY, Person, Town};

const NODE: &str = "stall-permit";
const OFFICE: &str = "market-office";
const WORDS: &str = "门牌看不清，请重新拍照（含门头）。Please take the picture again.";

/// What the department or somebody in it does, with words wherever there is room for them.
struct Telling<'t> {
    town: &'t Town,
    case: CaseId,
    said: u64,
}

impl Telling<'_> {
    fn actor(role: ActorRole) -> Actor {
        let department = (role != ActorRole::Hub).then(|| OFFICE.into());
        Actor { role, account: None, department }
    }

    async fn does(&self, role: ActorRole, make: impl FnOnce([SealedId; 2]) -> Command) {
        let words = [SealedId(fresh_id()), SealedId(fresh_id())];
        let sealed = words.map(|id| ToSeal { id, clear: WORDS.as_bytes().to_vec() });
        let command = make(words);
        let id = CommandId(fresh_id());
        let (engine, actor) = (&self.town.hub.engine, Self::actor(role));
        engine.execute(actor, "told", id, self.case, None, command, sealed.into()).await.unwrap();
    }

    async fn says(&mut self, make: impl FnOnce([SealedId; 2]) -> Reply) {
        self.said += 1;
        let (department_seq, decided_at) = (self.said, self.town.hub.engine.clock().now());
        let case = self.town.hub.engine.case(self.case).await.unwrap().unwrap();
        let dispatch = case.service(&node()).unwrap().latest_sending().unwrap().dispatch;
        self.does(ActorRole::Department, |words| Command::TakeReply {
            node: node(),
            dispatch,
            department_seq,
            decided_at,
            reply: make(words),
        })
        .await;
    }

    async fn days_go_by(&self, days: i64) {
        self.town.hub.clock.advance((days * 24).hours().try_into().unwrap());
        self.does(ActorRole::Hub, |_| Command::Tick).await;
    }
}

fn node() -> NodeKey {
    NODE.parse().unwrap()
}

fn line(town: &Town) -> ChecklistLineId {
    town.hub.engine.catalogue().service(&NODE.into()).unwrap().checklist[0].id.clone()
}

/// One story for each way that a service can take; together they issue every document there is.
#[derive(Debug, Clone, Copy)]
enum Story {
    NotAccepted,
    Refused,
    GrantedAndTakenBack,
    NobodyDecides,
    NobodyAnswers,
    NobodyTakesOver,
}

const STORIES: [Story; 6] = [
    Story::NotAccepted,
    Story::Refused,
    Story::GrantedAndTakenBack,
    Story::NobodyDecides,
    Story::NobodyAnswers,
    Story::NobodyTakesOver,
];

async fn tell(town: &Town, mei: &Person<'_>, story: Story) -> CaseId {
    let (case, _) = town.submitted(mei).await;
    let mut telling = Telling { town, case, said: 0 };
    let ground = line(town);
    match story {
        Story::NotAccepted => {
            telling.says(|[text, _]| Reply::NotAccepted { ground, text: Some(text) }).await;
        }
        Story::Refused => {
            telling.says(|_| Reply::Accepted).await;
            let served = mei.get(&format!("/cases/{case}/documents/RC00-1")).await.is(200);
            served.hides(&["确认已收到"]);
            telling.says(|[text, _]| Reply::Refused { ground, text: Some(text) }).await;
            let known = town.hub.engine.case(case).await.unwrap().unwrap();
            let refusal = known.documents().last().unwrap();
            let path = format!("/cases/{case}/documents/{}", known.document_mark(&refusal.id));
            let shown = mei.get(&path).await;
            let form = [("command", shown.input("command")), ("way", "online".to_owned())];
            mei.post(&format!("{path}/served"), &form).await.leads_to();
        }
        Story::GrantedAndTakenBack => {
            telling.says(|_| Reply::Accepted).await;
            telling.says(|[reason, approved_by]| Reply::Extended { reason, approved_by }).await;
            for begins in [true, false] {
                telling
                    .says(|[text, _]| {
                        let (procedure, text) = ("measure".into(), Some(text));
                        if begins {
                            Reply::ProcedureBegan { procedure, text }
                        } else {
                            Reply::ProcedureEnded { procedure, text }
                        }
                    })
                    .await;
            }
            let (market, at) = (town.officer(OFFICE).await, desk(case, NODE));
            let page = market.get(&at).await;
            let number = [("output.permit.stall.permit_no", "RB-0021")];
            decide(&market, &page, &format!("{at}/grant"), &number).await.leads_to();
            let act = RevocationAct::SetAside;
            telling
                .does(ActorRole::Officer, |[reason, basis]| Command::AnnounceRevocation {
                    node: node(),
                    act,
                    reason,
                    basis,
                })
                .await;
            telling.days_go_by(10).await;
            let effective_on = "2026-12-01".parse().unwrap();
            telling
                .says(|[reason, basis]| Reply::Revoked {
                    act,
                    reason,
                    basis,
                    effective_on,
                    heard: true,
                })
                .await;
        }
        Story::NobodyDecides => {
            telling.says(|_| Reply::Accepted).await;
            telling.days_go_by(14).await;
        }
        Story::NobodyAnswers => {
            telling
                .says(|[text, _]| Reply::CorrectionRequested {
                    lines: vec![ground],
                    text: Some(text),
                    reason: None,
                })
                .await;
            telling.days_go_by(40).await;
        }
        Story::NobodyTakesOver => {
            telling.says(|_| Reply::Accepted).await;
            telling
                .does(ActorRole::Clerk, |[note, _]| Command::ReportApplicantChange {
                    change: ApplicantChange::Died,
                    note,
                    evidence: Vec::new(),
                })
                .await;
            telling
                .does(ActorRole::Officer, |[reason, _]| Command::Terminate { node: node(), reason })
                .await;
        }
    }
    case
}

/// Reads all that the stories issued, as whoever applied; gives the kinds that were seen.
async fn read_all(english: bool) -> BTreeSet<&'static str> {
    let town = Town::where_silence_decides().await;
    let mei = town.account(MEI_KEY, "applicant", None).await;
    let (language, translated) =
        if english { ("en", "Stall permit") } else { ("zh", "摊位许可") };
    let mut seen = BTreeSet::new();
    for story in STORIES {
        // Days go by in a story: she signs in again.
        let signed_in = async || {
            let person = town.signed_in(&mei).await;
            if english { person.in_english() } else { person }
        };
        let case = tell(&town, &signed_in().await, story).await;
        let person = signed_in().await;
        let known = town.hub.engine.case(case).await.unwrap().unwrap();
        for document in known.documents() {
            let mark = known.document_mark(&document.id);
            let path = format!("/cases/{case}/documents/{mark}");
            // A word that a language does not have shows as its own name.
            let page = person.get(&path).await.is(200);
            let page = page.hides(&["document-", "{$", "{ $", "None"]);
            let page = page.shows(&["Mei Bankside"]);
            if document.id.node.as_ref() == Some(&node()) {
                page.shows(&[translated]);
            }
            let file = person.get(&format!("{path}/pdf")).await.is(200);
            assert!(file.bytes.starts_with(b"%PDF-"), "{story:?}: {mark}");
            if let Some(folder) = std::env::var_os("YIJIANSHI_DOCUMENTS") {
                let name = format!("{story:?}-{mark}.{language}.pdf");
                std::fs::write(std::path::Path::new(&folder).join(name), &file.bytes).unwrap();
            }
            seen.insert(document.id.kind.letters());
        }
    }
    seen
}

fn every_kind() -> BTreeSet<&'static str> {
    DocumentKind::ALL.iter().map(|kind| kind.letters()).collect()
}

#[tokio::test]
async fn every_kind_can_be_read_in_chinese() {
    assert_eq!(read_all(false).await, every_kind());
}

#[tokio::test]
async fn every_kind_can_be_read_in_english() {
    assert_eq!(read_all(true).await, every_kind());
}
