#!/usr/bin/env bash
# Disposal takes two people, goes item by item, and stops dead where something comes between.
# shellcheck disable=SC2086 # commands are kept as text, which is split into words
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-03-14T18:30
mount_store settle=1
people
HE=2051                 # custodian of the other unit
ok "the other unit's custodian" custody_as $ADMIN register person 083051 何平 --uid $HE --unit 稽查大队 --roles custodian --formal --certified 2020-01-01
ok "王建国 is an approver, too" custody_as $ADMIN register person 083017 王建国 --uid $WANG --unit 中都所 --roles officer,approver --formal --certified 2020-01-01
custody_as $LI register case 汶市监立〔2023〕47号 --party 刘记 --cause 经营超过保质期食品 --class evidence-10 >/dev/null
make_folder 2023-03-14
D=$(folder_of 2023-03-14)
head -c 200000 /dev/urandom >"$T/clip.mp4"
chmod 644 "$T/clip.mp4"
for n in a b c d e f g h; do as $WANG cp "$T/clip.mp4" "$D/$n.mp4"; done
as $WANG sh -c 'head -c 3000000 /dev/zero | tee "$1" | head -c 1 >/dev/null' sh "$D/broken.mp4"
as $WANG cp "$T/clip.mp4" "$D/wrong.mp4"
as $WANG rm "$D/wrong.mp4"
eventually "settled" is_settled "$D/h.mp4"
digested() { [ "$(custody_as $ADMIN --json status | json 'd["digests_pending"]')" = 0 ]; }
eventually "digested" digested
declare -A ITEM
for n in a b c d e f g h; do ITEM[$n]=$(attr_of $LI "$D/$n.mp4" id); done
clock() { custody_as $ADMIN clock set "$1" >/dev/null; }
why_of() { custody_as "$@" --json 2>/dev/null | json 'd["errno"] + " " + d["reason"]'; }
state_at() { custody_as $LI dispose show "$1" --json >/dev/null; custody_as $LI dispose list --json | json '["%s %d/%d" % (r["state"], r["done"], r["items"]) for r in d["rows"] if r["id"] == '"$1"'][0]'; }
blob_of() { printf '%s/store/blob/000000/000/%012d' "$T" "$1"; }
# A request on the control file itself: UID JSON EXPRESSION
ask() {
	as "$1" /usr/bin/python3 -c 'import json, os, sys
fd = os.open(sys.argv[1] + "/.custody/ctl", os.O_RDWR)
os.write(fd, sys.argv[2].encode())
d = json.loads(os.pread(fd, 1 << 20, 0))
print(eval(sys.argv[3]))' "$M" "$2" "$3"
}

# Who, and what.
is "an item within its term" "EPERM retained" "$(why_of $LI dispose propose "$D/a.mp4")"
is "that is on its trail" "retained" "$(events "$D/a.mp4" | json '[r["details"]["reason"] for r in rows if r["event"] == "refused"][-1]')"
clock 2023-09-14T23:50
is "on the last day of its term" "EPERM retained" "$(why_of $LI dispose propose "$D/a.mp4")"
clock 2023-09-15T00:00
is "an officer proposes nothing" "EACCES no-role" "$(why_of $ZHANG dispose propose "$D/a.mp4")"
is "nor an approver" "EACCES no-role" "$(why_of $CHEN dispose propose "$D/a.mp4")"
is "nor another unit's custodian" "EACCES not-custodian" "$(why_of $HE dispose propose "$D/a.mp4")"
is "who collects nothing either" 0 "$(custody_as $HE dispose propose --expired --json | json 'len(d["proposals"])')"
is "what is not there" "ENOENT not-found" "$(why_of $LI dispose propose "$D/nothing.mp4")"
refused "nothing named" custody_as $LI dispose propose
refused "the whole store" custody_as $LI dispose propose "$M"
custody_as $LI hold set h1 "$D/b.mp4" --ground 1 >/dev/null
is "one of two is held: both stay, and it is named" "EPERM held ${ITEM[b]}" "$(custody_as $LI dispose propose "$D/a.mp4" "$D/b.mp4" --json 2>/dev/null | json 'd["errno"] + " " + d["reason"] + " %d" % d["item"]')"
is "nothing is proposed yet" 0 "$(custody_as $LI dispose list --json | json 'len(d["rows"])')"

