/* The control file, /.custody/ctl.  Its protocol is custody-control(5), which a test compares with
 * the commands' tables. */
#ifndef FS_STORE_QUERY_CONTROL_H
#define FS_STORE_QUERY_CONTROL_H

#define CONTROL_DIR ".custody"
#define CONTROL_FILE "ctl"
#define CONTROL_REQUEST_MAX (128 << 10)

#endif
