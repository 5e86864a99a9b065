#!/usr/bin/env bash
# mv from another file system.
. "$(dirname "$0")/lib.sh"
client_begin in "mv from another file system" coreutils
mkdir -m 1777 "$T/shift"
copy() { cp -p "$1" "$T/shift/" && chown $WANG "$T/shift/${1##*/}" && client mv "$T/shift/${1##*/}" "$D/"; }
ok "mv exits 0" copy "$CLIP"
arrived "$CLIP"
is "the source is gone" "" "$(ls "$T/shift")"
alone 1
for_good
broken_off killed full
unmount_store
