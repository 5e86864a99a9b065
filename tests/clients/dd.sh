#!/usr/bin/env bash
# dd: closes a duplicate of the descriptor before it writes.
. "$(dirname "$0")/lib.sh"
client_begin in "dd" coreutils
copy() { client dd if="$1" of="$D/${1##*/}" bs=64k status=none; }
ok "dd exits 0" copy "$CLIP"
arrived "$CLIP" now
alone 1
for_good
broken_off killed full
unmount_store
