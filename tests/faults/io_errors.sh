#!/usr/bin/env bash
# A disk that fails: what cannot be written, or not be made durable, is not acknowledged; nothing is served unrecorded; other evidence goes on as far as it can.
. "$(dirname "$0")/../lib.sh"
if ldd "$T/bin/custodyfs" | grep -qE 'lib(a|t)san'; then
	skip "a failing disk" "a sanitizer does not bear being preloaded"
	exit 0
fi
# The daemon as it is, but that writes (W) or syncs (S) of files whose path has a word in it fail with EIO while $T/fail says so: "W /blob/".
cat >"$T/fail.c" <<'C'
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
static int fails(char kind, int fd)
{
	char link[64], path[4000], word[256] = "", which = 0;
	FILE *plan = fopen(getenv("FAIL"), "r");
	ssize_t n;

	if (plan == NULL)
		return 0;
	if (fscanf(plan, "%c %255s", &which, word) != 2)
		which = 0;
	fclose(plan);
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof path - 1);
	path[n > 0 ? n : 0] = 0;
	if (which != kind || strstr(path, "/store/") == NULL || strstr(path, word) == NULL)
		return 0;
	errno = EIO;
	return 1;
}
ssize_t pwrite(int fd, const void *p, size_t n, off_t at) { return fails('W', fd) ? -1 : syscall(SYS_pwrite64, fd, p, n, at); }
ssize_t pwrite64(int fd, const void *p, size_t n, off_t at) { return fails('W', fd) ? -1 : syscall(SYS_pwrite64, fd, p, n, at); }
ssize_t write(int fd, const void *p, size_t n) { return fails('W', fd) ? -1 : syscall(SYS_write, fd, p, n); }
int fdatasync(int fd) { return fails('S', fd) ? -1 : (int)syscall(SYS_fdatasync, fd); }
int fsync(int fd) { return fails('S', fd) ? -1 : (int)syscall(SYS_fsync, fd); }
C
export FAIL=$T/fail
${CC:-gcc} -shared -fPIC -O2 -o "$T/fail.so" "$T/fail.c"
mv "$T/bin/custodyfs" "$T/bin/custodyfs.real"
printf '#!/bin/sh\nLD_PRELOAD="%s" exec "%s" "$@"\n' "$T/fail.so" "$T/bin/custodyfs.real" >"$T/bin/custodyfs"
chmod 755 "$T/bin/custodyfs"
now_fails() { printf '%s' "$1" >"$T/fail.new" && mv "$T/fail.new" "$T/fail"; }
works_again() { rm -f "$T/fail"; }

new_store --test-clock=2023-03-14T18:30
mount_store settle=1
people
make_folder 2023-03-14
D=$(folder_of 2023-03-14)
head -c 300001 /dev/urandom >"$T/clip.mp4"
chmod 644 "$T/clip.mp4"
as $WANG cp "$T/clip.mp4" "$D/clip.mp4"
custody_as $ZHANG request "$D/clip.mp4" --purpose 核对进货查验 >/dev/null
custody_as $CHEN approve 1 >/dev/null
digested() { [ "$(custody_as $ADMIN --json status | json 'd["digests_pending"]')" = 0 ]; }
until_true digested

# The errors that a client gets: at its write, and at its close.
cat >"$T/client.py" <<'PY'
import errno, os, sys
def attempt(f, *a):
    try:
        f(*a)
        return "0"
    except OSError as e:
        return errno.errorcode[e.errno]
fd = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT, 0o644)
print(attempt(os.write, fd, b"x" * 300000), attempt(os.close, fd))
PY
chmod 644 "$T/client.py"
deposit() { as $WANG /usr/bin/python3 "$T/client.py" "$D/$1" 2>&1 | tail -n 1; }
listed() { custody_as $LI --json list incomplete | json "[r['reason'] for r in d['rows'] if r['name'] == '$1']"; }
is_listed() { [ -n "$(listed "$1")" ]; }
broken_off() {
	works_again
	eventually "$2: listed as incomplete" is_listed "$1"
	fails ENOENT "$2: not in the tree" as $WANG sys stat "$D/$1"
	ok "$2: the name is free" as $WANG cp "$T/clip.mp4" "$D/$1"
}
opened_on_record() { events | json "len([e for e in rows if e['event'] == 'read.open'])"; }

