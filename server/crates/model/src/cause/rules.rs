//! What is told from what. The first row that matches a sighting wins, so that the telling ones stand first.

use hypo_shared::ErrorCode;

use super::sightings::Sighting;

/// One row of the table.
pub(super) struct Rule {
    /// Reasons of events, conditions, waiting or terminated states; any of them.
    pub(super) reasons: &'static [&'static str],
    /// Words in the message, compared in lower case; any of them, none means every message.
    pub(super) words: &'static [&'static str],
    pub(super) code: ErrorCode,
    /// Sentences; `{component}`, `{container}`, `{image}`, `{short}`, `{exit}`, `{requests}` are filled in.
    pub(super) title: &'static str,
    pub(super) remedy: &'static str,
}

impl Rule {
    pub(super) fn matches(&self, seen: &Sighting) -> bool {
        self.reasons.contains(&seen.reason.as_str())
            && (self.words.is_empty() || {
                let message = seen.message.to_lowercase();
                self.words.iter().any(|word| message.contains(word))
            })
    }
}

const REFUSED: &[&str] = &["FailedCreate", "ReplicaFailure"];
const IMAGE: &[&str] = &[
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "ImageInspectError",
    "RegistryUnavailable",
    "SignatureValidationFailed",
];
/// Events of the kubelet share the reason `Failed`; their words tell them apart.
const IMAGE_EVENT: &[&str] =
    &["Failed", "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError"];
const CONFIG: &[&str] = &["CreateContainerConfigError"];
const SCHEDULE: &[&str] = &["Unschedulable", "FailedScheduling"];
const CRASH: &[&str] = &[
    "CrashLoopBackOff",
    "RunContainerError",
    "CreateContainerError",
    "StartError",
    "ContainerCannotRun",
    "Error",
    "DeadlineExceeded",
    "PostStartHookError",
];

