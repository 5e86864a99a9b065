/*
 * load read FILE                        reads it once in order, 1 MiB at a time; prints
 *                                       "BYTES SECONDS"
 * load open THREADS TIMES FILE…         open, read one byte, close; a thread keeps to one file;
 *                                       prints "OPS SECONDS P50 P99"
 * load create THREADS TIMES BYTES DIR   create, write BYTES in one call, close; prints the same
 * load create-sync …                    the same with an fsync before the close: what a plain file
 *                                       system needs to promise as much
 *
 * For bench.sh.  P50 and P99 are microseconds of one whole operation.  Anything that fails ends it
 * with status 1.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PIECE (1 << 20)

struct work {
	pthread_t thread;
	pthread_barrier_t *start;
	int (*once)(const struct work *, unsigned n); /* 0 or an errno */
	const char *path;
	unsigned number, times;
	bool sync;
	char *data;
	size_t bytes;
	double *took; /* microseconds, one an operation */
	double begun, ended;
	int err;
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int complain(const char *what, int err)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(err));
	return 1;
}

static int read_file(const char *path)
{
	char *buffer = aligned_alloc(4096, PIECE);
	long long bytes = 0;
	double begun;
	ssize_t n;
	int fd;

	if (buffer == NULL)
		return complain(path, ENOMEM);
	memset(buffer, 1, PIECE); /* its pages are there before the clock runs */
	begun = now();
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return complain(path, errno);
	while ((n = read(fd, buffer, PIECE)) > 0)
		bytes += n;
	if (n < 0 || close(fd) != 0)
		return complain(path, errno);
	printf("%lld %.6f\n", bytes, now() - begun);
	free(buffer);
	return 0;
}

static int open_once(const struct work *w, unsigned n)
{
	char byte;
	int fd = open(w->path, O_RDONLY);

	(void)n;
	if (fd < 0)
		return errno;
	if (read(fd, &byte, 1) != 1)
		return errno != 0 ? errno : ENODATA;
	return close(fd) != 0 ? errno : 0;
}

static int create_once(const struct work *w, unsigned n)
{
	char name[4096];
	int fd;

	snprintf(name, sizeof name, "%s/%ld-%u-%u.jpg", w->path, (long)getpid(), w->number, n);
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0644);
	if (fd < 0)
		return errno;
	if (write(fd, w->data, w->bytes) != (ssize_t)w->bytes || (w->sync && fsync(fd) != 0))
		return errno != 0 ? errno : EIO;
	return close(fd) != 0 ? errno : 0;
}

static void *run(void *arg)
{
	struct work *w = arg;

	pthread_barrier_wait(w->start);
	w->begun = w->ended = now();
	for (unsigned i = 0; i < w->times && w->err == 0; i++) {
		double before = w->ended;

		w->err = w->once(w, i);
		w->ended = now();
		w->took[i] = (w->ended - before) * 1e6;
	}
	return NULL;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Runs all at once, and prints what they took. */
static int run_all(struct work *w, unsigned threads, unsigned times)
{
	double *took = calloc((size_t)threads * times, sizeof *took), begun, ended;
	size_t all = (size_t)threads * times;
	pthread_barrier_t start;

	if (took == NULL)
		return complain("memory", ENOMEM);
	pthread_barrier_init(&start, NULL, threads);
	for (unsigned i = 0; i < threads; i++) {
		w[i].start = &start;
		w[i].number = i;
		w[i].times = times;
		w[i].took = took + (size_t)i * times;
		if (pthread_create(&w[i].thread, NULL, run, &w[i]) != 0)
			return complain("thread", EAGAIN);
	}
	for (unsigned i = 0; i < threads; i++)
		pthread_join(w[i].thread, NULL);
	pthread_barrier_destroy(&start);
	begun = w[0].begun;
	ended = w[0].ended;
	for (unsigned i = 0; i < threads; i++) {
		if (w[i].err != 0)
			return complain(w[i].path, w[i].err);
		begun = w[i].begun < begun ? w[i].begun : begun;
		ended = w[i].ended > ended ? w[i].ended : ended;
	}
	qsort(took, all, sizeof *took, ascending);
	printf("%zu %.6f %.1f %.1f\n", all, ended - begun, took[all / 2], took[all * 99 / 100]);
	free(took);
	return 0;
}

static int usage(void)
{
	fprintf(stderr,
		"usage: load read FILE | open THREADS TIMES FILE... | create|create-sync THREADS "
		"TIMES BYTES DIR\n");
	return 2;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 2 ? argv[1] : "";
	bool opens = strcmp(verb, "open") == 0, sync = strcmp(verb, "create-sync") == 0;
	unsigned threads, times;
	struct work *w;
	size_t bytes;
	char *data;
	int status;

	if (strcmp(verb, "read") == 0)
		return read_file(argv[2]);
	if ((!opens && !sync && strcmp(verb, "create") != 0) || argc < (opens ? 5 : 6))
		return usage();
	threads = (unsigned)strtoul(argv[2], NULL, 10);
	times = (unsigned)strtoul(argv[3], NULL, 10);
	bytes = opens ? 1 : strtoul(argv[4], NULL, 10);
	w = calloc(threads, sizeof *w);
	data = malloc(bytes);
	if (threads == 0 || times == 0 || bytes == 0 || w == NULL || data == NULL)
		return usage();
	memset(data, 'x', bytes);
	for (unsigned i = 0; i < threads; i++)
		w[i] = (struct work){ .once = opens ? open_once : create_once,
			.path = opens ? argv[4 + (int)i % (argc - 4)] : argv[5],
			.sync = sync,
			.data = data,
			.bytes = bytes };
	status = run_all(w, threads, times);
	free(data);
	free(w);
	return status;
}
