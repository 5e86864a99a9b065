#!/usr/bin/env bash
# The ledger is the truth: the catalog, thrown away and made again, is the same row for row.  fsck.custodyfs finds nothing wrong with a good store, changes nothing,
# and names what was damaged.
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-03-14T18:30
S=$T/store
mount_store settle=2
people
make_folder 2023-03-14
make_folder 2023-03-13
D=$(folder_of 2023-03-14)
head -c 300001 /dev/urandom >"$T/clip.mp4"
chmod 644 "$T/clip.mp4"

# Something of everything.
custody_as $ADMIN register case 汶市监立〔2023〕47号 --party 刘记 --cause 经营超过保质期食品 --class evidence-30 >/dev/null 2>&1 ||
	custody_as $LI register case 汶市监立〔2023〕47号 --party 刘记 --cause 经营超过保质期食品 --class evidence-30 >/dev/null
custody_as $ADMIN register person 083099 周浩 --uid $ZHOU --unit 稽查大队 --roles officer --auxiliary >/dev/null
as $WANG mkdir "$(folder_of 2023-03-14 汶市监立〔2023〕47号)"
as $WANG cp -p "$T/clip.mp4" "$D/a.mp4"
as $WANG cp "$T/clip.mp4" "$D/b_0002IMP.mp4"
as $WANG mv "$D/b_0002IMP.mp4" "$(folder_of 2023-03-14 汶市监立〔2023〕47号)/renamed.mp4"
as $WANG touch -d 2001-02-03 "$D/a.mp4"
as $WANG setfattr -n user.DOSATTRIB -v 0x20 "$D/a.mp4"
as $WANG cp "$T/clip.mp4" "$D/withdrawn.mp4"
as $WANG rm "$D/withdrawn.mp4"
as $WANG sh -c ': >"$1"; cat "$2" >>"$1"' sh "$D/reopened.mp4" "$T/clip.mp4"
as $WANG sh -c 'head -c 3000000 /dev/zero | tee "$1" | head -c 1 >/dev/null' sh "$D/broken.mp4"
as $WANG rmdir "$(folder_of 2023-03-13)"
as $SUN ls "$D" >/dev/null
as $SUN cat "$D/a.mp4" 2>/dev/null
custody_as $ZHANG request "$D/a.mp4" --purpose 核对进货查验 --opens 3 >/dev/null
custody_as $CHEN approve 1 >/dev/null
as $ZHANG cat "$D/a.mp4" >/dev/null
custody_as $SUN request --case 汶市监立〔2023〕47号 --purpose 抽查 >/dev/null
custody_as $CHEN deny 2 --reason 无关 >/dev/null
custody_as $ZHANG request "$D/reopened.mp4" --purpose x >/dev/null
custody_as $CHEN approve 3 >/dev/null
custody_as $CHEN revoke 3 --reason 误批 >/dev/null
custody_as $ADMIN clock set 2023-03-20T09:00 >/dev/null
digested() { [ "$(custody_as $ADMIN --json status | json 'd["digests_pending"]')" = 0 ]; }
until_true digested
kinds=$(events | json 'len({e["event"] for e in rows})')
ok "the ledger has events of many kinds ($kinds)" test "$kinds" -ge 20

status_of() {           # what a sanitizer has to say goes to the daemon's log, which is looked through
	"$@" >"$T/out" 2>&1
	echo $?
	cat "$T/out" >>"$T/log"
}
dump() { sqlite3 -readonly "$S/catalog.db" .dump; }
# Everything in the store, but for what SQLite keeps in memory.
prints() { (cd "$S" && find . -type f ! -name 'catalog.db-shm' ! -name lock -exec sha256sum {} + | sort -k 2); }

is "beside the mount: nothing wrong" 0 "$(status_of fsck.custodyfs "$S")"
is "no rebuilding under a mount" 2 "$(status_of fsck.custodyfs --rebuild "$S")"
ok "and it says why" grep -q 'mounted' "$T/out"
unmount_store
prints >"$T/before"
is "a good store: nothing wrong" 0 "$(status_of fsck.custodyfs "$S")"
is "with all content" 0 "$(status_of fsck.custodyfs --content "$S")"
is "as one JSON document" "True True 0" "$(fsck.custodyfs --json "$S" | json '"%s %s %d" % (d["checked"], d["clean"], len(d["problems"]))')"
prints >"$T/after"
ok "nothing was changed" cmp "$T/before" "$T/after"

