//! Parts of the portal in files of their own, then wasm-bindgen.

use std::{error::Error, fs, path::Path};

use wasm_bindgen_cli_support::Bindgen;

pub fn bindgen(input: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let whole = fs::read(input)?;
    let main = out.join("main.wasm");
    let mut options = wasm_split_cli_support::Options::new(&whole);
    options.output_dir = out;
    options.main_out_path = &main;
    options.main_module = "./portal.js";
    options.link_name = "./portal-parts.js";
    let split = wasm_split_cli_support::transform(options)?;
    Bindgen::new()
        .input_path(&main)
        .web(true)?
        .out_name("portal")
        .typescript(false)
        // The parts take the function table from the main program.
        .keep_lld_exports(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(out)?;
    fs::remove_file(&main)?;
    for path in split.split_modules {
        let slim = without_custom_sections(&fs::read(&path)?).ok_or("the splitter wrote no WebAssembly")?;
        fs::write(path, slim)?;
    }
    Ok(())
}

/// The module without the sections that engines do not need: names, producers, features (WebAssembly core
/// specification, binary format, modules: a section is an id, a size in LEB128 and its content; custom ones have id 0).
fn without_custom_sections(module: &[u8]) -> Option<Vec<u8>> {
    let (head, mut rest) = module.split_at_checked(8)?;
    let mut slim = head.to_vec();
    while let Some((id, tail)) = rest.split_first() {
        let digits = tail.iter().position(|byte| byte & 0x80 == 0)? + 1;
        let size = tail[..digits].iter().rev().fold(0_usize, |size, byte| size << 7 | usize::from(byte & 0x7f));
        let end = 1 + digits + size;
        let section = rest.get(..end)?;
        if *id != 0 {
            slim.extend_from_slice(section);
        }
        rest = &rest[end..];
    }
    Some(slim)
}

#[cfg(test)]
mod tests {
    use super::without_custom_sections;

    #[test]
    fn only_custom_sections_go() {
        let head = b"\0asm\x01\0\0\0";
        let kept = [&head[..], &[1, 0x81, 0x00, 7], &[10, 2, 5, 6]].concat();
        let module = [&head[..], &[0, 3, 1, 2, 3], &[1, 0x81, 0x00, 7], &[0, 1, 9], &[10, 2, 5, 6], &[0, 0]].concat();
        assert_eq!(without_custom_sections(&module), Some(kept));
        assert_eq!(without_custom_sections(&[head, &[1, 9, 0][..]].concat()), None, "a section that is cut off");
        assert_eq!(without_custom_sections(b"\0asm"), None);
    }
}
