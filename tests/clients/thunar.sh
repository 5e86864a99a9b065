#!/usr/bin/env bash
# Thunar, Xfce's file manager, in a display of its own: a file and a folder are copied in one window and pasted in another, by the keyboard.
. "$(dirname "$0")/lib.sh"
client_begin in "Thunar, copied and pasted" thunar
accounts
# What it has copied it looks at for a preview: one line for the folder.
REFUSED="open-read ${D#"$M/"}"
mkdir -m 755 "$T/card/DCIM"
for n in 1 2 3; do make_clip "$T/card/DCIM/083017_WS00017_2023031410154${n}_000$n.mp4" 700001 2023-03-14T10:15:40+08:00; done
# It finds a number that is free, and says so when it is ready.
Xvfb -displayfd 3 -screen 0 1000x700x24 -nolisten tcp -ac 3>"$T/screen" >"$T/xvfb.log" 2>&1 &
SERVERS+=($!)
eventually "there is a display" grep -q . "$T/screen"
SCREEN=$(cat "$T/screen")
# A desktop of 王建国's: what the bus starts ends with it.
DESKTOP=(setpriv --reuid="$WANG" --regid="$WANG" --clear-groups -- env -i PATH="$PATH" LANG=C.UTF-8 HOME="$T/home" XDG_RUNTIME_DIR="$T/home/run" NO_AT_BRIDGE=1
	GIO_USE_VFS=local GSETTINGS_BACKEND=memory DISPLAY=":$SCREEN" DBUS_SESSION_BUS_ADDRESS="unix:path=$T/home/bus")
client mkdir -m 700 "$T/home/run"
export DISPLAY=:$SCREEN
server_start "${DESKTOP[@]}" dbus-daemon --session --nofork --address="unix:path=$T/home/bus" >"$T/bus.log" 2>&1
has_bus() { [ -S "$T/home/bus" ]; }
eventually "there is a bus" has_bus
server_start "${DESKTOP[@]}" thunar "$T/card/DCIM" >"$T/thunar.log" 2>&1
window() { xdotool search --onlyvisible --name "$1" 2>/dev/null | head -n 1; }
shows() { [ -n "$(window "$1")" ]; }
keys() { xdotool windowfocus --sync "$(window "$1")" && xdotool key --delay 80 --clearmodifiers "${@:2}"; }
eventually "a window shows the card" shows DCIM
keys DCIM ctrl+a ctrl+c
on_server "${DESKTOP[@]}" thunar "$D" >>"$T/thunar.log" 2>&1      # asks the one that runs, and ends
eventually "another shows the store" shows 未立案
keys 未立案 ctrl+v
three() { [ "$(listed items)" = 3 ]; }
eventually "three have come" three
for file in "$T/card/DCIM"/*; do arrived "$file"; done
[ -z "${SCREENSHOT:-}" ] || import -window root "$SCREENSHOT"
previewed() { [ "$(events | json '[r["subject"]["program"].split("/")[-1] for r in rows if r["event"] == "refused"]')" = tumblerd ]; }
eventually "its previewer is refused" previewed
alone 3
for_good
servers_end
unmount_store
