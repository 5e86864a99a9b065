/* Messages in the user's language. */
#include "fs/store/base/i18n.h"

#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef LOCALEDIR
#define LOCALEDIR "/usr/local/share/locale"
#endif

#define DOMAIN "custodyfs"

/* The locale that the environment asks for messages in; "" where it asks for none. */
static const char *wanted_locale(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && *value != '\0')
			return value;
	}
	return "";
}

/* Whether the text in the source is already what that locale wants. */
static bool is_english(const char *locale)
{
	return *locale == '\0' || strcmp(locale, "C") == 0 || strncmp(locale, "C.", 2) == 0 ||
		strcmp(locale, "POSIX") == 0 || strncmp(locale, "en", 2) == 0;
}

/* "zh_CN.UTF-8@x" → "zh_CN@x"; false where it does not fit. */
static bool without_charset(const char *locale, char *out, size_t cap)
{
	size_t name = strcspn(locale, ".@");
	const char *modifier = strchr(locale, '@');
	int n = snprintf(out, cap, "%.*s%s", (int)name, locale, modifier != NULL ? modifier : "");

	return n >= 0 && (size_t)n < cap;
}

/* The locale is not generated here: gettext goes by LANGUAGE in any locale but plain "C". */
static void fall_back(void)
{
	const char *wanted = wanted_locale();
	const char *language = getenv("LANGUAGE");
	char name[128];

	if (is_english(wanted) || setlocale(LC_ALL, "C.UTF-8") == NULL)
		return;
	if ((language == NULL || *language == '\0') && without_charset(wanted, name, sizeof name))
		setenv("LANGUAGE", name, 1);
}

/* The folder "locale" beside the executable; false where there is none. */
static bool beside_executable(char *out, size_t cap)
{
	struct stat st;
	ssize_t n = readlink("/proc/self/exe", out, cap - 1);
	char *slash;

	if (n < 0 || (size_t)n >= cap - 1)
		return false;
	out[n] = '\0';
	slash = strrchr(out, '/');
	if (slash == NULL || (size_t)(slash - out) + sizeof "/locale" > cap)
		return false;
	memcpy(slash, "/locale", sizeof "/locale");
	return stat(out, &st) == 0 && S_ISDIR(st.st_mode);
}

void i18n_init(void)
{
	char dir[PATH_MAX];

	if (setlocale(LC_ALL, "") == NULL)
		fall_back();
	setlocale(LC_NUMERIC, "C");
	bindtextdomain(DOMAIN, beside_executable(dir, sizeof dir) ? dir : LOCALEDIR);
	bind_textdomain_codeset(DOMAIN, "UTF-8");
	textdomain(DOMAIN);
}

/* The C library's English texts, so that they have a place in our catalogue. */
static const struct {
	int error;
	const char *text;
} errors[] = {
	{ EPERM, N_("Operation not permitted") },
	{ ENOENT, N_("No such file or directory") },
	{ EINTR, N_("Interrupted system call") },
	{ EIO, N_("Input/output error") },
	{ ENXIO, N_("No such device or address") },
	{ E2BIG, N_("Argument list too long") },
	{ EBADF, N_("Bad file descriptor") },
	{ EAGAIN, N_("Resource temporarily unavailable") },
	{ ENOMEM, N_("Cannot allocate memory") },
	{ EACCES, N_("Permission denied") },
	{ EBUSY, N_("Device or resource busy") },
	{ EEXIST, N_("File exists") },
	{ EXDEV, N_("Invalid cross-device link") },
	{ ENODEV, N_("No such device") },
	{ ENOTDIR, N_("Not a directory") },
	{ EISDIR, N_("Is a directory") },
	{ EINVAL, N_("Invalid argument") },
	{ ENFILE, N_("Too many open files in system") },
	{ EMFILE, N_("Too many open files") },
	{ EFBIG, N_("File too large") },
	{ ENOSPC, N_("No space left on device") },
	{ EROFS, N_("Read-only file system") },
	{ EPIPE, N_("Broken pipe") },
	{ ENAMETOOLONG, N_("File name too long") },
	{ ENOSYS, N_("Function not implemented") },
	{ ENOTEMPTY, N_("Directory not empty") },
	{ ELOOP, N_("Too many levels of symbolic links") },
	{ EPROTO, N_("Protocol error") },
	{ EBADMSG, N_("Bad message") },
	{ EILSEQ, N_("Invalid or incomplete multibyte or wide character") },
	{ EMSGSIZE, N_("Message too long") },
	{ ENOTSUP, N_("Operation not supported") },
	{ ENOTCONN, N_("Transport endpoint is not connected") },
	{ ETIMEDOUT, N_("Connection timed out") },
	{ ECONNABORTED, N_("Software caused connection abort") },
	{ ESTALE, N_("Stale file handle") },
	{ EUCLEAN, N_("Structure needs cleaning") },
	{ EDQUOT, N_("Disk quota exceeded") },
	{ ECANCELED, N_("Operation canceled") },
};

const char *i18n_error(int error)
{
	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
		if (errors[i].error == error)
			return _(errors[i].text);
	return strerror(error);
}
