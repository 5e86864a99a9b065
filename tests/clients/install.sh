#!/usr/bin/env bash
# install: as cp, then the mode after the close.
. "$(dirname "$0")/lib.sh"
client_begin in "install -p" coreutils
copy() { client install -p -m 644 "$1" "$D/"; }
ok "install exits 0" copy "$CLIP"
arrived "$CLIP"
alone 1
for_good
broken_off killed full
unmount_store
