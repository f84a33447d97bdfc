//! What `app` sees of all this.

use std::{collections::BTreeMap, sync::Arc};

use hypo_engine::{
    Config, Engine, EngineError, EngineHandle, Inject, ReconcilerHandle, ReconcilerHost, Registry, Saga, SagaLog, Wish,
};
use hypo_model::{
    plan::ClusterObjects,
    ports::{cluster, secrets},
};
use hypo_shared::{ClusterId, ErrorCode, OrderId, PlanId, ServiceId, TenantId, order::OnFailure};
use hypo_store::{
    Scope, Tx,
    documents::{self, kind},
    plans,
    saga_log::{self, Leases},
    services,
};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    Fulfil, Live, Terminate, World, fulfil,
    live::Feeds,
    reconcilers::{self, Drift, Probe, Sweep},
    seal::SealedPlan,
    terminate,
};

/// What an order asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Work {
    Fulfil(Fulfil),
    Terminate(Terminate),
}

/// An order's saga, built and not yet stored.
#[derive(Clone, Debug)]
pub struct Prepared {
    saga: Saga,
    run: plans::OrderRun,
}

impl Prepared {
    /// Stores the saga and the order's run. Call it in the transaction that writes the order document; the engine
    /// begins when that is committed. Doing it twice stores it once.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn store(&self, tx: &mut Tx) -> hypo_store::Result<()> {
        let created = saga_log::create(tx, &self.saga).await?;
        if created.new { plans::create_run(tx, &self.run).await } else { Ok(()) }
    }
}

/// The orchestrator. Clones share it.
#[derive(Clone)]
pub struct Orchestrator {
    world: Arc<World>,
    engine: EngineHandle,
    live: Live,
    reconcilers: ReconcilerHandle,
}

/// The background tasks of one process.
pub struct Running {
    tasks: JoinSet<()>,
    shutdown: CancellationToken,
}

/// Why the orchestrator refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Store(#[from] hypo_store::Error),
    #[error(transparent)]
    Secrets(#[from] secrets::Error),
    #[error(transparent)]
    Cluster(#[from] cluster::Error),
    #[error("{message}")]
    Refused { code: ErrorCode, message: String },
}

impl Error {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Error::Engine(error) => error.code(),
            Error::Store(error) => error.code(),
            Error::Secrets(error) => error.code,
            Error::Cluster(error) => error.code,
            Error::Refused { code, .. } => *code,
        }
    }
}

impl Orchestrator {
    /// Starts engine, reconcilers and feeds in this process.
    #[must_use]
    pub fn start(world: World, log: Arc<dyn SagaLog>, config: Config, inject: Arc<dyn Inject>) -> (Self, Running) {
        let world = Arc::new(world);
        let registry = terminate::register(fulfil::register(Registry::new()));
        let shutdown = CancellationToken::new();
        let mut tasks = JoinSet::new();
        let host = ReconcilerHost::new(&config.owner).leases(Leases::between_processes(&world.store));
        let engine = Engine::new(Arc::new(registry), world.clone(), log, config).inject(inject);
        let handle = engine.handle();
        let token = shutdown.clone();
        tasks.spawn(async move { engine.run(token).await });

        let live = Live::default();
        let token = shutdown.clone();
        let feeds = Feeds::new(world.clone(), live.clone());
        tasks.spawn(feeds.run(token));
        let host = host
            .add(Arc::new(Probe { world: world.clone() }))
            .add(Arc::new(Drift { world: world.clone() }))
            .add(Arc::new(Sweep::new(world.clone())));
        let reconcilers = host.handle();
        tasks.spawn(host.run(shutdown.clone()));
        (Self { world, engine: handle, live, reconcilers }, Running { tasks, shutdown })
    }

    /// Puts the exact objects of a plan away until it is ordered.
    ///
    /// # Errors
    /// Those of the secret store.
    pub async fn seal_plan(
        &self,
        tenant: TenantId,
        plan: PlanId,
        objects: &BTreeMap<ClusterId, ClusterObjects>,
    ) -> Result<(), Error> {
        Ok(SealedPlan::of(objects).put(self.world.secrets.as_ref(), tenant, plan).await?)
    }

