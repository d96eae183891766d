//! The shared vectors: FEEL says the same, or what the row says that it says.

use conditions::Truth;
use yijianshi_oracle::{Answer, ask};

use crate::world::{AS_OF, World, facts, vectors};

#[test]
fn feel_says_what_the_vectors_say() {
    let mut wrong = Vec::new();
    let (mut same, mut different) = (0, 0);
    for vector in vectors() {
        let expected = match (vector.feel, vector.truth) {
            (Some("-"), _) | (None, Truth::Unknown) => continue,
            (Some("T"), _) | (None, Truth::True) => Answer::True,
            (Some("F"), _) | (None, Truth::False) => Answer::False,
            _ => Answer::Null,
        };
        let answer = ask(vector.source, &World, &facts(vector.facts), AS_OF);
        if answer != expected {
            wrong.push(format!(
                "{} | {} | {:?}: FEEL says {answer:?}",
                vector.source, vector.facts, vector.truth
            ));
        } else if vector.feel.is_some() {
            different += 1;
        } else {
            same += 1;
        }
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
    assert!(same > 150 && different > 5, "{same} the same, {different} different");
}
