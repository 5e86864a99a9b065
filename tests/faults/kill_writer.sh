#!/usr/bin/env bash
# A writer that dies of a signal leaves an incomplete deposit, out of sight, and the name free; one that ends in any other way has closed its file.
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-03-14T18:30
mount_store
people
make_folder 2023-03-14
D=$(folder_of 2023-03-14)
PYTHON=/usr/bin/python3
head -c 300001 /dev/urandom >"$T/clip.mp4"
chmod 644 "$T/clip.mp4"

# A client of 王建国: a Python program with the path as argument; it says "ready" and then waits to be killed.  $WRITER is its pid, not that of a shell.
cat >"$T/client.py" <<'PY'
import os, sys, signal, threading, time
path, body = sys.argv[1], sys.argv[2]
sys.stdout.reconfigure(line_buffering=True)
signal.signal(signal.SIGINT, signal.SIG_DFL)        # what a program in C does
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
def create(flags=os.O_WRONLY): return os.open(path, flags | os.O_CREAT, 0o644)
def fill(fd, n=200000, at=0): os.pwrite(fd, b'x' * n, at)
def wait():
    print("ready")
    time.sleep(600)
exec(body)
PY
chmod 644 "$T/client.py"
start() {
	: >"$T/said"
	setpriv --reuid=$WANG --regid=$WANG --clear-groups -- $PYTHON "$T/client.py" "$D/$1" "$2" >"$T/said" 2>"$T/cried" &
	WRITER=$!
	until_true grep -q ready "$T/said" || fail "the writer of $1 is ready" "$(cat "$T/cried")"
}
run_to_its_end() { as $WANG $PYTHON "$T/client.py" "$D/$1" "$2" >"$T/said" 2>"$T/cried"; }
kill_with() {
	kill -s "$1" "$2"
	wait "$WRITER" 2>/dev/null
}

listed() { custody_as $LI --json list incomplete | json "[r['reason'] for r in d['rows'] if r['name'] == '$1']"; }
is_listed() { [ -n "$(listed "$1")" ]; }
size_of() { as $WANG stat -c %s "$D/$1" 2>/dev/null; }
sealed() { custody_as $LI --json list items | json "[r['size'] for r in d['rows'] if r['name'] == '$1']"; }
is_sealed() { [ -n "$(sealed "$1")" ]; }

# What every broken-off deposit must look like; and the retry.
broken_off() {
	local name=$1 what=$2 reason=${3:-killed}
	until_true is_listed "$name"
	is "$what: listed as incomplete" "$reason" "$(listed "$name" | tail -n 1)"
	fails ENOENT "$what: not there for its depositor" as $WANG sys stat "$D/$name"
	is "$what: not in the folder" "" "$(as $WANG ls "$D" | grep -Fx "$name")"
	is "$what: not among the items" "" "$(sealed "$name")"
	ok "$what: the retry goes through" as $WANG cp "$T/clip.mp4" "$D/$name"
	until_true is_sealed "$name"
	is "$what: the retry is sealed" 300001 "$(sealed "$name")"
}

for signal in KILL TERM SEGV INT ABRT XCPU; do
	start "$signal.mp4" 'fd = create(); fill(fd); wait()'
	is "by SIG$signal: its depositor sees it while it arrives" 200000 "$(size_of "$signal.mp4")"
	kill_with $signal "$WRITER"
	broken_off "$signal.mp4" "by SIG$signal"
done

start empty.mp4 'fd = create(); wait()'
kill_with KILL "$WRITER"
broken_off empty.mp4 "killed after create, before the first byte"
start truncated.mp4 'fd = create(); os.ftruncate(fd, 500000); wait()'
kill_with KILL "$WRITER"
broken_off truncated.mp4 "killed after ftruncate"
start allocated.mp4 'fd = create(); os.posix_fallocate(fd, 0, 500000); wait()'
kill_with TERM "$WRITER"
broken_off allocated.mp4 "killed after fallocate"
start twice.mp4 'fd = create(); other = os.dup(fd); third = os.open(path, os.O_WRONLY); fill(fd); os.close(other); wait()'
kill_with KILL "$WRITER"
broken_off twice.mp4 "with several descriptors"
start threads.mp4 'fd = create(); t = threading.Thread(target=fill, args=(fd,)); t.start(); t.join()
for i in range(3): threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
wait()'
kill_with KILL "$WRITER"
broken_off threads.mp4 "written by a thread"
start exec.mp4 'fd = create(); fill(fd); os.set_inheritable(fd, True); print("ready"); os.execv("/bin/sleep", ["sleep", "600"])'
until_true grep -q sleep "/proc/$WRITER/comm"
kill_with KILL "$WRITER"
broken_off exec.mp4 "after exec"
start synced.mp4 'fd = create(); fill(fd); os.fsync(fd); wait()'
kill_with KILL "$WRITER"
broken_off synced.mp4 "after fsync"

