//! The contract suite: against the twin, or against the server of `HYPO_KUBECONFIG`.

use hypo_tests::contract::{Target, apply, cluster, collections, objects, watch, workloads};

macro_rules! clauses {
    ($($test:ident => $function:path),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let mut target = Target::get().await;
                $function(&target).await;
                if let Some(twin) = target.twin.take() {
                    twin.stop().await;
                }
            }
        )+
    };
}

clauses! {
    objects_live => objects::life,
    refusals_are_exact => objects::refusals,
    dry_runs_store_nothing => objects::dry_run,
    defaults_are_filled_in => objects::defaults,
    generations_count => objects::generations,
    services_get_addresses => objects::services,
    finalizers_hold => objects::finalizers,
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
    tokens_identify => cluster::identity,
    custom_resources_are_served => cluster::custom,
    deployments_roll_out => workloads::rollout,
    deployments_roll_over => workloads::rolling,
    stateful_sets_keep_claims => workloads::stateful,
    unschedulable_says_why => workloads::unschedulable,
    quotas_reach_deployments => workloads::quota,
    jobs_end => workloads::jobs,
    namespaces_empty => workloads::namespaces,
}
