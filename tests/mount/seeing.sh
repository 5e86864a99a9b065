#!/usr/bin/env bash
# Seeing: log, show, why, verify, status, list and the attributes, for people and for programs; and who may see what.
# shellcheck disable=SC2086 # commands are kept as text, which is split into words
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-03-14T18:30
mount_store settle=0
people
AUDITOR=2046
CASE=汶市监立〔2023〕47号
custody_as $ADMIN register person P046 钱进 --uid $AUDITOR --roles auditor >"$T/out" || cat "$T/out"
custody_as $LI register case $CASE --party 汶上县刘记百货店 --cause 经营超过保质期食品 >"$T/out" || cat "$T/out"
make_folder 2023-03-14
make_folder 2023-03-14 $CASE
D=$(folder_of 2023-03-14)
C=$(folder_of 2023-03-14 $CASE)
head -c 300001 /dev/urandom >"$T/clip"
head -c 70000 /dev/urandom >"$T/doc"
chmod 644 "$T/clip" "$T/doc"
as $WANG cp -p "$T/clip" "$D/clip_0001IMP.mp4"
as $LI cp -p "$T/doc" "$C/doc.pdf"
CLIP=$D/clip_0001IMP.mp4
DOC=$C/doc.pdf
custody_as $ADMIN clock set 2023-03-15T09:00 >"$T/out"
custody_as $ZHANG request "$CLIP" --purpose 核对 >"$T/out" && custody_as $CHEN approve 1 >"$T/out" || cat "$T/out"
as $ZHANG cat "$CLIP" >"$T/read"
as $LI sys read "$CLIP" >"$T/out"
closed() { events "$CLIP" | grep -q read.close; }
eventually "the reading is closed on the record" closed
digested() { [ "$(custody_as $ADMIN status --json | json 'd["digests_pending"]')" = 0 ]; }
eventually "and all is digested" digested
reason() { custody_as "$@" --json 2>"$T/said" | json '(d.get("errno") or "0") + " " + (d.get("reason") or "ok")'; }
status_of() { "$@" >"$T/out" 2>"$T/said"; echo $?; }

# Who reads what of the ledger.
size=$(custody_as $ADMIN status --json | json 'd["ledger"]["size"]')
everything() { custody_as "$1" log --json | json '[r["seq"] for r in rows] == list(range(len(rows))) and len(rows) >= '"$size"; }
is "the administrator reads all of it, without a gap" True "$(everything $ADMIN)"
is "the auditor too" True "$(everything $AUDITOR)"
for who in $WANG:083017 $LI:083022 $ZHANG:083031 $CHEN:P041 $ZHAO:P042 $SUN:P043; do
	is "${who#*:} reads their own actions alone" "True" "$(custody_as "${who%:*}" log --json | json 'all(r["subject"]["person"] == "'"${who#*:}"'" for r in rows)')"
done
is "which is what the administrator finds under that number" "$(events --person 083031 | json 'len(rows)') True" "$(custody_as $ZHANG log --json | json '"%d %s" % (len(rows), len(rows) > 2)')"
is "of an item, what one did to it" "deposit.begin deposit.close label.attr deposit.seal" "$(custody_as $WANG log --json "$CLIP" | json '" ".join(r["event"] for r in rows)')"
is "others' actions are not theirs" "EACCES no-role" "$(reason $WANG log --person 083022)"
is "not the inspector's either" "EACCES no-role" "$(reason $SUN log --person 083022)"
is "one's own by number are" "0" "$(status_of custody_as $WANG log --person 083017)"
is "a stranger reads nothing" "EACCES nobody" "$(reason $STRANGER log)"
is "nor does root for being root" "EACCES nobody" "$(reason 0 log)"
is "raw entries are the auditor's" "EACCES no-role" "$(as $WANG sys ctl "$M/.custody/ctl" '{"do":"ledger.entries"}' | head -n 1 | json 'd["errno"] + " " + d["reason"]')"

