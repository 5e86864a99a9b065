#!/usr/bin/env bash
# Findings: late deposits, gaps, devices out of service, uncertified officers, units without a custodian, storms of refusals, what depositors report; put right, or settled.
. "$(dirname "$0")/../lib.sh"

new_store --test-clock=2023-03-16T18:30
mount_store settle=0
people
put() { printf '%s' "$2" >"$T/$(basename "$1")"; chmod 644 "$T/$(basename "$1")"; as "${3:-$WANG}" cp "$T/$(basename "$1")" "$1"; }
found() { custody_as $ADMIN findings --json "${@:2}" | json "$1"; }
of_rule() { found "len([r for r in d['rows'] if r['rule']=='$1' and r['state']=='open'])"; }

# --- a unit without a custodian -----------------------------------------------------------------------------------------------------------------------------
is "a unit without a custodian is found, one with is not" 稽查大队 "$(found '[r["unit_name"] for r in d["rows"] if r["rule"]=="no-custodian"][0]')"
is "once" 1 "$(of_rule no-custodian)"
custody_as $ADMIN register person 083031 张明远 --uid $ZHANG --unit 稽查大队 --roles officer,custodian --formal --certified 2020-01-01 >/dev/null
is "put right, it is settled by itself" 0 "$(of_rule no-custodian)"
is "and by nobody" None "$(found 'd["rows"][0]["settled_by"]')"
custody_as $ADMIN register person 083031 张明远 --uid $ZHANG --unit 稽查大队 --roles officer --formal --certified 2020-01-01 >/dev/null
is "wrong again, it is found again" 1 "$(of_rule no-custodian)"
is "who was custodian, from when to when, is kept" "083022 083031" "$(custody_as $ADMIN list custodians --json | json '" ".join(sorted(r["person"] for r in d["rows"]))')"

# --- late ---------------------------------------------------------------------------------------------------------------------------------------------------
for day in 2023-03-14 2023-03-15 2023-03-16; do make_folder $day; done
put "$(folder_of 2023-03-16)/WS00017_083017_20230316080000_0001.mp4" today
put "$(folder_of 2023-03-15)/WS00017_083017_20230315080000_0001.mp4" yesterday
is "by the end of the next day nothing is late" 0 "$(of_rule late)"
put "$(folder_of 2023-03-14)/WS00017_083017_20230314093012_0001.mp4" before
is "a day later it is" "by-unit/中都所/WS00017/083017/2023-03-14/未立案/WS00017_083017_20230314093012_0001.mp4" "$(found '[r["path"] for r in d["rows"] if r["rule"]=="late"][0]')"

# --- gaps ---------------------------------------------------------------------------------------------------------------------------------------------------
D=$(folder_of 2023-03-14)
put "$D/083017_WS00017_20230314101540_0002IMP.mp4" two
put "$D/WS00017_083017_20230314110000_0006.mp4" six
is "missing numbers are found" "3 5" "$(found '" ".join(map(str, [r["missing"] for r in d["rows"] if r["rule"]=="gap" and r["state"]=="open"][0]))')"
put "$D/WS00017_083017_20230314103000_0004.mp4" four
is "one that comes leaves two gaps" "[3, 3] [5, 5]" "$(found '" ".join(str(r["missing"]) for r in d["rows"] if r["rule"]=="gap" and r["state"]=="open")')"
ID=$(found '[r["id"] for r in d["rows"] if r["rule"]=="gap" and r["state"]=="open"][0]')
refused "the officer does not settle what is said of his recordings" custody_as $WANG finding settle "$ID" --reason 没电
refused "nor anybody without a reason" custody_as $LI finding settle "$ID"
ok "the custodian does" custody_as $LI finding settle "$ID" --reason 执法记录仪没电
refused "once" custody_as $LI finding settle "$ID" --reason 再次
is "who settled it, and why, is told" "083022 执法记录仪没电" "$(found "[r['settled_by'] + ' ' + r['settled_why'] for r in d['rows'] if r['id']==$ID][0]")"
is "one is left" 1 "$(of_rule gap)"
put "$D/WS00017_083017_20230314104000_0005.mp4" five
is "and none when it has come" 0 "$(of_rule gap)"

