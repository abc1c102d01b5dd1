#!/bin/sh
# Waits for the cluster of $CONTROL_PLANE, and writes its administrator's kubeconfig to $FILE.
set -eu
umask 077

here=$(dirname "$0")
"$here/wait.sh" "$CONTROL_PLANE" cluster-init /etc/cluster/initialised
trap 'rm -f "$FILE.part"' EXIT
"$here/ssh.sh" "$CONTROL_PLANE" sudo cat /etc/kubernetes/admin.conf >"$FILE.part"
mv "$FILE.part" "$FILE"

# A state that is kept here is about to hold it too, and so is its backup. OpenTofu makes both
# readable by all, but leaves the mode of a file that is there.
if [ -e terraform.tfstate ]; then
    touch terraform.tfstate.backup
    chmod 600 terraform.tfstate terraform.tfstate.backup
fi
