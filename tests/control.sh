#!/usr/bin/env bash
# custody-control(5), in both languages, has every command of the control file with all of its fields, and no others: the manual is compared with
# the tables in fs/ctl and fs/store/query.
set -u
cd "$(dirname "$0")/.." || exit 1
exec /usr/bin/python3 - <<'PY'
import glob, re, sys

failed = False


def fact(ok, what, *details):
    global failed
    print(("ok - " if ok else "not ok - ") + what)
    for line in [] if ok else details:
        print("#   " + line)
    failed |= not ok


def fields_of(text):
    text = text.replace("PAGE", 'NUMBER("after"), NUMBER("limit")')
    return set(re.findall(r'\w+\("(\w+)"\)', text))


LIST = r'(NO_FIELDS|FIELDS\((?:[^()]|\([^()]*\))*\))'
ROW = re.compile(r'\{\s*"([a-z]+(?:\.[a-z]+)?)",\s*\w+,\s*' + LIST + r'\s*\}')
table = {}
for path in glob.glob("fs/ctl/*.c") + glob.glob("fs/store/query/*.c"):
    source = open(path, encoding="utf-8").read().replace("\\\n", "")
    # fields that two commands share have a name
    for macro, fields in re.findall(r"#define (\w+_FIELDS)\s+" + LIST, source):
        source = re.sub(r"\b" + macro + r" \}", lambda m: fields + " }", source)
    for name, fields in ROW.findall(source):
        table[name] = fields_of(fields)
fact(len(table) > 50, "the commands' tables are found", "only %d rows" % len(table))
for page in "tools/man/custody-control.5", "tools/man/zh_CN/custody-control.5":
    text = open(page, encoding="utf-8").read()
    manual = {n: set(f.split()) for n, f in re.findall(r"^\.It Ic ([a-z.]+)(?: Fa ([a-z_ ]+))?$", text, re.M)}
    missing, extra = sorted(set(table) - set(manual)), sorted(set(manual) - set(table))
    fact(not missing, page + " has every command", "missing: " + " ".join(missing))
    fact(not extra, "and no other", "unknown: " + " ".join(extra))
    wrong = ["%s: manual %s, table %s" % (n, sorted(manual[n]), sorted(table[n]))
             for n in sorted(set(manual) & set(table)) if manual[n] != table[n]]
    fact(not wrong, "each with its fields", *wrong)
sys.exit(failed)
PY
