//! Pods on the machine.

/// What a kubelet knows of a pod.
#[derive(Debug, Default)]
pub struct PodRun {}
