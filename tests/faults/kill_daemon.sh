#!/usr/bin/env bash
# kill -9 of the daemon, again and again, at random moments, while several clients deposit, rename, set times and take back.  After each remount: whatever a client
# was told is true; whatever it was not told is either whole or out of sight, and listed.  In the last rounds the power is cut as well: what the daemon never synced
# is cut off its files.
. "$(dirname "$0")/../lib.sh"
ROUNDS=${ROUNDS:-30} POWER_FROM=${POWER_FROM:-21}
new_store --test-clock=2023-03-14T18:30
mount_store settle=30
people
make_folder 2023-03-14
D=$(folder_of 2023-03-14)
PYTHON=/usr/bin/python3
mkdir "$T/logs"
chmod 777 "$T/logs"

# One client.  It writes down what it is about to do, and what it was told.
cat >"$T/client.py" <<'PY'
import hashlib, os, random, sys
folder, log, prefix = sys.argv[1], os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644), sys.argv[3]
random.seed(prefix)
def say(*words): os.write(log, (" ".join(map(str, words)) + "\n").encode())
def path(name): return os.path.join(folder, name)
def deposit(name, size, early):
    data = random.randbytes(size)
    say("begin", name, size, hashlib.sha256(data).hexdigest())
    fd = os.open(path(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    say("created", name)
    step = random.choice([4096, 70000, 1 << 20])
    for at in range(0, size, step):
        os.pwrite(fd, data[at:at + step], at)
    if early:
        rename(name, name + ".final")
        name += ".final"
    os.close(fd)
    say("closed", name)
    return name
def rename(a, b):
    say("rename", a, b)
    os.rename(path(a), path(b))
    say("renamed", a, b)
def settle(name):
    what = random.randrange(5)
    if what == 0:
        rename(name, name + ".renamed")
    elif what == 1:
        say("touch", name)
        os.utime(path(name), ns=(0, 981173106 * 10**9))
        say("touched", name)
    elif what == 2:
        say("unlink", name)
        os.unlink(path(name))
        say("unlinked", name)
sizes = [0, 1, 1000, 65536, 65537, 200000, 200000, 1 << 20, 3 << 20]
try:
    for i in range(1000):
        settle(deposit(f"{prefix}-{i}", random.choice(sizes), random.randrange(4) == 0))
except OSError:
    pass
PY

# What the logs allow against what there is.
cat >"$T/judge.py" <<'PY'
import glob, hashlib, json, sys
store, logs, only, power_from = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])     # only: whose bytes are read again: "5-" of round 5, "" of all
rows = {what: json.load(open(f"{logs}/{what}.json"))["rows"] for what in ("items", "incomplete", "withdrawn")}
def digest(item):
    try:
        return hashlib.sha256(open(f"{store}/blob/{item // 1000000:06}/{item // 1000 % 1000:03}/{item:012}", "rb").read()).hexdigest()
    except OSError as e:
        return e.strerror
items = {r["name"]: r for r in rows["items"]}
apart = {r["name"]: r for r in rows["incomplete"] + rows["withdrawn"]}
wrong, whole, broken = [], 0, 0
assert len(items) == len(rows["items"])
try:
    retried = set(open(f"{logs}/retried").read().split())
except FileNotFoundError:
    retried = set()
for name in retried:
    if name not in items or items.pop(name)["size"] != 5: wrong.append(f"{name}: the retry is gone")
