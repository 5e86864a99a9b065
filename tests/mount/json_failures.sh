#!/usr/bin/env bash
# `custody --json`: every failure of every command, found by the tool or by the daemon, is one document on standard output with "ok":false.
# shellcheck disable=SC2086 # commands are kept as text, which is split into words
. "$(dirname "$0")/../lib.sh"
new_store
mount_store settle=1
people
make_folder 2026-11-23
D=$(folder_of 2026-11-23)
echo patrol >"$T/a.mp4"
chmod 644 "$T/a.mp4"
as $WANG cp "$T/a.mp4" "$D/a.mp4"
eventually "settled" is_settled "$D/a.mp4"
digested() { [ "$(custody_as $ADMIN --json status | json 'd["digests_pending"]')" = 0 ]; }
eventually "digested" digested
mkdir "$T/empty" "$T/shut" "$T/pit"
chmod 700 "$T/shut"
printf '[policy]\nnonsense\n' >"$T/bad.policy"
printf 'no head\n' >"$T/head"

# told USER COMMAND…: it must fail with that one document, with the reason in it, and print a message for people too; otherwise prints what is wrong.
told() {
	local status
	as "$@" >"$T/out" 2>"$T/err" </dev/null
	status=$?
	/usr/bin/python3 - "$status" "$T/out" "$T/err" <<-'P'
	import json, sys
	status, out, err = int(sys.argv[1]), open(sys.argv[2], encoding="utf-8").read(), open(sys.argv[3], "rb").read()
	if status == 0: sys.exit("it succeeded: " + out[:200])
	if status > 5: sys.exit("status %d" % status)
	try: d = json.loads(out)
	except ValueError as e: sys.exit("not one document: %r" % out[:300])
	if d.get("ok") is not False: sys.exit("it says that all is well: %r" % out[:300])
	if not err: sys.exit("nobody is told")
	if not any(k in d for k in ("text", "relation", "rows", "damaged", "files")): sys.exit("it does not say why: %r" % out[:300])
	P
}
tells() {
	local fact=$1 said
	shift
	said=$(told "$@" 2>&1) && pass "$fact" || fail "$fact" "$said" "command: $*" "$(head -n 3 "$T/err")"
}

# Each command, and arguments of a number that it takes.  A path is P where it would lie in the mount.
commands=(
	"register unit|1 x" "register device|X --unit y" "register person|1 x" "register case|N1" "register service|X --from 2026-01-01 --reason x"
	"case open|N1" "case link|N1 P" "case unlink|N1 P" "case alias|N1 N2" "case close|N1" "case show|N1" "case list|"
	"list|units" "show unit|1" "show device|1" "show person|1" "show case|1" "show|P" "deposit|P" "request|P --purpose x" "requests|" "approve|1" "deny|1" "revoke|1"
	"findings|" "finding settle|1 --reason x" "kinds|P" "why|P" "log|P" "hold set|h P --ground 1" "hold ask|h P" "hold release|h P --reason x" "hold list|P"
	"copy register|m --type bd P" "copy verify|m P" "copy list|" "dispose propose|P" "dispose list|" "dispose show|1" "dispose approve|1" "dispose refuse|1 --reason x"
	"dispose withdraw|1" "verify|P" "ledger verify|" "ledger checkpoint|" "ledger prove|0" "ledger publish|P" "set|stage patrol P" "unrelated propose|P --reason x"
	"unrelated agree|P" "unrelated refuse|P" "unrelated list|" "policy show|" "policy explain|" "policy list|" "policy check|P" "policy load|P" "policy proposal|1"
	"policy agree|1" "policy refuse|1" "status|" "clock set|2026-01-01" "clock propose|2026-01-01 --reason x" "clock agree|1" "clock refuse|1" "clock|"
)
named=$(printf '%s\n' "${commands[@]%%|*}" | sort)
is "the table has every command" "$(custody help | sed -nE 's/^  ([a-z]+( [a-z]+)?)( [^a-z].*| [a-z]+\|.*|)$/\1/p' | grep -vx help | sort)" "$named"

