#include "fs/store/records/record.h"

#include <errno.h>
#include <string.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/catalog/scopes.h"
#include "policy/calendar.h"

struct record_hash record_hash_of(bool known, const uint8_t bytes[HASH_LEN])
{
	struct record_hash h = { .known = known };

	if (known)
		memcpy(h.bytes, bytes, sizeof h.bytes);
	return h;
}

static json_t *encode_day(int32_t day)
{
	char text[DAY_TEXT];

	if (day == DAY_NONE)
		return json_null();
	day_format(day, text);
	return json_string(text);
}

static json_t *encode_time(int64_t ms, int utc_offset)
{
	char text[INSTANT_TEXT];

	instant_format(ms, utc_offset, text);
	return json_string(text);
}

static json_t *encode_hash(const struct record_hash *h)
{
	char hex[HASH_HEX];

	if (!h->known)
		return json_null();
	hash_hex(h->bytes, hex);
	return json_string(hex);
}

/* What a field is on the ledger; NULL where it cannot be told.  Whether it is left out is the
 * caller's to see first. */
static json_t *encode_field(enum field_type type, const void *at, int utc_offset)
{
	int64_t number = 0;
	const char *text = NULL;
	const json_t *value;

	switch (type) {
	case FIELD_INT:
	case FIELD_COUNT:
		memcpy(&number, at, sizeof number);
		return json_integer(number);
	case FIELD_ID:
		memcpy(&number, at, sizeof number);
		return number != 0 ? json_integer(number) : json_null();
	case FIELD_UID:
		memcpy(&number, at, sizeof number);
		return number >= 0 ? json_integer(number) : json_null();
	case FIELD_TIME:
		memcpy(&number, at, sizeof number);
		return encode_time(number, utc_offset);
	case FIELD_WHEN:
		memcpy(&number, at, sizeof number);
		return number != 0 ? encode_time(number, utc_offset) : json_null();
	case FIELD_FLAG:
	case FIELD_MARK:
		return json_boolean(*(const bool *)at);
	case FIELD_TEXT:
	case FIELD_MAYBE:
		memcpy(&text, at, sizeof text);
		return json_string(text);
	case FIELD_NOTE:
		memcpy(&text, at, sizeof text);
		return text != NULL ? json_string(text) : json_null();
	case FIELD_DAY:
		return encode_day(*(const int32_t *)at);
	case FIELD_HASH:
		return encode_hash(at);
	case FIELD_SCOPE:
	case FIELD_PLACE:
		return scopes_json(at);
	case FIELD_JSON:
		memcpy(&value, at, sizeof value);
		return value != NULL ? json_incref((json_t *)value) : json_null();
	}
	return NULL;
}

static bool is_left_out(enum field_type type, const void *at)
{
	int64_t number;
	const char *text;

	if (type == FIELD_MAYBE) {
		memcpy(&text, at, sizeof text);
		return text == NULL;
	}
	if (type == FIELD_COUNT) {
		memcpy(&number, at, sizeof number);
		return number == 0;
	}
	return (type == FIELD_MARK && !*(const bool *)at) ||
		(type == FIELD_PLACE && scope_whole(at));
}

json_t *record_encode(const struct field *fields, const void *record, int utc_offset)
{
	json_t *details = fields->key != NULL ? json_object() : json_null();

	for (const struct field *f = fields; details != NULL && f->key != NULL; f++) {
		const void *at = (const char *)record + f->at;

		if (is_left_out(f->type, at))
			continue;
		if (json_object_set_new(details, f->key, encode_field(f->type, at, utc_offset)) !=
			0) {
			json_decref(details);
			details = NULL;
		}
	}
	return details;
}

static void decode_hash(const char *hex, struct record_hash *out)
{
	out->known = hex != NULL && hash_unhex(hex, out->bytes);
}

static void decode_number(const json_t *j, int64_t otherwise, void *at)
{
	int64_t number = json_is_integer(j) ? json_integer_value(j) : otherwise;

	memcpy(at, &number, sizeof number);
}

static void decode_time(const char *text, int64_t otherwise, void *at)
{
	int64_t ms;

	if (text == NULL || !instant_parse(text, 0, &ms))
		ms = otherwise;
	memcpy(at, &ms, sizeof ms);
}

static void decode_field(enum field_type type, const json_t *j, void *at)
{
	const char *text = json_string_value(j);

	switch (type) {
	case FIELD_INT:
	case FIELD_ID:
	case FIELD_COUNT:
		decode_number(j, 0, at);
		break;
	case FIELD_UID:
		decode_number(j, -1, at);
		break;
	case FIELD_TIME:
		decode_time(text, INSTANT_NEVER, at);
		break;
	case FIELD_WHEN:
		decode_time(text, 0, at);
		break;
	case FIELD_FLAG:
	case FIELD_MARK:
		*(bool *)at = json_is_true(j);
		break;
	case FIELD_TEXT:
	case FIELD_NOTE:
	case FIELD_MAYBE:
		memcpy(at, &text, sizeof text);
		break;
	case FIELD_DAY:
		if (text == NULL || !day_parse(text, at))
			*(int32_t *)at = DAY_NONE;
		break;
	case FIELD_HASH:
		decode_hash(text, at);
		break;
	case FIELD_SCOPE:
	case FIELD_PLACE:
		scopes_parse(j, at);
		break;
	case FIELD_JSON:
		memcpy(at, &j, sizeof j);
		break;
	}
}

void record_decode(const struct field *fields, const json_t *details, void *record)
{
	for (const struct field *f = fields; f->key != NULL; f++)
		decode_field(f->type, json_object_get(details, f->key), (char *)record + f->at);
}

json_t *record_numbers(const int64_t *numbers, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < count; i++)
		if (json_array_append_new(list, json_integer(numbers[i])) != 0) {
			json_decref(list);
			list = NULL;
		}
	return list;
}

int record_emit(struct turn *t, enum event_kind kind, const struct about *about,
	const struct field *fields, const void *record)
{
	return turn_emit(t,
		&(struct event){ .kind = event_kind_name(kind),
			.who = about->who,
			.item = about->item,
			.kase = about->kase,
			.detailed = true,
			.details = record_encode(fields, record, turn_time(t)->utc_offset) });
}
