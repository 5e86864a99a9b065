#!/usr/bin/env bash
# A folder that changes while it is listed: an entry that stays is listed once, however small the reader's buffer.
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-03-14T18:30
mount_store settle=600 settle_max=600
people
make_folder 2023-03-14
D=$(folder_of 2023-03-14)
cat >"$T/list.py" <<'PY'
# list.py FOLDER BUFFER add|remove: lists it, and adds or withdraws other files, whose names come first, after each time that the kernel was asked
import ctypes, os, struct, sys
folder, size, act = sys.argv[1], int(sys.argv[2]), sys.argv[3]
libc = ctypes.CDLL(None, use_errno=True)
fd, buf, names, n = os.open(folder, os.O_RDONLY | os.O_DIRECTORY), ctypes.create_string_buffer(size), [], 0
while (got := libc.getdents64(fd, buf, ctypes.c_size_t(size))) > 0:
    at = 0
    while at < got:
        length, = struct.unpack_from('<16xH', buf, at)
        names.append(buf.raw[at + 19:at + length].split(b'\0')[0].decode())
        at += length
    for path in ('%s/0%d.tmp' % (folder, 100 + i) for i in range(n, min(n + 5, 200))):
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL)) if act == 'add' else os.unlink(path)
        n += 1
stay = [x for x in names if x.endswith('.jpg')]
print(len(stay), len(set(stay)), 'changed' if n else 'unchanged')
PY
# shellcheck disable=SC2016
as $WANG sh -c 'cd "$1" && for i in $(seq 1000 1399); do : >"$i.jpg"; done' sh "$D"
for buffer in 512 2048 8192; do
	# shellcheck disable=SC2016
	as $WANG sh -c 'cd "$1" && for i in $(seq 100 299); do : >"0$i.tmp"; done' sh "$D"
	is "others go meanwhile, a buffer of $buffer" "400 400 changed" "$(as $WANG /usr/bin/python3 "$T/list.py" "$D" $buffer remove)"
	as $WANG find "$D" -name '*.tmp' -delete
	is "others come meanwhile, a buffer of $buffer" "400 400 changed" "$(as $WANG /usr/bin/python3 "$T/list.py" "$D" $buffer add)"
	as $WANG find "$D" -name '*.tmp' -delete
done
unmount_store
