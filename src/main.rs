//! Environment to configuration to gateway to exit code.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use gateway::app;
use gateway::config::Config;
use gateway::env::Process;
use gateway::generated::routes::ROUTES;
use gateway::observe::start_logging;
use tracing::warn;

/// One binary between programs and every LLM provider. All settings are environment variables.
#[derive(Parser)]
#[command(name = env!("CARGO_PKG_NAME"))]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the gateway; what happens without a command.
    Serve,
}

/// Settings that can't be used, as distinct from a gateway that fails.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    match Arguments::parse().command.unwrap_or(Command::Serve) {
        Command::Serve => serve(),
    }
}

fn serve() -> ExitCode {
    let config = match Config::load(&Process) {
        Ok(config) => config,
        Err(faults) => {
            for fault in faults {
                eprintln!("{}: {fault}", env!("CARGO_PKG_NAME"));
            }
            return ExitCode::from(USAGE);
        }
    };
    if let Err(error) = start_logging(config.development, Some(config.log_level.name())) {
        eprintln!("{}: {error}", env!("CARGO_PKG_NAME"));
        return ExitCode::FAILURE;
    }
    for warning in Config::warnings(&Process) {
        warn!("{warning}");
    }
    match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime.block_on(app::run(config, ROUTES)),
        Err(error) => {
            eprintln!("{}: no threads to run on: {error}", env!("CARGO_PKG_NAME"));
            ExitCode::FAILURE
        }
    }
}
