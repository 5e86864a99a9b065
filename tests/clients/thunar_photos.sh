#!/usr/bin/env bash
# Measures: a person with an approval for all of it opens a folder of 1,000 photos in Thunar, with Tumbler and GNOME's indexer running.  No content is served, and the ledger grows by
# a handful of entries.  The same desktop over an ordinary folder makes previews, and over a mount that invites Tumbler is served: so there is something to be refused.
. "$(dirname "$0")/../lib.sh"
PHOTOS=1000
KASE=汶市监立〔2023〕47号
for p in thunar Xvfb dbus-run-session xdotool gdbus; do command -v $p >/dev/null || { skip "Thunar and Tumbler" "$p is not installed"; exit 0; }; done
new_store --test-clock=2023-03-14T18:30
mount_store settle=0
ZHANG=$(id -u nobody)           # a session bus wants its user to have a name on the machine
people
custody_as $LI register case "$KASE" --party 汶上县刘记百货店 --cause 经营超过保质期食品 --class evidence-30 >"$T/out"
make_folder 2023-03-14 "$KASE"
# Where the photos go, and where they are looked at: two ways to the same items.
INTO=$(folder_of 2023-03-14 "$KASE")
FOLDER=${FOLDER:-$M/by-case/$KASE}
base64 -d >"$T/photo" <<'JPEG'
/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT0
9PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAAkADADASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAMG/8QAFxABAQEBAAAAAAAAAAAAAAAAABIB
Ef/EABcBAQEBAQAAAAAAAAAAAAAAAAAGBQP/xAAXEQEBAQEAAAAAAAAAAAAAAAAAFAER/9oADAMBAAIRAxEAPwDOUUjZbnEt61qKRssiK1qKRssiK0KKQstWxJiteikLLIiteikLLIitLundBvcxi9
07p3QOYd07p3QOYd1//9k=
JPEG
chmod 644 "$T/photo"
mkdir -m 777 "$T/card"
for n in $(seq -f %04g $PHOTOS); do ln "$T/photo" "$T/card/$n.jpg"; done
as $WANG cp "$T"/card/*.jpg "$INTO/"
is "the photos are deposited" $PHOTOS "$(as "$ZHANG" ls "$FOLDER" | wc -l)"
custody_as "$ZHANG" request --case "$KASE" --purpose 核查 >>"$T/out"
custody_as $CHEN approve 1 >>"$T/out"
fails 0 "who looks at them has an approval for each" as "$ZHANG" sys read "$FOLDER/0999.jpg"

# A desktop of 张明远's: a display, a session bus, and what comes with it.
mkdir -m 700 "$T/home" "$T/home/run"
chown -R "$ZHANG:$ZHANG" "$T/home"
set_desktop() {         # what runs a program there, as one command, so that its number is the program's
	DESKTOP=(setpriv --reuid="$ZHANG" --regid="$ZHANG" --clear-groups -- env -i PATH="$PATH" LANG=C.UTF-8 HOME="$T/home" XDG_RUNTIME_DIR="$T/home/run" NO_AT_BRIDGE=1
		GIO_USE_VFS=local GSETTINGS_BACKEND=memory DISPLAY=":$1" DBUS_SESSION_BUS_ADDRESS="unix:path=$T/home/bus")
}
in_desktop() { "${DESKTOP[@]}" "$@"; }
TUMBLER=org.freedesktop.thumbnails.Thumbnailer1
start_desktop() {
	Xvfb -displayfd 3 -screen 0 1280x960x24 -nolisten tcp -ac 3>"$T/screen" >"$T/xvfb.log" 2>&1 &
	XVFB=$!
	until_true grep -q . "$T/screen" || fail "there is a display" "$(cat "$T/xvfb.log")"
	set_desktop "$(cat "$T/screen")"
	"${DESKTOP[@]}" dbus-daemon --session --nofork --address="unix:path=$T/home/bus" >"$T/bus.log" 2>&1 &
	BUS=$!
	until_true in_desktop xdotool getdisplaygeometry || fail "there is a display" "$(cat "$T/xvfb.log")"
	until_true in_desktop gdbus call --session --dest org.freedesktop.DBus --object-path / --method org.freedesktop.DBus.GetId || fail "there is a bus" "$(cat "$T/bus.log")"
	"${DESKTOP[@]}" dbus-monitor --session "interface='$TUMBLER',member='Finished'" >"$T/signals" 2>&1 &
	MONITOR=$!
}
# Programs that the bus started end with it; what was started from here is ended by its number.
end_desktop() {
	for p in ${THUNAR:-} ${MONITOR:-} ${BUS:-} ${XVFB:-}; do
		kill "$p" 2>/dev/null
		wait "$p" 2>/dev/null
	done
	THUNAR='' MONITOR='' BUS='' XVFB=''
}
trap 'status=$?; end_desktop; (exit $status); finish' EXIT

window() { in_desktop xdotool search --onlyvisible --class thunar 2>/dev/null | tail -n 1; }
has_window() { [ -n "$(window)" ]; }
# Thunar at a folder, gone through from its beginning to its end.
browse() {
	"${DESKTOP[@]}" thunar "$1" >>"$T/thunar.log" 2>&1 &
	THUNAR=$!
	until_true has_window || fail "Thunar shows a window" "$(cat "$T/thunar.log")"
	in_desktop xdotool windowfocus "$(window)" windowsize "$(window)" 1280 960
	until_true shown "$1"
	for key in ctrl+Home Next Next Next Next Next Next Next Next ctrl+End; do
		in_desktop xdotool key "$key"
		for _ in 1 2 3 4 5 6 7 8; do moment; done
	done
}
shown() { in_desktop xdotool getwindowname "$(window)" | grep -qF "$(basename "$1")"; }
# With SHOTS set to a folder, a picture of what is on the screen goes there.
leave() {
	if [ -n "${SHOTS:-}" ]; then in_desktop import -window root png:- >"$SHOTS/$1.png"; fi
	in_desktop thunar --quit
	wait "$THUNAR"
	THUNAR=
}
# Every photo of a folder asked for, as a file manager asks; true once Tumbler has done with them.
ask_for_all() {
	local at list types n handle
	at=$(printf %s "$1" | /usr/bin/python3 -c 'import sys, urllib.parse; print(urllib.parse.quote(sys.stdin.read()))')
	for n in $(seq 1 100 $PHOTOS); do       # by the hundred, for a command line has its end
		list=$(printf "'file://${at//%/%%}/%04d.jpg', " $(seq "$n" $((n + 99)))) types=$(printf "'image/jpeg', %.0s" $(seq 100))
		handle=$(in_desktop gdbus call --session --dest $TUMBLER --object-path "/${TUMBLER//.//}" --method $TUMBLER.Queue "[${list%, }]" "[${types%, }]" normal foreground 0) || return 1
		handle=${handle#(} handle=${handle%,)}          # "(uint32 7,)"
		until_true grep -qxE " +$handle" "$T/signals" || until_true grep -qxE " +$handle" "$T/signals" || return 1
	done
}
previews() { find "$T/home/.cache/thumbnails/normal" -name '*.png' 2>/dev/null | wc -l; }
ledger_size() { custody_as $ADMIN status --json | json 'd["ledger"]["size"]'; }
served() { [ "$(events | json "sum(r['event'] == 'read.open' and r['subject']['program'].endswith('tumblerd') for r in rows)")" -gt 100 ] && [ "$(previews)" -gt 100 ]; }
start_desktop
# The desktop works: over an ordinary folder it makes previews.
browse "$T/card"
ok "Tumbler goes over an ordinary folder" ask_for_all "$T/card"
is "and makes previews of all" yes "$([ "$(previews)" -ge $PHOTOS ] && echo yes)"
leave card
rm -rf "$T/home/.cache/thumbnails"

# The measurement.
digested() { [ "$(custody_as $ADMIN status --json | json 'd["digests_pending"]')" = 0 ]; }
until_true digested
before=$(ledger_size)
browse "$FOLDER"
ok "it goes over the store's" ask_for_all "$FOLDER"
is "and makes none" 0 "$(previews)"
leave store
end_desktop
unmount_store
told() { custody -s "$T/store" log --json | json "(lambda rows: $1)([r for r in rows if r['seq'] >= $before and r['event'] != 'store.unmount'])"; }
is "no content is served" 0 "$(told "sum(r['event'].startswith('read') for r in rows)")"
is "all that is recorded is that it was refused" refused "$(told "' '.join({r['event'] for r in rows})")"
is "to the one person, in the one folder" "083031 1" "$(told "' '.join({r['subject']['person'] for r in rows}) + ' ' + str(len({r['details']['path'] for r in rows}))")"
is "by Tumbler's name, for all the photos" "tumblerd $PHOTOS" "$(told "(lambda t: 'tumblerd %d' % max(r['details']['files'] for r in t))([r for r in rows if r['details']['rule'] == 'tumblerd'])")"
grown=$(told "len(rows)")
if [ "$grown" -le 10 ]; then pass "the ledger grew by $grown entries, for $(told "sum(r['details']['count'] for r in rows)") attempts"; else fail "the ledger grew by few entries" "$grown"; fi

# Where the office invites it, it is served: the desktop was not merely idle.
printf '!*\n' >"$T/readers"
mount_store settle=0 readers="$T/readers"
start_desktop
browse "$FOLDER"
eventually "a mount that invites every program serves it" served
leave invited
end_desktop
