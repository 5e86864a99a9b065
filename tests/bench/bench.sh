#!/usr/bin/env bash
# What `make bench` measures, in one run, as medians: the mount against cp, cp + sync, cp + sha256sum and libfuse's passthrough example.
#   tests/bench/bench.sh [--runs N] [--size MIB] [--dir DIRECTORY] [--json FILE]
# The status is 0 where every target is met, 1 where one is not (or could not be measured), 2 where the bench itself cannot run.
#
# How it is measured, so that figures mean the same tomorrow:
# - Everything lies in one folder of --dir (default /var/tmp), so store, copies and the peer share a file system.  Programs run as root, with root's login
#   registered as an officer; approvals come from another uid.
# - In each round the things compared take turns.  Nothing is dirty (sync) and no digest is pending before a clock is started.
# - A virtual machine's first use of a page of memory costs many times what a later one does, and pages that were free for a while are new again.  So that
#   this is not what is measured, twice the size is written to a file and removed right before each of the large copies and reads.
# - "cp + sync" is `sync FILE`, not `sync` or `sync -f`: those also wait for what others wrote.
# - First pass: the first open after a fresh mount; second pass: a new open right after it.  Both mounts read a backing file that is in the page cache.
#   Nothing is read from the kernel's cache: custodyfs reads past it, and the peer drops it at each open.
# - The peer is passthrough_ll of Debian's fuse3 source, with splice off, and once more with the one buffer a thread that it lacks (it allocates for each
#   read otherwise, which is slow).  The targets are against the faster of the two.
# - The daemon's memory is VmHWM, the highest of all mounts.
set -u
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=${BUILD:-$TOP/build}
export LC_ALL=C.UTF-8 LANGUAGE=en
unset CUSTODYFS_MOUNT
RUNS=5 MIB=1024 DIR=/var/tmp JSON=''
SMALL=102400                    # bytes of a small file
OPENS=400 OPENS_16=50           # opens a thread, 1 and 16 at a time
FILES=200 FILES_16=50           # files a writer, 1 and 16 at a time
ADMIN=2000 APPROVER=2041
T='' M='' DAEMON='' PEER='' PEAK=0 FAILED=0

stop() { printf 'bench: %s\n' "$*" >&2; exit 2; }
usage() { sed -n '3s/^# */usage: /p' "${BASH_SOURCE[0]}" >&2; exit 2; }

while [ $# -gt 0 ]; do
	case $1 in
	--runs|--size|--dir|--json) [ $# -gt 1 ] || usage ;;
	*) usage ;;
	esac
	case $1 in
	--runs) RUNS=$2 ;;
	--size) MIB=$2 ;;
	--dir) DIR=$2 ;;
	--json) JSON=$2 ;;
	esac
	shift 2
done
[[ $RUNS =~ ^[1-9][0-9]*$ && $MIB =~ ^[1-9][0-9]*$ ]] || usage
[ "$(id -u)" = 0 ] || stop "run it as root"

exec {IDLE}<> <(:)              # a pipe that nobody writes to
until_true() {
	local n
	for n in $(seq 1200); do
		"$@" >/dev/null 2>&1 && return 0
		read -rt 0.05 -u "$IDLE" _ || true
	done
	return 1
}
as() {
	local uid=$1
	shift
	setpriv --reuid="$uid" --regid="$uid" --clear-groups -- "$@"
}

# --- mounts

mounted() { mountpoint -q "$1" || ! kill -0 "$2" 2>/dev/null; }
mount_store() {
	"$BUILD/custodyfs" "$T/store" "$M" -f 2>>"$T/log" &
	DAEMON=$!
	until_true mounted "$M" "$DAEMON"
	mountpoint -q "$M" || stop "the store does not mount: $(tail -n 5 "$T/log")"
}
note_peak() {
	local kib
	kib=$(awk '/^VmHWM:/ {print $2}' "/proc/$DAEMON/status")
	[ "${kib:-0}" -le "$PEAK" ] || PEAK=$kib
}
unmount_store() {
	note_peak
	until_true fusermount3 -u "$M" || umount -l "$M"
	wait "$DAEMON" || stop "the daemon ended with status $?: $(tail -n 5 "$T/log")"
	DAEMON=
}
mount_peer() {
	"$BUILD/peer/$1" -o "source=$T/plain" "$T/peer" -f 2>>"$T/peer.log" &
	PEER=$!
	until_true mounted "$T/peer" "$PEER"
	mountpoint -q "$T/peer" || stop "the peer does not mount: $(tail -n 5 "$T/peer.log")"
}
unmount_peer() {
	until_true fusermount3 -u "$T/peer" || umount -l "$T/peer"
	wait "$PEER"
	PEER=
}

