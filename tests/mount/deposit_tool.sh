#!/usr/bin/env bash
# custody deposit of a whole camera: where each file goes, what is skipped, refused and reported, and the receipt.
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-03-14T18:30
mount_store
people
custody_as $ADMIN register device WS00031 --unit 中都所 >"$T/out"
custody_as $ADMIN register person 0830171 马超 --unit 中都所 --roles officer --certified 2020-01-01 >"$T/out"
custody_as $ADMIN register device ABC123 --unit 中都所 >"$T/out"
CASE=汶市监立〔2023〕47号
custody_as $LI register case "$CASE" --class evidence-30 >"$T/out"
U=by-unit/中都所
CAM=$T/cam
CARD=$CAM/DCIM/100MEDIA/WS00017/083017/20230314
mkdir -p "$CARD"

# A source of so many random bytes.
make() {
	mkdir -p "$(dirname "$1")"
	head -c "${2:-1000}" /dev/urandom >"$1"
	touch -d '2023-03-14 09:30:12.123456789 +0800' "$1"
	chmod -R a+rX "$T"/cam* 2>/dev/null
}
# Deposits as UID, the answer in $T/answer, and says it in the words of a Python expression over d; f is a dictionary of the files by name.
deposit() { local uid=$1; shift; custody_as "$uid" deposit --json "$@" >"$T/answer" 2>"$T/said"; echo $? >"$T/status"; }
answer() { json "(lambda f: $1)({x['source'].rsplit('/')[-1]: x for x in d['files']})" <"$T/answer"; }
status() { cat "$T/status"; }
one() { deposit "$@"; json '(lambda x: "%s %s %s" % (x["status"], x["reason"], x["path"]))(d["files"][0])' <"$T/answer"; }
items() { custody_as $ADMIN list items --json | json 'len(d["rows"])'; }
refusals() { events | json 'sum(r["details"]["count"] for r in rows if r["event"] == "refused")'; }
ledger_size() { custody_as $ADMIN status --json | json 'd["ledger"]["size"]'; }

# A camera's card: both orders, IMP, the short form, a document that only its folder tells of, and what does not belong there.
A=WS00017_083017_20230314093012_0001.mp4 B=083017_WS00017_20230314101540_0002IMP.mp4 C=20230314111233_0003.mp4
make "$CARD/$A" 300001
make "$CARD/$B" 65536
make "$CARD/$C" 0
make "$CARD/note.pdf"
make "$CARD/WS00017_083017_20230314121212_0006.mp4.part"
make "$CARD/Thumbs.db"
make "$CARD/ehthumbs_vista.db"
make "$CARD/~\$note.docx"
make "$CARD/.trashed-1.mp4"
make "$CAM/System Volume Information/WPSettings.dat"
ln -s "$CARD/$A" "$CARD/WS00017_083017_20230314101010_0009.mp4"
mkfifo "$CARD/WS00017_083017_20230314101010_0010.mp4"
chmod -R a+rX "$CAM"

# A dry run changes nothing.
size=$(ledger_size)
deposit $WANG --dry-run "$CAM"
is "a dry run succeeds" 0 "$(status)"
is "it plans all four" "planned planned planned planned" "$(answer '" ".join(f[n]["status"] for n in ("'$A'", "'$B'", "'$C'", "note.pdf"))')"
is "it says where to" "$U/WS00017/083017/2023-03-14/未立案/$B" "$(answer "f['$B']['path']")"
is "it is told as one" "True True 4 4 None" "$(answer '"%s %s %d %d %s" % (d["ok"], d["dry_run"], d["totals"]["files"], d["totals"]["planned"], d["checkpoint"])')"
is "it wrote nothing on the ledger" "$size" "$(ledger_size)"
fails ENOENT "it made no folder" as $WANG sys stat "$M/$U/WS00017/083017/2023-03-14"
is "no item" 0 "$(items)"
ok "as text it says that nothing was changed" grep -q 'nothing was changed' <(custody_as $WANG deposit --dry-run "$CAM")