dump >"$T/dump"
rm "$S"/catalog.db*
is "made again from the ledger" 0 "$(status_of fsck.custodyfs --rebuild "$S")"
dump >"$T/dump.again"
ok "the catalog is the same, row for row" cmp "$T/dump" "$T/dump.again"
ok "which is not little" test "$(wc -l <"$T/dump")" -gt 100
is "over a catalog that stands: the same" 0 "$(status_of fsck.custodyfs --rebuild --content "$S")"
dump >"$T/dump.again"
ok "row for row" cmp "$T/dump" "$T/dump.again"
printf 'rubbish' | dd of="$S/catalog.db" bs=1 seek=4096 conv=notrunc status=none
is "over a broken one" 0 "$(status_of fsck.custodyfs --rebuild "$S")"
dump >"$T/dump.again"
ok "row for row too" cmp "$T/dump" "$T/dump.again"
rm "$S"/catalog.db*
mount_store settle=2
ok "a mount makes it again by itself" as $WANG stat "$D/a.mp4"
is "and knows everyone" "officer" "$(custody_as $ADMIN --json show person 083099 | json 'd["person"]["roles"]')"
kill_daemon
dump | grep -v '^INSERT INTO \(event\|meta\)' >"$T/dump.killed"
is "after a crash: made again" 0 "$(status_of fsck.custodyfs --rebuild "$S")"
dump | grep -v '^INSERT INTO \(event\|meta\)' >"$T/dump.again"
ok "the same, row for row" cmp "$T/dump.killed" "$T/dump.again"

# Damage is named, and put back it is none.
cp -a "$S" "$T/good"
found() {               # FACT PATTERN OPTION…
	local fact=$1 pattern=$2
	shift 2
	is "$fact: found" 1 "$(status_of fsck.custodyfs "$@" "$S")"
	ok "$fact: named" grep -qE "$pattern" "$T/out"
	ok "$fact: in JSON" test "$(fsck.custodyfs --json "$@" "$S" | json 'len(d["problems"])')" -gt 0
	chattr -R -i "$S" 2>/dev/null
	rm -rf "$S"
	cp -a "$T/good" "$S"
}
edit() { sqlite3 "$S/catalog.db" "$1"; }
item_named() { sqlite3 -readonly "$S/catalog.db" "SELECT id FROM item WHERE name='$1'"; }
blob_of() { printf '%s/blob/000000/000/%012d' "$S" "$(item_named "$1")"; }
soften() { chattr -i "$1" 2>/dev/null; chmod 600 "$1"; }

edit "UPDATE item SET retain_until=0 WHERE name='a.mp4'"
found "a term shortened in the catalog" 'table item'
edit "UPDATE person SET roles=127 WHERE number='083017'"
found "roles added in the catalog" 'table person'
edit "UPDATE request SET state=1 WHERE id=2"
found "an approval forged in the catalog" 'table request'
edit "DELETE FROM item WHERE name='a.mp4'"
found "an item missing from the catalog" 'table (item|tally)'
edit "INSERT INTO unit VALUES(99, 'x', 'y')"
found "a unit too many in the catalog" 'table unit'
printf 'rubbish' >"$S/catalog.db"
found "a catalog that is none" 'rebuild'
rm "$S"/catalog.db*
found "no catalog" 'rebuild'
blob=$(blob_of a.mp4) && soften "$blob" && rm "$blob"
found "content gone" 'a\.mp4'
blob=$(blob_of a.mp4) && soften "$blob" && truncate -s 1000 "$blob"
found "content cut short" 'a\.mp4'
blob=$(blob_of a.mp4) && soften "$blob" && printf 'x' | dd of="$blob" bs=1 seek=150000 conv=notrunc status=none
is "a changed byte is not looked for without --content" 0 "$(status_of fsck.custodyfs "$S")"
found "a changed byte" 'a\.mp4.*131072' --content
blob=$(blob_of withdrawn.mp4) && soften "$blob" && rm "$blob"
found "withdrawn content gone" 'withdrawn\.mp4'
size=$(stat -c %s "$S/ledger/segment/0000000000000000")
printf '\0' | dd of="$S/ledger/segment/0000000000000000" bs=1 seek=$((size / 3)) conv=notrunc status=none
found "a changed byte of the ledger" 'entry [0-9]+|segment/0000000000000000'
printf 'custodyfs/forged\n1\nAAAA\n\n' >"$S/ledger/checkpoint"
found "a forged head" 'head|checkpoint|signed'
is "put back: nothing wrong" 0 "$(status_of fsck.custodyfs --content "$S")"

# The ledger's positions and hashes are derived from it: --rebuild makes them again, and where they are gone a mount does.
for file in position hash/0; do
	printf 'x' | dd of="$S/ledger/$file" bs=1 seek=77 conv=notrunc status=none
	is "$file damaged: --rebuild makes it again" 0 "$(status_of fsck.custodyfs --rebuild "$S")"
	rm "$S/ledger/$file"
	mount_store settle=2
	ok "$file gone: the mount makes it again" custody_as $ADMIN ledger verify
	unmount_store
done
is "then nothing is wrong" 0 "$(status_of fsck.custodyfs --content "$S")"

is "no store" 2 "$(status_of fsck.custodyfs "$T/bin")"
is "nowhere" 2 "$(status_of fsck.custodyfs "$T/nowhere")"
is "a newer format" 2 "$(sed -i 's/"format": 1/"format": 99/' "$S/store.json"; status_of fsck.custodyfs "$S")"
ok "and it says so" grep -q 'newer' "$T/out"
is "no store named" 2 "$(status_of fsck.custodyfs)"
sanitizer_clean
