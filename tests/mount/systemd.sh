#!/usr/bin/env bash
# The systemd unit: what systemd makes of the file, the figure that README gives, and the service itself under a real systemd, in namespaces of its own: the daemon as its own
# user with two capabilities and nothing to write to but its store, the main job, the docking stations' service, systemctl stop under open files, and a crash.
. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/mount/job.sh"
UNITS=$TOP/contrib/systemd
UNIT=custodyfs@srv-store.service
DOCK_UNIT=custody-dockd.service
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
exposure=$(systemd-analyze security --offline=true "$TOP/contrib/dockd/$DOCK_UNIT" 2>/dev/null | sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p')
ok "that of the docking stations' service is low" awk -v f="$exposure" 'BEGIN { exit !(f != "" && f < 1) }'
cp "$BUILD/custody-dockd" "$T/bin/"
if [ "$CUSTODYFS_ALONE" = chroot ]; then
	skip "the service under systemd" "its unit enters the mount namespace of process 1, which leads out of a chroot"
	exit $FAILED
fi

PID1='' CGROUP=''
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
mount -t tmpfs -o mode=755 tmpfs /var/lib
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
cp "$UNITS"/*@.service "$UNITS"/*.mount "$UNITS"/../dockd/*.service /etc/systemd/system/
mkdir "/etc/systemd/system/custodyfs@.service.d" /etc/systemd/system/custody-dockd.service.d
# A sanitizer's search for leaks fails in a service that may not trace processes.
printf '[Service]\nEnvironment=ASAN_OPTIONS=detect_leaks=0\nStandardOutput=append:%s\nStandardError=append:%s\n' "$T/out/log" "$T/out/log" >/etc/systemd/system/custodyfs@.service.d/log.conf
printf '[Service]\nEnvironment=ASAN_OPTIONS=detect_leaks=0\n' >/etc/systemd/system/custody-dockd.service.d/leaks.conf
systemd-sysusers "$UNITS/sysusers.conf" "$UNITS/../dockd/sysusers.conf"
systemd-tmpfiles --create "$UNITS/tmpfiles.conf"
exec env -i container=test PATH="$PATH" /lib/systemd/systemd --system --unit=default.target --log-target=console --log-level=notice --show-status=no
BOOT
export T UNITS
CGROUP=$(findmnt -t cgroup2 -no TARGET | head -n 1)
[ -z "$CGROUP" ] || CGROUP=$CGROUP/${T##*/}      # cgroups are the machine's: a name that no other run has
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
sc() { timeout 200 nsenter -t "$PID1" -m -p -C -- systemctl "$@"; }
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
people
head -c 300001 /dev/urandom >"$T/srv/clip.mp4"
chmod 644 "$T/srv/clip.mp4"
main_job /srv/clip.mp4
F=$(folder_of 2023-03-14)
is "the item's file is immutable" "----i" "$(inside lsattr "$(inside find /srv/store/blob -type f | head -n 1)" | cut -c1-5)"

# The docking stations' service.
is "systemd-analyze verify finds nothing wrong with the docking stations' unit" "" "$(inside systemd-analyze --man=no verify "$DOCK_UNIT" 2>&1)"
ok "its user is registered as the unit's custodian" custody_as $ADMIN register person D001 采集站 --uid "$(inside id -u custody-dockd)" --unit 中都所 --roles custodian --formal
inside install -d -o custody-dockd -m 2777 /srv/dock
printf '[dockd]\nmount = %s\nquiet = 0.3\n[采集站]\npath = /srv/dock\nclear-source = 是\n' $M | inside tee /etc/custody-dockd.conf >/dev/null
ok "it starts, and says when it is ready" sc start "$DOCK_UNIT"
is "it is custody-dockd" custody-dockd "$(inside ps -o user:20= -p "$(sc show -P MainPID "$DOCK_UNIT")")"
is "with CAP_LEASE alone" "0000000010000000 0000000010000000 1 2" \
	"$(inside awk '/^(CapEff|CapBnd|NoNewPrivs|Seccomp):/ { print $2 }' "/proc/$(sc show -P MainPID "$DOCK_UNIT")/status" | xargs)"
CLIP=WS00017_083017_20230314093012_0001.mp4
inside cp /srv/clip.mp4 "/srv/dock/$CLIP.part"
printf more | inside tee -a "/srv/dock/$CLIP.part" >/dev/null
inside mv "/srv/dock/$CLIP.part" "/srv/dock/$CLIP"
docked() { custody_as $ADMIN show --json "$F/$CLIP" | grep -q '"state": *"sealed"' && inside test ! -e "/srv/dock/$CLIP"; }
eventually "what is copied into its folder is deposited, and removed there" docked
dock_status() { inside setpriv --reuid=custody-dockd --regid=custody-dockd --clear-groups custody-dockd --status; }
eventually "--status finds nothing left to do" dock_status
ok "it stops" sc stop "$DOCK_UNIT"
is "in order" "inactive success 0" "$(sc show -P ActiveState "$DOCK_UNIT") $(sc show -P Result "$DOCK_UNIT") $(sc show -P ExecMainStatus "$DOCK_UNIT")"

# A program of 王建国's or 张明远's that keeps a file open: says so in $T/out/said, and waits.
holder() { # UID PERL FILE
	: >"$T/out/said"
	chmod 666 "$T/out/said"
	inside setpriv --reuid="$1" --regid="$1" --clear-groups -- perl -e "$2"'; open(my $p, ">", $ARGV[1]); print $p "holds\n"; close($p); sleep 600' "$F/$3" "$T/out/said" >/dev/null 2>&1 &
	until_true grep -q holds "$T/out/said"
}
# systemctl stop, with a deposit and a reading open.
holder $WANG 'open(my $f, ">", $ARGV[0]) or die; syswrite($f, "half")' open.mp4
holder $ZHANG 'open(my $f, "<", $ARGV[0]) or die; sysread($f, my $b, 5)' clip.mp4
ok "systemctl stop, while a deposit and a reading are open" sc stop "$UNIT"
is "ends it in order" "inactive success 0" "$(state) $(sc show -P Result "$UNIT") $(sc show -P ExecMainStatus "$UNIT")"
is "nothing is left mounted" "" "$(inside findmnt -nro FSTYPE $M)"
offline() { inside custody -s /srv/store --json "$@"; }
is "the reading was closed on the ledger, and the mount's end is there" "read.close store.unmount" "$(offline log | json '[r["event"] for r in rows if r["event"] in ("read.close", "store.unmount")][-2:]' | xargs)"
is "the deposit is incomplete, because of that" unmounted "$(offline list incomplete | json '[r["reason"] for r in d["rows"] if r["name"] == "open.mp4"]')"
is "the store is whole" 0 "$(inside fsck.custodyfs --content /srv/store >"$T/out/fsck" 2>&1; echo $?)"
inside pkill -x perl

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
