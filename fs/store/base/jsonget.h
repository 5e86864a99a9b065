/* Fields of a JSON object, with a default where one is absent or of another type. */
#ifndef FS_STORE_BASE_JSONGET_H
#define FS_STORE_BASE_JSONGET_H

#include <jansson.h>
#include <stdint.h>

/* A string that lives as long as the object does; NULL where there is none. */
const char *jsonget_str(const json_t *object, const char *key);

int64_t jsonget_int(const json_t *object, const char *key, int64_t otherwise);

#endif
