# Sourced by tests of how the daemon is run, when the store is mounted on $M and `people` are registered: the main job, as the users do it.
#   main_job CLIP [PROGRAM]   deposits CLIP, a file that all can read; PROGRAM: what the ledger must say that cat is (default: its path)
main_job() {
	local clip=$1 program=${2:-$(readlink -f /bin/cat)} folder request
	make_folder 2023-03-14
	folder=$(folder_of 2023-03-14)
	ok "an officer deposits" as "$WANG" cp "$clip" "$folder/clip.mp4"
	eventually "it is sealed" is_settled "$folder/clip.mp4"
	fails EPERM "and does not change" as "$WANG" sys open "$folder/clip.mp4" O_WRONLY
	fails EACCES "without approval it is not read" as "$ZHANG" sys open "$folder/clip.mp4" O_RDONLY
	request=$(custody_as "$ZHANG" --json request "$folder/clip.mp4" --purpose 核对 | json 'd["request"]["id"]')
	ok "it is approved" custody_as "$CHEN" approve "$request"
	is "and read" "$(as "$WANG" cat "$clip" | sha256sum | cut -d' ' -f1)" "$(as "$ZHANG" cat "$folder/clip.mp4" | sha256sum | cut -d' ' -f1)"
	is "the ledger has the program, and the refusal" "$program EACCES" \
		"$(events | json '[r["subject"]["program"] for r in rows if r["event"] == "read.open"][-1] + " " + [r["details"]["errno"] for r in rows if r["event"] == "refused" and r["details"]["verb"] == "open-read"][-1]')"
	as "$WANG" perl -e 'open(my $f, ">", $ARGV[0]) or die; syswrite($f, "half"); kill(9, $$); sleep 60' "$folder/victim.mp4" >/dev/null 2>&1
	until_true incomplete victim.mp4
	is "a killed writer is known as one" killed "$(incomplete victim.mp4)"
	as "$WANG" perl -MPOSIX -e 'open(my $f, ">", $ARGV[0]) or die; syswrite($f, "whole"); POSIX::_exit(3)' "$folder/left.mp4"
	eventually "one that ends by itself is not" as "$CHEN" stat "$folder/left.mp4"
}
# Why the deposit of that name is incomplete; fails where it is not.
incomplete() { custody_as "$LI" --json list incomplete | json "[r['reason'] for r in d['rows'] if r['name'] == '$1']" | grep .; }
