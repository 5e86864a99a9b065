/*
 * Programs that close their files tidily though their work broke off: to the kernel that looks like
 * a copy that is done.  What they are known to do then, and proc(5) shows at that moment, tells; it
 * is known of rsync, dd, the servers of ssh and of Samba, and of whoever tidies up in the handler
 * of a signal that ends it.
 */
#ifndef FS_DEPOSIT_HABIT_H
#define FS_DEPOSIT_HABIT_H

#include <stdbool.h>
#include <stdint.h>

/* Whether task tid, which is just closing a file that it wrote, does so because its work broke off.
 * False where nothing tells. */
bool habit_breaks_off(int32_t tid);

#endif
