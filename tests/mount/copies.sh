#!/usr/bin/env bash
# Offline copies (Art. 12): media are registered, read again whole, and held items that are on no medium are reported.
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2024-01-10T09:00
mount_store settle=1
people
make_folder 2024-01-09
D=$(folder_of 2024-01-09)
P=by-unit/中都所/WS00017/083017/2024-01-09/未立案
DISC=$T/disc
mkdir -m 755 "$DISC"
for n in 1 2 3 4; do
	head -c $((n * 70000)) /dev/urandom >"$T/$n.mp4"
	chmod 644 "$T/$n.mp4"
	as $WANG cp "$T/$n.mp4" "$D/$n.mp4"
done
eventually "settled" is_settled "$D/4.mp4"
digested() { [ "$(custody_as $ADMIN --json status | json 'd["digests_pending"]')" = 0 ]; }
eventually "digested" digested
uncopied() { custody_as $LI hold list --no-offline-copy --json | json '" ".join(r["name"] for r in d["rows"])'; }

is "nothing is held" "" "$(uncopied)"
is "a hold on the folder" 0 "$(as $LI sys setxattr "$D" user.custody.hold.n1 'ground=1; reason=信访')"
is "and one on an item in it" 0 "$(as $LI sys setxattr "$D/2.mp4" user.custody.hold.n2 'ground=2')"
is "all held, and no offline copy; each once" "1.mp4 2.mp4 3.mp4 4.mp4" "$(uncopied)"
is "with the names of the holds" "n1,n2" "$(custody_as $LI hold list --no-offline-copy --json | json '",".join(d["rows"][1]["holds"])')"
page() { as $LI sys ctl "$M/.custody/ctl" "{\"do\":\"hold.list\",\"no_offline_copy\":true,\"limit\":1${1:+,\"cursor\":\"$1\"}}" | head -n 1; }
paged() {
	local cursor='' answer
	for _ in 1 2 3 4 5 6 7 8 9; do
		answer=$(page "$cursor")
		json '" ".join(r["name"] for r in d["rows"])' <<<"$answer"
		cursor=$(json 'd["next"] or ""' <<<"$answer")
		[ -n "$cursor" ] || break
	done
}
is "one looked at a time: the same, each once" "1.mp4 2.mp4 3.mp4 4.mp4" "$(paged | xargs)"
is "a page's mark that is none" "EINVAL value-bad cursor" "$(page x | json '"%(errno)s %(reason)s %(field)s" % d')"
ok "in words" grep -q 'no offline copy' <(custody_as $LI hold list --no-offline-copy)
refused "not for an officer" custody_as $WANG hold list --no-offline-copy

# Held without a copy is a finding, one a hold.
found() { custody_as $ADMIN findings --json | json "$1"; }
copy_findings() { found "' '.join(sorted(r['note'].split(':')[0] for r in d['rows'] if r['rule'] == 'no-offline-copy' and r['state'] == 'open'))"; }
is "a finding for each of the two holds" "n1 n2" "$(copy_findings)"

