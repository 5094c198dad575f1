//! The gateway as a process of its own, with the binary's own mock behind it, and what the system tells of it.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A provider that speaks what callers of `PATH` speak, and one that speaks something else.
pub const SAME: &str = "openai";
pub const OTHER: &str = "anthropic";
/// Where conversations come in.
pub const PATH: &str = "/v1/chat/completions";

/// How every gateway runs that is measured: as in production, with metrics on a port of their own and the access log on.
pub const PRODUCTION: [(&str, &str); 7] = [
    ("ENVIRONMENT", "production"),
    ("LOG_LEVEL", "info"),
    ("ENABLE_TELEMETRY", "true"),
    ("TELEMETRY_METRICS_HOST", "127.0.0.1"),
    ("TELEMETRY_METRICS_PORT", "0"),
    ("OPENAI_API_KEY", "sk-bench"),
    ("ANTHROPIC_API_KEY", "sk-bench"),
];

/// Under valgrind a start takes seconds, and on a busy machine many.
const START: Duration = Duration::from_secs(90);
const STOP: Duration = Duration::from_secs(30);

/// A process that listens, and ends with this value.
pub struct Process {
    child: Child,
    log: PathBuf,
    pub address: SocketAddr,
}

/// The release binary: what `GATEWAY_BIN` names, or the one that belongs to this build.
pub fn binary() -> PathBuf {
    match std::env::var_os("GATEWAY_BIN") {
        Some(path) => PathBuf::from(path),
        None => PathBuf::from(env!("CARGO_BIN_EXE_inference-gateway")),
    }
}

/// Where logs and results are written.
pub fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bounds");
    // What can't be made is found when something is written there.
    let _ = std::fs::create_dir_all(&folder);
    folder
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let address = listener.and_then(|listener| listener.local_addr());
    address.map(|address| address.port()).unwrap_or(9100)
}

/// Starts the mock of every provider that is in the binary.
pub fn mock() -> Result<Process, String> {
    let port = free_port();
    let mut command = Command::new(binary());
    command.args(["mock", "--keep", "0", "--port", &port.to_string()]);
    Process::start(command, port, "mock")
}

/// Starts a gateway in front of it; `around` is a program that runs it, with its arguments.
pub fn gateway(mock: &Process, around: &[&str]) -> Result<Process, String> {
    let port = free_port();
    let mut command = match around {
        [program, arguments @ ..] => {
            let mut command = Command::new(program);
            command.args(arguments).arg(binary());
            command
        }
        [] => Command::new(binary()),
    };
    command
        .envs(PRODUCTION)
        .env("OPENAI_API_URL", format!("http://{}/{SAME}", mock.address))
        .env(
            "ANTHROPIC_API_URL",
            format!("http://{}/{OTHER}", mock.address),
        )
        .env("SERVER_HOST", "127.0.0.1")
        .env("SERVER_PORT", port.to_string());
    Process::start(command, port, &format!("gateway-{port}"))
}

impl Process {
    /// Starts it and waits until it listens.
    fn start(mut command: Command, port: u16, name: &str) -> Result<Self, String> {
        let log = folder().join(format!("{name}.log"));
        let shown = |error: std::io::Error| format!("{name}: {error}");
        let kept = File::create(&log).map_err(shown)?;
        let errors = kept.try_clone().map_err(shown)?;
        command.stdin(Stdio::null()).stdout(kept).stderr(errors);
        let child = command.spawn().map_err(shown)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut process = Self {
            child,
            log,
            address,
        };
        let until = Instant::now() + START;
        while TcpStream::connect(address).is_err() {
            if let Ok(Some(status)) = process.child.try_wait() {
                return Err(format!("{name} ended with {status}: {}", process.said()));
            }
            if Instant::now() > until {
                return Err(format!("{name} doesn't listen: {}", process.said()));
            }
            sleep(Duration::from_millis(2));
        }
        Ok(process)
    }

    /// The last line that it wrote.
    fn said(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        text.lines().last().unwrap_or_default().to_owned()
    }

    /// Asks it to end, and waits until it has.
    pub fn stop(mut self) {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-s", "TERM", &id]).status();
        let until = Instant::now() + STOP;
        while asked.as_ref().is_ok_and(|status| status.success()) && Instant::now() < until {
            if let Ok(Some(_)) = self.child.try_wait() {
                return;
            }
            sleep(Duration::from_millis(5));
        }
    }

    /// Memory that is resident, in bytes.
    pub fn resident(&self) -> Result<f64, String> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.map_err(|error| format!("no memory figure: {error}"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        let kilobytes = kilobytes.ok_or("no memory figure in /proc")?;
        Ok(kilobytes * 1024.0)
    }

    /// Time that its threads have had on a processor.
    pub fn processor_time(&self) -> Duration {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id()));
        let of = |task: std::fs::DirEntry| {
            let said = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
            said.split_whitespace().next()?.parse::<u64>().ok()
        };
        let tasks = tasks.into_iter().flatten().flatten();
        Duration::from_nanos(tasks.filter_map(of).sum())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        // An access log of all requests of a load isn't small.
        let _ = std::fs::remove_file(&self.log);
    }
}
