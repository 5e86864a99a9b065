#!/usr/bin/env bash
# tar x
. "$(dirname "$0")/lib.sh"
client_begin in "tar x" tar
copy() { tar c -H pax -C "${1%/*}" "${1##*/}" >"$T/x.tar" && client tar x -C "$D" -f "$T/x.tar"; }
ok "tar exits 0" copy "$CLIP"
arrived "$CLIP"
alone 1
for_good
broken_off killed full
unmount_store
