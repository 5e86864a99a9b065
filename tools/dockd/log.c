/* What the daemon says. */
#include "tools/dockd/log.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "tools/text/render.h"

/*
 * JOURNAL_STREAM is "device:inode" of the journal's socket; it may be inherited and not describe
 * this stderr.
 */
static bool reads_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;
	return stream != NULL && sscanf(stream, "%llu:%llu", &dev, &ino) == 2 &&
		fstat(STDERR_FILENO, &st) == 0 && st.st_dev == dev && st.st_ino == ino;
}

void log_begin(struct log *log, bool verbose)
{
	log->verbose = verbose;
	log->journal = reads_journal();
}

void log_say(const struct log *log, int level, const char *fmt, ...)
{
	va_list args;
	char *text;
	if (level >= LOG_DEBUG && !log->verbose)
		return;
	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	if (log->journal)
		render_line(stderr, "<%d>%s", level, text != NULL ? text : fmt);
	else
		render_line(stderr, "custody-dockd: %s", text != NULL ? text : fmt);
	free(text);
}

void log_notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t length = path != NULL ? strlen(path) : 0;
	int fd;
	if (length == 0 || length >= sizeof to.sun_path || (*path != '/' && *path != '@'))
		return;
	memcpy(to.sun_path, path, length);
	if (*path == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	/* whether the manager gets it makes no difference here */
	(void)sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&to,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
	close(fd);
}
