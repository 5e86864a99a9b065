#!/usr/bin/env bash
# Many at once: eight copies, readers, scrubs, the log, requests, renames.  Worth most under SAN=thread, where every one of these meets every other.
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-03-14T18:30
mount_store settle=20
people
make_folder 2023-03-14
D=$(folder_of 2023-03-14)
for n in 1 2 3 4; do head -c $((n * 300001)) /dev/urandom >"$T/$n.mp4"; done
chmod 644 "$T"/*.mp4
as $WANG cp "$T"/[1-4].mp4 "$D/"
custody_as $ZHANG request "$D/1.mp4" "$D/2.mp4" "$D/3.mp4" "$D/4.mp4" --purpose 核对进货查验 >/dev/null
custody_as $CHEN approve 1 >/dev/null
mkdir "$T/failed"
chmod 777 "$T/failed"

# Each is a loop of its own; what goes wrong is written down.
writer() {
	local n
	for n in $(seq 6); do
		as $WANG cp "$T/$((n % 4 + 1)).mp4" "$D/w$1-$n.mp4" || echo "cp $1 $n" >>"$T/failed/writer.$1"
		as $WANG mv "$D/w$1-$n.mp4" "$D/w$1-$n.final.mp4" || echo "mv $1 $n" >>"$T/failed/writer.$1"
		as $WANG sys write "$D/w$1-$n.final.mp4" O_WRONLY x >/dev/null && echo "write $1 $n" >>"$T/failed/writer.$1"
	done
}
reader() {
	local n
	for n in $(seq 10); do
		as $ZHANG cmp "$T/$((n % 4 + 1)).mp4" "$D/$((n % 4 + 1)).mp4" || echo "cmp $1 $n" >>"$T/failed/reader.$1"
	done
}
refused_reader() {
	local n
	for n in $(seq 15); do
		as $SUN sys open "$D/1.mp4" O_RDONLY >/dev/null && echo "open $n" >>"$T/failed/refused"
	done
}
lister() {
	local n
	for n in $(seq 10); do
		as $ZHANG ls "$D" >/dev/null || echo "ls $n" >>"$T/failed/lister"
		custody_as $ADMIN --json log >/dev/null || echo "log $n" >>"$T/failed/lister"
		custody_as $ADMIN --json status >/dev/null || echo "status $n" >>"$T/failed/lister"
	done
}
scrubber() {
	local n
	for n in $(seq 4); do
		custody_as $ADMIN verify --all >/dev/null || echo "verify $n" >>"$T/failed/scrubber"
		custody_as $ADMIN ledger verify >/dev/null || echo "ledger verify $n" >>"$T/failed/scrubber"
	done
}
asker() {
	local n id
	for n in $(seq 8); do
		id=$(custody_as $LI --json request "$D/1.mp4" --purpose x | json 'd["request"]["id"]')
		custody_as $CHEN approve "$id" >/dev/null || echo "approve $n" >>"$T/failed/asker"
		custody_as $CHEN revoke "$id" >/dev/null || echo "revoke $n" >>"$T/failed/asker"
	done
}
# On a machine that is busy with other things all of the daemon must get on, too, or receipts wait for their digests.
is "no thread of the daemon waits until the machine is idle" "" "$(ps -L -o cls=,comm= -p "$DAEMON" | grep -v '^ *TS ')"
JOBS=()
for n in $(seq 8); do writer "$n" & JOBS+=($!); done
for n in 1 2 3; do reader "$n" & JOBS+=($!); done
for what in refused_reader lister scrubber asker; do $what & JOBS+=($!); done
wait "${JOBS[@]}"
is "nothing went wrong" "" "$(cat "$T/failed"/* 2>/dev/null | head -n 10)"
is "every deposit is there" 48 "$(as $WANG ls "$D" | grep -c '\.final\.mp4$')"
whole() {
	local n w
	for w in $(seq 8); do
		for n in $(seq 6); do
			[ "$(as $WANG stat -c %s "$D/w$w-$n.final.mp4")" = $(((n % 4 + 1) * 300001)) ] || echo "w$w-$n"
		done
	done
}
is "and whole" "" "$(whole)"
received() { [ "$(custody_as $ADMIN --json status | json 'd["items"]["receiving"]')" = 0 ]; }
eventually "none is still being received" received
ok "all content verifies" custody_as $ADMIN verify --all
ok "the ledger holds" custody_as $ADMIN ledger verify
unmount_store
ok "nothing is wrong with the store" fsck.custodyfs "$T/store"
