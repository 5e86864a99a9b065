#!/usr/bin/env bash
# curl -o, from a server on loopback; -R keeps the time that the server tells.
. "$(dirname "$0")/lib.sh"
client_begin in "curl -o" curl
PORT=$(free_port)
/usr/bin/python3 -m http.server --bind 127.0.0.1 --directory "$T/card" "$PORT" >/dev/null 2>&1 &
SERVERS+=($!)
eventually "the server is up" listens "$PORT"
copy() { client curl -sS -f -R -o "$D/${1##*/}" "http://127.0.0.1:$PORT/${1##*/}"; }
ok "curl exits 0" copy "$CLIP"
arrived "$CLIP" seconds
alone 1
for_good
broken_off killed full
servers_end
unmount_store
