#!/usr/bin/env bash
# custody deposit: a dry run tells what the run then does, also where files of one run meet each other; nothing is there twice, and a receipt replaces nothing but a receipt.
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-03-14T18:30
mount_store
people
CAM=$T/cam
name() { printf 'WS00017_083017_20230314090000_%04d.mp4' "$1"; }
turned() { printf '083017_WS00017_20230314090000_%04d.mp4' "$1"; }
make() { mkdir -p "$(dirname "$1")"; head -c "${2:-1000}" /dev/urandom >"$1"; chown -R $WANG "$CAM"; }
deposit() { custody_as $WANG deposit --json "$@" >"$T/answer" 2>"$T/said"; echo $? >"$T/status"; }
words() { json '" | ".join("%s %s" % (x["status"], x["reason"]) for x in d["files"])' <"$T/answer"; }
items() { custody_as $ADMIN list items --json | json 'len(d["rows"])'; }
ledger_size() { custody_as $ADMIN status --json | json 'd["ledger"]["size"]'; }

# foreseen FACT WANT SOURCE…: a dry run says WANT and changes nothing; the run says the same, "deposited" in place of "planned".
foreseen() {
	local fact=$1 want=$2 before
	shift 2
	before=$(ledger_size)
	deposit --dry-run "$@"
	is "$fact: foreseen" "$want" "$(words)"
	is "$fact: and nothing done" "$before" "$(ledger_size)"
	deposit "$@"
	is "$fact: so it comes" "${want//planned/deposited}" "$(words)"
}

# Files of one run that meet each other.
make "$CAM/a/100MEDIA/$(name 1)"
make "$CAM/a/101MEDIA/$(name 1)"
make "$CAM/a/102MEDIA/$(name 1)" 50
foreseen "one name in several folders" "planned None | refused name-taken | refused name-taken" "$CAM/a"
make "$CAM/b/$(name 2)"
cp "$CAM/b/$(name 2)" "$CAM/b/$(turned 2)"
make "$CAM/b/$(name 3)"
base=$(items)
foreseen "one recording under two names" "planned None | duplicate None | planned None" "$CAM/b"
is "it is there once" $((base + 2)) "$(items)"
ok "as text, too" grep -q 'a duplicate of another file of this run' <(make "$CAM/b2/$(name 5)"; cp "$CAM/b2/$(name 5)" "$CAM/b2/$(turned 5)"; custody_as $WANG deposit --dry-run "$CAM/b2")
make "$CAM/c/$(name 6)" 300000
cp "$CAM/c/$(name 6)" "$CAM/c/$(turned 6)"
printf x | dd of="$CAM/c/$(name 6)" bs=1 seek=299990 conv=notrunc 2>/dev/null
foreseen "two of one size that differ near the end" "planned None | planned None" "$CAM/c"
foreseen "one file named twice" "planned None | duplicate None" "$(make "$CAM/d/$(name 7)"; echo "$CAM/d/$(name 7)")" "$CAM/d"

# Into a folder that was named.
D=$(folder_of 2023-03-14)
OTHER=$M/by-unit/中都所/WS00017/083022/2023-03-14/未立案
as $LI mkdir -p "$OTHER"
make "$CAM/e/$(name 8)"
foreseen "into somebody else's folder" "refused not-yours" "$CAM/e/$(name 8)" "$OTHER"
foreseen "into a folder that takes none" "refused path-short" "$CAM/e/$(name 8)" "$M/by-unit/中都所/WS00017"
foreseen "into a date's" "refused path-short" "$CAM/e/$(name 8)" "${D%/*}"
foreseen "into a view" "refused view" "$CAM/e/$(name 8)" "$M/by-case"
foreseen "into the store's top" "refused structure" "$CAM/e/$(name 8)" "$M"
make "$CAM/e/Thumbs.db"
foreseen "what desktops leave behind" "refused desktop-file" "$CAM/e/Thumbs.db" "$D"
foreseen "also by its name, but for its date" "refused date-future" --device WS00017 --officer 083017 "$CAM/e/Thumbs.db"
touch -d 2023-03-14 "$CAM/e/Thumbs.db"
foreseen "also by its name" "refused desktop-file" --device WS00017 --officer 083017 "$CAM/e/Thumbs.db"
make "$CAM/e/x/$(name 8)"
foreseen "two of one name into one folder" "planned None | refused name-taken" "$CAM/e/$(name 8)" "$CAM/e/x/$(name 8)" "$D"

# Named twice, and removed.
make "$CAM/f/$(name 9)"
deposit --clear-source "$CAM/f/$(name 9)" "$CAM/f/./$(name 9)" "$CAM/f"
is "a file that was named twice is removed, and that is success" "0 deposited None | duplicate None | duplicate None 3" "$(cat "$T/status") $(words) $(json 'd["totals"]["cleared"]' <"$T/answer")"
is "nothing is said" "" "$(cat "$T/said")"

# A receipt where a recording is: custody deposit --receipt *.mp4.
make "$CAM/g/$(name 10)"
make "$CAM/g/$(name 11)"
was=$(sha_of "$CAM/g/$(name 10)")
before=$(ledger_size)
deposit --receipt "$CAM"/g/*.mp4
is "a receipt does not go over a recording" "2 $was" "$(cat "$T/status") $(sha_of "$CAM/g/$(name 10)")"
is "nothing is deposited then" "$before" "$(ledger_size)"
: >"$CAM/g/receipt.txt"
chown $WANG "$CAM/g/receipt.txt"
for into in receipt.txt receipt.txt receipt.json receipt.json; do
	deposit --receipt "$CAM/g/$into" "$CAM/g/$(name 11)"
	is "it goes over an empty file, over none, and over a receipt" 0 "$(cat "$T/status")"
done
as $WANG custody -m "$M" ledger checkpoint >"$CAM/g/kept.txt"
chown $WANG "$CAM/g/kept.txt"
was=$(sha_of "$CAM/g/kept.txt")
deposit --receipt "$CAM/g/kept.txt" "$CAM/g/$(name 11)"
is "nor over a checkpoint, which names the store as well" "2 $was" "$(cat "$T/status") $(sha_of "$CAM/g/kept.txt")"
deposit --dry-run --receipt "$CAM/g/receipt.json" "$CAM/g/$(name 11)"
is "what a dry run says, too" "0 True" "$(cat "$T/status") $(json 'd["dry_run"]' <"$CAM/g/receipt.json")"
ln -s "$(name 10)" "$CAM/g/link.txt"
deposit --receipt "$CAM/g/link.txt" "$CAM/g/$(name 11)"
is "not over a link to a recording" 2 "$(cat "$T/status")"
unmount_store
