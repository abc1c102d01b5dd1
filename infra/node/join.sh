#!/bin/sh
# Joins the cluster that the invitation on standard input is to; one that has joined stays as it is.
set -eu
umask 077

exec 9>/run/cluster-join.lock
flock 9 # until a run that is at it has come to its end
if [ -e /etc/kubernetes/kubelet.conf ]; then
    cat >/dev/null
    rm -f /etc/kubernetes/bootstrap-kubelet.conf # with the token, of a run that was cut off
    exit
fi
# In memory, and gone when it has been used.
mkdir -p /run/cluster
trap 'rm -f /run/cluster/invitation' EXIT
cat >/run/cluster/invitation
# What is left of a try that did not come to its end: kubeadm wants none of it.
if [ -e /etc/kubernetes/bootstrap-kubelet.conf ] || [ -e /etc/kubernetes/pki/ca.crt ]; then
    kubeadm reset --force
fi
if ! kubeadm join --config /etc/cluster/kubeadm.yaml; then
    kubeadm reset --force # a second try finds the machine as the first one did
    exit 1
fi
