#!/bin/sh
# Makes the cluster on its control plane, with Calico for its network.
# Whatever cut it off, it can be run again, and leaves a cluster that is made as it is.
set -eu
. /etc/cluster/control-plane.env
export KUBECONFIG=/etc/kubernetes/admin.conf

exec 9>/run/cluster-init.lock
flock 9 # until a run that is at it has come to its end
[ ! -e /etc/cluster/initialised ] || exit 0
cluster-node

# Before kubeadm: without its network a cluster is of no use.
manifest=$(mktemp)
trap 'rm -f "$manifest"' EXIT
cluster-fetch "$CALICO_MANIFEST" "$manifest"
if [ -n "$CALICO_SHA256" ] && ! echo "$CALICO_SHA256  $manifest" | sha256sum --check --status; then
    echo "$CALICO_MANIFEST does not have the checksum calico_manifest_sha256: nothing is applied." >&2
    exit 1
fi

# On a machine that is busy a reset gives up on containers that are slow to end, and says no word of
# it in its exit code: their ports stay taken.
reset() {
    for _ in 1 2 3 4 5 6; do
        kubeadm reset --force
        pgrep --exact 'etcd|kube-apiserver|kube-controller|kube-scheduler' >/dev/null || return 0
        sleep 10
    done
    echo "$(hostname) still runs parts of a cluster that was not made to its end: restart it, and apply again." >&2
    exit 1
}

if [ ! -e /etc/cluster/made ]; then
    # What is left of a try that did not come to its end: kubeadm wants none of it.
    [ ! -e /etc/kubernetes/pki ] || reset
    # Without the command to join, which would stand in the log with its token.
    kubeadm init --config /etc/cluster/kubeadm.yaml --skip-token-print
    touch /etc/cluster/made
fi
# Calico reads the pods' network from what kubeadm has just written.
kubectl apply --server-side --filename "$manifest"
kubectl wait --for condition=Ready nodes --all --timeout "$((10 * PATIENCE))m"
# kubeadm keeps load balancers of a cloud away from it, where there may be no other machine.
[ "$ALONE" = false ] || kubectl label nodes --all node.kubernetes.io/exclude-from-external-load-balancers-

touch /etc/cluster/initialised
