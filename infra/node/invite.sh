#!/bin/sh
# Prints the kubeconfig with which one machine can join within the next ten minutes.
# Its token is on no command line, and can do nothing but ask for a kubelet's certificate.
set -eu
. /etc/cluster/control-plane.env
export KUBECONFIG=/etc/kubernetes/admin.conf

token=$(kubeadm token create --ttl 10m --usages authentication)
authority=$(base64 --wrap 0 /etc/kubernetes/pki/ca.crt)
cat <<END
apiVersion: v1
kind: Config
current-context: join
contexts:
  - name: join
    context: {cluster: cluster, user: joining}
clusters:
  - name: cluster
    cluster:
      server: https://$ENDPOINT
      certificate-authority-data: $authority
users:
  - name: joining
    user: {token: $token}
END
