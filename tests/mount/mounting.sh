#!/usr/bin/env bash
# Mounting as people do: by hand, by mount(8) and fstab, as root and as the store's owner; which user the daemon runs as and with which privileges; what is refused, and in which words; and how
# it ends: umount, a signal under open files, a crash.
# /etc/fstab, /etc/fuse.conf and /usr/local/bin are ours, in the test's own mount namespace.
. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/mount/job.sh"
OWNER=games OTHER=mail          # users that every Debian has
cleanup() { chattr -R -i "$T" 2>/dev/null; }
printf '#!/bin/sh\nuser=$1; shift\nexec setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups -- "$@"\n' >"$T/bin/as_login"
chmod 755 "$T/bin/as_login"
status_of() { timeout 120 "$@" >"$T/out" 2>"$T/said"; echo $?; }
said() { ok "it says so: $1" grep -qE "$1" "$T/said"; }
mounted_at() { mountpoint -q "${1:-$M}"; }
# The daemon of our store, and the process that mounts for it.
daemon() { pgrep -o -f "custodyfs $T/store "; }
keeper() { pgrep -P "$(daemon)"; }
ended() { ! pgrep -f "custodyfs $T/store " >/dev/null; }
caps() { awk '$1 ~ /^(CapInh|CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs):$/ { printf "%s%s", sep, $2; sep = " " }' "/proc/$1/status"; }
user_of() { ps -o user:20= -p "$1"; }
offline() { custody -s "$T/store" --json "$@"; }
NONE=0000000000000000
touch "$T/fstab" "$T/fuse.conf"
chmod 644 "$T/fstab" "$T/fuse.conf"
mount --bind "$T/bin" /usr/local/bin
mount --bind "$T/fstab" /etc/fstab
mount --bind "$T/fuse.conf" /etc/fuse.conf
head -c 300001 /dev/urandom >"$T/clip.mp4"
chmod 644 "$T/clip.mp4"
install -d -o $OWNER "$T/own"

# Root mounts; the daemon is the store's owner, and has no more than it needs.
new_store --owner $OWNER --key "$T/secret" --test-clock=2023-03-14T18:30
is "mkfs gives the store to its owner, and not the key" "$OWNER $OWNER root 600" "$(stat -c %U "$T/store") $(stat -c %U "$T/store/catalog.db") $(stat -c '%U %a' "$T/secret")"
install -d -m 700 "$T/roots"
is "root mounts it" 0 "$(status_of custodyfs "$T/store" "$M" -o "key=$T/secret,log=$T/roots/log,settle=0")"
is "without a word" "" "$(cat "$T/out" "$T/said")"
is "the daemon is the owner, who can't read the key, nor the log" $OWNER "$(user_of "$(daemon)")"
is "it has two capabilities, and can get no others" "$NONE 0000000000080200 0000000000080200 $NONE $NONE 1" "$(caps "$(daemon)")"
is "and no groups" "" "$(awk '$1 == "Groups:" { print $2 }' "/proc/$(daemon)/status")"
is "the process that unmounts for it has what that takes" "root $NONE 0000000000200004 0000000000200004 $NONE $NONE 1" "$(user_of "$(keeper)") $(caps "$(keeper)")"
is "no signal ends that" 0 "$(kill -TERM "$(keeper)"; kill -INT "$(keeper)"; kill -0 "$(keeper)"; echo $?)"
people
main_job "$T/clip.mp4"
F=$(folder_of 2023-03-14)
if chattr +i "$T/clip.mp4" 2>/dev/null; then
	chattr -i "$T/clip.mp4"
	is "the item's file is immutable" "----i 400" "$(lsattr "$T/store/blob/000000/000/000000000001" | cut -c1-5) $(stat -c %a "$T/store/blob/000000/000/000000000001")"
else
	skip "the item's file is immutable" "this file system has no such flag"
fi
ok "it is logged where root wanted" grep -q refused "$T/roots/log"
is "the source is the store" "$T/store" "$(findmnt -no SOURCE "$M")"

