//! Web hosts that the app is tried behind: Debian's packages, installed already or unpacked into
//! the cache. Unpacked, because installing one starts a server that nobody here asked for.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result};

use super::{cache, put};
use crate::run::{output, run};

/// A web host, as Debian has it.
pub struct WebHost {
    name: &'static str,
    /// By which the tests learn where its files are: the directory that stands for `/`.
    pub variable: &'static str,
    packages: &'static [&'static str],
    /// The files that count, below that directory.
    files: &'static [&'static str],
}

pub const NGINX: WebHost = WebHost {
    name: "nginx",
    variable: "HACKERSHELF_NGINX",
    packages: &["nginx", "nginx-common", "libnginx-mod-http-brotli-static"],
    files: &[
        "usr/sbin/nginx",
        "usr/lib/nginx/modules/ngx_http_brotli_static_module.so",
        "etc/nginx/mime.types",
    ],
};

pub const CADDY: WebHost = WebHost {
    name: "caddy",
    variable: "HACKERSHELF_CADDY",
    packages: &["caddy"],
    files: &["usr/bin/caddy"],
};

impl WebHost {
    /// Where its files are; none, said aloud, where it can't be had: the tests with it are skipped.
    pub fn ready(&self) -> Option<PathBuf> {
        if let Some(set) = env::var_os(self.variable) {
            return Some(set.into());
        }
        let kept = cache().join(format!("{}-debian", self.name));
        if let Some(found) = [Path::new("/"), &kept]
            .into_iter()
            .find(|it| self.is_in(it))
        {
            return Some(found.to_owned());
        }
        let got = self.unpack(&kept);
        if let Err(error) = got {
            let packages = self.packages.join(" ");
            println!("{error:#}: tests behind {} are skipped", self.name);
            println!("on Debian, `apt-get install {packages}` as root makes them run");
        }
        self.is_in(&kept).then_some(kept)
    }

    fn is_in(&self, root: &Path) -> bool {
        let runs = || output(Command::new(root.join(self.files[0])).arg(self.version())).is_some();
        self.files.iter().all(|file| root.join(file).is_file()) && runs()
    }

    fn version(&self) -> &'static str {
        match self.name {
            "nginx" => "-v",
            _ => "version",
        }
    }

    /// Packages as they are at the machine's own source, which anybody may ask.
    fn unpack(&self, dir: &Path) -> Result<()> {
        put(dir, |new| {
            let packages = new.join("packages");
            fs::create_dir(&packages)?;
            self.fill(new, &packages)?;
            Ok(fs::remove_dir_all(packages)?)
        })
    }

    fn fill(&self, root: &Path, packages: &Path) -> Result<()> {
        let mut download = Command::new("apt-get");
        download.args(["download", "-q"]).args(self.packages);
        run(download.current_dir(packages)).with_context(|| format!("no {}", self.name))?;
        for package in fs::read_dir(packages)? {
            run(Command::new("dpkg-deb")
                .arg("-x")
                .arg(package?.path())
                .arg(root))?;
        }
        Ok(())
    }
}
