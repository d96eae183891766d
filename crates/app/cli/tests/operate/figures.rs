//! `/metrics`, request ids, and logs that hold nothing of what was asked for.

use crate::node::{Node, get, on};

const TOKEN: &str = "a-token-of-this-test";

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn figures_are_open_to_nobody_unless_the_settings_open_them() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::serve(folder.path());
    assert_eq!(node.get("/metrics").0, 404, "never where the public comes in");
}

#[test]
fn figures_tell_what_happens_and_nothing_about_anybody() {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let mut command = on(folder.path(), &["serve", "--port", "0", "--plain-http"]);
    command.env("YIJIANSHI_METRICS_PORT", port.to_string());
    command.env("YIJIANSHI_METRICS_TOKEN", TOKEN);
    command.env("YIJIANSHI_LOG_FORMAT", "json").env("YIJIANSHI_LOG_FILTER", "debug");
    let mut node = Node::start(&mut command);
    let planted = "PLANTED-110101199001011234";
    let (status, answered) = node.get(&format!("/verify/{planted}"));
    assert!(status < 500, "{answered}");
    let id =
        answered.lines().find_map(|line| line.strip_prefix("x-request-id: ")).unwrap().to_owned();
    node.get(&format!("/no-such-page/{planted}?name={planted}"));
    node.get("/health");

    let address = format!("127.0.0.1:{port}");
    for wrong in
        ["", "Authorization: Bearer another\r\n", "Authorization: a-token-of-this-test\r\n"]
    {
        assert_eq!(get(&address, "/metrics", wrong).unwrap().0, 401);
    }
    let right = format!("Authorization: Bearer {TOKEN}\r\n");
    let (status, told) = get(&address, "/metrics", &right).unwrap();
    assert_eq!(status, 200);
    for line in [
        "yijianshi_requests_total{method=\"GET\",route=\"/verify/{code}\",status=\"",
        "yijianshi_requests_total{method=\"GET\",route=\"(none)\",status=\"404\"} 1",
        "yijianshi_requests_total{method=\"GET\",route=\"/health\",status=\"200\"} 1",
        "yijianshi_request_seconds_bucket{method=\"GET\",route=\"/health\",le=\"30\"} 1",
        "yijianshi_store_up 1",
        "yijianshi_timers_due 0",
        "yijianshi_store_connections{state=\"most\"}",
        "yijianshi_build_info{version=\"",
    ] {
        assert!(told.contains(line), "`{line}` is not in\n{told}");
    }
    assert!(!told.contains(planted), "{told}");
    node.terminate();
    let (ended, log) = node.ended();
    assert!(ended.success(), "{log}");
    assert!(!log.contains(planted) && !log.contains(TOKEN), "{log}");
    let about = log.lines().filter(|line| line.contains(&id)).count();
    assert!(about > 0, "the request's id stands in the log:\n{log}");
    for line in log.lines() {
        let read: Result<serde_json::Value, _> = serde_json::from_str(line);
        assert!(read.is_ok(), "not one object: {line}");
    }
}
