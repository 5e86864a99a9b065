#!/usr/bin/env bash
# rsync --inplace: under its own name; size, times and mode after the close.
. "$(dirname "$0")/lib.sh"
client_begin in "rsync -a --inplace" rsync
# It opens each file for reading to set its mode, which it then sets by name: one line for the folder.
REFUSED="open-read ${D#"$M/"}"
copy() { client rsync -a --inplace "$1" "$D/"; }
ok "rsync exits 0" copy "$CLIP"
arrived "$CLIP"
alone 1
for_good
broken_off killed-KILL killed-INT killed-TERM full
unmount_store
