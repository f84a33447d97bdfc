//! How lists and maps of known types merge: the `x-kubernetes-list-type` and `-map-type` of the built-in
//! API as a table by field name. Custom resources are atomic below `spec` lists, as without a schema marker.

/// How a list merges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Replaced as a whole.
    Atomic,
    /// Merged by key fields, given with their default values.
    Keyed(&'static [(&'static str, &'static str)]),
    /// Merged by value.
    Set,
}

const NAME: Shape = Shape::Keyed(&[("name", "")]);

/// Shape of the list at a path of field names (list items add no element).
pub fn list_shape(path: &[String], custom: bool) -> Shape {
    let at = |back: usize| path.len().checked_sub(back).and_then(|index| path.get(index)).map_or("", String::as_str);
    let (last, parent) = (at(1), at(2));
    if parent == "metadata" {
        return match last {
            "finalizers" => Shape::Set,
            "ownerReferences" => Shape::Keyed(&[("uid", "")]),
            _ => Shape::Atomic,
        };
    }
    if custom {
        return Shape::Atomic;
    }
    let in_container = matches!(parent, "containers" | "initContainers" | "ephemeralContainers");
    match last {
        "containers" | "initContainers" | "ephemeralContainers" if parent == "spec" => NAME,
        "ports" if in_container => Shape::Keyed(&[("containerPort", ""), ("protocol", "TCP")]),
        "ports" if path.len() == 2 && parent == "spec" => Shape::Keyed(&[("port", ""), ("protocol", "TCP")]),
        "env" if in_container => NAME,
        "volumeMounts" if in_container => Shape::Keyed(&[("mountPath", "")]),
        "volumeDevices" if in_container => Shape::Keyed(&[("devicePath", "")]),
        "volumes" | "imagePullSecrets" | "resourceClaims" if parent == "spec" => NAME,
        "secrets" | "imagePullSecrets" if path.len() == 1 => NAME,
        "hostAliases" if parent == "spec" => Shape::Keyed(&[("ip", "")]),
        "topologySpreadConstraints" => Shape::Keyed(&[("topologyKey", ""), ("whenUnsatisfiable", "")]),
        "conditions" if parent == "status" => Shape::Keyed(&[("type", "")]),
        "podIPs" | "hostIPs" => Shape::Keyed(&[("ip", "")]),
        "webhooks" => NAME,
        _ => Shape::Atomic,
    }
}

/// Whether the map at a path is replaced as a whole.
pub fn is_atomic_map(path: &[String], custom: bool) -> bool {
    if custom || path.first().is_some_and(|first| first == "metadata") {
        return false;
    }
    matches!(
        path.last().map_or("", String::as_str),
        "selector"
            | "nodeSelector"
            | "labelSelector"
            | "podSelector"
            | "namespaceSelector"
            | "configMapKeyRef"
            | "secretKeyRef"
            | "fieldRef"
            | "resourceFieldRef"
            | "roleRef"
    )
}