# Refused, withdrawn.
ok "the custodian proposes one" custody_as $LI dispose propose "$D/a.mp4" --reason 期满
is "it cannot be in two proposals" "EEXIST proposed" "$(why_of $LI dispose propose "$D/a.mp4")"
is "its proposer does not approve" "EACCES second-person" "$(why_of $LI dispose approve 1)"
is "nor who recorded it, whatever the roles" "EACCES own-recording" "$(why_of $WANG dispose approve 1)"
is "nor an administrator" "EACCES no-role" "$(why_of $ADMIN dispose approve 1)"
refused "refusing takes a reason" custody_as $CHEN dispose refuse 1
ok "an approver refuses" custody_as $CHEN dispose refuse 1 --reason 再议
is "it is refused" "refused 0/1" "$(state_at 1)"
is "and cannot be approved any more" "EINVAL state" "$(why_of $ZHAO dispose approve 1)"
ok "it can be proposed again" custody_as $LI dispose propose "$D/a.mp4"
is "nobody else withdraws it" "EACCES no-role" "$(why_of $CHEN dispose withdraw 2)"
ok "its proposer does" custody_as $LI dispose withdraw 2
is "it is withdrawn" "withdrawn 0/1" "$(state_at 2)"
is "a proposal that is not there" "ENOENT not-found" "$(why_of $CHEN dispose approve 99)"

# A hold between proposal and approval.
ok "two by number" custody_as $LI dispose propose "${ITEM[c]}" "${ITEM[d]}"
custody_as $LI hold set h2 "$D/d.mp4" --ground 1 >/dev/null
is "then a hold comes: the approval stops" "EPERM held" "$(why_of $CHEN dispose approve 3)"
is "nothing of it went" "stopped 0/2" "$(state_at 3)"
ok "both are there" as $WANG stat "$D/c.mp4" "$D/d.mp4"

# A hold between approval and execution.
ok "three" custody_as $LI dispose propose "${ITEM[c]}" "${ITEM[e]}" "${ITEM[f]}"
is "the approval alone disposes of nothing" "approved 0" "$(ask $CHEN '{"do":"dispose.approve","id":4}' '"%s %d" % (d["proposal"]["state"], d["proposal"]["done"])')"
custody_as $LI hold set h3 "$D/e.mp4" --ground 2 >/dev/null
is "carried out, it stops at the held one" 1 "$(custody_as $CHEN dispose approve 4 >"$T/out" 2>&1; echo $?)"
ok "and says so" grep -q "stopped at item ${ITEM[e]}" "$T/out"
is "what came before is gone, it and what comes after stay" "stopped 1/3" "$(state_at 4)"
fails ENOENT "the first is gone" as $WANG sys stat "$D/c.mp4"
ok "the others are there" as $WANG stat "$D/e.mp4" "$D/f.mp4"
ok "their bytes, too" test -s "$(blob_of "${ITEM[e]}")" -a -s "$(blob_of "${ITEM[f]}")"
is "the stop is on the item's trail" held "$(events "$D/e.mp4" | json '[r["details"]["reason"] for r in rows if r["event"] == "dispose.stop"][-1]')"

# An approval that was interrupted goes on when asked for again; called off, it does not.
ok "one more" custody_as $LI dispose propose "${ITEM[f]}"
is "approved" approved "$(ask $CHEN '{"do":"dispose.approve","id":5}' 'd["proposal"]["state"]')"
is "an officer does not carry it out" "EACCES" "$(ask $ZHANG '{"do":"dispose.execute","id":5}' 'd["errno"]')"
unmount_store
mount_store settle=1
ok "a mount alone carries nothing out" as $WANG stat "$D/f.mp4"
ok "the legal section goes on with it" custody_as $ZHAO dispose approve 5
is "the record names who approved first" P041 "$(custody_as $LI show "${ITEM[f]}" --json | json 'd["item"]["disposal"]["approved_by"]')"
is "done" "done 1/1" "$(state_at 5)"
ok "and one that is called off" custody_as $LI dispose propose "${ITEM[g]}"
is "approved" approved "$(ask $CHEN '{"do":"dispose.approve","id":6}' 'd["proposal"]["state"]')"
ok "refused after all" custody_as $ZHAO dispose refuse 6 --reason 有误
is "it is not carried out any more" "EINVAL state" "$(why_of $CHEN dispose approve 6)"
ok "the item is there" as $WANG stat "$D/g.mp4"

