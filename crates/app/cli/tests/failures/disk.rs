//! No room left.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use testkit::servers::Servers;

use crate::crowd::Crowd;
use crate::place::Place;

const PEOPLE: u32 = 6;

/// Goes on until somebody is told that there is no room; then there is room again, and everybody is served once.
fn fills_up(place: &Place, crowd: &mut Crowd, make_room: impl FnOnce(&mut Crowd)) {
    for wave in 0..200 {
        crowd.come(wave, PEOPLE);
        crowd.talk(Duration::from_millis(200), |crowd| crowd.told.contains("SYS0040"));
        if crowd.told.contains("SYS0040") {
            break;
        }
    }
    assert!(crowd.told.contains("SYS0040"), "it never was full: {:?}", crowd.told);
    assert!(crowd.nodes.iter_mut().all(|node| node.is_running()), "it goes on");
    let served = crowd.acknowledged.len();
    make_room(crowd);
    crowd.come(1_000, PEOPLE);
    crowd.so_many_are_answered(served + 1, Duration::from_secs(60));
    crowd.all_are_answered(Duration::from_secs(60));
    while !crowd.nodes.is_empty() {
        crowd.kill(0);
    }
    place.look(crowd);
    println!(
        "{served} cases before it was full, {} in the end; told {:?}",
        crowd.acknowledged.len(),
        crowd.told
    );
}

#[test]
fn an_embedded_hub_without_room_refuses_and_goes_on_when_there_is_room() {
    let place = Place::new(None, &[]);
    let mut crowd = Crowd::new();
    // Files end at 3 MiB: the tables fit, and some cases.
    let mut command = Command::new("bash");
    command.args(["-c", "trap '' XFSZ; ulimit -S -f 3072; exec \"$@\"", "limited"]);
    command.arg(env!("CARGO_BIN_EXE_yijianshi"));
    crowd.node_by(&place, place.port, &[], &mut command);
    fills_up(&place, &mut crowd, |crowd| {
        let pid = crowd.nodes[0].pid().to_string();
        let lifted = Command::new("prlimit").args(["--fsize=unlimited", "--pid", &pid]).status();
        assert!(lifted.unwrap().success());
    });
}

/// A disk of memory, as small as it is said.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where one may not mount anything.
    fn mount(at: &Path, size: &str) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let options = format!("size={size}");
        let mut command = Command::new("mount");
        let done = command.args(["-t", "tmpfs", "-o", &options, "none"]).arg(at).output();
        done.is_ok_and(|done| done.status.success()).then(|| Self(at.to_path_buf()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Whatever still uses it lets go of it later.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[test]
fn a_postgres_without_room_refuses_and_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("disk");
    let Some(disk) = SmallDisk::mount(&at, "128m") else {
        println!("left out: nothing may be mounted here");
        return;
    };
    // The server's account has to get there.
    let open = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).unwrap();
    let data = at.join("data");
    std::fs::create_dir(&data).unwrap();
    let Some(servers) = Servers::begin() else { return };
    let server = servers.primary_in("only", &data, "");
    let filler = at.join("filler");
    let fill = || {
        let mut command = Command::new("dd");
        command.arg("if=/dev/zero").arg(format!("of={}", filler.display()));
        command.args(["bs=4k", "status=none"]).stderr(std::process::Stdio::null());
        assert!(!command.status().unwrap().success(), "it is full");
    };
    // Before there are tables: told at once, nothing half made.
    let place = Place::new(Some(server.fresh_database("small")), &[]);
    let migrate = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_yijianshi"));
        command.arg("migrate").arg("--data").arg(&place.data);
        let done = command.arg("--database").arg(place.url.as_ref().unwrap()).output().unwrap();
        (done.status.code(), String::from_utf8_lossy(&done.stderr).into_owned())
    };
    // What a server writes down for the first one who comes is not what this is about.
    server.ask_in("small", "SELECT count(*) FROM pg_class");
    fill();
    let (status, said) = migrate();
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("SYS0017") && said.contains("make room"), "{said}");
    std::fs::remove_file(&filler).unwrap();
    assert_eq!(migrate(), (Some(0), String::new()), "with room it goes on");

    let mut crowd = Crowd::new();
    crowd.node(&place, place.port, &[]);
    crowd.come(999, 2);
    crowd.so_many_are_answered(2, Duration::from_secs(60));
    fill();
    fills_up(&place, &mut crowd, |_| std::fs::remove_file(&filler).unwrap());
    drop(servers);
    drop(disk);
}