# Which part of it.
kinds() { events "$@" | json '" ".join(r["event"] for r in rows)'; }
all="deposit.begin deposit.close label.attr deposit.seal digest request grant.approve read.open refused read.close"
sorted() { tr ' ' '\n' | sort | tr '\n' ' '; }
is "by path" "$(sorted <<<"$all")" "$(kinds "$CLIP" | sorted)"
is "by number" "$(kinds "$CLIP")" "$(kinds 1)"
is "by person" "True" "$(events --person 083031 | json '{r["subject"]["person"] for r in rows} == {"083031"} and len(rows) > 0')"
is "by case: its own entry and its items'" "register.case deposit.begin deposit.close label.attr deposit.seal digest" "$(kinds --case $CASE)"
is "since a time" True "$(events --since 2023-03-15 | json 'len(rows) > 4 and all(r["time"] >= "2023-03-15" for r in rows)')"
is "until a time" True "$(events --until 2023-03-15T08:59 | json 'len(rows) > 10 and all(r["time"] < "2023-03-15" for r in rows)')"
is "both, of an item" "request grant.approve" "$(events "$CLIP" --since 2023-03-15T09:00 --until 2023-03-16 | json '" ".join(r["event"] for r in rows if r["event"][:2] in ("re", "gr") and r["event"][:4] not in ("read", "refu"))')"
is "an empty stretch is no error" "0 0" "$(status_of custody_as $ADMIN log --since 2024-01-01 --json) $(wc -l <"$T/out")"
is "two at once are not" 2 "$(status_of custody_as $ADMIN log "$CLIP" --person 083031)"
is "a time that is none" "EINVAL value-bad" "$(reason $ADMIN log --since yesterday)"
is "a person that there is not" "ENOENT not-found" "$(reason $ADMIN log --person 999999)"
is "an item that there is not" "ENOENT not-found" "$(reason $ADMIN log 999)"
is "a path that there is not" "ENOENT not-found" "$(reason $ADMIN log "$D/none")"
page() { as $ADMIN sys ctl "$M/.custody/ctl" "{\"do\":\"log\",\"limit\":7,\"after\":$1}" | head -n 1; }
paged() {
	local after=null n=0 answer
	while [ "$after" != None ] && [ $n -lt 100 ]; do
		answer=$(page "$after")
		json '[r["seq"] for r in d["rows"]]' <<<"$answer"
		after=$(json 'd["next"]' <<<"$answer")
		n=$((n + 1))
	done
}
is "page by page it is the same" "$(events | json '[r["seq"] for r in rows]')" "$(paged)"

# In words.
custody_as $ADMIN log "$CLIP" >"$T/log.txt"
ok "in words: who" grep -q '张明远 (083031)' "$T/log.txt"
ok "when" grep -q '2023-03-15 09:' "$T/log.txt"
ok "with what" grep -qE '\bcat\b.*opened it for reading under approval 1' "$T/log.txt"
ok "which bytes" grep -q 'bytes 0-300000' "$T/log.txt"
ok "what was refused, and why" grep -qE '李秀英.*refused.*no approval' "$T/log.txt"

# Show.
custody_as $ADMIN show "$CLIP" >"$T/show.txt"
for word in "$(sha_of "$T/clip")" '王建国 (083017)' WS00017 中都所 2023-03-14 未立案 300001 'What happened to it' 'opened it for reading' '2023-09-15'; do
	ok "show tells of $word" grep -qF "$word" "$T/show.txt"
done
is "for programs, every field of the interface" "True" "$(custody_as $ADMIN show --json "$CLIP" | json '{"item", "path", "name", "state", "settling", "size", "unit", "device", "officer", "officer_name", "recorded_on", "case",
	"deposited_by", "deposited_by_name", "deposited_at", "sealed_at", "mtime", "class", "retain_until", "important", "content_root", "sha256", "sm3", "reason", "stage"} <= set(d["item"])')"
