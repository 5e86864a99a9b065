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
# What vim says when it is told to change the text and write it back; with "linked" where the item has names in views.
says() {                # HOW reader|client
	rm -f "$T/said/$2"
	"$2" vim -es -u NONE "$F" -c 's/line/LINE/e' -c "try | $1 | catch | call writefile([v:exception], '$T/said/$2') | endtry" -c 'qa!'
	grep -oE "E[0-9]+: .*" "$T/said/$2" 2>/dev/null | sed "s, (.*,,; s,^E166: Can.t open linked,E212: Can't open," || echo "nothing"
}
mkdir -m 777 "$T/said"
is "the reader writing it back with :w is told" "E45: 'readonly' option is set" "$(says w reader)"
for how in 'w!' 'set nobackup nowritebackup | w!' 'set backupcopy=yes | w!' 'set backupcopy=no | w!'; do
	is "the reader writing it back with :$how is told" "E212: Can't open file for writing" "$(says "$how" reader)"
	is "its depositor, too" "E212: Can't open file for writing" "$(says "$how" client)"
done
is "nothing is left beside it" note.txt "$(names_in "$D")"
opened vim.basic
intact "$NOTE"
unmount_store
