//! Copies of everything: a backup of the embedded database, and a whole instance as one file that goes into an empty
//! database of either kind.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tempfile::NamedTempFile;

use crate::app::instance::{self, Summary};
use crate::app::{App, Options};
use crate::config::{Data, Mistake};
use crate::error::{Error, Result};
use crate::store::backup;
use crate::store::conn::Database;
use crate::store::instance::LEFT_OUT;

/// Which database, and which file.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    data: Data,
    /// The file. One that is written must not be there yet.
    file: PathBuf,
}

/// `palmares backup`.
pub(super) fn back_up(arguments: &Arguments) -> Result<()> {
    let file = &arguments.file;
    let database = arguments.existing()?;
    if let Database::Postgres(_) = database {
        return Err(Mistake::because(format!(
            "PostgreSQL makes its own backups: pg_dump --format=custom --file='{}' \"$PALMARES_DATABASE_URL\" \
             (back with pg_restore into an empty database); `palmares export-instance` writes a file that goes into \
             either database",
            file.display()
        )));
    }
    let made = new_file(file)?;
    let mut conn = database.connect().map_err(Error::internal)?;
    backup::copy_into(&mut conn, made.path())?;
    let flaws = backup::flaws(made.path())?;
    if !flaws.is_empty() {
        return Err(Error::internal(format!(
            "the database is damaged, and so is its copy, which was thrown away: {}",
            flaws.join("; ")
        )));
    }
    let length = made.as_file().metadata().map_err(Error::internal)?.len();
    keep(made, file)?;
    println!(
        "wrote {} ({length} bytes), read it through, and it is whole",
        file.display()
    );
    println!(
        "it holds no secret file: keep a copy of {} apart from it",
        arguments.data.data_dir.join("secret").display()
    );
    Ok(())
}

/// `palmares export-instance`.
pub(super) fn export(arguments: &Arguments) -> Result<()> {
    let file = &arguments.file;
    arguments.existing()?;
    let made = new_file(file)?;
    let app = App::open(Options::new(&arguments.data.database_url())?.for_command())?;
    let writer = Mutex::new(BufWriter::with_capacity(1 << 20, made.as_file()));
    let summary = app.read_blocking(|tx| {
        let mut writer = writer.lock().map_err(|_| Error::internal("a panic before"))?;
        let summary = instance::write(tx, &mut *writer)?;
        writer.flush().map_err(|e| unwritten(file, &e))?;
        Ok(summary)
    })?;
    drop(writer);
    keep(made, file)?;
    println!("wrote {}", told(file, &summary));
    println!("left out:");
    for table in LEFT_OUT {
        println!("  {}: {}", table.name.replace('_', " "), table.why);
    }
    println!(
        "it holds password hashes and everything that is not published yet: keep it as safe as the database"
    );
    Ok(())
}

/// `palmares import-instance`.
pub(super) fn import(arguments: &Arguments) -> Result<()> {
    let file = arguments.file.clone();
    // Before a database is touched, or made.
    instance::check(&mut open(&file)?).map_err(|error| named(&file, error))?;
    let app = App::open(Options::new(&arguments.data.database_url())?)?;
    let from = file.clone();
    let summary = app.write_blocking(move |tx| instance::read(tx, &mut open(&from)?))?;
    println!("imported {}", told(&file, &summary));
    println!("every table was read back and compared; everybody signs in again with their password");
    Ok(())
}

impl Arguments {
    /// The database, which nothing makes here.
    fn existing(&self) -> Result<Database> {
        let database = Database::parse(&self.data.database_url()).map_err(Error::internal)?;
        if let Database::Sqlite(path) = &database
            && !path.exists()
        {
            return Err(Mistake::because(format!(
                "there is no database {}",
                path.display()
            )));
        }
        Ok(database)
    }
}

fn told(file: &Path, summary: &Summary) -> String {
    let mut told = format!("{}: {} rows", file.display(), summary.rows());
    for (table, rows) in summary.tables.iter().filter(|(_, rows)| *rows > 0) {
        told.push_str(&format!("\n  {}: {rows}", table.replace('_', " ")));
    }
    told + "\nsha256 " + &summary.sha256
}

fn open(file: &Path) -> Result<BufReader<File>> {
    let opened = File::open(file).map_err(|e| Mistake::because(format!("{}: {e}", file.display())))?;
    Ok(BufReader::with_capacity(1 << 20, opened))
}

/// A mistake in a file with the file's name before it.
fn named(file: &Path, error: Error) -> Error {
    match error {
        Error::Internal(cause) if cause.is::<Mistake>() => {
            Mistake::because(format!("{}: {cause}", file.display()))
        }
        other => other,
    }
}

/// A file beside the one that is to be, which only its owner can read: it takes that one's place when it is whole, and
/// goes when anything fails.
fn new_file(file: &Path) -> Result<NamedTempFile> {
    if file.exists() {
        let told = format!("{} is there already: name another file", file.display());
        return Err(Mistake::because(told));
    }
    tempfile::Builder::new()
        .prefix(".palmares-")
        .tempfile_in(folder(file))
        .map_err(|e| Mistake::because(format!("{}: {e}", file.display())))
}

/// Puts a file that is whole in its place; it stays there when the machine stops.
fn keep(made: NamedTempFile, file: &Path) -> Result<()> {
    made.as_file().sync_all().map_err(|e| unwritten(file, &e))?;
    made.persist_noclobber(file)
        .map_err(|e| unwritten(file, &e.error))?;
    let folder = File::open(folder(file)).map_err(|e| unwritten(file, &e))?;
    folder.sync_all().map_err(|e| unwritten(file, &e))
}

fn folder(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn unwritten(file: &Path, error: &std::io::Error) -> Error {
    Error::internal(format!("{}: {error}", file.display()))
}
