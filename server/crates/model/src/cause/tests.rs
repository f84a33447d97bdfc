use serde_json::{Value, json};

use super::*;

fn pod(status: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web-7d4b9c-x2x", "namespace": "shop",
            "labels": {"hypo.etsi.org/component": "web"}},
        "spec": {"containers": [{"name": "app", "image": "ghcr.io/shop/web:9", "resources": {"requests": {"cpu": "4", "memory": "8Gi"}}}],
            "volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}]},
        "status": status})
}

fn waiting(reason: &str, message: &str) -> Value {
    pod(json!({"phase": "Pending", "conditions": [{"type": "Ready", "status": "False"}], "containerStatuses": [
        {"name": "app", "image": "ghcr.io/shop/web:9", "ready": false, "restartCount": 0,
         "state": {"waiting": {"reason": reason, "message": message}}}]}))
}

fn event(kind: &str, name: &str, reason: &str, message: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Event", "type": "Warning", "reason": reason, "message": message,
        "involvedObject": {"kind": kind, "name": name, "fieldPath": "spec.containers{app}"}})
}

fn deployment(conditions: Value) -> Value {
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "labels": {"hypo.etsi.org/component": "web"}},
        "spec": {"replicas": 1}, "status": {"conditions": conditions}})
}

const POD: &str = "web-7d4b9c-x2x";

#[test]
fn an_image_that_does_not_exist() {
    let pods = [waiting("ImagePullBackOff", "Back-off pulling image \"ghcr.io/shop/web:9\"")];
    let events = [
        event(
            "Pod",
            POD,
            "Failed",
            "Failed to pull image \"ghcr.io/shop/web:9\": rpc error: code = NotFound desc = failed to pull and unpack image: ghcr.io/shop/web:9: not found",
        ),
        event("Pod", "other-pod", "Failed", "Failed to pull image \"x\": unauthorized"),
    ];
    let cause = explain(&pods, &events, None, &[]).unwrap();
    assert_eq!(cause.code, ErrorCode::ImagePull);
    assert_eq!(cause.title, "The image ghcr.io/shop/web:9 of web does not exist.");
    assert!(cause.detail.contains("code = NotFound"));
    assert_eq!(cause.evidence[0].source, "Event/Pod/web-7d4b9c-x2x");
    let alone = explain(&pods, &[], None, &[]).unwrap();
    assert_eq!((alone.code, alone.component.as_str()), (ErrorCode::ImagePull, "web"));
    assert!(alone.title.contains("ghcr.io/shop/web:9"));
}

#[test]
fn a_registry_that_refuses_or_is_away() {
    let pods = [waiting("ErrImagePull", "failed to authorize: 401 Unauthorized")];
    assert!(explain(&pods, &[], None, &[]).unwrap().remedy.contains("image pull secret"));
    let pods = [waiting("ErrImagePull", "dial tcp: lookup registry.edge: no such host")];
    assert!(explain(&pods, &[], None, &[]).unwrap().title.contains("does not reach"));
}

#[test]
fn unschedulable_says_what_is_short() {
    let pods = [pod(
        json!({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
        "message": "0/3 nodes are available: 1 Insufficient memory, 2 Insufficient cpu. preemption: 0/3 nodes are available."}]}),
    )];
    let cause = explain(&pods, &[], None, &[]).unwrap();
    assert_eq!(cause.code, ErrorCode::Unschedulable);
    assert_eq!(cause.title, "web fits no node: not enough cpu on 2 nodes, not enough memory on 1 node.");
    assert!(cause.remedy.contains("4000m CPU and 8Gi per replica"), "{}", cause.remedy);
}

#[test]
fn quota_and_pod_security_stop_pods_before_they_exist() {
    let refused = |message: &str| {
        deployment(json!([{"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": message}]))
    };
    let quota = refused(
        "pods \"web-7d4b9c-\" is forbidden: exceeded quota: team, requested: requests.cpu=4, used: requests.cpu=7, limited: requests.cpu=8",
    );
    let cause = explain(&[], &[], Some(&quota), &[]).unwrap();
    assert_eq!(cause.code, ErrorCode::QuotaExceeded);
    assert!(cause.detail.contains("used: requests.cpu=7"));
    let events = [event(
        "ReplicaSet",
        "web-7d4b9c",
        "FailedCreate",
        "Error creating: pods \"web-7d4b9c-abc\" is forbidden: exceeded quota: team",
    )];
    assert_eq!(explain(&[], &events, Some(&deployment(json!([]))), &[]).unwrap().code, ErrorCode::QuotaExceeded);
    let foreign = [event("ReplicaSet", "web-admin-7d4b9c", "FailedCreate", "exceeded quota")];
    assert_eq!(explain(&[], &foreign, Some(&deployment(json!([]))), &[]), None, "another workload's");
    let security = refused(
        "pods \"web\" is forbidden: violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false",
    );
    let cause = explain(&[], &[], Some(&security), &[]).unwrap();
    assert_eq!(cause.code, ErrorCode::ApplyRefused);
    assert!(cause.title.contains("pod security"));
}

fn crashing(code: i64, reason: &str) -> Value {
    pod(json!({"phase": "Running", "conditions": [{"type": "Ready", "status": "False"}], "containerStatuses": [
        {"name": "app", "image": "i", "ready": false, "restartCount": 4,
         "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 40s restarting failed container=app"}},
         "lastState": {"terminated": {"exitCode": code, "reason": reason}}}]}))
}

