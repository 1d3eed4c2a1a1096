//! Short names between the wasm and its glue.
//!
//! wasm-bindgen gives what one side calls on the other long names with hashes in them, which hardly
//! compress and stand in both files. Nobody else uses them: the build gives them one or two letters
//! each.

use std::collections::HashMap;

use anyhow::{Result, bail};

use super::module::{Bytes, EXPORTS, IMPORTS, rewrite, write_name, write_number};

/// All names that wasm-bindgen makes begin like this; others (`memory`) are left alone.
const MADE: &str = "__w";

/// The module and the glue with short names in both.
///
/// # Errors
/// If the module isn't laid out as the specification has it (WebAssembly core, chapter 5).
pub fn shorten(wasm: &[u8], glue: &str) -> Result<(Vec<u8>, String)> {
    let mut names = Names::default();
    let short = rewrite(wasm, |id, body| match id {
        IMPORTS => imports(body, &mut names),
        EXPORTS => exports(body, &mut names),
        _ => Ok(body.0.to_vec()),
    })?;
    Ok((short, names.replace(glue)))
}

fn imports(mut from: Bytes, names: &mut Names) -> Result<Vec<u8>> {
    let mut to = Vec::new();
    let count = from.number()?;
    write_number(&mut to, count);
    for _ in 0..count {
        write_name(&mut to, from.name()?);
        write_name(&mut to, names.short(from.name()?));
        let rest = from.0;
        match from.take(1)?[0] {
            0 => drop(from.number()?),
            kind => bail!("an import of kind {kind}, which wasm-bindgen doesn't make"),
        }
        to.extend(&rest[..rest.len() - from.0.len()]);
    }
    Ok(to)
}

fn exports(mut from: Bytes, names: &mut Names) -> Result<Vec<u8>> {
    let mut to = Vec::new();
    let count = from.number()?;
    write_number(&mut to, count);
    for _ in 0..count {
        write_name(&mut to, names.short(from.name()?));
        let rest = from.0;
        from.take(1)?;
        from.number()?;
        to.extend(&rest[..rest.len() - from.0.len()]);
    }
    Ok(to)
}

/// Long names with their short ones.
#[derive(Default)]
struct Names(HashMap<String, String>);

impl Names {
    fn short<'a>(&'a mut self, long: &'a str) -> &'a str {
        if !long.starts_with(MADE) {
            return long;
        }
        let place = self.0.len();
        self.0
            .entry(long.to_owned())
            .or_insert_with(|| letters(place))
    }

    /// `code` with each long name, wherever it stands as a word, replaced.
    fn replace(&self, code: &str) -> String {
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        let mut replaced = String::with_capacity(code.len());
        let mut rest = code;
        while let Some(start) = rest.find(MADE) {
            let length = rest[start..]
                .find(|c| !is_part(c))
                .unwrap_or(rest.len() - start);
            let word = &rest[start..start + length];
            let within = rest[..start].ends_with(is_part);
            replaced.push_str(&rest[..start]);
            replaced.push_str(match self.0.get(word) {
                Some(short) if !within => short,
                _ => word,
            });
            rest = &rest[start + length..];
        }
        replaced + rest
    }
}

/// `a`, `b` … `z`, `aa`, `ba` …
fn letters(mut place: usize) -> String {
    let mut name = String::new();
    loop {
        name.push(char::from(b'a' + (place % 26) as u8));
        if place < 26 {
            return name;
        }
        place = place / 26 - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_get_the_same_short_names_and_all_else_stays() {
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        let mut section = |id: u8, body: &[u8]| {
            wasm.push(id);
            write_number(&mut wasm, body.len());
            wasm.extend(body);
        };
        let mut body = vec![1];
        write_name(&mut body, "./app_bg.js");
        write_name(&mut body, "__wbg_open_0123456789abcdef");
        body.extend([0, 5]);
        section(IMPORTS, &body);
        let mut body = vec![2];
        write_name(&mut body, "memory");
        body.extend([2, 0]);
        write_name(&mut body, "__wbindgen_malloc");
        body.extend([0, 9]);
        section(EXPORTS, &body);
        section(10, b"code");
        let glue =
            "i={__wbg_open_0123456789abcdef:f,x__wbindgen_malloc:1};w.__wbindgen_malloc(w.memory)";

        let (short, glue) = shorten(&wasm, glue).expect("a module");
        assert_eq!(glue, "i={a:f,x__wbindgen_malloc:1};w.b(w.memory)");
        let mut expected = b"\0asm\x01\0\0\0\x02\x11\x01\x0b./app_bg.js\x01a\0\x05".to_vec();
        expected.extend(b"\x07\x0e\x02\x06memory\x02\0\x01b\0\x09\x0a\x04code");
        assert_eq!(short, expected);
    }

    #[test]
    fn names_are_as_short_as_can_be_and_each_once() {
        let all: Vec<_> = (0..1_000).map(letters).collect();
        assert_eq!((&*all[0], &*all[25], &*all[26]), ("a", "z", "aa"));
        let unique: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(unique.len(), all.len());
        assert!(all[..702].iter().all(|name| name.len() <= 2));
    }

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(shorten(b"\0asm", "").is_err());
        assert!(shorten(b"\0asm\x01\0\0\0\x02\x7f", "").is_err());
    }
}
