#!/bin/bash
# Lets the worker $WORKER join the cluster of $CONTROL_PLANE. Neither prints the token.
set -euo pipefail

here=$(dirname "$0")
"$here/wait.sh" "$WORKER" cluster-node /etc/cluster/prepared
"$here/ssh.sh" "$CONTROL_PLANE" sudo cluster-invite | "$here/ssh.sh" "$WORKER" sudo cluster-join
