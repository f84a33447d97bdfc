//! Requests over kept-alive connections, from threads of this process.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use crate::shell::Outcome;

/// Requests that are on their way at the same time.
pub const CONNECTIONS: u32 = 8;

/// One connection.
struct Line {
    stream: BufReader<TcpStream>,
}

impl Line {
    fn open(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self { stream: BufReader::with_capacity(1 << 16, stream) })
    }

    /// Sends a request and reads the answer; its body, which must be of a known length.
    fn ask(&mut self, request: &[u8]) -> Outcome<Vec<u8>> {
        self.stream.get_mut().write_all(request)?;
        let (mut line, mut length, mut status) = (String::new(), None, None);
        loop {
            line.clear();
            if self.stream.read_line(&mut line)? == 0 {
                return Err("the connection was closed".into());
            }
            let text = line.trim_end();
            if text.is_empty() {
                break;
            }
            if status.is_none() {
                status = text.split(' ').nth(1).and_then(|code| code.parse::<u16>().ok());
            } else if let Some((_, value)) =
                text.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            {
                length = value.trim().parse::<usize>().ok();
            }
        }
        let mut body = vec![0; length.ok_or("an answer without a length")?];
        self.stream.read_exact(&mut body)?;
        match status {
            Some(200..300) => Ok(body),
            _ => Err(format!("status {status:?}: {}", String::from_utf8_lossy(&body)).into()),
        }
    }
}

/// The body of one answer.
pub fn once(address: SocketAddr, request: &str) -> Outcome<Vec<u8>> {
    Line::open(address)?.ask(request.as_bytes())
}

/// Answers per second, as fast as [`CONNECTIONS`] connections ask one after the other.
pub fn throughput(address: SocketAddr, request: &str, lasts: Duration) -> Outcome<f64> {
    let start = Instant::now();
    let counts = on_each(|_| {
        let (mut line, mut count) = (Line::open(address)?, 0_u32);
        while start.elapsed() < lasts {
            line.ask(request.as_bytes())?;
            count += 1;
        }
        Ok(count)
    })?;
    Ok(f64::from(counts.iter().sum::<u32>()) / start.elapsed().as_secs_f64())
}

/// Times of answers in order, asked for at a steady rate. A time runs from the moment the request was due, so that
/// waiting for a late answer counts.
pub fn paced(address: SocketAddr, request: &str, rate: f64, lasts: Duration) -> Outcome<Vec<Duration>> {
    let pause = Duration::from_secs_f64(f64::from(CONNECTIONS) / rate);
    let start = Instant::now();
    let all = on_each(|number| {
        let (mut line, mut times) = (Line::open(address)?, Vec::new());
        let mut due = start + pause * number / CONNECTIONS;
        while due < start + lasts {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            line.ask(request.as_bytes())?;
            times.push(due.elapsed());
            due += pause;
        }
        Ok(times)
    })?;
    let mut times: Vec<Duration> = all.into_iter().flatten().collect();
    times.sort_unstable();
    Ok(times)
}

fn on_each<T: Send>(work: impl Fn(u32) -> Outcome<T> + Sync) -> Outcome<Vec<T>> {
    let done: Vec<Result<T, String>> = thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = (0..CONNECTIONS)
            .map(|number| scope.spawn(move || work(number).map_err(|error| error.to_string())))
            .collect();
        threads.into_iter().map(|one| one.join().unwrap_or_else(|_| Err("a thread panicked".into()))).collect()
    });
    Ok(done.into_iter().collect::<Result<_, _>>()?)
}
