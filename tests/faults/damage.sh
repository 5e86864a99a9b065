#!/usr/bin/env bash
# Damage behind the mount's back: it is found, reported by name, and never served; derived data is made again without a message; a changed ledger is reported.
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-03-14T18:30
mount_store settle=1
people
make_folder 2023-03-14
D=$(folder_of 2023-03-14)
S=$T/store
REL=by-unit/中都所/WS00017/083017/2023-03-14/未立案
head -c 300001 /dev/urandom >"$T/clip.mp4"
head -c 5000000 /dev/urandom >"$T/long.mp4"
head -c 777 /dev/urandom >"$T/note.pdf"
chmod 644 "$T"/*.mp4 "$T/note.pdf"
as $WANG cp "$T/clip.mp4" "$T/long.mp4" "$T/note.pdf" "$D/"
custody_as $ZHANG request "$D/clip.mp4" "$D/long.mp4" "$D/note.pdf" --purpose 核对进货查验 >/dev/null
custody_as $CHEN approve 1 >/dev/null
digested() { [ "$(custody_as $ADMIN --json status | json 'd["digests_pending"]')" = 0 ]; }
until_true digested

item_of() { custody_as $ADMIN --json list items | json "[r['item'] for r in d['rows'] if r['name'] == '$1'][0]"; }
file_of() { printf '%s/%s/000000/000/%012d' "$S" "$1" "$(item_of "$2")"; }
BLOB=$(file_of blob clip.mp4) LEAF=$(file_of leaf clip.mp4) LONG=$(file_of blob long.mp4) NOTE=$(file_of blob note.pdf)
# Turns one bit of a byte, as someone with root on the server can.
flip() {
	local byte
	chattr -i "$1" 2>/dev/null
	byte=$(od -An -tu1 -j "$2" -N1 "$1")
	# shellcheck disable=SC2059
	printf "$(printf '\\x%02x' $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
# Reads N bytes at an offset as the approved person; prints what came: "same", "EIO", "other".
read_at() {
	as $ZHANG /usr/bin/python3 -c 'import errno, os, sys
path, source, at, n = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
try:
    fd = os.open(path, os.O_RDONLY)
    data = os.pread(fd, n, at)
    print("same" if data == open(source, "rb").read()[at:at + n] else "other")
except OSError as e:
    print(errno.errorcode[e.errno])' "$D/$1" "$T/$1" "$2" "$3"
}
verify_says() {         # the exit status, and item@offset of each damaged one
	custody_as $ADMIN --json verify --all >"$T/verify.json"
	printf '%d ' $?
	json '",".join(sorted(r["path"].split("/")[-1] + "@" + str(r["at"]) for r in d["damaged"]))' <"$T/verify.json"
}
status_of() {
	"$@" >"$T/out" 2>&1
	echo $?
}

is "unharmed, all verifies" "0 " "$(verify_says)"

# One byte in the third leaf.
flip "$BLOB" 150000
is "the leaf before it is served" same "$(read_at clip.mp4 0 131072)"
is "the byte is not" EIO "$(read_at clip.mp4 150000 1)"
is "nor the first byte of its leaf" EIO "$(read_at clip.mp4 131072 1)"
is "nor the last" EIO "$(read_at clip.mp4 196607 1)"
is "the leaf after it is served" same "$(read_at clip.mp4 196608 103393)"
is "what is read over it fails" EIO "$(read_at clip.mp4 0 300001)"
refused "a copy fails" as $ZHANG cat "$D/clip.mp4"
ok "another item is served" as $ZHANG cmp "$T/long.mp4" "$D/long.mp4"
is "the scrub names it, and where, and fails" "1 clip.mp4@131072" "$(verify_says)"
is "in words too" 1 "$(status_of custody_as $ADMIN verify --all)"
ok "with its path" grep -q "$REL/clip.mp4" "$T/out"
is "the item alone" 1 "$(status_of custody_as $ADMIN verify "$D/clip.mp4")"
is "another alone holds" 0 "$(status_of custody_as $ADMIN verify "$D/long.mp4")"
damage_is_recorded() { [ "$(events | json "len([e for e in rows if e['event'] == 'read.damaged' and e['path'].endswith('clip.mp4') and e['details']['at'] == 131072])")" -gt 0 ]; }
eventually "it is on the ledger" damage_is_recorded
flip "$BLOB" 150000
is "put back, it is served again" same "$(read_at clip.mp4 0 300001)"
is "and verifies" "0 " "$(verify_says)"

for at in 0 65535 65536 299999 300000; do
	flip "$BLOB" $at
	is "byte $at" "EIO" "$(read_at clip.mp4 $at 1)"
	is "byte $at: named" "1 clip.mp4@$((at / 65536 * 65536))" "$(verify_says)"
	flip "$BLOB" $at
done
flip "$NOTE" 776
is "a byte of a small item" EIO "$(read_at note.pdf 0 777)"
is "named" "1 note.pdf@0" "$(verify_says)"
flip "$NOTE" 776

# While it is open and partly read.
shell_as $ZHANG
in_shell "exec 5<'$D/long.mp4'; head -c 65536 <&5 >/dev/null" >/dev/null
flip "$LONG" 1000000
is "read on by who has it open: up to the damage" 917504 "$(in_shell "dd bs=64k <&5 2>/dev/null | wc -c")"
in_shell 'exec 5<&-' >/dev/null
flip "$LONG" 1000000
end_shell

# Cut short, made longer, gone.
cp -p "$BLOB" "$T/kept"
chattr -i "$BLOB" 2>/dev/null
truncate -s 200000 "$BLOB"
is "cut short: not opened" EIO "$(read_at clip.mp4 0 1)"
is "cut short: named" "1 clip.mp4" "$(verify_says | sed 's/@.*//')"
truncate -s 300002 "$BLOB"
is "too long: not opened" EIO "$(read_at clip.mp4 0 1)"
is "too long: named" "1 clip.mp4" "$(verify_says | sed 's/@.*//')"
rm "$BLOB"
is "gone: not opened" EIO "$(read_at clip.mp4 0 1)"
is "gone: named" "1 clip.mp4" "$(verify_says | sed 's/@.*//')"
ok "the others are served" as $ZHANG cmp "$T/long.mp4" "$D/long.mp4"
ok "it is still in the folder" as $WANG stat "$D/clip.mp4"
cp -p "$T/kept" "$BLOB"
is "put back, all verifies" "0 " "$(verify_says)"

