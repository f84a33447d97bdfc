//! Saga kinds and actions by name.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use hypo_shared::SagaId;
use serde_json::Value;

use crate::{Action, Dag, DagError, Saga};

type Build = Arc<dyn Fn(&Value) -> Result<Dag, DagError> + Send + Sync>;

/// Every saga kind and action of the product; made once by the composition root.
pub struct Registry<C> {
    kinds: HashMap<String, Build>,
    actions: HashMap<String, Arc<dyn Action<C>>>,
}

impl<C: Send + Sync> Default for Registry<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C: Send + Sync> Registry<C> {
    #[must_use]
    pub fn new() -> Self {
        Self { kinds: HashMap::new(), actions: HashMap::new() }
    }

    /// Registers a saga kind. `build` is pure and deterministic: the same parameters give the same graph.
    #[must_use]
    pub fn kind(mut self, name: &str, build: impl Fn(&Value) -> Result<Dag, DagError> + Send + Sync + 'static) -> Self {
        let earlier = self.kinds.insert(name.to_owned(), Arc::new(build));
        assert!(earlier.is_none(), "the saga kind {name} is registered twice");
        self
    }

    /// Registers an action. Names are shared by all kinds.
    #[must_use]
    pub fn action(mut self, name: &str, action: impl Action<C> + 'static) -> Self {
        let earlier = self.actions.insert(name.to_owned(), Arc::new(action));
        assert!(earlier.is_none(), "the action {name} is registered twice");
        self
    }

    /// The same kinds with every action called twice each time, for [`crate::testing`].
    pub(crate) fn twice(&self) -> Self
    where
        C: 'static,
    {
        let twice = |(name, action): (&String, &Arc<dyn Action<C>>)| {
            let action: Arc<dyn Action<C>> = Arc::new(crate::testing::Twice(action.clone()));
            (name.clone(), action)
        };
        Self { kinds: self.kinds.clone(), actions: self.actions.iter().map(twice).collect() }
    }

    pub(crate) fn find(&self, action: &str) -> Option<Arc<dyn Action<C>>> {
        self.actions.get(action).cloned()
    }
}

/// Makes sagas from parameters without running them: what starts a saga inside a larger transaction needs no more.
pub trait Builder: Send + Sync {
    /// Builds and checks the graph. Pure.
    fn prepare(&self, id: SagaId, kind: &str, params: Value, key: &str, now: DateTime<Utc>) -> Result<Saga, DagError>;
}

impl<C: Send + Sync> Builder for Registry<C> {
    fn prepare(&self, id: SagaId, kind: &str, params: Value, key: &str, now: DateTime<Utc>) -> Result<Saga, DagError> {
        let build = self.kinds.get(kind).ok_or_else(|| DagError::UnknownKind(kind.to_owned()))?;
        let dag = build(&params)?;
        dag.check()?;
        if let Some(step) = dag.steps.iter().find(|step| !self.actions.contains_key(&step.action)) {
            return Err(DagError::UnknownAction { step: step.name.clone(), action: step.action.clone() });
        }
        Ok(Saga::new(id, kind, key, params, dag, now))
    }
}
