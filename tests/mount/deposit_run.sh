#!/usr/bin/env bash
# Runs of custody deposit that do not go smoothly: killed and resumed, sources that change, what is and is not removed from the camera, full disks, a daemon that dies,
# bytes that went wrong on the way; progress on a terminal; receipts.
. "$(dirname "$0")/../lib.sh"
S=$T/store
mkdir "$S"
mount -t tmpfs -o size=3g none "$S"
cleanup() { umount -l "$S" 2>/dev/null; }
new_store --test-clock=2023-03-14T18:30
mount_store
people
D=$(folder_of 2023-03-14)
CAM=$T/cam
LARGE=120000000

# A source, 王建国's own.  Large ones are mostly holes: what matters is that they take a while.
make() {
	mkdir -p "$(dirname "$1")"
	head -c "${2:-1000}" /dev/urandom >"$1"
	[ "${2:-1000}" -ne 1001 ] || truncate -s $LARGE "$1"
	chown -R $WANG "$CAM"
}
name() { printf 'WS00017_083017_20230314%02d%02d00_%04d.mp4' $(($1 / 60)) $(($1 % 60)) "$1"; }
anew() { rm -rf "$CAM"; mkdir "$CAM"; }
deposit() { custody_as $WANG deposit --json "$@" >"$T/answer" 2>"$T/said"; echo $? >"$T/status"; }
# "status reason cleared" of each file of the run.
words() { json '" | ".join("%s %s %s" % (x["status"], x["reason"], x["cleared"]) for x in d["files"])' <"$T/answer"; }
status() { cat "$T/status"; }
items() { custody_as $ADMIN list items --json | json 'len(d["rows"])'; }
broken() { custody_as $ADMIN list "$1" --json | json '[r["name"] for r in d["rows"]]' | sort -u | xargs; }

# Begins a deposit, and stops it when some of the file NAME has arrived.  $RUN is its pid.
begin() {
	local name=$1
	shift
	setpriv --reuid=$WANG --regid=$WANG --clear-groups -- custody -m "$M" deposit --json "$@" >"$T/answer" 2>"$T/said" &
	RUN=$!
	as $WANG perl -e 'my ($file, $run) = @ARGV; select(undef, undef, undef, 0.002) until (-s $file || 0) > 1e6 || (!kill(0, $run) && $!{ESRCH}); kill("STOP", $run)' "$D/$name" $RUN
	ok "it is stopped in the middle of ${name:30:4}" arriving "$name"
}
arriving() { local n; n=$(as $WANG stat -c %s "$D/$1" 2>/dev/null) && [ "$n" -gt 1000000 ] && [ "$n" -lt $LARGE ]; }
go_on() { kill -CONT $RUN; wait $RUN; echo $? >"$T/status"; }

# Killed, and started again.
for signal in KILL TERM; do
	anew
	base=$(items)
	[ $signal = KILL ] && first=1 || first=11
	make "$CAM/$(name "$first")"
	make "$CAM/$(name $((first + 1)))" 1001
	make "$CAM/$(name $((first + 2)))"
	begin "$(name $((first + 1)))" "$CAM" --clear-source
	kill -$signal $RUN
	kill -CONT $RUN
	wait $RUN 2>/dev/null
	incomplete() { [[ " $(broken incomplete) " = *" $(name $((first + 1))) "* ]]; }
	eventually "by SIG$signal: what had begun is kept, out of sight" incomplete
	is "the first had arrived, nothing partial shows" "$(name "$first")" "$(as $WANG ls "$D" | tail -n +$((base + 1)) | xargs)"
	is "nothing was removed from the camera" 3 "$(ls "$CAM" | wc -l)"
	deposit "$CAM"
	is "run again, it copies what is missing" "0 duplicate None False | deposited None False | deposited None False" "$(status) $(words)"
	is "each is there once" $((base + 3)) "$(items)"
done

