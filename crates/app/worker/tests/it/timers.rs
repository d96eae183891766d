//! Timers: a correction limit that passes in silence is an acceptance, without anybody asking.

use casework::ServiceState;

use crate::hub::Hub;

#[tokio::test]
async fn silence_past_the_limit_is_acceptance() {
    let mut hub = Hub::open().await;
    hub.start();
    hub.fixture.clock.advance(jiff::SignedDuration::from_mins(60 * 24 * 60));
    hub.fixture.bell.notify_one();
    for _ in 0..500 {
        let case = hub.case().await;
        if case.services.iter().any(|service| service.acceptance_deemed) {
            let deemed = case.services.iter().filter(|service| service.acceptance_deemed);
            assert!(deemed.clone().all(|service| service.state == ServiceState::Accepted));
            assert!(deemed.clone().all(|service| service.accepted_at == service.started_at));
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("nothing was deemed accepted");
}
