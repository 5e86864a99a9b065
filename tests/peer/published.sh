#!/usr/bin/env bash
# Published trees and proofs against Go's transparency-log packages, and the same with a byte changed.
# BUILD: where make_tree and verify were built.
set -u
make_tree=$BUILD/make_tree
verify=$BUILD/verify
top=$(mktemp -d) || exit 1
trap 'rm -rf "$top"' EXIT
failures=0

holds() {
	if "$verify" "$@" >"$top/said" 2>&1; then
		echo "ok - $1 holds: ${3#"$top/"}"
	else
		echo "not ok - $1 holds: ${3#"$top/"}"
		sed 's/^/#   /' "$top/said"
		failures=1
	fi
}

fails() {
	"$verify" "$@" >"$top/said" 2>&1
	if [ $? -eq 1 ]; then
		echo "ok - $1 fails with a byte changed: ${3#"$top/"}"
	else
		echo "not ok - $1 fails with a byte changed: ${3#"$top/"}"
		failures=1
	fi
}

# Adds one to the last byte but N of a file, for as long as a command runs.
with_change() {
	file=$1 back=$2
	shift 2
	cp "$file" "$top/kept"
	at=$(($(wc -c <"$file") - back - 1))
	byte=$(od -An -tu1 -j "$at" -N 1 "$file")
	printf '%b' "\\0$(printf %o $(((byte + 1) % 256)))" | dd of="$file" bs=1 seek="$at" conv=notrunc 2>/dev/null
	"$@"
	cp "$top/kept" "$file"
}

sample() {
	dir=$top/$1.$2
	mkdir "$dir"
	"$make_tree" "$dir" "$1" "$2" || exit 1
	vkey=$(cat "$dir/vkey")
	holds tree "$vkey" "$dir/tree"
	holds consistency "$vkey" "$dir/tree" "$dir/old"
	for proof in "$dir"/proof.*; do
		[ -e "$proof" ] && holds proof "$vkey" "$proof" "$dir/entry.${proof##*.}"
	done
}

for sizes in '0 0' '0 1' '1 1' '1 2' '1 255' '255 255' '255 256' '100 256' '256 256' '256 257' '255 257' '1 257' '511 512' '300 1000' \
	'1000 70000' '65536 70000' '65535 65537' '70000 70000' \
	'70000 257000'; do
	sample "${sizes% *}" "${sizes#* }"
done

# one of them, in all its parts
dir=$top/300.1000
vkey=$(cat "$dir/vkey")
holds tree "$vkey" "$dir/tree"
fails tree "$(tr 7 8 <"$dir/vkey")" "$dir/tree"
find "$dir/tree/tile" -type f -not -path '*/tile/1/000.p/1' >"$top/files"   # which is of the earlier head
while read -r file; do
	with_change "$file" 0 fails tree "$vkey" "$dir/tree"
done <"$top/files"
with_change "$dir/tree/checkpoint" 1 fails tree "$vkey" "$dir/tree"
with_change "$dir/tree/checkpoint" 3 fails tree "$vkey" "$dir/tree"
with_change "$dir/tree/tile/1/000.p/3" 40 fails consistency "$vkey" "$dir/tree" "$dir/old"
with_change "$dir/old" 5 fails consistency "$vkey" "$dir/tree" "$dir/old"
fails consistency "$vkey" "$top/1.255/tree" "$dir/old"
for back in 0 1 10 200 250 300 350 400; do
	with_change "$dir/proof.256" $back fails proof "$vkey" "$dir/proof.256" "$dir/entry.256"
done
with_change "$dir/entry.256" 0 fails proof "$vkey" "$dir/proof.256" "$dir/entry.256"
fails proof "$vkey" "$dir/proof.256" "$dir/entry.255"
fails proof "$vkey" "$dir/proof.255" "$dir/entry.256"
rm "$dir/tree/tile/entries/001"
fails tree "$vkey" "$dir/tree"

exit $failures