# The real one.
deposit $WANG "$CAM"
is "王建国 deposits the card" "0 True" "$(status) $(answer 'd["ok"]')"
for n in "$A" "$B" "$C" note.pdf; do
	is "$n is deposited where it belongs" "deposited $U/WS00017/083017/2023-03-14/未立案/$n" "$(answer "f['$n']['status'] + ' ' + f['$n']['path']")"
	is "its digest is the source's" "$(sha_of "$CARD/$n")" "$(answer "f['$n']['sha256']")"
	is "size and time are the source's, to the millisecond" "$(stat -c '%s %.3Y' "$CARD/$n")" "$(as $WANG stat -c '%s %.3Y' "$M/$U/WS00017/083017/2023-03-14/未立案/$n")"
	item=$(answer "f['$n']['item']")
	is "the store says the same of it" "$(answer "[f['$n'][k] for k in ('sha256', 'sm3', 'size', 'path', 'unit', 'device', 'officer', 'recorded_on', 'case', 'important')]")" \
		"$(custody_as $ADMIN show --json "$item" | json '[d["item"][k] for k in ("sha256", "sm3", "size", "path", "unit", "device", "officer", "recorded_on", "case", "important")]')"
	is "the ledger has it where the receipt says" "deposit.close deposit.seal $item" \
		"$(events "$item" | json "'%s %s %s' % (next(r['event'] for r in rows if r['seq'] == $(answer "f['$n']['ledger']['close']")), *next((r['event'], r['item']) for r in rows if r['seq'] == $(answer "f['$n']['ledger']['seq']")))")"
done
is "what the officer marked is important" "True False" "$(answer "'%s %s' % (f['$B']['important'], f['$A']['important'])")"
is "dates are the name's, else the folder's" "name name folder" "$(answer "' '.join(f[n]['date_from'] for n in ('$A', '$C', 'note.pdf'))")"
is "numbers are read" "1 2 3 None" "$(answer "'%s %s %s %s' % tuple(f[n]['sequence'] for n in ('$A', '$B', '$C', 'note.pdf'))")"
is "what does not belong was passed over" "4 8" "$(answer '"%d %d" % (d["totals"]["files"], d["passed_over"])')"
is "no number is missing" "[]" "$(answer 'str(d["gaps"])')"
is "nothing was cleared" "False 0" "$(answer "'%s %d' % (f['$A']['cleared'], d['totals']['cleared'])")"
is "nothing was refused on the way" 0 "$(refusals)"
is "the receipt names who, and the store" "083017 王建国 $(custody_as $ADMIN status --json | json 'd["store"]["uuid"]')" "$(answer '" ".join([d["depositor"]["number"], d["depositor"]["name"], d["store"]])')"
answer 'd["checkpoint"].rstrip("\n")' >"$T/head"
ok "its signed head is the ledger's" custody_as $ADMIN ledger checkpoint --against - <"$T/head"

# Again: nothing is copied, nothing refused.
size=$(ledger_size)
deposit $WANG "$CAM"
is "again, all of it is there already" "0 duplicate duplicate duplicate duplicate" "$(status) $(answer '" ".join(x["status"] for x in d["files"])')"
is "the receipt has everything of duplicates, too" "True" "$(answer 'all(x["item"] and x["sha256"] and x["sm3"] and x["ledger"]["seq"] for x in d["files"])')"
is "there are still four items" 4 "$(items)"
is "and nothing new on the ledger" "$size" "$(ledger_size)"
make "$T/cam2/083017_WS00017_20230314093012_0001.mp4"
cp -p "$CARD/$A" "$T/cam2/083017_WS00017_20230314093012_0001.mp4"
is "the same recording in the other order is a duplicate" "duplicate None $U/WS00017/083017/2023-03-14/未立案/$A" "$(one $WANG "$T/cam2")"
is "also where it would go into a case" "duplicate None $U/WS00017/083017/2023-03-14/未立案/$A" "$(one $WANG "$T/cam2" --case "$CASE")"
mv "$T/cam2/083017_WS00017_20230314093012_0001.mp4" "$T/cam2/WS00017_083017_20230314093012_0001IMP.mp4"
is "marked as important it is another" "deposited None" "$(one $WANG "$T/cam2" | cut -d' ' -f1,2)"

