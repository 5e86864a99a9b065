#!/usr/bin/env bash
# A store whose disk is full: opens and deposits fail with ENOSPC, nothing is served unrecorded, nothing is half done; with room again all works, and what had
# to wait for the ledger is on it.
. "$(dirname "$0")/../lib.sh"
PYTHON=/usr/bin/python3
S=$T/store
mkdir "$S"
mount -t tmpfs -o size=48m none "$S"
cleanup() { umount -l "$S" 2>/dev/null; }
new_store --test-clock=2023-03-14T18:30
mount_store settle=2
people
make_folder 2023-03-14
D=$(folder_of 2023-03-14)
head -c 300001 /dev/urandom >"$T/clip.mp4"
head -c 20000000 /dev/urandom >"$T/large.mp4"
chmod 644 "$T"/*.mp4
ok "a deposit while there is room" as $WANG cp "$T/clip.mp4" "$D/clip.mp4"
ok "and another" as $WANG cp "$T/clip.mp4" "$D/second.mp4"
custody_as $ZHANG request "$D/clip.mp4" "$D/second.mp4" --purpose 核对进货查验 >/dev/null
custody_as $CHEN approve 1 >/dev/null
digested() { [ "$(custody_as $ADMIN --json status | json 'd["digests_pending"]')" = 0 ]; }
until_true digested

status() { custody_as $ADMIN --json status | json "$1"; }
count_events() { events | json "len([e for e in rows if $1])"; }
# Fills the disk but for N bytes, to the last block.
fill() {
	local free
	free=$(stat -f -c '%a %S' "$S" | { read -r a b && echo $((a * b)); })
	[ "$free" -le "$1" ] || fallocate -l $((free - $1)) "$S/filler.$1"
}
make_room() { rm -f "$S"/filler.*; }
# What `custody` says why not.
reason() { custody_as "$@" 2>/dev/null | json 'd["reason"]'; }

# Someone who reads already, and goes on.
shell_as $ZHANG
in_shell "exec 5<'$D/second.mp4'" >/dev/null
is "open before, it reads" 100 "$(in_shell 'head -c 100 <&5 | wc -c')"

fill 0
# What is left of blocks that are begun may hold a few events more.  Each that is opened until then is on record; that is counted later.
opened=0
for n in $(seq 300); do
	result=$(as $ZHANG sys open "$D/clip.mp4" O_RDONLY)
	[ "$result" = 0 ] || break
	opened=$((opened + 1))
done
is "opening for reading on a full disk" ENOSPC "$result"
fails ENOSPC "again" as $ZHANG sys read "$D/clip.mp4"
is "not a byte is served" 0 "$(as $ZHANG cat "$D/clip.mp4" 2>/dev/null | wc -c)"
fails ENOSPC "making a file" as $WANG sys write "$D/new.mp4" O_WRONLY,O_CREAT x
refused "a copy" as $WANG cp "$T/clip.mp4" "$D/copy.mp4"
fails ENOSPC "making a folder" as $WANG sys mkdir "$(dirname "$(dirname "$D")")/2023-03-13"
fails EACCES "one who may not still may not" as $SUN sys open "$D/clip.mp4" O_RDONLY
fails EPERM "nor may what is sealed be changed" as $WANG sys truncate "$D/clip.mp4" 0
is "a person cannot be registered, and is told why" no-space "$(reason $ADMIN --json register person P099 新人 --uid 2098 --roles auditor --formal)"
is "nor be given another role" no-space "$(reason $ADMIN --json register person P043 孙海涛 --uid $SUN --roles inspector,admin --formal)"
is "nor asked for approval" no-space "$(reason $SUN --json request "$D/clip.mp4" --purpose x)"
is "nor an approval be taken back" no-space "$(reason $CHEN --json revoke 1)"
is "nor the clock be set" no-space "$(reason $ADMIN --json clock set 2023-03-14T20:00)"
is "the register is as it was" "inspector" "$(custody_as $ADMIN --json show person P043 | json 'd["person"]["roles"]')"
refused "and knows nobody new" custody_as $ADMIN show person P099
is "the approval stands" approved "$(custody_as $ZHANG --json requests | json 'd["rows"][0]["state"]')"
is "the clock too" 2023-03-14T18 "$(custody_as $ADMIN --json clock | json 'd["clock"][:13]')"
is "the folder shows what it did" "clip.mp4 second.mp4" "$(as $WANG ls "$D" | tr '\n' ' ' | sed 's/ $//')"
is "attributes are still told" 300001 "$(as $WANG stat -c %s "$D/clip.mp4")"
is "who had it open may read on" 100 "$(in_shell 'head -c 100 <&5 | wc -c')"
ok "content still verifies" custody_as $LI verify "$D/clip.mp4"
in_shell 'exec 5<&-' >/dev/null
before=$(status 'd["ledger"]["size"]')

make_room
ok "with room again: reading" as $ZHANG cmp "$T/clip.mp4" "$D/clip.mp4"
ok "a deposit" as $WANG cp "$T/clip.mp4" "$D/copy.mp4"
ok "a folder" as $WANG mkdir "$(dirname "$(dirname "$D")")/2023-03-13"
ok "a registration" custody_as $ADMIN register person P099 新人 --uid 2098 --roles auditor --formal
closed_is_recorded() { [ "$(count_events "e['event'] == 'read.close' and e['path'].endswith('second.mp4') and e['details']['ranges']")" = 1 ]; }
eventually "the reading that ended meanwhile is on the ledger, with what was read" closed_is_recorded
refusals_are_recorded() { [ "$(count_events "e['event'] == 'refused' and e['details']['reason'] == 'no-space'")" -gt 0 ]; }
eventually "so are the refusals" refusals_are_recorded
denied_is_recorded() { [ "$(count_events "e['event'] == 'refused' and e['details']['verb'] == 'open-read' and (e['subject']['person'] or '') == 'P043'")" -gt 0 ]; }
eventually "and the attempt of one who might not" denied_is_recorded
is "every reading that was served is on the ledger, and no other" $((opened + 1)) \
	"$(count_events "e['event'] == 'read.open' and e['path'].endswith('clip.mp4') and e['subject']['person'] == '083031'")"
ok "the ledger has grown" test "$(status 'd["ledger"]["size"]')" -gt "$before"

# Full in the midst of a large deposit.
cat >"$T/writer.py" <<'PY'
import errno, os, sys
fd, failed = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT, 0o644), "0"
try:
    for i in range(20): os.write(fd, b"x" * 1000000)
except OSError as e:
    failed = errno.errorcode[e.errno]
try:
    os.close(fd)
    print(failed, "0")
except OSError as e:
    print(failed, errno.errorcode[e.errno])
PY
chmod 644 "$T/writer.py"
fill 6000000
read -r wrote closed < <(as $WANG $PYTHON "$T/writer.py" "$D/slow.mp4")
is "a write on a full disk" ENOSPC "$wrote"
ok "close after a failed write fails ($closed)" test "$closed" != 0
make_room
fill 6000000
refused "a large copy breaks off" as $WANG cp "$T/large.mp4" "$D/large.mp4"
listed() { custody_as $LI --json list incomplete | json "[r['reason'] for r in d['rows'] if r['name'] == '$1']"; }
is_listed() { [ -n "$(listed "$1")" ]; }
fails ENOENT "what broke off is not in the tree" as $LI sys stat "$D/large.mp4"
make_room
eventually "it is listed as incomplete" is_listed large.mp4
is "because of a write error" write-error "$(listed large.mp4)"
eventually "and so is the other" is_listed slow.mp4
fails ENOENT "neither is in the tree" as $WANG sys stat "$D/slow.mp4"
ok "the name is free" as $WANG cp "$T/clip.mp4" "$D/large.mp4"

# Full at any moment of many small deposits: each is whole, or was refused.
fill 2600000
whole=0
for n in $(seq 60); do
	if as $WANG cp "$T/clip.mp4" "$D/small-$n.mp4" 2>/dev/null; then whole=$((whole + 1)); fi
done
ok "some of many small deposits found room ($whole)" test $whole -gt 0 -a $whole -lt 60
make_room
none_receiving() { [ "$(status 'd["items"]["receiving"]')" = 0 ]; }
eventually "none is still being received" none_receiving
is "those that were acknowledged are there, and no others" $whole "$(as $WANG ls "$D" | grep -c '^small-')"
is "each as it was copied" "" "$(for f in $(as $WANG ls "$D" | grep '^small-'); do [ "$(as $WANG stat -c %s "$D/$f")" = 300001 ] || echo "$f"; done)"
ok "all content verifies" custody_as $ADMIN verify --all

# Full when the daemon dies, and when it is to start.
end_shell
fill 0
for n in $(seq 300); do as $ZHANG sys open "$D/clip.mp4" O_RDONLY >/dev/null || break; done
size=$(status 'd["ledger"]["size"]')
kill_daemon
custodyfs "$S" "$M" -f 2>"$T/why" &
DAEMON=$!
until_true mounted_or_dead
if mountpoint -q "$M"; then
	pass "there was just room enough to record the mount"
	kill_daemon
else
	wait $DAEMON
	DAEMON=
	ok "no mount on a full disk, and it says so" grep -qE 'disk|room' "$T/why"
fi
make_room
mount_store settle=2
ok "with room it mounts, and has what it had" test "$(status 'd["ledger"]["size"]')" -gt "$size"
ok "the ledger holds" custody_as $ADMIN ledger verify
ok "reading works" as $ZHANG cmp "$T/clip.mp4" "$D/clip.mp4"
unmount_store
ok "nothing is wrong with the store" fsck.custodyfs --content "$S"