is "the trail is the item's log" "$(events "$CLIP" | json '[r["seq"] for r in rows]')" "$(custody_as $AUDITOR show --json "$CLIP" | json '[r["seq"] for r in d["trail"]]')"
is "for an officer, what he did himself" "refused" "$(custody_as $LI show --json "$CLIP" | json '" ".join(r["event"] for r in d["trail"])')"
is "by number the same" "$(custody_as $LI show --json "$CLIP")" "$(custody_as $LI show --json 1)"
is "a folder" "case 2 370001" "$(custody_as $LI show --json "$C" | json '"%s %d %d" % (d["folder"]["kind"], d["folder"]["items"] + 1, d["folder"]["bytes"] + 300001)')"
is "a unit's folder is shown, not denied" 0 "$(status_of custody_as $LI show "$M/by-unit/中都所")"
is "a unit" "370830001003 中都所" "$(custody_as $SUN show unit 中都所 --json | json 'd["unit"]["code"] + " " + d["unit"]["name"]')"
is "a device" "WS00017 中都所" "$(custody_as $SUN show device WS00017 --json | json 'd["device"]["serial"] + " " + d["device"]["unit_name"]')"
is "a person" "王建国 officer True 2020-01-01" "$(custody_as $SUN show person 083017 --json | json '"%(name)s %(roles)s %(formal)s %(certified_from)s" % d["person"]')"
is "a case" "$CASE 汶上县刘记百货店 evidence-30" "$(custody_as $SUN show case $CASE --json | json '"%(number)s %(party)s %(class)s" % d["case"]')"
for what in "unit 城关所" "device WS99" "person 999999" "case 无" 999; do
	is "$what, which there is not" "ENOENT not-found" "$(reason $SUN show $what)"
done
is "a stranger is shown nothing" "EACCES nobody" "$(reason $STRANGER show 1)"

# Why.
is "of an item: what opening it meets" "grant-none False" "$(custody_as $WANG why --json "$DOC" | json 'd["reason"] + " " + str(d["allowed"])')"
is "of a verb" "unlink EPERM term-open" "$(custody_as $WANG why --json "$DOC" --verb unlink | json 'd["verb"] + " " + d["errno"] + " " + d["reason"]')"
is "what is allowed" "True allowed None" "$(custody_as $ZHANG why --json "$CLIP" | json '"%s %s %s" % (d["allowed"], d["reason"], d["errno"])')"
is "of a folder: depositing" "True create" "$(custody_as $LI why --json "$C" | json '"%s %s" % (d["allowed"], d["verb"])')"
is "for someone else" "EACCES not-yours" "$(custody_as $ZHANG why --json "$C" | json 'd["errno"] + " " + d["reason"]')"
is "one's latest refusal is remembered" "True open-read" "$(custody_as $LI why --json "$CLIP" | json '"%s %s" % (d["recent"], d["verb"])')"
is "asking records nothing" 1 "$(events "$CLIP" | json 'sum(r["event"] == "refused" for r in rows)')"
is "a verb that there is not" 2 "$(status_of custody_as $WANG why "$CLIP" --verb fly)"
is "a path that there is not" "ENOENT not-found" "$(reason $WANG why "$D/none" --verb open-read)"

# Lists.
count() { custody_as "$1" list "$2" --json | json 'len(d["rows"]) if d["ok"] else d["errno"]'; }
is "units devices people cases items" "2 2 9 1 2" "$(for w in units devices people cases items; do count $SUN $w; done | xargs)"
is "an approver sees all requests" 1 "$(count $CHEN requests)"
is "the applicant his" 1 "$(count $ZHANG requests)"
is "others theirs, none" 0 "$(count $LI requests)"
is "what is out of sight: custodian, approver, legal, administrator" "0 0 0 0" "$(for w in $LI $CHEN $ZHAO $ADMIN; do count $w incomplete; done | xargs)"
for who in $WANG $SUN $AUDITOR; do
	is "not $who" "EACCES EACCES" "$(for w in incomplete withdrawn; do reason $who list $w; done | cut -d' ' -f1 | xargs)"
