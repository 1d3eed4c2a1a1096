//! Functions that are alike stand side by side: Brotli then has less to say about each of them,
//! 2.8 % of the whole.
//!
//! The build doesn't move them by itself, because every call names its function by its place: it
//! gives them names in the order wanted, and wasm-opt puts them in the order of their names.

use std::collections::{HashMap, HashSet};

use anyhow::Result;

use super::module::{Bytes, IMPORTS, rewrite, write_name, write_number};

/// The section of the functions' bodies.
const CODE: u8 = 10;
/// In the section of names (WebAssembly core, appendix "Custom Sections"), the part about functions.
const FUNCTION_NAMES: u8 = 1;

/// Bodies are compared by their pieces of so many bytes.
const PIECE: usize = 4;
/// How much it counts what a body has of the last one, of the one before, and of the one before that.
const NEAR: [u64; 3] = [4, 3, 2];
/// Added to a body's length, or the smallest would be like everything.
const LEAST: u64 = 50;

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
                for _ in 0..from.number()? {
                    let length = from.number()?;
                    bodies.push(from.take(length)?.to_vec());
                }
            }
            _ => {}
        }
        Ok(body.0.to_vec())
    })?;
    let mut ranks = vec![0; bodies.len()];
    for (rank, place) in chain(&bodies).into_iter().enumerate() {
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

/// The places of all bodies: after the last three comes, of those left, the one of which they have
/// the most, where rare pieces count for more.
fn chain(bodies: &[Vec<u8>]) -> Vec<usize> {
    let pieces = |body: &Vec<u8>| body.windows(PIECE).map(Vec::from).collect::<HashSet<_>>();
    let pieces: Vec<_> = bodies.iter().map(pieces).collect();
    let mut holders = HashMap::<&[u8], Vec<usize>>::new();
    for (place, pieces) in pieces.iter().enumerate() {
        for piece in pieces {
            holders.entry(piece).or_default().push(place);
        }
    }
    let mut left: Vec<bool> = vec![true; bodies.len()];
    let (mut chain, mut next) = (Vec::new(), (!bodies.is_empty()).then_some(0));
    while let Some(last) = next {
        left[last] = false;
        chain.push(last);
        // In whole numbers, so that the order of a set doesn't matter.
        let mut alike = HashMap::<usize, u64>::new();
        for (&before, times) in chain.iter().rev().zip(NEAR) {
            for piece in &pieces[before] {
                let holders = &holders[piece.as_slice()];
                let weight = (1e6 / (holders.len() as f64).sqrt()) as u64 * times;
                for &place in holders.iter().filter(|&&place| left[place]) {
                    *alike.entry(place).or_default() += weight;
                }
            }
        }
        let share = |&(place, weight): &(usize, u64)| {
            (
                weight / (bodies[place].len() as u64 + LEAST),
                usize::MAX - place,
            )
        };
        let most = alike.into_iter().max_by_key(share);
        next = most
            .map(|(place, _)| place)
            .or_else(|| left.iter().position(|&left| left));
    }
    chain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_that_are_alike_follow_each_other() {
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        // One function from outside, and three bodies.
        wasm.extend(b"\x02\x08\x01\x02js\x01f\0\0");
        wasm.extend(b"\x0a\x13\x03\x05abcde\x05fghij\x05abcdx");
        let named = name(&wasm).expect("a module");
        let (same, section) = named.split_at(wasm.len());
        assert_eq!(same, wasm);
        assert_eq!(
            section,
            b"\0\x20\x04name\x01\x19\x03\x01\x06000000\x02\x06000002\x03\x06000001"
        );
    }

    #[test]
    fn each_function_is_named_once() {
        let bodies: Vec<_> = (0..200_u8)
            .map(|byte| vec![byte; usize::from(byte)])
            .collect();
        let mut places = chain(&bodies);
        places.sort_unstable();
        assert!(places.into_iter().eq(0..200));
        assert!(chain(&[]).is_empty());
    }
}
