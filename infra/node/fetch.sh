#!/bin/sh
# Downloads the address $1 to the file $2, through the proxy where there is one.
set -eu

if [ -e /etc/cluster/proxy.env ]; then
    set -a
    . /etc/cluster/proxy.env
fi
exec curl --fail --silent --show-error --location --proto =https --connect-timeout 20 --max-time 300 \
    --retry 5 --retry-all-errors --output "$2" "$1"
