#!/usr/bin/env bash
# curl -o, from a server on loopback; -R keeps the time that the server tells.  A server that breaks off: curl closes what it has as if it were all.
. "$(dirname "$0")/lib.sh"
client_begin in "curl -o" curl
remark "where the server breaks off, what came is kept as whole, unless --remove-on-error"
PORT=$(free_port)
cat >"$T/server.py" <<'PY'
import http.server, os, sys

class Half(http.server.SimpleHTTPRequestHandler):
    def copyfile(self, source, out):
        if os.path.exists('half'):              # the length was told already
            out.write(source.read(int(os.path.getsize(source.name) * 0.6)))
        else:
            super().copyfile(source, out)

os.chdir(sys.argv[2])
http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Half).serve_forever()
PY
/usr/bin/python3 "$T/server.py" "$PORT" "$T/card" >/dev/null 2>&1 &
SERVERS+=($!)
eventually "the server is up" listens "$PORT"
copy() { client curl -sS -f -R "${HOW[@]}" -o "$D/${1##*/}" "http://127.0.0.1:$PORT/${1##*/}"; }
cut_off() {
	touch "$T/card/half"
	HOW=(--remove-on-error)
	copy "$1"
	status=$?
	HOW=()
	rm "$T/card/half"
	return $status
}
HOW=()
ok "curl exits 0" copy "$CLIP"
arrived "$CLIP" seconds
alone 1
for_good
broken_off killed cut full
servers_end
unmount_store
