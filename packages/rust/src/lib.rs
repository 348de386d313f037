#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{json, Value};

/// A start or a call that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(30);

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
const PROGRAM: &[u8] = include_bytes!("../program/linux-amd64");
#[cfg(all(target_os = "linux", target_arch = "aarch64"))]
const PROGRAM: &[u8] = include_bytes!("../program/linux-arm64");
#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
const PROGRAM: &[u8] = &[];

fn other<T>(text: String) -> io::Result<T> {
    Err(io::Error::new(io::ErrorKind::Other, text))
}

/// A directory of this process, which is removed when dropped.
#[derive(Debug)]
struct Directory(PathBuf);

impl Directory {
    fn new() -> io::Result<Self> {
        static MADE: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = MADE.fetch_add(1, Ordering::Relaxed);
            let path = std::env::temp_dir().join(format!("dstack-{}-{number}", std::process::id()));
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Directory(path)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The program: `DSTACK_SIMULATOR_PROGRAM`, that of this crate, or that on the `PATH`.
fn program(directory: &Path) -> io::Result<PathBuf> {
    if let Some(named) = std::env::var_os("DSTACK_SIMULATOR_PROGRAM") {
        return Ok(named.into());
    }
    if PROGRAM.is_empty() {
        return Ok("dstack-simulator".into());
    }
    let path = directory.join("dstack-simulator");
    fs::OpenOptions::new().write(true).create_new(true).mode(0o700).open(&path)?.write_all(PROGRAM)?;
    Ok(path)
}

/// Starts a program. While another thread forks, it may hold the file that was just written.
fn spawn(command: &mut Command) -> io::Result<Child> {
    const ETXTBSY: i32 = 26;
    let deadline = Instant::now() + LIMIT;
    loop {
        match command.spawn() {
            Err(error) if error.raw_os_error() == Some(ETXTBSY) && Instant::now() < deadline => {
                sleep(Duration::from_millis(2))
            }
            result => return result,
        }
    }
}

/// Calls a method of what is at a URL such as `http://127.0.0.1:8090`.
fn call(url: &str, method: &str, arguments: &Value) -> io::Result<Value> {
    let host = url.trim_start_matches("http://");
    let body = arguments.to_string();
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(LIMIT))?;
    write!(
        stream,
        "POST /prpc/{method} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, text) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    if !head.starts_with("HTTP/1.1 200 ") {
        return other(format!("{method}: {text}"));
    }
    if text.is_empty() {
        return Ok(json!({}));
    }
    Ok(serde_json::from_str(text)?)
}

/// A running simulator. It ends when dropped.
#[derive(Debug)]
pub struct Simulator {
    child: Child,
    url: String,
    made: AtomicU64,
    directory: Directory,
}

impl Simulator {
    /// Starts a simulator on a free port.
    pub fn start() -> io::Result<Self> {
        Self::start_with(&[] as &[&str])
    }

    /// Starts a simulator with options of the program, such as `["--seed", "mine"]`.
    pub fn start_with<S: AsRef<OsStr>>(options: &[S]) -> io::Result<Self> {
        let directory = Directory::new()?;
        let ready = directory.0.join("ready.json");
        let log = directory.0.join("log");
        let output = File::create(&log)?;
        let mut command = Command::new(program(&directory.0)?);
        command.args(["--listen", "0", "--vm-ports", "--socket-dir"]).arg(&directory.0);
        command.arg("--ready-file").arg(&ready).args(options);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("DSTACK_SIMULATOR_") {
                command.env_remove(name);
            }
        }
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let child = spawn(&mut command)?;
        let mut simulator = Simulator { child, url: String::new(), made: AtomicU64::new(0), directory };
        simulator.url = simulator.wait(&ready, &log)?;
        Ok(simulator)
    }