# A source that changes while it is copied.
change() {
	local fact=$1 file
	shift
	anew
	file=$(name "$1")
	make "$CAM/$file" 1001
	make "$CAM/$(name $(($1 + 1)))"
	shift
	begin "$file" "$CAM" --clear-source
	"$@" "$CAM/$file" >/dev/null 2>&1
	go_on
	is "$fact: refused, the other is deposited" "1 refused changed False | deposited None True" "$(status) $(words)"
	fails ENOENT "$fact: nothing shows" as $WANG sys stat "$D/$file"
	ok "$fact: what came is kept" grep -q "$file" <(custody_as $ADMIN list incomplete; custody_as $ADMIN list withdrawn)
	is "$fact: the source stays" "$file" "$(ls "$CAM")"
}
grow() { printf x >>"$1"; }
overwrite() { printf x | dd of="$1" bs=1 seek=5 conv=notrunc; }
put_back() { local t; t=$(stat -c %y "$1"); overwrite "$1"; touch -d "$t" "$1"; }
change "grown" 21 grow
change "cut short" 23 truncate -s 5000
change "written to" 25 overwrite
change "written to, with its time put back" 27 put_back
deposit "$CAM"
is "once it is still, it is deposited" "deposited None False" "$(words)"

# What is removed from the camera: only what is verified.
anew
make "$CAM/$(name 41)"
make "$CAM/$(name 42)"
make "$CAM/$(name 43)"
make "$CAM/WS00099_083017_20230314000044_0044.mp4"
make "$CAM/fixed/$(name 45)"
deposit "$CAM/$(name 41)" "$CAM/$(name 42)"
make "$CAM/$(name 42)"
chmod 0 "$CAM/$(name 43)"
chown 0 "$CAM/$(name 43)" "$CAM/fixed"
make_other() { head -c 999 /dev/urandom >"$CAM/$1"; chown $WANG "$CAM/$1"; }
make_other "$(name 46)"
deposit --dry-run --clear-source "$CAM"
is "a dry run removes nothing" "6 0" "$(find "$CAM" -type f | wc -l) $(json 'd["totals"]["cleared"]' <"$T/answer")"
deposit --clear-source "$CAM"
is "duplicate, conflict, unreadable, new, unregistered, in a folder that cannot be changed" \
	"1 duplicate None True | refused name-taken False | failed read-error False | deposited None True | refused device-unknown False | deposited None False" "$(status) $(words)"
is "what is left is what is not in the store, or cannot be removed" "$(name 42) $(name 43) $(name 45) WS00099_083017_20230314000044_0044.mp4" \
	"$(find "$CAM" -type f -printf '%f\n' | LC_ALL=C sort | xargs)"
ok "why is said" grep -q 'not removed' "$T/said"
anew
make "$CAM/real/$(name 47)"
ln -s "real/$(name 47)" "$CAM/$(name 47)"
deposit --clear-source "$CAM/$(name 47)"
is "what a link leads to is deposited, and stays" "1 deposited None False" "$(status) $(words)"
is "so does the link" 2 "$(find "$CAM" -name "$(name 47)" | wc -l)"
anew
make "$CAM/$(name 48)"
deposit --clear-source "$CAM"
is "all removed is success" "0 deposited None True" "$(status) $(words)"
is "folders stay" "" "$(ls "$CAM")"
make "$CAM/$(name 49)"
exec {writer}>>"$CAM/$(name 49)"
deposit --clear-source "$CAM"
is "what somebody has open for writing stays" "1 deposited None False 1" "$(status) $(words) $(grep -c 'open for writing' "$T/said")"
exec {writer}>&-
deposit --clear-source "$CAM"
is "until it is closed" "0 duplicate None True" "$(status) $(words)"

