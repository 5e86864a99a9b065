/* Whole small files. */
#include "tools/text/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/text/render.h"

int file_read(const char *path, size_t cap, char **text)
{
	FILE *f = strcmp(path, "-") ? fopen(path, "re") : stdin;
	char *buffer = f ? malloc(cap + 2) : NULL;
	int e = f ? buffer ? 0 : ENOMEM : errno;
	size_t n = e ? 0 : fread(buffer, 1, cap + 1, f);
	if (!e && ferror(f))
		e = errno ? errno : EIO;
	if (!e && n > cap)
		e = EFBIG;
	if (!e && memchr(buffer, 0, n))
		e = EINVAL;
	if (f && f != stdin)
		fclose(f);
	if (e) {
		free(buffer);
		return e;
	}
	buffer[n] = '\0';
	*text = buffer;
	return 0;
}

static int sync_folder_of(const char *path)
{
	char *copy = render_format("%s", path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int e = fd < 0 || (fsync(fd) && errno != EINVAL) ? errno : 0;
	if (fd >= 0)
		close(fd);
	free(copy);
	return e;
}

static int write_all(int fd, const char *text)
{
	size_t left = strlen(text);
	while (left) {
		ssize_t n = write(fd, text, left);
		if (n < 0 && errno != EINTR)
			return errno;
		if (n > 0) {
			text += n;
			left -= (size_t)n;
		}
	}
	return fsync(fd) && errno != EINVAL ? errno : 0;
}

/* A device, a pipe: written to as it is. */
static int write_special(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int e = fd < 0 ? errno : write_all(fd, text);
	if (fd >= 0 && close(fd) && !e)
		e = errno;
	return e;
}

int file_write(const char *path, const char *text)
{
	struct stat st;
	if (!stat(path, &st) && !S_ISREG(st.st_mode))
		return write_special(path, text);
	char *temporary = render_format("%s.XXXXXX", path);
	mode_t mask = umask(0);
	umask(mask);
	int fd = mkostemp(temporary, O_CLOEXEC), e = fd < 0 ? errno : write_all(fd, text);
	if (!e && fchmod(fd, 0666 & ~mask))
		e = errno;
	if (fd >= 0 && close(fd) && !e)
		e = errno;
	if (!e && rename(temporary, path))
		e = errno;
	if (e && fd >= 0)
		unlink(temporary);
	free(temporary);
	return e ? e : sync_folder_of(path);
}