# Registering.
refused "an officer registers nothing" custody_as $WANG copy register WS-BD-1 --type bd "$D/1.mp4"
refused "without a kind" custody_as $LI copy register WS-BD-1 "$D/1.mp4"
refused "of no kind that is known" custody_as $LI copy register WS-BD-1 --type floppy "$D/1.mp4"
refused "with nothing on it" custody_as $LI copy register WS-BD-1 --type bd
refused "with what is not there" custody_as $LI copy register WS-BD-1 --type bd "$D/9.mp4"
is "none of that made a medium" 0 "$(custody_as $LI copy list --json | json 'len(d["rows"])')"
ok "the custodian registers two, and gets a manifest" custody_as $LI copy register WS-BD-1 --type bd "$D/1.mp4" "$D/2.mp4"
custody_as $LI copy register WS-BD-1 --type bd "$D/1.mp4" "$D/2.mp4" >"$T/manifest" 2>/dev/null
is "registered again they are the same" "2 210000 bd" "$(custody_as $LI copy list --json | json '"%d %d %s" % (d["rows"][0]["items"], d["rows"][0]["bytes"], d["rows"][0]["type"])')"
refused "the medium cannot become another kind" custody_as $LI copy register WS-BD-1 --type usb "$D/3.mp4"
is "those two are copied" "3.mp4 4.mp4" "$(uncopied)"
mkdir -p "$DISC/$P"
cp "$T/1.mp4" "$T/2.mp4" "$DISC/$P/"
ok "the manifest checks the disc without our software" sh -c 'cd "$1" && sha256sum -c --quiet --strict "$2"' sh "$DISC" "$T/manifest"
mkdir -m 777 "$T/out"
ok "the rest, all that is held and on no copy" custody_as $LI copy register WS-USB-1 --type usb --held --manifest "$T/out/manifest"
is "to a file" 2 "$(wc -l <"$T/out/manifest")"
refused "which is not overwritten" custody_as $LI copy register WS-USB-2 --type usb "$D" --manifest "$T/out/manifest"
is "nothing is left" "" "$(uncopied)"
is "nor a finding" "" "$(copy_findings)"
is "they were put right, by nobody" "None None" "$(found "' '.join(str(r['settled_by']) for r in d['rows'] if r['rule'] == 'no-offline-copy')")"
as $WANG cp "$T/1.mp4" "$D/5.mp4"
eventually "one more arrives" is_settled "$D/5.mp4"
is "held, and found again" "n1" "$(copy_findings)"
eventually "digested" digested
ok "it goes on a disk of its own" custody_as $LI copy register WS-USB-5 --type usb "$D/5.mp4"
is "put right again" "" "$(copy_findings)"
refused "--held then finds nothing" custody_as $LI copy register WS-USB-2 --type usb --held
is "each item's trail names its medium" WS-BD-1 "$(custody_as $ADMIN log --json "$D/1.mp4" | json '[r["details"]["medium"] for r in rows if r["event"] == "copy.item"][0]')"
ok "a whole folder" custody_as $ZHAO copy register WS-TAPE-1 --type tape "$D"
is "has all five" 5 "$(custody_as $LI copy list --json | json '[r["items"] for r in d["rows"] if r["medium"] == "WS-TAPE-1"][0]')"

