#!/bin/sh
# First program of a machine, in its new namespaces: machine.sh HOME BASE NAME
# It starts systemd as soon as it reads a line, when its cable is plugged in.
set -eu
home=$1 base=$2 name=$3

hostname "$name"
root=$home/root
mkdir -p "$root" "$home/upper" "$home/work"
mount -t overlay overlay -o "lowerdir=$base,upperdir=$home/upper,workdir=$home/work" "$root"
# containerd lays its own overlays here, which the kernel does not take on another one.
mount --bind "$home/lib" "$root/var/lib"

mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t tmpfs -o mode=755 tmpfs "$root/sys/fs/cgroup"
# Of each hierarchy of the host it sees its own group, as if that were the root.
for hierarchy in $(sed -n 's/^[1-9][0-9]*:\([a-z_,]*\):.*/\1/p' /proc/self/cgroup); do
    mkdir "$root/sys/fs/cgroup/$hierarchy"
    mount -t cgroup -o "$hierarchy" cgroup "$root/sys/fs/cgroup/$hierarchy"
done
mkdir "$root/sys/fs/cgroup/systemd"
mount -t cgroup -o none,name=systemd cgroup "$root/sys/fs/cgroup/systemd"
# So that nobody looks for devices, which are the host's.
mount -o remount,bind,ro "$root/sys"

mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in full fuse kmsg null random tty urandom zero; do
    cp -a "/dev/$device" "$root/dev"
done
cp -a /dev/null "$root/dev/console"
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
for number in 0:stdin 1:stdout 2:stderr; do
    ln -s "/proc/self/fd/${number%:*}" "$root/dev/${number#*:}"
done

mount -t tmpfs -o mode=755 tmpfs "$root/run"
# By this the kubelet tells one start from another.
cat /proc/sys/kernel/random/uuid >"$root/run/boot-id"
mount --bind "$root/run/boot-id" "$root/proc/sys/kernel/random/boot_id"

cd "$root"
pivot_root . mnt
umount -l /mnt
mount --make-rshared / # the kubelet hands mounts on
read -r _
exec env -i container=lxc PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    /sbin/init </dev/null >/dev/null 2>&1
