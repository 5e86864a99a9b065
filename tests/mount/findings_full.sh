#!/usr/bin/env bash
# Findings of what was looked at while the disk was full: they wait, and none is lost.
. "$(dirname "$0")/../lib.sh"

S=$T/store
mkdir "$S"
mount -t tmpfs -o size=64m none "$S"
cleanup() { umount -l "$S" 2>/dev/null; }
new_store --test-clock=2023-03-16T18:30
mount_store settle=0
people
found() { custody_as $ADMIN findings --json | json "len([r for r in d['rows'] if r['rule']=='$1' and r['state']=='open'])"; }
full() { fallocate -l $(($(stat -f -c '%a * %S' "$S"))) "$S/filler"; }
told() { [ "$(events | json "sum(r['event'] == 'finding.raise' and r['details']['rule'] == '$1' for r in rows)")" = "$2" ]; }

# Both come late, which is a finding at once.  After that, the gap between them becomes a finding when the day is quiet, or when somebody asks.
make_folder 2023-03-14
D=$(folder_of 2023-03-14)
for n in 1 4; do
	printf %s "$n" >"$T/WS00017_083017_20230314093012_000$n.mp4"
	chmod 644 "$T/WS00017_083017_20230314093012_000$n.mp4"
	as $WANG cp "$T/WS00017_083017_20230314093012_000$n.mp4" "$D/"
done
eventually "both are late" told late 2
full
refused "the list of findings, which is not whole" custody_as $ADMIN findings
refused "as often as it is asked for" custody_as $ADMIN findings
rm "$S/filler"

is "the gap is told when there is room" 1 "$(found gap)"

ok "a hold on what has no copy" custody_as $ZHAO hold set complaint "$D" --ground 1 --reason 投诉
full
refused "no list either" custody_as $ADMIN findings
rm "$S/filler"
is "it lacks a copy, and that is told" 1 "$(found no-offline-copy)"

