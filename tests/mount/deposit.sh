#!/usr/bin/env bash
# One file's whole way: in, sealed, refused, asked for, approved, read on the record, verified.
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-03-14T18:30
mount_store
people
make_folder 2023-03-14
D=$(folder_of 2023-03-14)
head -c 300001 /dev/urandom >"$T/clip.mp4"
chmod 644 "$T/clip.mp4"
ok "the officer copies a file in" as $WANG cp -p "$T/clip.mp4" "$D/clip.mp4"
is "its size and time are the source's" "$(stat -c '%s %y' "$T/clip.mp4")" "$(as $WANG stat -c '%s %y' "$D/clip.mp4")"
fails EPERM "appending is refused" as $WANG sys write "$D/clip.mp4" O_WRONLY,O_APPEND x
fails EACCES "reading is refused without a grant" as $WANG sys read "$D/clip.mp4"
ok "another asks to read" custody_as $ZHANG request "$D/clip.mp4" --purpose 核对进货查验
ok "the approver agrees" custody_as $CHEN approve 1
is "the bytes are the source's" "$(sha_of "$T/clip.mp4")" "$(as $ZHANG cat "$D/clip.mp4" | sha256sum | cut -d' ' -f1)"
ok "all content verifies" custody_as $ADMIN verify --all
unmount_store