# Reading again.
verify() { custody_as $LI copy verify --json WS-BD-1 "$1" 2>/dev/null | json '"%s %d %d %d %d" % (d["ok"], d["found"], len(d["missing"]), len(d["damaged"]), len(d["extra"]))'; }
passed_of() { custody_as $LI copy list --json | json '[str(r["passed"]) for r in d["rows"] if r["medium"] == "'"$1"'"][0]'; }
is "never read yet" None "$(passed_of WS-BD-1)"
is "the disc holds both" "True 2 0 0 0" "$(verify "$DISC")"
is "and that is recorded" True "$(passed_of WS-BD-1)"
ok "exit status 0" custody_as $LI copy verify WS-BD-1 "$DISC"
mkdir -p "$T/flat" && mv "$DISC/$P/1.mp4" "$T/flat/renamed.bin" && cp "$DISC/$P/2.mp4" "$T/flat/"
echo readme >"$T/flat/readme.txt"
is "names do not matter, other files are told" "True 2 0 0 1" "$(verify "$T/flat")"
printf 'x' | dd of="$T/flat/renamed.bin" bs=1 seek=40000 conv=notrunc status=none
is "a flipped byte is found" "False 1 0 1 1" "$(verify "$T/flat")"
is "with exit status 1" 1 "$(custody_as $LI copy verify WS-BD-1 "$T/flat" >/dev/null 2>&1; echo $?)"
ok "and named" grep -q 'DAMAGED' <(custody_as $LI copy verify WS-BD-1 "$T/flat")
is "it is recorded as failed" False "$(passed_of WS-BD-1)"
is "so what is on it has no offline copy that counts but the tape" "" "$(uncopied)"
mkdir "$T/empty"
custody_as $ZHAO copy verify WS-TAPE-1 "$T/empty" >/dev/null 2>&1
is "the tape fails too: then the two have none" "1.mp4 2.mp4" "$(uncopied)"
is "which is found" "n1 n2" "$(copy_findings)"
custody_as $CHEN hold release n2 "$D/2.mp4" --reason 已办结 >/dev/null
is "of a hold that is released no more" "n1" "$(copy_findings)"
truncate -s 100 "$T/flat/2.mp4"
is "cut short, under its own name: damaged" "False 0 0 2 1" "$(verify "$T/flat")"
rm "$T/flat/2.mp4"
is "gone: missing" "False 0 1 1 1" "$(verify "$T/flat")"
is "the ledger has the items" "1 1" "$(events | json '["%d %d" % (len(r["details"]["missing"]), len(r["details"]["damaged"])) for r in rows if r["event"] == "copy.verified"][-1]')"
GBK=$(printf '\xd6\xd0')
head -c 140000 /dev/zero >"$T/flat/$GBK.mp4" && echo x >"$T/flat/$GBK.txt"
is "names that are not UTF-8 are files like others: one damaged, one that does not belong" "False 0 0 2 2" "$(verify "$T/flat")"
rm "$T/flat/$GBK".*
cp "$T/1.mp4" "$T/flat/renamed.bin"
cp "$T/2.mp4" "$T/flat/2.mp4"
ln -s /etc/passwd "$T/flat/link"
is "copied anew it passes; links are not followed" "True 2 0 0 1" "$(verify "$T/flat")"
is "and counts again" "" "$(uncopied)"
is "nothing to be found" "" "$(copy_findings)"
refused "an officer verifies nothing" custody_as $WANG copy verify WS-BD-1 "$T/flat"
refused "a medium that is not registered" custody_as $LI copy verify WS-BD-9 "$T/flat"
refused "a folder that is not there" custody_as $LI copy verify WS-BD-1 "$T/nowhere"
refused "the store itself is no medium" custody_as $LI copy verify WS-BD-1 "$M"
is "none of that is a result" True "$(passed_of WS-BD-1)"

# A name may begin with a blank, and the list goes on behind it as behind others.
make_folder 2024-01-08
E=$(folder_of 2024-01-08)
for n in " 9" 5 6; do as $WANG cp "$T/1.mp4" "$E/$n.mp4"; done
is "a hold on another folder" 0 "$(as $LI sys setxattr "$E" user.custody.hold.n3 'ground=1; reason=信访')"
settled_three() { is_settled "$E/ 9.mp4" && is_settled "$E/5.mp4" && is_settled "$E/6.mp4"; }
eventually "settled" settled_three
is "each is told, one at a time, too" "9.mp4 5.mp4 6.mp4" "$(paged | xargs)"

# Overdue: a year after it was last read, to the day.
overdue() { custody_as $LI copy list --overdue --json | json '" ".join(r["medium"] for r in d["rows"])'; }
is "the tape is due at once, it failed" "WS-TAPE-1" "$(overdue)"
custody_as $ADMIN clock set 2025-01-10T23:50 >/dev/null
is "on the last day of the year" "WS-TAPE-1" "$(overdue)"
custody_as $ADMIN clock set 2025-01-11T00:00 >/dev/null
is "the day after, the others too" "WS-BD-1 WS-USB-1 WS-USB-5 WS-TAPE-1" "$(overdue)"
ok "in words" grep -q OVERDUE <(custody_as $LI copy list)
is "read again it is not" "WS-USB-1 WS-USB-5 WS-TAPE-1" "$(verify "$T/flat" >/dev/null; overdue)"

list=$(custody_as $LI copy list --json)
unmount_store
sqlite3 -readonly "$T/store/catalog.db" .dump >"$T/dump"
ok "the catalog is made again" fsck.custodyfs --rebuild "$T/store"
sqlite3 -readonly "$T/store/catalog.db" .dump >"$T/dump.again"
ok "the same, row for row" cmp "$T/dump" "$T/dump.again"
is "offline the list is the same" "$(json 'len(d["rows"])' <<<"$list")" "$(custody -s "$T/store" copy list --json | json 'len(d["rows"])')"
