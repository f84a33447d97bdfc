//! Reading what the user drops or picks: files, folders, archives.

use base64::{Engine, engine::general_purpose::STANDARD};
use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemDirectoryReader, FileSystemEntry,
    FileSystemFileEntry,
};

use crate::api::{ApiError, ops::FileInput};

/// What the portal reads at most; the server has its own limits.
const MAX_BYTES: f64 = 24.0 * 1024.0 * 1024.0;

/// The files of an `<input type=file>`, with their path below the picked folder.
pub async fn picked(list: FileList) -> Result<Vec<FileInput>, ApiError> {
    let files = (0..list.length()).filter_map(|at| list.get(at)).map(|file| (relative(&file), file)).collect();
    read(files).await
}

/// Handles of what was dropped; they must be taken before the event ends.
pub fn dropped(transfer: &DataTransfer) -> Vec<FileSystemEntry> {
    let items = transfer.items();
    (0..items.length()).filter_map(|at| items.get(at)?.webkit_get_as_entry().ok().flatten()).collect()
}

/// The files of dropped files and folders.
pub async fn of_entries(entries: Vec<FileSystemEntry>) -> Result<Vec<FileInput>, ApiError> {
    let unreadable = |_| ApiError::local("A dropped file could not be read.");
    let mut queue = entries;
    let mut files = Vec::new();
    while let Some(entry) = queue.pop() {
        if entry.is_directory() {
            let reader = entry.unchecked_into::<FileSystemDirectoryEntry>().create_reader();
            queue.extend(children(&reader).await.map_err(unreadable)?);
        } else {
            let path = entry.full_path().trim_start_matches('/').to_owned();
            let entry = entry.unchecked_into::<FileSystemFileEntry>();
            let promise = Promise::new(&mut |done: Function, failed: Function| {
                entry.file_with_callback_and_callback(&done, &failed);
            });
            let file = JsFuture::from(promise).await.map_err(unreadable)?;
            files.push((path, file.unchecked_into::<File>()));
        }
    }
    read(files).await
}

/// A directory is handed out in pieces until an empty one comes.
async fn children(reader: &FileSystemDirectoryReader) -> Result<Vec<FileSystemEntry>, JsValue> {
    let mut all = Vec::new();
    loop {
        let mut outcome = Ok(());
        let promise = Promise::new(&mut |done: Function, failed: Function| {
            outcome = reader.read_entries_with_callback_and_callback(&done, &failed);
        });
        outcome?;
        let piece: Array = JsFuture::from(promise).await?.unchecked_into();
        if piece.length() == 0 {
            return Ok(all);
        }
        all.extend(piece.iter().map(JsCast::unchecked_into::<FileSystemEntry>));
    }
}

fn relative(file: &File) -> String {
    let path = Reflect::get(file, &JsValue::from_str("webkitRelativePath")).ok().and_then(|path| path.as_string());
    path.filter(|path| !path.is_empty()).unwrap_or_else(|| file.name())
}

async fn read(mut files: Vec<(String, File)>) -> Result<Vec<FileInput>, ApiError> {
    // Version control and editor leftovers are no part of a package.
    files.retain(|(path, _)| !path.split('/').any(|part| part.starts_with('.') && part != ".helmignore"));
    files.sort_by(|a, b| a.0.cmp(&b.0));
    if files.is_empty() {
        return Err(ApiError::local("There is no file in what you picked."));
    }
    if files.iter().map(|(_, file)| file.size()).sum::<f64>() > MAX_BYTES {
        return Err(ApiError::local("This is larger than 24 MiB. Give the address of the chart instead."));
    }
    let mut read = Vec::new();
    for (path, file) in files {
        let buffer = JsFuture::from(file.array_buffer()).await;
        let buffer = buffer.map_err(|_| ApiError::local(format!("{path} could not be read.")))?;
        read.push(FileInput { path, content: STANDARD.encode(Uint8Array::new(&buffer).to_vec()) });
    }
    Ok(read)
}
