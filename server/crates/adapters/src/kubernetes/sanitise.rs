//! A kubeconfig can name programs to run, files to read and proxies to use. Ours may not: only a server address,
//! a CA and inline credentials are kept (perf-and-security finding 5; OWASP A1.3.6).

use hypo_model::ports::cluster::Error;
use hypo_shared::ErrorCode;
use kube::config::{AuthInfo, Cluster, Kubeconfig};
use serde_json::{Value, json};

/// Bytes of a kubeconfig that are read at most.
const MAX_BYTES: usize = 256 * 1024;

/// Keeps the current context with inline data; names every refused member.
pub fn sanitise(text: &str) -> Result<String, Error> {
    if text.len() > MAX_BYTES {
        return Err(invalid("the kubeconfig is larger than 256 KiB"));
    }
    let config = Kubeconfig::from_yaml(text).map_err(|error| invalid(&error.to_string()))?;
    let name = config.current_context.clone().unwrap_or_default();
    let context = config
        .contexts
        .iter()
        .find(|context| context.name == name || (name.is_empty() && config.contexts.len() == 1))
        .and_then(|named| named.context.clone())
        .ok_or_else(|| invalid("it names no current context"))?;
    let cluster = config
        .clusters
        .iter()
        .find(|named| named.name == context.cluster)
        .and_then(|named| named.cluster.clone())
        .ok_or_else(|| invalid("the current context's cluster is not there"))?;
    let user = config
        .auth_infos
        .iter()
        .find(|named| Some(&named.name) == context.user.as_ref())
        .and_then(|named| named.auth_info.clone())
        .ok_or_else(|| invalid("the current context's user is not there"))?;

    let refused = refused_members(&cluster, &user, text);
    if !refused.is_empty() {
        return Err(Error {
            code: ErrorCode::KubeconfigUnsafe,
            message: format!("the kubeconfig uses {}", refused.join(", ")),
            transient: false,
        });
    }
    inline(&cluster, &user, context.namespace.as_deref())
}

fn refused_members(cluster: &Cluster, user: &AuthInfo, text: &str) -> Vec<&'static str> {
    let server = cluster.server.as_deref().unwrap_or_default();
    let checks: [(bool, &'static str); 10] = [
        (user.exec.is_some(), "exec (a program to run)"),
        (user.auth_provider.is_some(), "auth-provider"),
        (user.token_file.is_some(), "tokenFile (a file path)"),
        (user.client_certificate.is_some(), "client-certificate (a file path)"),
        (user.client_key.is_some(), "client-key (a file path)"),
        (user.impersonate.is_some() || user.impersonate_groups.is_some(), "act-as (impersonation)"),
        (cluster.certificate_authority.is_some(), "certificate-authority (a file path)"),
        (cluster.proxy_url.is_some(), "proxy-url"),
        (cluster.insecure_skip_tls_verify == Some(true), "insecure-skip-tls-verify"),
        (!server.starts_with("https://"), "a server address without https"),
    ];
    let mut refused: Vec<_> = checks.into_iter().filter(|(found, _)| *found).map(|(_, name)| name).collect();
    if user.username.is_some() || user.password.is_some() {
        refused.push("username and password");
    }
    // Other users and contexts are dropped below, but a file that carries a program at all deserves a word.
    if refused.is_empty() && text.contains("cmd-path") {
        refused.push("auth-provider cmd-path");
    }
    refused
}

fn inline(cluster: &Cluster, user: &AuthInfo, namespace: Option<&str>) -> Result<String, Error> {
    let user = serde_json::to_value(user).map_err(|error| invalid(&error.to_string()))?;
    let keep = |members: &[&str], from: &Value| -> Value {
        members.iter().filter_map(|name| from.get(*name).map(|value| ((*name).to_owned(), value.clone()))).collect()
    };
    let credentials = keep(&["token", "client-certificate-data", "client-key-data"], &user);
    if credentials.as_object().is_none_or(serde_json::Map::is_empty) {
        return Err(invalid("it holds no token and no client certificate"));
    }
    let cluster = serde_json::to_value(cluster).map_err(|error| invalid(&error.to_string()))?;
    let mut context = json!({"cluster": "cluster", "user": "user"});
    if let Some(namespace) = namespace {
        context["namespace"] = json!(namespace);
    }
    Ok(json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "cluster", "cluster": keep(&["server", "certificate-authority-data", "tls-server-name"], &cluster)}],
        "users": [{"name": "user", "user": credentials}],
        "contexts": [{"name": "context", "context": context}],
        "current-context": "context",
    })
    .to_string())
}

fn invalid(message: &str) -> Error {
    Error { code: ErrorCode::KubeconfigInvalid, message: message.to_owned(), transient: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kubeconfig(cluster: &str, user: &str) -> String {
        format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts:\n- name: c\n  context: {{cluster: k, user: u}}\n\
             clusters:\n- name: k\n  cluster: {{server: 'https://10.0.0.1:6443', {cluster}}}\n\
             users:\n- name: u\n  user: {{{user}}}\n"
        )
    }

    #[test]
    fn inline_credentials_are_kept_and_nothing_else() {
        let clean = sanitise(&kubeconfig("certificate-authority-data: Y2E=", "token: secret, extensions: []")).unwrap();
        let clean: Value = serde_json::from_str(&clean).unwrap();
        assert_eq!(clean["users"][0]["user"], json!({"token": "secret"}));
        assert_eq!(
            clean["clusters"][0]["cluster"],
            json!({"server": "https://10.0.0.1:6443", "certificate-authority-data": "Y2E="})
        );
        assert_eq!(sanitise(&clean.to_string()).unwrap(), clean.to_string(), "clean stays clean");
    }

    #[test]
    fn what_could_reach_out_is_refused() {
        for (cluster, user, word) in [
            ("", "exec: {apiVersion: client.authentication.k8s.io/v1, command: touch, args: [/tmp/x]}", "exec"),
            ("", "auth-provider: {name: gcp, config: {cmd-path: /bin/sh}}", "auth-provider"),
            ("", "tokenFile: /etc/shadow", "tokenFile"),
            ("", "client-certificate: /a, client-key: /b", "client-key"),
            ("", "token: t, as: system:admin", "impersonation"),
            ("", "username: a, password: b", "password"),
            ("certificate-authority: /etc/passwd", "token: t", "certificate-authority"),
            ("proxy-url: 'http://127.0.0.1:1'", "token: t", "proxy-url"),
            ("insecure-skip-tls-verify: true", "token: t", "insecure"),
        ] {
            let error = sanitise(&kubeconfig(cluster, user)).unwrap_err();
            assert_eq!(error.code, ErrorCode::KubeconfigUnsafe, "{user} {cluster}");
            assert!(error.message.contains(word), "{}", error.message);
        }
    }

    #[test]
    fn nonsense_is_named() {
        for text in ["", "{", "current-context: x", "a: &a [*a]"] {
            assert_eq!(sanitise(text).unwrap_err().code, ErrorCode::KubeconfigInvalid, "{text}");
        }
    }
}
