#!/usr/bin/env bash
# vim: reads a note under a grant; writing it back fails cleanly, says so, and leaves nothing.
. "$(dirname "$0")/lib_open.sh"
client_begin open "vim, also writing back" vim
remark "writing back is refused, the file intact"
NOTE=$T/card/note.txt
printf 'line 1\nline 2\n' >"$NOTE"
chmod 644 "$NOTE"
deposited "$NOTE"
granted "$F"
ok "vim reads it" reader vim -es -u NONE -n "$F" -c 'w! '"$T/reader/copy" -c 'q!'
is "the text is the source's" "$(sha_of "$NOTE")" "$(sha_of "$T/reader/copy")"
edit() { "$1" vim -es -u "${2:-NONE}" "$F" -c 'set verbosefile='"$T/said.$1" -c 's/line/LINE/' -c "$3" -c 'cq!'; }
touch "$T/said.reader" "$T/said.owner"
chmod 666 "$T"/said.*
owner() { client "$@"; }
for how in 'w' 'w!' 'set nobackup nowritebackup | w!' 'set backupcopy=yes | w!' 'set backupcopy=no | w!'; do
	refused "the reader writing it back with :$how" edit reader NONE "$how"
	refused "its depositor, too" edit owner NONE "$how"
done
ok "vim says that it can't" grep -q "E212: Can't open file for writing" "$T/said.reader"
is "nothing is left beside it" note.txt "$(names_in "$D")"
opened vim.basic
intact "$NOTE"
unmount_store
