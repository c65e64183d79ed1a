//! The disk under the data folder: its room, how long a flush takes, who else can read.

use std::io::{Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{Finding, State};
use crate::config::Config;

const CHECK: &str = "disk";
/// How often a flush is tried.
const FLUSHES: usize = 40;
/// Flushes stop after so long: a slow disk is known after fewer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Below this a hall full of judges would notice.
const SLOW: Duration = Duration::from_millis(30);
/// Room below which writes will soon fail, and room below which somebody should look, in bytes.
const FULL: u64 = 64 << 20;
const TIGHT: u64 = 1 << 30;
/// Writes that share a flush on the embedded database.
const GROUP: u64 = 256;

pub(super) fn look(config: &Config) -> Vec<Finding> {
    let wanted = &config.data.data_dir;
    let Some(folder) = existing(wanted) else {
        let advice = "Make it, for the user who serves.";
        return vec![Finding::error(
            CHECK,
            format!("{} can't be looked at", wanted.display()),
            advice,
        )];
    };
    let mut findings = vec![room(&folder)];
    if config.data.database_url().starts_with("sqlite:") {
        findings.push(flushes(&folder, filesystem(&folder).as_deref()));
    }
    findings
}

/// The folder, or the nearest one above it that is there.
fn existing(folder: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(folder).ok()?;
    absolute
        .ancestors()
        .find(|folder| folder.is_dir())
        .map(Path::to_owned)
}

fn room(folder: &Path) -> Finding {
    match fs4::available_space(folder) {
        Err(error) => Finding::unknown(
            CHECK,
            format!("how much room {} has can't be told: {error}", folder.display()),
            "Look with df -h.",
        ),
        Ok(bytes) => {
            let found = format!("{} has {} MiB left", folder.display(), bytes >> 20);
            let advice = "Make room before a contest: when it is full nothing can be submitted until there is room again.";
            match bytes {
                0..FULL => Finding::error(CHECK, found, advice),
                FULL..TIGHT => Finding::warning(CHECK, found, advice),
                _ => Finding::ok(CHECK, found),
            }
        }
    }
}

fn flushes(folder: &Path, filesystem: Option<&str>) -> Finding {
    if let Some(kind @ ("tmpfs" | "ramfs")) = filesystem {
        return Finding::warning(
            CHECK,
            format!("{} is in memory ({kind})", folder.display()),
            "Everything there is gone when the machine stops: put the data folder on a disk.",
        );
    }
    match measure(folder) {
        Err(error) => Finding::error(
            CHECK,
            format!("nothing can be written into {}: {error}", folder.display()),
            "Give the folder to the user who serves.",
        ),
        Ok(flush) => judge(flush),
    }
}

/// The middle one of some flushes of a small write, into a file that goes afterwards.
fn measure(folder: &Path) -> std::io::Result<Duration> {
    let mut file = tempfile::tempfile_in(folder)?;
    let mut times = Vec::new();
    let begun = Instant::now();
    while times.len() < FLUSHES && (times.len() < 5 || begun.elapsed() < PATIENCE) {
        let start = Instant::now();
        file.rewind()?;
        file.write_all(&[0x5a; 4096])?;
        file.sync_data()?;
        times.push(start.elapsed());
    }
    times.sort();
    Ok(times.get(times.len() / 2).copied().unwrap_or_default())
}

fn judge(flush: Duration) -> Finding {
    let commits = (1_000_000 / flush.as_micros().max(20)).max(1);
    let found = format!(
        "a flush takes {:.1} ms: about {commits} commits a second, each shared by up to {GROUP} ballots that wait together",
        flush.as_secs_f64() * 1000.0
    );
    let state = if flush > SLOW { State::Warning } else { State::Ok };
    let advice = (state == State::Warning).then(|| {
        "Every ballot waits that long for the disk: a solid-state disk of this machine is better.".to_owned()
    });
    Finding::new(CHECK, state, found, advice)
}

/// A finding when others than the owner can read or write a file.
#[cfg(unix)]
pub(super) fn open_to_others(check: &'static str, file: &Path) -> Option<Finding> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(file).ok()?.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then(|| {
        Finding::warning(
            check,
            format!("{} has the mode {mode:04o}: others can read it", file.display()),
            format!("chmod 600 {}", file.display()),
        )
    })
}

/// A finding when others than the owner can read or write a file; other systems tell it otherwise.
#[cfg(not(unix))]
pub(super) fn open_to_others(_: &'static str, _: &Path) -> Option<Finding> {
    None
}

/// The kind of network filesystem that a file would be on, if it would.
pub(super) fn network_filesystem(file: &Path) -> Option<String> {
    const NETWORK: [&str; 12] = [
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "afs",
        "ceph",
        "fuse.sshfs",
        "fuse.glusterfs",
        "fuse.s3fs",
        "fuse.rclone",
    ];
    let folder = existing(file.parent().unwrap_or(Path::new(".")))?;
    filesystem(&folder).filter(|kind| NETWORK.contains(&kind.as_str()))
}

/// The kind of filesystem that a folder is on, where the system tells it as Linux does.
fn filesystem(folder: &Path) -> Option<String> {
    let folder = folder.canonicalize().ok()?;
    filesystem_in(&std::fs::read_to_string("/proc/self/mountinfo").ok()?, &folder)
}

/// `36 35 98:0 /root /mount/point rw,noatime master:1 - ext4 /dev/root rw`: the longest mount point above the folder,
/// and of two at the same place the later one.
fn filesystem_in(mounts: &str, folder: &Path) -> Option<String> {
    let mount = |line: &str| -> Option<(usize, String)> {
        let (place, kind) = line.split_once(" - ")?;
        let point = place.split(' ').nth(4)?.replace("\\040", " ");
        let point = Path::new(&point);
        let kind = kind.split(' ').next()?.to_owned();
        folder
            .starts_with(point)
            .then(|| (point.components().count(), kind))
    };
    mounts
        .lines()
        .filter_map(mount)
        .max_by_key(|(depth, _)| *depth)
        .map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_mount_tells_the_filesystem() {
        let mounts = "22 1 254:0 / / rw - ext4 /dev/vda rw\n\
                      30 22 0:40 / /data rw master:1 - nfs4 host:/x rw\n\
                      31 30 0:41 / /data/my\\040disk rw - xfs /dev/vdb rw\n\
                      32 22 0:42 / /run rw - tmpfs tmpfs rw\n\
                      33 22 0:43 / /run rw - ramfs ramfs rw\n";
        for (folder, kind) in [
            ("/", "ext4"),
            ("/database", "ext4"),
            ("/data", "nfs4"),
            ("/data/cup", "nfs4"),
            ("/data/my disk/cup", "xfs"),
            ("/run/x", "ramfs"),
        ] {
            assert_eq!(
                filesystem_in(mounts, Path::new(folder)).as_deref(),
                Some(kind),
                "{folder}"
            );
        }
    }

    #[test]
    fn a_flush_says_what_it_means() {
        let quick = judge(Duration::from_micros(500));
        assert_eq!(quick.state, State::Ok);
        assert!(
            quick
                .found
                .starts_with("a flush takes 0.5 ms: about 2000 commits a second"),
            "{quick:?}"
        );
        let slow = judge(Duration::from_millis(40));
        assert_eq!(slow.state, State::Warning);
        assert!(slow.found.contains("about 25 commits"), "{slow:?}");
        assert!(measure(&std::env::temp_dir()).unwrap() > Duration::ZERO);
    }
}
