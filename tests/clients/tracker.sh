#!/usr/bin/env bash
# GNOME's indexer, told to index the whole store: it meets the markers and goes no further.  Sent at a photo all the same, it is refused.
. "$(dirname "$0")/../lib.sh"
MINER=/usr/libexec/tracker-miner-fs-3 EXTRACT=/usr/libexec/tracker-extract-3
for p in $MINER $EXTRACT dbus-run-session tracker3; do command -v "$p" >/dev/null || { skip "GNOME's indexer" "$p is not installed"; exit 0; }; done
new_store --test-clock=2023-03-14T18:30
mount_store settle=0
ZHANG=$(id -u nobody)           # a session bus wants its user to have a name on the machine
people
make_folder 2023-03-14
D=$(folder_of 2023-03-14)
mkdir -m 755 "$T/card"
for n in $(seq 20); do printf 'the word zyzzyva, number %s\n' "$n" >"$T/card/$n.txt"; done
as $WANG cp "$T"/card/* "$D/"
custody_as "$ZHANG" request $(seq -f "$D/%g.txt" 20) --purpose 核查 >"$T/out"
custody_as $CHEN approve 1 >>"$T/out"
fails 0 "who has the indexer has an approval" as "$ZHANG" sys read "$D/1.txt"
attempts() { events | json 'sum(r["event"] in ("read.open", "refused") for r in rows)'; }
before=$(attempts)

mkdir -m 700 "$T/home" "$T/home/run"
mkdir -p "$T/home/.config/glib-2.0/settings"
session() {
	as "$ZHANG" env -i PATH="$PATH" LANG=C.UTF-8 HOME="$T/home" XDG_RUNTIME_DIR="$T/home/run" GIO_USE_VFS=local GSETTINGS_BACKEND=keyfile TMPDIR=/var/tmp timeout 200 dbus-run-session "$@"
}
# Indexes what it is given, once; then says what it found.
index() {
	rm -rf "$T/home/.cache/tracker3"
	printf "[org/freedesktop/tracker/miner/files]\nindex-recursive-directories=['%s']\nindex-single-directories=@as []\n" "$1" >"$T/home/.config/glib-2.0/settings/keyfile"
	chown -R "$ZHANG:$ZHANG" "$T/home"
	session sh -c "$MINER --no-daemon --initial-sleep=0; tracker3 sparql --dbus-service=org.freedesktop.Tracker3.Miner.Files -q 'SELECT ?u { ?f nie:url ?u }'" 2>"$T/home/index.log"
}
# What it makes of one file, and whether that has the word.
extracted() { session $EXTRACT --file="$1" 2>"$T/home/extract.log" | grep -c zyzzyva; }
index "$T/card" >"$T/found"
is "it indexes an ordinary folder" 20 "$(grep -c 'card/.*\.txt' "$T/found")"
is "and reads it" 1 "$(extracted "$T/card/1.txt")"
index "$M" >"$T/found"
is "of the store it has the top folders" 1 "$(grep -c 'by-unit$' "$T/found")"
is "and nothing in them" 0 "$(grep -c 'by-unit/.' "$T/found")"
is "it was not even refused anything" "$before" "$(attempts)"

is "sent at one of them, it is given nothing" 0 "$(extracted "$D/1.txt")"
is "and refused" "$(basename $EXTRACT) open-read EACCES uninvited 1" "$(events | json '"{0} {verb} {errno} {reason} {count}".format(rows[-1]["subject"]["program"].split("/")[-1], **rows[-1]["details"])')"
unmount_store

# Where the office invites it there are no markers for it, and it is served: it was not merely idle.
printf '!*\n' >"$T/readers"
mount_store settle=0 readers="$T/readers"
index "$M" >"$T/found"
is "a mount that invites every program is indexed" 20 "$(grep -c 'by-unit/.*\.txt' "$T/found")"
is "and its contents are read" 1 "$(extracted "$D/1.txt")"
