#!/usr/bin/env bash
# gio copy, as GNOME's and Xfce's file managers copy: mode, times and attributes after the close.
. "$(dirname "$0")/lib.sh"
client_begin in "gio copy" libglib2.0-bin
copy() { client gio copy -p "$1" "$D/"; }
ok "gio copy exits 0" copy "$CLIP"
arrived "$CLIP"
alone 1
for_good
broken_off killed full
unmount_store
