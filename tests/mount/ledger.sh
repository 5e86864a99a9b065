#!/usr/bin/env bash
# The ledger from outside: verified, its head kept and compared, entries proved, all of it published; through the mount and without it.  Go's own
# transparency-log packages check what is published.
. "$(dirname "$0")/../lib.sh"
cleanup() { chattr -R -i "$T" 2>/dev/null; }    # of the copies as well
new_store --test-clock=2023-03-14T18:30
mount_store settle=0
people
AUDITOR=2046
custody_as $ADMIN register person P046 钱进 --uid $AUDITOR --roles auditor >"$T/out" || cat "$T/out"
make_folder 2023-03-14
D=$(folder_of 2023-03-14)
status_of() { "$@" >"$T/out" 2>"$T/said"; echo $?; }
go() { # FACT WANTED(0|1) ARG…
	local fact=$1 want=$2
	shift 2
	if [ -x "$BUILD/verify" ]; then
		is "Go's packages: $fact" "$want" "$(status_of "$BUILD/verify" "$@")"
	else
		skip "Go's packages: $fact" "tests/peer/verify.go is not built; it takes Debian's golang-go and golang-golang-x-mod-dev"
	fi
}
mkdir "$T/small" && chmod 755 "$T/small"
files() { # PREFIX COUNT: as many deposits, about four events each
	local i
	rm -f "$T"/small/*
	for i in $(seq "$2"); do echo "$i" >"$T/small/$1$i"; done
	chmod 644 "$T"/small/*
	as $WANG cp "$T"/small/* "$D/"
}
auditor() { custody_as $AUDITOR "$@"; }
offline() { custody -s "$T/store" "$@"; }
entry() { as $AUDITOR sys ctl "$M/.custody/ctl" "{\"do\":\"ledger.entries\",\"after\":$1,\"limit\":1}" | head -n 1 | json 'd["rows"][0]'; }
files a 10

# The head.
auditor ledger checkpoint >"$T/kept.1"
uuid=$(custody_as $AUDITOR status --json | json 'd["store"]["uuid"]')
vkey=$(auditor ledger checkpoint --json | json 'd["vkey"]')
is "a head says whose it is" "custodyfs/$uuid" "$(sed -n 1p "$T/kept.1")"
ok "how many entries" grep -qxE '[1-9][0-9]*' <(sed -n 2p "$T/kept.1")
ok "their root" grep -qxE '[A-Za-z0-9+/]{43}=' <(sed -n 3p "$T/kept.1")
is "an empty line" "" "$(sed -n 4p "$T/kept.1")"
ok "a signature" grep -qxE "— custodyfs/$uuid [A-Za-z0-9+/]{91}=" <(sed -n 5p "$T/kept.1")
is "and no more" 5 "$(wc -l <"$T/kept.1")"

# Who may.
is "the auditor verifies" 0 "$(status_of auditor ledger verify)"
is "the administrator" 0 "$(status_of custody_as $ADMIN ledger verify)"
for who in $WANG $CHEN $SUN $ZHAO $STRANGER 0; do
	is "not $who" 1 "$(status_of custody_as "$who" ledger verify)"
done
is "nor does an officer publish or prove" "1 1" "$(status_of custody_as $WANG ledger publish "$T/by-wang") $(status_of custody_as $WANG ledger prove 0)"

# Verified, in words and for programs.
is "what is verified is what there is" "True True True" "$(auditor ledger verify --json | json '"%s %s %s" % (d["ok"], d["size"] >= int(open("'"$T"'/kept.1").readlines()[1]), d["signed"])')"
ok "in words" grep -q 'every record, the tree and the signature are valid' <(auditor ledger verify)

# Compared.
files b 90
is "a kept head is a part of the ledger" 0 "$(status_of auditor ledger checkpoint --against "$T/kept.1")"
ok "in words" grep -q 'nothing up to it was removed or changed' "$T/out"
is "for programs" "prefix True $(sed -n 2p "$T/kept.1")" "$(auditor ledger checkpoint --against "$T/kept.1" --json | json '"%s %s %d" % (d["relation"], d["size"] > d["kept"], d["kept"])')"
digested() { [ "$(custody_as $ADMIN status --json | json 'd["digests_pending"]')" = 0 ]; }
until_true digested
auditor ledger checkpoint >"$T/kept.2"
is "the head itself is, too" "0 True" "$(status_of auditor ledger checkpoint --against "$T/kept.2" --json) $(json 'd["kept"] == d["size"] or d["kept"] + 1 == d["size"]' <"$T/out")"
is "it is read from standard input" 0 "$(status_of auditor ledger checkpoint --against - <"$T/kept.1")"
is "what is no head is not" 1 "$(status_of auditor ledger checkpoint --against "$T/people.log")"
sed "2s/.*/$(($(sed -n 2p "$T/kept.1") - 1))/" "$T/kept.1" >"$T/changed"
is "a head with another size" 1 "$(status_of auditor ledger checkpoint --against "$T/changed")"
sed '5s/A/B/; 5s/b/c/' "$T/kept.1" >"$T/changed"
is "with another signature" 1 "$(status_of auditor ledger checkpoint --against "$T/changed")"
is "none" 2 "$(status_of auditor ledger checkpoint --against "$T/none")"

# Proved.
for n in 0 1 37 255 256; do
	is "entry $n is proved" 0 "$(status_of auditor ledger prove $n)"
	cp "$T/out" "$T/proof.$n"
	entry $n >"$T/entry.$n"
	go "the proof of entry $n holds" 0 proof "$vkey" "$T/proof.$n" "$T/entry.$n"
done
go "not for another entry" 1 proof "$vkey" "$T/proof.37" "$T/entry.1"
sed 's/"seq":37/"seq":38/' "$T/entry.37" >"$T/changed"
go "not for a changed one" 1 proof "$vkey" "$T/proof.37" "$T/changed"
is "a proof file begins as it must" "c2sp.org/tlog-proof@v1 index 37" "$(head -n 2 "$T/proof.37" | xargs)"
mkdir "$T/auditor" && chown $AUDITOR "$T/auditor"
is "it goes to a file" 0 "$(status_of auditor ledger prove 37 -o "$T/auditor/proof")"
go "which holds" 0 proof "$vkey" "$T/auditor/proof" "$T/entry.37"
is "an entry that is yet to come has none" 1 "$(status_of auditor ledger prove 99999)"
is "what is no number" 1 "$(status_of auditor ledger prove x)"

# Published, and extended.
mkdir "$T/tree" && chown $AUDITOR "$T/tree"
is "it is published" 0 "$(status_of auditor ledger publish "$T/tree")"
cp "$T/tree/checkpoint" "$T/kept.3"
go "the tree holds" 0 tree "$vkey" "$T/tree"
ok "a full tile is where it belongs" test -f "$T/tree/tile/0/000"
ok "with its entries" test -f "$T/tree/tile/entries/000"
files c 90
is "later it is extended" 0 "$(status_of auditor ledger publish "$T/tree")"
go "the longer tree holds" 0 tree "$vkey" "$T/tree"
go "the former head is a part of it" 0 consistency "$vkey" "$T/tree" "$T/kept.3"
go "so is the first" 0 consistency "$vkey" "$T/tree" "$T/kept.1"
ok "the tree's head is one of this store's" auditor ledger checkpoint --against "$T/tree/checkpoint"
printf X | dd of="$T/tree/tile/entries/000" bs=1 seek=100 conv=notrunc 2>"$T/said"
go "not with a byte changed" 1 tree "$vkey" "$T/tree"
go "nor under another key" 1 tree "$(tr A-Y B-Z <<<"$vkey")" "$T/tree"

# Without the mount, as root: beside it, and after it.
offline_facts() {
	is "$1: it verifies" 0 "$(status_of offline ledger verify)"
	is "$1: its head can be signed" 0 "$(status_of offline ledger checkpoint)"
	cp "$T/out" "$T/kept.offline"
	is "$1: a kept head is compared" 0 "$(status_of offline ledger checkpoint --against "$T/kept.2")"
	is "$1: an entry is proved" 0 "$(status_of offline ledger prove 37 -o "$T/proof.offline")"
	go "$1: the proof holds" 0 proof "$vkey" "$T/proof.offline" "$T/entry.37"
	is "$1: it is published" 0 "$(status_of offline ledger publish "$T/tree.offline")"
	go "$1: the tree holds" 0 tree "$vkey" "$T/tree.offline"
}
offline_facts "offline beside the mount"
ok "the mount takes the head that was signed beside it" auditor ledger checkpoint --against "$T/kept.offline"
unmount_store
offline_facts "offline"
cp -a "$T/store" "$T/copy"

# Rolled back: an old copy is put in the store's place.
mount_store settle=0
files d 5
auditor ledger checkpoint >"$T/kept.4"
unmount_store
mv "$T/store" "$T/real" && mv "$T/copy" "$T/store"
is "an old copy verifies in itself" 0 "$(status_of offline ledger verify)"
is "a head kept elsewhere tells that it was rolled back" 3 "$(status_of offline ledger checkpoint --against "$T/kept.4")"
ok "in words" grep -q '^.*ROLLED BACK' "$T/out"
is "for programs" "False rolled-back" "$(offline ledger checkpoint --against "$T/kept.4" --json | json '"%s %s" % (d["ok"], d["relation"])')"
is "an older head fits" 0 "$(status_of offline ledger checkpoint --against "$T/kept.3")"
mount_store settle=0
is "through the mount: rolled back" 3 "$(status_of auditor ledger checkpoint --against "$T/kept.4")"

# Rewritten: and another history is written on it.
files e 12
is "another history of that length: rewritten" 4 "$(status_of auditor ledger checkpoint --against "$T/kept.4")"
ok "in words" grep -q 'REWRITTEN' "$T/out"
is "for programs" "False rewritten" "$(auditor ledger checkpoint --against "$T/kept.4" --json | json '"%s %s" % (d["ok"], d["relation"])')"
is "it cannot be published onto the real one's tree" 1 "$(custody -s "$T/real" ledger publish "$T/tree.new" >"$T/out" 2>&1 && chown -R $AUDITOR "$T/tree.new" && status_of auditor ledger publish "$T/tree.new")"
unmount_store
is "offline: rewritten" 4 "$(status_of offline ledger checkpoint --against "$T/kept.4")"
is "what came before still fits" 0 "$(status_of offline ledger checkpoint --against "$T/kept.3")"
mv "$T/store" "$T/store.rewritten" && mv "$T/real" "$T/store"
is "the real one fits" 0 "$(status_of offline ledger checkpoint --against "$T/kept.4")"

# Foreign.
mkfs.custodyfs --admin $ADMIN "$T/foreign" >"$T/out"
custody -s "$T/foreign" ledger checkpoint >"$T/kept.foreign"
is "another store's head is foreign" 5 "$(status_of offline ledger checkpoint --against "$T/kept.foreign")"
ok "in words" grep -q 'FOREIGN' "$T/out"
is "for programs" "False foreign" "$(offline ledger checkpoint --against "$T/kept.foreign" --json | json '"%s %s" % (d["ok"], d["relation"])')"
mount_store
is "through the mount" 5 "$(status_of auditor ledger checkpoint --against "$T/kept.foreign")"
unmount_store

# Damaged.
segment=$(find "$T/store/ledger/segment" -type f | sort | head -n 1)
damaged() { # FACT FILE OFFSET
	local byte
	byte=$(od -An -tu1 -j "$3" -N 1 "$2" | tr -d ' ')
	printf '%b' "\\0$(printf %o $((byte ^ 1)))" | dd of="$2" bs=1 seek="$3" conv=notrunc 2>"$T/said"
	is "$1: verify fails" 1 "$(status_of offline ledger verify)"
	ok "$1: and says where" grep -qE '[0-9]' "$T/said"
	printf '%b' "\\0$(printf %o "$byte")" | dd of="$2" bs=1 seek="$3" conv=notrunc 2>"$T/said"
}
damaged "a bit in an early record" "$segment" 600
damaged "a bit in the middle" "$segment" $(($(stat -c %s "$segment") / 2))
damaged "a bit of a stored hash" "$(find "$T/store/ledger/hash" -type f | sort | head -n 1)" 1000
is "put right again it verifies" 0 "$(status_of offline ledger verify)"
