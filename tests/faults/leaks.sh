#!/usr/bin/env bash
# A short session under valgrind: the daemon loses no memory and uses none that it should not.
. "$(dirname "$0")/../lib.sh"
if ldd "$T/bin/custodyfs" | grep -qE 'lib(a|t)san'; then
	skip "the daemon under valgrind" "built with a sanitizer, which does not go with it"
	exit 0
fi
new_store --test-clock=2023-03-14T18:30
valgrind --quiet --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite --error-exitcode=9 --child-silent-after-fork=yes \
	--log-file="$T/valgrind" custodyfs "$T/store" "$M" -f -o settle=1 >"$T/log" 2>&1 &
DAEMON=$!
until_true mounted_or_dead
ok "it mounts under valgrind" mountpoint -q "$M"
people
make_folder 2023-03-14
D=$(folder_of 2023-03-14)
head -c 1300001 /dev/urandom >"$T/clip.mp4"
chmod 644 "$T/clip.mp4"
ok "a deposit" as $WANG cp -p "$T/clip.mp4" "$D/clip.mp4"
as $WANG cp "$T/clip.mp4" "$D/second.mp4"
as $WANG mv "$D/second.mp4" "$D/renamed.mp4"
as $WANG setfattr -n user.DOSATTRIB -v 0x20 "$D/renamed.mp4"
as $WANG getfattr -d -m - "$D/clip.mp4" >/dev/null 2>&1
as $WANG cp "$T/clip.mp4" "$D/withdrawn.mp4"
as $WANG rm "$D/withdrawn.mp4"
as $WANG sh -c 'head -c 3000000 /dev/zero | tee "$1" | head -c 1 >/dev/null' sh "$D/broken.mp4"
as $WANG sh -c ': >"$1"; cat "$2" >>"$1"' sh "$D/reopened.mp4" "$T/clip.mp4"
until_true is_settled "$D/clip.mp4"    # before that its depositor may unlink it
for verb in "write $D/clip.mp4 O_WRONLY x" "truncate $D/clip.mp4 0" "unlink $D/clip.mp4" "rename $D/clip.mp4 $D/x" "link $D/clip.mp4 $D/l" "symlink x $D/s" \
	"mknod $D/m" "chmod $D/clip.mp4 600" "mkdir $D/sub" "setflags $D/clip.mp4 O_RDONLY" "read $D/clip.mp4" "setxattr $D/clip.mp4 user.x y" \
	"getxattr $D/clip.mp4 user.custody.why" "write $D/bad:name O_WRONLY,O_CREAT x"; do
	# shellcheck disable=SC2086
	as $WANG sys $verb >/dev/null
done
as $STRANGER ls "$D" >/dev/null 2>&1
custody_as $ZHANG request "$D/clip.mp4" --purpose 核对进货查验 >/dev/null
custody_as $CHEN approve 1 >/dev/null
ok "a reading" as $ZHANG cmp "$T/clip.mp4" "$D/clip.mp4"
as $ZHANG head -c 10 "$D/clip.mp4" >/dev/null
for what in units devices people cases items incomplete withdrawn requests; do custody_as $ADMIN list $what >/dev/null; done
custody_as $ADMIN log >/dev/null
custody_as $ADMIN show "$D/clip.mp4" >/dev/null
custody_as $WANG why "$D/clip.mp4" >/dev/null
custody_as $ADMIN status >/dev/null
ok "a scrub" custody_as $ADMIN verify --all
ok "the ledger holds" custody_as $ADMIN ledger verify
custody_as $ADMIN ledger publish "$T/published" >/dev/null 2>&1
custody_as $CHEN revoke 1 >/dev/null
find "$M" >/dev/null 2>&1
unmount_store
is "nothing leaked, nothing misused" "" "$(head -n 60 "$T/valgrind")"
