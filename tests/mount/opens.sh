#!/usr/bin/env bash
# How many items a uid may have open at once: beyond that EMFILE, on the record once and not a thousand times, and nobody else is kept out.
. "$(dirname "$0")/../lib.sh"
new_store
mount_store settle=0 max_open=20
people
DAY=$(TZ=UTC-8 date +%F)
D=$(folder_of "$DAY")
make_folder "$DAY"
mkfifo -m 666 "$T/go"

# Opens PATTERN with %d from 0 on until it is refused, 60 at most; says how many there were and the errno, and then holds them until told.
cat >"$T/hold.pl" <<'PL'
use Errno; use Fcntl;
my ($mode, $pattern, $go) = @ARGV;
my (@held, %said);
for my $n (0 .. 59) {
	if (sysopen(my $f, sprintf($pattern, $n), $mode eq "write" ? O_WRONLY | O_CREAT : O_RDONLY)) { push @held, $f }
	else { $said{(grep { $!{$_} } qw(EMFILE ENFILE EACCES ENOENT))[0] // $!}++ }
}
$| = 1;
print scalar(@held), " ", join(" ", map { "$_ $said{$_}" } sort keys %said), "\n";
close(STDOUT);
open(my $wait, "<", $go);
PL
hold() { # UID MODE PATTERN
	: >"$T/held"
	as "$1" perl "$T/hold.pl" "$2" "$3" "$T/go" >"$T/held" &
	HOLDER=$!
	until_true test -s "$T/held"
}
let_go() { echo >"$T/go"; wait "$HOLDER"; }

hold $WANG write "$D/%d.log"
is "one user has 20 open for writing, and no more" "20 EMFILE 40" "$(cat "$T/held")"
fails EMFILE "nor by another process" as $WANG sys open "$D/more.log" O_WRONLY,O_CREAT
is "a folder is listed all the same" 20 "$(as $WANG ls "$D" | wc -l)"
ok "another user deposits" as $LI cp "$T/people.log" "$D/of-li.log"
too_many() { events | json '["%s %s %d" % (r["details"]["verb"], r["details"]["errno"], r["details"]["count"]) for r in rows if r["event"] == "refused" and r["details"]["reason"] == "too-many-open"]'; }
is "it is on the ledger, once so far" "create EMFILE 1" "$(too_many)"
ok "and it is explained" grep -q 'too-many-open\|as many files open' <(custody_as $WANG why "$D" --json)
let_go
eventually "what was let go is sealed" as $CHEN stat "$D/19.log"
eventually "then there is room again" as $WANG cp "$T/people.log" "$D/after.log"

custody_as $ZHANG request "$D/0.log" --purpose 核对 >/dev/null && custody_as $CHEN approve 1 >/dev/null
hold $ZHANG read "$D/0.log"
is "readers have as many" "20 EMFILE 40" "$(cat "$T/held")"
is "each that succeeded is on the ledger, and no other" 20 "$(events | json 'len([r for r in rows if r["event"] == "read.open"])')"
let_go
ok "and again" as $ZHANG cat "$D/0.log"
unmount_store
is "the attempts that were counted are on the ledger by now" "create 41, open-read 40" \
	"$(custody -s "$T/store" --json log | json '", ".join("%s %d" % (v, sum(r["details"]["count"] for r in rows if r["event"] == "refused" and r["details"]["reason"] == "too-many-open" and r["details"]["verb"] == v)) for v in ("create", "open-read"))')"

mount_store settle=0 max_open=0
custody_as $ZHANG request "$D/0.log" --purpose 核对 >/dev/null && custody_as $CHEN approve 2 >/dev/null
hold $ZHANG read "$D/0.log"
is "without a limit there is none" "60" "$(xargs <"$T/held")"
let_go
unmount_store
