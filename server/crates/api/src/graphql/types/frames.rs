//! Frames of subscriptions. `cursor` is opaque: hand it back as `resume` after a lost connection.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, SimpleObject, Value};
use chrono::{DateTime, Utc};
use hypo_app::live;
use hypo_shared::service::Health;
use uuid::Uuid;

use super::{ClusterEvent, FrameKind, Order, ServiceComponent, Step, int};

/// Opaque place in a stream; hand it back to resume.
#[derive(Clone, Debug)]
pub struct Cursor(pub String);

/// Opaque place in a stream; hand it back to resume.
#[Scalar]
impl ScalarType for Cursor {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Ok(Self(text)),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// Steps and state of one order.
#[derive(SimpleObject)]
pub struct TimelineFrame {
    /// Place in the stream, for `resume`.
    cursor: Cursor,
    /// What the frame means.
    kind: FrameKind,
    /// The order as it is now.
    order: Order,
    /// All of them in a snapshot, else those that changed.
    steps: Vec<Step>,
}

impl From<live::timeline::Frame> for TimelineFrame {
    fn from(frame: live::timeline::Frame) -> Self {
        Self {
            cursor: Cursor(frame.cursor),
            kind: frame.kind.into(),
            order: frame.order.into(),
            steps: frame.steps.into_iter().map(Step::from).collect(),
        }
    }
}

/// Health of one service.
#[derive(SimpleObject)]
pub struct HealthFrame {
    /// Place in the stream, for `resume`.
    cursor: Cursor,
    /// What the frame means.
    kind: FrameKind,
    /// Health of the whole service.
    health: Health,
    /// Why it is not healthy.
    health_message: String,
    /// All of them in a snapshot, else those that changed.
    components: Vec<ServiceComponent>,
    /// New ones.
    events: Vec<ClusterEvent>,
}

impl From<live::health::Frame> for HealthFrame {
    fn from(frame: live::health::Frame) -> Self {
        Self {
            cursor: Cursor(frame.cursor),
            kind: frame.kind.into(),
            health: frame.health,
            health_message: frame.message,
            components: frame.components.into_iter().map(ServiceComponent::from).collect(),
            events: frame.events.into_iter().map(ClusterEvent::from).collect(),
        }
    }
}

/// Columns: one time axis, many series. A null is a gap.
#[derive(SimpleObject)]
pub struct MetricsFrame {
    /// Place in the stream, for `resume`.
    cursor: Cursor,
    /// What the frame means.
    kind: FrameKind,
    /// Milliseconds between two points.
    step_ms: i32,
    /// Milliseconds since 1970.
    t: Vec<f64>,
    /// One line per component and metric.
    series: Vec<Series>,
    /// Age of the newest sample.
    lag_ms: i32,
    /// Where the samples come from.
    source: String,
}

impl From<live::metrics::Frame> for MetricsFrame {
    fn from(frame: live::metrics::Frame) -> Self {
        Self {
            cursor: Cursor(frame.cursor),
            kind: frame.kind.into(),
            step_ms: int(frame.step_ms),
            t: frame.t,
            series: frame.series.into_iter().map(Series::from).collect(),
            lag_ms: int(frame.lag_ms),
            source: frame.source,
        }
    }
}

/// Samples of one component on one cluster.
#[derive(SimpleObject)]
pub struct Series {
    /// Stable in one stream.
    key: i32,
    /// Name of the component.
    component: String,
    /// The cluster's name.
    cluster: String,
    /// `cpu` or `memory`.
    metric: String,
    /// `millicores` or `bytes`.
    unit: String,
    /// Whether the values come from a twin.
    simulated: bool,
    /// Values, one per time; null where there is none.
    v: Vec<Option<f64>>,
}

impl From<live::metrics::Series> for Series {
    fn from(series: live::metrics::Series) -> Self {
        let live::metrics::Series { key, component, cluster, metric, unit, simulated, v } = series;
        Self { key: int(key), component, cluster, metric, unit, simulated, v }
    }
}

/// Log lines.
#[derive(SimpleObject)]
pub struct LogFrame {
    /// Place in the stream, for `resume`.
    cursor: Cursor,
    /// What the frame means.
    kind: FrameKind,
    /// Lines, oldest first.
    lines: Vec<LogLine>,
    /// Lines that are missing before these.
    dropped: i32,
}

impl From<live::logs::Frame> for LogFrame {
    fn from(frame: live::logs::Frame) -> Self {
        Self {
            cursor: Cursor(frame.cursor),
            kind: frame.kind.into(),
            lines: frame.lines.into_iter().map(LogLine::from).collect(),
            dropped: int(frame.dropped),
        }
    }
}

/// A log line.
#[derive(SimpleObject)]
pub struct LogLine {
    /// When it was written.
    at: DateTime<Utc>,
    /// Pod that wrote it.
    pod: String,
    /// Container that wrote it.
    container: String,
    /// Component of the pod.
    component: String,
    /// The cluster's name.
    cluster: String,
    /// The line.
    text: String,
}

impl From<live::logs::Line> for LogLine {
    fn from(line: live::logs::Line) -> Self {
        let live::logs::Line { at, pod, container, component, cluster, text } = line;
        Self { at, pod, container, component, cluster, text }
    }
}

/// What changed in the tenant.
#[derive(SimpleObject)]
pub struct ChangeFrame {
    /// Place in the stream, for `resume`.
    cursor: Cursor,
    /// What the frame means.
    kind: FrameKind,
    /// What changed.
    changes: Vec<Change>,
}

impl From<live::changes::Frame> for ChangeFrame {
    fn from(frame: live::changes::Frame) -> Self {
        Self {
            cursor: Cursor(frame.cursor),
            kind: frame.kind.into(),
            changes: frame.items.into_iter().map(Change::from).collect(),
        }
    }
}

/// One change.
#[derive(SimpleObject)]
pub struct Change {
    /// For example `serviceOrder`, `service`, `resource`.
    topic: String,
    /// Identifier of what changed.
    subject: Uuid,
    /// For example `created`, `stateChanged`.
    kind: String,
    /// When it changed.
    at: DateTime<Utc>,
}

impl From<live::changes::Change> for Change {
    fn from(change: live::changes::Change) -> Self {
        let live::changes::Change { topic, subject, kind, at } = change;
        Self { topic, subject, kind, at }
    }
}
