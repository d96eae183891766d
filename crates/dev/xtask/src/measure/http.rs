//! As much of HTTP as it takes to ask the demo for its pages, one request after the other on a connection.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result};

/// A request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    pub(crate) post: bool,
    pub(crate) path: String,
    /// `name=value`; empty = none.
    pub(crate) cookie: String,
    /// The answer may be compressed.
    pub(crate) gzip: bool,
    /// What is sent, and its media type.
    pub(crate) body: Option<(&'static str, String)>,
}

/// A page.
pub(crate) fn get(path: &str) -> Request {
    Request { path: path.to_owned(), ..Request::default() }
}

/// A form that is sent.
pub(crate) fn post(path: &str, form: &str) -> Request {
    let body = Some(("application/x-www-form-urlencoded", form.to_owned()));
    Request { post: true, path: path.to_owned(), body, ..Request::default() }
}

impl Request {
    pub(crate) fn with_cookie(self, cookie: &str) -> Self {
        Self { cookie: cookie.to_owned(), ..self }
    }

    fn text(&self, port: u16, last: bool) -> String {
        let method = if self.post { "POST" } else { "GET" };
        let mut text = format!("{method} {} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n", self.path);
        // Writing to a string cannot fail.
        if !self.cookie.is_empty() {
            let _ = write!(text, "cookie: {}\r\n", self.cookie);
        }
        if self.gzip {
            text.push_str("accept-encoding: gzip\r\n");
        }
        if last {
            text.push_str("connection: close\r\n");
        }
        if let Some((media_type, body)) = &self.body {
            let length = body.len();
            let _ = write!(text, "content-type: {media_type}\r\ncontent-length: {length}\r\n");
        }
        text.push_str("\r\n");
        if let Some((_, body)) = &self.body {
            text.push_str(body);
        }
        text
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: Vec<String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// A header's value; names are in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.iter().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A connection that is kept.
#[derive(Debug)]
pub(crate) struct Connection {
    port: u16,
    stream: BufReader<TcpStream>,
}

impl Connection {
    pub(crate) fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        stream.set_nodelay(true)?;
        Ok(Self { port, stream: BufReader::new(stream) })
    }

    pub(crate) fn ask(&mut self, request: &Request) -> Result<Answer> {
        self.send(&request.text(self.port, false))
    }

    fn send(&mut self, text: &str) -> Result<Answer> {
        self.stream.get_mut().write_all(text.as_bytes())?;
        let mut head = Vec::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            head.push(line);
        }
        let status = head.first().and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
        let status = status.context("no status line")?;
        let mut answer = Answer { status, head, body: Vec::new() };
        if let Some(length) = answer.header("content-length") {
            let length: usize = length.parse().context("a length that is no number")?;
            answer.body.resize(length, 0);
            self.stream.read_exact(&mut answer.body)?;
        } else if answer.header("transfer-encoding") == Some("chunked") {
            while self.chunk(&mut answer.body)? {}
        }
        Ok(answer)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }

    /// Takes one piece; false after the last.
    fn chunk(&mut self, body: &mut Vec<u8>) -> Result<bool> {
        let length = self.line()?;
        let length = usize::from_str_radix(&length, 16).context("a piece without a length")?;
        let have = body.len();
        body.resize(have.saturating_add(length), 0);
        self.stream.read_exact(body.get_mut(have..).unwrap_or_default())?;
        self.line()?;
        Ok(length > 0)
    }
}

/// One request on a connection of its own.
pub(crate) fn once(port: u16, request: &Request) -> Result<Answer> {
    Connection::open(port)?.send(&request.text(port, true))
}
