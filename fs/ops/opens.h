/* How many descriptors on items each uid has open: each costs the daemon memory and descriptors of
 * its own, which are for all. */
#ifndef FS_OPS_OPENS_H
#define FS_OPS_OPENS_H

#include <stdint.h>

struct opens;

/* limit: of one uid; 0: none. */
int opens_new(uint32_t limit, struct opens **out);
void opens_free(struct opens *o); /* NULL is fine */

/* One more: 0; EMFILE where the uid has as many as it may; ENOMEM. */
int opens_take(struct opens *o, uint32_t uid);
void opens_give(struct opens *o, uint32_t uid);

#endif
