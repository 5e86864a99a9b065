#include "fs/daemon/privilege.h"

#include <cap-ng.h>
#include <errno.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "fs/store/base/i18n.h"

static const unsigned serving[] = { CAP_LINUX_IMMUTABLE, CAP_SYS_PTRACE };
static const unsigned mounting[] = { CAP_SYS_ADMIN, CAP_DAC_READ_SEARCH };

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* Keeps those of the capabilities that the process has, and runs as uid and gid. */
static int keep_capabilities(const unsigned *cap, size_t n, uid_t uid, gid_t gid)
{
	bool have[8], bounds;

	if (capng_get_caps_process() != 0)
		return EPERM;
	bounds = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);
	for (size_t i = 0; i < n; i++)
		have[i] = capng_have_capability(CAPNG_PERMITTED, cap[i]);
	capng_clear(CAPNG_SELECT_ALL);
	if (bounds && capng_apply(CAPNG_SELECT_BOUNDS) != 0)
		return EPERM;
	for (size_t i = 0; i < n; i++)
		if (have[i])
			(void)capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, cap[i]);
	/* Another user, or other groups, only for root: without the right to it the groups are the
	 * user's own. */
	if (uid != geteuid() &&
		capng_change_id((int)uid, (int)gid, CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_AMBIENT) != 0)
		return EPERM;
	if (capng_apply(CAPNG_SELECT_CAPS) != 0)
		return EPERM;
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno;
}

int privilege_drop(uid_t uid, gid_t gid)
{
	int err = keep_capabilities(serving, COUNT(serving), uid, gid);

	if (err == 0 && (getuid() != uid || geteuid() != uid || (uid != 0 && setuid(0) == 0)))
		err = EPERM; /* checked, not only assumed */
	return err;
}

int privilege_keep_mounting(void)
{
	return keep_capabilities(mounting, COUNT(mounting), geteuid(), getegid());
}

void privilege_report(void)
{
	if (capng_get_caps_process() != 0)
		return;
	if (!capng_have_capability(CAPNG_EFFECTIVE, CAP_LINUX_IMMUTABLE))
		fprintf(stderr,
			_("custodyfs: without the capability CAP_LINUX_IMMUTABLE the stored files "
			  "of sealed items are read-only, but not immutable: the store's owner "
			  "could still change them behind the mount. To give it, let root start "
			  "custodyfs, or use the systemd unit.\n"));
	if (!capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_PTRACE))
		fprintf(stderr,
			_("custodyfs: without the capability CAP_SYS_PTRACE the programs of other "
			  "users are recorded by name alone, and a copy by a program that ends "
			  "without closing it may be taken for broken off. To give it, let root "
			  "start custodyfs, or use the systemd unit.\n"));
}
