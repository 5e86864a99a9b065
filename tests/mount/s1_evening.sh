#!/usr/bin/env bash
# Scenario S1: an evening's deposit.  Three recordings are copied in, what is sealed stays as it is, and a copy that is killed leaves nothing to be seen.
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-03-14T18:30
mount_store
people
FIRST=WS00017_083017_20230314093012_0001.mp4
SECOND=083017_WS00017_20230314101540_0002IMP.mp4
THIRD=WS00017_083017_20230314111233_0003.mp4
D=$(folder_of 2023-03-14)
mkdir "$T/camera"
for n in "$FIRST:300001" "$SECOND:65536" "$THIRD:1000000"; do
	head -c "${n#*:}" /dev/urandom >"$T/camera/${n%:*}"
	touch -d '2023-03-14 09:30:12' "$T/camera/${n%:*}"
	chmod 644 "$T/camera/${n%:*}"
done
chmod 755 "$T/camera"

# what the store says of an item: item_of NAME EXPRESSION over i
item_of() { custody_as "$ADMIN" show --json "$D/$1" | json "(lambda i: $2)(d['item'])"; }
digested() { [ "$(item_of "$1" 'i["sha256"]')" != None ]; }
sm3_of() { /usr/bin/python3 -c 'import hashlib, sys; print(hashlib.new("sm3", open(sys.argv[1], "rb").read()).hexdigest())' "$1" 2>/dev/null; }
file_results() { json '[f["result"] for f in d["files"]]'; }

ok "王建国 makes the day's folder, as one path" as $WANG mkdir -p "$D"
ok "he copies the first two" as $WANG cp -p "$T/camera/$FIRST" "$T/camera/$SECOND" "$D"
for f in "$FIRST" "$SECOND"; do
	eventually "the store has digested $f" digested "$f"
	is "its SHA-256 is the source's" "$(sha_of "$T/camera/$f")" "$(item_of "$f" 'i["sha256"]')"
	if [ -n "$(sm3_of "$T/camera/$f")" ]; then
		is "its SM3 is the source's" "$(sm3_of "$T/camera/$f")" "$(item_of "$f" 'i["sm3"]')"
	else
		skip "its SM3 is the source's" "this Python's OpenSSL has no SM3"
	fi
	is "its attribute says the same" "$(sha_of "$T/camera/$f")" "$(attr_of $WANG "$D/$f" sha256)"
	is "size and time are the source's" "$(stat -c '%s %Y' "$T/camera/$f")" "$(as $WANG stat -c '%s %Y' "$D/$f")"
done
is "what the camera marked is important" "True yes" "$(item_of "$SECOND" 'i["important"]') $(attr_of $WANG "$D/$SECOND" important)"
is "the other is not" "False no" "$(item_of "$FIRST" 'i["important"]') $(attr_of $WANG "$D/$FIRST" important)"
is "it is where, whose and of when the path says" "中都所 WS00017 083017 2023-03-14 未立案" "$(item_of "$FIRST" '" ".join([i["unit"], i["device"], i["officer"], i["recorded_on"], i["case"]])')"
is "it is kept through 2023-09-14" 2023-09-15T00:00:00 "$(item_of "$FIRST" 'i["retain_until"][:19]')"

# What is sealed does not change.
was=$(item_of "$FIRST" 'i["sha256"] + i["content_root"] + str(i["size"]) + i["mtime"] + i["name"]')
fails EPERM "appending to the first" as $WANG sys write "$D/$FIRST" O_WRONLY,O_APPEND x
refused "cp over it, the same bytes" as $WANG cp "$T/camera/$FIRST" "$D/$FIRST"
refused "cp over it, other bytes" as $WANG cp "$T/camera/$SECOND" "$D/$FIRST"
fails EPERM "as cp opens it" as $WANG sys open "$D/$FIRST" O_WRONLY,O_TRUNC
refused "cp --remove-destination" as $CHEN cp --remove-destination "$T/camera/$SECOND" "$D/$FIRST"
is "nothing of it changed" "$was" "$(item_of "$FIRST" 'i["sha256"] + i["content_root"] + str(i["size"]) + i["mtime"] + i["name"]')"
ok "its content verifies" custody_as $ADMIN verify "$D/$FIRST"
why() { custody_as $WANG why "$D/$FIRST"; }
is "the reason can be asked for" "EPERM sealed" "$(custody_as $WANG why --json "$D/$FIRST" | json 'd["errno"] + " " + d["reason"]')"
ok "it is a sentence" grep -q 'sealed' <(why)

