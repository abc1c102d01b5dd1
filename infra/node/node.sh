#!/bin/sh
# Makes the machine one that kubeadm can take: kernel settings, containerd, and Kubernetes' packages.
set -eu
. /etc/cluster/node.env
export DEBIAN_FRONTEND=noninteractive
export HOME=/root # cloud-init sets none, and gpg keeps its files there

fail() {
    echo "$*" >&2
    exit 1
}

# Debian's own timers update packages after a start too: wait for their lock. And keep the
# configuration of containerd, which is there before its package.
apt() {
    apt-get --quiet --yes --option DPkg::Lock::Timeout=600 \
        --option Dpkg::Options::=--force-confold --no-install-recommends "$@"
}

modprobe overlay
modprobe br_netfilter # before its settings, which do not exist without it
sysctl --system >/dev/null

apt update
apt install ca-certificates curl gpg containerd

key=$(mktemp)
trap 'rm -f "$key"' EXIT
curl --fail --silent --show-error --location --proto =https --retry 5 --output "$key" "$REPOSITORY/Release.key"
found=$(gpg --batch --show-keys --with-colons "$key" | awk -F: '$1 == "fpr" { print $10; exit }')
[ "$found" = "$FINGERPRINT" ] ||
    fail "$REPOSITORY is signed with the key $found and not $FINGERPRINT: nothing is installed from it."
mkdir -p /etc/apt/keyrings
gpg --batch --yes --dearmor --output /etc/apt/keyrings/kubernetes.gpg "$key"
echo "deb [signed-by=/etc/apt/keyrings/kubernetes.gpg] $REPOSITORY/ /" >/etc/apt/sources.list.d/kubernetes.list

apt update
apt install "kubelet=$KUBERNETES_VERSION-*" "kubeadm=$KUBERNETES_VERSION-*" "kubectl=$KUBERNETES_VERSION-*"
# kubeadm upgrades them, in an order of its own, and no update of the system does.
apt-mark hold kubelet kubeadm kubectl

touch /etc/cluster/prepared
