/* What a verb may do to an item.  The contract is in verb.h. */
#include "policy/verb.h"

#include <string.h>

enum {
	IF_EMPTY = 1 << 0, /* settling: allowed while there is no content, for clients that make a
			      file first and fill it later */
	IF_SAME = 1 << 1,  /* sealed: allowed where it changes nothing, for clients that set what is
			      set already */
	NO_ITEM = 1 << 2,  /* concerns no item, so no item can refuse it */
};

/* A line for each verb, a column for each state; settling by anyone but the depositor is sealed. */
struct rule {
	const char *name;
	enum reason receiving, settling, sealed;
	unsigned flags;
};

#define YES REASON_NONE
#define SEALED REASON_SEALED
#define LABEL REASON_LABEL_FIXED
#define NEVER REASON_NEVER_ALLOWED
#define NO_REPLACE REASON_NO_REPLACE
#define SCOPE REASON_RENAME_SCOPE
#define RETAINED REASON_RETAINED
#define NO_GRANT REASON_NO_GRANT
#define NOT_SUPPORTED REASON_NOT_SUPPORTED

static const struct rule rules[VERB_COUNT] = {
	/*                     name             receiving   settling    sealed          */
	[VERB_STAT] = { "stat", YES, YES, YES, 0 },
	[VERB_OPEN_WRITE] = { "open-write", YES, SEALED, SEALED, IF_EMPTY },
	[VERB_WRITE] = { "write", YES, SEALED, SEALED, IF_EMPTY },
	[VERB_TRUNCATE] = { "truncate", YES, SEALED, SEALED, IF_EMPTY },
	[VERB_FALLOCATE] = { "fallocate", YES, SEALED, SEALED, IF_EMPTY },
	[VERB_RENAME] = { "rename", YES, YES, LABEL, 0 },
	[VERB_RENAME_OVER] = { "rename-over", NO_REPLACE, NO_REPLACE, NO_REPLACE, 0 },
	[VERB_RENAME_AWAY] = { "rename-away", SCOPE, SCOPE, LABEL, 0 },
	[VERB_UTIMENS] = { "utimens", YES, YES, LABEL, IF_SAME },
	[VERB_CHMOD] = { "chmod", YES, YES, LABEL, IF_SAME },
	[VERB_CHOWN] = { "chown", YES, YES, LABEL, IF_SAME },
	[VERB_UNLINK] = { "unlink", YES, YES, RETAINED, 0 },
	[VERB_LINK] = { "link", NEVER, NEVER, NEVER, 0 },
	[VERB_SYMLINK] = { "symlink", NEVER, NEVER, NEVER, 0 },
	[VERB_MKNOD] = { "mknod", NEVER, NEVER, NEVER, 0 },
	[VERB_SETXATTR] = { "setxattr", YES, YES, NOT_SUPPORTED, 0 },
	[VERB_REMOVEXATTR] = { "removexattr", YES, YES, NOT_SUPPORTED, 0 },
	[VERB_IOCTL] = { "ioctl", NEVER, SEALED, SEALED, 0 },
	[VERB_CREATE] = { "create", YES, YES, YES, NO_ITEM },
	[VERB_MKDIR] = { "mkdir", YES, YES, YES, NO_ITEM },
	[VERB_RMDIR] = { "rmdir", YES, YES, YES, NO_ITEM },
	[VERB_OPEN_READ] = { "open-read", YES, NO_GRANT, NO_GRANT, 0 },
	[VERB_READ] = { "read", YES, NO_GRANT, NO_GRANT, 0 },
	[VERB_COMMAND] = { "command", YES, YES, YES, NO_ITEM },
};

static const char *const state_names[ITEM_STATE_COUNT] = {
	[ITEM_RECEIVING] = "receiving",
	[ITEM_SEALED] = "sealed",
	[ITEM_INCOMPLETE] = "incomplete",
	[ITEM_WITHDRAWN] = "withdrawn",
	[ITEM_DISPOSED] = "disposed",
};

static enum reason sealed_allows(const struct rule *rule, const struct verb_case *c)
{
	if (c->settling && c->depositor)
		return c->empty && (rule->flags & IF_EMPTY) ? REASON_NONE : rule->settling;
	return c->no_change && (rule->flags & IF_SAME) ? REASON_NONE : rule->sealed;
}

enum reason verb_allowed(const struct verb_case *c)
{
	const struct rule *rule;

	if ((unsigned)c->verb >= VERB_COUNT)
		return REASON_NEVER_ALLOWED;
	rule = &rules[c->verb];
	if (rule->flags & NO_ITEM)
		return REASON_NONE;
	if (c->state == ITEM_SEALED)
		return sealed_allows(rule, c);
	if (c->state == ITEM_RECEIVING && c->depositor)
		return rule->receiving;
	return REASON_HIDDEN;
}

const char *verb_name(enum verb v)
{
	return (unsigned)v < VERB_COUNT ? rules[v].name : "unknown";
}

enum verb verb_parse(const char *name)
{
	int v = 0;

	while (v < VERB_COUNT && strcmp(rules[v].name, name) != 0)
		v++;
	return (enum verb)v;
}

/* Everyday words, for what is most often asked. */
static const struct {
	const char *word;
	enum verb verb;
} words[] = {
	{ "delete", VERB_UNLINK },
	{ "remove", VERB_UNLINK },
	{ "rm", VERB_UNLINK },
	{ "dispose", VERB_UNLINK },
	{ "删除", VERB_UNLINK },
	{ "open", VERB_OPEN_READ },
	{ "view", VERB_OPEN_READ },
	{ "play", VERB_OPEN_READ },
	{ "copy", VERB_OPEN_READ },
	{ "查看", VERB_OPEN_READ },
	{ "打开", VERB_OPEN_READ },
	{ "读取", VERB_OPEN_READ },
	{ "播放", VERB_OPEN_READ },
	{ "复制", VERB_OPEN_READ },
	{ "edit", VERB_OPEN_WRITE },
	{ "modify", VERB_OPEN_WRITE },
	{ "append", VERB_OPEN_WRITE },
	{ "修改", VERB_OPEN_WRITE },
	{ "写入", VERB_OPEN_WRITE },
	{ "overwrite", VERB_WRITE },
	{ "replace", VERB_RENAME_OVER },
	{ "覆盖", VERB_RENAME_OVER },
	{ "move", VERB_RENAME_AWAY },
	{ "移动", VERB_RENAME_AWAY },
	{ "mv", VERB_RENAME },
	{ "改名", VERB_RENAME },
	{ "重命名", VERB_RENAME },
	{ "touch", VERB_UTIMENS },
	{ "deposit", VERB_CREATE },
	{ "upload", VERB_CREATE },
	{ "存入", VERB_CREATE },
	{ "上传", VERB_CREATE },
	{ "see", VERB_STAT },
	{ "setfattr", VERB_SETXATTR },
};

enum verb verb_parse_word(const char *word)
{
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i].word, word) == 0)
			return words[i].verb;
	return verb_parse(word);
}

const char *item_state_name(enum item_state s)
{
	return (unsigned)s < ITEM_STATE_COUNT ? state_names[s] : "unknown";
}

enum item_state item_state_parse(const char *name)
{
	int s = 0;

	while (s < ITEM_STATE_COUNT && strcmp(state_names[s], name) != 0)
		s++;
	return (enum item_state)s;
}
