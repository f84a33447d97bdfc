//! Analysis never panics and does not hang on the order of documents; archives never leave their folder.

use hypo_package::{
    Document, Limits, Options, Origin, Render, analyse, canonical, compare_renders, components, keep_generated,
    manifest,
    naming::{Isolation, isolate},
    source::unpack_tgz,
    values,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Names that collide often, so that references hit.
fn name() -> BoxedStrategy<String> {
    prop::sample::select(vec!["a", "b", "db", "api", "", "é", "a.b"]).prop_map(str::to_owned).boxed()
}

fn text() -> BoxedStrategy<String> {
    prop_oneof![
        name(),
        (name(), any::<u16>()).prop_map(|(host, port)| format!("{host}:{port}")),
        (name(), name()).prop_map(|(user, host)| format!("pg://{user}:x@{host},{host}:1/$(A)${{B:-{user}}}")),
        (name(), name()).prop_map(|(key, host)| format!("{key}={host}\n- \"{host}\": [{key}:80]\nhost: {host}\n")),
        "[ -~]{0,24}",
        "\\PC{0,12}",
    ]
    .boxed()
}

/// Any JSON, with members that mean something to the analysis.
fn anything() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::from)
    ];
    const KEYS: &str = "name spec template containers env value ports port selector matchLabels volumes configMap secret data \
        envFrom subjects roleRef rules webhooks namespace labels items app";
    let key = prop::sample::select(KEYS.split_ascii_whitespace().collect::<Vec<_>>());
    leaf.prop_recursive(5, 48, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((key.clone(), inner), 0..5).prop_map(|members| Value::Object(
                members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
            )),
        ]
    })
    .boxed()
}

/// A document of a known kind with anything inside.
fn wild() -> BoxedStrategy<Value> {
    let kind = prop::sample::select(vec![
        ("apps/v1", "Deployment"),
        ("apps/v1", "StatefulSet"),
        ("batch/v1", "CronJob"),
        ("v1", "Pod"),
        ("v1", "Service"),
        ("v1", "ConfigMap"),
        ("v1", "Secret"),
        ("rbac.authorization.k8s.io/v1", "RoleBinding"),
        ("networking.k8s.io/v1", "Ingress"),
        ("x.io/v1", "Thing"),
        ("v1", "Namespace"),
        ("v1", "PersistentVolumeClaim"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
        ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"),
    ]);
    let namespace = prop::sample::select(vec!["", "n", "m"]);
    (kind, name(), namespace, anything(), anything(), anything()).prop_map(
        |((version, kind), name, namespace, spec, data, labels)| {
            json!({"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": namespace, "labels": labels, "annotations": data},
                   "spec": spec, "data": data, "subjects": spec, "webhooks": labels, "rules": labels})
        },
    )
    .boxed()
}

/// Well-formed workloads and Services that refer to each other.
fn tame() -> BoxedStrategy<Value> {
    let workload = (name(), text(), text(), name()).prop_map(|(name, value, file, other)| {
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
            "spec": {"template": {"metadata": {"labels": {"app": name}}, "spec": {
                "serviceAccountName": other,
                "containers": [{"name": "c", "env": [{"name": "A", "value": value}, {"name": "X_HOST", "value": "$(A)"}], "args": [file]}],
                "volumes": [{"name": "v", "configMap": {"name": other}}, {"name": "p", "persistentVolumeClaim": {"claimName": other}}]}}}})
    });
    let service = (name(), name(), any::<u16>()).prop_map(|(name, app, port)| {
        json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": {"selector": {"app": app}, "ports": [{"port": port}]}})
    });
    let alias = (name(), name()).prop_map(|(name, target)| {
        json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": {"type": "ExternalName", "externalName": format!("{target}.default.svc.cluster.local")}})
    });
    let config = (name(), text()).prop_map(|(name, text)| json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"f": text}}));
    prop_oneof![3 => workload, 3 => service, 1 => alias, 1 => config].boxed()
}