#[test]
fn a_crash_loop_has_its_exit_code_and_last_lines() {
    let logs = ["starting".to_owned(), "panic: no DATABASE_URL".to_owned(), String::new()];
    let stale = [event("Pod", POD, "Unhealthy", "Liveness probe failed: connection refused")];
    let cause = explain(&[crashing(2, "Error")], &stale, None, &logs).unwrap();
    assert_eq!(cause.code, ErrorCode::CrashLoop, "the program ended by itself, the probe only noticed");
    assert_eq!(cause.title, "app of web ends again and again with exit code 2.");
    assert!(
        cause.detail.contains("Exit code 2, 4 restarts") && cause.detail.ends_with("Last line: panic: no DATABASE_URL")
    );
    assert_eq!(cause.evidence.last().unwrap().text, "panic: no DATABASE_URL");
    let memory = explain(&[crashing(137, "OOMKilled")], &[], None, &[]).unwrap();
    assert!(memory.remedy.contains("memory limit"));
    let ended = explain(&[crashing(0, "Completed")], &[], None, &[]).unwrap();
    assert_eq!(ended.code, ErrorCode::CrashLoop);
}

#[test]
fn probes() {
    let liveness = [event("Pod", POD, "Unhealthy", "Liveness probe failed: HTTP probe failed with statuscode: 500")];
    assert_eq!(explain(&[crashing(137, "Error")], &liveness, None, &[]).unwrap().code, ErrorCode::ProbeFailed);
    let running = |ready: &str| {
        pod(json!({"phase": "Running", "conditions": [{"type": "Ready", "status": ready}], "containerStatuses": [
            {"name": "app", "ready": false, "restartCount": 0, "started": true, "state": {"running": {}}}]}))
    };
    let readiness =
        [json!({"apiVersion": "events.k8s.io/v1", "kind": "Event", "type": "Warning", "reason": "Unhealthy",
        "note": "Readiness probe failed: Get \"http://10.1.0.5:8080/healthz\": context deadline exceeded",
        "regarding": {"kind": "Pod", "name": POD, "fieldPath": "spec.containers{app}"}})];
    let cause = explain(&[running("False")], &readiness, None, &[]).unwrap();
    assert_eq!(cause.code, ErrorCode::ProbeFailed);
    assert!(cause.detail.contains("8080/healthz") && cause.title.starts_with("app of web"));
    assert_eq!(explain(&[running("True")], &readiness, None, &[]), None, "ready by now");
    assert_eq!(explain(&[running("False")], &[], None, &[]), None, "it is only starting");
}

#[test]
fn volumes_and_missing_configuration() {
    let pending = pod(
        json!({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
        "message": "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims."}]}),
    );
    assert_eq!(explain(std::slice::from_ref(&pending), &[], None, &[]).unwrap().code, ErrorCode::VolumePending);
    let events = [event(
        "PersistentVolumeClaim",
        "data",
        "ProvisioningFailed",
        "storageclass.storage.k8s.io \"fast\" not found",
    )];
    let cause = explain(&[pending], &events, None, &[]).unwrap();
    assert_eq!(cause.code, ErrorCode::VolumePending);
    assert!(cause.detail.contains("\"fast\" not found"));
    let config = explain(&[waiting("CreateContainerConfigError", "secret \"db\" not found")], &[], None, &[]).unwrap();
    assert_eq!(config.code, ErrorCode::ConfigMissing);
    let root = waiting("CreateContainerConfigError", "container has runAsNonRoot and image will run as root");
    assert_eq!(explain(&[root], &[], None, &[]).unwrap().code, ErrorCode::ApplyRefused);
    let mount =
        [event("Pod", POD, "FailedMount", "MountVolume.SetUp failed for volume \"c\" : configmap \"conf\" not found")];
    let creating = waiting("ContainerCreating", "");
    assert_eq!(explain(&[creating], &mount, None, &[]).unwrap().code, ErrorCode::ConfigMissing);
}

#[test]
fn nothing_is_wrong_or_nothing_better_is_known() {
    assert_eq!(explain(&[], &[], None, &[]), None);
    assert_eq!(explain(&[waiting("ContainerCreating", "")], &[], Some(&deployment(json!([]))), &[]), None);
    let late = deployment(json!([{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded",
        "message": "ReplicaSet \"web-7d4b9c\" has timed out progressing."}]));
    assert_eq!(explain(&[], &[], Some(&late), &[]).unwrap().code, ErrorCode::RolloutTimeout);
    let with_cause = explain(&[crashing(1, "Error")], &[], Some(&late), &[]).unwrap();
    assert_eq!(with_cause.code, ErrorCode::CrashLoop, "the cause, not its consequence");
    let mut leaving = crashing(1, "Error");
    leaving["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
    assert_eq!(explain(&[leaving], &[], None, &[]), None);
}

#[test]
fn every_code_of_the_table_is_an_order_cause() {
    for rule in RULES {
        assert!(rule.code.code().starts_with("HYP-31"), "{}", rule.title);
        assert!(rule.title.ends_with('.') && rule.remedy.ends_with('.'));
        assert!(rule.words.iter().all(|word| *word == word.to_lowercase()), "words are compared in lower case");
    }
}
