//! `cargo run`: the whole product on this machine.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use domain::source::Source;
use mimalloc::MiMalloc;
use serde_json::{Map, Value};
use tracing_subscriber::EnvFilter;
use vestibule::{Closed, Local, Options, PASSWORD, PEOPLE, Site, StartError, in_words};

/// A quarter of the embedded database's time goes into making and dropping small texts: this one is quicker at it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// The whole of Vestibule on this machine, without AWS.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The port on localhost.
    #[arg(long, default_value_t = 8400)]
    port: u16,
    /// Keeps the data in this file instead of in memory.
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Starts without the sample people.
    #[arg(long)]
    empty: bool,
    /// Brings in the people of this file, CSV or JSON lines.
    #[arg(long, value_name = "FILE")]
    import: Option<PathBuf>,
    /// The system that the file of people comes from: imis, ministryplatform, indysoft, lytho, cognito, keycloak, auth0.
    #[arg(long, value_name = "SYSTEM", default_value = "vestibule", value_parser = source)]
    source: Source,
    /// Brings in an export of everything, into an empty Vestibule. Its passphrase is VESTIBULE_PASSPHRASE, or the first line of
    /// what is piped in.
    #[arg(long, value_name = "FILE", conflicts_with = "export")]
    restore: Option<PathBuf>,
    /// Writes an export of everything, closed with a passphrase that is given in the same way, and ends.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["import", "settings"])]
    export: Option<PathBuf>,
    /// Begins with the settings of this file, a JSON object.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Puts settings and people into the deployment that the environment names as it does for a function, and ends.
    #[arg(long, conflicts_with_all = ["port", "data", "empty"])]
    deployed: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    log();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            drop(writeln!(std::io::stderr(), "{error}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), StartError> {
    let Arguments { port, data, empty, import, source, restore, export, settings, deployed } = arguments;
    let settings = settings.as_deref().map(read_settings).transpose()?.unwrap_or_default();
    // What is brought in takes the place of the sample people.
    let empty = empty || deployed || restore.is_some();
    let restore = restore.map(closed).transpose()?;
    let export = export.map(closed).transpose()?;
    let options = Options { port, data, empty, import, source, restore, settings };
    if deployed {
        let app = service::App::from_env()?;
        if let Some(export) = &export {
            return Ok(vestibule::write_export(&app, export).await?);
        }
        let report = vestibule::fill(&app, &options).await?;
        tell(&report.as_ref().map(in_words).unwrap_or_default());
        return Ok(());
    }
    let local = Local::start(options).await?;
    if let Some(export) = &export {
        let written = vestibule::write_export(local.app(), export).await;
        local.settle().await;
        local.stop().await;
        return Ok(written?);
    }
    let site = if empty { None } else { site(&local, port).await? };
    tell(&welcome(local.origin(), empty, site.as_ref()));
    tell(&local.imported().map(in_words).unwrap_or_default());
    drop(tokio::spawn(give_back()));
    ended().await;
    local.stop().await;
    Ok(())
}

/// Lets the system have the memory that the start needed and nobody needs now: the allocator looks after a second of rest, when
/// it is given something large back.
async fn give_back() {
    tokio::time::sleep(Duration::from_secs(2)).await;
    drop(std::hint::black_box(vec![0_u8; 1 << 20]));
}

/// The system of a word.
fn source(word: &str) -> Result<Source, String> {
    let words = Source::ALL.map(Source::as_str).join(", ");
    Source::parse(word).ok_or_else(|| format!("known are: {words}"))
}

/// The sample member site, on the next port, or none where that is in use.
async fn site(local: &Local, port: u16) -> Result<Option<Site>, StartError> {
    let next = if port == 0 { 0 } else { port.saturating_add(1) };
    match Site::beside(local, next).await {
        Ok(site) => Ok(Some(site)),
        Err(StartError::Network(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whoever closed the pipe does not want to read it.
fn tell(text: &str) {
    drop(std::io::stdout().write_all(text.as_bytes()));
}

/// A file, and the passphrase that closes it: of the environment, or the first line of the input.
fn closed(file: PathBuf) -> Result<Closed, StartError> {
    let passphrase = if let Ok(passphrase) = std::env::var("VESTIBULE_PASSPHRASE") {
        passphrase
    } else {
        let mut line = String::new();
        drop(writeln!(std::io::stderr(), "The passphrase of the export, and Enter:"));
        std::io::stdin().read_line(&mut line)?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    Ok(Closed { file, passphrase: passphrase.into() })
}

fn read_settings(path: &Path) -> Result<Map<String, Value>, StartError> {
    let told = |why: String| StartError::Settings(format!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| told(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| told(format!("a JSON object is expected: {error}")))
}

/// Ctrl-C, or whatever else asks a process to end.
async fn ended() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

fn welcome(origin: &str, empty: bool, site: Option<&Site>) -> String {
    let site = site.map(|site| format!("  Members   {}/ has the sign-in box on a site of its own\n", site.origin()));
    let addresses = format!(
        "\n  Sign in   {origin}/sign-in\n  Console   {origin}/admin\n  Mail      {origin}/_local/mail\n{}\n",
        site.unwrap_or_default()
    );
    if empty {
        return addresses;
    }
    let title = format!("  Harbour Association, the sample organisation. Everybody's password: {PASSWORD}\n");
    let line = |who, username, email, about| format!("  {who:<15}{username:<10}{email:<25}{about}");
    let people = PEOPLE.iter().map(|person| line(person.who, person.username, person.email, person.about));
    let table: Vec<_> = [title, line("who", "username", "e-mail", "")].into_iter().chain(people).collect();
    addresses + &table.join("\n") + "\n\n"
}

/// To stderr; `RUST_LOG` says what. The embedded database would warn of every condition that does not hold.
fn log() {
    let wanted = std::env::var("RUST_LOG").unwrap_or_else(|_| "warn,dynoxide=error".to_owned());
    let filter = EnvFilter::try_new(&wanted).unwrap_or_else(|_| EnvFilter::new("warn,dynoxide=error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).compact().init();
}
