//! As much of the binary format of WebAssembly (core specification, chapter 5) as the build reads.

use anyhow::{Context, Result};

/// The sections that name what the glue gives and takes.
pub const IMPORTS: u8 = 2;
pub const EXPORTS: u8 = 7;

/// The module with each section's body replaced by what `change` makes of its number and body.
///
/// # Errors
/// If the module isn't laid out as the specification has it, or `change` says so.
pub fn rewrite(
    wasm: &[u8],
    mut change: impl FnMut(u8, Bytes) -> Result<Vec<u8>>,
) -> Result<Vec<u8>> {
    let (header, mut rest) = wasm.split_at_checked(8).context("not a wasm module")?;
    let mut changed = header.to_vec();
    while let Some((&id, after)) = rest.split_first() {
        let mut after = Bytes(after);
        let length = after.number()?;
        let body = change(id, Bytes(after.take(length)?))?;
        changed.push(id);
        write_number(&mut changed, body.len());
        changed.extend(body);
        rest = after.0;
    }
    Ok(changed)
}

/// What is still to be read.
pub struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    /// So many bytes.
    pub fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self
            .0
            .split_at_checked(length)
            .context("the module ends too early")?;
        self.0 = rest;
        Ok(taken)
    }

    /// An unsigned LEB128 number.
    pub fn number(&mut self) -> Result<usize> {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.take(1)?[0];
            number |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
    }

    /// A text after its length.
    pub fn name(&mut self) -> Result<&'a str> {
        let length = self.number()?;
        std::str::from_utf8(self.take(length)?).context("a name that isn't UTF-8")
    }
}

/// A text after its length.
pub fn write_name(to: &mut Vec<u8>, name: &str) {
    write_number(to, name.len());
    to.extend(name.as_bytes());
}

/// An unsigned LEB128 number.
pub fn write_number(to: &mut Vec<u8>, mut number: usize) {
    while number > 0x7f {
        to.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}
