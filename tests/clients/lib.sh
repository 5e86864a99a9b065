# Sourced by every script of the matrix: what one real client does by habit, on a mount of its own, with the settle window as it is by default.
# A script is one client.  When it ends, its line for the README's table (client, version, result, remark) is in $BUILD/clients; table.sh gathers them.
#
#   client_begin KIND CLIENT PACKAGE      KIND: in (copying in) or open; makes the store, mounts it, and makes the folder $D of 王建国's
#   remark TEXT                           what the table is to say beside "works"
#   client COMMAND…                       runs it as 王建国: what the client is
#   client_start COMMAND…                 the same, in the background, as process CLIENT_PID
#   copy SOURCE [NAME]                    defined by the script: copies SOURCE into $D with the client; what `broken_off` calls
#   arrived SOURCE [now|seconds] [NAME]   that file is in $D: digest, time and name as the source's; now: the client keeps no time; seconds: nothing finer
#   alone N [WITHDRAWN [INCOMPLETE]]      and nothing else is in the store, nothing was refused (but $REFUSED), and the ledger was not flooded
#   for_good                              time goes by: everything is sealed, and stays as it is
#   broken_off HOW…                       killed, killed-SIGNAL, full, cut (by cut_off SOURCE NAME of the script): at 60 % of a copy; nothing partial is seen, the retry succeeds
#   reaches NAME BYTES                    so much of it has come
#   granted PATH…                         張明远 gets a grant for all in $D; reader COMMAND… runs it as him
#   accounts                              users of those uids, for servers that look them up: on_server COMMAND… runs it, as root, where they exist; server_start COMMAND…
#   free_port                             prints one
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
RECORDS=$BUILD/clients
DAY=2023-03-14
CLIP=$T/card/WS00017_083017_20230314093012_0001.mp4
CLIP_SIZE=3000017
CLIENT='' REMARK='' LIMIT=() SERVERS=()

version_of() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null | sed -E 's/^[0-9]+://; s/[-+~][^-]*$//; s/[+~](dfsg|ds|really).*//'; }
remark() { REMARK=${REMARK:+$REMARK; }$1; }

# The line of the table, when all else is known.
cleanup() {
	umount -l "$T/store" 2>/dev/null
	declare -F client_cleanup >/dev/null && client_cleanup
	[ -n "$CLIENT" ] || return 0
	local result=works
	[ "$FAILED" = 0 ] && [ "${status:-0}" = 0 ] || result=fails
	mkdir -p "$RECORDS"
	printf '%s\t%s\t%s\t%s\t%s\n' "$KIND" "$CLIENT" "$VERSION" "$result" "$REMARK" >"$RECORDS/$(basename "$0" .sh).tsv"
}

# Servers hold the mount; they go first.
servers_end() {
	local pid
	for pid in "${SERVERS[@]}"; do
		kill "$pid" 2>/dev/null
	done
	for pid in "${SERVERS[@]}"; do
		wait "$pid" 2>/dev/null
	done
	SERVERS=()
}
trap 'status=$?; servers_end; (exit $status); finish' EXIT

make_clip() {           # FILE SIZE TIME
	head -c "$2" /dev/urandom >"$1"
	chmod 644 "$1"
	touch -d "$3" "$1"
}

client_begin() {
	KIND=$1 CLIENT=$2 VERSION=$(version_of "$3")
	[ -n "$VERSION" ] || fail "$3 is installed"
	mkdir "$T/store" "$T/card"
	mount -t tmpfs -o "size=${STORE_SIZE:-128m}" none "$T/store"
	new_store --test-clock=${DAY}T18:30
	mount_store
	people
	make_folder $DAY
	D=$(folder_of $DAY)
	make_clip "$CLIP" $CLIP_SIZE 2023-03-14T09:30:12.123456789+08:00
	mkdir -m 700 "$T/home"
	chown $WANG:$WANG "$T/home"
	LEDGER=$(ledger_size)
	BEGUN=$(date +%s) CLOCK=$(clock_of)
}
clock_of() { date -d "$(custody_as $ADMIN --json status | json 'd["wall"]')" +%s; }
# By the store's clock; or by the machine's, where the client tells the time of writing itself.
came_now() { if between "$1" "$BEGUN" "$(date +%s)" || between "$1" "$CLOCK" "$(clock_of)"; then echo yes; else date -d "@$1"; fi; }
between() { [ "$1" -ge $(($2 - 2)) ] && [ "$1" -le "$3" ]; }