known = set(retried)
for log in glob.glob(f"{logs}/*.log"):
    state = {}
    for line in open(log):
        word, name, *rest = line.split()
        if word == "begin":
            known.add(name)
            state[name] = dict(names={name}, size=int(rest[0]), sha=rest[1], created=False, closed=False, gone="", touched=False)
            continue
        s = next(x for x in state.values() if name in x["names"])
        if word == "created": s["created"] = True
        elif word == "closed": s["closed"] = True
        elif word == "rename": s["names"] = {name, rest[0]}; known.add(rest[0])
        elif word == "renamed": s["names"] = {rest[0]}
        elif word == "touched": s["touched"] = True
        elif word == "unlink": s["gone"] = "perhaps"
        elif word == "unlinked": s["gone"] = "yes"
    for first, s in state.items():
        power = int(first.split("-")[0]) >= power_from          # a power cut may undo what was not to be durable: creating, and times
        here = [items[n] for n in s["names"] if n in items]
        out = [apart[n] for n in s["names"] if n in apart]
        if len(here) + len(out) > 1: wrong.append(f"{first}: there twice")
        if s["closed"] and not s["gone"] and not here: wrong.append(f"{first}: closed, and not in the tree")
        if s["gone"] == "yes" and here: wrong.append(f"{first}: withdrawn, and in the tree")
        if s["gone"] == "yes" and (not out or out[0]["state"] != "withdrawn"): wrong.append(f"{first}: withdrawn, and not listed")
        if s["created"] and not here and not out and not power: wrong.append(f"{first}: created, and nowhere")
        for r in here:
            if r["size"] != s["size"]: wrong.append(f"{first}: in the tree, and not as long as what was written")
            if first.startswith(only) and digest(r["item"]) != s["sha"]: wrong.append(f"{first}: in the tree, and not what was written")
            if r["sha256"] not in (None, s["sha"]): wrong.append(f"{first}: its digest is not that of what was written")
            if s["touched"] and not power and not r["mtime"].startswith("2001-02-03T12:05:06.000"): wrong.append(f"{first}: its time was lost: {r['mtime']}")
            whole += 1
        broken += len(out)
for name in set(items) | set(apart):
    if name not in known and not name.startswith("item-"): wrong.append(f"{name}: nobody made it")
for r in rows["incomplete"]:
    if r["reason"] != "daemon-died" or r["path"] is not None: wrong.append(f"{r['name']}: {r['reason']}, {r['path']}")
