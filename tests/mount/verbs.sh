#!/usr/bin/env bash
# Every verb on an item in every state, by everyone: the table itself is in verbs.c.  Here are the stores, the people and the mounts that it needs.
. "$(dirname "$0")/../lib.sh"
cp "$BUILD/verbs" "$T/bin/"
# shellcheck disable=SC2034      # FAILED is lib.sh's
state() { verbs "$1" "$T/store" "$M" "$T/source.bin" || FAILED=1; }
KASE=汶市监立〔2023〕47号
new_store --test-clock=2023-03-14T18:30
head -c 150000 /dev/urandom >"$T/source.bin"       # leaves of the content tree: two whole ones and a part
chmod 644 "$T/source.bin"

# Without a settle window: what is closed is sealed for good.
mount_store settle=0 settle_max=0
people
custody_as $ADMIN register device WS00018 --unit 中都所 >"$T/more.log"
custody_as $LI register case "$KASE" --party 汶上县刘记百货店 --cause 经营超过保质期食品 --class evidence-30 >>"$T/more.log"
make_folder 2023-03-14
make_folder 2023-03-14 "$KASE"
make_folder 2023-03-13
as $WANG mkdir -p "$M/by-unit/中都所/WS00018/083017/2023-03-14/未立案"
as $LI mkdir -p "$M/by-unit/中都所/WS00017/083022/2023-03-14/未立案"
as $ZHANG mkdir -p "$M/by-unit/稽查大队/WS00023/083031/2023-03-14/未立案"
D=$(folder_of 2023-03-14)
as $WANG cp "$T/source.bin" "$D/settled.bin"
as $LI cp "$T/source.bin" "$D/custodians.bin"
state sealed
state sealed-empty

# Every attempt is on the ledger, coalesced, with its errno.
events --person 083017 >"$T/log.json"
for attempt in open-write:EPERM truncate:EPERM rename:EPERM rename-over:EPERM unlink:EPERM utimens:EPERM chmod:EPERM chown:EPERM setxattr:EOPNOTSUPP removexattr:EOPNOTSUPP \
	open-read:EACCES link:EPERM symlink:EPERM mknod:EPERM mkdir:EPERM; do
	ok "on the ledger: ${attempt%:*} is refused with ${attempt#*:}" grep -q "\"verb\":\"${attempt%:*}\",\"errno\":\"${attempt#*:}\"" "$T/log.json"
done

# The one item that every verb was tried on, read as a reader would.
ok "a reader asks for it" custody_as $ZHANG request "$D/sealed.bin" --purpose 核对
ok "and so does its depositor" custody_as $WANG request "$D/sealed.bin" --purpose 核对
ok "and they are granted it" custody_as $CHEN approve 1
custody_as $CHEN approve 2 >/dev/null
state descriptor
ok "on the ledger: ioctl is refused with EPERM" eval 'events --person 083017 | grep -q "\"verb\":\"ioctl\",\"errno\":\"EPERM\""'
is "after all of that its bytes are the source's" "$(sha_of "$T/source.bin")" "$(as $ZHANG cat "$D/sealed.bin" | sha256sum | cut -d' ' -f1)"
unmount_store

# With a window that outlasts the test.
mount_store settle=3600 settle_max=7200
as $WANG cp "$T/source.bin" "$D/other.bin"
state settling
state settling-empty
state receiving
for name in settled.bin custodians.bin other.bin sealed.bin; do
	ok "$name was never touched" cmp "$T/source.bin" "$T/store/blob/000000/000/$(printf %012d "$(attr_of $WANG "$D/$name" id)")"
done
ok "all content verifies" custody_as $ADMIN verify --all
unmount_store
