//! The road from a node to the departments: messages are lost, repeated, late, and so are their answers.

use std::time::Duration;

use async_trait::async_trait;
use worker::{Carrier, ClientFault, Route};

use crate::faults::Fault;
use crate::offices::Offices;
use crate::world::{Who, World};

/// The road of one node in one of its lives.
#[derive(Clone, Debug)]
pub(crate) struct Road {
    pub(crate) world: World,
    pub(crate) who: Who,
    pub(crate) offices: Offices,
}

#[async_trait]
impl Carrier for Road {
    async fn post(
        &self,
        route: &Route,
        _path: &str,
        body: Vec<u8>,
        _within: Duration,
    ) -> Result<Vec<u8>, ClientFault> {
        let office = route.base_url.as_str();
        let world = &self.world;
        world.turn(self.who, format!("a request to {office}"), Duration::ZERO).await;
        if self.offices.is_down(office) {
            world.note(format!("{office} is down"));
            return Err(ClientFault::Unreachable { what: "no connection" });
        }
        if world.strikes(Fault::LostRequest, 15) {
            world.note(format!("the request to {office} is lost"));
            return Err(ClientFault::Unreachable { what: "no answer in time" });
        }
        if world.strikes(Fault::Unwell, 15) {
            world.note(format!("{office} answers 503"));
            return Err(ClientFault::Status { status: 503, code: None });
        }
        if world.strikes(Fault::Late, 20) {
            world.note(format!("the request to {office} is late"));
            self.later(office, body);
            return Err(ClientFault::Unreachable { what: "no answer in time" });
        }
        if world.strikes(Fault::Twice, 15) {
            self.later(office, body.clone());
        }
        self.offices.take(office, &body);
        world.turn(self.who, format!("the answer of {office}"), Duration::ZERO).await;
        if world.strikes(Fault::LostAnswer, 15) {
            world.note(format!("the answer of {office} is lost"));
            return Err(ClientFault::Unreachable { what: "the connection broke" });
        }
        Ok(Vec::new())
    }
}

impl Road {
    /// It arrives some time, whatever the sender believes.
    fn later(&self, office: &str, body: Vec<u8>) {
        let (world, offices, office) =
            (self.world.clone(), self.offices.clone(), office.to_owned());
        tokio::spawn(async move {
            let wait = world.seconds(1, 800_000);
            world.pause(format!("a late request reaches {office}"), wait).await;
            offices.take(&office, &body);
        });
    }
}
