#!/usr/bin/env bash
# custody-dockd in a storm: 2,000 files arrive while it does not look and the queue of inotify runs over, and it is killed while it deposits.  Each is in the store
# exactly once.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/dockd_lib.sh"
COUNT=2000
new_store --test-clock=2023-03-14T18:30
mount_store
people
DOCK=$T/dock
make_dock "$DOCK"
DOCKD_OPTIONS=(--clear-source)
dockd "$DOCK"
until_true grep -q READY=1 "$T/notify"
on_folder() { [ "$(report 'd["folders"][0]["there"]')" = True ]; }
eventually "it watches" on_folder

# While it is stopped nothing reads the events: the first ones fill the queue, and there are none for the files that come later.
kill -STOP "$DOCKD"
/usr/bin/perl -e 'my ($dir, $n) = @ARGV; for (1 .. $n) { my $name = "$dir/.noise" . $_ % 2; open(my $f, ">", $name) or die; close($f); unlink($name); }' \
	"$DOCK" "$(cat /proc/sys/fs/inotify/max_queued_events)"
/usr/bin/perl -e 'my ($dir, $n) = @ARGV;
for my $i (1 .. $n) {
	my $folder = sprintf("%s/%03d", $dir, $i / 100);
	mkdir($folder) and chmod(0777, $folder);
	open(my $f, ">", sprintf("%s/WS00017_083017_20230314%02d%02d%02d_%04d.log", $folder, $i / 3600, $i / 60 % 60, $i % 60, $i)) or die;
	print $f "recording $i\n";
	close($f) or die;
}' "$DOCK" $COUNT
kill -CONT "$DOCKD"

# what is verified to be in the store is removed
at_least() { [ "$(find "$DOCK" -type f | wc -l)" -le $((COUNT - $1)) ]; }
until_some() { until_true at_least "$1" || until_true at_least "$1" || until_true at_least "$1"; }
ok "what it could not be told of is found and deposited" until_some 100
ok "it knows that the queue ran over" grep -q 'more happened at once' "$T/dockd.log"
kill -KILL "$DOCKD"
wait "$DOCKD" 2>/dev/null
stop_listening
dockd "$DOCK"
for n in 400 800 1200 1600 $COUNT; do
	until_some "$n" || break
done
emptied() { [ -z "$(find "$DOCK" -type f)" ]; }
eventually "after it was killed and started again all is removed from the folder" emptied
is "each is in the store" $COUNT "$(items)"
is "exactly once" $COUNT "$(custody_as $ADMIN list items --json | json 'len(set((r["name"], r["sha256"]) for p in rows for r in p["rows"]))')"
is "nothing is half in it" 0 "$(custody_as $ADMIN list incomplete --json | json 'len(d["rows"])')"
eventually "nothing is left to be done" dockd_status
end_dockd
is "it ended 0" 0 "$DOCKD_ENDED"
unmount_store
