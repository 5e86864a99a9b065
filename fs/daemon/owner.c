#include "fs/daemon/owner.h"

#include <errno.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/store/base/i18n.h"

/* A login, or the uid as text. */
static const char *login_of(uid_t uid, char out[64])
{
	const struct passwd *pw = getpwuid(uid);

	snprintf(out, 64, pw != NULL ? "%s" : "%.0s%u", pw != NULL ? pw->pw_name : "",
		(unsigned)uid);
	return out;
}

static const struct passwd *find_user(const char *user)
{
	const struct passwd *pw = getpwnam(user);
	unsigned long n;
	char *end;

	if (pw != NULL || *user == '\0')
		return pw;
	errno = 0;
	n = strtoul(user, &end, 10);
	return errno == 0 && *end == '\0' && *user >= '0' && *user <= '9' && n < (uid_t)-1
		? getpwuid((uid_t)n)
		: NULL;
}

static int complain_owner(const char *store, uid_t owner, uid_t uid)
{
	char a[64], b[64];

	if (geteuid() == 0)
		fprintf(stderr,
			_("custodyfs: the store %s belongs to %s, not to %s. Leave the option user "
			  "out, and custodyfs runs as its owner.\n"),
			store, login_of(owner, a), login_of(uid, b));
	else
		fprintf(stderr,
			_("custodyfs: the store %s belongs to %s, and you are %s. It is mounted by "
			  "its owner, or by root.\n"),
			store, login_of(owner, a), login_of(uid, b));
	return 1;
}

int owner_choose(const char *store, const char *user, uid_t *uid, gid_t *gid)
{
	const struct passwd *pw = user != NULL ? find_user(user) : NULL;
	bool there;
	struct stat st;

	if (user != NULL && pw == NULL) {
		fprintf(stderr,
			_("custodyfs: there is no user %s on this machine. The option user takes a "
			  "login or a uid.\n"),
			user);
		return 2;
	}
	there = stat(store, &st) == 0;
	*uid = geteuid();
	*gid = getegid();
	if (*uid == 0 && (pw != NULL || there)) {
		*uid = pw != NULL ? pw->pw_uid : st.st_uid;
		pw = pw != NULL ? pw : getpwuid(*uid);
		*gid = pw != NULL ? pw->pw_gid : st.st_gid;
	}
	if (pw != NULL && pw->pw_uid != *uid) {
		fprintf(stderr, _("custodyfs: only root can have it run as %s.\n"), user);
		return 1;
	}
	return there && st.st_uid != *uid ? complain_owner(store, st.st_uid, *uid) : 0;
}
