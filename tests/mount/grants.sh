#!/usr/bin/env bash
# No content without a live grant (Q14): each way in which one is not live is refused, each open is recorded first, and what ends stops what is open.
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-03-14T18:30
mount_store
people
WU=2045
custody_as $ADMIN register person 083045 吴敏 --uid $WU --unit 中都所 --roles approver,custodian --formal >"$T/out" || cat "$T/out"
CASE=汶市监立〔2023〕47号
custody_as $LI register case $CASE --party 汶上县刘记百货店 --cause 经营超过保质期食品 --class evidence-30 >"$T/out" || cat "$T/out"
make_folder 2023-03-14
make_folder 2023-03-14 $CASE
D=$(folder_of 2023-03-14)
C=$(folder_of 2023-03-14 $CASE)
head -c 300001 /dev/urandom >"$T/clip"
chmod 644 "$T/clip"
for n in a b c d e f g h i; do as $WANG cp "$T/clip" "$D/$n"; done
as $WU cp "$T/clip" "$D/wu"
as $WANG cp "$T/clip" "$C/in-case"

clock() { custody_as $ADMIN clock set "$1" >"$T/out" || fail "the clock is set" "$(cat "$T/out")"; }
ask() { ID=$(custody_as "$1" request --json "${@:2}" --purpose 核查 | json 'd["request"]["id"]'); }
granted() { ask "$@" && custody_as $CHEN approve "$ID" >"$T/out" 2>&1 || fail "a grant for $2" "$(cat "$T/out")"; }
why() { custody_as $ZHANG why --json --verb open-read "$1" | json 'd["reason"]'; }
reason() { custody_as "$@" --json 2>/dev/null | json '(d.get("errno") or "0") + " " + (d.get("reason") or "ok")'; }
refuses() { fails EACCES "$1" as $ZHANG sys read "$3"; is "and the reason is $2" "$2" "$(why "$3")"; }

# Time.
clock 2023-04-03T08:59
granted $ZHANG "$D/a" --from 2023-04-03T09:00 --to 2023-04-03T12:00
refuses "before its time" grant-early "$D/a"
clock 2023-04-03T09:00:00
fails 0 "at its first moment" as $ZHANG sys read "$D/a"
clock 2023-04-03T12:00:00
refuses "at its end" grant-over "$D/a"
granted $ZHANG "$D/a" --from 2023-04-03T08:00 --to 2023-04-03T14:00
fails 0 "a second grant that is live counts, whatever the first says" as $ZHANG sys read "$D/a"
ask $ZHANG "$D/a"
is "without --from and --to: from now on, a day long" "2023-04-03T12 2023-04-04T12" "$(custody_as $ZHANG requests --json | json '(lambda r: r["from"][:13] + " " + r["to"][:13])(d["rows"][-1])')"

# Which item.
refuses "another item" grant-none "$D/b"
granted $ZHANG "$D/g" "$D/h"
fails 0 "one grant for two items: the one" as $ZHANG sys read "$D/g"
fails 0 "and the other" as $ZHANG sys read "$D/h"
fails EACCES "for nobody else" as $LI sys read "$D/g"
fails EACCES "not even its depositor" as $WANG sys read "$D/g"

# Two people.
ask $WU "$D/b"
is "an approver does not approve what he asked for" "EACCES self-approval" "$(reason $WU approve "$ID")"
fails EACCES "so he cannot read it" as $WU sys read "$D/b"
ask $ZHANG "$D/wu"
is "an approver does not decide on his own deposit" "EACCES self-approval" "$(reason $WU approve "$ID")"
refuses "undecided" grant-pending "$D/wu"
is "someone without the role does not approve" "EACCES no-role" "$(reason $LI approve "$ID")"
is "nor deny" "EACCES no-role" "$(reason $LI deny "$ID")"
is "nor an administrator" "EACCES no-role" "$(reason $ADMIN approve "$ID")"
is "a stranger neither" "EACCES nobody" "$(reason $STRANGER approve "$ID")"
is "another approver does" "0 ok" "$(reason $CHEN approve "$ID")"
fails 0 "then it is read" as $ZHANG sys read "$D/wu"

