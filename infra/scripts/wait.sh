#!/bin/sh
# Returns when the machine with address $1 has left the file $3, which its first start does with the
# program $2. Where that failed or was cut off, the program goes on from there. It is waited for
# $PATIENCE times as long as for a machine with KVM.
set -eu

ssh=$(dirname "$0")/ssh.sh
# A machine answers some time after libvirt says that it runs.
tries=$((60 * PATIENCE))
until "$ssh" "$1" true; do
    tries=$((tries - 1))
    if [ "$tries" -eq 0 ]; then
        echo "$1 does not let $SSH_USER in: is one of ssh_public_keys that of your key or agent?" >&2
        exit 1
    fi
    sleep 5
done
# And lets one in some time before its packages are installed.
"$ssh" "$1" cloud-init status --wait >/dev/null || true
if ! "$ssh" "$1" test -e "$3" && ! "$ssh" "$1" sudo "$2" >&2; then
    echo "$1 is not set up, as above: mend that and apply again; it knows other variables with a new disk only." >&2
    exit 1
fi
