//! Volumes of real pods as folders, and what must be there before any pod starts.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::env;
use crate::{cluster::State, json as at};

/// Checks the ConfigMaps, Secrets and claims a pod mounts.
///
/// # Errors
/// The sentence of the FailedMount event.
pub fn ready(state: &State, pod: &Value) -> Result<(), String> {
    let namespace = at::namespace(pod);
    for volume in at::list(pod, "/spec/volumes") {
        let name = at::text(volume, "/name");
        let sources = std::iter::once(volume).chain(at::list(volume, "/projected/sources"));
        for source in sources {
            for (member, key, kind) in [
                ("configMap", "name", "configmaps"),
                ("secret", "secretName", "secrets"),
                ("secret", "name", "secrets"),
            ] {
                let wanted = at::text(source, &format!("/{member}/{key}"));
                let optional = at::flag(source, &format!("/{member}/optional"));
                if !wanted.is_empty() && !optional && state.store.get(kind, namespace, wanted).is_none() {
                    let singular = kind.trim_end_matches('s');
                    return Err(format!(
                        "MountVolume.SetUp failed for volume {name:?} : {singular} {wanted:?} not found"
                    ));
                }
            }
        }
        let claim = at::text(volume, "/persistentVolumeClaim/claimName");
        if !claim.is_empty() {
            let bound = state.store.get("persistentvolumeclaims", namespace, claim);
            if bound.is_none_or(|claim| at::text(&claim, "/status/phase") != "Bound") {
                return Err(format!(
                    "Unable to attach or mount volumes: unmounted volumes=[{name}]: claim {claim:?} is not bound"
                ));
            }
        }
    }
    Ok(())
}

/// Makes the folders of a pod: `volumes/NAME` and per container a root in which mount paths are links.
///
/// # Errors
/// The file system refuses.
pub fn mount(state: &State, pod: &Value, folder: &Path, ip: &str) -> io::Result<()> {
    for volume in at::list(pod, "/spec/volumes") {
        let path = source(state, pod, volume, folder);
        fs::create_dir_all(&path)?;
        fill(state, pod, volume, &path, ip)?;
        for part in at::list(volume, "/projected/sources") {
            fill(state, pod, part, &path, ip)?;
        }
    }
    for group in ["initContainers", "containers"] {
        for container in at::list(pod, &format!("/spec/{group}")) {
            let root = folder.join(at::text(container, "/name"));
            fs::create_dir_all(&root)?;
            for mount in at::list(container, "/volumeMounts") {
                let volume = at::list(pod, "/spec/volumes").iter().find(|one| one.get("name") == mount.get("name"));
                let Some(volume) = volume else { continue };
                let mut from = source(state, pod, volume, folder);
                if let Some(below) = inside(at::text(mount, "/subPath")) {
                    from = from.join(below);
                    if !from.exists() {
                        fs::create_dir_all(&from)?;
                    }
                }
                let Some(path) = inside(at::text(mount, "/mountPath")) else { continue };
                link(&from, &root.join(path))?;
            }
        }
    }
    fs::write(folder.join("mounted"), b"")
}

/// A path without its leading slash; none when it is empty or climbs.
fn inside(path: &str) -> Option<&Path> {
    let path = Path::new(path.trim_start_matches('/'));
    let plain = path.components().all(|part| matches!(part, std::path::Component::Normal(_)));
    (plain && path.components().next().is_some()).then_some(path)
}

/// The folder behind a volume: a claim's own, otherwise one of the pod.
fn source(state: &State, pod: &Value, volume: &Value, folder: &Path) -> PathBuf {
    let claim = at::text(volume, "/persistentVolumeClaim/claimName");
    if !claim.is_empty()
        && let Some(claim) = state.store.get("persistentvolumeclaims", at::namespace(pod), claim)
        && let Some(nodes) = &state.pods_dir
        && let Some(name) = inside(at::text(&claim, "/spec/volumeName"))
    {
        return nodes.join("volumes").join(name);
    }
    folder.join("volumes").join(inside(at::text(volume, "/name")).unwrap_or(Path::new("unnamed")))
}

fn fill(state: &State, pod: &Value, source: &Value, path: &Path, ip: &str) -> io::Result<()> {
    for (member, kind) in [("configMap", "configmaps"), ("secret", "secrets")] {
        let Some(reference) = source.get(member) else { continue };
        let name = [at::text(reference, "/name"), at::text(reference, "/secretName")].concat();
        let Some(object) = state.store.get(kind, at::namespace(pod), &name) else { continue };
        let items = at::list(reference, "/items");
        let place = |key: &str| -> Option<PathBuf> {
            if items.is_empty() {
                return inside(key).map(|key| path.join(key));
            }
            let item = items.iter().find(|item| at::text(item, "/key") == key)?;
            inside(at::text(item, "/path")).map(|below| path.join(below))
        };
        for (data, encoded) in [("/data", kind == "secrets"), ("/binaryData", true)] {
            for (key, value) in at::pairs(&object, data) {
                let Some(target) = place(key) else { continue };
                let bytes =
                    if encoded { STANDARD.decode(value).unwrap_or_default() } else { value.as_bytes().to_vec() };
                write(&target, &bytes)?;
            }
        }
    }
    for item in at::list(source, "/downwardAPI/items") {
        if let Some(below) = inside(at::text(item, "/path")) {
            let value = env::field(state, pod, ip, at::text(item, "/fieldRef/fieldPath"));
            write(&path.join(below), value.as_bytes())?;
        }
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, bytes)
}

fn link(from: &Path, to: &Path) -> io::Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    if to.is_symlink() {
        fs::remove_file(to)?;
    }
    #[cfg(unix)]
    return std::os::unix::fs::symlink(from, to);
    #[cfg(not(unix))]
    fs::create_dir_all(to)
}