# Somebody reads it while it is disposed of.
custody_as $ZHANG request "$D/g.mp4" --purpose 核对 --from 2023-09-01T00:00 --to 2023-12-01T00:00 >/dev/null
custody_as $CHEN approve 1 >/dev/null
shell_as $ZHANG
is "张明远 has it open" 0 "$(in_shell "exec 7<'$D/g.mp4'; sys pread 7 0 4096")"
ok "it is proposed" custody_as $LI dispose propose "$D/g.mp4"
ok "and approved" custody_as $ZHAO dispose approve 7
is "his next read is refused" EACCES "$(in_shell "sys pread 7 100000 4096")"
is "what he read before, too" EACCES "$(in_shell "sys pread 7 0 4096")"
is "he closes it" 0 "$(in_shell "exec 7<&-; echo 0")"
end_shell
is "no damage is told of it" 0 "$(events | json 'sum(r["event"] == "read.damaged" for r in rows)')"
is "it cannot be opened" ENOENT "$(as $ZHANG sys read "$D/g.mp4" | tail -n 1)"
is "nor verified" EINVAL "$(ask $LI '{"do":"verify.range","item":'"${ITEM[g]}"',"offset":0}' 'd["errno"]')"
is "nor held" "EACCES disposed" "$(why_of $LI hold set late "${ITEM[g]}" --ground 1)"

# It is out of every view, and its name in them is free, too.
KASE=汶市监立〔2023〕47号
make_folder 2023-03-14 $KASE
as $WANG cp "$T/clip.mp4" "$(folder_of 2023-03-14 $KASE)/k.mp4"
eventually "settled" is_settled "$(folder_of 2023-03-14 $KASE)/k.mp4"
V="$M/by-case/$KASE/k.mp4 $M/by-date/2023-03-14/中都所/WS00017/083017/$KASE/k.mp4"
ok "an item is seen in the views" as $WANG stat $V
until_true digested
is "of an open case it cannot go" "EPERM term-open" "$(why_of $LI dispose propose "$M/by-case/$KASE/k.mp4")"

SHORT=汶市监立〔2023〕48号
ok "a case of ten years" custody_as $LI register case $SHORT --party 刘记 --cause 无照经营 --class evidence-10
ok "closed" custody_as $LI case close $SHORT
clock 2035-01-01T00:00
make_folder 2023-03-14 $SHORT
as $WANG cp "$T/clip.mp4" "$(folder_of 2023-03-14 $SHORT)/k.mp4"
eventually "settled" is_settled "$(folder_of 2023-03-14 $SHORT)/k.mp4"
until_true digested
VIEWS=("$M/by-case/$SHORT/k.mp4" "$M/by-case/by-party/刘记/$SHORT/k.mp4" "$M/by-date/2023-03-14/中都所/WS00017/083017/$SHORT/k.mp4")
ok "an item of it is seen in the views" as $WANG stat "${VIEWS[@]}"
OLD=$(attr_of $LI "${VIEWS[0]}" id)
ok "it is proposed by its name in a view" custody_as $LI dispose propose "${VIEWS[0]}"
ok "and approved" custody_as $ZHAO dispose approve 8
for v in "${VIEWS[@]}"; do fails ENOENT "gone from ${v#"$M"/}" as $WANG sys stat "$v"; done
is "listed nowhere" "" "$(as $WANG ls "$M/by-case/$SHORT")"
as $WANG cp "$T/clip.mp4" "$(folder_of 2023-03-14 $SHORT)/k.mp4"
eventually "another takes its name" is_settled "$(folder_of 2023-03-14 $SHORT)/k.mp4"
for v in "${VIEWS[@]}"; do is "and is seen at ${v#"$M"/}" True "$([ "$(attr_of $LI "$v" id)" -gt "$OLD" ] && echo True)"; done

