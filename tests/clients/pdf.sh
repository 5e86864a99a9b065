#!/usr/bin/env bash
# A PDF reader: poppler, which is what Evince, Okular and Atril read with.
. "$(dirname "$0")/lib_open.sh"
client_begin open "poppler (pdftotext, pdftoppm)" poppler-utils
DOCUMENT=$T/card/record.pdf
/usr/bin/python3 - "$DOCUMENT" <<'PY'
import sys
text = b'BT /F 40 Tf 60 600 Td (Record 0001) Tj ET'
objects = [b'<< /Type /Catalog /Pages 2 0 R >>', b'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
           b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>',
           b'<< /Length %d >>\nstream\n%s\nendstream' % (len(text), text), b'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>']
out, places = b'%PDF-1.4\n', []
for n, body in enumerate(objects, 1):
    places.append(len(out))
    out += b'%d 0 obj\n%s\nendobj\n' % (n, body)
xref = len(out)
out += b'xref\n0 6\n0000000000 65535 f \n' + b''.join(b'%010d 00000 n \n' % p for p in places)
open(sys.argv[1], 'wb').write(out + b'trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n' % xref)
PY
chmod 644 "$DOCUMENT"
deposited "$DOCUMENT"
refused "pdfinfo without a grant" reader pdfinfo "$F"
granted "$F"
ok "pdfinfo counts its pages" grep -q '^Pages: *1$' <(reader pdfinfo "$F")
is "pdftotext reads it" "Record 0001" "$(reader pdftotext "$F" - | head -n 1)"
is "pdftoppm shows it" "$(pdftoppm -r 40 "$DOCUMENT" | sha256sum)" "$(reader pdftoppm -r 40 "$F" | sha256sum)"
opened pdfinfo pdftotext pdftoppm
intact "$DOCUMENT"
unmount_store
