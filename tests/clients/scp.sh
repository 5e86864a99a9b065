#!/usr/bin/env bash
# scp -p over a real sshd, by the protocol of sftp and by its own old one (-O); its connection is cut half way.
. "$(dirname "$0")/lib_ssh.sh"
client_begin in "scp -p and scp -O, over sshd" openssh-client
sshd_start
copy() { known_client scp $OLD "${SSH[@]}" -p "$1" "127.0.0.1:$D/${1##*/}"; }
cut_off() { killed_half_way "$2" scp $OLD "${SSH[@]}" -l 16000 -p "$1" "127.0.0.1:$D/$2"; }
OLD=
ok "scp exits 0" copy "$CLIP"
arrived "$CLIP" seconds
alone 1
broken_off cut full
OLD=-O TAG=old-
make_clip "$T/card/old.mp4" $CLIP_SIZE 2023-03-14T10:15:40+08:00
ok "scp -O exits 0" copy "$T/card/old.mp4"
arrived "$T/card/old.mp4" seconds
for_good
broken_off cut full
servers_end
unmount_store
