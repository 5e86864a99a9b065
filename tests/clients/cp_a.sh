#!/usr/bin/env bash
# cp -a: times, mode and attributes are set on the open descriptor.
. "$(dirname "$0")/lib.sh"
client_begin in "cp -a" coreutils
copy() { client cp -a "$1" "$D"; }
chmod 640 "$CLIP"
chown $WANG "$CLIP"
ok "cp -a exits 0" copy "$CLIP"
arrived "$CLIP"
is "its mode is the source's" 640 "$(as $WANG stat -c %a "$D/${CLIP##*/}")"
alone 1
for_good
broken_off killed full
unmount_store