now_fails 'W /blob/'
is "content cannot be written: the write fails, and so does the close" "EIO EIO" "$(deposit write.mp4)"
broken_off write.mp4 "content cannot be written"
now_fails 'S /blob/'
is "content cannot be made durable: the close fails" "0 EIO" "$(deposit sync.mp4)"
ok "what is sealed is served meanwhile" as $ZHANG cmp "$T/clip.mp4" "$D/clip.mp4"
broken_off sync.mp4 "content cannot be made durable"
now_fails 'W /leaf/'
read -r wrote closed < <(deposit leaf.mp4)
works_again
if [ "$closed" = 0 ]; then
	ok "leaf hashes cannot be stored, and it is sealed all the same: it verifies" custody_as $ADMIN verify "$D/leaf.mp4"
else
	is "leaf hashes cannot be stored: the write was accepted" 0 "$wrote"
	broken_off leaf.mp4 "leaf hashes cannot be stored"
fi

before=$(opened_on_record)
for file in /segment/ /ledger/position /ledger/hash catalog.db-wal; do
	now_fails "W $file"
	fails EIO "$file cannot be written: opening" as $ZHANG sys open "$D/clip.mp4" O_RDONLY
	is "$file cannot be written: not a byte is served" 0 "$(as $ZHANG cat "$D/clip.mp4" 2>/dev/null | wc -c)"
	refused "$file cannot be written: a deposit" as $WANG cp "$T/clip.mp4" "$D/refused.mp4"
	refused "$file cannot be written: a registration" custody_as $ADMIN register person P099 新人 --uid 2098 --roles auditor --formal
	works_again
	is "$file: nothing of it was done" "$before" "$(opened_on_record)"
	refused "$file: and nobody is new" custody_as $ADMIN show person P099
	ok "$file can be written again: reading" as $ZHANG cmp "$T/clip.mp4" "$D/clip.mp4"
	before=$((before + 1))
	is "$file can be written again: on record" "$before" "$(opened_on_record)"
	fails ENOENT "$file: the deposit is not there" as $WANG sys stat "$D/refused.mp4"
done
ok "all content verifies" custody_as $ADMIN verify --all
ok "the ledger holds" custody_as $ADMIN ledger verify

# A sync of the ledger that failed is final: nobody knows what is on the disk.
now_fails 'S /segment/'
fails EIO "the ledger cannot be made durable: opening" as $ZHANG sys open "$D/clip.mp4" O_RDONLY
is "not a byte is served" 0 "$(as $ZHANG cat "$D/clip.mp4" 2>/dev/null | wc -c)"
refused "a deposit" as $WANG cp "$T/clip.mp4" "$D/last.mp4"
works_again
fails EIO "nor when the disk seems well again" as $ZHANG sys open "$D/clip.mp4" O_RDONLY
refused "nor a deposit" as $WANG cp "$T/clip.mp4" "$D/last.mp4"
ok "what is there can still be looked at" as $WANG stat "$D/clip.mp4"
kill_daemon
mount_store settle=1
ok "after a new start: reading" as $ZHANG cmp "$T/clip.mp4" "$D/clip.mp4"
ok "a deposit" as $WANG cp "$T/clip.mp4" "$D/next.mp4"
fails ENOENT "what was refused is not there" as $WANG sys stat "$D/last.mp4"
ok "all content verifies" custody_as $ADMIN verify --all
ok "the ledger holds" custody_as $ADMIN ledger verify
unmount_store
ok "nothing is wrong with the store" fsck.custodyfs --content "$T/store"
