//! What a department has received and what it has to say, kept before anything is answered.
//!
//! In memory, and in a file of JSON lines when there is one: then a department that was stopped goes on where
//! it was. It sends nothing and decides nothing.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use exchange::DepartmentReply;
use serde::{Deserialize, Serialize};
use vocabulary::{DispatchId, Instant};

/// One sending as a department saw it; tests read it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LedgerLine {
    pub dispatch: DispatchId,
    pub case_number: String,
    /// `service` or `service~member`.
    pub node: String,
    pub kind: String,
    pub first_at: Instant,
    /// How often it came.
    pub times: u64,
}

/// A reply and how far it has come.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) reply: DepartmentReply,
    pub(crate) due_at: Instant,
    pub(crate) state: Told,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Told {
    Pending,
    /// On its way: it may have been heard.
    Sending,
    Heard,
    /// The domain said no; a person would have to look.
    Disputed,
    /// Taken back before it was said.
    Cancelled,
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Entry {
    Taken(LedgerLine),
    Again(DispatchId),
    Planned { due_at: Instant, reply: DepartmentReply },
    Told { dispatch: DispatchId, seq: u64 },
    Disputed { dispatch: DispatchId, seq: u64 },
    Cancelled { dispatch: DispatchId, seq: u64 },
}

/// The journal cannot be kept.
#[derive(Debug, thiserror::Error)]
#[error("keeping a department's journal")]
pub struct JournalFault(#[from] std::io::Error);

#[derive(Debug, Default)]
pub(crate) struct Journal {
    lines: BTreeMap<DispatchId, LedgerLine>,
    planned: BTreeMap<DispatchId, Vec<Planned>>,
    file: Option<std::fs::File>,
}

impl Journal {
    /// Reads what a file holds and goes on writing to it. A last line that was cut off is left out.
    pub(crate) fn open(path: &Path) -> Result<Self, JournalFault> {
        let mut journal = Self::default();
        let mut cut_off = false;
        match std::fs::read_to_string(path) {
            Ok(text) => {
                cut_off = !text.is_empty() && !text.ends_with('\n');
                for entry in text.lines().filter_map(|line| serde_json::from_str(line).ok()) {
                    journal.take(entry);
                }
            }
            Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => {}
            Err(fault) => return Err(fault.into()),
        }
        let mut file = std::fs::File::options().create(true).append(true).open(path)?;
        if cut_off {
            file.write_all(b"\n")?;
        }
        journal.file = Some(file);
        Ok(journal)
    }

    /// A sending came; true when for the first time.
    pub(crate) fn receive(&mut self, line: LedgerLine) -> Result<bool, JournalFault> {
        let first = !self.lines.contains_key(&line.dispatch);
        self.keep(if first { Entry::Taken(line) } else { Entry::Again(line.dispatch) })?;
        Ok(first)
    }

    pub(crate) fn line(&self, dispatch: DispatchId) -> Option<&LedgerLine> {
        self.lines.get(&dispatch)
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = &LedgerLine> {
        self.lines.values()
    }

    pub(crate) fn plan(
        &mut self,
        due_at: Instant,
        reply: DepartmentReply,
    ) -> Result<(), JournalFault> {
        self.keep(Entry::Planned { due_at, reply })
    }

    pub(crate) fn planned(&self, dispatch: DispatchId) -> &[Planned] {
        self.planned.get(&dispatch).map_or(&[], Vec::as_slice)
    }

    /// Every sending that something is still to be said about.
    pub(crate) fn unfinished(&self) -> Vec<DispatchId> {
        let open = |planned: &&Planned| matches!(planned.state, Told::Pending | Told::Sending);
        self.planned
            .iter()
            .filter(|(_, replies)| replies.iter().any(|planned| open(&planned)))
            .map(|(dispatch, _)| *dispatch)
            .collect()
    }

    /// Takes a reply up for sending; false when it was taken back meanwhile.
    pub(crate) fn begin(&mut self, dispatch: DispatchId, seq: u64) -> bool {
        match self.find(dispatch, seq) {
            Some(planned) if planned.state != Told::Cancelled => {
                planned.state = Told::Sending;
                true
            }
            Some(_) | None => false,
        }
    }

    pub(crate) fn told(&mut self, dispatch: DispatchId, seq: u64) -> Result<(), JournalFault> {
        self.keep(Entry::Told { dispatch, seq })
    }

    pub(crate) fn disputed(&mut self, dispatch: DispatchId, seq: u64) -> Result<(), JournalFault> {
        self.keep(Entry::Disputed { dispatch, seq })
    }

    pub(crate) fn cancel(&mut self, dispatch: DispatchId, seq: u64) -> Result<(), JournalFault> {
        self.keep(Entry::Cancelled { dispatch, seq })
    }

    /// The hub asks again: it may not have heard what was said, so that is said once more.
    pub(crate) fn say_again(&mut self, dispatch: DispatchId) {
        for planned in self.planned.get_mut(&dispatch).into_iter().flatten() {
            if planned.state == Told::Heard {
                planned.state = Told::Pending;
            }
        }
    }

    fn keep(&mut self, entry: Entry) -> Result<(), JournalFault> {
        if let Some(file) = &mut self.file {
            let mut line = serde_json::to_vec(&entry).map_err(std::io::Error::other)?;
            line.push(b'\n');
            file.write_all(&line)?;
        }
        self.take(entry);
        Ok(())
    }

    fn take(&mut self, entry: Entry) {
        match entry {
            Entry::Taken(line) => {
                self.lines.insert(line.dispatch, line);
            }
            Entry::Again(dispatch) => {
                if let Some(line) = self.lines.get_mut(&dispatch) {
                    line.times = line.times.saturating_add(1);
                }
            }
            Entry::Planned { due_at, reply } => {
                let planned = Planned { due_at, state: Told::Pending, reply };
                self.planned.entry(planned.reply.dispatch_id).or_default().push(planned);
            }
            Entry::Told { dispatch, seq } => self.set(dispatch, seq, Told::Heard),
            Entry::Disputed { dispatch, seq } => self.set(dispatch, seq, Told::Disputed),
            Entry::Cancelled { dispatch, seq } => self.set(dispatch, seq, Told::Cancelled),
        }
    }

    fn set(&mut self, dispatch: DispatchId, seq: u64, state: Told) {
        if let Some(planned) = self.find(dispatch, seq) {
            planned.state = state;
        }
    }

    fn find(&mut self, dispatch: DispatchId, seq: u64) -> Option<&mut Planned> {
        let replies = self.planned.get_mut(&dispatch)?;
        replies.iter_mut().find(|planned| planned.reply.department_seq == seq)
    }
}