# The same name with other bytes.
rm -r "$T/cam2"
make "$T/cam2/$A" 300001
was=$(custody_as $ADMIN show --json "$U/WS00017/083017/2023-03-14/未立案/$A" | json 'str([d["item"][k] for k in ("item", "path", "size", "mtime", "sha256", "sm3")])')
is "other bytes of the same length and name are refused" "refused name-taken $U/WS00017/083017/2023-03-14/未立案/$A" "$(one $WANG "$T/cam2" --clear-source)"
is "that is a failure" 1 "$(status)"
ok "and is said" grep -q 'other content' "$T/said"
make "$T/cam2/$A" 5
is "of another length, too" "refused name-taken" "$(one $WANG "$T/cam2" --clear-source | cut -d' ' -f1,2)"
is "a dry run foresees it" "refused name-taken" "$(one $WANG --dry-run "$T/cam2" | cut -d' ' -f1,2)"
make "$T/cam2/$A" 300001
is "the item is what it was" "$was" "$(custody_as $ADMIN show --json "$U/WS00017/083017/2023-03-14/未立案/$A" | json 'str([d["item"][k] for k in ("item", "path", "size", "mtime", "sha256", "sm3")])')"
ok "the source is still there" test -s "$T/cam2/$A"

# Missing numbers: between the run's and what the store has.
rm -r "$T/cam2"
make "$T/cam2/WS00017_083017_20230314140000_0005.mp4"
make "$T/cam2/WS00017_083017_20230314150000_0009.mp4"
deposit $WANG "$T/cam2/WS00017_083017_20230314140000_0005.mp4"
is "0004 is missing" "WS00017 2023-03-14 4-4" "$(answer '["%s %s %d-%d" % (g["device"], g["day"], g["from"], g["to"]) for g in d["gaps"]]')"
is "a gap is no failure" 0 "$(status)"
deposit $WANG "$T/cam2"
is "0006 to 0008, too" "4-4 6-8" "$(answer '" ".join("%d-%d" % (g["from"], g["to"]) for g in d["gaps"])')"
ok "as text: 0004" grep -q 'GAP: device WS00017, 2023-03-14: number 0004 is missing' <(custody_as $WANG deposit "$T/cam2")
ok "0006 to 0008" grep -q 'numbers 0006 to 0008 are missing' <(custody_as $WANG deposit "$T/cam2")
make "$T/cam2/WS00017_083022_20230314160000_0004.mp4"
deposit $LI "$T/cam2"
is "a number that another officer's recording has is not missing" "6-8" "$(answer '" ".join("%d-%d" % (g["from"], g["to"]) for g in d["gaps"])')"

