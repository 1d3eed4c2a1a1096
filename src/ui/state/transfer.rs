//! Files that the reader takes away and brings back. Neither is ever in memory as a whole: the
//! browser holds what a file is made of, and hands out what is read of one slice by slice.

use std::time::Duration;

use futures_core::future::LocalBoxFuture;
use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, HtmlAnchorElement, Url};

use super::State;
use crate::loader::{End, Export};
use crate::ui::later::{after, spawn};
use crate::ui::words;

/// So many bytes of a file are read at a time; their records are merged in one transaction.
const SLICE: f64 = 262_144.0;

/// By then a browser has begun to read the file that it was handed.
const HANDED: Duration = Duration::from_secs(60);

impl State {
    /// Hands the reader a file. Ignored while another one is written or read.
    pub fn export(self, what: Export) {
        if self.transferring.replace(true) {
            return;
        }
        let parts = Array::new();
        let gathered = parts.clone();
        let mut bytes = 0;
        let put = move |piece: String| {
            bytes += piece.len() as u64;
            self.transfer.set(Some(words::exporting(bytes)));
            // A part by itself, so that the browser can put it out of the page's memory.
            let part = Blob::new_with_str_sequence(&Array::of1(&piece.into()));
            if let Ok(part) = part {
                parts.push(&part);
            }
        };
        let written = self.loader.export(what, Box::new(put));
        spawn(async move {
            let report = written.await;
            if report.end == End::Whole {
                let day = words::iso(self.now.get_untracked());
                let day = day.get(..10).unwrap_or_default();
                // Every browser that runs this app can.
                let _ = hand(&gathered, &words::file_name(what, day));
            }
            self.transfer.set(Some(words::exported(what, &report)));
            self.transferring.set(false);
        });
    }

    /// Merges a file that the reader chose into what is kept. Ignored as [`State::export`] is.
    pub fn import(self, file: Blob) {
        if self.transferring.replace(true) {
            return;
        }
        let (mut at, size) = (0.0, file.size());
        let next = move || -> LocalBoxFuture<'static, Option<Vec<u8>>> {
            let tenths = (at / size * 10.0).min(10.0) as u32;
            self.transfer.set(Some(words::importing(tenths * 10)));
            let slice = file.slice_with_f64_and_f64(at, at + SLICE);
            at += SLICE;
            Box::pin(async move {
                // A file that can't be read on ends there.
                let read = JsFuture::from(slice.ok()?.array_buffer()).await.ok()?;
                let piece = Uint8Array::new(&read).to_vec();
                (!piece.is_empty()).then_some(piece)
            })
        };
        let merged = self.loader.import(Box::new(next));
        spawn(async move {
            let report = merged.await;
            self.read_marks().await;
            self.tell_of_marks();
            self.transfer.set(Some(words::imported(&report)));
            self.transferring.set(false);
            self.count_stored();
        });
    }
}

/// Makes the browser save a file of these parts.
fn hand(parts: &Array, name: &str) -> Result<(), JsValue> {
    let file = Blob::new_with_blob_sequence(parts)?;
    let address = Url::create_object_url_with_blob(&file)?;
    let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&address);
    link.set_download(name);
    link.click();
    after(HANDED, move || {
        let _ = Url::revoke_object_url(&address);
    });
    Ok(())
}
