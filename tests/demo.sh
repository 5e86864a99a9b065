#!/usr/bin/env bash
# What `make demo` shows: the main job on real media, in a store of its own, each step with the command that a user would type and who types it.
# Every step is checked: the first that does not do what it should ends the demo with status 1.  In Chinese where the locale asks for it.
set -u
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=${BUILD:-$TOP/build}
case "${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}" in
zh*) CHINESE=1 LANGUAGE=zh_CN ;;
*) CHINESE=0 LANGUAGE=en ;;
esac
export LC_ALL=C.UTF-8 LANGUAGE      # programs go by LANGUAGE also where the locale itself is not generated
unset CUSTODYFS_MOUNT

ADMIN=2000 WANG=2017 ZHANG=2031 CHEN=2041
declare -A NAME=([0]=root [$ADMIN]=周琳 [$WANG]=王建国 [$ZHANG]=张明远 [$CHEN]=陈志强)
OUT='' STATUS=0 T='' ENDED=0

# Both languages of a sentence.
pick() { if [ $CHINESE = 1 ]; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi; }
say() { pick "$@"; }
title() { printf '\n'; pick "== $1" "== $2"; }
die() {
	{ pick "DEMO FAILED: $1" "演示失败：$2"; } >&2
	[ -z "$T" ] || [ ! -s "$T/store/log" ] || tail -n 20 "$T/store/log" >&2
	exit 1
}

# Waits a moment without a process: reads from a pipe that nobody writes to.
exec {IDLE}<> <(:)
until_true() {
	for _ in $(seq 400); do
		"$@" >/dev/null 2>&1 && return 0
		read -rt 0.05 -u "$IDLE" _ || true
	done
	return 1
}

# as UID COMMAND-LINE
as() {
	if [ "$1" = 0 ]; then bash -c "$2"; else setpriv --reuid="$1" --regid="$1" --clear-groups -- bash -c "$2"; fi
}

# enter UID COMMAND-LINE: shows who types what, and what came of it.
enter() {
	printf '[%s] $ %s\n' "${NAME[$1]}" "$2"
	OUT=$(as "$1" "$2" 2>&1)
	STATUS=$?
	# shellcheck disable=SC2001 # every line
	[ -z "$OUT" ] || sed 's/^/    /' <<<"$OUT"
}

does() {
	enter "$@"
	[ $STATUS -eq 0 ] || die "that should have worked, but ended with status $STATUS" "此步应当成功，却以状态 $STATUS 结束"
}

# refused ERRNO-TEXT UID COMMAND-LINE: it must fail, with that error of the C library's.
refused() {
	local want
	want=$(gettext -d libc "$1")
	enter "$2" "$3"
	[ $STATUS -ne 0 ] || die "that should have been refused" "此步应当被拒绝，却成功了"
	# shellcheck disable=SC1111 # Chinese has these marks
	[[ $OUT == *"$want"* ]] || die "that should have been refused with: $want" "此步应当以“$want”被拒绝"
}

# says TEXT: the last answer holds it.
says() { [[ $OUT == *"$1"* ]] || die "the answer lacks: $1" "回答中缺少：$1"; }

equal() { [ "$1" = "$2" ] || die "$3: $1 is not $2" "$4：$1 不等于 $2"; }

unmounted() {
	mountpoint -q "$T/evidence" || return 0
	fusermount3 -u "$T/evidence" 2>/dev/null || umount -l "$T/evidence"
}
daemon_gone() { [ ! -e "$T/store/lock" ] || flock -n "$T/store/lock" true; }

finish() {
	local status=$?
	cd /
	if [ -n "$T" ]; then
		unmounted
		until_true daemon_gone || { pick "the daemon is still running" "守护进程仍在运行" >&2; status=1; }
		chattr -R -i "$T/store" 2>/dev/null
		rm -rf "$T" || status=1
	fi
	[ $ENDED = 1 ] || [ $status -ne 0 ] || status=1
	exit $status
}
trap finish EXIT
trap 'exit 130' INT TERM

