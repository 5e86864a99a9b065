/* Whole small files. */
#include "tools/text/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/store/base/fileio.h"
#include "tools/text/render.h"

/* Fills the buffer, which has room for cap + 2 bytes, up to the end of the file.  0 or an errno. */
static int fill_buffer(FILE *f, size_t cap, char *buffer, size_t *len)
{
	size_t n = fread(buffer, 1, cap + 1, f);
	if (ferror(f) != 0)
		return errno != 0 ? errno : EIO;
	if (n > cap)
		return EFBIG;
	buffer[n] = '\0';
	*len = n;
	return 0;
}

static int read_stream(FILE *f, size_t cap, char **bytes, size_t *len)
{
	char *buffer = malloc(cap + 2);
	int err = buffer != NULL ? fill_buffer(f, cap, buffer, len) : ENOMEM;
	if (err != 0) {
		free(buffer);
		return err;
	}
	*bytes = buffer;
	return 0;
}

int file_read_bytes(const char *path, size_t cap, char **bytes, size_t *len)
{
	FILE *f = fopen(path, "re");
	int err = f != NULL ? read_stream(f, cap, bytes, len) : errno;
	if (f != NULL)
		fclose(f);
	return err;
}

int file_read(const char *path, size_t cap, char **text)
{
	char *bytes = NULL;
	size_t len = 0;
	int err = strcmp(path, "-") == 0 ? read_stream(stdin, cap, &bytes, &len)
					 : file_read_bytes(path, cap, &bytes, &len);
	if (err == 0 && strlen(bytes) != len)
		err = EINVAL;
	if (err != 0) {
		free(bytes);
		return err;
	}
	*text = bytes;
	return 0;
}

static int write_all(int fd, const char *text)
{
	size_t left = strlen(text);
	while (left != 0) {
		ssize_t n = write(fd, text, left);
		if (n < 0 && errno != EINTR)
			return errno;
		if (n > 0) {
			text += n;
			left -= (size_t)n;
		}
	}
	return fsync(fd) != 0 && errno != EINVAL ? errno : 0;
}

/* A device or a pipe is written to directly. */
static int write_special(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = fd < 0 ? errno : write_all(fd, text);
	if (fd >= 0 && close(fd) != 0 && err == 0)
		err = errno;
	return err;
}

int file_write(const char *path, const char *text)
{
	struct stat st;
	char *temporary;
	mode_t mask;
	int fd, err;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return write_special(path, text);
	temporary = render_format("%s.XXXXXX", path);
	mask = umask(0);
	umask(mask);
	fd = mkostemp(temporary, O_CLOEXEC);
	err = fd < 0 ? errno : write_all(fd, text);
	if (err == 0 && fchmod(fd, 0666 & ~mask) != 0)
		err = errno;
	if (fd >= 0 && close(fd) != 0 && err == 0)
		err = errno;
	if (err == 0 && rename(temporary, path) != 0)
		err = errno;
	if (err != 0 && fd >= 0)
		unlink(temporary);
	free(temporary);
	if (err != 0)
		return err;
	err = fileio_sync_parent(path);
	return err != EINVAL ? err : 0; /* a file system that cannot sync folders */
}