# Leaf hashes are derived.
cp "$LEAF" "$T/leaf"
for how in removed emptied short flipped rubbish; do
	case $how in
	removed) rm "$LEAF" ;;
	emptied) truncate -s 0 "$LEAF" ;;
	short) truncate -s 40 "$LEAF" ;;
	flipped) flip "$LEAF" 70 ;;
	rubbish) head -c 160 /dev/urandom >"$LEAF" ;;
	esac
	is "leaf hashes $how: served all the same" same "$(read_at clip.mp4 0 300001)"
	ok "leaf hashes $how: made again" cmp "$T/leaf" "$LEAF"
done
rm "$LEAF"
is "without them all verifies" "0 " "$(verify_says)"
rm -f "$LEAF"
flip "$BLOB" 150000
is "without them damage is found all the same" EIO "$(read_at clip.mp4 150000 1)"
is "and the scrub names it" "1 clip.mp4" "$(verify_says | sed 's/@.*//')"
flip "$BLOB" 150000
is "and put back it is served" same "$(read_at clip.mp4 0 300001)"

# The ledger.
custody_as $ADMIN ledger checkpoint >"$T/head.old"
chmod 644 "$T/head.old"
unmount_store
SEGMENT=$S/ledger/segment/0000000000000000
cp -a "$S" "$T/then"
no_mount() {            # FACT PATTERN
	custodyfs "$S" "$M" -f >"$T/out" 2>&1 &
	DAEMON=$!
	until_true mounted_or_dead
	if mountpoint -q "$M"; then
		kill_daemon
		fail "$1" "it mounted"
	elif wait $DAEMON; then
		fail "$1" "status 0"
	else
		ok "$1" grep -q "$2" "$T/out"
	fi
	DAEMON=
}
against() { status_of custody -s "$S" ledger checkpoint --against "$1"; }

size=$(stat -c %s "$SEGMENT")
flip "$SEGMENT" $((size - 20))
no_mount "a byte of the last event: no mount, and the place is named" 'segment/0000000000000000'
is "nothing was changed" "$size" "$(stat -c %s "$SEGMENT")"
flip "$SEGMENT" $((size - 20))
flip "$SEGMENT" $((size / 2))
is "a byte in the middle: the check of the ledger fails" 1 "$(status_of custody -s "$S" ledger verify)"
ok "and names the entry" grep -qE 'entry [0-9]+|segment/0000000000000000' "$T/out"
flip "$SEGMENT" $((size / 2))
is "put back, the ledger holds" 0 "$(status_of custody -s "$S" ledger verify)"

truncate -s $((size - 300)) "$SEGMENT"
no_mount "its end cut off: no mount" 'rolled back'
cp -a "$T/then/ledger/segment/0000000000000000" "$SEGMENT"
mv "$SEGMENT" "$T/segment"
no_mount "a segment gone: no mount" 'segment'
mv "$T/segment" "$SEGMENT"
printf 'custodyfs/forged\n1\nAAAA\n\n' >"$S/ledger/checkpoint"
no_mount "another head: no mount" 'checkpoint'
cp "$T/then/ledger/checkpoint" "$S/ledger/checkpoint"

# Who takes away the head as well is found out by a head kept elsewhere.
is "the kept head is a part of the ledger" 0 "$(against "$T/head.old")"
mount_store settle=1
as $WANG cp "$T/note.pdf" "$D/more.pdf"
custody_as $ADMIN ledger checkpoint >"$T/head.new"
chmod 644 "$T/head.new"
unmount_store
is "it is a part of the grown ledger" 0 "$(against "$T/head.old")"
is "and so is the newer one" 0 "$(against "$T/head.new")"
chattr -R -i "$S" 2>/dev/null
rm -rf "$S"
cp -a "$T/then" "$S"
is "an older copy put in its place: part of the old head" 0 "$(against "$T/head.old")"
rolled=$(against "$T/head.new")
ok "rolled back, by the newer head ($rolled)" test "$rolled" -ne 0
ok "and it is called that" grep -q 'ROLLED BACK' "$T/out"
mount_store settle=1
for n in $(seq 30); do as $WANG cp "$T/note.pdf" "$D/other-$n.pdf"; done
rewritten=$(status_of custody_as $ADMIN ledger checkpoint --against "$T/head.new")
ok "gone on from there it is rewritten, and told apart ($rewritten)" test "$rewritten" -ne 0 -a "$rewritten" -ne "$rolled"
ok "and it is called that" grep -q 'REWRITTEN' "$T/out"
unmount_store
