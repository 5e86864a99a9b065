/* The command lines of `custody`. */
#include "tools/dockd/command.h"

static size_t add_option(char **argv, size_t n, const char *name, const char *value)
{
	if (value != NULL) {
		argv[n++] = (char *)name;
		argv[n++] = (char *)value;
	}
	return n;
}

static size_t begin_command(char **argv, const struct config *c, const char *what)
{
	size_t n = 0;
	argv[n++] = "custody";
	n = add_option(argv, n, "-m", c->mount);
	argv[n++] = "--json";
	argv[n++] = (char *)what;
	return n;
}

void command_ask(
	char *argv[COMMAND_ARGUMENTS], const struct config *c, const char *what, const char *of)
{
	size_t n = begin_command(argv, c, what);
	argv[n++] = (char *)of;
	argv[n] = NULL;
}

void command_deposit(char *argv[COMMAND_ARGUMENTS], const struct config *c, const struct dock *dock,
	struct file *const *file, size_t files)
{
	size_t n = begin_command(argv, c, "deposit");
	if (dock->clear)
		argv[n++] = "--clear-source";
	n = add_option(argv, n, "--unit", dock->unit);
	n = add_option(argv, n, "--device", dock->device);
	n = add_option(argv, n, "--officer", dock->officer);
	n = add_option(argv, n, "--case", dock->kase);
	for (size_t i = 0; i < files; i++)
		argv[n++] = file[i]->path;
	if (dock->into != NULL)
		argv[n++] = dock->into;
	argv[n] = NULL;
}
