#!/usr/bin/env bash
# gio cat, as GNOME's programs open files; and gio info, which reads nothing.
. "$(dirname "$0")/lib_open.sh"
client_begin open "gio cat, gio info" libglib2.0-bin
deposited "$CLIP"
refused "gio cat without a grant" reader gio cat "$F"
granted "$F"
is "gio cat brings the bytes of the source" "$(sha_of "$CLIP")" "$(reader gio cat "$F" | sha256sum | cut -d' ' -f1)"
ok "gio info tells its size" grep -q "standard::size: $CLIP_SIZE" <(reader gio info "$F")
ok "and its kind, by its name" grep -q 'fast-content-type: video/mp4' <(reader gio info "$F")
is "one was opened, once" 1 "$(events "$F" | json 'len([r for r in rows if r["event"] == "read.open"])')"
opened gio
intact "$CLIP"
unmount_store
