#!/bin/sh
# Prints a kubeconfig with which CI can release to one environment and reach nothing else.
# Call it as the cluster's administrator, after `kubectl apply -k manifests/platform/ci-access`:
#
#   manifests/platform/ci-access/kubeconfig.sh dev >ci-dev.kubeconfig
#
# With `plan` as a third argument it is the one for plans of pull requests, which reaches every
# environment and changes none: apply manifests/platform/plan-access before.
#
#   manifests/platform/ci-access/kubeconfig.sh dev 720h plan >plan.kubeconfig
#
# With `dagger` it is the one for an engine in the cluster: see docs/scale.md.
#
# Its token is good for 30 days, or for as long as a second argument says (8h); the cluster may
# allow less. To revoke it before that, delete the ServiceAccount and apply it anew.
set -eu

environment=${1:?"usage: $0 dev|stage|prod|dagger [duration [ci|plan]]"}
duration=${2:-720h}
account=${3:-ci}

current() {
    kubectl config view --raw --minify --flatten --output "jsonpath={.clusters[0].cluster.$1}"
}

umask 077
token=$(kubectl --namespace "$environment" create token "$account" --duration "$duration")
cat <<END
apiVersion: v1
kind: Config
current-context: $account-$environment
contexts:
  - name: $account-$environment
    context: {cluster: cluster, user: $account, namespace: $environment}
clusters:
  - name: cluster
    cluster:
      server: $(current server)
      certificate-authority-data: $(current certificate-authority-data)
users:
  - name: $account
    user: {token: $token}
END