# Mounted already; not empty; not one's own.
is "a second mount there" 1 "$(status_of custodyfs "$T/store" "$M" -f -o key="$T/secret")"
said 'mounted on .* already'
mkdir "$T/full" && touch "$T/full/evidence.mp4"
is "on a folder that is not empty" 1 "$(status_of custodyfs "$T/store" "$T/full" -f -o key="$T/secret")"
said 'not empty'
kill "$(daemon)"
eventually "the daemon ends" ended
refused "with it the mount" mounted_at
is "with the option it is mounted" 0 "$(status_of custodyfs "$T/store" "$T/full" -o key="$T/secret",nonempty)"
ok "umount" umount "$T/full"
eventually "ends the daemon" ended
mkdir "$T/store/inner"
for at in "$T/store/inner" "$T/store" "$T"; do
	is "on a folder that hides the store, or is in it: ${at#"$T"}" 1 "$(status_of custodyfs "$T/store" "$at" -f -o key="$T/secret",nonempty)"
	said 'lie one in the other'
done
rmdir "$T/store/inner"
for settle in settle=-1 settle=5m settle= settle=86401 settle_max=99999999999999999999; do
	is "with a window that has no end: $settle" 2 "$(status_of custodyfs "$T/store" "$M" -f -o key="$T/secret",$settle)"
	said 'from 0 to 86400'
done
for most in max_open=1k max_open=-1; do
	is "with a number that is none: $most" 2 "$(status_of custodyfs "$T/store" "$M" -f -o key="$T/secret",$most)"
	said 'max_open is a number'
done
is "as one who is neither owner nor root" 1 "$(status_of as_login $OTHER custodyfs "$T/store" "$T/own" -f)"
said "belongs to $OWNER, and you are $OTHER"
is "user= names the owner" 0 "$(status_of custodyfs "$T/store" "$M" -o key="$T/secret",user=$OWNER)"
umount "$M"
eventually "(ended)" ended
is "or somebody else" 1 "$(status_of custodyfs "$T/store" "$M" -f -o key="$T/secret",user=$OTHER)"
said "belongs to $OWNER, not to $OTHER"
is "or nobody" 2 "$(status_of custodyfs "$T/store" "$M" -f -o user=no-such-user)"
said 'no user no-such-user'
is "only root has it run as another" 1 "$(status_of as_login $OWNER custodyfs "$T/store" "$T/own" -f -o user=$OTHER)"
is "of all that nothing is mounted" "" "$(findmnt -nro TARGET -t fuse.custodyfs | grep "^$T/")"

# By its owner, without root.
install -o $OWNER -m 600 "$T/secret" "$T/store/key"
is "its owner mounts it" 0 "$(status_of as_login $OWNER custodyfs "$T/store" "$T/own" -o settle=0)"
said 'user_allow_other'
said 'CAP_LINUX_IMMUTABLE'
said 'CAP_SYS_PTRACE'
ok "and uses it" as_login $OWNER ls "$T/own/by-unit"
fails EACCES "nobody else does" as $WANG sys stat "$T/own/by-unit"
is "it has no capability" "$OWNER $NONE $NONE $NONE 1" "$(user_of "$(daemon)") $(caps "$(daemon)" | cut -d' ' -f1-3,6)"
ok "fusermount3 -u" as_login $OWNER fusermount3 -u "$T/own"
eventually "ends it" ended
is "asked to let others in, it says what that takes" 1 "$(status_of as_login $OWNER custodyfs "$T/store" "$T/own" -f -o allow_other)"
said 'user_allow_other in /etc/fuse.conf'
echo user_allow_other >"$T/fuse.conf"
is "where root has allowed it, others are let in" 0 "$(status_of as_login $OWNER custodyfs "$T/store" "$T/own" -o settle=0)"
M=$T/own
F=$(folder_of 2023-03-14)
as $WANG perl -e 'open(my $f, ">", $ARGV[0]) or die; syswrite($f, "half"); kill(9, $$); sleep 60' "$F/plain.mp4" >/dev/null 2>&1
until_true incomplete plain.mp4
is "without any capability, too, a killed writer is known as one" killed "$(incomplete plain.mp4)"
ok "and a copy is sealed" as $WANG cp "$T/clip.mp4" "$F/copy.mp4"
is "read-only at least" 400 "$(stat -c %a "$(find "$T/store/blob" -type f -size +100k | sort | tail -n 1)")"
is "programs are known by name" cp "$(events | json '[r["subject"]["program"] for r in rows if r["event"] == "deposit.begin"][-1]')"
# The kernel ends its threads as by a signal, and what would show the difference is hidden: it counts as killed.
as $WANG /usr/bin/python3 -c 'import os, sys, threading, time
f = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT)
def work(): os.write(f, b"x"); os._exit(0)
threading.Thread(target=work).start()
time.sleep(60)' "$F/threads.mp4"
known() { incomplete threads.mp4 || [ "$(as $CHEN sys stat "$F/threads.mp4")" = 0 ]; }
eventually "one that ends with threads is decided either way" known
is "SIGTERM ends it, and it is unmounted" "0 no" "$(kill "$(daemon)"; until_true ended; echo $?) $(mounted_at "$T/own" && echo yes || echo no)"
M=$T/mnt
is "on a folder that is not its own it is told" 1 "$(status_of as_login $OWNER custodyfs "$T/store" "$M" -f)"
said 'you may not mount on'

