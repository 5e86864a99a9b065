/*
 * Uninvited readers: programs that open every file they see though nobody asked them to, such as
 * thumbnailers and indexers.  No person reads through them (Art. 15), so they get no content, even
 * where the person they run for has an approval.
 *
 * They are recognised by their names, and by the names of the processes that started them: a
 * thumbnailer often runs a general tool (ffmpeg, an interpreter). This keeps a desktop's habits off
 * the ledger; it is no security boundary: a renamed program is not recognised, but its user still
 * needs an approval. Not recognised: file managers that make previews in their own process (Caja,
 * Nemo, PCManFM, Dolphin with KDE Frameworks 6), what Samba or NFS asks for someone else's machine,
 * a helper whose parent has ended, and any process that the daemon cannot see (another PID
 * namespace, /proc with hidepid where the daemon is not root).
 */
#ifndef POLICY_READER_H
#define POLICY_READER_H

#include <stdbool.h>
#include <stddef.h>

#define READER_RULE 64  /* bytes of a rule, NUL included */
#define READERS_MAX 256 /* rules in a list */
/* Processes looked at: the one that asks, and four generations that started it. */
#define READER_LINE 5

/* A process, as the kernel tells of it; "" where it does not. */
struct reader_process {
	char program[256]; /* path of its executable */
	char name[16];     /* its name: of a script, the script's, cut to 15 bytes */
};

struct reader_rule {
	char name[READER_RULE];
	bool invited;
};
struct reader_list {
	size_t count;
	struct reader_rule rule[READERS_MAX];
};

/* The list that is built in. */
void readers_default(struct reader_list *list);

/*
 * Adds a rule: a program's name without its folder, which may begin or end with "*" for any text
 * ("*-thumbnailer"); with "!" before it the program is invited after all ("!*": every one is).
 * False, and nothing added, where it is malformed ("*" alone, a "/", a "*" elsewhere, no UTF-8, too
 * long) or the list is full.
 */
bool readers_add(struct reader_list *list, const char *rule);

/* Whether a text is such a rule. */
bool reader_rule_good(const char *rule);

/* Adds a rule of another list; false where this one is full. */
bool readers_join(struct reader_list *list, const struct reader_rule *rule);

/*
 * The rule by which a process is an uninvited reader, NULL where it is none.  line: the process,
 * then its parents, nearest first.  The nearest process that a rule fits decides; of several rules
 * the one added last.  Names of programs that were replaced or prelinked meanwhile ("… (deleted)",
 * "….#prelink#…") are taken as they were.
 */
const struct reader_rule *reader_uninvited(
	const struct reader_list *list, const struct reader_process *line, size_t count);

#endif
