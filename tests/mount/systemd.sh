#!/usr/bin/env bash
# The systemd unit: what systemd makes of the file, the figure that README gives, and the service itself under a real systemd, in namespaces of its own: the daemon as its own
# user with two capabilities and nothing to write to but its store, the main job, systemctl stop under open files, and a crash.
. "$(dirname "$0")/../lib.sh"
UNITS=$TOP/contrib/systemd
UNIT=custodyfs@srv-store.service
if ! command -v systemd-analyze >/dev/null || [ ! -x /lib/systemd/systemd ]; then
	skip "the systemd unit" "systemd is not installed"
	exit 0
fi

# The files.
figure=$(systemd-analyze security --offline=true "$UNITS/custodyfs@.service" 2>/dev/null | sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p')
ok "systemd-analyze security has a figure, and it is low" awk -v f="$figure" 'BEGIN { exit !(f != "" && f < 2) }'
for readme in README.md README.zh_CN.md; do
	is "$readme gives it" "$figure" "$(grep -o 'systemd-analyze security`[^0-9]*[0-9.]*[0-9]' "$TOP/$readme" | grep -oE '[0-9.]*[0-9]$')"
done

PID1= CGROUP=
cleanup() {
	[ -z "$PID1" ] || kill -9 "$PID1" 2>/dev/null
	wait
	chattr -R -i "$T/srv" 2>/dev/null
	[ -z "$CGROUP" ] || until_true remove_cgroups
}
remove_cgroups() { find "$CGROUP" -depth -type d -exec rmdir {} + 2>/dev/null; [ ! -d "$CGROUP" ]; }

# A machine of its own: systemd as process 1 of namespaces, with a few empty targets and our unit; /etc, /srv and /run are copies that nobody else sees.
mkdir -p "$T/srv" "$T/over" "$T/out"
chmod 755 "$T/srv"
cat >"$T/boot.sh" <<'BOOT'
set -e
mount --make-rprivate /
mount --make-rshared /          # as on a machine that systemd has started
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=755 tmpfs "$T/over"
mkdir "$T/over/upper" "$T/over/work"
mount -t overlay -o "lowerdir=/etc,upperdir=$T/over/upper,workdir=$T/over/work" overlay /etc
for hidden in /lib/systemd/system /lib/systemd/system-generators /etc/systemd/system; do mount -t tmpfs -o mode=755 tmpfs $hidden; done
touch "$T/out/console"
mount --bind "$T/out/console" /dev/console
mount --bind "$T/bin" /usr/local/bin
mount --bind "$T/srv" /srv
mkdir -p /run/systemd/system
for target in sysinit basic local-fs time-sync shutdown umount multi-user default; do
	printf '[Unit]\nDefaultDependencies=no\nAllowIsolate=yes\n' >"/run/systemd/system/$target.target"
done
cp "$UNITS"/*@.service "$UNITS"/*.mount /etc/systemd/system/
mkdir "/etc/systemd/system/custodyfs@.service.d"
printf '[Service]\nStandardOutput=append:%s\nStandardError=append:%s\n' "$T/out/log" "$T/out/log" >/etc/systemd/system/custodyfs@.service.d/log.conf
systemd-sysusers "$UNITS/sysusers.conf"
systemd-tmpfiles --create "$UNITS/tmpfiles.conf"
exec env -i container=test PATH="$PATH" /lib/systemd/systemd --system --unit=default.target --log-target=console --log-level=notice --show-status=no
BOOT
export T UNITS
CGROUP=$(findmnt -t cgroup2 -no TARGET | head -n 1)
[ -z "$CGROUP" ] || CGROUP=$CGROUP/custodyfs-test.$$
boot() {
	mkdir "$CGROUP" && echo "$BASHPID" >"$CGROUP/cgroup.procs" && exec unshare -mpC --fork --kill-child --mount-proc bash "$T/boot.sh"
}
boot >"$T/boot.log" 2>&1 </dev/null &
OUTER=$!
booted() { PID1=$(pgrep -P "$OUTER") && inside test -S /run/systemd/private; }
inside() { nsenter -t "$PID1" -m -p -C -- "$@"; }
if [ -z "$CGROUP" ] || ! until_true booted; then
	skip "the service under systemd" "no systemd can be started in namespaces here: $(tail -n 1 "$T/boot.log")"
	[ -n "$PID1" ] || kill "$OUTER" 2>/dev/null
	exit $FAILED
fi
# Users, in there.
as() {
	local uid=$1
	shift
	inside setpriv --reuid="$uid" --regid="$uid" --clear-groups -- "$@"
}
M=/srv/evidence
sc() { timeout 60 nsenter -t "$PID1" -m -p -C -- systemctl "$@"; }
state() { sc show -P ActiveState "$UNIT"; }
main() { sc show -P MainPID "$UNIT"; }
has_state() { [ "$(state)" = "$1" ]; }
outside_mounted() { inside mountpoint -q $M; }
log() { tail -n 20 "$T/out/log"; }

is "systemd-analyze verify finds nothing wrong" "" "$(inside systemd-analyze --man=no verify "$UNIT" srv-evidence.mount 2>&1)"
is "sysusers makes the user" custodyfs "$(inside id -un custodyfs)"
is "tmpfiles makes a mount point that nobody copies into" "555 root" "$(inside stat -c '%a %U' $M)"
is "a store is made for that user" 0 "$(inside mkfs.custodyfs --owner custodyfs --admin $ADMIN --admin-name 周琳 --admin-number A001 --test-clock=2023-03-14T18:30 /srv/store >"$T/mkfs.log" 2>&1; echo $?)"
refused "without its configuration the service does not start" sc start "$UNIT"
printf 'MOUNTPOINT=%s\nOPTIONS=settle=0\n' $M | inside tee /etc/custodyfs/srv-store.conf >/dev/null
sc reset-failed "$UNIT"
ok "with it, it does" sc start "$UNIT"
is "it is active" active "$(state)"
is "the store is mounted when systemctl returns" "fuse.custodyfs /srv/store" "$(inside findmnt -nro FSTYPE,SOURCE $M)"

# Who it runs as, and with what.
status() { inside awk -v "k=$1:" '$1 == k { print $2 }' "/proc/$(main)/status"; }
is "the daemon is custodyfs" "custodyfs" "$(inside ps -o user:20= -p "$(main)")"
is "it has CAP_LINUX_IMMUTABLE and CAP_SYS_PTRACE" "0000000000080200 0000000000080200" "$(status CapEff) $(status CapPrm)"
is "and can get no others" "0000000000000000 0000000000000000 0000000000080200 1" "$(status CapInh) $(status CapAmb) $(status CapBnd) $(status NoNewPrivs)"
is "system calls are filtered" 2 "$(status Seccomp)"
is "it is alone in its service" "$(main)" "$(inside cat "/sys/fs/cgroup$(sc show -P ControlGroup "$UNIT")/cgroup.procs")"
into() { inside nsenter -t "$(main)" -m -- setpriv --reuid=custodyfs --regid=custodyfs --clear-groups "$@"; }
ok "it can write in its store" into test -w /srv/store/ledger
refused "and nowhere else" into test -w /srv
is "also where anybody may: what it has is its own" 0 "$(into find /tmp /var/tmp -mindepth 1 | wc -l)"
ok "it has no device but the harmless" into test ! -e /dev/fuse
refused "and sees no one's home" into ls /home

# The main job.
cp "$BUILD/sys" "$T/bin/"
people
make_folder 2023-03-14
F=$(folder_of 2023-03-14)
head -c 300001 /dev/urandom >"$T/srv/clip.mp4"
chmod 644 "$T/srv/clip.mp4"
ok "an officer deposits" as $WANG cp /srv/clip.mp4 "$F/clip.mp4"
is "it is sealed" sealed "$(as $WANG getfattr --only-values -n user.custody.state "$F/clip.mp4" 2>/dev/null)"
fails EPERM "and does not change" as $WANG sys open "$F/clip.mp4" O_WRONLY
is "its file is immutable" "----i" "$(inside lsattr "$(inside find /srv/store/blob -type f | head -n 1)" | cut -c1-5)"
fails EACCES "without approval it is not read" as $ZHANG sys open "$F/clip.mp4" O_RDONLY
custody_as $ZHANG request "$F/clip.mp4" --purpose 核对 >/dev/null && custody_as $CHEN approve 1 >/dev/null
is "with it, it is" "$(sha_of "$T/srv/clip.mp4")" "$(as $ZHANG cat "$F/clip.mp4" | sha256sum | cut -d' ' -f1)"
is "the ledger has the program's path" "$(readlink -f /bin/cat)" "$(events | json '[r["subject"]["program"] for r in rows if r["event"] == "read.open"][-1]')"

# A writer that is killed.
writer() { # NAME: fills it, says its pid, and waits
	: >"$T/out/pid"
	chmod 666 "$T/out/pid"
	inside setpriv --reuid=$WANG --regid=$WANG --clear-groups -- perl -e 'open(my $f, ">", $ARGV[0]) or die; syswrite($f, "half"); open(my $p, ">", $ARGV[1]); print $p "$$\nready\n"; close($p); sleep 60' \
		"$F/$1" "$T/out/pid" >/dev/null 2>&1 &
	WRITER=$!
	until_true grep -q ready "$T/out/pid"
}
writer victim.mp4
inside kill -9 "$(head -n 1 "$T/out/pid")"
wait "$WRITER"
incomplete() { custody_as $LI --json list incomplete | json "[r['reason'] for r in d['rows'] if r['name'] == '$1']"; }
is_incomplete() { [ -n "$(incomplete "$1")" ]; }
until_true is_incomplete victim.mp4
is "a killed writer is known as one" killed "$(incomplete victim.mp4)"

# systemctl stop, with a deposit and a reading open.
writer open.mp4
inside setpriv --reuid=$ZHANG --regid=$ZHANG --clear-groups -- bash -c 'exec 7<"$1"; head -c 5 <&7 >/dev/null; echo reading >"$2"; exec sleep 60' - "$F/clip.mp4" "$T/out/pid" >/dev/null 2>&1 &
READER=$!
until_true grep -q reading "$T/out/pid"
ok "systemctl stop, while a deposit and a reading are open" sc stop "$UNIT"
is "ends it in order" "inactive success 0" "$(state) $(sc show -P Result "$UNIT") $(sc show -P ExecMainStatus "$UNIT")"
is "nothing is left mounted" "" "$(inside findmnt -nro FSTYPE $M)"
offline() { inside custody -s /srv/store --json "$@"; }
is "the reading was closed on the ledger, and the mount's end is there" "read.close store.unmount" "$(offline log | json '[r["event"] for r in rows if r["event"] in ("read.close", "store.unmount")][-2:]' | xargs)"
is "the deposit is incomplete, because of that" unmounted "$(offline list incomplete | json '[r["reason"] for r in d["rows"] if r["name"] == "open.mp4"]')"
is "the store is whole" 0 "$(inside fsck.custodyfs --content /srv/store >"$T/out/fsck" 2>&1; echo $?)"
kill "$WRITER" "$READER" 2>/dev/null
inside pkill -x "sleep|perl"
wait "$WRITER" "$READER" 2>/dev/null

# umount, and a crash.
ok "it starts again" sc start "$UNIT"
ok "umount from outside ends it" inside umount $M
until_true has_state inactive
is "in order, too" "inactive success" "$(state) $(sc show -P Result "$UNIT")"
sc start "$UNIT"
died=$(main)
inside kill -9 "$died"
again() { has_state active && [ "$(main)" != "$died" ] && [ "$(main)" != 0 ]; }
for _ in 1 2; do until_true again && break; done
ok "killed, it is started again" again
is "and mounted, once" 1 "$(inside findmnt -nro FSTYPE $M | grep -c custodyfs)"
ok "and all verifies" custody_as $ADMIN verify --all
ok "it ends" sc stop "$UNIT"

# The mount unit in its place.
ok "the mount unit mounts it" sc start srv-evidence.mount
is "as the store's owner" custodyfs "$(inside ps -o user:20= -p "$(inside pgrep -o custodyfs)")"
ok "and unmounts it" sc stop srv-evidence.mount
ended() { ! inside pgrep custodyfs; }
eventually "and the daemon ends" ended
