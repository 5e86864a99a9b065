# Copies a file over SMB in the order in which Windows does: windows.py PORT USER SHARE-PATH SOURCE [half]
# Create; tell size and allocation; write, the last piece first; the alternate stream, by a handle of its own; times and attributes; close; attributes once
# more, after the close; and read them back.
# half: writes half of it and drops the connection.  Ends with status 1 and the error's name where the server refuses.
import os
import struct
import sys

from impacket.smbconnection import SMBConnection, SessionError

PORT, USER, PATH, SOURCE = int(sys.argv[1]), sys.argv[2], sys.argv[3].replace('/', '\\'), sys.argv[4]
HALF = sys.argv[5:] == ['half']
PIECE = 256 << 10
READ_ATTRIBUTES, WRITE_ATTRIBUTES, GENERIC_READ, GENERIC_WRITE, DELETE = 0x80, 0x100, 0x80000000, 0x40000000, 0x10000
SHARE_ALL, CREATE, OPEN, OPEN_IF = 7, 2, 1, 3
NON_DIRECTORY, READONLY, HIDDEN, ARCHIVE = 0x40, 0x01, 0x02, 0x20
BASIC, ALLOCATION, END_OF_FILE = 4, 19, 20


def filetime(ns):
    return ns // 100 + 116444736000000000


def copy(smb, tree):
    body, mtime = open(SOURCE, 'rb').read(), os.stat(SOURCE).st_mtime_ns
    f = smb.create(tree, PATH, GENERIC_WRITE | READ_ATTRIBUTES | WRITE_ATTRIBUTES | DELETE, SHARE_ALL, NON_DIRECTORY, CREATE, ARCHIVE)
    smb.setInfo(tree, f, inputBlob=struct.pack('<q', len(body)), fileInfoClass=END_OF_FILE)
    smb.setInfo(tree, f, inputBlob=struct.pack('<q', len(body)), fileInfoClass=ALLOCATION)
    places = list(range(0, len(body), PIECE))
    places = places[-1:] + places[:-1]
    for at in places[:len(places) // 2] if HALF else places:
        smb.write(tree, f, body[at:at + PIECE], at, len(body[at:at + PIECE]))
    if HALF:
        os._exit(3)
    g = smb.create(tree, PATH + ':Zone.Identifier:$DATA', GENERIC_WRITE, SHARE_ALL, NON_DIRECTORY, OPEN_IF, 0)
    smb.write(tree, g, b'[ZoneTransfer]\r\nZoneId=3\r\n', 0, 26)
    smb.close(tree, g)
    smb.setInfo(tree, f, inputBlob=struct.pack('<qqqqII', filetime(mtime), filetime(mtime), filetime(mtime), 0, READONLY | ARCHIVE, 0), fileInfoClass=BASIC)
    smb.close(tree, f)
    f = smb.create(tree, PATH, WRITE_ATTRIBUTES | READ_ATTRIBUTES, SHARE_ALL, NON_DIRECTORY, OPEN, 0)
    smb.setInfo(tree, f, inputBlob=struct.pack('<qqqqII', 0, 0, 0, 0, READONLY | ARCHIVE | HIDDEN, 0), fileInfoClass=BASIC)
    smb.close(tree, f)
    f = smb.create(tree, PATH, READ_ATTRIBUTES, SHARE_ALL, NON_DIRECTORY, OPEN, 0)
    written, attributes = struct.unpack_from('<16xq8xI', smb.queryInfo(tree, f, fileInfoClass=BASIC))
    smb.close(tree, f)
    print('time', 'same' if written == filetime(mtime) else written, 'attributes', hex(attributes))


session = SMBConnection('127.0.0.1', '127.0.0.1', sess_port=PORT)
session.login(USER, 'secret')
server = session.getSMBServer()
try:
    copy(server, server.connectTree('evidence'))
except SessionError as e:
    print(e.getErrorString()[0])
    sys.exit(1)
except Exception as e:                  # impacket's other class of the same
    print(e)
    sys.exit(1)
