#!/bin/sh
# Downloads $URL to $FILE, where it is not there yet with the checksum $SHA512.
set -eu

matches() {
    printf '%s  %s\n' "$SHA512" "$1" | sha512sum --check --status
}

if [ -f "$FILE" ] && matches "$FILE"; then
    exit
fi
mkdir -p "$(dirname "$FILE")"
# Under another name until it is whole: a download that was cut short is never taken for the image.
trap 'rm -f "$FILE.part"' EXIT
curl --fail --silent --show-error --location --proto =https --connect-timeout 20 --retry 5 --output "$FILE.part" "$URL"
if ! matches "$FILE.part"; then
    echo "$URL does not have the checksum base_image_sha512: take both from the same release." >&2
    exit 1
fi
mv "$FILE.part" "$FILE"
