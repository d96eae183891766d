//! A deterministic simulation of the hub: the real engine, outbox, timers and exchange translation on the real store,
//! with several nodes, departments, people and a clock in one process, and faults at every step. A number decides
//! everything: `YIJIANSHI_SEED=4711 cargo test -p yijianshi-worker --test simulation` runs it again, to the byte.
//! `YIJIANSHI_LONG` runs 10,000.

extern crate casework as yijianshi_casework;
extern crate yijianshi_worker as worker;

#[cfg(test)]
#[path = "../../../../core/casework/tests/it/chance.rs"]
mod chance;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod hub;
#[cfg(test)]
mod judge;
#[cfg(test)]
#[path = "../../../../core/casework/tests/it/model/mod.rs"]
mod model;
#[cfg(test)]
mod offices;
#[cfg(test)]
mod people;
#[cfg(test)]
#[path = "../../../../core/casework/tests/it/reference.rs"]
mod reference;
#[cfg(test)]
mod road;
#[cfg(test)]
mod run;
#[cfg(test)]
#[expect(dead_code, reason = "shared with the histories of casework, which ask for more")]
#[path = "../../../../core/casework/tests/it/support.rs"]
mod support;
#[cfg(test)]
mod watched;
#[cfg(test)]
mod world;