client() { setpriv --reuid=$WANG --regid=$WANG --clear-groups -- env HOME="$T/home" "${LIMIT[@]}" "$@"; }
# shellcheck disable=SC2034 # CLIENT_PID is for the scripts
client_start() { setpriv --reuid=$WANG --regid=$WANG --clear-groups -- env HOME="$T/home" "$@" & CLIENT_PID=$!; }
reader() { setpriv --reuid=$ZHANG --regid=$ZHANG --clear-groups -- env HOME="$T/reader" "$@"; }
ledger_size() { custody_as $ADMIN --json status | json 'd["ledger"]["size"]'; }
seals() { [[ $(state_of "$1") = sealed* ]]; }
blob_of() { find "$T/store/blob" -type f -name "$(printf '%012d' "$(attr_of $WANG "$1" id)")"; }
names_in() { as $WANG ls -A "$1" | xargs; }
listed() { custody_as $LI --json list "$1" | json 'len(d["rows"])'; }
has_digest() { [ "$(attr_of $WANG "$1" sha256)" = "$2" ]; }

arrived() {
	local source=$1 how=${2:-kept} to=$D/${3:-${1##*/}} name=${3:-${1##*/}} sha got
	sha=$(sha_of "$source")
	eventually "$name is sealed" seals "$to"
	is "$name: the bytes are the source's" "$sha" "$(sha_of "$(blob_of "$to")")"
	eventually "$name: so is the digest on the record" has_digest "$to" "$sha"
	got=$(as $WANG stat -c %y "$to")
	case $how in
	kept) is "$name: its time is the source's" "$(stat -c %y "$source")" "$got" ;;
	seconds) is "$name: its time is the source's, to the second" "$(stat -c %Y "$source")" "$(as $WANG stat -c %Y "$to")" ;;
	now) is "$name: its time is when it came" yes "$(came_now "$(as $WANG stat -c %Y "$to")")" ;;
	esac
}

alone() {
	local many=$1
	is "$many in the store, and nothing else" "$many items, ${2:-0} withdrawn, ${3:-0} incomplete" \
		"$(listed items) items, $(listed withdrawn) withdrawn, $(listed incomplete) incomplete"
	is "nothing was refused${REFUSED:+ but what is known}" "${REFUSED:-}" "$(events | json '[r["details"]["verb"] + " " + r["details"]["path"] for r in rows if r["event"] == "refused"]')"
	many=$((many + ${2:-0} + ${3:-0}))
	is "the ledger has a few lines an item" "few" "$(grown=$(($(ledger_size) - LEDGER)); [ $grown -le $((many * 12)) ] && echo few || echo "$grown for $many")"
}

for_good() {
	local state
	custody_as $ADMIN clock set 2023-03-14T20:00 >/dev/null
	state=$(custody_as $ADMIN --json list items | json 'sorted(set(r["state"] + " " + str(r["settling"]) for r in d["rows"]))' | xargs)
	is "later all is sealed for good" "sealed False" "$state"
	state=$(as $WANG find "$D" -type f -exec sys open {} O_WRONLY \; | sort -u | xargs)
	is "and nothing of it can be written to, by root either" EPERM "$state"
	ok "all content verifies" custody_as $ADMIN verify --all
}

# Fills the disk but for N bytes.
leave_room() {
	local free
	free=$(stat -f -c '%a %S' "$T/store" | { read -r a b && echo $((a * b)); })
	fallocate -l $((free - $1)) "$T/store/filler"
}

