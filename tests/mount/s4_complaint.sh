#!/usr/bin/env bash
# Scenario S4: a patrol clip of 2023-08-31 runs to the end of its term, and a petition comes just before.
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-08-31T18:30
mount_store settle=2
people
make_folder 2023-08-31
CLIP=$(folder_of 2023-08-31)/WS00017_083017_20230831093012_0001.mp4
head -c 300001 /dev/urandom >"$T/clip.mp4"
chmod 644 "$T/clip.mp4"
as $WANG cp -p "$T/clip.mp4" "$CLIP"
eventually "settled" is_settled "$CLIP"
digested() { [ "$(custody_as $ADMIN --json status | json 'd["digests_pending"]')" = 0 ]; }
eventually "digested" digested
SHA=$(sha_of "$T/clip.mp4")
ITEM=$(attr_of $LI "$CLIP" id)
clock() { ok "it is $1" custody_as $ADMIN clock set "$1"; }
why_of() { custody_as "$@" --json 2>/dev/null | json 'd["errno"] + " " + d["reason"]'; }

# 2024-02-20: a petition.  李秀英 sets a hold, as she would.
clock 2024-02-20T10:00
ok "李秀英 sets a hold, ground 1" as $LI setfattr -n user.custody.hold.信访2024-02 -v 'ground=1; reason=当事人信访' "$CLIP"
ok "getfattr -d shows it" grep -q 'user.custody.hold.信访2024-02=' <(as $LI getfattr --absolute-names -d -e text "$CLIP")

is "and it is long-term while that stands" long-term "$(attr_of $LI "$CLIP" class)"

clock 2024-02-29T23:50
is "on 2024-02-29 disposal is refused" EPERM "$(why_of $LI dispose propose "$CLIP" | cut -d' ' -f1)"
fails EPERM "and deleting" as $WANG sys unlink "$CLIP"
fails EPERM "for the custodian, too" as $LI sys unlink "$CLIP"
clock 2024-03-01T00:00
is "on 2024-03-01 the term is over, and it is held" "EPERM held" "$(why_of $LI dispose propose "$CLIP")"
fails EPERM "so deleting stays refused" as $LI sys unlink "$CLIP"
is "collecting all that has expired passes it over" 0 "$(custody_as $LI dispose propose --expired --json | json 'len(d["proposals"])')"
is "the report says that it has no offline copy" "$ITEM" "$(custody_as $LI hold list --no-offline-copy --json | json 'd["rows"][0]["item"]')"
ok "in words" grep -q 'no offline copy' <(custody_as $LI hold list --no-offline-copy)

# The disc.
DISC=$T/disc
mkdir -m 755 "$DISC"
cp "$T/clip.mp4" "$DISC/clip-1.mp4"
ok "the disc is registered" custody_as $LI copy register WS-BD-2024-003 --type bd "$CLIP"
is "the report is empty" 0 "$(custody_as $LI hold list --no-offline-copy --json | json 'len(d["rows"])')"
ok "it verifies" custody_as $LI copy verify WS-BD-2024-003 "$DISC"
printf '\001' | dd of="$DISC/clip-1.mp4" bs=1 seek=150000 conv=notrunc status=none
refused "with one byte flipped it does not" custody_as $LI copy verify WS-BD-2024-003 "$DISC"
is "and the item has no offline copy again" "$ITEM" "$(custody_as $LI hold list --no-offline-copy --json | json 'd["rows"][0]["item"]')"

# Release.
ok "李秀英 asks for the release" as $LI setfattr -x user.custody.hold.信访2024-02 "$CLIP"
is "who set it does not release it" "EACCES second-person" "$(why_of $LI hold release 信访2024-02 "$CLIP" --reason 已办结)"
is "it stands, so disposal stays refused" "EPERM held" "$(why_of $LI dispose propose "$CLIP")"
ok "陈志强 releases it, with a reason" custody_as $CHEN hold release 信访2024-02 "$CLIP" --reason 信访事项已办结
is "one person alone still removes nothing" EPERM "$(as $LI sys unlink "$CLIP")"
is "the recorded reason names the procedure" procedure \
	"$(events "$CLIP" | json '[r["details"]["reason"] for r in rows if r["event"] == "refused"][-1]')"

# Disposal: 李秀英 proposes, 陈志强 approves.
ok "李秀英 proposes" custody_as $LI dispose propose "$CLIP" --reason 保存期满
is "she does not approve it herself" "EACCES second-person" "$(why_of $LI dispose approve 1)"
ok "the clip is there still" as $WANG stat "$CLIP"
ok "陈志强 approves" custody_as $CHEN dispose approve 1
fails ENOENT "the clip is gone" as $WANG sys stat "$CLIP"
blob=$(printf '%s/store/blob/000000/000/%012d' "$T" "$ITEM")
ok "and so are its bytes" test ! -e "$blob"
is "its record stays, with the digest" "disposed $SHA 083022 P041" \
	"$(custody_as $SUN show "$ITEM" --json | json 'd["item"]["state"] + " " + d["item"]["sha256"] + " " + d["item"]["disposal"]["proposed_by"] + " " + d["item"]["disposal"]["approved_by"]')"
ok "and where it was, and the disc that has a copy still" test "$(custody_as $SUN show "$ITEM" | grep -cE '^Was at .*0001.mp4|^Copies are still on  *WS-BD-2024-003')" = 2
is "in the register too" "$ITEM $SHA 1" "$(custody_as $LI dispose list --done --json | json '"%d %s %d" % (d["rows"][0]["item"], d["rows"][0]["sha256"], d["rows"][0]["disposal"]["policy"])')"
is "and on the ledger" "$SHA P041" "$(events | json '[r["details"]["sha256"] + " " + r["details"]["approved_by"] for r in rows if r["event"] == "dispose.item"][0]')"
unmount_store
is "fsck finds nothing wrong" 0 "$(fsck.custodyfs --content "$T/store" >"$T/fsck" 2>&1; echo $?)"