# --- the device out of service ------------------------------------------------------------------------------------------------------------------------------
ok "a device is registered as out of service, afterwards" custody_as $LI register service WS00017 --from 2023-03-15 --to 2023-03-15 --reason 屏幕故障
is "what was recorded then is found" 1 "$(of_rule out-of-service)"
put "$(folder_of 2023-03-15)/b.mp4" b
is "what comes later, too" 2 "$(of_rule out-of-service)"
refused "an officer does not" custody_as $WANG register service WS00017 --from 2023-03-15 --reason x
refused "no day, no entry" custody_as $LI register service WS00017 --from 昨天 --reason x
refused "not back in time" custody_as $LI register service WS00017 --from 2023-03-15 --to 2023-03-14 --reason x
is "the register has it" "WS00017 2023-03-15 2023-03-15 屏幕故障" "$(custody_as $LI list service --json | json '" ".join(d["rows"][0][k] for k in ("device","from","to","note"))')"

# --- uncertified, and storms --------------------------------------------------------------------------------------------------------------------------------
for _ in 1 2 3; do as $ZHOU mkdir -p "$M/by-unit/中都所/WS00017/083099/2023-03-16/未立案" 2>/dev/null; done
is "an uncertified officer's attempts are one finding" "1 083099" "$(found 'str(len([r for r in d["rows"] if r["rule"]=="uncertified"])) + " " + [r["officer"] for r in d["rows"] if r["rule"]=="uncertified"][0]')"
F=$D/WS00017_083017_20230314093012_0001.mp4
is "no storm yet" 0 "$(of_rule refusal-storm)"
for _ in $(seq 120); do printf 'x' >>"$F"; done 2>/dev/null
as $STRANGER sys unlink "$F" >/dev/null
as $ZHANG bash -c 'for n in $(seq 120); do sys unlink "$1"; done' - "$F" >/dev/null
unmount_store
mount_store settle=0
is "a storm of refusals is found" 1 "$(of_rule refusal-storm)"

# --- reported -----------------------------------------------------------------------------------------------------------------------------------------------
ctl() { as "$1" sys ctl "$M/.custody/ctl" "$2"; }
is "a depositor reports a conflict of names" True "$(ctl $WANG '{"do":"finding.report","rule":"name-conflict","path":"'"${F#"$M"/}"'","note":"b94d27b9"}' | json 'd["ok"]')"
is "twice is once" 1 "$(ctl $WANG '{"do":"finding.report","rule":"name-conflict","path":"'"${F#"$M"/}"'","note":"b94d27b9"}' >/dev/null; of_rule name-conflict)"
ID=$(found "[r['id'] for r in d['rows'] if r['rule']=='name-conflict'][0]")
custody_as $LI finding settle "$ID" --reason 同一文件的旧版本 >/dev/null
is "settled, the same is not found again" 0 "$(ctl $WANG '{"do":"finding.report","rule":"name-conflict","path":"'"${F#"$M"/}"'","note":"b94d27b9"}' >/dev/null; of_rule name-conflict)"
is "but another file of that name is" 1 "$(ctl $WANG '{"do":"finding.report","rule":"name-conflict","path":"'"${F#"$M"/}"'","note":"2c26b46b"}' >/dev/null; of_rule name-conflict)"
is "no other rule is reported" EINVAL "$(ctl $WANG '{"do":"finding.report","rule":"clock","path":"'"${F#"$M"/}"'","note":"x"}' | json 'd["errno"]')"
is "nobody reports who sees nothing" EACCES "$(ctl $STRANGER '{"do":"finding.report","rule":"name-conflict","path":"'"${F#"$M"/}"'","note":"x"}' | json 'd["errno"]')"