# Closed once, then written again through a second descriptor, then killed: the content is no longer what the first close acknowledged.
start again.mp4 'fd = create(); fill(fd, 1000); other = os.dup(fd); os.close(fd); fill(other, 5000); wait()'
kill_with KILL "$WRITER"
broken_off again.mp4 "written on after a close"

# In a shell's pipeline; the shell itself lives on.
mkfifo "$T/slow"
chmod 666 "$T/slow"
as $WANG sh -c 'cat "$1" "$2" | cat >"$3"' sh "$T/clip.mp4" "$T/slow" "$D/pipeline.mp4" &
SHELL_JOB=$!
exec {SLOW}>"$T/slow"
last_cat() { CHILD=$(pgrep -u $WANG -x cat | while read -r p; do [ "$(readlink "/proc/$p/fd/1")" = "$D/pipeline.mp4" ] && echo "$p"; done) && [ -n "$CHILD" ]; }
until_true last_cat
kill -KILL "$CHILD"
exec {SLOW}>&-
wait $SHELL_JOB
broken_off pipeline.mp4 "the last of a pipeline killed"
as $WANG sh -c 'head -c 3000000 /dev/zero | tee "$1" | head -c 1' sh "$D/tee.mp4" >/dev/null
broken_off tee.mp4 "by SIGPIPE"

# A real cp, in the middle of a large file.
truncate -s 3G "$T/large.mp4"
chmod 644 "$T/large.mp4"
setpriv --reuid=$WANG --regid=$WANG --clear-groups -- cp --sparse=never "$T/large.mp4" "$D/large.mp4" &
WRITER=$!
has_bytes() { [ "$(size_of "$1")" -gt 1000000 ]; }
until_true has_bytes large.mp4
kill_with KILL $WRITER
broken_off large.mp4 "cp killed"
rm "$T/large.mp4"

# None of these died of a signal while it had the file to itself.
seals() {
	until_true is_sealed "$1"
	is "$2" "$3" "$(sealed "$1")"
}
run_to_its_end exit.mp4 'fd = create(); fill(fd); os._exit(0)'
seals exit.mp4 "exit without close seals" 200000
run_to_its_end status.mp4 'fd = create(); fill(fd); os._exit(3)'
seals status.mp4 "exit with a status seals" 200000
run_to_its_end many.mp4 'fd = create(); fill(fd)
for i in range(5): threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
os._exit(0)'
seals many.mp4 "a process of many threads that exits seals" 200000
run_to_its_end worker.mp4 'fd = create()
def work(): fill(fd); os._exit(0)
threading.Thread(target=work).start()
time.sleep(600)'
seals worker.mp4 "exit by a thread seals" 200000
start inherited.mp4 'fd = create(); fill(fd, 1000); child = os.fork()
if child == 0: time.sleep(600)
os.kill(child, signal.SIGKILL); os.waitpid(child, 0); fill(fd, 5000, 1000); os.close(fd); print("ready")'
wait "$WRITER"
seals inherited.mp4 "a killed child that only inherited the descriptor breaks nothing" 6000
start outlived.mp4 'fd = create(); fill(fd, 1000); child = os.fork()
if child == 0:
    print("ready"); time.sleep(600)
os.close(fd); os.waitpid(child, 0)'
is "it is not sealed while a child has it open" "" "$(sealed outlived.mp4)"
kill_with KILL "$(pgrep -P "$WRITER")"
seals outlived.mp4 "closed by its writer, then the child killed" 1000
run_to_its_end caught.mp4 'signal.signal(signal.SIGTERM, lambda *a: None); fd = create(); fill(fd); os.kill(os.getpid(), signal.SIGTERM); os.close(fd)'
seals caught.mp4 "a signal that is caught is none" 200000
start child.mp4 'fd = create(); child = os.fork()
if child == 0:
    fill(fd); print("ready"); time.sleep(600)
os.close(fd); os.waitpid(child, 0)'
kill_with KILL "$(pgrep -P "$WRITER")"
broken_off child.mp4 "a child that wrote, killed after its parent closed"

# A mapping outlives its descriptor: then no close tells how its writer ended.
as $WANG sys map-write-after-close "$D/mapped.mp4" die >/dev/null 2>&1
broken_off mapped.mp4 "killed while it wrote through a mapping, after its close"
fails 0 "through a mapping, to its end" as $WANG sys map-write-after-close "$D/mapped-whole.mp4" end
eventually "unmapped and ended, it is sealed" is_sealed mapped-whole.mp4

is "nobody else may list what is incomplete" 1 "$(custody_as $WANG list incomplete >/dev/null 2>&1; echo $?)"
for uid in $LI $CHEN $ZHAO $ADMIN; do
	ok "uid $uid may list what is incomplete" custody_as "$uid" list incomplete
done
left_over() { custody_as $ADMIN --json status | json '"%d %d" % (d["items"]["receiving"], d["open_deposits"])'; }
none_is_left() { [ "$(left_over)" = "0 0" ]; }
eventually "none is left over as being received, nor as an open deposit" none_is_left
ok "all content verifies" custody_as $ADMIN verify --all
unmount_store
