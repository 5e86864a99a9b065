/*
 * Some programs close their files properly although their work broke off, which looks like a
 * finished copy.  proc(5) shows at that moment what such a program is known to do then: rsync, dd,
 * the servers of ssh and of Samba, and every program that cleans up in the handler of a signal that
 * ends it.
 */
#ifndef FS_DEPOSIT_HABIT_H
#define FS_DEPOSIT_HABIT_H

#include <stdbool.h>
#include <stdint.h>

/* Whether task tid, which is just closing a file that it wrote, does so because its work broke off.
 * False where nothing says so. */
bool habit_breaks_off(int32_t tid);

#endif
