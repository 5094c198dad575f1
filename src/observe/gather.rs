//! Lines on their way to where the log is read: gathered, and written many at a time by a thread of its own.
//!
//! The first line after a silence is written at once; those that follow wait for one another, but not for long. No
//! request waits for the reader of the log: of a reader that has fallen far behind lines are kept from, and counted. In
//! normal operation none is. A write for each line cost the threads that answer requests a call to the system, and a
//! channel of lines (as `tracing-appender` has it) costs them an allocation and mostly a call to wake the writer.

use std::io::{ErrorKind, Write};
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Where lines are handed in. Clones are the same.
#[derive(Clone)]
pub struct Gathered(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    /// There is something for the writer to do.
    filled: Condvar,
    /// The writer has done it.
    written: Condvar,
    most: usize,
}

#[derive(Default)]
struct State {
    lines: Vec<u8>,
    lost: u64,
    /// Somebody waits for what there is.
    hurry: bool,
    /// Bytes since the start.
    handed_in: u64,
    written: u64,
}

/// How long a line may wait for others.
const PATIENCE: Duration = Duration::from_millis(50);
/// So much is worth a write of its own.
const FULL: usize = 64 * 1024;
/// What may wait for a reader that doesn't read: some tens of thousands of lines.
pub const MOST: usize = 8 * 1024 * 1024;

impl Gathered {
    /// Lines go there from now on, by a thread that ends with the process. No more than `most` bytes wait.
    pub fn start(out: impl Write + Send + 'static, most: usize) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            filled: Condvar::new(),
            written: Condvar::new(),
            most,
        });
        let writer = shared.clone();
        thread::Builder::new()
            .name("log".into())
            .spawn(move || writer.write_on(out))?;
        Ok(Self(shared))
    }

    /// Hands a line in, however long it is.
    pub fn line(&self, line: &[u8]) {
        let mut state = self.0.lock();
        let before = state.lines.len();
        let after = before + line.len();
        if before > 0 && after > self.0.most {
            state.lost += 1;
            return;
        }
        state.lines.extend_from_slice(line);
        state.handed_in += line.len() as u64;
        drop(state);
        // Else the writer knows.
        if before == 0 || (before < FULL && after >= FULL) {
            self.0.filled.notify_one();
        }
    }

    /// Waits until all that was handed in is written, or for this long.
    pub fn flush(&self, within: Duration) {
        let mut state = self.0.lock();
        let all = state.handed_in;
        state.hurry = true;
        self.0.filled.notify_one();
        let waited = self
            .0
            .written
            .wait_timeout_while(state, within, |state| state.written < all);
        drop(waited);
    }
}

impl Shared {
    fn write_on(&self, mut out: impl Write) {
        let mut lines = Vec::new();
        let mut next = Instant::now();
        loop {
            let lost = self.take(&mut lines, next);
            write_all(&mut out, &lines);
            next = Instant::now() + PATIENCE;
            let length = lines.len() as u64;
            lines.clear();
            // What a slow reader has made it grow to.
            lines.shrink_to(2 * FULL);
            self.lock().written += length;
            self.written.notify_all();
            if lost > 0 {
                tracing::warn!(lost, "lines of the log are lost: its reader is too slow");
            }
        }
    }

    /// Waits for lines, and for more until then. Also tells how many were lost after them.
    fn take(&self, lines: &mut Vec<u8>, until: Instant) -> u64 {
        let empty = |state: &mut State| state.lines.is_empty();
        let state = self.filled.wait_while(self.lock(), empty);
        let state = state.unwrap_or_else(PoisonError::into_inner);
        let left = until.saturating_duration_since(Instant::now());
        let few = |state: &mut State| state.lines.len() < FULL && !state.hurry;
        let state = self.filled.wait_timeout_while(state, left, few);
        let mut state = state.unwrap_or_else(PoisonError::into_inner).0;
        mem::swap(&mut state.lines, lines);
        state.hurry = false;
        mem::take(&mut state.lost)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An unwritable log is no reason to stop, nor to write elsewhere about it.
fn write_all(out: &mut impl Write, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match out.write(bytes) {
            Ok(0) => return,
            Ok(length) => bytes = &bytes[length..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // A terminal or pipe that another process has set so.
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                thread::sleep(Duration::from_millis(10));
            }
            Err(_) => return,
        }
    }
    let _ = out.flush();
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

    /// Takes writes as long as the other side does.
    struct Slow(SyncSender<Vec<u8>>);

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let sent = self.0.send(bytes.to_vec());
            sent.map_err(|_| ErrorKind::BrokenPipe)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn start(room: usize, most: usize) -> (Gathered, Receiver<Vec<u8>>) {
        let (sender, receiver) = sync_channel(room);
        let gathered = Gathered::start(Slow(sender), most).expect("a thread");
        (gathered, receiver)
    }

    const LONG: Duration = Duration::from_secs(10);

    #[test]
    fn a_line_alone_is_written_at_once_and_many_in_few_writes() {
        let (gathered, written) = start(1000, MOST);
        let begun = Instant::now();
        let mut expected = String::new();
        for number in 0..1000 {
            let line = format!("line {number}\n");
            gathered.line(line.as_bytes());
            expected.push_str(&line);
        }
        let (mut text, mut writes) = (Vec::new(), 0);
        while text.len() < expected.len() {
            text.extend(written.recv_timeout(LONG).expect("the rest"));
            writes += 1;
        }
        assert_eq!(String::from_utf8(text).expect("text"), expected);
        assert!(writes < 20, "{writes} writes in {:?}", begun.elapsed());
    }

    #[test]
    fn a_line_is_never_cut_however_long_it_is() {
        let (gathered, written) = start(10, 100);
        let long = vec![b'x'; 3 * FULL];
        gathered.line(&long);
        assert_eq!(written.recv_timeout(LONG).expect("the line"), long);
    }

    #[test]
    fn flushing_waits_for_what_was_handed_in_and_not_for_ever() {
        let (gathered, written) = start(10, MOST);
        for line in [b"a\n", b"b\n"] {
            gathered.line(line);
            gathered.flush(LONG);
            assert_eq!(written.try_recv().expect("it is there"), line);
        }
        let (stuck, _unread) = start(0, MOST);
        stuck.line(b"a\n");
        let begun = Instant::now();
        stuck.flush(Duration::from_millis(20));
        assert!(begun.elapsed() < LONG);
    }

    #[test]
    fn a_reader_that_stands_still_holds_nobody_up_and_loses_whole_lines() {
        let (gathered, written) = start(0, 1000);
        for number in 0..10_000 {
            gathered.line(format!("line {number:05}\n").as_bytes());
        }
        let done = || {
            let state = gathered.0.lock();
            state.written == state.handed_in
        };
        let mut text = Vec::new();
        while !done() {
            text.extend(written.recv_timeout(PATIENCE).unwrap_or_default());
        }
        let text = String::from_utf8(text).expect("text");
        // What waited when the reader began to read, and what there was room for since.
        assert!((1..1_000).contains(&text.lines().count()), "{text}");
        assert!(text.lines().all(|line| line.len() == 10), "{text}");
    }
}
