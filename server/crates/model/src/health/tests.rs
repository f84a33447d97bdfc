use serde_json::json;

use super::*;

fn deployment(replicas: u32, ready: u32, updated: u32) -> Value {
    json!({"kind": "Deployment", "metadata": {"name": "web", "generation": 2}, "spec": {"replicas": replicas},
        "status": {"observedGeneration": 2, "readyReplicas": ready, "updatedReplicas": updated}})
}

fn failing() -> Value {
    json!({"kind": "Pod", "metadata": {"name": "web-1"}, "status": {"phase": "Pending", "containerStatuses": [
        {"name": "a", "image": "i:1", "restartCount": 0, "state": {"waiting": {"reason": "ImagePullBackOff"}}}]}})
}

fn state(workload: &Value, pods: &[Value]) -> (Health, u32, u32) {
    let health = of_component(Some(workload), pods);
    assert!(!health.message.is_empty());
    (health.health, health.ready, health.desired)
}

#[test]
fn replicas_tell() {
    assert_eq!(state(&deployment(2, 2, 2), &[]), (Health::Healthy, 2, 2));
    assert_eq!(state(&deployment(2, 0, 2), &[]), (Health::Progressing, 0, 2));
    assert_eq!(state(&deployment(2, 0, 2), &[failing()]), (Health::Failed, 0, 2));
    assert_eq!(state(&deployment(2, 1, 2), &[failing()]), (Health::Degraded, 1, 2));
    assert_eq!(state(&deployment(2, 1, 2), &[]), (Health::Degraded, 1, 2));
    assert_eq!(state(&deployment(2, 1, 1), &[]), (Health::Progressing, 1, 2), "a rollout is under way");
    let creating = json!({"status": {"phase": "Pending"}});
    assert_eq!(state(&deployment(2, 1, 2), &[creating]), (Health::Progressing, 1, 2), "the second one starts");
    assert_eq!(state(&deployment(0, 0, 0), &[]), (Health::Healthy, 0, 0));
    let mut unseen = deployment(1, 1, 1);
    unseen["metadata"]["generation"] = json!(3);
    assert_eq!(state(&unseen, &[]).0, Health::Progressing);
    assert!(of_component(Some(&deployment(2, 0, 2)), &[failing()]).message.contains("i:1"));
}

#[test]
fn other_kinds() {
    assert_eq!(of_component(None, &[]).health, Health::Failed);
    let daemon = json!({"kind": "DaemonSet", "metadata": {}, "status": {"desiredNumberScheduled": 3, "numberReady": 3, "updatedNumberScheduled": 3}});
    assert_eq!(state(&daemon, &[]), (Health::Healthy, 3, 3));
    let job = |kind: &str| json!({"kind": "Job", "status": {"succeeded": 1, "conditions": [{"type": kind, "status": "True", "message": "m"}]}});
    assert_eq!(state(&job("Complete"), &[]), (Health::Healthy, 1, 1));
    assert_eq!(state(&job("Failed"), &[]).0, Health::Failed);
    assert_eq!(state(&json!({"kind": "Job"}), &[]).0, Health::Progressing);
    assert_eq!(state(&json!({"kind": "CronJob", "spec": {"schedule": "* * * * *"}}), &[]).0, Health::Healthy);
    assert_eq!(state(&failing(), &[]).0, Health::Failed);
    let ready = json!({"kind": "Pod", "status": {"conditions": [{"type": "Ready", "status": "True"}]}});
    assert_eq!(state(&ready, &[]), (Health::Healthy, 1, 1));
}
