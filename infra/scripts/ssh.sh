#!/bin/sh
# Runs a command on the machine with address $1, as $SSH_USER.
# Each machine's host key is kept in $KNOWN_HOSTS when it is first seen, and has to stay the same.
set -eu

address=$1
shift
mkdir -p -m 700 "$KNOWN_HOSTS"
exec ssh \
    -o BatchMode=yes \
    -o ConnectTimeout=10 \
    -o LogLevel=ERROR \
    -o ServerAliveInterval=15 \
    -o StrictHostKeyChecking=accept-new \
    -o GlobalKnownHostsFile=/dev/null \
    -o UserKnownHostsFile="$KNOWN_HOSTS/$address" \
    ${SSH_KEY_FILE:+-o IdentitiesOnly=yes -i "$SSH_KEY_FILE"} \
    "$SSH_USER@$address" "$@"
