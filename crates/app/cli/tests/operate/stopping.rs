//! Told to stop while people are there: what is under way is finished, nothing more is begun, and nobody who
//! dawdles keeps it.

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::node::{Node, answer, get, on};

/// The head and half the body of a form.
fn half_sent(address: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST /sign-in HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 26\r\n\r\nlogin=nobody&"
    )
    .unwrap();
    stream.flush().unwrap();
    stream
}

#[test]
fn requests_under_way_are_answered_and_new_ones_are_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = on(folder.path(), &["serve", "--port", "0", "--plain-http"]);
    command.env("YIJIANSHI_NODE_STOP_WITHIN_S", "8");
    let mut node = Node::start(&mut command);
    let mut under_way = half_sent(&node.address);
    // Others come all the while: each of them is answered whole or not let in at all.
    let over = Arc::new(AtomicBool::new(false));
    let visitors: Vec<_> = (0..4)
        .map(|_| {
            let (over, address) = (Arc::clone(&over), node.address.clone());
            std::thread::spawn(move || {
                let mut answered = 0;
                while !over.load(Ordering::Relaxed) {
                    match get(&address, "/", "") {
                        Ok((status, text)) => {
                            assert_eq!(status, 200);
                            assert!(text.contains("</html>"), "a whole page");
                            answered += 1;
                        }
                        // Not let in: fine once it stops.
                        Err(_) => std::thread::sleep(Duration::from_millis(5)),
                    }
                }
                answered
            })
        })
        .collect();
    std::thread::sleep(Duration::from_millis(300));
    node.terminate();
    let began = Instant::now();
    while TcpStream::connect(&node.address).is_ok() {
        assert!(began.elapsed() < Duration::from_secs(5), "it goes on letting people in");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(node.is_running(), "it waits for the one under way");
    under_way.write_all(b"password=pass").unwrap();
    let (status, text) = answer(&mut under_way).unwrap();
    assert!(status < 500 && text.contains("HTTP/1.1 "), "{status}");
    let (ended, log) = node.ended();
    over.store(true, Ordering::Relaxed);
    assert_eq!(ended.code(), Some(0), "{log}");
    assert!(began.elapsed() < Duration::from_secs(8), "as soon as all is done");
    let answered: u32 = visitors.into_iter().map(|visitor| visitor.join().unwrap()).sum();
    assert!(answered > 0, "there was a load");
}

#[test]
fn somebody_who_never_finishes_keeps_it_no_longer_than_the_settings_say() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = on(folder.path(), &["serve", "--port", "0", "--plain-http"]);
    command.env("YIJIANSHI_NODE_STOP_WITHIN_S", "1");
    let mut node = Node::start(&mut command);
    let held = half_sent(&node.address);
    assert_eq!(node.get("/health").0, 200);
    node.terminate();
    let began = Instant::now();
    let (ended, log) = node.ended();
    assert_eq!(ended.code(), Some(0), "{log}");
    let took = began.elapsed();
    assert!(took > Duration::from_millis(500) && took < Duration::from_secs(6), "{took:?}");
    drop(held);
    assert_eq!(Node::serve(folder.path()).get("/ready").0, 200, "the next one has the folder");
}