# Who and what is not registered, not certified, not one's own.
rm -r "$T/cam2"
n=$(items)
make "$T/cam2/WS00099_083017_20230314093012_0001.mp4"
make "$T/cam2/WS00017_083088_20230314093013_0001.mp4"
make "$T/cam2/WS00017_083099_20230314093014_0001.mp4"
make "$T/cam2/WS00017_083022_20230314093015_0001.mp4"
make "$T/cam2/WS00017_083017_20230315093016_0001.mp4"
make "$T/cam2/WS00017_083017_20230314093017_0001.mp4"
refused_as() { answer '["%s %s" % (x["status"], x["reason"]) for n, x in sorted(f.items(), key=lambda p: p[0][15:])]' | xargs; }
before=$(refusals)
deposit $WANG --dry-run "$T/cam2"
is "a dry run foresees each refusal" "refused device-unknown refused officer-unknown refused not-yours refused not-yours planned None refused date-future" "$(refused_as)"
is "and none is recorded" "$before" "$(refusals)"
deposit $WANG "$T/cam2"
is "each is refused for its own reason, and the rest goes on" "refused device-unknown refused officer-unknown refused not-yours refused not-yours deposited None refused date-future" "$(refused_as)"
is "that is a failure" "1 False" "$(status) $(answer 'd["ok"]')"
is "five refusals are on the ledger" $((before + 5)) "$(refusals)"
is "one item came" $((n + 1)) "$(items)"
is "周浩, auxiliary: the custodian deposits none of his" "refused not-formal" "$(one $LI "$T/cam2/WS00017_083099_20230314093014_0001.mp4" | cut -d' ' -f1,2)"
custody_as $ADMIN register person 083099 周浩 --formal >"$T/out"
is "formal, and not certified" "refused not-certified" "$(one $LI --dry-run "$T/cam2/WS00017_083099_20230314093014_0001.mp4" | cut -d' ' -f1,2)"
is "in earnest, too" "refused not-certified" "$(one $LI "$T/cam2/WS00017_083099_20230314093014_0001.mp4" | cut -d' ' -f1,2)"
is "the reason is a sentence in Chinese" 1 "$(as $LI env -u LC_ALL LANG=zh_CN.UTF-8 custody -m "$M" deposit "$T/cam2/WS00017_083099_20230314093014_0001.mp4" 2>"$T/said" | grep -c '未存入.*执法资格')"
is "the custodian deposits for 王建国" "duplicate None" "$(one $LI "$T/cam2/WS00017_083017_20230314093017_0001.mp4" | cut -d' ' -f1,2)"
deposit $STRANGER "$T/cam2"
is "who is nobody is told so" "1 EACCES nobody" "$(status) $(json '"%s %s" % (d["errno"], d["reason"])' <"$T/answer")"

# Which is the device, and which the officer?
rm -r "$T/cam2"
make "$T/cam2/0830171_ABC123_20230314093012_0001.mp4"
is "the register tells, where the lengths are each other's" "deposited None $U/ABC123/0830171/2023-03-14/未立案/0830171_ABC123_20230314093012_0001.mp4" "$(one $LI "$T/cam2")"
rm -r "$T/cam2"
make "$T/cam2/WS00017_WS00023_20230314093012_0001.mp4"
is "two devices are no device and officer" "unplaced ambiguous None" "$(one $LI "$T/cam2")"
make "$T/cam2/WS00017_083017_20230229093012_0001.mp4"
is "a day that there is not" "unplaced time-bad" "$(one $LI "$T/cam2/WS00017_083017_20230229093012_0001.mp4" | cut -d' ' -f1,2)"

# What the name does not tell.
rm -r "$T/cam2"
make "$T/cam2/20230313235959_0001.mp4"
is "the short form alone has no place" "unplaced no-device None" "$(one $WANG "$T/cam2")"
is "with a device it lacks the officer" "unplaced no-officer None" "$(one $WANG --device WS00031 "$T/cam2")"
is "with both it goes there" "deposited None $U/WS00031/083017/2023-03-13/未立案/20230313235959_0001.mp4" "$(one $WANG --device WS00031 --officer 083017 "$T/cam2")"
make "$T/cam2/$A" 77
is "a name that says otherwise than the options" "unplaced device-differs None" "$(one $WANG --device WS00031 "$T/cam2/$A")"
is "otherwise than --officer" "unplaced officer-differs None" "$(one $WANG --officer 083022 "$T/cam2/$A")"
make "$T/cam2/photo.jpg"
touch -d '2023-03-12 16:30:00 +0000' "$T/cam2/photo.jpg"
is "no time in the name: the file's, in the store's zone" "deposited None $U/WS00031/083017/2023-03-13/未立案/photo.jpg" "$(one $WANG --device WS00031 --officer 083017 "$T/cam2/photo.jpg")"
is "and said so" mtime "$(answer 'd["files"][0]["date_from"]')"
ok "also as text" grep -q "modification time" <(custody_as $WANG deposit --device WS00031 --officer 083017 "$T/cam2/photo.jpg")
make "$T/cam2/DCIM/100MEDIA/083017/WS00031/2023-03-11/IMP/20230311080000_0001.mp4"
is "folders tell, in the other order, too" "deposited None $U/WS00031/083017/2023-03-11/未立案/20230311080000_0001.mp4" "$(one $WANG "$T/cam2/DCIM")"
is "and that it is important" True "$(answer 'd["files"][0]["important"]')"
is "which the store keeps" yes "$(attr_of $WANG "$M/$U/WS00031/083017/2023-03-11/未立案/20230311080000_0001.mp4" important)"
cd "$T/cam2/DCIM/100MEDIA/083017/WS00031/2023-03-11/IMP" || exit 1
is "also from within them" "duplicate None $U/WS00031/083017/2023-03-11/未立案/20230311080000_0001.mp4" "$(one $WANG 20230311080000_0001.mp4)"
cd "$TOP" || exit 1
make "$T/cam2/$(printf 'WS00031_083017_20230311080001_0002.mp4')" 2000
is "a registered case's folder" "deposited None $U/WS00031/083017/2023-03-11/$CASE/WS00031_083017_20230311080001_0002.mp4" \
	"$(one $WANG --case "$CASE" "$T/cam2/WS00031_083017_20230311080001_0002.mp4")"
