#!/bin/sh
# First program of a sandbox, inside its new namespaces: sandbox.sh NAME RUN RESOLV_CONF PROPAGATION
set -eu
name=$1 run=$2 resolv=$3 propagation=$4

hostname "$name"

# /run starts empty, as after a boot, but for the folder the host and the sandboxes share.
mount -t tmpfs -o mode=755 tmpfs /mnt
mkdir -p "/mnt/${run#/run/}" /mnt/lock
mount --bind "$run" "/mnt/${run#/run/}"

# What programs inside write to the system's folders stays inside.
for folder in /etc /opt /usr/bin /usr/local; do
  layer=/mnt/sandbox$folder
  mkdir -p "$layer/upper" "$layer/work"
  mount -t overlay overlay -o "lowerdir=$folder,upperdir=$layer/upper,workdir=$layer/work" "$folder"
done
# A kubelet's certificate and the socket of its device plugins: of two that started at once, one
# would read what the other had written half.
mkdir -p /var/lib/kubelet
mount -t tmpfs -o mode=755 tmpfs /var/lib/kubelet
rm -f /etc/resolv.conf
cat "$resolv" >/etc/resolv.conf
printf '127.0.0.1 localhost %s\n' "$name" >/etc/hosts

mount --no-mtab --move /mnt /run
mount --no-mtab "--make-r$propagation" /

echo ready
exec tini -- sleep infinity >/dev/null 2>&1
