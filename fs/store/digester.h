/* Whole-file digests, computed in the background. */
#ifndef FS_STORE_DIGESTER_H
#define FS_STORE_DIGESTER_H

#include "fs/store/store.h"

/* There may be something to do; called after a seal. */
void digester_wake(struct digester *d);

#endif
