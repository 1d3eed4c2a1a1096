//! Real web hosts as child processes, set up by the very files of `deploy/`: what names a machine
//! there (address, certificate, directory) is put into place, and nothing else.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::{Child, Command};

use crate::port::free_port;
use crate::{places, until};

/// A web host that serves one build until it is stopped or dropped.
#[derive(Debug)]
pub struct WebHost {
    /// Killed when dropped.
    process: Child,
    origin: String,
    /// What it writes; removed at the end.
    dir: PathBuf,
}

impl WebHost {
    /// nginx, whose files stand below `root`, by `deploy/nginx.conf`, with the build at `base`.
    pub async fn nginx(root: &Path, build: &Path, base: &str) -> Self {
        let (dir, port) = (own_dir("nginx"), free_port());
        let site = put(
            "nginx.conf",
            &[
                ("listen              443 ssl http2;", &listen(port)),
                ("ssl_certificate     /etc/ssl/certs/hackershelf.pem;", ""),
                ("ssl_certificate_key /etc/ssl/private/hackershelf.key;", ""),
                (DIRECTORY, &root_for(build, base, &dir)),
                ("/index.html;", &format!("{base}index.html;")),
                ("/sw.js ", &format!("{base}sw.js ")),
                ("location / {", &format!("location {base} {{")),
            ],
        );
        write(&dir.join("site.conf"), &site);
        let types = fs::copy(root.join("etc/nginx/mime.types"), dir.join("mime.types"));
        types.expect("nginx brings its types");
        // What Debian's own nginx.conf has around it, without the machine's directories.
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        let temporary = temporary.map(|what| format!("{what}_temp_path {what};\n"));
        let around = format!(
            "load_module {}/usr/lib/nginx/modules/ngx_http_brotli_static_module.so;\n\
             daemon off;\nmaster_process off;\nerror_log stderr;\npid nginx.pid;\nevents {{}}\n\
             http {{\naccess_log off;\n{}include site.conf;\n}}\n",
            root.display(),
            temporary.concat()
        );
        let config = dir.join("nginx.conf");
        write(&config, &around);
        let mut command = Command::new(root.join("usr/sbin/nginx"));
        command.arg("-p").arg(&dir).arg("-c").arg(config);
        Self::start(command, dir, port).await
    }

    /// Caddy, whose files stand below `root`, by `deploy/Caddyfile`, with the build at `base`.
    pub async fn caddy(root: &Path, build: &Path, base: &str) -> Self {
        let (dir, port) = (own_dir("caddy"), free_port());
        let address = format!("http://127.0.0.1:{port} {{\n\tbind 127.0.0.1");
        let site = put(
            "Caddyfile",
            &[
                ("hackershelf.example {", &address),
                (DIRECTORY, &root_for(build, base, &dir)),
                ("@worker path /", &format!("@worker path {base}")),
                ("@place {", &format!("@place {{\n\t\tpath {base}*")),
                ("rewrite @place /", &format!("rewrite @place {base}")),
            ],
        );
        let config = dir.join("Caddyfile");
        write(&config, &format!("{{\n\tadmin off\n}}\n{site}"));
        let mut command = Command::new(root.join("usr/bin/caddy"));
        command.args(["run", "--adapter", "caddyfile", "--config"]);
        command.arg(config);
        command.env("XDG_CONFIG_HOME", &dir);
        command.env("XDG_DATA_HOME", &dir);
        Self::start(command, dir, port).await
    }

    async fn start(mut command: Command, dir: PathBuf, port: u16) -> Self {
        let log = fs::File::create(dir.join("log")).expect("the directory is ours");
        let process = command
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn();
        let process = process.expect("the web host can be run");
        until("the web host answers", async || {
            let connected = TcpStream::connect(("127.0.0.1", port));
            let said = || fs::read_to_string(dir.join("log")).unwrap_or_default();
            connected.map_err(|error| format!("{error}; {}", said()))
        })
        .await;
        Self {
            process,
            origin: format!("http://127.0.0.1:{port}"),
            dir,
        }
    }

    /// Its scheme, host and port.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Ends it.
    pub async fn stop(&mut self) {
        let ended = self.process.kill().await;
        ended.expect("it is our own child");
    }
}

impl Drop for WebHost {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// Where the files of `deploy/` have the build.
const DIRECTORY: &str = "/srv/hackershelf";

/// A directory below which the build stands at `base`.
fn root_for(build: &Path, base: &str, dir: &Path) -> String {
    let name = base.trim_matches('/');
    if name.is_empty() {
        return build.display().to_string();
    }
    let root = dir.join("root");
    fs::create_dir_all(&root)
        .and_then(|()| std::os::unix::fs::symlink(build, root.join(name)))
        .expect("the directory is ours");
    root.display().to_string()
}

fn listen(port: u16) -> String {
    format!("listen 127.0.0.1:{port};")
}

/// A file of `deploy/` with parts of it replaced, each of which must be there once.
fn put(name: &str, parts: &[(&str, &str)]) -> String {
    let file = places::workspace().join("deploy").join(name);
    let mut text = fs::read_to_string(file).expect("the project has it");
    for (part, other) in parts {
        assert_eq!(text.matches(part).count(), 1, "`{part}` in {name}");
        text = text.replacen(part, other, 1);
    }
    text
}

fn own_dir(name: &str) -> PathBuf {
    let dir = format!("hackershelf-{name}-{}-{}", std::process::id(), free_port());
    let dir = std::env::temp_dir().join(dir);
    fs::create_dir_all(&dir).expect("the temporary directory can be written");
    dir
}

fn write(file: &Path, text: &str) {
    fs::write(file, text).expect("the directory is ours");
}