    fn wait(&mut self, ready: &Path, log: &Path) -> io::Result<String> {
        let deadline = Instant::now() + LIMIT;
        while !ready.exists() {
            if self.child.try_wait()?.is_some() {
                let said = fs::read_to_string(log)?;
                return other(format!("the simulator does not start: {}", said.trim()));
            }
            if Instant::now() > deadline {
                return other("the simulator does not start: it is not ready".into());
            }
            sleep(Duration::from_millis(2));
        }
        let content: Value = serde_json::from_str(&fs::read_to_string(ready)?)?;
        match content["endpoints"].as_array().and_then(|all| all.iter().find_map(|one| one["url"].as_str())) {
            Some(url) => Ok(url.into()),
            None => other("the simulator has no TCP address".into()),
        }
    }

    /// Where the guest agent of its first TD is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The same, as a Unix socket.
    pub fn socket(&self) -> PathBuf {
        self.directory.0.join("dstack.sock")
    }

    /// Calls a method, such as `GetQuote` or `Simulator.SetFault`.
    pub fn call(&self, method: &str, arguments: Value) -> io::Result<Value> {
        call(&self.url, method, &arguments)
    }

    /// Reverts events, scenario and faults to what they were after the start.
    pub fn reset(&self) -> io::Result<()> {
        self.call("Simulator.Reset", json!({})).map(drop)
    }

    /// Deploys a TD. Each has an app id of its own.
    pub fn td(&self) -> io::Result<Td<'_>> {
        let name = format!("td-{}", self.made.fetch_add(1, Ordering::Relaxed) + 1);
        let compose = json!({
            "manifest_version": 2, "name": name, "runner": "docker-compose",
            "docker_compose_file": "services: {}\n", "kms_enabled": true,
        });
        self.deploy(&name, &compose.to_string())
    }

    /// Deploys a TD with the text of an `app-compose.json`, from which its app id follows.
    pub fn deploy(&self, name: &str, compose: &str) -> io::Result<Td<'_>> {
        let made = self.call(
            "Teepod.CreateVm",
            json!({
                "name": name, "image": "dstack-0.5.11", "vcpu": 1, "memory": 2048, "disk_size": 1,
                "compose_file": compose,
            }),
        )?;
        let id = text(&made["id"]);
        let info = self.booted(name, &id)?;
        let events = info["events"].as_array().map(Vec::as_slice).unwrap_or_default();
        let url = events.iter().find(|one| one["event"] == "simulator.url").map(|one| text(&one["body"]));
        Ok(Td {
            simulator: self,
            id,
            app_id: text(&info["app_id"]),
            instance_id: text(&info["instance_id"]),
            url: url.unwrap_or_default(),
        })
    }

    fn booted(&self, name: &str, id: &str) -> io::Result<Value> {
        let deadline = Instant::now() + LIMIT;
        loop {
            let info = self.call("Teepod.GetInfo", json!({ "id": id }))?["info"].take();
            if text(&info["boot_progress"]) == "done" {
                return Ok(info);
            }
            let boot_error = text(&info["boot_error"]);
            if !boot_error.is_empty() {
                return other(format!("{name} does not boot: {boot_error}"));
            }
            if Instant::now() > deadline {
                return other(format!("{name} does not boot: it is not ready"));
            }
            sleep(Duration::from_millis(2));
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().into()
}

impl Drop for Simulator {
    fn drop(&mut self) {
        // The standard library sends no other signal; what is in the directory goes with it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A TD that has been deployed. It is removed when dropped.
#[derive(Debug)]
pub struct Td<'a> {
    simulator: &'a Simulator,
    id: String,
    app_id: String,
    instance_id: String,
    url: String,
}

impl Td<'_> {
    /// Its deployment.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its app id.
    pub fn app_id(&self) -> &str {
        &self.app_id
    }

    /// Its instance id.
    pub fn instance_id(&self) -> &str {
        &self.instance_id
    }

    /// Where its guest agent is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The same, as a Unix socket.
    pub fn socket(&self) -> PathBuf {
        self.simulator.directory.0.join("vms").join(&self.id).join("dstack.sock")
    }

    /// Calls a method of its guest agent.
    pub fn call(&self, method: &str, arguments: Value) -> io::Result<Value> {
        call(&self.url, method, &arguments)
    }
}

impl Drop for Td<'_> {
    fn drop(&mut self) {
        let _ = self.simulator.call("Teepod.RemoveVm", json!({ "id": self.id }));
    }
}
