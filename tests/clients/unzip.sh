#!/usr/bin/env bash
# unzip: times after the close, to two seconds at worst.
. "$(dirname "$0")/lib.sh"
client_begin in "unzip" unzip
copy() { rm -f "$T/x.zip" && zip -q -j -0 "$T/x.zip" "$1" && client unzip -q -d "$D" "$T/x.zip"; }
ok "unzip exits 0" copy "$CLIP"
arrived "$CLIP" seconds
alone 1
for_good
broken_off killed-KILL killed-INT killed-TERM full
unmount_store
