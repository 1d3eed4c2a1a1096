//! What is exported and nobody uses: the classes that a library of Leptos has for JavaScript (Rust's
//! streams), and another way to start.
//!
//! An export keeps in the module all that it calls, futures and their panics too. So the classes
//! are taken out of the glue, and then out of the module whatever the glue doesn't call.

use anyhow::{Result, ensure};

use super::module::{Bytes, EXPORTS, rewrite, write_name, write_number};

/// wasm-bindgen's glue without its classes; whoever starts it waits for it.
///
/// # Errors
/// If something else in it uses one of them.
pub fn without(glue: &str) -> Result<String> {
    let mut kept = String::new();
    let mut classes = Vec::new();
    let mut within = false;
    for line in glue.lines() {
        // All but the first line of a declaration, and a last brace, is indented.
        if !line.starts_with([' ', '}']) {
            let class = line.strip_prefix("export class ");
            classes.extend(class.and_then(|class| class.split(' ').next()));
            within = class.is_some()
                || line.starts_with("if (Symbol.dispose) ")
                || line.starts_with("const ") && line.contains("Finalization = ");
        }
        if !within {
            kept += line;
            kept.push('\n');
        }
    }
    for class in classes {
        ensure!(!kept.contains(class), "the glue uses the class {class}");
    }
    Ok(kept.replace("export { initSync, ", "export { "))
}

/// The module without exports that the glue doesn't name.
///
/// # Errors
/// If the module isn't laid out as the specification has it.
pub fn without_unused(wasm: &[u8], glue: &str) -> Result<Vec<u8>> {
    rewrite(wasm, |id, body| match id {
        EXPORTS => used(body, glue),
        _ => Ok(body.0.to_vec()),
    })
}

fn used(mut from: Bytes, glue: &str) -> Result<Vec<u8>> {
    let mut kept = Vec::new();
    let mut count = 0;
    for _ in 0..from.number()? {
        let name = from.name()?;
        let (kind, place) = (from.take(1)?[0], from.number()?);
        if glue.contains(name) {
            count += 1;
            write_name(&mut kept, name);
            kept.push(kind);
            write_number(&mut kept, place);
        }
    }
    let mut to = Vec::new();
    write_number(&mut to, count);
    to.extend(kept);
    Ok(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = "\
const kept = (1)
    ? 2 : 3;
export class Sink {
    close() {
        wasm.sink_close(this);
    }
}
if (Symbol.dispose) Sink.prototype[Symbol.dispose] = Sink.prototype.free;
const SinkFinalization = (0)
    : new FinalizationRegistry(ptr => wasm.sink_free(ptr, 1));

function call() {
    wasm.called();
}
export { initSync, init as default };
";

    #[test]
    fn a_class_goes_with_all_that_belongs_to_it() {
        let kept = without(GLUE).expect("no use of a class");
        let expected = "\
const kept = (1)
    ? 2 : 3;

function call() {
    wasm.called();
}
export { init as default };
";
        assert_eq!(kept, expected);
    }

    #[test]
    fn a_class_that_is_used_is_no_waste() {
        assert!(without(&format!("{GLUE}new Sink();\n")).is_err());
    }

    #[test]
    fn what_the_glue_does_not_name_is_not_exported() {
        let mut wasm = b"\0asm\x01\0\0\0\x07\x17\x02".to_vec();
        wasm.extend(b"\x06called\0\x07\x0asink_close\0\x08");
        wasm.extend(b"\x0a\x04code");
        let kept = without_unused(&wasm, "wasm.called()").expect("a module");
        let mut expected = b"\0asm\x01\0\0\0\x07\x0a\x01".to_vec();
        expected.extend(b"\x06called\0\x07\x0a\x04code");
        assert_eq!(kept, expected);
    }
}
