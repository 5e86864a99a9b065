/* What the kernel knows of a process that asks (proc(5)). */
#ifndef FS_CALL_PROCESS_H
#define FS_CALL_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/reader.h"

/* The path of its executable, else its name, else "". */
void process_program(int32_t pid, char *out, size_t cap);

/*
 * The name of a task, 15 bytes at most, else "".  To be used in place of its program where it may
 * be in execve(2), which closes files on its way: until execve is done the kernel (6.18) blocks
 * readers of its executable's path and of its stat; a thread that it waits for would wait for it.
 */
void process_name(int32_t tid, char *out, size_t cap);

/* The process (thread group) that a thread belongs to; 0 where it is not known. */
int32_t process_group(int32_t tid);

/*
 * The process that a task belongs to, and those that started it, nearest first; at most max.  Gives
 * how many.  Only what the kernel itself keeps is read, never a process's memory (its command line,
 * its environment): that may lie in a mapping of this very mount, or of one that never answers.
 */
size_t process_line(int32_t tid, struct reader_process *out, size_t max);

/* What proc(5) says of a task: whether it is ending, its process's threads, and its signals as bits
 * (signal 1 is bit 0). */
struct process_state {
	bool exiting;
	unsigned long threads, blocked, ignored, caught;
};

/* False where it is not known. */
bool process_state(int32_t tid, struct process_state *out);

enum process_end {
	PROCESS_WELL,   /* it lives, or ends by itself */
	PROCESS_KILLED, /* it ends because of a signal */
	PROCESS_GONE,   /* there is no such process (any more) */
	PROCESS_UNKNOWN /* not known (no descriptor left, no memory): assume that it was killed */
};

/* What becomes of a task that closes its files, or of a process that wrote. */
enum process_end process_end(int32_t tid);

#endif
