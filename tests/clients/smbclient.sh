#!/usr/bin/env bash
# Samba, as it is shipped, and smbclient: put, mput; the client goes away half way.
. "$(dirname "$0")/lib_samba.sh"
client_begin in "Samba (contrib/samba), smbclient put and mput" smbclient
smbd_start
copy() { smb "put $1 ${1##*/}"; }
# It reads what it is to send from a pipe that stays open.
cut_off() {
	mkfifo -m 644 "$T/card/pipe"
	exec {feed}<>"$T/card/pipe"
	server_start setpriv --reuid=$WANG --regid=$WANG --clear-groups -- smbclient "${SMB[@]}" -c "put $T/card/pipe $2" >/dev/null 2>&1
	head -c $((CLIP_SIZE * 6 / 10)) "$1" >&$feed
	until_true reaches "$2" 1000000
	kill -KILL "${SERVERS[-1]}"
	wait "${SERVERS[-1]}" 2>/dev/null
	unset 'SERVERS[-1]'
	exec {feed}>&-
	rm "$T/card/pipe"
	return 1
}
ok "put" copy "$CLIP"
arrived "$CLIP" now
alone 1
mkdir "$T/card/more"
for n in 1 2 3; do make_clip "$T/card/more/083017_WS00017_2023031410154${n}_000$n.mp4" 70001 2023-03-14T10:15:40+08:00; done
: >"$T/card/more/empty.log"
chmod 644 "$T/card/more/empty.log"
ok "mput" smb "prompt off; lcd $T/card/more; mput *"
for file in "$T"/card/more/*; do arrived "$file" now; done
alone 5
is "they are listed" 5 "$(smb ls | grep -cE '[.](mp4|log) ')"
is "he may not read them" NT_STATUS_ACCESS_DENIED "$(smb "get ${CLIP##*/} $T/home/got" 2>&1 | grep -o 'NT_STATUS_[A-Z_]*' | head -n 1)"
is "nor put others over them" NT_STATUS_ACCESS_DENIED "$(smb "put $CLIP empty.log; put $CLIP ${CLIP##*/}" 2>&1 | grep -o 'NT_STATUS_[A-Z_]*' | tail -n 1)"
for_good
broken_off cut full
is "nor remove them" NT_STATUS_ACCESS_DENIED "$(smb "del ${CLIP##*/}" 2>&1 | grep -o 'NT_STATUS_[A-Z_]*' | head -n 1)"

# An event on the ledger leads to an address, by smbd's process.
pid=$(events "$D/${CLIP##*/}" | json '[r["subject"]["pid"] for r in rows if r["event"] == "deposit.seal"][0]')
is "the ledger names the person" 王建国 "$(events "$D/${CLIP##*/}" | json '[r["person_name"] for r in rows if r["event"] == "deposit.seal"][0]')"
ok "and smbd's audit where from" grep -q "custodyfs|$pid|wangjianguo|127.0.0.1|.*openat|ok|w|.*${CLIP##*/}" "$T/smb/log"

# 张明远 reads under a grant.
granted "$D/${CLIP##*/}"
ok "another gets it, under a grant" as $ZHANG smbclient "${SMB[@]}" -U zhangmingyuan%secret -c "get ${CLIP##*/} $T/reader/got"
is "the bytes are the source's" "$(sha_of "$CLIP")" "$(sha_of "$T/reader/got")"
# Previews over Samba: where the policy counts smbd among the uninvited readers, nothing is read through it, whatever was approved, and depositing goes on.
custody_as $WANG request "$D/empty.log" "$D/083017_WS00017_20230314101541_0001.mp4" --purpose 核对 >/dev/null && custody_as $CHEN approve 2 >/dev/null
P=083017_WS00017_20230314101541_0001.mp4
ok "with an approval he reads" smb "get $P $T/home/read"
{ custody_as $ADMIN policy show; printf '\n[readers]\nprogram = smbd\n'; } >"$T/policy.ini"
chmod 644 "$T/policy.ini"
custody_as $ADMIN policy load "$T/policy.ini" >/dev/null && custody_as $ZHAO policy agree 1 >/dev/null
BEFORE=$(ledger_size)
refused_read() { smb "get $P $T/home/again" 2>&1 | grep -q NT_STATUS_ACCESS_DENIED; }
ok "under such a policy he does not" refused_read
for n in $(seq 50); do refused_read; done
is "fifty more attempts leave no more than a handful of entries" yes "$([ $(($(ledger_size) - BEFORE)) -le 5 ] && echo yes)"
cp "$CLIP" "$T/card/under-policy.mp4" && chmod 644 "$T/card/under-policy.mp4"
ok "and deposits as before" smb "put $T/card/under-policy.mp4 under-policy.mp4"
eventually "which are sealed" seals "$D/under-policy.mp4"
servers_end
unmount_store
