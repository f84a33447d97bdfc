//! The heavy half of `cargo xtask portal`, a program of its own so that the other chores start at once.
//!
//! `portal-build bindgen IN.wasm OUT_DIR` takes the parts that load later out of the program (the functions marked in
//! `portal/src/pages/parts.rs`, and what only they need), then runs wasm-bindgen on what is left. It writes `portal.js`,
//! `portal_bg.wasm`, `portal-parts.js` (the loader of the parts) and a wasm file for each part.
//! `portal-build compress DIR QUALITY` puts a `.br` and a `.gz` beside every text and wasm file.
#![expect(clippy::print_stderr, reason = "a command line program")]

use std::{
    error::Error,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

#[cfg(feature = "split")]
mod split;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        #[cfg(feature = "split")]
        ["bindgen", input, out] => split::bindgen(Path::new(input), Path::new(out)),
        ["compress", dir, quality] => {
            quality.parse().map_err(Into::into).and_then(|quality| compress(Path::new(dir), quality))
        }
        _ => Err("usage: portal-build bindgen IN.wasm OUT_DIR | compress DIR QUALITY".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("portal-build: {error}");
            ExitCode::FAILURE
        }
    }
}

/// `quality` is brotli's, 0 to 11. Files that do not get smaller are left alone.
fn compress(dir: &Path, quality: u32) -> Result<(), Box<dyn Error>> {
    for path in files(dir)? {
        let extension = path.extension().and_then(|part| part.to_str()).unwrap_or_default();
        if !matches!(extension, "html" | "css" | "js" | "wasm" | "svg" | "json" | "txt" | "md") {
            continue;
        }
        let plain = fs::read(&path)?;
        let mut small = Vec::new();
        let params = brotli::enc::BrotliEncoderParams { quality: i32::try_from(quality)?, ..Default::default() };
        brotli::BrotliCompress(&mut &plain[..], &mut small, &params)?;
        keep(&path, "br", &plain, &small)?;

        let mut zip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        zip.write_all(&plain)?;
        keep(&path, "gz", &plain, &zip.finish()?)?;
    }
    Ok(())
}

fn keep(path: &Path, suffix: &str, plain: &[u8], small: &[u8]) -> std::io::Result<()> {
    if small.len() < plain.len() { fs::write(format!("{}.{suffix}", path.display()), small) } else { Ok(()) }
}

fn files(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
