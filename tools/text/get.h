/* Reading the fields of an answer, which may hold anything. */
#ifndef TOOLS_TEXT_GET_H
#define TOOLS_TEXT_GET_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* The text of a field; NULL where it is absent or no string.  Lives as long as the object. */
const char *get_text(const json_t *object, const char *key);

/* A malloc'd copy of a field's text, or of a number's digits; NULL where it is absent or
 * neither. */
char *get_copy(const json_t *object, const char *key);

long long get_number(const json_t *object, const char *key, long long otherwise);
bool get_true(const json_t *object, const char *key);

#endif
