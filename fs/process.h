/* What the kernel knows of a process that asks (proc(5)). */
#ifndef FS_PROCESS_H
#define FS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The path of its executable, else its name, else "". */
void process_program(int32_t pid, char *out, size_t cap);

/* The process (thread group) that a thread belongs to; the number itself where it cannot be told. */
int32_t process_group(int32_t tid);

/* Whether a task that is closing its files does so because a signal killed it. */
bool process_killed(int32_t tid);

/* Whether there is no such process (any more). */
bool process_gone(int32_t pid);

#endif