finish() {
	local status=$?
	cd /
	trap '' INT TERM
	[ -n "$T" ] || exit "$status"
	! mountpoint -q "$T/peer" || umount -l "$T/peer"
	! mountpoint -q "$M" || umount -l "$M"
	[ -z "$PEER" ] || wait "$PEER"
	[ -z "$DAEMON" ] || wait "$DAEMON"
	chattr -R -i "$T/store" 2>/dev/null
	rm -rf "$T"
	exit "$status"
}

# --- the programs and the store

build_load() {
	mkdir -p "$BUILD/bench"
	[ "$BUILD/bench/load" -nt "$TOP/tests/bench/load.c" ] ||
		"${CC:-gcc}" -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -O2 -pthread -o "$BUILD/bench/load" "$TOP/tests/bench/load.c" || stop "load.c does not build"
}

# Debian's source of fuse3, by an apt directory of our own: the machine's need not list sources, and is left as it is.
fetch_fuse() {
	local d=$1 list opt
	mkdir -p "$d/parts" "$d/lists/partial" "$d/cache/archives/partial"
	for list in /etc/apt/sources.list.d/*.sources; do
		! grep -qE '^URIs:.*/debian(-security)?/?$' "$list" 2>/dev/null || sed 's/^Types:.*/Types: deb-src/' "$list" >"$d/parts/${list##*/}"
	done
	for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
		! grep -qE '^deb .*/debian(-security)?/? ' "$list" 2>/dev/null || sed -nE 's/^deb (.*\/debian(-security)?\/? .*)/deb-src \1/p' "$list" >"$d/parts/${list##*/}.list"
	done
	opt=(-q -o "Dir::Etc::sourcelist=/dev/null" -o "Dir::Etc::sourceparts=$d/parts" -o "Dir::State::lists=$d/lists" -o "Dir::Cache=$d/cache" -o APT::Sandbox::User=root)
	(cd "$d" && apt-get "${opt[@]}" update && apt-get "${opt[@]}" source --download-only fuse3) >"$d/apt.log" 2>&1 &&
		python3 -m tarfile -e "$d"/fuse3_*.orig.tar.?z "$d/fuse3" && mv "$d"/fuse3/*/example/passthrough_ll.c "$d"/fuse3/*/example/passthrough_helpers.h "$d"
}

# Splice off; and, for the second, one buffer a thread.
NO_SPLICE='conn->want \&= ~(unsigned)(FUSE_CAP_SPLICE_READ | FUSE_CAP_SPLICE_WRITE | FUSE_CAP_SPLICE_MOVE);'
ONE_BUFFER='static __thread char *own; ssize_t n; if (!own) own = malloc(1 << 20); n = pread(fi->fh, own, size, offset); if (n < 0) fuse_reply_err(req, errno); else fuse_reply_buf(req, own, n);'
build_peer() {
	local d=$BUILD/peer/source flags
	[ ! -x "$BUILD/peer/passthrough-buffer" ] || return 0
	rm -rf "$d"
	fetch_fuse "$d" || return 1
	sed -i -E "/^static void lo_init/,/^}/ s/^(.*\*lo = .*)$/\1\n\t$NO_SPLICE/" "$d/passthrough_ll.c"
	sed -E "/^static void lo_read\(/,/^}/ s/^(\tfuse_reply_data.*)$/\t$ONE_BUFFER/" "$d/passthrough_ll.c" >"$d/buffer.c"
	grep -q SPLICE_WRITE "$d/passthrough_ll.c" && grep -q '\*own' "$d/buffer.c" || return 1
	read -ra flags < <(pkg-config --cflags --libs fuse3)
	gcc -O2 -w -o "$BUILD/peer/passthrough" "$d/passthrough_ll.c" "${flags[@]}" && gcc -O2 -w -o "$BUILD/peer/passthrough-buffer" "$d/buffer.c" "${flags[@]}"
}

