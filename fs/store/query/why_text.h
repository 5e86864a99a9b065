/*
 * An answer to "why" in sentences, made of a reason and its facts, in the language of the process.
 *
 * FACTS {item,sealed_at,retain_until,over:bool,basis,class|null,recorded_on,
 *        case:{number,closed|null}?,folder?,
 *        holds:[{name,ground,reason,set_by,set_at,from|null,release_asked_by|null}…],
 *        request:{id,state,from,to,opens,used,decided_by|null,decided_at|null,reason|null}?,
 *        policy}; people are {number,name}
 */
#ifndef FS_STORE_QUERY_WHY_TEXT_H
#define FS_STORE_QUERY_WHY_TEXT_H

#include <jansson.h>

#include "policy/reason.h"

/* Malloc'd; NULL when out of memory.  Facts that are missing are left out.  Text from the store is
 * unchanged: the caller has to make it safe to print. */
char *why_text(enum reason why, const json_t *facts);

/* A ground of Art. 12 in words, a translated text; "" where it is none. */
const char *why_ground(int ground);

/* A retention class in words, where it is one that every store begins with; else its name. */
const char *why_class(const char *name);

#endif
