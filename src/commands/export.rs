//! A round written as the files that `palmares tabulate` reads.

use std::path::PathBuf;

use crate::app::gathering::Gathered;
use crate::app::{App, Options, export};
use crate::config::{Data, Mistake};
use crate::domain::text::{Code, Slug};
use crate::error::Result;
use crate::files::{self, Contest, Folder, Further};

/// What to write, and where.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    data: Data,
    /// The competition, by its name in addresses.
    #[arg(long, value_name = "SLUG")]
    competition: String,
    /// The round.
    #[arg(long, value_name = "CODE")]
    round: String,
    /// One of its groups; all of them without it. Where the rules compare groups, only all of them give the decision.
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    /// The folder, which is made; it must not hold such files already.
    dir: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let wrong = |what: &str, given: &str, why: String| Mistake::because(format!("{what} {given}: {why}"));
    let code = |what: &str, given: &str| -> Result<Code> {
        given.parse().map_err(|e| wrong(what, given, format!("{e}")))
    };
    let slug: Slug = arguments
        .competition
        .parse()
        .map_err(|e| wrong("--competition", &arguments.competition, format!("{e}")))?;
    let round = code("--round", &arguments.round)?;
    let group = arguments
        .group
        .as_deref()
        .map(|group| code("--group", group))
        .transpose()?;
    let app = App::open(Options::new(&arguments.data.database_url())?.for_command())?;
    let gathered = app.read_blocking(|tx| export::round(tx, &slug, &round, group.as_ref()))?;
    let folder = folder(gathered);
    let failed =
        |path: &std::path::Path, e: std::io::Error| Mistake::because(format!("{}: {e}", path.display()));
    std::fs::create_dir_all(&arguments.dir).map_err(|e| failed(&arguments.dir, e))?;
    if let Some(there) = files::NAMES
        .iter()
        .map(|name| arguments.dir.join(name))
        .find(|path| path.exists())
    {
        let told = format!("{} is there already: name an empty folder", there.display());
        return Err(Mistake::because(told));
    }
    for (name, bytes) in &folder {
        let path = arguments.dir.join(name);
        std::fs::write(&path, bytes).map_err(|e| failed(&path, e))?;
    }
    println!("wrote {} files to {}", folder.len(), arguments.dir.display());
    Ok(())
}

/// The files of a round.
#[must_use]
pub fn folder(gathered: Gathered) -> Folder {
    let Gathered {
        rules,
        input,
        decisions,
        titles,
        group_titles,
    } = gathered;
    files::write(&Contest {
        rules: (*rules).clone(),
        input,
        decisions,
        titles,
        group_titles,
        further: Further::default(),
    })
}
