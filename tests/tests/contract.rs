//! The contract suite: against the twin, or against the server of `HYPO_KUBECONFIG`.
//!
//! It has a main function of its own, because the standard harness knows only passed and failed tests: a clause whose
//! part of a cluster is declared missing (`HYPO_KUBE_LACKS`) is named with its reason and not counted as passed.
#![expect(clippy::print_stdout, reason = "what does not apply is said plainly in the test's output")]

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    process::ExitCode,
};

use hypo_tests::contract::{
    Part::{self, Containers, Metrics, Volumes, Workloads},
    Target, apply, cluster, collections, fields, lacking, objects, watch, workloads,
};
use libtest_mimic::{Arguments, Trial};

type Clause = for<'t> fn(&'t Target) -> Pin<Box<dyn Future<Output = ()> + Send + 't>>;

macro_rules! clauses {
    ($($name:ident => $function:path $([$($part:ident),+])?),+ $(,)?) => {
        [$((stringify!($name), (|target| Box::pin($function(target))) as Clause, &[$($($part),+)?] as &[Part])),+]
    };
}

fn main() -> ExitCode {
    let clauses = clauses! {
        objects_live => objects::life,
        refusals_are_exact => objects::refusals,
        dry_runs_store_nothing => objects::dry_run,
        defaults_are_filled_in => objects::defaults,
        generations_count => objects::generations,
        services_get_addresses => objects::services,
        finalizers_hold => objects::finalizers,
        fields_are_judged => fields::validation,
        apply_owns_fields => apply::ownership,
        apply_names_conflicts => apply::conflicts,
        apply_merges_lists => apply::lists,
        apply_adopts => apply::adoption,
        selectors_select => collections::selectors,
        pages_are_whole => collections::pages,
        metadata_alone => collections::metadata,
        collections_are_deleted => collections::deletion,
        watches_tell => watch::events,
        watches_bookmark => watch::bookmarks,
        watchers_of_the_runtime => watch::runtime,
        clusters_are_discovered => cluster::discovery,
        nodes_say_what_they_hold => cluster::nodes [Workloads],
        tokens_identify => cluster::identity,
        custom_resources_are_served => cluster::custom,
        deployments_roll_out => workloads::rollout [Workloads],
        deployments_roll_over => workloads::rolling [Workloads],
        stateful_sets_keep_claims => workloads::stateful [Workloads, Volumes],
        unschedulable_says_why => workloads::unschedulable [Workloads],
        quotas_reach_deployments => workloads::quota [Workloads],
        jobs_end => workloads::jobs [Workloads],
        containers_start_and_log => workloads::containers [Workloads, Containers],
        usage_is_measured => workloads::metrics [Metrics],
        namespaces_empty => workloads::namespaces [Workloads],
    };
    let lacking = lacking();
    let mut trials = vec![];
    for (name, clause, needs) in clauses {
        match needs.iter().find(|part| lacking.contains(part)) {
            Some(part) => println!("not applicable: {name}: this cluster has no {}", part.name()),
            None => trials.push(Trial::test(name, move || held(clause))),
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Runs one clause against a target of its own.
fn held(clause: Clause) -> Result<(), libtest_mimic::Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let run = || {
        runtime.block_on(async {
            let mut target = Target::get().await;
            clause(&target).await;
            if let Some(twin) = target.twin.take() {
                twin.stop().await;
            }
        });
    };
    catch_unwind(AssertUnwindSafe(run)).map_err(|cause| {
        let text = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
        text.unwrap_or("the clause panicked").into()
    })
}
