#!/usr/bin/env bash
# A disposal that is killed in its middle: what is on the ledger as disposed of loses its bytes at the next start, everything else is whole; the approval remains.
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-03-14T18:30
S=$T/store
mount_store settle=1
people
make_folder 2023-03-14
D=$(folder_of 2023-03-14)
N=120
mkdir -m 755 "$T/in"
for n in $(seq $N); do head -c 150000 /dev/urandom >"$T/in/$n.mp4"; done
chmod 644 "$T/in"/*
as $WANG cp "$T/in"/*.mp4 "$D/"
eventually "settled" is_settled "$D/$N.mp4"
digested() { [ "$(custody_as $ADMIN --json status | json 'd["digests_pending"]')" = 0 ]; }
until_true digested
custody_as $ADMIN clock set 2023-09-15T00:00 >/dev/null
ok "all are proposed" custody_as $LI dispose propose --expired
blobs() { find "$S/blob" -type f | wc -l; }
done_of() { custody_as $LI dispose list --json | json 'd["rows"][0]["done"]'; }
going() { [ "$(blobs)" -lt $((N - before)) ]; }

# Killed again and again while it goes on.
rounds=0
while [ "$(done_of)" -lt $N ] && [ $rounds -lt 12 ]; do
	rounds=$((rounds + 1))
	before=$(done_of)
	if [ $rounds -lt 12 ]; then
		custody_as $CHEN dispose approve 1 >"$T/out" 2>&1 &
		tool=$!
		# somewhere within the first few parts
		for _ in $(seq $((rounds % 4))); do moment; done
		until_true going || true
		kill_daemon
		wait $tool 2>/dev/null
	else
		ok "undisturbed it comes to its end" custody_as $CHEN dispose approve 1
		break
	fi
	mount_store settle=1
	gone=$(done_of)
	[ "$gone" -ge "$before" ] || fail "round $rounds: nothing comes back" "$before before, $gone after"
	is "round $rounds: what is disposed of has no bytes, all else has ($gone)" $((N - gone)) "$(blobs)"
done
[ "$(done_of)" -eq $N ] || ok "the rest" custody_as $CHEN dispose approve 1
is "all are disposed of" "done $N" "$(custody_as $LI dispose list --json | json 'd["rows"][0]["state"] + " %d" % d["rows"][0]["done"]')"
is "each is on the ledger once" $N "$(events | json 'len({r["item"] for r in rows if r["event"] == "dispose.item"})')"
is "and not twice" $N "$(events | json 'sum(r["event"] == "dispose.item" for r in rows)')"
is "what became of each is told" $N "$(custody_as $LI dispose list --done --json | json 'sum(r["disposal"]["how"] != "pending" for r in d["rows"])')"
is "no bytes are left" 0 "$(blobs)"
is "nor hashes of them" 0 "$(find "$S/leaf" -type f | wc -l)"
is "the folder is empty" "" "$(as $WANG ls "$D")"

# Bytes that cannot be removed: this is reported, and they are removed at the next start.
as $WANG cp "$T/in/1.mp4" "$D/last.mp4"
eventually "settled" is_settled "$D/last.mp4"
until_true digested
ITEM=$(attr_of $LI "$D/last.mp4" id)
ok "one more is proposed" custody_as $LI dispose propose "$D/last.mp4"
if chattr +i "$S/blob/000000/000" 2>/dev/null; then
	is "its bytes cannot be removed" 1 "$(custody_as $CHEN dispose approve 2 >"$T/out" 2>&1; echo $?)"
	ok "and that is said" grep -q 'could not be removed yet' "$T/out"
	fails ENOENT "it is out of the tree" as $WANG sys stat "$D/last.mp4"
	is "pending" pending "$(custody_as $LI show "$ITEM" --json | json 'd["item"]["disposal"]["how"]')"
	unmount_store
	is "fsck finds it" 1 "$(fsck.custodyfs "$S" >"$T/out" 2>&1; echo $?)"
	ok "and says what to do" grep -q "Item $ITEM .*mount" "$T/out"
	chattr -i "$S/blob/000000/000"
	mount_store settle=1
	is "the mount removes them" 0 "$(blobs)"
	is "and says so" False "$(custody_as $LI show "$ITEM" --json | json 'd["item"]["disposal"]["how"] == "pending"')"
else
	skip "bytes that cannot be removed" "no immutable flag on this file system"
	custody_as $CHEN dispose approve 2 >/dev/null
fi
unmount_store
sqlite3 -readonly "$S/catalog.db" .dump >"$T/dump"
is "fsck finds nothing wrong" 0 "$(fsck.custodyfs --content "$S" >"$T/out" 2>&1; echo $?)"
ok "the catalog is made again" fsck.custodyfs --rebuild "$S"
sqlite3 -readonly "$S/catalog.db" .dump >"$T/dump.again"
ok "the same, row for row" cmp "$T/dump" "$T/dump.again"
