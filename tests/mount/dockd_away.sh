#!/usr/bin/env bash
# custody-dockd while things are away: a dock that is unplugged and plugged in again, the store, itself.  Nothing is lost, nothing is there twice.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/dockd_lib.sh"
new_store --test-clock=2023-03-14T18:30
mount_store
people
DOCK=$T/dock
USB=$DOCK/usb
LATER=$T/later
make_dock "$DOCK"
make_dock "$USB"
plug() { mount -t tmpfs -o mode=777,size=64m dock "$1"; }
cleanup_more() {
	[ ! -d "$T/first" ] || chattr -R -i "$T/first" 2>/dev/null
	[ -z "$DAEMON" ] || kill -CONT "$DAEMON"
	for at in "$USB" "$LATER"; do
		! mountpoint -q "$at" || umount -l "$at"
	done
}
name() { printf 'WS00017_083017_20230314%s_%04d.mp4' "$1" "$2"; }
arrive() { head -c 20000 /dev/urandom >"$1"; }
there() { [ "$(report "[f['there'] for f in d['folders'] if f['path'] == '$1'][0]")" = "$2" ]; }
said() { grep -q "$1" "$T/dockd.log"; }
store_is() { [ "$(report 'd["store"]')" = "$1" ]; }

# A dock that is plugged in while it runs.
dockd "$DOCK" "$LATER"
eventually "a folder that is not there is waited for" there "$LATER" False
eventually "while another is watched" there "$DOCK" True
plug "$USB"
arrive "$USB/$(name 090000 1)"
eventually "what is on a disk that was mounted below is deposited" stored "$(name 090000 1)"
mkdir "$USB/DCIM"
arrive "$USB/DCIM/$(name 090000 2)"
eventually "and what arrives there later" stored "$(name 090000 2)"
exec {half}>"$USB/DCIM/$(name 090000 3)"
echo half >&$half
refused "it does not keep the disk busy, a writer does" umount "$USB"
exec {half}>&-
rm "$USB/DCIM/$(name 090000 3)"
eventually "it can be unplugged" umount "$USB"
plug "$USB"
arrive "$USB/$(name 100000 4)"
eventually "plugged in again, it is looked through" stored "$(name 100000 4)"
arrive "$USB/$(name 100000 5)"
eventually "and watched" stored "$(name 100000 5)"
until_true umount "$USB"
mkdir "$LATER"
chmod 777 "$LATER"
arrive "$LATER/$(name 100000 6)"
eventually "the folder that was not there is found" stored "$(name 100000 6)"
eventually "and said to be there" there "$LATER" True
plug "$LATER"
arrive "$LATER/$(name 100000 7)"
eventually "a disk mounted over it is, too" stored "$(name 100000 7)"
until_true umount "$LATER"

# Folders that get another name.
mkdir -p "$DOCK/incoming/a"
arrive "$DOCK/incoming/a/$(name 110000 8)"
eventually "a file in a new folder" stored "$(name 110000 8)"
mv "$DOCK/incoming" "$DOCK/done"
arrive "$DOCK/done/a/$(name 110000 9)"
eventually "in a folder that was renamed" stored "$(name 110000 9)"
mkdir -p "$T/outside/b"
arrive "$T/outside/b/$(name 110000 10)"
mv "$T/outside" "$DOCK/inside"
eventually "in a folder that was moved in" stored "$(name 110000 10)"
arrive "$DOCK/inside/b/$(name 110000 11)"
eventually "and what arrives there then" stored "$(name 110000 11)"

# The store is away.
before=$(items)
unmount_store
arrive "$DOCK/$(name 120000 12)"
eventually "it notices that the store is away" store_is away
is "which --status --json ends with, too" 1 "$(dockd_status --json >/dev/null; echo $?)"
is "and says so once" 1 "$(grep -c "store can't be reached" "$T/dockd.log")"
arrive "$DOCK/$(name 120000 13)"
mount_store
eventually "when it is back, what waited is deposited" stored "$(name 120000 12)"
eventually "all of it" stored "$(name 120000 13)"
eventually "and the report, which is written once a second, says so" store_is here
kill_daemon
arrive "$DOCK/$(name 120000 14)"
mount_store
eventually "so it is after the store's daemon died" stored "$(name 120000 14)"
is "nothing is there twice" $((before + 3)) "$(items)"

# Another store, or an older state of this one, is mounted in its place.
is "some of what it has is in the folders still" 1 "$([ -f "$DOCK/$(name 120000 14)" ] && echo 1)"
unmount_store
arrive "$DOCK/$(name 125959 99)"
eventually "the store is away once more" store_is away
mv "$T/store" "$T/first"
new_store --test-clock=2023-03-14T18:30
mount_store
people
eventually "what the other store lacks is deposited into it" stored "$(name 120000 14)"
ok "and said" said 'another store than before'
unmount_store
chattr -R -i "$T/store" 2>/dev/null
rm -rf "$T/store"
mv "$T/first" "$T/store"
mount_store

# It is killed, and what arrives meanwhile waits for the next.
kill -KILL "$DOCKD"
wait "$DOCKD" 2>/dev/null
stop_listening
arrive "$DOCK/$(name 130000 15)"
dockd "$DOCK" "$LATER"
eventually "what arrived while nobody watched is deposited" stored "$(name 130000 15)"
eventually "and what arrived while the store was away" stored "$(name 125959 99)"
is "and nothing twice" $((before + 5)) "$(items)"

# A store that is slow: the daemon of the mount is held up in the middle of a deposit.
under_way() { [ "$(report "'$DOCK/$1' in d['running']")" = True ]; }
# The report is of this custody-dockd, and of now: an earlier one's, or one of a moment ago, would say that nothing is to be done, too.
idle() { [ "$(report '(d["pid"], d["waiting"] + len(d["running"]), d["deposited"] + d["duplicates"] + d["remembered"])')" = "($DOCKD, 0, $(find "$DOCK" "$LATER" -type f | wc -l))" ]; }
hold_up() {
	eventually "all that is there has been dealt with" idle
	kill -STOP "$DAEMON"
	arrive "$DOCK/$1"
	eventually "a deposit is under way" under_way "$1"
}
hold_up "$(name 140000 16)"
kill -KILL "$DOCKD"
wait "$DOCKD" 2>/dev/null
stop_listening
dockd "$DOCK" "$LATER"
eventually "killed meanwhile and started again, it waits for what it left behind" said 'earlier deposit is still running'
kill -CONT "$DAEMON"
eventually "which is deposited" stored "$(name 140000 16)"
quiet_passes
is "once" $((before + 7)) "$(items)"
hold_up "$(name 150000 17)"
kill -TERM "$DOCKD"
eventually "stopped meanwhile, it says that it finishes the deposit" said 'stopping once the deposit'
kill -CONT "$DAEMON"
end_dockd
is "it ends 0" 0 "$DOCKD_ENDED"
eventually "and the deposit is whole" stored "$(name 150000 17)"
is "nothing half is left" 0 "$(custody_as $ADMIN list incomplete --json | json 'len(d["rows"])')"
unmount_store