custody_as() {
	local uid=$1
	shift
	as "$uid" "$T/bin/custody" -m "$M" "$@"
}
make_store() {
	local r="custody_as $ADMIN register"
	{
		"$BUILD/mkfs.custodyfs" --admin $ADMIN --admin-name bench --admin-number A001 "$T/store" && mount_store &&
			$r unit 370830001003 unit && $r device WS00017 --unit unit &&
			$r person 083017 officer --uid 0 --unit unit --roles officer --formal --certified 2020-01-01 &&
			$r person P041 approver --uid $APPROVER --roles approver --formal
	} >"$T/setup.log" 2>&1 || stop "the store cannot be made: $(tail -n 5 "$T/setup.log")"
	FOLDER=$M/by-unit/unit/WS00017/083017/$(TZ=UTC-8 date +%F)/未立案
	mkdir -p "$FOLDER" || stop "no folder to deposit in"
}

# Reading needs an approval; for days, so that no bench outlasts it.
approve() {
	local id
	id=$("$T/bin/custody" -m "$M" --json request "$@" --purpose bench --to "$(TZ=UTC-8 date -d '+7 days' +%F)" | grep -oE '"id": *[0-9]+' | head -n 1 | grep -oE '[0-9]+') &&
		custody_as $APPROVER approve "$id" >/dev/null || stop "no approval to read"
}

# --- measuring

no_digest_pending() { custody_as "$ADMIN" --json status | grep -qE '"digests_pending": *0\b'; }
quiet() {
	until_true no_digest_pending || stop "digests are still pending after a minute"
	sync -f "$T"
}
# Memory that the machine really has (see above), for what comes next.
warm_memory() {
	head -c $((2 * MIB * 1048576)) /dev/zero >"$T/warm" || stop "cannot write $T/warm"
	rm "$T/warm"
}
load() { "$BUILD/bench/load" "$@" || stop "failed: load $1"; }

declare -A SERIES               # name → figures, one a round
note() { SERIES[$1]="${SERIES[$1]:-} $2"; }
sorted() { tr -s ' ' '\n' <<<"${SERIES[$1]:-}" | grep . | sort -g; }
median() { sorted "$1" | awk '{x[NR] = $1} END {if (NR) printf "%.6g\n", NR % 2 ? x[(NR + 1) / 2] : (x[NR / 2] + x[NR / 2 + 1]) / 2}'; }
lowest() { sorted "$1" | head -n 1; }
highest() { sorted "$1" | tail -n 1; }

speed() { awk -v b=$((MIB * 1048576)) -v s="$1" 'BEGIN {printf "%.1f\n", b / s / 1e6}'; }
# Drops a file from the page cache, and no other.
forget() { dd if="$1" of=/dev/null iflag=nocache count=0 status=none; }
# clocked SERIES COMMAND…: the speed at which it copies the source.
clocked() {
	local name=$1 begun
	shift
	warm_memory
	begun=$EPOCHREALTIME
	"$@" || stop "failed: $*"
	note "$name" "$(speed "$(awk -v a="$begun" -v b="$EPOCHREALTIME" 'BEGIN {printf "%.6f\n", b - a}')")"
}
copy_sync() { cp "$1" "$2" && sync "$2"; }
copy_sum() { cp "$1" "$2" && sha256sum "$2" >"$T/sum"; }

bench_deposit() {
	local i
	for i in $(seq "$RUNS"); do
		progress "deposits, round $i of $RUNS"
		quiet
		clocked deposit cp "$T/source.mp4" "$FOLDER/big-$i.mp4"
		quiet
		unmount_store           # with the mount go its pages
		forget "$(blob "$i")"
		mount_store
		clocked copy cp "$T/source.mp4" "$T/copy"
		rm "$T/copy"
		quiet
		clocked copy_sync copy_sync "$T/source.mp4" "$T/copy"
		rm "$T/copy"
		quiet
		clocked copy_sum copy_sum "$T/source.mp4" "$T/copy"
		rm "$T/copy"
	done
}

# An item's content in the store.
blob() { printf '%s/store/blob/000000/000/%012d' "$T" "$1"; }

# pass FILE SERIES: reads it once, and whole.
pass() {
	local bytes took
	warm_memory
	read -r bytes took < <(load read "$1")
	[ "${bytes:-0}" = $((MIB * 1048576)) ] || stop "$1: ${bytes:-nothing} was read"
	note "$2" "$(speed "$took")"
}
bench_reads() {
	local i peer
	for i in $(seq "$RUNS"); do
		progress "reads, round $i of $RUNS"
		cat "$T/plain/big" "$(blob 1)" >/dev/null
		mount_store
		quiet
		pass "$FOLDER/big-1.mp4" read_first
		pass "$FOLDER/big-1.mp4" read_second
		unmount_store
		for peer in passthrough passthrough-buffer; do
			[ -x "$BUILD/peer/$peer" ] || continue
			mount_peer $peer
			pass "$T/peer/big" "${peer}_first"
			pass "$T/peer/big" "${peer}_second"
			unmount_peer
		done
	done
}

