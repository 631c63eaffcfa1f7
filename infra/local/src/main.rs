//! `cargo run`: the whole product on this machine.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;
use vestibule::{Local, Options, PASSWORD, PEOPLE, StartError, in_words};

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
    /// Brings in the people of this CSV file.
    #[arg(long, value_name = "FILE")]
    import: Option<PathBuf>,
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
    let Arguments { port, data, empty, import } = arguments;
    let local = Local::start(Options { port, data, empty, import, settings: serde_json::Map::new() }).await?;
    // Whoever closed the pipe does not want to read it.
    drop(std::io::stdout().write_all(welcome(local.origin(), empty).as_bytes()));
    if let Some(report) = local.imported() {
        drop(std::io::stdout().write_all(in_words(report).as_bytes()));
    }
    ended().await;
    local.stop().await;
    Ok(())
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

fn welcome(origin: &str, empty: bool) -> String {
    let addresses =
        format!("\n  Sign in   {origin}/sign-in\n  Console   {origin}/admin\n  Mail      {origin}/_local/mail\n\n");
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
