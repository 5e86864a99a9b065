#!/usr/bin/env bash
# A machine that is busy with other things: digests are the daemon's least work, yet they come, and nobody waits for minutes at the unmount.
. "$(dirname "$0")/../lib.sh"
new_store
BUSY=()
cleanup() { [ ${#BUSY[@]} -eq 0 ] || kill "${BUSY[@]}"; }
mount_store settle=1 settle_max=2
people
taskset -acp 0 "$DAEMON" >"$T/taskset.log"
for _ in 1 2 3 4; do
	taskset -c 0 sh -c 'while :; do :; done' &
	BUSY+=($!)
done
DAY=$(TZ=UTC-8 date +%F)
D=$(folder_of "$DAY")
make_folder "$DAY"
head -c 40000000 /dev/urandom >"$T/film.mp4"
chmod 644 "$T/film.mp4"
ok "a film is copied" as $WANG cp "$T/film.mp4" "$D/film.mp4"
digested() { [ "$(attr_of $WANG "$D/film.mp4" sha256)" = "$(sha_of "$T/film.mp4")" ]; }
eventually "its digest is there soon" digested
for n in 1 2 3 4 5; do as $WANG cp "$T/film.mp4" "$D/film-$n.mp4"; done
begun=$SECONDS
unmount_store
ok "the store is unmounted soon, with digests still to be made" test $((SECONDS - begun)) -lt 20
