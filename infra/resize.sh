#!/bin/bash
# Gives machines the size that the variables have now, one at a time: each is drained, shut down,
# replaced and uncordoned before the next. Disks stay. Without names: all workers, then the
# control plane, whose API is away while it restarts.
#
#   TF_VAR_vm_cpu_cores=4 TF_VAR_vm_memory_gb=8 infra/resize.sh [MACHINE...]
set -euo pipefail
umask 077
cd "$(dirname "$0")"

fail() {
    echo "$*" >&2
    exit 1
}

output() {
    tofu output -json "$1" | python3 -c '
import json, sys
value = json.load(sys.stdin)
for name in sys.argv[1:]:
    value = value[name]
print(*(value if isinstance(value, list) else [value]), sep="\n", end="\n" if value else "")' "${@:2}"
}

SSH_USER=$(output ssh user)
SSH_KEY_FILE=$(output ssh key_file)
KNOWN_HOSTS=$(output ssh known_hosts)
LIBVIRT_DEFAULT_URI=$(output libvirt_uri)
export SSH_USER SSH_KEY_FILE KNOWN_HOSTS LIBVIRT_DEFAULT_URI
control_plane=$(output control_plane)
workers=$(output workers)
api=$(output machines "$control_plane")

kubectl() {
    scripts/ssh.sh "$api" sudo kubectl --kubeconfig /etc/kubernetes/admin.conf "$@"
}

boot_of() {
    kubectl get node "$1" --output 'jsonpath={.status.nodeInfo.bootID}'
}

# A node counts as ready for 40 seconds after its machine was shut down, so that alone says nothing.
wait_for_restart() {
    local machine=$1 before=$2
    for _ in $(seq 120); do
        if [ "$(boot_of "$machine" 2>/dev/null || echo "$before")" != "$before" ]; then
            kubectl wait --for condition=Ready "node/$machine" --timeout 10m
            return
        fi
        sleep 5
    done
    fail "$machine is not back after ten minutes: look at it with virsh console $machine; it is still cordoned."
}

resize() {
    local machine=$1 changes=0 before
    tofu plan -input=false -detailed-exitcode -out="$plan" -var resizing=true \
        -target="module.machines.libvirt_domain.machine[\"$machine\"]" || changes=$?
    case $changes in
        0)
            echo "$machine has that size."
            kubectl uncordon "$machine" # it may be that of a call that was interrupted
            return
            ;;
        2) ;;
        *) fail "$machine cannot be planned, as above: nothing was changed." ;;
    esac
    before=$(boot_of "$machine") ||
        fail "The API server does not answer, so nothing is drained: does $control_plane run? Nothing was changed."
    if [ -z "$workers" ]; then
        echo "$machine is the only one, so its pods have nowhere to go: they are away until it is back."
    elif ! kubectl drain "$machine" --ignore-daemonsets --delete-emptydir-data --timeout 10m; then
        kubectl uncordon "$machine"
        fail "$machine cannot be drained, as above: it runs as before, and the others were left alone."
    fi
    modules/libvirt/stop.sh "$machine"
    tofu apply -input=false "$plan"
    wait_for_restart "$machine" "$before"
    kubectl uncordon "$machine"
}

plan=.local/resize.plan
trap 'rm -f "$plan"' EXIT
if [ $# -eq 0 ]; then
    set -- $workers "$control_plane" # a host name has no spaces
fi
for machine; do
    resize "$machine"
done