# timed SERIES LOAD-ARGUMENT…: operations a second, and the latencies.
timed() {
	local name=$1 ops took p50 p99
	shift
	read -r ops took p50 p99 < <(load "$@")
	[ -n "${p99:-}" ] || stop "no figures: load $*"
	note "${name}_rate" "$(awk -v n="$ops" -v s="$took" 'BEGIN {printf "%.1f\n", n / s}')"
	note "${name}_p50" "$p50"
	note "${name}_p99" "$p99"
}
bench_small() {
	local i
	for i in $(seq "$RUNS"); do
		progress "small files, round $i of $RUNS"
		quiet
		timed create_1 create 1 $FILES $SMALL "$FOLDER"
		quiet
		timed create_16 create 16 $FILES_16 $SMALL "$FOLDER"
		quiet
		timed plain_1 create-sync 1 $FILES $SMALL "$T/small"
		timed plain_16 create-sync 16 $FILES_16 $SMALL "$T/small"
		rm "$T"/small/*
	done
}
bench_opens() {
	local i item=("$FOLDER"/read-*.jpg)
	for i in $(seq "$RUNS"); do
		progress "opens, round $i of $RUNS"
		quiet
		timed open_1 open 1 $OPENS "${item[0]}"
		timed open_16 open 16 $OPENS_16 "${item[@]}"
		timed open_big open 1 50 "$FOLDER/big-1.mp4"
	done
}

progress() { [ ! -t 2 ] || printf '\r\033[K%s' "${1:-}" >&2; }

# --- telling

# row LABEL SERIES UNIT
row() {
	if [ -z "${SERIES[$2]:-}" ]; then printf '  %-44s %12s\n' "$1" 'not measured'; return; fi
	printf '  %-44s %12s %-5s %12s .. %s\n' "$1" "$(median "$2")" "$3" "$(lowest "$2")" "$(highest "$2")"
}
# Figures of the same round are divided, and the median taken, so that a load that comes and goes weighs on both alike.
# ratio SERIES SERIES…: against the fastest of the latter
ratio() {
	local name
	for name in "$@"; do
		[ -z "${SERIES[$name]:-}" ] || printf '%s %s\n' "$name" "${SERIES[$name]}"
	done | awk -v mine="$1" '
		$1 == mine {for (i = 2; i <= NF; i++) a[i] = $i; n = NF}
		$1 != mine {for (i = 2; i <= NF; i++) if ($i > b[i]) b[i] = $i}
		END {for (i = 2; i <= n; i++) if (b[i] > 0) print a[i] / b[i]}' | sort -g |
		awk '{x[NR] = $1} END {if (NR) printf "%.2f\n", NR % 2 ? x[(NR + 1) / 2] : (x[NR / 2] + x[NR / 2 + 1]) / 2}'
}
TARGETS=()
# target LABEL RATIO LEAST
target() {
	local verdict=missed
	if [ -z "$2" ]; then
		verdict='not measured'
	elif awk -v a="$2" -v b="$3" 'BEGIN {exit !(a >= b)}'; then
		verdict=met
	fi
	[ "$verdict" = met ] || FAILED=1
	TARGETS+=("$(printf '{"target": "%s", "ratio": %s, "least": %s, "verdict": "%s"}' "$1" "${2:-null}" "$3" "$verdict")")
	printf '  %-58s %6s >= %-5s %s\n' "$1" "${2:--}" "$3" "$verdict"
}
machine() {
	printf '%s CPUs, %s; Linux %s; %s on %s' "$(nproc)" "$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)" "$(uname -r)" "$(findmnt -n -o FSTYPE -T "$T")" "$DIR"
}

tell() {
	progress
	printf 'custodyfs bench: %s MiB, median of %s (lowest .. highest)\n%s; load %s\n\n' "$MIB" "$RUNS" "$(machine)" "$(cut -d' ' -f1-3 /proc/loadavg)"
	printf 'Copying %s MiB\n' "$MIB"
	row "cp into the mount, until it returns" deposit MB/s
	row "cp, then sync FILE" copy_sync MB/s
	row "cp, then sha256sum" copy_sum MB/s
	row "cp alone (nothing durable)" copy MB/s
	printf 'Reading %s MiB in order, 1 MiB at a time\n' "$MIB"
	row "custodyfs, logged and verified, first pass" read_first MB/s
	row "custodyfs, second pass" read_second MB/s
	row "passthrough_ll without splice, first pass" passthrough_first MB/s
	row "passthrough_ll without splice, second pass" passthrough_second MB/s
	row "  with one buffer a thread, first pass" passthrough-buffer_first MB/s
	row "  with one buffer a thread, second pass" passthrough-buffer_second MB/s
	printf 'Open, read 1 byte, close\n'
	row "100 KiB item, 1 at a time: p50" open_1_p50 µs
	row "                           p99" open_1_p99 µs
	row "100 KiB items, 16 at a time: p50" open_16_p50 µs
	row "                             p99" open_16_p99 µs
	row "                             rate" open_16_rate /s
	row "$MIB MiB item, 1 at a time: p50" open_big_p50 µs
	printf 'Create, write 100 KiB, close\n'
	row "1 writer" create_1_rate /s
	row "16 writers" create_16_rate /s
	row "1 writer: p50" create_1_p50 µs
	row "16 writers: p50" create_16_p50 µs
	row "the file system below, with fsync, 1 writer" plain_1_rate /s
	row "the file system below, with fsync, 16 writers" plain_16_rate /s
	printf 'Memory\n  %-44s %12s MiB\n\nTargets\n' "the daemon's peak (VmHWM)" $(((PEAK + 512) / 1024))
	target "deposit against cp + sync" "$(ratio deposit copy_sync)" 0.5
	target "deposit against cp + sha256sum" "$(ratio deposit copy_sum)" 1.5
	target "read against passthrough (the faster one), first pass" "$(ratio read_first passthrough_first passthrough-buffer_first)" 0.5
	target "read against passthrough (the faster one), second pass" "$(ratio read_second passthrough_second passthrough-buffer_second)" 0.8
	[ "$FAILED" = 0 ] || printf '\nNot every target is met.\n'
}

write_json() {
	local name comma=''
	{
		printf '{"mib": %s, "runs": %s, "machine": "%s", "peak_kib": %s,\n "series": {' "$MIB" "$RUNS" "$(machine)" "$PEAK"
		for name in $(printf '%s\n' "${!SERIES[@]}" | sort); do
			printf '%s\n  "%s": {"median": %s, "all": [%s]}' "$comma" "$name" "$(median "$name")" "$(xargs -n 1 <<<"${SERIES[$name]}" | paste -sd, -)"
			comma=,
		done
		printf '},\n "targets": [\n  %s]}\n' "$(printf '%s\n' "${TARGETS[@]}" | paste -sd, -)"
	} >"$JSON" || stop "cannot write $JSON"
}

prepare() {
	local free need=$((MIB * (RUNS + 5) + 1024))
	[ -x "$BUILD/custodyfs" ] || stop "build it first: make"
	free=$(df -P -m "$DIR" | awk 'NR == 2 {print $4}')
	[ "${free:-0}" -ge "$need" ] || stop "$DIR has no $need MiB free; name another with --dir"
	build_load
	progress "building libfuse's passthrough example"
	build_peer || printf 'bench: the passthrough example could not be fetched and built (%s); its targets count as not met\n' "$BUILD/peer/source/apt.log" >&2
	T=$(mktemp -d "$DIR/custodyfs-bench.XXXXXX") || exit 2
	trap finish EXIT
	trap 'exit 130' INT TERM
	M=$T/mnt
	chmod 755 "$T"
	mkdir "$M" "$T/peer" "$T/plain" "$T/small" "$T/bin"
	cp "$BUILD/custody" "$T/bin/"
	progress "writing the source"
	head -c $((MIB * 1048576)) /dev/urandom >"$T/source.mp4" || stop "cannot write the source"
	ln "$T/source.mp4" "$T/plain/big"
	head -c $SMALL "$T/source.mp4" >"$T/small.jpg"
}

prepare
make_store
bench_deposit
for n in $(seq 16); do cp "$T/small.jpg" "$FOLDER/read-$n.jpg" || stop "cannot deposit"; done
approve "$FOLDER/big-1.mp4" "$FOLDER"/read-*.jpg
quiet
bench_opens
bench_small
quiet
unmount_store
bench_reads
tell
[ -z "$JSON" ] || write_json
exit $FAILED
