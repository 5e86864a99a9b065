#!/usr/bin/env bash
# cp
. "$(dirname "$0")/lib.sh"
client_begin in "cp" coreutils
copy() { client cp "$1" "$D"; }
ok "cp exits 0" copy "$CLIP"
arrived "$CLIP" now
alone 1
for_good
broken_off killed full
unmount_store
