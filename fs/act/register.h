/*
 * The register of units, devices and people, kept by the admin.  Registering a known code, serial
 * or number again amends it.  Each act judges, decides in the committer, records its event, and is
 * durable when it returns.  They concern no part of the tree, so the face records their refusals.
 * The commands register.unit, register.device and register.person are their faces.
 */
#ifndef FS_ACT_REGISTER_H
#define FS_ACT_REGISTER_H

#include "fs/call/fs.h"

struct register_act {
	const char *code;   /* of a unit */
	const char *name;   /* of a unit or a person */
	const char *serial; /* of a device */
	const char *number; /* of a person */
	const char *unit;   /* that a device or a person belongs to, its code or name; NULL: none */
	uint32_t uid;       /* of a person, like what follows; UID_NONE: no login */
	unsigned roles;
	bool formal;
	int32_t certified_from, certified_to; /* days; DAY_NONE */
	enum reason why;                      /* out: the refusal, where the errno is one */
	const char *at_fault; /* out: which of the above, "serial"; NULL: none of them */
	struct unit as_unit;  /* out: as it is registered, one of the three */
	struct device as_device;
	struct person as_person;
};

/* CONFLICT: another unit has that name or code.  ENOSPC: inode numbers have no room for more. */
int register_unit(struct call *c, struct register_act *a);

/* NOT_FOUND: no such unit. */
int register_device(struct call *c, struct register_act *a);

/* NOT_FOUND: no such unit; CONFLICT: another person has that uid. */
int register_person(struct call *c, struct register_act *a);

#endif
