//! A leaf of a condition evaluated by itself, for those who take conditions apart (the proof).

use vocabulary::{Date, Facts, MemberId};

use crate::evaluate::{Bound, Env, World};
use crate::expression::Test;
use crate::{InScope, Truth};

impl Test {
    /// The test within the members `bound` around it, innermost first; `None` = anybody of a group of whom
    /// nobody is known.
    pub fn evaluate(
        &self,
        facts: &Facts,
        scope: InScope<'_>,
        bound: &[Option<MemberId>],
        as_of: Date,
    ) -> Truth {
        self.within(World { facts, scope, as_of }, bound, None)
    }

    fn within(&self, world: World<'_>, bound: &[Option<MemberId>], outer: Env<'_>) -> Truth {
        match bound.split_last() {
            None => world.test(self, outer),
            Some((outermost, inner)) => {
                let here = Bound { member: outermost.as_ref(), outer };
                self.within(world, inner, Some(&here))
            }
        }
    }
}
