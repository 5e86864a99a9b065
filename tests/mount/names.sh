#!/usr/bin/env bash
# Names and folders (Art. 16, Q15): what is accepted is found again under every spelling; what is not gets the right errno, one refusal with the right reason on the ledger,
# and makes nothing.
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-03-14T18:30
mount_store settle=3600 settle_max=7200
people
custody_as $LI register case 汶市监立〔2023〕47号 --party 汶上县刘记百货店 --cause 经营超过保质期食品 --class evidence-30 >"$T/more.log"
for n in 1 2 3 4 5 6 7 8 9; do custody_as $ADMIN register device "WS0002$n" --unit 中都所; done >>"$T/more.log"
U=by-unit/中都所
make_folder 2023-03-14
D=$(folder_of 2023-03-14)

tree() { as $WANG find "$M/by-unit" | sort; }
names_in() { as $WANG ls -1A --color=never "$1"; }
repeat() { printf "%0.s$2" $(seq "$1"); }

# --- accepted -------------------------------------------------------------------------------------------------------------------------------------------

accepts() {             # FACT NAME [NAME AS LISTED]
	fails 0 "accepted: $1" as $WANG sys open "$D/$2" O_WRONLY,O_CREAT,O_EXCL
	is "and listed: $1" "${3:-$2}" "$(names_in "$D")"
	as $WANG rm "$D/$2"
}
accepts "255 bytes" "$(repeat 255 x)"
accepts "85 Chinese characters" "$(repeat 85 证)"
accepts "a name that is short enough once composed" "$(repeat 100 $'e\u0301')" "$(repeat 100 $'\u00e9')"
accepts "what cameras write" WS00017_083017_20230314093012_0001.mp4
accepts "full-width brackets and colon, as they are" （杭临）：１.mp4
accepts "case number brackets" 汶市监处罚〔2023〕12号.pdf
accepts "a leading dot" .hidden
accepts "a leading space" " x"
accepts "dots and spaces inside" "a . b.mp4"
accepts "beyond the basic plane" $'\U20bb7\U1f4f7.jpg'
accepts "a quote that is not the ASCII one" $'\u201c\u662f\u201d.txt'

# One letter, two spellings: é composed and decomposed, 한 and its three parts.
for pair in "a letter with an accent:"$'\u00e9:e\u0301' "a Hangul syllable:"$'\ud55c:\u1112\u1161\u11ab'; do
	IFS=: read -r what composed parts <<<"$pair"
	fails 0 "$what: made decomposed" as $WANG sys write "$D/$parts.txt" O_WRONLY,O_CREAT,O_EXCL text
	is "$what: listed composed" "$composed.txt" "$(names_in "$D")"
	fails 0 "$what: found composed" as $WANG sys stat "$D/$composed.txt"
	fails 0 "$what: found decomposed" as $WANG sys stat "$D/$parts.txt"
	is "$what: the same inode" "$(as $WANG stat -c %i "$D/$composed.txt")" "$(as $WANG stat -c %i "$D/$parts.txt")"
	fails EEXIST "$what: not made twice, composed" as $WANG sys open "$D/$composed.txt" O_WRONLY,O_CREAT,O_EXCL
	fails EPERM "$what: not overwritten, composed" as $WANG sys open "$D/$composed.txt" O_WRONLY,O_CREAT,O_TRUNC
	fails 0 "$what: renamed away by its other spelling" as $WANG sys rename "$D/$composed.txt" "$D/plain.txt"
	fails ENOENT "$what: gone, decomposed" as $WANG sys stat "$D/$parts.txt"
	fails ENOENT "$what: gone, composed" as $WANG sys stat "$D/$composed.txt"
	fails 0 "$what: renamed to a decomposed name" as $WANG sys rename "$D/plain.txt" "$D/$parts.txt"
	is "$what: which is listed composed" "$composed.txt" "$(names_in "$D")"
	fails 0 "$what: removed by its other spelling" as $WANG sys unlink "$D/$composed.txt"
	is "$what: and nothing is left" "" "$(names_in "$D")"
	fails ENOENT "$what: under neither" as $WANG sys stat "$D/$parts.txt"
done