done
is "a stranger lists nothing" "EACCES nobody" "$(reason $STRANGER list units)"
is "a list that there is not" 2 "$(status_of custody_as $SUN list everything)"
ok "in words" grep -q '李秀英.*officer, custodian' <(custody_as $SUN list people)

# Status.
is "who one is" "083031 张明远 officer" "$(custody_as $ZHANG status --json | json '"%(number)s %(name)s %(roles)s" % d["you"]')"
is "a stranger is nobody" None "$(custody_as $STRANGER status --json | json 'd["you"]')"
is "what there is" "2 0 0 0 370001" "$(custody_as $ZHANG status --json | json '"%(sealed)d %(receiving)d %(incomplete)d %(withdrawn)d" % d["items"] + " %d" % d["bytes"]')"
is "the clock is a test's, and says so" "True" "$(custody_as $ZHANG status --json | json 'd["store"]["test_clock"]')"
ok "in words, too" grep -q 'Test clock *YES' <(custody_as $ZHANG status)
is "which day it is" "2023-03-15 2023-03-15" "$(custody_as $ZHANG status --json | json 'd["wall"][:10] + " " + d["clock"][:10]')"
is "the clock alone" "2023-03-15 True" "$(custody_as $ZHANG clock --json | json '"%s %s" % (d["clock"][:10], d["test_clock"])')"
is "an officer does not set it" "EACCES no-role" "$(reason $WANG clock set 2023-03-16)"

# Attributes.
want="case=未立案 class=patrol deposited-by=083017 王建国 device=WS00017 holds= id=1 important=yes officer=083017 王建国 recorded-on=2023-03-14 retain-until=2023-09-15T00:00:00.000+08:00 sha256=$(sha_of "$T/clip") state=sealed unit=370830001003 中都所"
is "each attribute reads" "$want" "$(for a in case class deposited-by device holds id important officer recorded-on retain-until sha256 state unit; do printf '%s=%s ' $a "$(attr_of $WANG "$CLIP" $a)"; done | sed 's/ $//')"
is "sm3 is the shown one" "$(custody_as $WANG show --json 1 | json 'd["item"]["sm3"]')" "$(attr_of $WANG "$CLIP" sm3)"
is "deposited-at is a time" "2023-03-14T18" "$(attr_of $WANG "$CLIP" deposited-at | cut -c1-13)"
ok "why is a sentence" grep -q 'approval' <(attr_of $WANG "$CLIP" why)
is "a case's item says so" $CASE "$(attr_of $WANG "$DOC" case)"
is "getfattr -d lists them all" "19 0" "$(as $WANG getfattr --absolute-names -d "$CLIP" 2>"$T/said" | grep -c '^user\.custody\.') $(wc -l <"$T/said")"
is "a folder lists none, for programs would copy it" "" "$(as $WANG getfattr --absolute-names -m - "$D")"
ok "but why reads" grep -q 'own folder' <(attr_of $ZHANG "$D" why)
fails ENODATA "stage, while none is set" as $WANG sys getxattr "$CLIP" user.custody.stage
fails ENODATA "an attribute that there is not" as $WANG sys getxattr "$CLIP" user.custody.none
fails EOPNOTSUPP "they are not for writing" as $WANG sys setxattr "$CLIP" user.custody.sha256 x
fails EOPNOTSUPP "nor for removing" as $ADMIN sys removexattr "$CLIP" user.custody.sha256
fails ENOENT "a stranger reads none" as $STRANGER sys getxattr "$CLIP" user.custody.id

