#!/usr/bin/env bash
# Runs one test with nothing of any other in sight: tests/alone.sh COMMAND…
# It gets namespaces of its own for
#   mounts      private, so that no test holds another's mount open; /dev/fuse is open to every user, as udev makes it, where the machine has no udev
#   processes   pgrep and pkill see only its own, and whatever it left running is killed when it ends
#   IPC and network (with `lo` up), so that ports, displays and abstract sockets do not clash
# and a /tmp of its own: a fresh folder below $ALONE_DIR (default /tmp), on the same file system, so that the immutable flag works as it does outside.
# Works in a chroot, too, whose / is no mount point.  Needs root.  To look into a running test: nsenter -a -t PID.
set -u
if [ "${1:-}" != --inside ]; then
	dir=$(mktemp -d "${ALONE_DIR:-/tmp}/custodyfs-alone.XXXXXX") && mkdir -m 1777 "$dir/tmp" || exit 125
	trap : INT TERM         # the command gets the signal as well, and this goes on to clean up when it has ended
	unshare --mount --propagation unchanged --pid --ipc --net --fork --kill-child bash "$0" --inside "$dir/tmp" "$@"
	status=$?
	rm -rf "$dir" 2>/dev/null || { chattr -R -i "$dir" 2>/dev/null; rm -rf "$dir"; }
	exit $status
fi
shift
cannot() { echo "alone.sh: $1" >&2; exit 125; }

# Mounts made here must not spread to other namespaces.  Where / is no mount point it cannot be made private; so it is bound to a folder on a private mount, and
# that folder becomes the root.
if ! mount --make-rprivate / 2>/dev/null; then
	[ -z "${ALONE_ROOT:-}" ] && mount --make-private /proc && mount -t tmpfs -o mode=755 none /proc && mkdir /proc/root && mount --rbind / /proc/root ||
		cannot "no private mounts in this chroot: is /proc mounted?"
	ALONE_ROOT=$PWD exec chroot /proc/root bash "$(realpath -s "$0")" --inside "$@"
fi
cd "${ALONE_ROOT:-.}" || cannot "no $ALONE_ROOT"
mount -t proc proc /proc || cannot "no /proc of its own"
findmnt -nro TARGET -t fuse.custodyfs | xargs -r umount -l      # what was mounted before can be unmounted outside

if [ "$(stat -c %a /dev/fuse 2>/dev/null)" != 666 ]; then
	# On a tmpfs, since /tmp may be mounted without devices.
	mount -t tmpfs -o mode=755,size=64k none /tmp && mknod -m 666 /tmp/fuse c 10 229 && { [ -e /dev/fuse ] || touch /dev/fuse; } &&
		mount --bind /tmp/fuse /dev/fuse && umount -l /tmp || cannot "no /dev/fuse that users may open"
fi
perl -MSocket -e 'socket(my $s, AF_INET, SOCK_DGRAM, 0) or die "$!\n"; my $up = pack("a16 s x22", "lo", 1); ioctl($s, 0x8914, $up) or die "$!\n"' ||    # SIOCSIFFLAGS, IFF_UP
	cannot "no loopback"

# What is tested may itself lie below /tmp.
tmp=$1
shift
for keep in "$(realpath "$(dirname "$0")/..")" "$(realpath "${BUILD:-.}")"; do
	[[ $keep/ != /tmp/* ]] || { mkdir -p "$tmp/${keep#/tmp/}" && mount --rbind "$keep" "$tmp/${keep#/tmp/}"; } || cannot "no $keep below the new /tmp"
done
mount --rbind "$tmp" /tmp && cd "$PWD" || cannot "no /tmp of its own"
export CUSTODYFS_ALONE=yes
[ -z "${ALONE_ROOT:-}" ] || CUSTODYFS_ALONE=chroot
unset ALONE_ROOT ALONE_DIR
"$@"
exit $?                 # without this line bash would replace itself by the command; process 1 must stay, to collect orphans and to end all with it
