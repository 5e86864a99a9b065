#!/usr/bin/env bash
# The policy file (Q1): checked, put in force by two people, versioned; every event carries the version under which it was decided; a new one never shortens a term in force.
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-03-14T18:30
mount_store settle=0
people
custody_as $ADMIN register person P050 钱进 --uid 2050 --roles admin,legal --formal >"$T/out"
make_folder 2023-03-14
D=$(folder_of 2023-03-14)
echo x >"$T/clip.mp4"
chmod 644 "$T/clip.mp4"
until_of() { attr_of $WANG "$1" retain-until; }
policy_of() { events | json '[r["policy"] for r in rows if r["event"] == "'"$1"'"]' | tail -n 1; }
refusal() { custody_as "$@" --json 2>"$T/said" | json '" ".join(str(x) for x in (d["errno"], d["reason"], d.get("field")) if x)'; }
fault() { custody policy check "$1" --json 2>"$T/said" | json '"%(fault)s %(line)d [%(section)s] %(key)s" % d'; }

# The built-in one.
as $WANG cp "$T/clip.mp4" "$D/one.mp4"
custody_as $WANG policy show >"$T/v1.ini"
ok "the built-in policy can be shown" grep -q '^\[class patrol\]$' "$T/v1.ini"
ok "and checked" custody policy check "$T/v1.ini"
is "it is version 1, effective from the store's first day, interpreted by the legal section" "1 2023-03-14 法规科 True" \
	"$(custody_as $WANG policy show --json | json '"%(version)d %(effective)s %(interpreter)s" % d["policy"] + " " + str(d["in_force"])')"
ok "explained" grep -q '6 months from the recording day' <(custody_as $WANG policy explain)
is "status names it" 1 "$(custody_as $WANG status --json | json 'd["policy"]')"
is "events carry it" 1 "$(policy_of deposit.seal)"
is "a stranger is shown nothing" "EACCES nobody" "$(refusal $STRANGER policy show)"

