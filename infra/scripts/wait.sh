#!/bin/sh
# Returns when the machine with address $1 has left the file $3, which its first start does with the
# program $2. Where that failed or was cut off, the program goes on from there. It is waited for
# $PATIENCE times as long as for a machine with KVM.
set -eu

machine=$1 program=$2 mark=$3
ssh=$(dirname "$0")/ssh.sh
tries=$((60 * ${PATIENCE:-1}))

# A machine answers some time after libvirt says that it runs, and once more not while its first
# start restarts the server of SSH: that is what 255 says, which no command there ends with.
on_machine() {
    while code=0 && { "$ssh" "$machine" "$@" || code=$?; } && [ "$code" -eq 255 ]; do
        tries=$((tries - 1))
        if [ "$tries" -eq 0 ]; then
            echo "$machine does not let $SSH_USER in: is one of ssh_public_keys that of your key or agent?" >&2
            exit 1
        fi
        sleep 5
    done
    return "$code"
}

on_machine true
# It lets one in some time before its packages are installed. `cloud-init status --wait` would look
# four times a second, for which an emulated machine needs a quarter of its core.
on_machine 'until [ -e /run/cloud-init/result.json ] || [ -e /run/cloud-init/disabled ]; do sleep 5; done'
if ! on_machine test -e "$mark" && ! on_machine sudo "$program" >&2; then
    echo "$machine is not set up, as above: mend that and apply again; it knows other variables with a new disk only." >&2
    exit 1
fi