make "$T/cam2/WS00031_083017_20230311080002_0003.mp4"
deposit $WANG --case 无此案 "$T/cam2/WS00031_083017_20230311080002_0003.mp4"
is "a case that is not registered is told, and nothing deposited" "1 False $U" "$(status) $(json 'd["ok"]' <"$T/answer") $U"
is "the unit can be said by its code" "deposited None $U/WS00031/083017/2023-03-11/未立案/WS00031_083017_20230311080002_0003.mp4" \
	"$(one $WANG --unit 370830001003 "$T/cam2/WS00031_083017_20230311080002_0003.mp4")"
is "a unit that the device is not of" "refused device-unknown" "$(make "$T/cam2/WS00031_083017_20230311080003_0004.mp4"; one $WANG --unit 稽查大队 "$T/cam2/WS00031_083017_20230311080003_0004.mp4" | cut -d' ' -f1,2)"
is "a unit that there is not" "refused unit-unknown None" "$(one $WANG --unit 无此所 "$T/cam2/WS00031_083017_20230311080003_0004.mp4")"

mkdir -p "$T/cam4"
make "$T/cam4/blob"
ln -s blob "$T/cam4/WS00031_083017_20230310080000_0001.mp4"
is "a link that is named counts by its own name" "deposited None $U/WS00031/083017/2023-03-10/未立案/WS00031_083017_20230310080000_0001.mp4" \
	"$(one $WANG "$T/cam4/WS00031_083017_20230310080000_0001.mp4")"

# Usage.
usage() { local fact=$1; shift; deposit $WANG "$@"; is "$fact: usage" 2 "$(status)"; }
usage "nothing named"
usage "only the store itself" "$M/$U"
usage "a folder of the store with --case" "$T/cam2/$A" "$M/$U/WS00017/083017/2023-03-14/未立案" --case 未立案
usage "a device that leaves the tree" --device ../.. --officer 083017 "$T/cam2/photo.jpg"
usage "a receipt where none can be" --receipt /proc/none/receipt "$T/cam2"
is "what is in the store is not deposited" "refused in-store None" "$(one $WANG "$M/$U/WS00017" "$T/cam2/$A")"
is "what is not there failed" "failed read-error None" "$(one $WANG "$T/none")"
is "an empty folder is no failure" "0 0" "$(mkdir -p "$T/cam3"; deposit $WANG "$T/cam3"; status) $(answer 'd["totals"]["files"]')"
make "$T/cam3/$(printf 'a\377.mp4')"
is "a name that is no text has its row" "refused name-bad a\\xff.mp4" "$(one $WANG --device WS00031 --officer 083017 "$T/cam3" | cut -d' ' -f1,2) $(answer 'd["files"][0]["source"].rsplit("/")[-1]')"
ok "everything verifies" custody_as $ADMIN verify --all
ok "and the ledger" custody_as $ADMIN ledger verify
unmount_store