# A file of the package with that ending, copied to the camera's card.
from_package() {
	local file
	file=$(dpkg -L forensics-samples-files 2>/dev/null | grep -m 1 "$1\$") && [ -r "$file" ] && cp "$file" "$T/card/"
}

sealed_for_good() { as $ADMIN "custody --json show '$D/$1'" | grep -q '"settling": *false' && as $ADMIN "custody --json show '$D/$1'" | grep -q '"sha256": *"'; }
# field FILE NAME: a number or text that `custody show` prints for it.
field() { as $ADMIN "custody --json show '$D/$1'" | grep -oE "\"$2\": *(\"[^\"]*|[0-9]+)" | head -n 1 | sed -E 's/^[^:]*: *"?//'; }
sha_of() { sha256sum "$1" | cut -d' ' -f1; }

# told EVENT TEXT…: the ledger has such an event of the clip with all these texts in it.
told() {
	local lines text
	lines=$(as $ADMIN "custody --json log '$D/$CLIP'" | tr -d ' ' | grep "\"event\":\"$1\"")
	shift
	for text in "$@"; do
		lines=$(grep -F -- "$text" <<<"$lines")
	done
	[ -n "$lines" ]
}
ledger_tells() { until_true told "$@" || die "the ledger does not tell of: $*" "账本中没有：$*"; }

