# sshd on loopback as 王建国's own, with a key of his.  Sourced after lib.sh.
#   sshd_start [subsystem]      PORT is then where it listens, SSH the options that a client needs
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

sshd_start() {
	local subsystem=${1:-/usr/lib/openssh/sftp-server}
	accounts
	PORT=$(free_port)
	client mkdir -m 700 "$T/home/.ssh"
	known_client ssh-keygen -q -t ed25519 -N '' -f "$T/home/.ssh/host"
	known_client ssh-keygen -q -t ed25519 -N '' -f "$T/home/.ssh/id"
	client cp "$T/home/.ssh/id.pub" "$T/home/.ssh/authorized_keys"
	client tee "$T/home/.ssh/sshd" >/dev/null <<-CONF
		ListenAddress 127.0.0.1
		Port $PORT
		HostKey $T/home/.ssh/host
		PidFile none
		UsePAM no
		StrictModes no
		AuthorizedKeysFile $T/home/.ssh/authorized_keys
		Subsystem sftp $subsystem
	CONF
	server_start setpriv --reuid=$WANG --regid=$WANG --clear-groups -- /usr/sbin/sshd -D -e -f "$T/home/.ssh/sshd" >"$T/sshd.log" 2>&1
	eventually "sshd listens" listens "$PORT"
	# shellcheck disable=SC2034 # for the scripts
	SSH=(-q -P "$PORT" -i "$T/home/.ssh/id" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes)
}

# A client program of ssh that is killed half way (scp -O writes a MiB at a time); it is to be slowed down by its -l.
killed_half_way() {        # NAME COMMAND…
	local name=$1 pid
	shift
	server_start setpriv --reuid=$WANG --regid=$WANG --clear-groups -- "$@"
	pid=${SERVERS[-1]}
	unset 'SERVERS[-1]'
	until_true reaches "$name" $((1 << 20))
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null
	return 1
}
