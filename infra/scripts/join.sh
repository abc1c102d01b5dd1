#!/bin/bash
# Lets the worker $WORKER join the cluster of $CONTROL_PLANE. Neither prints the token.
set -euo pipefail

here=$(dirname "$0")
rm -f "$KNOWN_HOSTS/$WORKER" # its disk is new, and so are its host keys
"$here/wait.sh" "$WORKER" /etc/cluster/prepared
"$here/ssh.sh" "$CONTROL_PLANE" sudo cluster-invite | "$here/ssh.sh" "$WORKER" sudo cluster-join
