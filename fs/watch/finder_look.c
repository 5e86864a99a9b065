#include "fs/watch/finder_look.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define FOUND_STEP 64

int finder_found(struct finder_look *l, const struct finding *f, bool right)
{
	struct finder_found *more;

	if (l->count == l->cap) {
		more = realloc(l->found, (l->cap + FOUND_STEP) * sizeof *more);
		if (more == NULL)
			return ENOMEM;
		l->found = more;
		l->cap += FOUND_STEP;
	}
	l->found[l->count++] = (struct finder_found){ *f, right };
	return 0;
}

void finder_key(struct finding *f, int64_t number)
{
	snprintf(f->key, sizeof f->key, "%lld", (long long)number);
}

int finder_entry(struct finder_look *l, uint64_t seq, json_t **out)
{
	char *text;
	size_t len;
	int err = ledger_entry(l->fs->store->ledger, seq, &text, &len);

	if (err != 0)
		return err;
	err = event_decode(text, len, seq, out);
	free(text);
	return err;
}
