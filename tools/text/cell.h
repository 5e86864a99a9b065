/*
 * An answer's fields as people read them, for the cells of tables and cards.  All texts are
 * malloc'd, in the user's language, and not yet safe to print; NULL where the field is absent.
 */
#ifndef TOOLS_TEXT_CELL_H
#define TOOLS_TEXT_CELL_H

#include <jansson.h>

/* A copy; NULL for NULL. */
char *cell_copy(const char *text);

char *cell_time(const json_t *row, const char *key); /* without the zone */
char *cell_size(const json_t *row);                  /* "size", rounded */

/*
 * "name (number)" of a person or unit; the number alone where the name is absent.  cell_person() is
 * for an object that has both.
 */
char *cell_named(const json_t *row, const char *number_key, const char *name_key);
char *cell_person(const json_t *person);
char *cell_unit(const json_t *row);

/* Where an item is: its path, or its name where it has no path that may be seen. */
char *cell_place(const json_t *item);

/* For a person: "wang (1005)"; "2023-01-01..2023-12-31"; formal or auxiliary (not malloc'd). */
char *cell_login(const json_t *person);
char *cell_certified(const json_t *person);
const char *cell_staff(const json_t *person);

/* Until when an item is kept. */
char *cell_until(const json_t *item);

/* How often a request was used, and how often it may be. */
char *cell_opens(const json_t *request);

#endif
