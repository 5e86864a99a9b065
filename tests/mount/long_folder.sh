#!/usr/bin/env bash
# A folder of 100,000 items: listed whole and in order under by-unit and in views, without the daemon's memory growing with it.
. "$(dirname "$0")/../lib.sh"
MANY=100000 MOST=65536           # KiB; SQLite alone keeps up to 4 MiB a thread; the rows of such a folder would be 90 MiB
KASE=汶市监立〔2023〕47号
new_store --test-clock=2023-03-20T09:00
mount_store settle=0 settle_max=0
people
custody_as $WANG case open "$KASE" --party 刘记 >"$T/more.log"
make_folder 2023-03-14 "$KASE"
D=$(folder_of 2023-03-14 "$KASE")
echo x | as $WANG tee "$D/000000.jpg" >/dev/null
folder=$(($(as $WANG stat -c %i "$D") & 0xffffffff))
unmount_store
ok "a store with so many items in a folder" "$BUILD/make_many" "$T/store" "$folder" $((MANY - 1))
mount_store settle=0 settle_max=0

# listed FOLDER [stat]: how many there are, and whether they are in order; with their link counts
listed() {
	as $CHEN /usr/bin/python3 -c 'import os, sys
n, last, ordered, links = 0, "", True, set()
for e in os.scandir(sys.argv[1]):
    n += 1
    ordered &= e.name > last
    last = e.name
    if len(sys.argv) > 2: links.add(os.lstat(e.path).st_nlink)
print(n, "in order" if ordered else "not in order", *sorted(links))' "$@"
}
peak() { awk '/^VmHWM/ { print $2 }' "/proc/$DAEMON/status"; }
is "its beginning can be read alone" 3 "$(as $CHEN ls -U "$M/by-case/$KASE" | head -n 3 | wc -l)"
for d in "$D" "$M/by-case/by-party/刘记/$KASE" "$M/by-date/2023-03-14/中都所/WS00017/083017/$KASE"; do
	is "${d#"$M/"}: all of them, in order, once" "$MANY in order" "$(listed "$d")"
done
is "each with its names in the case counted" "$MANY in order 6" "$(listed "$M/by-case/$KASE" stat)"
printf '# the daemon: %d KiB at most\n' "$(peak)"
if [ -n "${SAN:-}" ]; then
	skip "the daemon does not hold them in memory" "a sanitizer keeps what is freed"
else
	ok "the daemon does not hold them in memory" test "$(peak)" -lt $MOST
fi
