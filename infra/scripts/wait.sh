#!/bin/sh
# Returns when cloud-init has come to its end on the machine with address $1, and left the file $2.
set -eu

ssh=$(dirname "$0")/ssh.sh
# A machine answers some time after libvirt says that it runs.
tries=60
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
if ! "$ssh" "$1" test -e "$2"; then
    "$ssh" "$1" sudo tail --lines 20 /var/log/cloud-init-output.log >&2
    echo "The first start of $1 failed, as above; correct it, and replace the machine's disk." >&2
    exit 1
fi
