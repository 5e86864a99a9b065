#!/usr/bin/env bash
# rsync -a: a temporary name, times and mode after the close, then a rename.
. "$(dirname "$0")/lib.sh"
client_begin in "rsync -a" rsync
# It opens each file for reading to set its mode, which it then sets by name: one line for the folder.
REFUSED="open-read ${D#"$M/"}"
copy() { client rsync -a "$1" "$D/"; }
ok "rsync exits 0" copy "$CLIP"
arrived "$CLIP"
alone 1
ok "again it has nothing to do" copy "$CLIP"
alone 1
for n in $(seq 40); do make_clip "$T/card/many-$n.mp4" 1000 2023-03-14T10:15:40+08:00; done
ok "forty more" client rsync -a "$T/card/" "$D/"
alone 41
for_good
broken_off killed full
unmount_store