# The record.
is "show answers for everyone with a role" "disposed $(sha_of "$T/clip.mp4")" "$(custody_as $SUN show "${ITEM[g]}" --json | json 'd["item"]["state"] + " " + d["item"]["sha256"]')"
ok "in words" grep -q '李秀英 (083022)' <(custody_as $SUN show "${ITEM[g]}")
ok "with its trail" grep -q 'disposed of it' <(custody_as $ADMIN show "${ITEM[g]}")
is "how its content went" True "$(custody_as $LI show "${ITEM[g]}" --json | json 'd["item"]["disposal"]["how"] in ("overwritten", "overwritten-flash", "removed") and d["item"]["disposal"]["fs"] != None')"
is "the register has them in order" "${ITEM[c]} ${ITEM[f]} ${ITEM[g]} $OLD" "$(custody_as $LI dispose list --done --json | json '" ".join(str(r["item"]) for r in d["rows"])')"
is "not for an officer" "EACCES" "$(why_of $ZHANG dispose list --done | cut -d' ' -f1)"
ok "the name is free" as $WANG cp "$T/clip.mp4" "$D/g.mp4"
is "for another item" False "$(custody_as $LI show "$D/g.mp4" --json | json 'd["item"]["item"] == '"${ITEM[g]}")"

# Deposits that broke off or were withdrawn have no term; holds keep them.
is "incomplete, held by its folder" "0" "$(custody_as $LI hold set all "$D" --ground 1 >/dev/null; custody_as $LI dispose propose --incomplete --json | json 'len(d["proposals"])')"
custody_as $CHEN hold release all "$D" --reason 已办结 >/dev/null
BROKEN=$(custody_as $LI list incomplete --json | json 'd["rows"][0]["item"]') WRONG=$(custody_as $LI list withdrawn --json | json 'd["rows"][0]["item"]')
is "a withdrawn one is not an incomplete one" "EINVAL state" "$(why_of $LI dispose propose --incomplete "$WRONG")"
ok "incomplete ones are proposed" custody_as $LI dispose propose --incomplete
ok "withdrawn ones, by number" custody_as $LI dispose propose --withdrawn "$WRONG"
ok "approved" custody_as $ZHAO dispose approve 9
ok "approved" custody_as $ZHAO dispose approve 10
is "none is left" "0 0" "$(custody_as $LI list incomplete --json | json 'len(d["rows"])') $(custody_as $LI list withdrawn --json | json 'len(d["rows"])')"
ok "nor their bytes" test ! -e "$(blob_of "$BROKEN")" -a ! -e "$(blob_of "$WRONG")"
is "the record of what broke off stays" disposed "$(custody_as $LI show "$BROKEN" --json | json 'd["item"]["state"]')"

# All that has expired: what is held, in an open case, or of a longer class, is passed over.
ok "a class" as $LI setfattr -n user.custody.class -v permanent "$D/h.mp4"
NEW=$(attr_of $LI "$D/g.mp4" id)        # deposited late: its term ran from its recording
is "what is left" "${ITEM[a]} $(attr_of $LI "$(folder_of 2023-03-14 $SHORT)/k.mp4" id) $NEW" "$(custody_as $LI dispose propose --expired --json | json '" ".join("%d" % p["items"] for p in d["proposals"])' >/dev/null; custody_as $LI dispose show 11 --json | json '" ".join(str(r["item"]) for r in d["rows"])')"
ok "approved" custody_as $CHEN dispose approve 11
is "nothing more" 0 "$(custody_as $LI dispose propose --expired --json | json 'len(d["proposals"])')"
is "a whole folder, some of it held" "EPERM" "$(why_of $LI dispose propose "$D" | cut -d' ' -f1)"

# What the store says of itself.
list=$(custody_as $LI dispose list --done --json)
unmount_store
sqlite3 -readonly "$T/store/catalog.db" .dump >"$T/dump"
is "fsck finds nothing wrong" 0 "$(fsck.custodyfs --content "$T/store" >"$T/fsck" 2>&1; echo $?)"
ok "the catalog is made again" fsck.custodyfs --rebuild "$T/store"
sqlite3 -readonly "$T/store/catalog.db" .dump >"$T/dump.again"
ok "the same, row for row" cmp "$T/dump" "$T/dump.again"
is "the register is read offline, too" "$(json 'len(d["rows"])' <<<"$list")" "$(custody -s "$T/store" dispose list --done --json | json 'len(d["rows"])')"
cp "$T/clip.mp4" "$(blob_of "${ITEM[g]}")"
is "content under a disposed number is found" 1 "$(fsck.custodyfs "$T/store" >"$T/fsck" 2>&1; echo $?)"
ok "and named" grep -q "${ITEM[g]} (g.mp4)" "$T/fsck"