    /// Builds the saga of an order, to be stored with the order's document. Pure but for the saga's id.
    ///
    /// # Errors
    /// `HYP-6001` when the work cannot be carried out as it is described.
    pub fn prepare(&self, work: &Work) -> Result<Prepared, Error> {
        let (kind, order, tenant, plan, service, on_failure, params) = match work {
            Work::Fulfil(work) => (
                fulfil::KIND,
                work.order,
                work.tenant,
                Some(work.plan),
                work.identity.service,
                work.on_failure,
                serde_json::to_value(work),
            ),
            Work::Terminate(work) => (
                terminate::KIND,
                work.order,
                work.tenant,
                None,
                work.service,
                OnFailure::Hold,
                serde_json::to_value(work),
            ),
        };
        let params = params.map_err(|error| Error::Refused {
            code: ErrorCode::Internal,
            message: format!("an order's work cannot be written: {error}"),
        })?;
        let saga = self.engine.prepare(kind, params, &order.to_string())?;
        let run = plans::OrderRun {
            order,
            tenant,
            saga: saga.id,
            on_failure,
            plan,
            service: Some(service),
            created_at: (self.world.clock)(),
        };
        Ok(Prepared { saga, run })
    }

    /// Asks the saga of an order to cancel, retry or go on.
    ///
    /// # Errors
    /// `OrderNotFound`; `OrderStateConflict` when its state does not allow the wish.
    pub async fn wish(&self, order: OrderId, wish: Wish) -> Result<(), Error> {
        let saga = self.saga(order).await?;
        if saga.kind == terminate::KIND && wish == Wish::Cancel {
            return Err(Error::Refused {
                code: ErrorCode::OrderStateConflict,
                message: "a termination cannot be cancelled: what is deleted cannot be undone".into(),
            });
        }
        self.engine.wish(saga.id, wish).await.map_err(|error| match error {
            EngineError::State(state) => Error::Refused {
                code: ErrorCode::OrderStateConflict,
                message: format!("the order's work is {state:?}"),
            },
            other => other.into(),
        })
    }

    /// The saga of an order, as it was last committed.
    ///
    /// # Errors
    /// `OrderNotFound` before it has started.
    pub async fn saga(&self, order: OrderId) -> Result<Saga, Error> {
        let run = plans::find_run(self.world.store.read(), Scope::Platform, order).await?;
        Ok(self.engine.load(run.saga).await?)
    }

    /// The engine, for its change notices.
    #[must_use]
    pub const fn engine(&self) -> &EngineHandle {
        &self.engine
    }

    /// What is observed of running services.
    #[must_use]
    pub const fn live(&self) -> &Live {
        &self.live
    }

    /// Status of the reconcilers, and a way to wake one.
    #[must_use]
    pub const fn reconcilers(&self) -> &ReconcilerHandle {
        &self.reconcilers
    }

    /// The ports and the store.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Probes a cluster now; says whether it answered.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn probe(&self, cluster: ClusterId) -> Result<bool, Error> {
        Ok(reconcilers::probe(&self.world, cluster).await?)
    }

    /// Puts every drifted object of a service back to its plan; says how many.
    ///
    /// # Errors
    /// `ServiceNotFound`, those of the clusters.
    pub async fn revert_drift(&self, service: ServiceId) -> Result<usize, Error> {
        let read = self.world.store.read();
        let document = documents::get(read, Scope::Platform, kind::SERVICE, service.0).await?;
        let drifted = services::drift(read, Scope::Platform, service).await?;
        let mut by_cluster: BTreeMap<ClusterId, Vec<_>> = BTreeMap::new();
        for row in drifted {
            let object = row.object();
            let objects = by_cluster.entry(row.cluster).or_default();
            if !objects.contains(&object) {
                objects.push(object);
            }
        }
        let mut reverted = 0;
        for (cluster, objects) in by_cluster {
            let port = self.world.cluster(cluster).await?;
            reverted += reconcilers::revert(&self.world, &document, cluster, port.as_ref(), &objects)
                .await
                .map_err(|error| Error::Refused { code: ErrorCode::ApplyRefused, message: error.to_string() })?;
        }
        Ok(reverted)
    }
}

impl Running {
    /// Adds a task of the composition root's, which ends when its token fires.
    pub fn add<F: Future<Output = ()> + Send + 'static>(&mut self, task: impl FnOnce(CancellationToken) -> F) {
        self.tasks.spawn(task(self.shutdown.clone()));
    }

    /// Ends all tasks; sagas in flight go on in the next process.
    pub async fn stop(mut self) {
        self.shutdown.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}