# Each state once.
is "it is approved once" "EINVAL state" "$(reason $CHEN approve "$ID")"
is "what is approved is not denied" "EINVAL state" "$(reason $CHEN deny "$ID")"
ask $ZHANG "$D/c"
is "what is not approved is not revoked" "EINVAL state" "$(reason $CHEN revoke "$ID")"
is "it is denied, with a reason" "0 ok" "$(reason $CHEN deny "$ID" --reason 与案件无关)"
refuses "denied" grant-denied "$D/c"
is "the reason is on the request" 与案件无关 "$(custody_as $ZHANG requests --json | json 'd["rows"][-1]["reason"]')"
is "what is denied is not approved" "EINVAL state" "$(reason $CHEN approve "$ID")"
is "a request that there is not" "ENOENT not-found" "$(reason $CHEN approve 999)"

# Revoked: what is open stops, pages of a mapping go.
granted $ZHANG "$D/d"
GRANT=$ID
shell_as $ZHANG
is "it is open" 0 "$(in_shell "exec 7<'$D/d'; sys pread 7 0 100")"
setpriv --reuid=$ZHANG --regid=$ZHANG --clear-groups -- sys map-watch "$D/d" >"$T/map" 2>&1 &
watch=$!
eventually "a private mapping works" grep -q mapped "$T/map"
granted $ZHANG "$D/i"
is "a hundred more descriptors, of another item, come after it" 100 "$(in_shell "for n in {1..100}; do exec {fd}<'$D/i' && many+=(\$fd); done; echo \${#many[@]}")"
is "whose grant is taken back first" "0 ok" "$(reason $CHEN revoke "$ID")"
is "an approver takes the grant back" "0 ok" "$(reason $CHEN revoke "$GRANT" --reason 用途不符)"
is "the next read is refused" EACCES "$(in_shell "sys pread 7 0 100")"
wait $watch
is "the mapping's pages are gone" SIGBUS "$(tail -n 1 "$T/map")"
refuses "a new open" grant-revoked "$D/d"
is "and it stays so" "EINVAL state" "$(reason $CHEN approve "$GRANT")"
in_shell "exec 7<&-; for fd in \${many[@]}; do exec {fd}<&-; done" >/dev/null
mapped_bytes() { events "$D/d" | json '[r["details"]["ranges"] for r in rows if r["event"] == "read.close"]'; }
closed() { [ "$(mapped_bytes | wc -l)" -ge "${1:-1}" ]; }
eventually "both were closed on the record" closed 2
ok "the mapped page is in the bytes read" grep -q '\[\[0, [0-9]\{4,\}\]\]' <(mapped_bytes)

# How often.
granted $ZHANG "$D/e" --opens 2
is "the first of two opens" 0 "$(in_shell "exec 7<'$D/e'; sys pread 7 0 100")"
fails EACCES "an attempt by another does not count" as $LI sys read "$D/e"
fails 0 "the second" as $ZHANG sys read "$D/e"
refuses "the third" grant-used "$D/e"
is "the first goes on reading" 0 "$(in_shell "sys pread 7 1000 100")"
is "two are counted" "2 2" "$(custody_as $ZHANG requests --json | json '"%d %d" % (d["rows"][-1]["used"], d["rows"][-1]["opens"])')"

# A case.
ask $ZHANG --case $CASE
refuses "a case's item, undecided" grant-pending "$C/in-case"
is "an approver approves for the case" "0 ok" "$(reason $CHEN approve "$ID")"
fails 0 "its item is read" as $ZHANG sys read "$C/in-case"
as $WANG cp "$T/clip" "$C/later"
fails 0 "and one that came later" as $ZHANG sys read "$C/later"
refuses "and none outside it" grant-none "$D/b"
is "a case that there is not" "ENOENT not-found" "$(reason $ZHANG request --case 汶市监立〔2023〕48号 --purpose 核查)"

# What a request takes.
say() { as "$1" sys ctl "$M/.custody/ctl" "$2" | head -n 1 | json 'd.get("errno", "0") + " " + str(d.get("field"))'; }
b='"items":[2],"purpose":"x"'
is "no purpose" "EINVAL purpose" "$(say $ZHANG '{"do":"request","items":[2]}')"
is "an empty one" "EINVAL purpose" "$(say $ZHANG '{"do":"request","items":[2],"purpose":""}')"
is "an end before the beginning" "EINVAL to" "$(say $ZHANG "{\"do\":\"request\",$b,\"from\":\"2023-04-03\",\"to\":\"2023-04-02\"}")"
is "no time at all" "EINVAL from" "$(say $ZHANG "{\"do\":\"request\",$b,\"from\":\"tomorrow\"}")"
is "fewer than no opens" "EINVAL opens" "$(say $ZHANG "{\"do\":\"request\",$b,\"opens\":-1}")"
is "opens that are no number" "EINVAL opens" "$(say $ZHANG "{\"do\":\"request\",$b,\"opens\":\"many\"}")"
is "nothing asked for" "EINVAL paths" "$(say $ZHANG '{"do":"request","purpose":"x"}')"
is "both items and a case" "EINVAL paths" "$(say $ZHANG "{\"do\":\"request\",$b,\"case\":\"$CASE\"}")"
is "an item that there is not" "ENOENT items" "$(say $ZHANG '{"do":"request","items":[999],"purpose":"x"}')"
is "a stranger asks" "EACCES None" "$(say $STRANGER "{\"do\":\"request\",$b}")"
is "an end alone that is past already" "EINVAL to" "$(say $ZHANG "{\"do\":\"request\",$b,\"to\":\"2023-04-01\"}")"

# The record comes first, and says which bytes.
granted $ZHANG "$D/f"
opened() { events "$D/f" | json 'sum(r["event"] == "read.open" for r in rows)'; }
is "an open that has read nothing" 0 "$(in_shell "exec 7<'$D/f'; echo 0")"
is "is on the ledger" 1 "$(opened)"
in_shell 'for at in 100 0 50 200000 150 65536 65636 200050; do sys pread 7 $at 100; done; sys pread 7 300001 100; sys pread 7 299990 100; exec 7<&-' >/dev/null
ranges() { events "$D/f" | json '[(r["details"]["ranges"], r["details"]["bytes"]) for r in rows if r["event"] == "read.close"]'; }
range_closed() { [ -n "$(ranges)" ]; }
eventually "its closing is recorded" range_closed
is "with what was read, put together, whatever the order" "[[0, 250], [65536, 65736], [200000, 200150], [299990, 300001]] 811" \
	"$(ranges | /usr/bin/python3 -c 'r, b = eval(input()); print(sorted(r), b)')"
in_shell "exec 7<'$D/f'; for i in \$(seq 0 99); do sys pread 7 \$((i * 200)) 1; done; exec 7<&-" >/dev/null
scattered() { events "$D/f" | json 'len({x[0] for r in rows if r["event"] in ("read.ranges", "read.close") for x in r["details"]["ranges"] if x[1] - x[0] == 1})'; }
all_scattered() { [ "$(scattered)" = 100 ]; }
eventually "a hundred scattered bytes are all recorded" all_scattered

# The daemon dies with a descriptor open: the open was durable before it succeeded.
is "it is open again" 0 "$(in_shell "exec 7<'$D/f'; echo 0")"
kill_daemon
end_shell
mount_store
is "the third open is on the ledger" 3 "$(opened)"
refuses "the number of opens is not forgotten" grant-used "$D/e"
ok "the ledger verifies" custody_as $ADMIN ledger verify
unmount_store