# The store's own copying tool.
ok "custody deposit of the identical file is no error" custody_as $WANG deposit "$T/camera/$FIRST" "$D"
is "it is reported as a duplicate" duplicate "$(custody_as $WANG deposit --json "$T/camera/$FIRST" "$D" | file_results)"
is "a duplicate makes no second item" 2 "$(custody_as $ADMIN list items --json | json 'len(d["rows"])')"
mkdir -m 755 "$T/other"
head -c 300001 /dev/urandom >"$T/other/$FIRST"
chmod 644 "$T/other/$FIRST"
is "custody deposit of other bytes under the same name is a conflict" conflict "$(custody_as $WANG deposit --json "$T/other/$FIRST" "$D" 2>"$T/said" | file_results)"
ok "it says so" grep -q 'other content' "$T/said"
refused "it fails" custody_as $WANG deposit "$T/other/$FIRST" "$D"
fails EEXIST "the name is taken" as $WANG sys open "$D/$FIRST" O_WRONLY,O_CREAT,O_EXCL
is "the item is what it was" "$was" "$(item_of "$FIRST" 'i["sha256"] + i["content_root"] + str(i["size"]) + i["mtime"] + i["name"]')"

# The third copy is killed at 60 %.
mkfifo -m 644 "$T/slow"
exec {feed}<>"$T/slow"
setpriv --reuid=$WANG --regid=$WANG --clear-groups -- cp "$T/slow" "$D/$THIRD" {feed}>&- &
cp=$!
head -c 600000 "$T/camera/$THIRD" >&$feed
arrived() { [ "$(as $WANG stat -c %s "$D/$THIRD")" = 600000 ]; }
eventually "60 % of the third have arrived" arrived
fails ENOENT "nobody else sees it meanwhile" as $LI sys stat "$D/$THIRD"
is "nor in a listing" 2 "$(as $LI ls "$D" | wc -l)"
kill -9 $cp
wait $cp 2>/dev/null
exec {feed}>&-
listed() { [ "$(custody_as $ADMIN list incomplete --json | json 'len(d["rows"])')" = 1 ]; }
eventually "what arrived is kept and listed for the administrator" listed
is "it says why, how much and where from" "killed 600000 $THIRD 083017 True" \
	"$(custody_as $ADMIN list incomplete --json | json '"%s %d %s %s %s" % tuple([d["rows"][0][k] for k in ("reason", "size", "name", "deposited_by")] + [d["rows"][0]["path"] is None])')"
ok "the list names it in text, too" grep -q "$THIRD" <(custody_as $ADMIN list incomplete)
refused "the officer may not go through such lists" custody_as $ZHANG list incomplete
fails ENOENT "its depositor does not see it" as $WANG sys stat "$D/$THIRD"
is "nothing partial is listed" "2 2 2" "$(as $WANG ls -A "$D" | wc -l) $(as $LI ls -A "$D" | wc -l) $(as $ADMIN ls -A "$D" | wc -l)"
is "no list of items has it" 2 "$(custody_as $ADMIN list items --json | json 'len(d["rows"])')"
ok "the retry succeeds" custody_as $WANG deposit "$T/camera/$THIRD" "$D"
is "digest as the source's" "$(sha_of "$T/camera/$THIRD")" "$(item_of "$THIRD" 'i["sha256"]')"
ok "the partial is still kept" listed

# All of it is on the record.
is "who was refused" "王建国 $WANG" "$(events "$D/$FIRST" | json '[r["person_name"] + " " + str(r["subject"]["uid"]) for r in rows if r["event"] == "refused"][0]')"
is "the ledger tells the third's story" "deposit.begin deposit.incomplete" \
	"$(events "$(custody_as $ADMIN list incomplete --json | json 'd["rows"][0]["item"]')" | json '" ".join(r["event"] for r in rows)')"
ok "all content verifies" custody_as $ADMIN verify --all
ok "the ledger verifies" custody_as $ADMIN ledger verify
unmount_store
is "the four attempts to overwrite are on the ledger" 4 \
	"$(custody -s "$T/store" log --json --person 083017 | json 'sum(r["details"]["count"] for r in rows if r["event"] == "refused" and r["details"]["reason"] == "sealed")')"
mount_store
ok "after a remount the partial is still listed" listed
is "and three items are there" 3 "$(as $LI ls "$D" | wc -l)"
unmount_store
