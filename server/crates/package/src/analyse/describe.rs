//! Components and shared objects in the words of the analysis.

use hypo_shared::{
    analysis::{Component, ObjectRef, ServicePorts, Shared, VolumeClaim},
    quantity,
};
use serde_json::Value;

use crate::{
    components::{build::Model, workload::Workload},
    object::{array, text},
};

/// All components, sorted by name.
pub(super) fn components(model: &Model<'_>) -> Vec<Component> {
    let package = &model.package;
    model
        .graph
        .components
        .iter()
        .zip(&package.workloads)
        .enumerate()
        .map(|(index, (node, workload))| {
            let mut owned: Vec<ObjectRef> =
                node.objects.iter().map(|index| package.documents[*index].reference()).collect();
            owned.sort();
            let services = package.services.iter().filter(|service| service.selects.contains(&index));
            let replicas = replicas(workload);
            let (cpu, memory) = requests(workload.spec);
            let volumes = volumes(model, workload);
            Component {
                name: node.name.clone(),
                kind: workload.kind.to_owned(),
                namespace: package.documents[workload.document].namespace().to_owned(),
                owned,
                services: services
                    .map(|service| ServicePorts {
                        name: service.name.to_owned(),
                        headless: service.headless,
                        kind: service.kind.to_owned(),
                        ports: service.ports.clone(),
                    })
                    .collect(),
                images: workload
                    .containers()
                    .map(|container| text(container.value, "/image").to_owned())
                    .filter(|image| !image.is_empty())
                    .collect(),
                replicas,
                cpu_millis: cpu.saturating_mul(u64::from(replicas)),
                memory_bytes: memory.saturating_mul(u64::from(replicas)),
                stateful: workload.kind == "StatefulSet" || !volumes.is_empty(),
                volumes,
            }
        })
        .collect()
}

/// Objects that several components, or none, need.
pub(super) fn shared(model: &Model<'_>) -> Vec<Shared> {
    let name = |index: &usize| model.graph.components[*index].name.clone();
    let mut out: Vec<Shared> = model
        .graph
        .shared
        .iter()
        .map(|shared| Shared {
            object: model.package.documents[shared.index].reference(),
            used_by: shared.used_by.iter().map(name).collect(),
            reason: shared.reason.clone(),
        })
        .collect();
    out.sort_by(|a, b| (&a.object, &a.used_by, &a.reason).cmp(&(&b.object, &b.used_by, &b.reason)));
    out
}

fn replicas(workload: &Workload<'_>) -> u32 {
    let pointer = match workload.kind {
        "Job" => "/spec/parallelism",
        "CronJob" => "/spec/jobTemplate/spec/parallelism",
        "DaemonSet" | "Pod" => return 1,
        _ => "/spec/replicas",
    };
    workload.object.pointer(pointer).and_then(Value::as_u64).and_then(|count| u32::try_from(count).ok()).unwrap_or(1)
}

/// Requests of one pod as the scheduler counts them: containers and restarting init containers (sidecars) add up,
/// other init containers run alone, the larger counts. Where no request stands, the limit is the request.
fn requests(spec: &Value) -> (u64, u64) {
    let of = |container: &Value, name: &str, read: fn(&str) -> Result<u64, quantity::Invalid>| {
        let quantity = ["requests", "limits"]
            .iter()
            .find_map(|list| container.pointer(&format!("/resources/{list}/{name}")))
            .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        quantity.and_then(|quantity| read(&quantity).ok()).unwrap_or(0)
    };
    let count = |name: &str, read: fn(&str) -> Result<u64, quantity::Invalid>| {
        let mut running: u64 = 0;
        let mut alone: u64 = 0;
        for container in array(spec, "/initContainers") {
            let request = of(container, name, read);
            if text(container, "/restartPolicy") == "Always" {
                running = running.saturating_add(request);
            }
            alone = alone.max(request);
        }
        for container in array(spec, "/containers") {
            running = running.saturating_add(of(container, name, read));
        }
        running.max(alone)
    };
    (count("cpu", quantity::cpu_millis), count("memory", quantity::bytes))
}

fn volumes(model: &Model<'_>, workload: &Workload<'_>) -> Vec<VolumeClaim> {
    let claim = |name: &str, template: bool, spec: &Value| VolumeClaim {
        name: name.to_owned(),
        template,
        bytes: spec
            .pointer("/resources/requests/storage")
            .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            .and_then(|quantity| quantity::bytes(&quantity).ok())
            .unwrap_or(0),
        class: spec.get("storageClassName").and_then(Value::as_str).map(str::to_owned),
        access_modes: array(spec, "/accessModes").iter().filter_map(Value::as_str).map(str::to_owned).collect(),
    };
    let none = Value::Null;
    let mut out = Vec::new();
    for volume in array(workload.spec, "/volumes") {
        let name = text(volume, "/persistentVolumeClaim/claimName");
        if name.is_empty() {
            continue;
        }
        let found = model.package.find("PersistentVolumeClaim", workload.namespace, name);
        let spec = found.and_then(|index| model.package.documents[index].object.get("spec")).unwrap_or(&none);
        out.push(claim(name, false, spec));
    }
    for template in array(workload.object, "/spec/volumeClaimTemplates") {
        out.push(claim(text(template, "/metadata/name"), true, template.get("spec").unwrap_or(&none)));
    }
    out
}