# One capability of the two.
for lost in sys_ptrace linux_immutable; do
	: >"$T/log"
	setpriv --bounding-set=-$lost -- custodyfs "$T/store" "$M" -f -o settle=0 >>"$T/log" 2>&1 &
	DAEMON=$!
	until_true mounted_at
	ok "without $lost it says what it can't do" grep -qi "without the capability CAP_$lost" "$T/log"
	is "and has the other" 1 "$(caps $DAEMON | grep -cE "^$NONE 0000000000(080000|000200) ")"
	F=$(folder_of 2023-03-14)
	as $WANG perl -e 'open(my $f, ">", $ARGV[0]) or die; syswrite($f, "half"); kill(9, $$); sleep 60' "$F/without-$lost.mp4" >/dev/null 2>&1
	until_true incomplete "without-$lost.mp4"
	is "a killed writer is known as one" killed "$(incomplete "without-$lost.mp4")"
	ok "a copy is sealed" as $WANG cp "$T/clip.mp4" "$F/$lost.mp4"
	unmount_store
done

# fstab.
MOUNTS='noauto,user,nofail,_netdev,rw,nodev,nosuid,noexec,x-systemd.automount,x-systemd.idle-timeout=60,comment=evidence'
printf '%s %s fuse.custodyfs %s 0 0\n' "$T/store" "$M" "$MOUNTS,settle=1" "$T/store" "$T/own" "$MOUNTS,settle=2" >"$T/fstab"
is "root mounts by fstab" 0 "$(status_of mount "$M")"
is "as its owner, with what fstab says" "$OWNER rw,nosuid,nodev,noexec" "$(user_of "$(daemon)") $(findmnt -no OPTIONS "$M" | cut -d, -f1-4)"
is "mount -a leaves alone what is mounted" 0 "$(sed -i s/noauto,// "$T/fstab"; sed -i 2d "$T/fstab"; status_of mount -a)"
ok "umount" umount "$M"
eventually "ends it" ended
is "by --fstab, or -T, as well" 0 "$(status_of mount -T "$T/fstab" "$M")"
umount "$M"
eventually "(ended)" ended
printf '%s %s fuse.custodyfs %s 0 0\n' "$T/store" "$T/own" "$MOUNTS" >"$T/fstab"
is "its owner mounts by fstab" 0 "$(status_of as_login $OWNER mount "$T/own")"
is "as himself, and lets others in" "$OWNER $WANG" "$(user_of "$(daemon)") $(as $WANG stat -c %u "$T/own/by-unit/中都所/WS00017/083017/2023-03-14/未立案/clip.mp4")"
refused "another user does not unmount it" as_login $OTHER umount "$T/own"
ok "he does" as_login $OWNER umount "$T/own"
eventually "and that ends it" ended
is "another user is told whose it is" 1 "$(status_of as_login $OTHER mount "$T/own" >/dev/null; grep -c "belongs to $OWNER, and you are $OTHER" "$T/said")"

# A mount whose descriptor is handed to a helper without privileges: mount.fuse3's drop_privileges.
is "mount.fuse3 with drop_privileges" 0 "$(status_of mount -t fuse.custodyfs "$T/store" "$M" -o setuid=$OWNER,drop_privileges,allow_other)"
is "runs without any" "$OWNER $NONE $NONE" "$(user_of "$(daemon)") $(caps "$(daemon)" | cut -d' ' -f2,3)"
ok "and serves" as $WANG ls "$M/by-unit"
umount "$M"
eventually "(ended)" ended

