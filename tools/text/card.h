/* One entry of a register, one item or one request in full: label and value, line by line. */
#ifndef TOOLS_TEXT_CARD_H
#define TOOLS_TEXT_CARD_H

#include <jansson.h>

#include "tools/text/render.h"

/* Adds an object's rows to a table of two columns. */
typedef void card_fill(struct render_table *t, const json_t *object);

card_fill card_unit, card_device, card_person, card_case, card_item, card_request;

/* Prints an object on standard output. */
void card_print(card_fill *fill, const json_t *object);

#endif
