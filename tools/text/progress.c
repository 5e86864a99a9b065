/* A progress bar on stderr. */
#include "tools/text/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "fs/store/base/i18n.h"
#include "tools/text/render.h"

#define BAR 24    /* columns of the bar itself */
#define PAUSE 100 /* ms between two drawings */

static int64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void progress_begin(struct progress *p, const char *label, bool bytes)
{
	*p = (struct progress){
		.label = label, .bytes = bytes, .shown = isatty(STDERR_FILENO) != 0, .begun = now()
	};
}

int64_t progress_elapsed(const struct progress *p)
{
	return now() - p->begun;
}

char *progress_rate(uint64_t done, int64_t ms)
{
	char *size = render_size(ms > 0 ? (uint64_t)((double)done * 1000 / (double)ms) : done);
	char *rate = render_format("%s/s", size);
	free(size);
	return rate;
}

/* "1:02:03" or "2:03". */
static char *duration_text(int64_t seconds)
{
	if (seconds >= 3600)
		return render_format("%" PRId64 ":%02d:%02d", seconds / 3600,
			(int)(seconds / 60 % 60), (int)(seconds % 60));
	return render_format("%d:%02d", (int)(seconds / 60), (int)(seconds % 60));
}

static char *remark_text(const struct progress *p, uint64_t done, uint64_t total)
{
	int64_t ms = progress_elapsed(p);
	double speed = ms > 0 ? (double)done * 1000 / (double)ms : 0;
	char *rate = p->bytes ? progress_rate(done, ms)
			      : render_format(_("%.0f per second"), speed);
	char *text;
	if (done != 0 && ms > 500) {
		char *left = duration_text(
			(int64_t)((double)ms / 1000 * (double)(total - done) / (double)done));
		text = render_format(_("%s, %s left"), rate, left);
		free(left);
		free(rate);
	} else {
		text = rate;
	}
	return text;
}

static size_t terminal_width(void)
{
	struct winsize size;
	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void progress_show(struct progress *p, uint64_t done, uint64_t total)
{
	char bar[BAR + 1];
	double part;
	int filled, percent;
	char *rest, *line, *safe;
	if (!p->shown || (p->drawn != 0 && now() - p->drawn < PAUSE))
		return;
	p->drawn = now();
	total = total > done ? total : done;
	part = total != 0 ? (double)done / (double)total : 0;
	filled = (int)(part * BAR);
	percent = (int)(part * 100);
	memset(bar, ' ', BAR);
	memset(bar, '=', (size_t)filled);
	bar[BAR] = '\0';
	rest = remark_text(p, done, total);
	line = render_format("%s [%s] %3d%%  %s", p->label, bar, percent, rest);
	safe = render_safe(line);
	if (render_width(safe) < terminal_width())
		fprintf(stderr, "\r%s\033[K", safe);
	else
		fprintf(stderr, "\r%3d%%\033[K", percent);
	fflush(stderr);
	free(safe);
	free(line);
	free(rest);
}

void progress_end(struct progress *p)
{
	if (p->shown && p->drawn != 0)
		fputs("\r\033[K", stderr);
	p->drawn = 0;
}
