//! A disk that fills up under the embedded database, and gets room again: nothing that was answered is lost, what is
//! refused says so with 503, and the server goes on by itself.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::contest::{Contest, wait_for};
use crate::rounds;
use crate::support::program::Program;

/// A small disk in memory, gone at the end of the test.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// None, and a line that says why, where this user may not mount.
    fn mount(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args([
                "-t",
                "tmpfs",
                "-o",
                &format!("size={megabytes}m"),
                "palmares-test",
            ])
            .arg(folder.path())
            .output();
        match mounted {
            Ok(done) if done.status.success() => Some(Self(folder)),
            done => {
                let why = done.map(|d| String::from_utf8_lossy(&d.stderr).into_owned());
                eprintln!("SKIPPED: a disk that is full needs the right to mount (root): {why:?}");
                None
            }
        }
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Takes all the room that is left.
    fn fill(&self) -> PathBuf {
        let ballast = self.path().join("ballast");
        let mut file = std::fs::File::create(&ballast).unwrap();
        for size in [1 << 16, 1 << 10, 1] {
            while std::io::Write::write_all(&mut file, &vec![0; size]).is_ok() {}
        }
        ballast
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

#[actix_web::test]
async fn a_full_disk_is_said_and_got_over_without_a_restart() {
    let Some(disk) = SmallDisk::mount(24) else { return };
    let program = Program::in_folder(disk.path());
    let mut contest = Contest::begin(&program).await;
    let begun = Instant::now();
    let times = rounds(3).min(20);
    let mut refused = 0;
    for _ in 0..times {
        let (disk, base) = (&disk, contest.base.clone());
        let outcome = contest
            .work_through(40, |heard| async move {
                let ballast = disk.fill();
                // Some writes still find room in the log that is there; then nothing is kept, and the server says so.
                let until = Instant::now() + Duration::from_secs(60);
                loop {
                    let ready = reqwest::get(format!("{base}/readyz")).await.unwrap();
                    if ready.status() == 503 {
                        assert!(ready.headers().contains_key("retry-after"));
                        break;
                    }
                    assert!(Instant::now() < until, "a full disk takes more and more");
                    actix_web::rt::time::sleep(Duration::from_millis(50)).await;
                }
                let before = heard.load(Ordering::Relaxed);
                assert_eq!(
                    reqwest::get(format!("{base}/healthz")).await.unwrap().status(),
                    200
                );
                // What needs no room is still answered.
                let read = reqwest::get(format!("{base}/api/v1/competitions")).await.unwrap();
                assert_eq!(read.status(), 200);
                std::fs::remove_file(ballast).unwrap();
                wait_for(&heard, before + 30).await;
                assert_eq!(
                    reqwest::get(format!("{base}/readyz")).await.unwrap().status(),
                    200
                );
            })
            .await;
        refused += outcome.refused;
        assert!(outcome.refused > 0, "nobody was refused");
        contest.check().await;
    }
    let (ballots, entries) = contest.answered();
    println!(
        "full disk: {times} times in {:.0} s; {ballots} ballots and {entries} entries answered, none lost, none twice; \
         {refused} refused with 503, none of them kept; no restart",
        begun.elapsed().as_secs_f64()
    );
}