fn render(objects: &[Value]) -> Render {
    let document = |object: &Value| Document { object: object.clone(), origin: Origin::default() };
    Render::new(objects.iter().map(document).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn analysis_takes_anything_and_loses_nothing(objects in prop::collection::vec(prop_oneof![wild(), tame()], 0..12)) {
        let render = render(&objects);
        let analysis = analyse(&render, &Options::default());
        let graph = components::graph(&render);
        let mut seen: Vec<usize> = graph.components.iter().flat_map(|node| node.objects.iter().copied().chain([node.workload])).chain(graph.shared.iter().map(|shared| shared.index)).collect();
        seen.sort_unstable();
        prop_assert_eq!(seen, (0..render.documents.len()).collect::<Vec<_>>(), "every document in exactly one place");
        prop_assert_eq!(analysis.components.len(), graph.components.len());
        let names: std::collections::BTreeSet<_> = analysis.components.iter().map(|component| &component.name).collect();
        prop_assert_eq!(names.len(), analysis.components.len(), "names are unique");
        prop_assert!(analysis.edges.iter().all(|edge| edge.from != edge.to && edge.confidence >= 0.6 && names.contains(&edge.to)));
        prop_assert!(analysis.candidates.iter().all(|edge| edge.confidence < 0.6));
        let isolation = Isolation { namespace: "t".into(), suffix: "s".into(), source_namespaces: Vec::new() };
        let (documents, overrides) = isolate(&render.documents, &isolation);
        prop_assert_eq!(documents.len(), overrides.len());
    }

    #[test]
    fn the_order_of_documents_does_not_matter(
        (objects, shuffled) in prop::collection::vec(prop_oneof![1 => wild(), 3 => tame()], 0..14).prop_flat_map(|objects| (Just(objects.clone()), Just(objects).prop_shuffle()))
    ) {
        let (a, b) = (render(&objects), render(&shuffled));
        prop_assert_eq!(&a.digest, &b.digest);
        prop_assert_eq!(analyse(&a, &Options::default()), analyse(&b, &Options::default()));
    }

    #[test]
    fn any_text_is_parsed_or_refused(text in prop_oneof!["\\PC{0,200}", "[\\-a-z:{}\\[\\]&*!|> \n\"']{0,120}"]) {
        let limits = Limits { documents: 20, nodes: 2_000, ..Limits::default() };
        if let Ok(documents) = manifest::parse_str(&text, limits) {
            prop_assert!(documents.iter().all(|document| document.object.is_object()));
        }
        let _ = values::form(&text, Some("{}"));
    }

    #[test]
    fn archives_stay_in_their_folder(entries in prop::collection::vec(("[a./\\\\\u{e9}-]{1,12}", 0_u8..8, "[a-z]{0,8}"), 0..6), cut in any::<prop::sample::Index>()) {
        let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
        for (path, kind, content) in &entries {
            let mut header = tar::Header::new_gnu();
            header.as_gnu_mut().expect("a GNU header").name[..path.len()].copy_from_slice(path.as_bytes());
            let kinds = [tar::EntryType::Regular, tar::EntryType::Regular, tar::EntryType::Regular, tar::EntryType::Directory, tar::EntryType::Symlink, tar::EntryType::Link, tar::EntryType::Fifo, tar::EntryType::Char];
            header.set_entry_type(kinds[usize::from(*kind)]);
            header.set_size(content.len() as u64);
            header.set_cksum();
            builder.append(&header, content.as_bytes()).expect("memory takes it");
        }
        let bytes = builder.into_inner().expect("memory takes it").finish().expect("memory takes it");
        for bytes in [&bytes[..], &bytes[..cut.index(bytes.len() + 1)]] {
            if let Ok(files) = unpack_tgz(bytes, Limits::default()) {
                for file in files {
                    let clean = file.path.split('/').all(|part| !part.is_empty() && part != "." && part != ".." && !part.contains('\\'));
                    prop_assert!(clean, "{}", file.path);
                }
            }
        }
    }

    #[test]
    fn generated_values_are_found_and_kept(secret_a in "[a-z]{8}", secret_b in "[A-Z]{8}", same in text()) {
        let object = |secret: &str| json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"p/w": secret, "user": same}});
        let (mut first, second) = (render(&[object(&secret_a)]), render(&[object(&secret_b)]));
        first.generated = compare_renders(&first, &second);
        prop_assert_eq!(first.generated.len(), 1);
        prop_assert_eq!(&first.generated[0].path, "/data/p~1w");
        let mut upgrade = second;
        keep_generated(&mut upgrade, &first);
        prop_assert_eq!(&upgrade.documents, &first.documents);
        prop_assert_eq!(&upgrade.digest, &first.digest);
        prop_assert_eq!(&upgrade.generated, &first.generated);
        prop_assert!(compare_renders(&upgrade, &first).is_empty());
    }

    #[test]
    fn canonical_json_is_a_function_of_the_value(value in anything()) {
        let text = canonical::to_string(&value);
        let back: Value = serde_json::from_str(&text).expect("canonical JSON is JSON");
        prop_assert_eq!(canonical::to_string(&back), text);
        prop_assert_eq!(back, value);
    }
}
