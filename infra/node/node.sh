#!/bin/sh
# Makes the machine one that kubeadm can take: kernel settings, containerd, and Kubernetes' packages.
# Whatever cut it off, it can be run again.
set -eu
. /etc/cluster/node.env
export DEBIAN_FRONTEND=noninteractive
export HOME=/root # cloud-init sets none, and gpg keeps its files there

fail() {
    echo "$*" >&2
    exit 1
}

exec 9>/run/cluster-node.lock
flock 9 # until a run that is at it has come to its end
[ ! -e /etc/cluster/prepared ] || exit 0

# Debian's own timers update packages after a start too: wait for their lock. And keep the
# configuration of containerd, which is there before its package.
apt() {
    apt-get --quiet --yes --option DPkg::Lock::Timeout=600 \
        --option Dpkg::Options::=--force-confold --no-install-recommends "$@"
}

# Neither dpkg nor apt with its lists waits for a lock that somebody else has.
patiently() {
    for _ in 1 2 3 4 5 6; do
        ! "$@" || return 0
        sleep 10
    done
    return 1
}

# Without --error-on a list that cannot be fetched is a warning, and the one before it stays.
update() {
    patiently apt update --error-on=any ||
        fail "$(hostname) cannot fetch the lists of its packages, as above: is it for a proxy or a mirror?"
}

modprobe overlay
modprobe br_netfilter # before its settings, which do not exist without it
modprobe nf_conntrack # kube-proxy sets its size before anything has loaded it, and ends
sysctl --system >/dev/null
swapoff --all # the kubelet does not start beside swap
systemctl --quiet mask swap.target

# Before anything is fetched. Where the program is missing, its package does the same.
! command -v update-ca-certificates >/dev/null || update-ca-certificates >/dev/null
if [ -n "$DEBIAN_MIRROR" ]; then
    release=$(. /etc/os-release && echo "$VERSION_CODENAME")
    rm -f /etc/apt/sources.list
    cat >/etc/apt/sources.list.d/debian.sources <<END
Types: deb
URIs: $DEBIAN_MIRROR
Suites: $release $release-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: $DEBIAN_SECURITY_MIRROR
Suites: $release-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
END
fi

# What a machine left that went off in the middle of a package.
[ -z "$(ls /var/lib/dpkg/updates)" ] || patiently dpkg --force-confold --configure --pending
update
apt install ca-certificates curl gpg containerd
# With the proxy and the authorities that are given, whenever it was installed.
systemctl daemon-reload
systemctl restart containerd

key=$(mktemp)
trap 'rm -f "$key"' EXIT
cluster-fetch "$REPOSITORY/Release.key" "$key"
# Each key of the file would be trusted, and so there may be no other.
found=$(gpg --batch --show-keys --with-colons "$key" |
    awk -F: '$1 == "pub" { primary = 1 } $1 == "fpr" && primary { print $10; primary = 0 }')
[ "$found" = "$FINGERPRINT" ] ||
    fail "$REPOSITORY is signed with the key" $found "and not $FINGERPRINT alone: nothing is installed from it."
mkdir -p /etc/apt/keyrings
gpg --batch --yes --dearmor --output /etc/apt/keyrings/kubernetes.gpg "$key"
echo "deb [signed-by=/etc/apt/keyrings/kubernetes.gpg] $REPOSITORY/ /" >/etc/apt/sources.list.d/kubernetes.list

update
apt install "kubelet=$KUBERNETES_VERSION-*" "kubeadm=$KUBERNETES_VERSION-*" "kubectl=$KUBERNETES_VERSION-*"
# kubeadm upgrades them, in an order of its own, and no update of the system does.
apt-mark hold kubelet kubeadm kubectl

touch /etc/cluster/prepared