prepare() {
	[ "$(id -u)" = 0 ] || die "run it as root" "请以 root 身份运行"
	T=$(mktemp -d /tmp/custodyfs-demo.XXXXXX)
	chmod 755 "$T"
	mkdir "$T/bin" "$T/card" "$T/evidence" "$T/usb"
	chown $ADMIN "$T/usb"
	# everyone in the demo must be able to run the programs, wherever they were built
	cp "$BUILD/custody" "$BUILD/custodyfs" "$BUILD/mkfs.custodyfs" "$T/bin/" || die "build it first: make" "请先构建：make"
	cp -r "$BUILD/locale" "$T/bin/" || die "build it first: make" "请先构建：make"
	for kind in mp4 avi wav mp3 JPG pdf; do
		from_package "\.$kind" || die "the package forensics-samples-files is missing: make deps-demo" "缺少软件包 forensics-samples-files：make deps-demo"
	done
	chmod 644 "$T"/card/*
	chown $WANG:$WANG "$T"/card/*
	if chattr +i "$T/bin/custody" 2>/dev/null && chattr -i "$T/bin/custody"; then IMMUTABLE=1; else IMMUTABLE=0; fi
	PATH=$T/bin:$PATH
	cd "$T" || exit 1
	CLIP=$(cd card && ls -- *.mp4) PHOTO=$(cd card && ls -- *.JPG)
	# the store's own day, for a recording cannot be dated in its future
	D=evidence/by-unit/中都所/WS00017/083017/$(TZ=UTC-8 date +%F)/未立案
	export D CUSTODYFS_MOUNT=$T/evidence
}

make_store() {
	title "A store, and its mount" "建立存储库并挂载"
	say "The store holds the content, the signed ledger, and a catalog made from it. 周琳 (uid $ADMIN) is its first administrator." \
		"存储库保存内容、经签名的账本以及由账本得出的目录。周琳（uid $ADMIN）是首位管理员。"
	does 0 "mkfs.custodyfs --admin $ADMIN --admin-name 周琳 --admin-number A001 store"
	does 0 "custodyfs store evidence"
	mountpoint -q evidence || die "nothing is mounted" "未挂载"
}

register_all() {
	title "The register: a unit, a device, people" "登记：单位、设备、人员"
	say "Who may do what comes from this register and from the kernel's word for who asks. Being root gives no role." \
		"谁能做什么，取决于登记和内核所证明的请求者身份。root 本身没有任何角色。"
	does $ADMIN "custody register unit 370830001003 中都所"
	does $ADMIN "custody register unit 370830001001 稽查大队"
	does $ADMIN "custody register device WS00017 --unit 中都所"
	does $ADMIN "custody register person 083017 王建国 --uid $WANG --unit 中都所 --roles officer --certified 2020-01-01"
	does $ADMIN "custody register person 083031 张明远 --uid $ZHANG --unit 稽查大队 --roles officer --certified 2020-01-01"
	does $ADMIN "custody register person P041 陈志强 --uid $CHEN --roles approver"
	enter $WANG "custody register unit 370830001009 假单位"
	[ $STATUS -eq 1 ] || die "an officer may not register a unit" "执法人员不得登记单位"
	say "(Only an administrator registers.)" "（只有管理员可以登记。）"
}

deposit_all() {
	title "The officer copies the camera's card in" "执法人员把记录仪存储卡中的文件拷入"
	does $WANG "D=$D"
	does $WANG 'mkdir -p "$D"'
	does $WANG 'cp -p card/* "$D"/'
	does $WANG 'ls -l "$D"'
	for file in card/*; do
		equal "$(stat -c '%s %Y' "$file")" "$(as $WANG "stat -c '%s %Y' '$D/${file#card/}'")" "size and time of $file" "$file 的大小和时间"
	done
	say "When cp returned, content and record were on the disk. The digests are the source's:" "cp 返回时，内容与记录均已落盘。摘要与源文件相同："
	does $WANG "sha256sum card/$CLIP"
	until_true sealed_for_good "$CLIP" || die "it is not sealed with digests" "文件未封存或没有摘要"
	does $WANG "custody show \"\$D/$CLIP\""
	says "$(sha_of "card/$CLIP")"
	for file in card/*; do
		until_true sealed_for_good "${file#card/}" || die "$file is not sealed with digests" "$file 未封存或没有摘要"
		equal "$(sha_of "$file")" "$(field "${file#card/}" sha256)" "digest of $file" "$file 的摘要"
	done
}

refuse_changes() {
	title "From now on it cannot change" "此后内容不可更改"
	refused "Operation not permitted" $WANG "echo more >> \"\$D/$CLIP\""
	refused "Operation not permitted" $WANG "truncate -s 0 \"\$D/$CLIP\""
	refused "Operation not permitted" $WANG "cp card/$PHOTO \"\$D/$CLIP\""
	refused "Operation not permitted" $WANG "mv \"\$D/$CLIP\" \"\$D/other.mp4\""
	refused "Operation not permitted" $WANG "mv \"\$D/$PHOTO\" \"\$D/$CLIP\""
	refused "Operation not permitted" $WANG "rm -f \"\$D/$CLIP\""
	say "Each refusal says why:" "每次拒绝都有理由："
	does $WANG "custody why \"\$D/$CLIP\""
	says EPERM
	say "Root is nobody's login here, and sees nothing:" "root 在这里不是任何登记人员的账号，什么也看不到："
	refused "No such file or directory" 0 "truncate -s 0 \"\$D/$CLIP\""
	equal "$(as $WANG "ls '$D'")" "$(ls card)" "the files" "文件清单"
}

refuse_reading() {
	title "Nobody reads without an approval, the depositor included" "未经批准任何人不得查看，交存人本人也不例外"
	refused "Permission denied" $WANG "cat \"\$D/$CLIP\" > /dev/null"
	refused "Permission denied" $ZHANG "sha256sum \"\$D/$CLIP\""
	does $ZHANG "custody why \"\$D/$CLIP\""
	says EACCES
}

approve() {
	title "张明远 asks, 陈志强 approves" "张明远申请，陈志强批准"
	does $ZHANG "custody request \"\$D/$CLIP\" --purpose 核对进货查验 --opens 5"
	enter $ZHANG "custody approve 1"
	[ $STATUS -eq 1 ] || die "nobody approves their own request" "不得批准自己的申请"
	does $CHEN "custody requests"
	says 核对进货查验
	does $CHEN "custody approve 1"
}

read_it() {
	title "The approved person reads" "获准者查看"
	does $ZHANG "sha256sum \"\$D/$CLIP\""
	equal "${OUT%% *}" "$(sha_of "card/$CLIP")" "the digest of what was read" "所读内容的摘要"
	say "Bit for bit what the officer copied in. The approval is for that one item:" "与执法人员拷入的内容逐位一致。批准只限这一件："
	refused "Permission denied" $ZHANG "cat \"\$D/$PHOTO\" > /dev/null"
}

tell_story() {
	local size
	size=$(stat -c %s "card/$CLIP")
	title "The ledger's story of all that" "账本对以上一切的记载"
	ledger_tells deposit.begin '"person":"083017"'
	ledger_tells deposit.close "\"size\":$size"
	ledger_tells deposit.seal
	ledger_tells digest "$(sha_of "card/$CLIP")"
	ledger_tells refused '"errno":"EPERM"' '"person":"083017"' '"verb":"open-write"'
	ledger_tells refused '"errno":"EPERM"' '"person":"083017"' '"verb":"unlink"'
	ledger_tells refused '"errno":"EPERM"' '"person":"083017"' '"verb":"rename'
	ledger_tells refused '"errno":"EACCES"' '"person":"083017"' '"verb":"open-read"'
	ledger_tells refused '"errno":"EACCES"' '"person":"083031"' '"verb":"open-read"'
	ledger_tells read.open '"person":"083031"' sha256sum
	ledger_tells read.close '"person":"083031"' "\"ranges\":[[0,$size]]"
	does $ADMIN "custody log \"\$D/$CLIP\""
	says 张明远
	enter $ZHANG "custody log --person 083017"
	[[ $STATUS -ne 0 || $OUT != *083017* ]] || die "one's own actions only" "只能看自己的操作"
	say "(The whole of it is for auditors and administrators; others see what they did themselves.)" "（全部账本只供审计员和管理员查阅；其他人只能看自己的操作。）"
	does $ADMIN "custody ledger verify"
	say "A signed head, kept elsewhere, shows later that nothing was taken away or rewritten:" "签名的账本头部另行保存，日后可证明没有任何记录被删改："
	does $ADMIN "custody ledger checkpoint | tee usb/head"
	does $ADMIN "custody ledger checkpoint --against usb/head"
}

damage() {
	local id blob
	title "Everything holds" "全部完好"
	does $ADMIN "custody verify --all"
	title "Someone with root damages one byte behind the mount" "有 root 权限者绕过挂载点改动一个字节"
	id=$(field "$CLIP" item)
	blob=$(printf 'store/blob/%06d/%03d/%012d' $((id / 1000000)) $((id / 1000 % 1000)) "$id")
	[ -f "$blob" ] || die "there is no $blob" "没有 $blob"
	if [ $IMMUTABLE = 1 ]; then
		refused "Operation not permitted" 0 "rm $blob"
		say "(The immutable flag is a help, not a promise: root can take it away.)" "（不可变标志只是一层帮助，并非承诺：root 可以去掉它。）"
		does 0 "chattr -i $blob"
	fi
	does 0 "chmod u+w $blob"
	does 0 "printf '\\x$(other_byte "$blob" 1000000)' | dd of=$blob bs=1 seek=1000000 conv=notrunc status=none"
	refused "Input/output error" $ZHANG "cat \"\$D/$CLIP\" > /dev/null"
	ledger_tells refused '"errno":"EIO"' '"person":"083031"'
	enter $ADMIN "custody verify --all"
	[ $STATUS -eq 1 ] || die "verify must fail with status 1" "核验应当以状态 1 失败"
	says "$CLIP"
	[[ $OUT != *"$PHOTO"* ]] || die "only one item is damaged" "只有一件受损"
	say "The scrub names the item and the place; the others still hold." "核验指出了受损的文件和位置；其余文件完好。"
}

# A byte in hexadecimal that differs from the one at that place.
other_byte() {
	local now
	now=$(od -An -tu1 -j "$2" -N 1 "$1")
	printf '%02x' $((now ^ 255))
}

leave() {
	title "Done" "结束"
	does 0 "fusermount3 -u evidence"
	until_true daemon_gone || die "the daemon does not end" "守护进程没有结束"
	does 0 "custody -s store ledger verify"
	say "All of it did what it should, in $SECONDS seconds. Nothing is left mounted or running." "各步均符合预期，用时 $SECONDS 秒。没有留下任何挂载或进程。"
}

prepare
make_store
register_all
deposit_all
refuse_changes
refuse_reading
approve
read_it
tell_story
damage
leave
ENDED=1