fails EEXIST "mkdir of what is there" as $WANG sys mkdir "$D"
fails 0 "mkdir of a registered case" as $WANG sys mkdir "$M/$U/WS00017/083017/2023-03-14/汶市监立〔2023〕47号"
fails 0 "mkdir of a leap day" as $WANG sys mkdir "$M/$U/WS00017/083017/2020-02-29"
fails 0 "mkdir of the first day of the certificate" as $WANG sys mkdir "$M/$U/WS00017/083017/2020-01-01"
fails 0 "rmdir of an empty date folder" as $WANG sys rmdir "$M/$U/WS00017/083017/2020-02-29"
fails ENOENT "which is gone" as $WANG sys stat "$M/$U/WS00017/083017/2020-02-29"
fails 0 "and can be made again" as $WANG sys mkdir "$M/$U/WS00017/083017/2020-02-29"

# --- refused --------------------------------------------------------------------------------------------------------------------------------------------
# Refusals of one kind by one person at one place are one entry, so that each is tried at a place of its own: a date folder a name, a device a date.

for day in $(seq -w 28); do make_folder "2023-02-$day"; done
before=$(tree)
WANTED=()

wants() { WANTED+=("$1"$'\t'"\"verb\":\"$2\",\"errno\":\"$3\",\"reason\":\"$4\",\"path\":\"$5"); }

day=0
bad_name() {            # ERRNO REASON FACT NAME
	local folder
	day=$((day + 1))
	folder=$(folder_of "$(printf 2023-02-%02d $day)")
	fails "$1" "$3" as $WANG sys open "$folder/$4" O_WRONLY,O_CREAT,O_EXCL
	wants "$3" create "$1" "$2" "${folder#"$M/"}/"
}
# shellcheck disable=SC1003 # a backslash
for c in '\' : '*' '?' '"' '<' '>' '|'; do bad_name EINVAL name-bad "a name with $c" "a${c}b.mp4"; done
bad_name EINVAL name-bad "a name with a line feed" $'a\nb'
bad_name EINVAL name-bad "a name with a tab" $'a\tb'
bad_name EINVAL name-bad "a name with U+0001" $'a\x01b'
bad_name EINVAL name-bad "a name with U+001F" $'a\x1fb'
bad_name EINVAL name-bad "a name with DEL" $'a\x7fb'
bad_name EINVAL name-bad "a name with U+0085" $'a\xc2\x85b'
bad_name EINVAL name-bad "a trailing dot" a.
bad_name EINVAL name-bad "a trailing space" "a "
bad_name EINVAL name-bad "three dots" ...
bad_name EINVAL name-bad "bytes that are not UTF-8" $'a\xffb'
bad_name EINVAL name-bad "GBK bytes" $'\xd6\xd0\xb6\xbc.mp4'
bad_name EINVAL name-bad "an overlong slash" $'a\xc0\xafb'
bad_name EINVAL name-bad "a surrogate" $'a\xed\xa0\x80b'
bad_name EINVAL name-bad "a character cut short" $'\xe6\xb1'
bad_name ENAMETOOLONG name-long "256 bytes" "$(repeat 256 x)"
bad_name ENAMETOOLONG name-long "86 Chinese characters" "$(repeat 86 证)"

mk() {                  # ERRNO REASON FACT PATH, below by-unit, by 王建国
	fails "$1" "$3" as $WANG sys mkdir "$M/by-unit/$4"
	wants "$3" mkdir "$1" "$2" "by-unit/$4\""
}
mk EACCES unit-unknown "a unit that is not registered" 北都所
mk EACCES device-unknown "a device that is not registered" 中都所/WS00099
mk EACCES device-unknown "a device of another unit" 稽查大队/WS00017
mk EACCES officer-unknown "an officer who is not registered" 中都所/WS00017/083999
mk EACCES officer-unknown "an officer of another unit" 中都所/WS00021/083031
mk EACCES officer-unknown "somebody who is no officer" 中都所/WS00022/P041
mk EACCES case-unknown "a case that is not registered" 中都所/WS00017/083017/2023-03-14/汶市监立〔2023〕48号
mk EACCES case-unknown "a case number with other brackets" "中都所/WS00017/083017/2023-02-01/汶市监立[2023]47号"
mk EINVAL date-bad "a date without zeros" 中都所/WS00021/083017/2023-3-14
mk EINVAL date-bad "a date without dashes" 中都所/WS00022/083017/20230314
mk EINVAL date-bad "the 30th of February" 中都所/WS00024/083017/2023-02-30
mk EINVAL date-bad "a month that does not exist" 中都所/WS00025/083017/2023-13-01
mk EINVAL date-bad "a leap day in another year" 中都所/WS00026/083017/2023-02-29
mk EINVAL date-bad "no date at all" 中都所/WS00027/083017/今天
mk EINVAL date-bad "a date with more behind it" 中都所/WS00028/083017/2023-03-14a
mk EINVAL name-bad "a date with a blank behind it" "中都所/WS00029/083017/2023-03-14 "
mk EINVAL date-future "tomorrow" 中都所/WS00021/083017/2023-03-15
mk EACCES not-certified "the day before the certificate" 中都所/WS00021/083017/2019-12-31
mk EINVAL name-bad "a case whose name cannot be used" "中都所/WS00017/083017/2023-02-02/a:b"
mk EPERM subfolder "a folder below a case folder" 中都所/WS00017/083017/2023-02-03/未立案/x
mk EACCES not-yours "a date in another's folder" 中都所/WS00017/083022/2023-03-14