# --- what custody deposit sees ---------------------------------------------------------------------------------------------------------------------------------
mkdir "$T/card"
printf 'other bytes' >"$T/card/WS00017_083017_20230314093012_0001.mp4"
printf '%%PDF-1.4\n%%not a video at all\n' >"$T/card/WS00017_083017_20230316090000_0002.mp4"
printf 'wav? no: text, but a log may be' >"$T/card/WS00017_083017_20230316090000_0003.log"
chmod -R a+rX "$T/card"
as $WANG custody -m "$M" deposit --json "$T/card" >"$T/receipt" 2>/dev/null
is "other bytes under a name that is taken: refused" "refused" "$(json '[f["status"] for f in d["files"] if "_0001" in f["source"]][0]' <"$T/receipt")"
is "and the finding that stands, which was reported before" 1 "$(of_rule name-conflict)"
is "a PDF that calls itself a video is deposited" "deposited application/pdf" "$(json '[f["status"] + " " + f["content"] for f in d["files"] if "_0002" in f["source"]][0]' <"$T/receipt")"
is "and is a finding" "by-unit/中都所/WS00017/083017/2023-03-16/未立案/WS00017_083017_20230316090000_0002.mp4 application/pdf" "$(found '[r["path"] + " " + r["note"] for r in d["rows"] if r["rule"]=="kind-mismatch"][0]')"
printf '%%PDF-1.4\n' >"$T/copied.jpg"; chmod 644 "$T/copied.jpg"
as $WANG cp "$T/copied.jpg" "$(folder_of 2023-03-16)/copied.jpg"
refused "what cannot be looked for is an error, an empty name, too" custody_as $WANG kinds ""
refused "of what was copied by hand, nobody looks without an approval" custody_as $WANG kinds "$(folder_of 2023-03-16)/copied.jpg"
custody_as $WANG request "$(folder_of 2023-03-16)" --purpose 核对 >/dev/null && custody_as $CHEN approve 1 >/dev/null
ok "with one, a folder is looked at" custody_as $WANG kinds "$(folder_of 2023-03-16)"
is "and what is found is on the ledger: that one, and a text that calls itself a video" 3 "$(of_rule kind-mismatch)"

# --- whether the other side was told --------------------------------------------------------------------------------------------------------------------------
P=$(folder_of 2023-03-16)/WS00017_083017_20230316080000_0001.mp4
ok "a recording of a penalty" as $WANG setfattr -n user.custody.stage -v penalty "$P"
is "that does not say whether they were told is found" 1 "$(of_rule not-informed)"
ok "it is said, with the moment" as $WANG setfattr -n user.custody.informed -v 00:12 "$P"
is "and the finding is settled by itself" 0 "$(of_rule not-informed)"
ok "of a patrol" as $WANG setfattr -n user.custody.stage -v patrol "$(folder_of 2023-03-15)/b.mp4"
is "nothing is asked" 0 "$(of_rule not-informed)"

# --- held, and on no offline copy -----------------------------------------------------------------------------------------------------------------------------
ok "a hold on a folder" as $LI setfattr -n user.custody.hold.petition -v 'ground=1; reason=当事人投诉' "$(folder_of 2023-03-15)"
is "without an offline copy of what it covers" 1 "$(of_rule no-offline-copy)"
digested() { [ "$(custody_as $ADMIN status --json | json 'd["digests_pending"]')" = 0 ]; }
eventually "digests are there" digested
ok "a copy is registered" custody_as $LI copy register WS-BD-2023-001 --type bd "$(folder_of 2023-03-15)"
is "and the finding is settled by itself" 0 "$(of_rule no-offline-copy)"
put "$(folder_of 2023-03-15)/later.mp4" later
is "what comes under the hold later asks for a copy again" 1 "$(of_rule no-offline-copy)"
ok "the hold is released by a second person" custody_as $CHEN hold release petition "$(folder_of 2023-03-15)" --reason 投诉已办结
is "then nothing is asked" 0 "$(of_rule no-offline-copy)"

# --- seeing -------------------------------------------------------------------------------------------------------------------------------------------------
is "an officer sees those of recordings of his own" "083017" "$(custody_as $WANG findings --json | json '" ".join(sorted({str(r["officer"]) for r in d["rows"]}))')"
is "by unit" 稽查大队 "$(found '" ".join({r["unit_name"] for r in d["rows"]})' --unit 稽查大队)"
is "the open ones" open "$(found '" ".join({r["state"] for r in d["rows"]})' --open)"
is "a rule" late "$(found '" ".join({r["rule"] for r in d["rows"]})' --rule late)"
ok "in words, in Chinese" grep -q 逾期存入 <(as $ADMIN env LC_ALL=zh_CN.UTF-8 custody -m "$M" findings)
BEFORE=$(found 'len(d["rows"])')
unmount_store
ok "the catalog is the ledger's" fsck.custodyfs "$T/store"
is "they can be read without the mount" "$BEFORE" "$(custody -s "$T/store" findings --json | json 'len(d["rows"])')"
mount_store
is "mounted again, nothing is found twice" "$BEFORE" "$(found 'len(d["rows"])')"
