#!/usr/bin/env bash
# sftp put -p over a real sshd; its connection is cut half way.
. "$(dirname "$0")/lib_ssh.sh"
client_begin in "sftp put -p, over sshd" openssh-client
sshd_start
batch() { printf 'put -p "%s" "%s"\n' "$1" "$D/${1##*/}" >"$T/batch"; }
copy() { batch "$1" && known_client sftp "${SSH[@]}" -b "$T/batch" 127.0.0.1; }
cut_off() { batch "$1" && killed_half_way "$2" sftp "${SSH[@]}" -l 16000 -b "$T/batch" 127.0.0.1; }
ok "sftp exits 0" copy "$CLIP"
arrived "$CLIP" seconds
alone 1
for_good
broken_off cut full
servers_end
unmount_store
