# smbd on loopback with the share as it is shipped (contrib/samba), for 王建国 and 张明远.  Sourced after lib.sh.
#   smbd_start          PORT is then where it listens, SMB what smbclient needs
#   smb COMMAND         smbclient as 王建国, in the folder $D
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
SMB_PATH=by-unit/中都所/WS00017/083017/$DAY/未立案

smbd_start() {
	local who
	accounts
	PORT=$(free_port)
	mkdir -p "$T/smb/private" "$T/smb/cache"
	cat >"$T/smb/smb.conf" <<-CONF
		[global]
		workgroup = EVIDENCE
		server role = standalone server
		interfaces = lo
		bind interfaces only = yes
		smb ports = $PORT
		private dir = $T/smb/private
		lock directory = $T/smb/cache
		state directory = $T/smb/cache
		cache directory = $T/smb/cache
		pid directory = $T/smb/cache
		ncalrpc dir = $T/smb/cache/ncalrpc
		passdb backend = tdbsam:$T/smb/private/passdb.tdb
		log file = $T/smb/log
		log level = 1
		load printers = no
		disable spoolss = yes
		server multi channel support = no
		smb2 max write = 1048576
		deadtime = 15
		socket options = TCP_NODELAY SO_KEEPALIVE TCP_KEEPIDLE=30 TCP_KEEPINTVL=10 TCP_KEEPCNT=3
		map to guest = never
	CONF
	sed "s|^\tpath = .*|\tpath = $M|; s|^\tfull_audit:syslog = .*|\tfull_audit:syslog = no|" "$TOP/contrib/samba/custodyfs.conf" >>"$T/smb/smb.conf"
	for who in wangjianguo zhangmingyuan; do
		printf 'secret\nsecret\n' | on_server smbpasswd -c "$T/smb/smb.conf" -s -a $who >"$T/smb/passwd.log" 2>&1 || fail "$who has a password" "$(cat "$T/smb/passwd.log")"
	done
	server_start smbd --foreground --configfile="$T/smb/smb.conf" >"$T/smb/out" 2>&1 </dev/null
	SMB=(-s "$T/smb/smb.conf" -p "$PORT" -U wangjianguo%secret //127.0.0.1/evidence -D "$SMB_PATH")
	eventually "smbd listens" listens "$PORT"
}
smb() { client smbclient "${SMB[@]}" -c "$1"; }