print(f"whole {whole} broken {broken}")
print("\n".join(sorted(wrong)))
PY
chmod 644 "$T"/*.py

# Waits up to a fifth of a second, but not by a clock that a slow machine makes meaningless: it begins when every client has created something.
random_moment() {
	read -rt "0.$(printf %03d $((RANDOM % 200)))" -u "$IDLE" _ || true
}
all_busy() {
	local w
	for w in 1 2 3 4; do
		grep -q created "$T/logs/$round-$w.log" 2>/dev/null || return 1
	done
}

judge() {               # [ROUND-]
	local what
	for what in items incomplete withdrawn; do
		custody_as $LI --json list $what >"$T/logs/$what.json"
	done
	$PYTHON "$T/judge.py" "$T/store" "$T/logs" "${1:-}" "$POWER_FROM" >"$T/verdict" 2>&1
	sed '1d;6,$d' "$T/verdict"
}
# The daemon as it is, but that it writes down what it syncs, and how long that was.
cat >"$T/syncs.c" <<'C'
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
static int noted(int rc, int fd)
{
	char link[64], path[4000], line[4100];
	struct stat st;
	ssize_t n;
	int log;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof path - 1);
	if (rc != 0 || n <= 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return rc;
	path[n] = 0;
	log = open(getenv("SYNCS"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	n = write(log, line, (size_t)snprintf(line, sizeof line, "%lld %s\n", (long long)st.st_size, path));
	close(log);
	return rc;
}
int fdatasync(int fd) { return noted((int)syscall(SYS_fdatasync, fd), fd); }
int fsync(int fd) { return noted((int)syscall(SYS_fsync, fd), fd); }
C
note_syncs() {
	export SYNCS=$T/syncs
	${CC:-gcc} -shared -fPIC -O2 -o "$T/syncs.so" "$T/syncs.c" || return 1
	mv "$T/bin/custodyfs" "$T/bin/custodyfs.real"
	printf '#!/bin/sh\nLD_PRELOAD="%s" exec "%s" "$@"\n' "$T/syncs.so" "$T/bin/custodyfs.real" >"$T/bin/custodyfs"
	chmod 755 "$T/bin/custodyfs"
}
# What is there when the power comes back is durable.
files() { (cd "$T/store" && find "$PWD" -type f ! -path '*/leaf/*' -printf '%s %p\n'); }
# Cuts each file back to what was synced of it; half of the time to somewhere behind that.  A file that never was is gone: so are all leaf hashes.
cut_power() {
	local size path kept
	declare -A durable=()
	while read -r size path; do durable[$path]=$size; done < <(cat "$T/present" "$T/syncs" 2>/dev/null)
	while read -r size path; do
		kept=${durable[$path]:-0}
		[ "$size" -gt "$kept" ] || continue
		case $path in
		*/blob/*) chattr -i "$path" 2>/dev/null ;;
		esac
		[ $((RANDOM % 2)) -eq 0 ] || kept=$((kept + RANDOM * 32 % (size - kept)))
		if [ "$kept" -gt 0 ]; then truncate -s "$kept" "$path"; else rm "$path"; fi
		CUT=$((CUT + 1))
	done < <(files)
	find "$T/store/leaf" -type f -delete
	rm -f "$T/store/catalog.db-shm"
}
CUT=0

names_in_tree() { as $WANG ls "$D" | sort; }
names_listed() { json '[r["name"] for r in d["rows"]]' <"$T/logs/$1.json" | sort; }

for round in $(seq "$ROUNDS"); do
	if [ "$round" -eq "$POWER_FROM" ]; then
		if ldd "$T/bin/custodyfs" | grep -qE 'lib(a|t)san'; then
			skip "with the power cut" "a sanitizer does not bear being preloaded"
			break
		fi
		unmount_store
		note_syncs || fail "the library that notes syncs is built"
		files >"$T/present"
		mount_store settle=30
	fi
	CLIENTS=()
	for w in 1 2 3 4; do
		setpriv --reuid=$WANG --regid=$WANG --clear-groups -- $PYTHON "$T/client.py" "$D" "$T/logs/$round-$w.log" "$round-$w" 2>"$T/cried" &
		CLIENTS+=($!)
	done
	until_true all_busy || fail "round $round: the clients get going" "$(cat "$T/cried")"
	random_moment
	kill_daemon
	wait "${CLIENTS[@]}"
	if [ "$round" -ge "$POWER_FROM" ]; then
		cut_power
		files >"$T/present"
		: >"$T/syncs"
	fi
	mount_store settle=30 || break
	is "round $round: all that was acknowledged is there, all else is whole or out of sight" "" "$(judge "$round-")"
	[ "$(names_in_tree)" = "$(names_listed items)" ] || fail "round $round: the folder shows the items and nothing else"
	[ "$(custody_as $ADMIN --json status | json 'd["items"]["receiving"]')" = 0 ] || fail "round $round: nothing is still being received"
	broken=$(names_listed incomplete | tail -n 1)
	if [ -n "$broken" ] && ! names_in_tree | grep -qFx "$broken"; then
		out=$(as $WANG sys write "$D/$broken" O_WRONLY,O_CREAT,O_EXCL again 2>&1)
		[ "$out" = 0 ] || fail "round $round: the name of an incomplete deposit is free" "$out"
		echo "$broken" >>"$T/logs/retried"
	fi
done
is "and at the end all of it still is, byte for byte" "" "$(judge)"
[ "$CUT" -eq 0 ] || pass "the power cuts took something away ($CUT files)"
read -r _ whole _ broken <"$T/verdict"
ok "some deposits were whole ($whole), some were broken off ($broken)" test "$whole" -gt "$ROUNDS" -a "$broken" -gt 0
names_listed incomplete | grep -vFxf "$T/logs/retried" >"$T/gone"
ok "what is incomplete has no name in the tree" test -s "$T/gone" -a -z "$(names_in_tree | grep -Fxf "$T/gone")"
is "an officer may not list it" 1 "$(custody_as $WANG list incomplete >/dev/null 2>&1; echo $?)"
ok "all content verifies" custody_as $ADMIN verify --all
ok "every record, the tree and the signature hold" custody_as $ADMIN ledger verify
unmount_store
ok "nothing is wrong with the store" fsck.custodyfs --content "$T/store"
