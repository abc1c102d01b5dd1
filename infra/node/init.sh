#!/bin/sh
# Makes the cluster on its control plane, with Calico for its network.
set -eu
. /etc/cluster/control-plane.env
export KUBECONFIG=/etc/kubernetes/admin.conf

# Before anything else: without its network a cluster is of no use.
manifest=$(mktemp)
trap 'rm -f "$manifest"' EXIT
url=https://raw.githubusercontent.com/projectcalico/calico/v$CALICO_VERSION/manifests/calico.yaml
curl --fail --silent --show-error --location --proto =https --retry 5 --output "$manifest" "$url"
if [ -n "$CALICO_SHA256" ] && ! echo "$CALICO_SHA256  $manifest" | sha256sum --check --status; then
    echo "$url does not have the checksum calico_manifest_sha256: nothing is applied." >&2
    exit 1
fi

# Without the command to join, which would stand in the log with its token.
kubeadm init --config /etc/cluster/kubeadm.yaml --skip-token-print
# Calico reads the pods' network from what kubeadm has just written.
kubectl apply --server-side --filename "$manifest"
kubectl wait --for condition=Ready nodes --all --timeout 10m

touch /etc/cluster/initialised