other() {               # UID ERRNO REASON FACT PATH
	fails "$2" "$4" as "$1" sys mkdir "$M/by-unit/$5"
	wants "$4" mkdir "$2" "$3" "by-unit/$5\""
}
other $ZHOU EACCES not-formal "a date by auxiliary staff" 中都所/WS00017/083099/2023-03-14
other $LI EACCES not-formal "a date for auxiliary staff by the custodian" 中都所/WS00017/083099/2023-03-13
other $ZHANG EACCES not-yours "a date in a folder of another unit" 中都所/WS00017/083017/2023-03-12
other $CHEN EACCES no-role "a date by an approver" 中都所/WS00017/083017/2023-03-11
other $ADMIN EACCES no-role "a date by an administrator" 中都所/WS00017/083017/2023-03-10

file_at() {             # ERRNO REASON FACT FOLDER: a file where no files go
	fails "$1" "$3" as $WANG sys open "$M/${4:+$4/}x.mp4" O_WRONLY,O_CREAT,O_EXCL
	wants "$3" create "$1" "$2" "${4:+$4/}x.mp4\""
}
file_at EINVAL path-short "a file in the date folder" $U/WS00017/083017/2023-03-14
file_at EINVAL path-short "a file in the officer's folder" $U/WS00017/083017
file_at EINVAL path-short "a file in the device's folder" $U/WS00017
file_at EINVAL path-short "a file in the unit's folder" $U
file_at EINVAL path-short "a file among the units" by-unit
file_at EPERM structure "a file at the top" ""
fails EPERM "a folder at the top" as $WANG sys mkdir "$M/x"
wants "a folder at the top" mkdir EPERM structure 'x"'

# Who is nobody finds no folder to try it in.
fails ENOENT "a stranger's file" as $STRANGER sys open "$D/x" O_WRONLY,O_CREAT
fails ENOENT "root's file" sys open "$D/x" O_WRONLY,O_CREAT
fails EACCES "a stranger's unit" as $STRANGER sys mkdir "$M/by-unit/北都所"
wants "a stranger's unit" mkdir EACCES nobody 'by-unit/北都所"'

# Renaming to what cannot be a name.
as $WANG sys write "$D/good.txt" O_WRONLY,O_CREAT,O_EXCL text >/dev/null
fails EINVAL "a rename to a name that cannot be used" as $WANG sys rename "$D/good.txt" "$D/a:b"
wants "a rename to a name that cannot be used" rename EINVAL name-bad "${D#"$M/"}/good.txt\""
fails ENAMETOOLONG "a rename to 256 bytes" as $WANG sys rename "$D/good.txt" "$D/$(repeat 256 x)"
wants "a rename to 256 bytes" rename ENAMETOOLONG name-long "${D#"$M/"}/good.txt\""
as $WANG rm "$D/good.txt"

is "nothing of all that was made" "$before" "$(tree)"
for n in 41 42 43; do fails ENOENT "reading a name that cannot be one ($n)" as $WANG sys stat "$D/a:b$n"; done

# --- on the ledger --------------------------------------------------------------------------------------------------------------------------------------

written() { custody_as $ADMIN log --json >"$T/log.json" && grep -qF '"reason":"name-long","path":"'"${D#"$M/"}/good.txt" "$T/log.json"; }
until_true written
for want in "${WANTED[@]}"; do
	is "one refusal on the ledger: ${want%$'\t'*}" 1 "$(grep -F '"event":"refused"' "$T/log.json" | grep -cF -- "${want#*$'\t'}")"
done
is "and no other" "${#WANTED[@]}" "$(grep -F '"event":"refused"' "$T/log.json" | grep -cE '"verb":"(create|mkdir|rename)"')"
unmount_store
