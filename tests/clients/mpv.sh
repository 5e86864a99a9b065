#!/usr/bin/env bash
# mpv plays a video under a grant, without a window, and jumps in it.
. "$(dirname "$0")/lib_open.sh"
client_begin open "mpv" mpv
video "$CLIP"
deposited "$CLIP"
MPV=(mpv --no-config --vo=null --no-audio --untimed --no-terminal)
refused "mpv without a grant" reader "${MPV[@]}" "$F"
granted "$F"
ok "mpv plays it to the end" reader "${MPV[@]}" "$F"
ok "and from the middle" reader "${MPV[@]}" --start=50% --length=1 "$F"
opened mpv
intact "$CLIP"
unmount_store