# A crash: the mount is taken away; and where it could not be, the next one does it.
mount_store
kill_daemon
refused "when the daemon dies its mount goes with it" mounted_at
crash() {
	mount_store
	kill -STOP "$(keeper)" && kill -KILL "$(keeper)" "$DAEMON"
	wait "$DAEMON" 2>/dev/null
	DAEMON=
}
crash 2>/dev/null
fails ENOTCONN "when both die it stays, dead" sys stat "$M/by-unit"
is "the next mount takes it away" 0 "$(status_of custodyfs "$T/store" "$M")"
said 'that mount was removed'
is "and is the only one there" 1 "$(findmnt -nro TARGET "$M" | wc -l)"
is "--clear leaves a living one alone" "0 yes" "$(status_of custodyfs --clear "$M") $(mounted_at && echo yes)"
is "unmounted, it is mounted again in the same breath, as a restart does" 0 "$(umount "$M" && status_of custodyfs "$T/store" "$M")"
umount "$M"
eventually "(ended)" ended
crash 2>/dev/null
is "and takes a dead one away" "0 no" "$(status_of custodyfs --clear "$M") $(mounted_at && echo yes || echo no)"
is "where nothing is mounted it is content" 0 "$(status_of custodyfs --clear "$M")"

# Open files: umount waits, umount -l does not.
mount_store settle=0
request=$(custody_as $ZHANG --json request "$F/clip.mp4" --purpose 核对 | json 'd["request"]["id"]')
custody_as $CHEN approve "$request" >/dev/null
shell_as $ZHANG
is "somebody reads" 5 "$(in_shell "exec 7<'$F/clip.mp4'; head -c 5 <&7 | wc -c")"
is "umount says that it is in use" 32 "$(status_of umount "$M")"
ok "umount -l takes it away" umount -l "$M"
refused "from where it was" mounted_at
is "who reads reads on" 1000 "$(in_shell "head -c 1000 <&7 | wc -c")"
ok "the daemon serves him still" kill -0 "$DAEMON"
end_shell
wait "$DAEMON"
is "and ends when he has closed" 0 $?
DAEMON=
is "his reading is on the ledger, before its end" "read.close store.unmount" "$(offline log | json '[r["event"] for r in rows][-2:]' | xargs)"

# SIGTERM under open files.
mount_store settle=0
cat >"$T/hold.pl" <<'PL'
use POSIX; $SIG{__WARN__} = sub {};
my ($d, $clip, $said) = @ARGV;
open(my $open, ">", "$d/open.mp4") or die; syswrite($open, "half");
open(my $closed, ">", "$d/closed.mp4") or die; syswrite($closed, "whole"); POSIX::close(POSIX::dup(fileno($closed)));
open(my $more, ">", "$d/more.mp4") or die; syswrite($more, "one"); POSIX::close(POSIX::dup(fileno($more))); syswrite($more, "two");
open(my $read, "<", "$d/open.mp4") or die; sysread($read, my $b, 4);
open(my $out, ">", $said); print $out "holds\n"; close($out);
$SIG{TERM} = sub { print(close($open) ? "closed" : $!{ENOTCONN} || $!{ECONNABORTED} ? "lost" : "$!", "\n"); close(STDOUT); POSIX::_exit(0) };
sleep 600;
PL
install -m 666 /dev/null "$T/hold"
as $WANG perl "$T/hold.pl" "$F" "" "$T/hold" >"$T/held" &
until_true grep -q holds "$T/hold"
HOLDER=$(pgrep -u $WANG -f "$T/hold.pl")
start=$SECONDS
kill -TERM "$DAEMON"
wait "$DAEMON"
is "SIGTERM under deposits and a reading: the daemon exits" 0 $?
DAEMON=
ok "soon" test $((SECONDS - start)) -lt 60
refused "the mount is gone" mounted_at
reason() { offline list incomplete | json "[r['reason'] for r in d['rows'] if r['name'] == '$1']"; }
is "what was not closed is incomplete, and kept" "unmounted" "$(reason open.mp4)"
is "so is what was written after its close" "unmounted" "$(reason more.mp4)"
is "what was closed is sealed" "closed.mp4 sealed 5" "$(offline list items | json '["%s %s %d" % (r["name"], r["state"], r["size"]) for r in d["rows"] if r["name"] == "closed.mp4"]')"
is "the reading has its end" 1 "$(offline log | json 'len([r for r in rows if r["event"] == "read.close" and r["item"] == [o["item"] for o in rows if o["event"] == "read.open"][-1]])')"
is "the mount's end is the last that happened" store.unmount "$(offline log | json 'rows[-1]["event"]')"
is "and the signed head has it all" True "$(offline status | json 'd["ledger"]["checkpoint_size"] == d["ledger"]["size"]')"
kill -TERM "$HOLDER"
eventually "who had it open is told at his close" grep -qx lost "$T/held"
is "the store is whole" 0 "$(status_of fsck.custodyfs --content "$T/store")"
is "and still its owner's" "" "$(find "$T/store" ! -user $OWNER ! -name log)"
