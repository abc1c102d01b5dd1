#!/bin/sh
# Shuts the machine $1 down and returns when it is off. The libvirt is $LIBVIRT_DEFAULT_URI.
set -eu

machine=${1:?"usage: $0 MACHINE"}
is_off() {
    [ "$(virsh domstate "$machine")" = "shut off" ]
}

! is_off || exit 0
virsh --quiet shutdown "$machine"
# libvirt's own word for it: SSH ends long before the disk is written.
for _ in $(seq 180); do
    ! is_off || exit 0
    sleep 1
done
echo "$machine does not shut down within three minutes: look at it with virsh console $machine." >&2
exit 1
