//! Both engines, the same conditions: wherever the meanings agree, so must the results.

mod random;
mod shared;
#[expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a table of tests that cannot be read must say so at once"
)]
#[path = "../../../../core/conditions/src/tests/vectors/world.rs"]
mod world;

use conditions::Type;
use vocabulary::GroupId;
use yijianshi_oracle::Described;

impl Described for world::World {
    fn elements(&self) -> Vec<(String, Vec<String>, Option<GroupId>)> {
        // A list cannot be read by conditions, and its name would shadow `list contains` in FEEL.
        let readable = |ty: &Type| !matches!(ty, Type::List(_));
        world::elements()
            .into_iter()
            .filter(|(_, _, ty, _)| readable(ty))
            .map(|(id, aliases, _, group)| {
                let aliases = aliases.iter().map(|&alias| alias.to_owned()).collect();
                (id.to_owned(), aliases, group.map(GroupId::new))
            })
            .collect()
    }

    fn groups(&self) -> Vec<(GroupId, Vec<String>)> {
        [("child", "孩子"), ("shareholder", "股东")]
            .into_iter()
            .map(|(id, alias)| (GroupId::new(id), vec![id.to_owned(), alias.to_owned()]))
            .collect()
    }
}
