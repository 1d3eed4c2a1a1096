//! Functions that are alike stand side by side: Brotli then has less to say about each of them,
//! 1.5 % of the whole.
//!
//! The order is that of the functions' bytes. The build doesn't move them by itself, because every
//! call names its function by its place: it gives them names in that order, and wasm-opt puts them
//! in the order of their names.

use anyhow::Result;

use super::module::{Bytes, IMPORTS, rewrite, write_name, write_number};

/// The section of the functions' bodies.
const CODE: u8 = 10;
/// In the section of names (WebAssembly core, appendix "Custom Sections"), the part about functions.
const FUNCTION_NAMES: u8 = 1;

/// The module with a name for each function that it defines.
///
/// # Errors
/// If the module isn't laid out as the specification has it (WebAssembly core, chapter 5).
pub fn name(wasm: &[u8]) -> Result<Vec<u8>> {
    let (mut imports, mut bodies) = (0, Vec::new());
    let mut named = rewrite(wasm, |id, body| {
        let mut from = Bytes(body.0);
        match id {
            // wasm-bindgen imports functions, and nothing else.
            IMPORTS => imports = from.number()?,
            CODE => {
                for place in 0..from.number()? {
                    let length = from.number()?;
                    bodies.push((from.take(length)?.to_vec(), place));
                }
            }
            _ => {}
        }
        Ok(body.0.to_vec())
    })?;
    bodies.sort();
    let mut ranks = vec![0; bodies.len()];
    for (rank, (_, place)) in bodies.into_iter().enumerate() {
        ranks[place] = rank;
    }
    let mut names = Vec::new();
    write_number(&mut names, ranks.len());
    for (place, rank) in ranks.iter().enumerate() {
        write_number(&mut names, imports + place);
        write_name(&mut names, &format!("{rank:06}"));
    }
    let mut section = Vec::new();
    write_name(&mut section, "name");
    section.push(FUNCTION_NAMES);
    write_number(&mut section, names.len());
    section.extend(names);
    named.push(0);
    write_number(&mut named, section.len());
    named.extend(section);
    Ok(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_named_in_the_order_of_their_bytes() {
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        // One function from outside, and three bodies.
        wasm.extend(b"\x02\x08\x01\x02js\x01f\0\0");
        wasm.extend(b"\x0a\x0a\x03\x02\0\x0b\x01\x0b\x03\0\x01\x0b");
        let named = name(&wasm).expect("a module");
        let (same, section) = named.split_at(wasm.len());
        assert_eq!(same, wasm);
        assert_eq!(
            section,
            b"\0\x20\x04name\x01\x19\x03\x01\x06000001\x02\x06000002\x03\x06000000"
        );
    }
}