# Into one folder, no matter what names say.
anew
make "$CAM/a.mp4"
make "$CAM/b.mp4"
deposit --dry-run "$CAM/a.mp4" "$D"
is "a dry run of the form with a folder" "planned None False" "$(words)"
fails ENOENT "makes nothing" as $WANG sys stat "$D/a.mp4"
deposit --clear-source "$CAM/a.mp4" "$CAM/b.mp4" "$D"
is "it clears, too" "0 deposited None True | deposited None True" "$(status) $(words)"
is "they are there" "a.mp4 b.mp4" "$(as $WANG ls "$D" | grep '^[ab]\.mp4' | xargs)"
make "$CAM/c.mp4"
cd "$M" || exit 1
is "the folder may be said as the store prints it" "deposited" "$(as $WANG custody deposit --json "$CAM/c.mp4" "${D#"$M"/}" | json 'd["files"][0]["result"]')"
cd "$TOP" || exit 1

# Two runs at the same time, of the same card.
anew
base=$(items)
for n in $(seq 51 70); do make "$CAM/$(name "$n")" 30000; done
custody_as $WANG deposit --json "$CAM" >"$T/one" 2>"$T/said" &
custody_as $WANG deposit --json "$CAM" >"$T/two" 2>"$T/said2" &
wait %% %- 2>/dev/null
wait "$!"
finished() { [ -s "$T/one" ] && [ -s "$T/two" ]; }
eventually "two runs of one card both end" finished
is "each file is there once" $((base + 20)) "$(items)"
is "nothing came to a conflict" "True" "$(cat "$T/one" "$T/two" | json 'all(x["reason"] in (None, "unconfirmed") for r in rows for x in r["files"])')"
deposit "$CAM"
is "a third finds them all" 20 "$(json 'd["totals"]["duplicate"]' <"$T/answer")"

# On a terminal.
anew
make "$CAM/$(name 81)" 1001
truncate -s 400000000 "$CAM/$(name 81)"
is "a receipt that cannot be written stops the run before it begins" "2 False" "$(as $WANG script -qec "custody -m '$M' deposit --receipt $T/none/x '$CAM'" /dev/null >"$T/typed" 2>&1; echo $?) $(grep -q '%' "$T/typed" && echo True || echo False)"
as $WANG script -qec "custody -m '$M' deposit '$CAM'" /dev/null >"$T/typed" 2>&1
ok "progress is shown on a terminal: a bar, the rate, the time left" grep -qE 'depositing \[=+ *\] +[0-9]+%  [0-9.]+ MiB/s, [0-9]+:[0-9]{2} left' "$T/typed"
ok "also while the digests are waited for" grep -q 'verifying \[' "$T/typed"
custody_as $WANG deposit "$CAM" >"$T/out" 2>"$T/said"
is "and none where there is none" "" "$(cat "$T/said")"

# Receipts.
anew
make "$CAM/$(name 82)"
mkdir "$T/receipts"
chown $WANG "$T/receipts"
deposit --receipt "$T/receipts/one.txt" "$CAM"
is "with --json the receipt is a text all the same" "0 1" "$(status) $(grep -c "SHA-256  $(sha_of "$CAM/$(name 82)")" "$T/receipts/one.txt")"
ok "it has the place" grep -q "by-unit/中都所/WS00017/083017/2023-03-14/未立案/$(name 82)" "$T/receipts/one.txt"
ok "SM3" grep -q "SM3      $(json 'd["files"][0]["sm3"]' <"$T/answer")" "$T/receipts/one.txt"
ok "the ledger's entry" grep -q "ledger entry $(json 'd["files"][0]["ledger"]["seq"]' <"$T/answer")" "$T/receipts/one.txt"
ok "and who" grep -q '王建国 (083017)' "$T/receipts/one.txt"
is "printed, it is the same but for the time and the head" "" "$(diff <(custody_as $WANG deposit "$CAM" | sed '/^Time/d; /signed head/,$d') <(custody_as $WANG deposit --receipt "$T/receipts/two.txt" "$CAM" >"$T/out"; sed '/^Time/d; /signed head/,$d' "$T/receipts/two.txt"))"
custody_as $WANG deposit --receipt "$T/receipts/one.json" "$CAM" >"$T/out"
is "as JSON where it is called so" "True duplicate" "$(json '"%s %s" % (d["ok"], d["files"][0]["status"])' <"$T/receipts/one.json")"
as $WANG env -u LC_ALL LANG=zh_CN.UTF-8 custody -m "$M" deposit --receipt "$T/receipts/one.txt" "$CAM" >"$T/out" 2>&1
ok "in Chinese it is a 存入回执, in place of the one before" grep -q '^存入回执' "$T/receipts/one.txt"
is "without English" "" "$(sed -E "s#$CAM/[^ ]*|by-unit/[^ ]*|custodyfs/.*|SHA-256.*|SM3.*|.*signed.*|custody ledger checkpoint --against|bytes##g; /检查点/,/^存入人/d" "$T/receipts/one.txt" | sed '3d' | grep -oE '[A-Za-z]{2,}' | grep -vxE 'WS' | xargs)"

# Bytes that go wrong between reading and the store.
if [ -z "${SAN:-}" ]; then
	cat >"$T/wrong.c" <<'C'
#include <dlfcn.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>
ssize_t write(int fd, const void *data, size_t len)
{
	ssize_t (*real)(int, const void *, size_t) = (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
	struct statfs fs;
	char copy[4096];
	if (fstatfs(fd, &fs) || fs.f_type != 0x65735546 || len > sizeof copy || len < 500)
		return real(fd, data, len);
	memcpy(copy, data, len);
	copy[len / 2] ^= 1;
	return real(fd, copy, len);
}
C
	gcc -D_GNU_SOURCE -shared -fPIC -o "$T/wrong.so" "$T/wrong.c" -ldl
	chmod 755 "$T/wrong.so"
	anew
	make "$CAM/$(name 91)"
	as $WANG env LD_PRELOAD="$T/wrong.so" custody -m "$M" deposit --json --clear-source "$CAM" >"$T/answer" 2>"$T/said"
	is "one wrong bit is found" "1 failed mismatch False" "$? $(words)"
	ok "said" grep -q 'NOT that of the file' "$T/said"
	is "and the source stays" "$(name 91)" "$(ls "$CAM")"
else
	skip "one wrong bit is found" "a sanitizer does not go with LD_PRELOAD"
fi

# No room.
anew
make "$CAM/$(name 93)" 300000
make "$CAM/$(name 94)" 3000000
digested() { [ "$(custody_as $ADMIN status --json | json 'd["digests_pending"]')" = 0 ]; }
until_true digested
free=$(stat -f -c '%a %S' "$S" | { read -r a b && echo $((a * b)); })
fallocate -l $((free - 2000000)) "$S/filler"
before=$(custody_as $ADMIN list incomplete --json | json 'len(d["rows"])')
deposit --clear-source "$CAM"
is "what there is no room for is not begun; the rest is deposited" "1 deposited None True | failed no-space False" "$(status) $(words)"
is "nothing is left half" "$before" "$(custody_as $ADMIN list incomplete --json | json 'len(d["rows"])')"
rm "$S/filler"
deposit --clear-source "$CAM"
is "with room it is" "0 deposited None True" "$(status) $(words)"

# The daemon dies.
anew
make "$CAM/$(name 96)"
make "$CAM/$(name 97)" 1001
make "$CAM/$(name 98)"
begin "$(name 97)" "$CAM" --clear-source
kill_daemon
go_on
is "when the daemon dies, the run ends, and nothing is taken for deposited" "1 failed failed failed" "$(status) $(json '" ".join(x["status"] for x in d["files"])' <"$T/answer")"
is "everything is still on the camera" 3 "$(ls "$CAM" | wc -l)"
mount_store settle=0
deposit --clear-source "$CAM"
is "run again, with a store that lets nothing settle" "0 duplicate None True | deposited None True | deposited None True" "$(status) $(words)"
ok "everything verifies" custody_as $ADMIN verify --all

# What the store has already is removed from the camera only if the store still holds it.
blob_of() { find "$S" -path '*/blob/*' -type f -name "$(printf %012d "$(custody_as $WANG show --json "$D/$1" | json 'd["item"]["item"]')")"; }
unlocked() { chattr -i "$1" 2>/dev/null; printf %s "$1"; }
anew
for n in 101 102 103; do make "$CAM/$(name $n)" 70000; done
deposit "$CAM"
is "three are deposited" "0 deposited None False | deposited None False | deposited None False" "$(status) $(words)"
rm -f "$(unlocked "$(blob_of "$(name 101)")")"
printf x | dd of="$(unlocked "$(blob_of "$(name 102)")")" bs=1 seek=66000 conv=notrunc 2>/dev/null
deposit --clear-source "$CAM"
is "one's content is gone, one's is damaged: their sources stay" "1 failed damaged False | failed damaged False | duplicate None True" "$(status) $(words)"
is "they are there" "$(name 101) $(name 102)" "$(ls "$CAM" | xargs)"
ok "it is said" grep -q 'is DAMAGED' "$T/said"
range() { as "$1" sys ctl "$M/.custody/ctl" "{\"do\":\"verify.range\",\"item\":$(custody_as $WANG show --json "$D/$(name "$2")" | json 'd["item"]["item"]')}" | head -n 1 | json '(d["ok"], d.get("reason"))'; }
is "who recorded it may have it read for that, and nobody else's officer" "(True, None) (False, 'no-role')" "$(range $WANG 103) $(range $ZHANG 103)"
damages() { events | json "len([e for e in rows if e['event'] == 'read.damaged' and e['path'].endswith('$(name 102)')])"; }
is "that the other is damaged is on the ledger" 1 "$(damages)"
for _ in 1 2 3 4 5; do range $WANG 102 >/dev/null; done
ok "something else is recorded after that" custody_as $ADMIN register unit 09 城南所
is "once, however often its officer asks" 1 "$(damages)"
unmount_store
