//! `yijianshi account add`: an account for somebody who signs in. The password comes on standard input, so that
//! it stands in no list of processes and in no history.

use std::io::BufRead as _;

use anyhow::{Context, Result, bail};
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, SaltString};
use clap::ValueEnum;
use rand::RngCore;
use store_port::{AccountRow, fresh_id};
use vocabulary::{AccountId, SubjectId};
use web::access::Role;

use crate::serve::{self, Node};
use crate::{End, output};

/// Shorter ones are guessed.
const PASSWORD_CHARS_MIN: usize = 10;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Add an account, or change the one with this login. Reads the password from standard input.
    Add(Add),
}

#[derive(Debug, clap::Args)]
struct Add {
    #[command(flatten)]
    node: Node,
    #[arg(long)]
    login: String,
    #[arg(long, value_enum)]
    role: RoleWord,
    /// The authority that an officer, a head of a unit or a department's leader works for, by its id in the
    /// definitions.
    #[arg(long)]
    department: Option<String>,
    /// The area (GB/T 2260) that a manager or an inspector answers for; the whole jurisdiction if left out.
    #[arg(long)]
    area: Option<String>,
    /// What the person is called on pages; the login if left out.
    #[arg(long)]
    name: Option<String>,
}

/// Roles that sign in with a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RoleWord {
    Applicant,
    Officer,
    /// Heads a unit of a department: is told by supervision, answers its notices.
    UnitHead,
    /// Leads a department: is told by supervision.
    DepartmentLeader,
    /// Answers for a hall or an area: figures, supervision, notices.
    Manager,
    /// Supervises all departments.
    Inspector,
    Designer,
    Operator,
}

impl RoleWord {
    fn role(self) -> Role {
        match self {
            Self::Applicant => Role::Applicant,
            Self::Officer => Role::Officer,
            Self::UnitHead => Role::UnitHead,
            Self::DepartmentLeader => Role::DepartmentLeader,
            Self::Manager => Role::Manager,
            Self::Inspector => Role::Inspector,
            Self::Designer => Role::Designer,
            Self::Operator => Role::Operator,
        }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<End> {
    let What::Add(add) = &arguments.what;
    let settings = add.node.settings()?;
    let Some(definitions) = serve::definitions(&settings)? else { return Ok(End::Findings) };
    let department = match (add.role.role().is_of_department(), &add.department) {
        (true, None) => bail!("whoever works for a department names it: --department ID"),
        (true, Some(id)) => {
            if !definitions.catalogue.organisations.contains_key(id.as_str()) {
                bail!("the definitions have no organisation `{id}`");
            }
            Some(id.clone())
        }
        (false, Some(_)) => bail!("only officers and their superiors have a department"),
        (false, None) => None,
    };
    if let Some(area) = &add.area {
        if !matches!(add.role, RoleWord::Manager | RoleWord::Inspector) {
            bail!("only managers and inspectors answer for an area");
        }
        if area.len() != 6 || !area.bytes().all(|letter| letter.is_ascii_digit()) {
            bail!("an area is six digits (GB/T 2260)");
        }
    }
    let password_hash = hashed(&read_password()?)?;
    serve::runtime()?.block_on(async {
        let hub = serve::open(&settings, &definitions).await?;
        let store = hub.engine.store();
        let known = store.find_account_by_login(&add.login).await?;
        let account_id =
            known.as_ref().map_or_else(|| AccountId(fresh_id()), |account| account.account_id);
        let subject = known.and_then(|account| account.subject);
        let subject =
            subject.or_else(|| (add.role == RoleWord::Applicant).then(|| SubjectId(fresh_id())));
        let name = add.name.as_deref().unwrap_or(&add.login);
        let display_name = hub.engine.seal_account_name(account_id, subject, name).await?;
        let account = AccountRow {
            account_id,
            login: add.login.clone(),
            role: add.role.role().as_str().to_owned(),
            department,
            area: add.area.clone(),
            subject,
            password_hash: Some(password_hash),
            disabled: false,
            demo: false,
            display_name,
        };
        store.upsert_account(&account).await?;
        output::write(&format!("{account_id}\n"))
    })?;
    Ok(End::Clean)
}

fn read_password() -> Result<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("reading the password")?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    if password.chars().count() < PASSWORD_CHARS_MIN {
        bail!("a password has at least {PASSWORD_CHARS_MIN} characters");
    }
    Ok(password)
}

/// argon2id with the library's recommended cost.
fn hashed(password: &str) -> Result<String> {
    let mut bytes = [0u8; 16];
    rand::rng().fill_bytes(&mut bytes);
    let salt = SaltString::encode_b64(&bytes).map_err(|_| anyhow::anyhow!("making a salt"))?;
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    Ok(hash.map_err(|_| anyhow::anyhow!("hashing the password"))?.to_string())
}

#[cfg(test)]
mod tests {
    use argon2::PasswordVerifier as _;
    use argon2::password_hash::PasswordHash;

    use super::*;

    #[test]
    fn a_hash_holds_for_its_password_only() {
        let text = hashed("correct horse battery").unwrap();
        let hash = PasswordHash::new(&text).unwrap();
        assert!(Argon2::default().verify_password(b"correct horse battery", &hash).is_ok());
        assert!(Argon2::default().verify_password(b"correct horse batterx", &hash).is_err());
        assert_ne!(hashed("correct horse battery").unwrap(), text, "salted");
    }
}
