#include "fs/store/records/event.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/jsonget.h"
#include "policy/calendar.h"

/* jansson takes valid UTF-8 only; a program's path may be any bytes. */
static json_t *text_or_mangled(const char *text)
{
	json_t *j = json_string(text);
	char clean[sizeof(((struct subject *)0)->program)];
	size_t i;

	if (j != NULL)
		return j;
	for (i = 0; text[i] != '\0' && i < sizeof clean - 1; i++)
		clean[i] = (text[i] & 0x80) ? '?' : text[i];
	clean[i] = '\0';
	return json_string(clean);
}

static json_t *encode_subject(const struct subject *who)
{
	if (who == NULL)
		return json_null();
	return json_pack("{s:o, s:I, s:I, s:i, s:o}", "person",
		who->person.id != 0 ? json_string(who->person.number) : json_null(), "uid",
		(json_int_t)who->uid, "gid", (json_int_t)who->gid, "pid", (int)who->pid, "program",
		text_or_mangled(who->program));
}

json_t *event_encode(const struct event *e, uint64_t seq, const struct event_time *t)
{
	char wall[INSTANT_TEXT], clock[INSTANT_TEXT];

	instant_format(t->wall, t->utc_offset, wall);
	instant_format(t->clock, t->utc_offset, clock);
	return json_pack("{s:I, s:s, s:s, s:o, s:s, s:o, s:s?, s:O, s:I}", "seq", (json_int_t)seq,
		"time", wall, "clock", clock, "subject", encode_subject(e->who), "event", e->kind,
		"item", e->item != 0 ? json_integer(e->item) : json_null(), "case", e->kase,
		"details", e->details != NULL ? e->details : json_null(), "policy",
		(json_int_t)t->policy);
}

char *event_text(const json_t *entry)
{
	char small[4096], *text;
	size_t len = json_dumpb(entry, small, sizeof small, JSON_COMPACT);

	/* Into memory that is there: where jansson's own buffer cannot grow, json_dumps() has been
	 * seen to give a text with holes. */
	if (len == 0)
		return NULL;
	text = malloc(len + 1);
	if (text == NULL)
		return NULL;
	if (len <= sizeof small)
		memcpy(text, small, len);
	else if (json_dumpb(entry, text, len, JSON_COMPACT) != len) {
		free(text);
		return NULL;
	}
	text[len] = '\0';
	return text;
}

int event_decode(const char *text, size_t len, uint64_t seq, json_t **out)
{
	json_error_t error;
	json_t *j = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);

	if (j == NULL)
		return json_error_code(&error) == json_error_out_of_memory ? ENOMEM : EUCLEAN;
	if (!json_is_object(j) || jsonget_int(j, "seq", -1) != (int64_t)seq ||
		jsonget_str(j, "event") == NULL) {
		json_decref(j);
		return EUCLEAN;
	}
	*out = j;
	return 0;
}
