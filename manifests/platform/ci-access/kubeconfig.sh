#!/bin/sh
# Prints a kubeconfig with which CI can release to one environment and reach nothing else.
# Call it as the cluster's administrator, after `kubectl apply -k manifests/platform/ci-access`:
#
#   manifests/platform/ci-access/kubeconfig.sh dev >ci-dev.kubeconfig
#
# With `dagger` it is the one for an engine in the cluster: see docs/scale.md.
#
# Its token is good for 30 days, or for as long as a second argument says (8h); the cluster may
# allow less. To revoke it before that, delete the ServiceAccount and apply it anew.
set -eu

environment=${1:?"usage: $0 dev|stage|prod|dagger [duration]"}
duration=${2:-720h}

current() {
    kubectl config view --raw --minify --flatten --output "jsonpath={.clusters[0].cluster.$1}"
}

umask 077
token=$(kubectl --namespace "$environment" create token ci --duration "$duration")
cat <<END
apiVersion: v1
kind: Config
current-context: ci-$environment
contexts:
  - name: ci-$environment
    context: {cluster: cluster, user: ci, namespace: $environment}
clusters:
  - name: cluster
    cluster:
      server: $(current server)
      certificate-authority-data: $(current certificate-authority-data)
users:
  - name: ci
    user: {token: $token}
END