/// The table.
pub(super) const RULES: &[Rule] = &[
    Rule {
        reasons: REFUSED,
        words: &[
            "exceeded quota",
            "failed quota",
            "must specify limits",
            "must specify requests",
            "usage per container",
            "usage per pod",
            "limitranger",
        ],
        code: ErrorCode::QuotaExceeded,
        title: "The quota of the namespace leaves no room for {component}.",
        remedy: "Ask the owner of the cluster for a larger quota, order fewer replicas, or lower the component's requests and limits.",
    },
    Rule {
        reasons: REFUSED,
        words: &["violates podsecurity", "security context constraint", "podsecuritypolicy"],
        code: ErrorCode::ApplyRefused,
        title: "The cluster's pod security forbids the pods of {component}.",
        remedy: "Place the component on a cluster that admits it, or ask the owner to admit it in this namespace.",
    },
    Rule {
        reasons: REFUSED,
        words: &["error looking up service account", "serviceaccount"],
        code: ErrorCode::ConfigMissing,
        title: "The service account of {component} is not there.",
        remedy: "Add the ServiceAccount to the package, or name one that exists.",
    },
    Rule {
        reasons: REFUSED,
        words: &[],
        code: ErrorCode::ApplyRefused,
        title: "The cluster refuses to create the pods of {component}.",
        remedy: "Read the cluster's words: an admission rule of this cluster does not take the pods as they are.",
    },
    Rule {
        reasons: IMAGE_EVENT,
        words: &["unauthorized", "denied", "authentication required", "no basic auth", "403 forbidden"],
        code: ErrorCode::ImagePull,
        title: "The registry does not give {image} to {component} without credentials that it accepts.",
        remedy: "Check the name of the image; add an image pull secret that may read it.",
    },
    Rule {
        reasons: IMAGE_EVENT,
        words: &["manifest unknown", "not found", "name unknown", "does not exist"],
        code: ErrorCode::ImagePull,
        title: "The image {image} of {component} does not exist.",
        remedy: "Check the image's name and tag, or push the image.",
    },
    Rule {
        reasons: IMAGE_EVENT,
        words: &["no match for platform", "no matching manifest", "exec format error"],
        code: ErrorCode::ImagePull,
        title: "The image {image} of {component} has no build for this cluster's processors.",
        remedy: "Place the component on a cluster of the image's architecture, or use an image for several architectures.",
    },
    Rule {
        reasons: IMAGE_EVENT,
        words: &["toomanyrequests", "rate limit", "429"],
        code: ErrorCode::ImagePull,
        title: "The registry limits how often this cluster may pull {image}.",
        remedy: "Wait, add an image pull secret of an account with a higher limit, or copy the image to another registry.",
    },
    Rule {
        reasons: IMAGE_EVENT,
        words: &[
            "no such host",
            "i/o timeout",
            "connection refused",
            "x509",
            "tls",
            "network is unreachable",
            "dial tcp",
        ],
        code: ErrorCode::ImagePull,
        title: "This cluster does not reach the registry of {image}.",
        remedy: "Ask the owner whether the cluster may reach the registry, or copy the image to one it reaches.",
    },
    Rule {
        reasons: IMAGE_EVENT,
        words: &["pull image", "pulling image", "errimagepull", "imagepullbackoff"],
        code: ErrorCode::ImagePull,
        title: "The image {image} of {component} could not be pulled.",
        remedy: "Check the image's name and tag, the registry and the image pull secret.",
    },
    Rule {
        reasons: IMAGE,
        words: &[],
        code: ErrorCode::ImagePull,
        title: "The image {image} of {component} could not be pulled.",
        remedy: "Check the image's name and tag, the registry and the image pull secret.",
    },
    Rule {
        reasons: CONFIG,
        words: &["runasnonroot", "non-numeric user", "will run as root"],
        code: ErrorCode::ApplyRefused,
        title: "{container} of {component} would run as root, which this cluster forbids.",
        remedy: "Use an image that runs as another user, or set runAsUser where the cluster leaves that to you.",
    },
    Rule {
        reasons: CONFIG,
        words: &[],
        code: ErrorCode::ConfigMissing,
        title: "{container} of {component} needs a ConfigMap or Secret that is not there.",
        remedy: "Add the missing object or key to the package, or correct the reference.",
    },
    Rule {
        reasons: &["FailedMount"],
        words: &["configmap", "secret"],
        code: ErrorCode::ConfigMissing,
        title: "{component} mounts a ConfigMap or Secret that is not there.",
        remedy: "Add the missing object to the package, or correct the reference.",
    },
    Rule {
        reasons: &["ProvisioningFailed", "FailedBinding"],
        words: &[],
        code: ErrorCode::VolumePending,
        title: "A volume of {component} cannot be made.",
        remedy: "Choose a cluster with a fitting storage class, or map the claim to a class that exists.",
    },
    Rule {
        reasons: SCHEDULE,
        words: &["persistentvolumeclaim", "volume node affinity", "persistent volumes"],
        code: ErrorCode::VolumePending,
        title: "A volume of {component} is not bound, so that its pods wait.",
        remedy: "Check the storage class of the claim and whether the cluster still has room for volumes.",
    },
    Rule {
        reasons: &["FailedAttachVolume", "FailedMount"],
        words: &[],
        code: ErrorCode::VolumePending,
        title: "A volume of {component} cannot be mounted.",
        remedy: "Check whether another node still holds the volume, and the storage system of the cluster.",
    },
    Rule {
        reasons: SCHEDULE,
        words: &[],
        code: ErrorCode::Unschedulable,
        title: "{component} fits no node: {short}.",
        remedy: "Order less{requests}, free capacity on the cluster, or place the component on another one.",
    },
    Rule {
        reasons: &["Evicted"],
        words: &[],
        code: ErrorCode::Unschedulable,
        title: "A node ran short and put {component} out.",
        remedy: "Give the component requests that match its use, or place it on a cluster with more room.",
    },
    Rule {
        reasons: &["OOMKilled"],
        words: &[],
        code: ErrorCode::CrashLoop,
        title: "{container} of {component} used more memory than its limit and was killed.",
        remedy: "Raise the component's memory limit.",
    },
    Rule {
        reasons: CRASH,
        words: &["exec format error"],
        code: ErrorCode::CrashLoop,
        title: "{container} of {component} is built for another processor.",
        remedy: "Place the component on a cluster of the image's architecture.",
    },
    Rule {
        reasons: &["Unhealthy", "Killing"],
        words: &["liveness probe"],
        code: ErrorCode::ProbeFailed,
        title: "{container} of {component} does not pass its liveness probe and is restarted.",
        remedy: "Check the probe's path, port and delay, and what the container waits for.",
    },
    Rule {
        reasons: &["Unhealthy", "Killing"],
        words: &["startup probe"],
        code: ErrorCode::ProbeFailed,
        title: "{container} of {component} does not pass its startup probe and is restarted.",
        remedy: "Check the probe's path and port, or give the container more time to start.",
    },
    Rule {
        reasons: CRASH,
        words: &[],
        code: ErrorCode::CrashLoop,
        title: "{container} of {component} ends again and again with {exit}.",
        remedy: "Read its last lines: the program gives up by itself, often for a missing setting or a peer it cannot reach.",
    },
    Rule {
        reasons: &["Completed"],
        words: &[],
        code: ErrorCode::CrashLoop,
        title: "{container} of {component} ends by itself, and a workload of this kind has to keep running.",
        remedy: "Use a Job for a program that ends, or check the container's command.",
    },
    Rule {
        reasons: &["Unhealthy"],
        words: &["readiness probe"],
        code: ErrorCode::ProbeFailed,
        title: "{container} of {component} runs but does not pass its readiness probe.",
        remedy: "Check the probe's path and port, and what the container waits for.",
    },
    Rule {
        reasons: &["BackoffLimitExceeded"],
        words: &[],
        code: ErrorCode::CrashLoop,
        title: "The job {component} failed as often as it may.",
        remedy: "Read its last lines and correct what it fails on.",
    },
    Rule {
        reasons: &["ProgressDeadlineExceeded"],
        words: &[],
        code: ErrorCode::RolloutTimeout,
        title: "{component} was not ready in time.",
        remedy: "Look at its pods, events and logs.",
    },
];