# Verify.
is "one item" "0 1 300001" "$(status_of custody_as $ADMIN verify "$CLIP" --json) $(json '"%d %d" % (d["items"], d["bytes"])' <"$T/out")"
is "a folder" "0 1" "$(status_of custody_as $ADMIN verify "$C" --json) $(json 'd["items"]' <"$T/out")"
is "a date's folder" "0 2" "$(status_of custody_as $ADMIN verify "${D%/*}" --json) $(json 'd["items"]' <"$T/out")"
is "a unit's folder verifies" "0 2" "$(status_of custody_as $ADMIN verify "$M/by-unit/中都所" --json) $(json 'd["items"]' <"$T/out")"
for who in $LI $ZHAO $SUN $AUDITOR $ADMIN; do
	is "all of it, by $who" "0 2 370001" "$(status_of custody_as $who verify --all --json) $(json '"%d %d" % (d["items"], d["bytes"])' <"$T/out")"
done
for who in $WANG $CHEN $STRANGER; do
	is "not by $who" 2 "$(status_of custody_as $who verify --all)"
done
ok "in words, with the rate" grep -qE '2 items, .*/s\)' <(custody_as $ADMIN verify --all)
blob=$(find "$T/store/blob" -type f -size 300001c)
chattr -i "$blob" 2>"$T/said"
byte=$(od -An -tu1 -j 200000 -N 1 "$blob" | tr -d ' ')
printf '%b' "\\0$(printf %o $(((byte + 1) % 256)))" | dd of="$blob" bs=1 seek=200000 conv=notrunc 2>"$T/said"
is "one byte is changed in the store: verify fails" 1 "$(status_of custody_as $ADMIN verify --all --json)"
is "names the item, and where" "1 196608 1" "$(json '"%d %d %d" % (d["damaged"][0]["item"], d["damaged"][0]["at"] // 65536 * 65536, len(d["damaged"]))' <"$T/out")"
ok "in words" grep -q 'DAMAGED' <(custody_as $ADMIN verify "$CLIP")
fails EIO "reading it under the grant" as $ZHANG sys read "$CLIP"
is "the reason" "EIO damaged" "$(custody_as $ZHANG why --json "$CLIP" | json 'd["errno"] + " " + d["reason"]')"
is "what is not damaged reads on" 0 "$(as $ZHANG head -c 65536 "$CLIP" | cmp - <(head -c 65536 "$T/clip"); echo $?)"
is "the other item holds" 0 "$(status_of custody_as $ADMIN verify "$DOC")"
printf '%b' "\\0$(printf %o "$byte")" | dd of="$blob" bs=1 seek=200000 conv=notrunc 2>"$T/said"
is "put right again: verify holds" 0 "$(status_of custody_as $ADMIN verify --all)"
mv "$blob" "$T/gone" 2>"$T/said"
is "the blob is gone: verify fails" 1 "$(status_of custody_as $ADMIN verify --all --json)"
mv "$T/gone" "$blob"

# The same without the mount.
custody_as $ADMIN show --json 1 | json '[sorted(d["item"].items()), [r["seq"] for r in d["trail"]]]' >"$T/mounted"
is "offline beside the mount: show" "$(cat "$T/mounted")" "$(custody -s "$T/store" show --json 1 | json '[sorted(d["item"].items()), [r["seq"] for r in d["trail"]]]')"
unmount_store
is "offline: show" "$(cat "$T/mounted")" "$(custody -s "$T/store" show --json 1 | json '[sorted(d["item"].items()), [r["seq"] for r in d["trail"]]]')"
is "by path" 1 "$(custody -s "$T/store" show --json "${CLIP#"$M"/}" | json 'd["item"]["item"]')"
is "log" True "$(custody -s "$T/store" log --json | json '[r["seq"] for r in rows] == list(range(len(rows)))')"
is "list, requests, status and verify" "2 1 2 0" "$(custody -s "$T/store" list items --json | json 'len(d["rows"])') $(custody -s "$T/store" requests --json | json 'len(d["rows"])') \
$(custody -s "$T/store" status --json | json 'd["items"]["sealed"]') $(status_of custody -s "$T/store" verify --all)"
is "what takes a mount says so" 2 "$(status_of custody -s "$T/store" approve 1)"
is "it is root's alone" 2 "$(status_of as $ADMIN custody -s "$T/store" status)"
