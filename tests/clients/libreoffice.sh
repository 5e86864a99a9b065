#!/usr/bin/env bash
# LibreOffice converts a document under a grant; and saves over it, which fails cleanly, says so, and leaves nothing.
. "$(dirname "$0")/lib_open.sh"
client_begin open "LibreOffice, also saving" libreoffice-writer-nogui
remark "saving is refused, the file intact"
NOTE=$T/card/record.fodt
cat >"$NOTE" <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"
 office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text><text:p>Record 0001</text:p></office:text></office:body></office:document>
XML
# Not by its starter, which waits for ever where the program ends at once.  Its first start only makes its profile, and asks for another (81).
office_as() {
	local uid=$1 home=$2
	shift 2
	for _ in 1 2; do
		setpriv --reuid="$uid" --regid="$uid" --clear-groups -- env HOME="$home" timeout -k 5 200 /usr/lib/libreoffice/program/soffice.bin \
			"-env:UserInstallation=file://$home/office" --headless --norestore "$@"
		[ $? = 81 ] || break
	done
}
ok "it makes a document" office_as $WANG "$T/home" --convert-to odt --outdir "$T/home" "$NOTE"
DOCUMENT=$T/card/record.odt
install -m 644 "$T/home/record.odt" "$DOCUMENT"
deposited "$DOCUMENT"
granted "$F"
ok "it converts it to text" office_as $ZHANG "$T/reader" --convert-to txt:Text --outdir "$T/reader" "$F"
is "the text is the source's" "Record 0001" "$(tr -d '\r\357\273\277' <"$T/reader/record.txt" | head -n 1)"
# Saving under the same name, by the reader and by its depositor.
office_as $ZHANG "$T/reader" --convert-to odt --outdir "$D" "$F" >"$T/said" 2>&1
ok "saving over it: it says that it can't" grep -qi 'error' "$T/said"
office_as $WANG "$T/home" --convert-to odt --outdir "$D" "$DOCUMENT" >"$T/said" 2>&1
ok "its depositor saving over it: it says that it can't" grep -qi 'error' "$T/said"
opened soffice.bin
intact "$DOCUMENT"
unmount_store
