#!/usr/bin/env bash
# A program that tidies up when it is ended, and closes its file, has not finished it; one that has merely to do with signals has.
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-03-14T18:30
mount_store
people
make_folder 2023-03-14
D=$(folder_of 2023-03-14)
listed() { custody_as $LI --json list incomplete | json "[r['reason'] for r in d['rows'] if r['name'] == '$1']"; }
is_listed() { [ "$(listed "$1")" = "$2" ]; }
seals() { [[ $(state_of "$1") = sealed* ]]; }

# NAME, then what it does, with $f open for writing and something written.
writes() { as $WANG /usr/bin/perl -MPOSIX -e 'open(my $f, ">", shift) or die; syswrite($f, "x" x 100000); eval shift; die $@ if $@' "$D/$1" "$2"; }
broken() {              # NAME WHAT
	writes "$1.mp4" "$2" 2>/dev/null
	eventually "$1: it is kept out of sight, and why" is_listed "$1.mp4" broken-off
	fails ENOENT "$1: nothing partial is seen" as $WANG sys stat "$D/$1.mp4"
	ok "$1: the name is free" writes "$1.mp4" 1
	eventually "$1: the next one is sealed" seals "$D/$1.mp4"
}
whole() {
	ok "$1: it ends well" writes "$1.mp4" "$2"
	eventually "$1: it is sealed" seals "$D/$1.mp4"
}

handler() { printf 'sigaction(%s, POSIX::SigAction->new(sub { %s }, POSIX::SigSet->new, 0)); kill(%s, $$); POSIX::pause()' "$1" "$2" "$1"; }
for signal in SIGHUP SIGINT SIGQUIT SIGTERM; do
	broken "closing in the handler of $signal" "$(handler $signal 'close($f); POSIX::_exit(0)')"
	broken "ending in the handler of $signal" "$(handler $signal 'POSIX::_exit(1)')"
done
is "close(2) says so" EIO "$(writes told.mp4 "$(handler SIGTERM 'print(close($f) ? "0" : (keys %!)[0] && $!{EIO} ? "EIO" : $!); STDOUT->flush; POSIX::_exit(0)')")"

whole "closing in the handler of a signal that ends nothing" "$(handler SIGUSR1 'close($f); POSIX::_exit(0)')"
whole "closing after the handler" "sigaction(SIGTERM, POSIX::SigAction->new(sub { \$done = 1 }, POSIX::SigSet->new, 0)); kill(SIGTERM, \$\$); close(\$f)"
whole "with the signal blocked" 'sigprocmask(SIG_BLOCK, POSIX::SigSet->new(SIGINT, SIGTERM)); close($f)'
whole "with the signal ignored" '$SIG{INT} = $SIG{TERM} = "IGNORE"; close($f)'
whole "not closing at all" 'POSIX::_exit(0)'
cat >"$T/threads.py" <<'PY'
import signal, sys, threading
signal.signal(signal.SIGTERM, lambda *_: None)
def work():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    with open(sys.argv[1], 'wb', 0) as f: f.write(b'x' * 100000)
t = threading.Thread(target=work); t.start(); t.join()
PY
chmod 644 "$T/threads.py"
ok "a thread that leaves signals to another: it ends well" as $WANG /usr/bin/python3 "$T/threads.py" "$D/threads.mp4"
eventually "a thread that leaves signals to another: it is sealed" seals "$D/threads.mp4"

# execve(2) closes files on its way, and until it has finished the kernel shows little of the task: a daemon that asked for more would wait for itself.
ok "another program is started while the file is open, not to be inherited" timeout -k 1 120 setpriv --reuid=$WANG --regid=$WANG --clear-groups -- /usr/bin/perl -e \
	'open(my $f, ">", shift) or die; syswrite($f, "x" x 1000); system("/bin/true") == 0 or die; syswrite($f, "y" x 1000); close($f) or die' "$D/exec.mp4"
eventually "and what was written before and after is sealed" seals "$D/exec.mp4"
is "all of it" 2000 "$(as $WANG stat -c %s "$D/exec.mp4")"
# shellcheck disable=SC2016
ok "and one that is replaced by another" timeout -k 1 120 setpriv --reuid=$WANG --regid=$WANG --clear-groups -- /usr/bin/perl -e \
	'open(my $f, ">", shift) or die; syswrite($f, "x" x 1000); exec("/bin/true")' "$D/replaced.mp4"
eventually "has closed its file" seals "$D/replaced.mp4"

# By their names: a server of ssh closes what its client finished; what is open when it ends is not.
cp /usr/bin/perl "$T/bin/sftp-server"
as_server() { as $WANG "$T/bin/sftp-server" -MPOSIX -e 'open(my $f, ">", shift) or die; syswrite($f, "x" x 100000); eval shift' "$D/$1" "$2"; }
as_server unfinished.mp4 'POSIX::_exit(0)'
eventually "sftp-server ends with a file open: it is kept out of sight" is_listed unfinished.mp4 broken-off
as_server finished.mp4 'close($f); POSIX::_exit(0)'
eventually "sftp-server closes it, then ends: it is sealed" seals "$D/finished.mp4"
cp /usr/bin/perl "$T/bin/smbd"
as_smbd() { as $WANG "$T/bin/smbd" -e 'open(my $f, ">", shift) or die; syswrite($f, "x" x 100000); close($f)' "$D/$1"; }
ok "all content verifies" custody_as $ADMIN verify --all
unmount_store

# A daemon that is not root can't see smbd's connections, and must not take that for none.
chattr -R -i "$T/store" 2>/dev/null
rm -rf "$T/store"
new_store --owner daemon --test-clock=2023-03-14T18:30
mount_store
people
make_folder 2023-03-14
as_smbd alone.mp4
eventually "run by the store's owner: smbd's file is sealed" seals "$D/alone.mp4"
broken "with no root ending in the handler of SIGTERM" "$(handler SIGTERM 'POSIX::_exit(1)')"
as_server unfinished.mp4 'POSIX::_exit(0)'
eventually "run by the store's owner: sftp-server ends with a file open" is_listed unfinished.mp4 broken-off
unmount_store
