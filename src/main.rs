//! Environment to configuration to gateway to exit code.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use gateway::app;
use gateway::config::{Config, LogLevel};
use gateway::env::Process;
use gateway::generated::providers::PROVIDERS;
use gateway::generated::routes::ROUTES;
use gateway::mock::{Behaviour, Mock};
use gateway::observe::start_logging;
use tikv_jemallocator::Jemalloc;
use tracing::warn;

/// Gives memory back after a peak, which the system's keeps: with that, ten thousand connections that are gone cost as
/// much as ten thousand that are there.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

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
    /// Run a mock of every provider: the same answers each time, without keys and without a network.
    #[command(after_help = MOCK_HELP)]
    Mock {
        /// The address or name to listen on.
        #[arg(long, default_value = "127.0.0.1")]
        host: String,
        /// The port to listen on; 0 lets the system choose.
        #[arg(long, default_value = "8081")]
        port: u16,
        #[command(flatten)]
        behaviour: Behaviour,
    },
}

const MOCK_HELP: &str = "\
Where: each provider answers at its own paths behind its id, as in /PROVIDER/v1/models, and at the bare paths where only
one provider has them or the request's headers, query and credential tell them apart. Any credential will do.

What: a text answer is 'echo: ' and the last user text; with a JSON response format it is {\"echo\": text}, with a schema
a value that fits it. Where thinking is asked for, 'thought: ' and the text come first. It is cut after max_tokens words.
Where tools are given, 'call:NAME {json}' in the last user text is answered with that tool call, any number of them, and
a required or named tool choice with a call of that tool. Results of tools are answered with text, which repeats them.
Other things than text are named, as in [image]. Usage counts words. Each provider lists the models mock-small and
mock-large, and takes any other name too.

Words in the last user text change how it is answered: 'fail:429' with an error of that status, 'break:503' with an error
in the middle of a stream, 'break:off' with a stream that ends there without an error, 'slow:50ms' with a wait between
the pieces of a stream.

How: every option but --host and --port is also a header of one request, as in 'x-mock-delay: 1s' or
'x-mock-fail-every: 1', and a key of the JSON object that POST /__mock/config takes and GET shows. A POST starts the
count of requests anew. Failures have the shape that the provider's errors have.

GET /__mock/requests tells the last requests as they came, without credentials, and whether each is running, answered or
cancelled; ?containing=TEXT only those whose body has the text.";

/// Settings that can't be used, as distinct from a gateway that fails.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    match Arguments::parse().command.unwrap_or(Command::Serve) {
        Command::Serve => serve(),
        Command::Mock {
            host,
            port,
            behaviour,
        } => logged(true, LogLevel::Info, async || {
            app::run_mock(Mock::new(PROVIDERS, behaviour), &host, port).await
        }),
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
    let offline = config.development && !Config::names_a_provider(&Process);
    logged(config.development, config.log_level, async move || {
        for warning in Config::warnings(&Process) {
            warn!("{warning}");
        }
        match offline {
            true => app::run_offline(config, ROUTES, PROVIDERS).await,
            false => app::run(config, ROUTES).await,
        }
    })
}

/// Runs what writes to the log, on all threads there are.
///
/// One runtime that shares its work among its threads, rather than one a core that keeps what it accepted: throughput is
/// the same within 5 %, but while one connection sends 1 MB prompts, short requests on others end sooner in the tail (p99
/// of 3.3 to 3.8 ms against 3.3 to 6.0 ms on two cores) because another thread takes them over.
fn logged(development: bool, level: LogLevel, run: impl AsyncFnOnce() -> ExitCode) -> ExitCode {
    let _log = match start_logging(development, Some(level.name())) {
        Ok(log) => log,
        Err(error) => {
            eprintln!("{}: {error}", env!("CARGO_PKG_NAME"));
            return ExitCode::FAILURE;
        }
    };
    match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime.block_on(run()),
        Err(error) => {
            eprintln!("{}: no threads to run on: {error}", env!("CARGO_PKG_NAME"));
            ExitCode::FAILURE
        }
    }
}
