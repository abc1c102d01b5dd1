#!/bin/sh
# Starts the engine in its sandbox: TMPDIR=… engine.sh PROGRAMS CONTENT CONFIG STATE SOCKET
#
# The engine looks for what it needs where the official image keeps it. Those folders are the
# sandbox's own, so the links below are not seen outside.
set -eu
programs=$1 content=$2 config=$3 state=$4 socket=$5

ln -sf "$(command -v runc)" "$(command -v tini)" /usr/local/bin/
install -m 755 "$programs/init" /usr/local/bin/dagger-init
mkdir -p /opt/cni/bin /usr/local/share/dagger "$state"
ln -sf /usr/lib/cni/bridge /usr/lib/cni/firewall /usr/lib/cni/host-local /usr/lib/cni/loopback \
  "$programs/dnsname" /opt/cni/bin/
ln -sf /usr/sbin/xtables-legacy-multi /usr/sbin/xtables-nft-multi /usr/bin/
ln -sfn "$content" /usr/local/share/dagger/content

rm -rf "$socket" "$TMPDIR"
mkdir -m 700 "$TMPDIR"
exec "$programs/engine" --config "$config" --root "$state" --addr "unix://$socket"