reaches() { [ "$(as $WANG stat -c %s "$D/$1" 2>/dev/null || echo 0)" -ge "$2" ]; }
gone() { [ "$(as $WANG sys stat "$1")" = ENOENT ]; }
more_kept() { [ $(($(listed incomplete) + $(listed withdrawn))) -gt "$1" ]; }

# One break at 60 %, and the retry.
broken_off() {
	local how name kept act
	for how in "$@"; do
		name=${TAG:-}$how.mp4
		make_clip "$T/card/$name" $CLIP_SIZE 2023-03-14T10:15:40+08:00
		kept=$(($(listed incomplete) + $(listed withdrawn)))
		case $how in
		killed) LIMIT=(prlimit --core=0 --fsize=$((CLIP_SIZE * 6 / 10))) ;;     # SIGXFSZ, at the write that goes beyond
		killed-*) LIMIT=(strace -f -qq -o /dev/null -P "$D/$name" -e inject=write:signal="${how#*-}":when="${BREAK_AT:-5}") ;;  # where that is ignored
		full) leave_room $((CLIP_SIZE * 6 / 10)) ;;
		esac
		[ "$how" = cut ] && act=cut_off || act=copy
		refused "$how at 60 %: the client says so" $act "$T/card/$name" "$name"
		LIMIT=()
		rm -f "$T/store/filler"
		eventually "$how: what came is kept for the administrator" more_kept "$kept"
		eventually "$how: nothing partial is seen" gone "$D/$name"
		ok "$how: the retry succeeds" copy "$T/card/$name" "$name"
		eventually "$how: it is sealed" seals "$D/$name"
		is "$how: with the bytes of the source" "$(sha_of "$T/card/$name")" "$(sha_of "$(blob_of "$D/$name")")"
		is "$how: nothing else is left in the folder" 1 "$(as $WANG ls -A "$D" | grep -cF "$name")"
	done
}

granted() {
	install -d -m 700 -o $ZHANG -g $ZHANG "$T/reader"
	ok "a reader asks" custody_as $ZHANG request "$@" --purpose 核对进货查验
	ok "and is granted it" custody_as $CHEN approve 1
}

# In a mount namespace of their own, so that the machine's accounts stay as they are.
accounts() {
	cp /etc/passwd "$T/passwd"
	cp /etc/group "$T/group"
	printf 'wangjianguo:x:%d:%d:王建国:%s:/bin/bash\nzhangmingyuan:x:%d:%d:张明远:%s:/bin/bash\n' $WANG $WANG "$T/home" $ZHANG $ZHANG "$T/reader" >>"$T/passwd"
	printf 'wangjianguo:x:%d:\nzhangmingyuan:x:%d:\n' $WANG $ZHANG >>"$T/group"
	chmod 644 "$T/passwd" "$T/group"
}
on_server() {
	# shellcheck disable=SC2016
	unshare --mount --propagation slave -- sh -c 'mount --bind "$1/passwd" /etc/passwd && mount --bind "$1/group" /etc/group && shift && exec "$@"' sh "$T" "$@"
}
# In the background, to be ended with the test.
server_start() {
	# shellcheck disable=SC2016
	unshare --mount --propagation slave -- sh -c 'mount --bind "$1/passwd" /etc/passwd && mount --bind "$1/group" /etc/group && shift && exec "$@"' sh "$T" "$@" &
	SERVERS+=($!)
}
# 王建国's programs that look up who they are.
known_client() { on_server setpriv --reuid=$WANG --regid=$WANG --clear-groups -- env HOME="$T/home" "$@"; }
# Below those that the system gives to connections: nobody takes it between now and the server's start by chance.
free_port() {
	/usr/bin/python3 -c 'import random, socket
low = int(open("/proc/sys/net/ipv4/ip_local_port_range").read().split()[0])
for n in range(1000):
    try: socket.socket().bind(("127.0.0.1", port := random.randrange(low // 2, low)))
    except OSError: continue
    print(port)
    break'
}
listens() { /usr/bin/python3 -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1)' "$1"; }