# Wherever the store is away, or the command line is wrong.
for row in "${commands[@]}"; do
	command=${row%%|*} args=${row#*|}
	alone=0
	[ "$command" = "policy check" ] && alone=1
	tells "$command: an option that there is not" $LI custody -m "$M" --json $command ${args//P/$D/a.mp4} --no-such
	tells "$command: where --json comes after it" $LI custody -m "$M" $command ${args//P/$D/a.mp4} --no-such --json
	tells "$command: another command's option" $LI custody -m "$M" --json $command ${args//P/$D/a.mp4} --output x --dry-run
	[ $alone = 1 ] || tells "$command: no store is mounted there" $LI custody -m "$T/empty" --json $command ${args//P/$T/empty}
	[ $alone = 1 ] || tells "$command: the folder may not be entered" $LI custody -m "$T/shut/x" --json $command ${args//P/$T/shut/x}
	tells "$command: the store is not there" 0 custody -s "$T/away" --json $command ${args//P/1}
done

# What a command finds wrong in what it is given.
A=$D/a.mp4 NONE=$D/none.mp4
while IFS='|' read -r who line; do
	line=${line//NONE/$NONE} line=${line//ITEM/$A} line=${line//TMP/$T}
	tells "$who: ${line//$T\//}" "${!who}" custody -m "$M" --json $line
done <<'ROWS'
LI|
LI|nonsense
LI|log --since 2026-01-01 --since 2026-01-02
LI|log --since
LI|help nonsense
LI|register
LI|register unit 370830001004
LI|register unit 370830001004 新所
LI|register device WS1
ADMIN|register device WS1 --unit 没有
ADMIN|register person 1 x --formal --auxiliary
ADMIN|register person 1 x --roles king
ADMIN|register person 1 x --certified nonsense
ADMIN|register person 1 x --uid no-such-login
ADMIN|register person 083098 x --uid 2017
ADMIN|register service WS00017
ADMIN|register service WS00017 --from x --reason y
WANG|register service WS00017 --from 2026-01-01 --reason y
CHEN|case open 某案
WANG|case open 某案 --class nonsense
WANG|case link 没有 ITEM
WANG|case link 没有 NONE
WANG|case link 没有 TMP/a.mp4
WANG|case unlink 没有 1
WANG|case alias 没有 别名
WANG|case close 没有
WANG|case close 没有 --on tomorrow
WANG|case show 没有
WANG|list nonsense
WANG|list people extra
WANG|list incomplete
STRANGER|list units
WANG|show unit 没有
WANG|show device 没有
WANG|show person 没有
WANG|show case 没有
WANG|show NONE
WANG|show 999
WANG|show TMP/a.mp4
WANG|deposit TMP/none
WANG|deposit TMP/a.mp4
WANG|deposit ITEM
WANG|deposit TMP/a.mp4 --officer 0/1
WANG|deposit TMP/a.mp4 TMP/empty --receipt TMP/none/receipt
STRANGER|deposit TMP/a.mp4
SUN|deposit TMP/a.mp4 --unit 中都所 --device WS00017 --officer 083017 --case 未立案
ZHANG|request ITEM
ZHANG|request --purpose x
ZHANG|request ITEM 1 --purpose x
ZHANG|request ITEM --case 某案 --purpose x
ZHANG|request NONE --purpose x
ZHANG|request 999 --purpose x
ZHANG|request TMP/a.mp4 --purpose x
ZHANG|request --case 没有 --purpose x
ZHANG|request ITEM --purpose x --opens 0
ZHANG|request ITEM --purpose x --opens many
ZHANG|request ITEM --purpose x --from yesterday
ZHANG|request ITEM --purpose x --from 2026-01-02 --to 2026-01-01
STRANGER|request 1 --purpose x
STRANGER|requests
CHEN|approve x
CHEN|approve 999
WANG|approve 1
CHEN|deny 999
CHEN|deny -1
CHEN|revoke 999 --reason x
STRANGER|findings
ADMIN|findings --rule nonsense
ADMIN|findings --unit 没有
ADMIN|finding settle 999 --reason x
ADMIN|finding settle x --reason x
ADMIN|finding settle 1
LI|kinds NONE
LI|kinds TMP/none
LI|kinds ITEM
LI|why NONE --verb nonsense
LI|why TMP/a.mp4
WANG|log --person 083017 --case x
WANG|log --person 没有
WANG|log --since yesterday
WANG|log NONE
STRANGER|log
LI|hold set h ITEM
LI|hold set h ITEM --ground 9
LI|hold set h ITEM --ground 4
LI|hold set a.b ITEM --ground 1
LI|hold set h NONE --ground 1
WANG|hold set h ITEM --ground 1
LI|hold ask none ITEM
CHEN|hold release none ITEM --reason x
CHEN|hold release none ITEM
LI|hold list NONE
LI|copy register M1 ITEM
LI|copy register M1 --type bd
LI|copy register M1 --type floppy ITEM
LI|copy register M1 --type bd NONE
LI|copy register M1 --type bd TMP/a.mp4
LI|copy register M1 --type bd 999
LI|copy register M1 --type bd ITEM --held
LI|copy register M1 --type bd --held
LI|copy register M1 --type bd ITEM --manifest TMP/a.mp4
LI|copy register M1 --type bd ITEM --manifest TMP/none/m
WANG|copy register M1 --type bd ITEM
LI|copy verify M1 TMP/empty
LI|copy verify M1 TMP/none
LI|copy verify M1 TMP/shut
LI|dispose propose
LI|dispose propose --expired ITEM
LI|dispose propose --expired --withdrawn
LI|dispose propose ITEM
LI|dispose propose NONE
LI|dispose propose TMP/a.mp4
LI|dispose propose ITEM --unit 中都所
LI|dispose propose --incomplete 1
LI|dispose propose --expired --unit 稽查大队
WANG|dispose propose ITEM
WANG|dispose list
LI|dispose show x
LI|dispose show 999
CHEN|dispose approve x
CHEN|dispose approve 999
CHEN|dispose refuse 999
CHEN|dispose refuse 999 --reason x
LI|dispose withdraw 999
LI|verify
LI|verify ITEM --all
LI|verify NONE
LI|verify 999
LI|verify TMP/a.mp4
STRANGER|verify --all
STRANGER|ledger verify
ADMIN|ledger checkpoint --against TMP/none
ADMIN|ledger checkpoint --against TMP/head
ADMIN|ledger prove x
ADMIN|ledger prove 99999
ADMIN|ledger prove 0 -o TMP/none/proof
ADMIN|ledger publish TMP/none/tree
ADMIN|ledger publish TMP/a.mp4
LI|set nonsense x ITEM
LI|set stage nonsense ITEM
LI|set stage patrol NONE
LI|set class nonsense ITEM
LI|set retain-until 2020-01-01 ITEM
LI|unrelated propose ITEM
LI|unrelated propose NONE --reason x
LI|unrelated agree ITEM
STRANGER|unrelated list
WANG|policy show 999
WANG|policy show x
STRANGER|policy show
STRANGER|policy explain
STRANGER|policy list
WANG|policy check TMP/none
WANG|policy check TMP/bad.policy
ADMIN|policy load TMP/none
ADMIN|policy load TMP/bad.policy
WANG|policy load TMP/bad.policy
WANG|policy proposal 999
WANG|policy proposal x
ADMIN|policy agree 999
ADMIN|policy agree x
ADMIN|policy refuse 999
STRANGER|status x
ADMIN|clock set 2030-01-01
ADMIN|clock set tomorrow
ADMIN|clock propose 2030-01-01
ADMIN|clock propose tomorrow --reason x
WANG|clock propose 2030-01-01 --reason x
ADMIN|clock agree 999
ADMIN|clock agree x
ADMIN|clock refuse x
ROWS

# A name that is no text, and a store that goes away.
tells "a name that is not UTF-8" $LI custody -m "$M" --json show "$D/"$'\xff'.mp4
tells "one to register" $LI custody -m "$M" --json copy register $'\xff' --type bd "$A"
tells "a purpose" $LI custody -m "$M" --json request "$A" --purpose $'\xff'
kill -9 "$DAEMON"
wait "$DAEMON" 2>/dev/null
DAEMON=
for command in status "list units" "log" "verify --all" "copy list" "dispose propose --expired" "ledger verify" "request 1 --purpose x"; do
	tells "$command: the daemon is gone" $ADMIN custody -m "$M" --json $command
done
until_true unmounted || umount -l "$M"
