# What the scripts share that open an item.  Sourced in place of lib.sh.
#   video FILE              makes a short one
#   deposited SOURCE        is copied in by 王建国, and time goes by: $F
#   opened PROGRAM…         the ledger has openings of those programs by 张明远, of $F, each closed again
#   intact SOURCE           $F is what it was
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

video() {
	ffmpeg -nostdin -v error -y -f lavfi -i testsrc=size=640x360:rate=25:duration=10 -f lavfi -i sine=duration=10 -c:v mpeg4 -b:v 4M -g 25 -c:a aac "$1"
	chmod 644 "$1"
}

deposited() {
	F=$D/${1##*/}
	ok "it is deposited" client cp -p "$1" "$D"
	custody_as $ADMIN clock set 2023-03-14T20:00 >/dev/null
}

said() { events "$F" | json "sorted(set(r['subject']['program'].split('/')[-1] for r in rows if r['event'] == '$1' and r['person_name'] == '张明远'))" | xargs; }
opened() {
	local want
	want=$(printf '%s\n' "$@" | sort -u | xargs)
	is "the ledger says what opened it" "$want" "$(said read.open)"
	closed() { [ "$(events "$F" | json 'len([r for r in rows if r["event"] == "read.open"]) - len([r for r in rows if r["event"] == "read.close"])')" = 0 ]; }
	eventually "and that each was closed" closed
}

intact() {
	is "it is what it was" "$(sha_of "$1") $(stat -c '%s %y' "$1")" "$(sha_of "$(blob_of "$F")") $(as $WANG stat -c '%s %y' "$F")"
	is "and alone" "${F##*/}" "$(names_in "$D")"
	ok "its content verifies" custody_as $ADMIN verify "$F"
}