# An error in a file is reported with its line and key, and nothing is sent.
cp "$T/v1.ini" "$T/bad.ini"
edit() { sed "$1" "$T/v1.ini" >"$T/bad.ini"; }
edit 's/^months = 6/months = 5/'; is "less than six months" "patrol-short 0 [] " "$(fault "$T/bad.ini")"
edit 's/^months = 6/months = 0/'; is "zero" "term-bad 8 [class patrol] months" "$(fault "$T/bad.ini")"
edit 's/^kind = case$/kind = cases/'; is "an unknown kind" "kind-bad 11 [class evidence] kind" "$(fault "$T/bad.ini")"
edit 's/^interpreter/interpretor/'; is "an unknown key" "key-unknown 4 [policy] interpretor" "$(fault "$T/bad.ini")"
edit 's/^\[settings\]/[setings]/'; is "an unknown section" "section-unknown 27 [setings] " "$(fault "$T/bad.ini" | sed 's/ [0-9]* / 27 /')"
ok "people are told with the line" grep -q 'bad.ini:[0-9]*: \[setings\]' "$T/said"
is "a file that is not there" 2 "$(custody policy check "$T/none.ini" >"$T/out" 2>&1; echo $?)"
head -c 20000 /dev/zero | tr '\0' '\n' >"$T/long.ini"
is "one that is too long" bytes "$(fault "$T/long.ini" | cut -d' ' -f1)"
chmod 644 "$T"/*.ini
is "a bad one is not loaded" 1 "$(custody_as $ADMIN policy load "$T/bad.ini" >"$T/out" 2>&1; echo $?)"
is "nor by its text on the control file" "EINVAL value-bad text" "$(as $ADMIN sys ctl "$M/.custody/ctl" '{"do":"policy.propose","text":"[x]"}' | json 'd["errno"] + " " + d["reason"] + " " + d["field"]')"
is "nothing was proposed" "" "$(custody_as $ADMIN policy list --json | json 'd["proposals"] or ""')"

# Two people.
sed -e 's/^label = .*/label = 汶上县执法记录制度/' -e 's/^months = 6/months = 12/' "$T/v1.ini" >"$T/v2.ini"
printf 'late-cutoff-days = 3\n\n[readers]\nprogram = tumblerd\n' >>"$T/v2.ini"
chmod 644 "$T"/*.ini
for who in $WANG $LI $CHEN $ZHAO $SUN; do
	is "$who proposes none" "EACCES no-role" "$(refusal "$who" policy load "$T/v2.ini")"
done
ok "an administrator proposes" custody_as $ADMIN policy load "$T/v2.ini"
is "it waits" "pending 周琳 汶上县执法记录制度" "$(custody_as $WANG policy list --json | json '"%s %s %s" % (d["proposals"][0]["state"], d["proposals"][0]["proposed_by"]["name"], d["proposals"][0]["label"])')"
is "and is not in force" 1 "$(custody_as $WANG status --json | json 'd["policy"]')"
ok "the second person sees what it has" grep -q '1 year from the recording day' <(custody_as $ZHAO policy proposal 1)
is "who proposed it does not agree" "EACCES second-person id" "$(refusal $ADMIN policy agree 1)"
is "nor an approver" "EACCES no-role id" "$(refusal $CHEN policy agree 1)"
is "nor one that there is not" "ENOENT not-found id" "$(refusal $ZHAO policy agree 2)"
ok "the legal section agrees" custody_as $ZHAO policy agree 1
is "it is in force, as version 2" "2 12 赵丽华" "$(custody_as $WANG policy show --json | json '"%d %d %s" % (d["policy"]["version"], d["policy"]["classes"][0]["months"], d["policy"]["agreed_by"]["name"])')"
ok "its file is shown as it was given" cmp "$T/v2.ini" <(custody_as $WANG policy show)
is "and the first can still be" "6" "$(custody_as $WANG policy show 1 --json | json 'd["policy"]["classes"][0]["months"]')"
is "one that never was" "ENOENT not-found version" "$(refusal $WANG policy show 3)"
is "agreed to once" "EINVAL state id" "$(refusal $ZHAO policy agree 1)"
is "the text is on the ledger" "$(cat "$T/v2.ini")" "$(events | json '[r["details"]["text"] for r in rows if r["event"] == "policy.load"][0]')"
is "its own event was decided under the old one" 1 "$(policy_of policy.load)"
as $WANG cp "$T/clip.mp4" "$D/two.mp4"
is "the next under the new one" 2 "$(policy_of deposit.begin)"
is "settings are told" "3" "$(custody_as $WANG policy show --json | json '[s["value"] for s in d["policy"]["settings"] if s["key"] == "late-cutoff-days"][0]')"
is "readers too" "tumblerd" "$(custody_as $WANG policy show --json | json 'd["policy"]["readers"][0]')"
is "what was deposited before is lengthened" "2024-03-15T00:00:00.000+08:00" "$(until_of "$D/one.mp4")"
is "what came after" "2024-03-15T00:00:00.000+08:00" "$(until_of "$D/two.mp4")"

# Readers that the policy names get nothing, even with an approval.
custody_as $SUN request "$D/one.mp4" --purpose 核对 >"$T/out"
custody_as $CHEN approve 1 >"$T/out"
cp "$T/bin/sys" "$T/bin/previewer"
is "a program that no list names reads under the grant" 0 "$(as $SUN previewer open "$D/one.mp4" O_RDONLY)"

# One person with both roles is still one person.
ok "one who has both roles proposes" custody_as 2050 policy load "$T/v1.ini"
is "and does not agree" "EACCES second-person id" "$(refusal 2050 policy agree 2)"

# Shorter again: no term in force is shortened.
ok "another does" custody_as $ZHAO policy agree 2
is "version 3 is in force" 3 "$(custody_as $WANG status --json | json 'd["policy"]')"
is "what the second promised stays" "2024-03-15T00:00:00.000+08:00 2024-03-15T00:00:00.000+08:00" "$(until_of "$D/one.mp4") $(until_of "$D/two.mp4")"
as $WANG cp "$T/clip.mp4" "$D/three.mp4"
is "what comes now is kept six months" "2023-09-15T00:00:00.000+08:00" "$(until_of "$D/three.mp4")"
as $LI setfattr -n user.custody.class -v permanent "$D/three.mp4"

# Classes that go, and that change.
sed '/^\[class permanent\]/,/^$/d' "$T/v1.ini" >"$T/v4.ini"
sed 's/^years = 10/months = 30/; s/^\[class permanent\]/[class whole-year]/; s/kind = permanent$/&/' "$T/v1.ini" | sed '/whole-year/,/^$/s/kind = .*/kind = recorded\nyears = 1/' >"$T/v5.ini"
sed '/class evidence-10/,/^$/s/kind = .*/kind = recorded/' "$T/v1.ini" >"$T/changed.ini"
chmod 644 "$T"/*.ini
is "a class keeps its kind" "EINVAL class-changed text" "$(refusal $ADMIN policy load "$T/changed.ini")"
ok "a class may go" custody_as $ADMIN policy load "$T/v4.ini"
ok "and it goes" custody_as $ZHAO policy agree 3
is "what has it keeps it" "permanent never" "$(attr_of $WANG "$D/three.mp4" class) $(until_of "$D/three.mp4")"
is "nobody gets it any more" EINVAL "$(as $LI sys setxattr "$D/one.mp4" user.custody.class permanent)"
ok "new classes come" custody_as $ADMIN policy load "$T/v5.ini"
ok "with the next" custody_as $ZHAO policy agree 4
as $WANG cp "$T/clip.mp4" "$D/four.mp4"
is "and can be given" 0 "$(as $LI sys setxattr "$D/four.mp4" user.custody.class whole-year)"
is "which lengthens" "whole-year 2024-03-15T00:00:00.000+08:00" "$(attr_of $WANG "$D/four.mp4" class) $(until_of "$D/four.mp4")"
is "where it lengthens nothing it is not taken" EPERM "$(as $LI sys setxattr "$D/two.mp4" user.custody.class whole-year)"

# Not before its day.
sed 's/^effective = .*/effective = 2023-04-01/' "$T/v2.ini" >"$T/v6.ini"
chmod 644 "$T"/*.ini
ok "one for a later day may be proposed" custody_as $ADMIN policy load "$T/v6.ini"
is "and is not in force before it" "EACCES policy-early id" "$(refusal $ZHAO policy agree 5)"
custody_as $ADMIN clock set 2023-04-01T00:00 >"$T/out"
ok "on that day it is agreed to" custody_as $ZHAO policy agree 5
ok "one is refused" custody_as $ADMIN policy load "$T/v1.ini"
ok "by the legal section, with a reason" custody_as $ZHAO policy refuse 6 --reason 期限过短
is "and stays so" "refused 期限过短" "$(custody_as $WANG policy list --json | json '"%(state)s %(reason)s" % d["proposals"][0]')"
is "each in its state" "refused loaded loaded loaded loaded loaded" "$(custody_as $WANG policy list --json | json '" ".join(p["state"] for p in d["proposals"])')"

# Many deposits while one comes into force: none before carries the new version, none after the old.
ok "one more" custody_as $ADMIN policy load "$T/v2.ini"
for i in $(seq 40); do as $WANG cp "$T/clip.mp4" "$D/n$i.mp4"; done &
copying=$!
moment
custody_as $ZHAO policy agree 7 >"$T/out"
wait $copying
is "versions only go up, and change right after each load" True "$(events | json '(lambda v, e: v == sorted(v) and all((a != b) == (k == "policy.load") for a, b, k in zip(v, v[1:], e)))([r["policy"] for r in rows], [r["event"] for r in rows])')"

# What [readers] adds.
custody_as $SUN request "$D/one.mp4" --purpose 核对 >"$T/out"
custody_as $CHEN approve 2 >"$T/out"
is "it still reads" 0 "$(as $SUN previewer open "$D/one.mp4" O_RDONLY)"
sed 's/^program = tumblerd/program = previewer/' "$T/v2.ini" >"$T/v8.ini"
chmod 644 "$T"/*.ini
custody_as $ADMIN policy load "$T/v8.ini" >"$T/out"
custody_as $ZHAO policy agree 8 >"$T/out"
is "named by the policy it is not served any more, at once" EACCES "$(as $SUN previewer open "$D/one.mp4" O_RDONLY)"
is "for that reason" uninvited "$(custody_as $SUN why "$D/one.mp4" --json | json 'd["reason"]')"
is "others are" 0 "$(as $SUN sys open "$D/one.mp4" O_RDONLY)"
sed 's/^program = tumblerd/program = !*/' "$T/v2.ini" >"$T/v9.ini"
chmod 644 "$T"/*.ini
custody_as $ADMIN policy load "$T/v9.ini" >"$T/out"
custody_as $ZHAO policy agree 9 >"$T/out"
is "invited by the next it is served again" 0 "$(as $SUN previewer open "$D/one.mp4" O_RDONLY)"

# All of it from the ledger alone, and over a restart.
unmount_store
is "offline: the version in force" 9 "$(custody -s "$T/store" policy show --json | json 'd["policy"]["version"]')"
is "fsck finds nothing wrong" 0 "$(fsck.custodyfs "$T/store" >"$T/out" 2>&1; echo $?)"
sqlite3 -readonly "$T/store/catalog.db" .dump >"$T/dump"
fsck.custodyfs --rebuild "$T/store" >"$T/out" 2>&1
sqlite3 -readonly "$T/store/catalog.db" .dump >"$T/dump.again"
ok "the catalog made again is the same, row for row" cmp "$T/dump" "$T/dump.again"
mount_store settle=0
is "after another mount the version stands" 9 "$(policy_of store.mount)"
