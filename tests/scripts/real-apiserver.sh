#!/bin/sh
# Runs the Kubernetes contract suite against real Kubernetes programs: API server, controller manager and scheduler,
# with etcd behind them. The nodes are kwok's: pods are scheduled and become ready, but no container runs, so the
# clauses about containers and their usage do not apply and the suite says so.
#
#   tests/scripts/real-apiserver.sh build     gets and builds what is missing (about 12 CPU minutes and 3 GB, once per version)
#   tests/scripts/real-apiserver.sh test      starts everything on loopback, runs the suite, stops it again
#   tests/scripts/real-apiserver.sh run CMD   the same with another command, which finds $HYPO_KUBECONFIG
#
# Needs go, openssl, curl, and for the first build the Go module registry: without it `build` and `test` end with 75
# ("not to be had here"), which .ci/run reports and does not count as failed. Binaries are kept in $HYPO_CACHE.
# A cluster with real nodes: HYPO_KUBECONFIG=FILE cargo test -p hypo-tests --test contract, with the parts it lacks in
# HYPO_KUBE_LACKS (workloads, volumes, containers, metrics) and images it can run in HYPO_KUBE_IMAGE and
# HYPO_KUBE_ENDING_IMAGE.
set -eu

VERSION="${HYPO_KUBE_VERSION:-1.34.2}"
ETCD_VERSION="v3.6.4"
KWOK_VERSION="v0.7.0"
CACHE="${HYPO_CACHE:-$HOME/.cache/hypo}/kube-$VERSION"
HERE="$(cd "$(dirname "$0")/../.." && pwd)"
PATH="$PATH:/usr/local/go/bin"
jobs="${HYPO_BUILD_JOBS:-2}"

missing() {
    echo "real API server: not to be had here: $*" >&2
    exit 75
}

