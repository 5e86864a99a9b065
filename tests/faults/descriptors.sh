#!/usr/bin/env bash
# The daemon's descriptors used up: a writer about whom nothing can be found out counts as killed, and when there are descriptors again all works.
. "$(dirname "$0")/../lib.sh"
new_store
mount_store settle=2
people
prlimit --pid "$DAEMON" --nofile=60:60
DAY=$(TZ=UTC-8 date +%F)
D=$(folder_of "$DAY")
make_folder "$DAY"
mkfifo -m 666 "$T/go" "$T/never"
install -m 666 /dev/null "$T/pid"

dead() { ! kill -0 "$(cat "$T/pid")"; }
# shellcheck disable=SC2016
as $WANG bash -c 'echo $$ >"$3"; exec 7>"$1"; printf half >&7; read -r _ <"$2"' - "$D/victim.mp4" "$T/never" "$T/pid" 2>/dev/null &
until_true as $WANG test -s "$D/victim.mp4"
# Opens until the daemon can give no more; holds them until told.
as $LI perl -MErrno -e 'my @h; while (@h < 500) { open(my $f, ">", "$ARGV[0]/hog-" . @h) or last; push @h, $f } print scalar(@h), " ", $!{EMFILE} ? "EMFILE" : $!; close(STDOUT); open(my $go, "<", $ARGV[1])' "$D" "$T/go" >"$T/hog" &
HOG=$!
until_true test -s "$T/hog"
ok "a client uses up the daemon's descriptors" grep -qE '^[0-9]+ EMFILE' "$T/hog"
kill -9 "$(cat "$T/pid")"
until_true dead
echo >"$T/go"
wait "$HOG"
# While there is none to look with, a writer that closes counts as killed as well; how many that are depends on the machine.
apart() { custody_as $LI --json list incomplete | json 'sum(r["name"].startswith("hog-") for p in rows for r in p["rows"])'; }
none_is_lost() { [ $(($(as $CHEN ls "$D" | grep -c '^hog-') + $(apart))) -ge "$(cut -d' ' -f1 "$T/hog")" ]; }      # the one that was refused may have begun
eventually "what was let go is sealed, or kept apart" none_is_lost
eventually "a writer killed meanwhile is not sealed, but kept apart" bash -c "setpriv --reuid=$LI --regid=$LI --clear-groups custody -m '$M' list incomplete | grep -q victim"
fails ENOENT "nor is it there" as $LI sys stat "$D/victim.mp4"
ok "all works again" as $WANG cp "$T/people.log" "$D/after.log"
ok "and verifies" custody_as $ADMIN verify --all
unmount_store