build() {
    if [ -x "$CACHE/kube" ] && [ -x "$CACHE/kwok" ]; then return; fi
    command -v go >/dev/null || missing "there is no go"
    mkdir -p "$CACHE/src"
    cd "$CACHE/src"
    minor="${VERSION#*.}"
    about="$(go mod download -json "k8s.io/kubernetes@v$VERSION" 2>&1)" || missing "the module registry does not answer"
    mod="$(printf '%s' "$about" | sed -n 's/.*"GoMod": "\(.*\)".*/\1/p')"
    {
        printf 'module hypo.dev/kube\n\ngo 1.24.0\n\ngodebug default=go1.24\n\n'
        printf 'require (\n\tk8s.io/kubernetes v%s\n\tgo.etcd.io/etcd/server/v3 %s\n)\n\nreplace (\n' "$VERSION" "$ETCD_VERSION"
        # The published module names its staging modules v0.0.0; they are released as v0.MINOR.PATCH.
        sed -n 's/^[[:space:]]*\(k8s\.io\/[a-z-]*\) v0\.0\.0$/\1/p' "$mod" | sort -u | while read -r module; do
            printf '\t%s => %s v0.%s\n' "$module" "$module" "$minor"
        done
        printf ')\n'
    } > go.mod
    cat > main.go <<'GO'
// etcd, API server, controller manager and scheduler in one program, chosen by the first argument.
package main

import (
	"os"

	etcd "go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

func main() {
	name := os.Args[1]
	os.Args = append([]string{name}, os.Args[2:]...)
	switch name {
	case "etcd":
		etcd.Main(os.Args)
	case "kube-apiserver":
		os.Exit(cli.Run(apiserver.NewAPIServerCommand()))
	case "kube-controller-manager":
		os.Exit(cli.Run(controllers.NewControllerManagerCommand()))
	case "kube-scheduler":
		os.Exit(cli.Run(scheduler.NewSchedulerCommand()))
	default:
		os.Exit(2)
	}
}
GO
    export CGO_ENABLED=0
    GOFLAGS= GOBIN="$CACHE" nice -n 19 go install -p "$jobs" -trimpath -ldflags "-s -w" "sigs.k8s.io/kwok/cmd/kwok@$KWOK_VERSION"
    export GOFLAGS=-mod=mod
    go mod tidy -e >/dev/null 2>&1 || true
    stamp="k8s.io/component-base/version"
    nice -n 19 go build -p "$jobs" -trimpath -o "$CACHE/kube.new" -ldflags \
        "-s -w -X $stamp.gitVersion=v$VERSION -X $stamp.gitMajor=1 -X $stamp.gitMinor=${minor%%.*}" .
    mv "$CACHE/kube.new" "$CACHE/kube"
}

# free N: that many ports of 127.0.0.1 which nobody listens on now, below the range the system gives out itself.
free() {
    number=$((20000 + ($$ * 7) % 9000))
    left="$1"
    while [ "$left" -gt 0 ]; do
        number=$((number + 1))
        code=0
        curl --silent --output /dev/null --max-time 1 "http://127.0.0.1:$number/" || code=$?
        # 7: nobody accepts the connection.
        if [ "$code" = 7 ]; then
            echo "$number"
            left=$((left - 1))
        fi
    done
}

# send METHOD PATH: a JSON document from standard input to the API server.
send() {
    curl --silent --show-error --fail --cacert "$work/certs/apiserver.crt" --header "Authorization: Bearer $token" \
        --header 'Content-Type: application/json' --request "$1" --data-binary @- --output "$work/answer" \
        "https://127.0.0.1:$port$2"
}

run() {
    work="$(mktemp -d)"
    pids=""
    trap 'for pid in $pids; do kill "$pid" 2>/dev/null || true; done; wait; rm -rf "$work"' EXIT INT TERM
    # shellcheck disable=SC2046
    set -- $(free 4)
    client="$1" peer="$2" port="$3" node_port="$4"
    "$CACHE/kube" etcd --data-dir "$work/etcd" --listen-client-urls "http://127.0.0.1:$client" \
        --advertise-client-urls "http://127.0.0.1:$client" --listen-peer-urls "http://127.0.0.1:$peer" \
        --initial-advertise-peer-urls "http://127.0.0.1:$peer" --initial-cluster "default=http://127.0.0.1:$peer" \
        --unsafe-no-fsync > "$work/etcd.log" 2>&1 &
    pids="$!"
    openssl genrsa -out "$work/sa.key" 2048 2>/dev/null
    openssl rsa -in "$work/sa.key" -pubout -out "$work/sa.pub" 2>/dev/null
    token="$(openssl rand -hex 16)"
    printf '%s,admin,admin,system:masters\n' "$token" > "$work/tokens.csv"
    "$CACHE/kube" kube-apiserver --etcd-servers="http://127.0.0.1:$client" --bind-address=127.0.0.1 \
        --secure-port="$port" --cert-dir="$work/certs" --service-cluster-ip-range=10.96.0.0/16 \
        --authorization-mode=RBAC --token-auth-file="$work/tokens.csv" --allow-privileged=true \
        --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$work/sa.pub" \
        --service-account-signing-key-file="$work/sa.key" --disable-admission-plugins=ServiceAccount \
        > "$work/apiserver.log" 2>&1 &
    pids="$pids $!"
    tries=0
    until curl --silent --fail --insecure --header "Authorization: Bearer $token" \
        "https://127.0.0.1:$port/readyz" >/dev/null 2>&1; do
        tries=$((tries + 1))
        if [ "$tries" -gt 240 ]; then
            tail -20 "$work/apiserver.log" >&2
            exit 1
        fi
        sleep 0.5
    done
    # The self-signed certificate of --cert-dir is its own authority and names 127.0.0.1.
    ca="$(base64 -w0 < "$work/certs/apiserver.crt")"
    cat > "$work/kubeconfig" <<YAML
apiVersion: v1
kind: Config
current-context: real
clusters: [{name: real, cluster: {server: "https://127.0.0.1:$port", certificate-authority-data: $ca}}]
users: [{name: admin, user: {token: $token}}]
contexts: [{name: real, context: {cluster: real, user: admin}}]
YAML
    "$CACHE/kube" kube-controller-manager --kubeconfig="$work/kubeconfig" --secure-port=0 --leader-elect=false \
        > "$work/controllers.log" 2>&1 &
    pids="$pids $!"
    "$CACHE/kube" kube-scheduler --kubeconfig="$work/kubeconfig" --secure-port=0 --leader-elect=false \
        > "$work/scheduler.log" 2>&1 &
    pids="$pids $!"
    "$CACHE/kwok" --kubeconfig="$work/kubeconfig" --manage-all-nodes=true --node-ip=127.0.0.1 --node-port="$node_port" \
        --server-address="127.0.0.1:$node_port" --cidr=10.0.0.1/24 > "$work/kwok.log" 2>&1 &
    pids="$pids $!"
    for node in one two; do
        send POST /api/v1/nodes <<JSON
{"metadata": {"name": "$node", "labels": {"kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux"}},
 "status": {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"},
            "capacity": {"cpu": "4", "memory": "8Gi", "pods": "110"}}}
JSON
    done
    # Nobody provisions volumes here: some are made beforehand, and claims without a class find them by the default one.
    send POST /apis/storage.k8s.io/v1/storageclasses <<JSON
{"metadata": {"name": "standard", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
 "provisioner": "kubernetes.io/no-provisioner"}
JSON
    for number in 1 2 3 4 5 6 7 8; do
        send POST /api/v1/persistentvolumes <<JSON
{"metadata": {"name": "volume-$number"},
 "spec": {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "storageClassName": "standard",
          "persistentVolumeReclaimPolicy": "Retain", "hostPath": {"path": "/nowhere"}}}
JSON
    done
    echo "real API server: Kubernetes v$VERSION with etcd $ETCD_VERSION, nodes by kwok $KWOK_VERSION" >&2
    cd "$HERE"
    status=0
    HYPO_KUBECONFIG="$work/kubeconfig" HYPO_KUBE_LACKS=containers,metrics sh -c "$command" || status=$?
    if [ "$status" != 0 ]; then
        for program in apiserver controllers scheduler kwok; do
            echo "--- the end of $program.log" >&2
            tail -5 "$work/$program.log" >&2
        done
    fi
    exit "$status"
}

case "${1:-test}" in
    build) build ;;
    test) command="cargo test --workspace --test contract" && build && run ;;
    run) shift && command="$*" && build && run ;;
    *) sed -n '2,16p' "$0"; exit 2 ;;
esac
