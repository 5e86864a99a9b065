/* What one run says. */
#include "tools/text/output.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/text/render.h"
#include "tools/text/status.h"

void output_complain(struct output *out, const char *what, const char *fmt, ...)
{
	va_list args;
	char *sentence;
	va_start(args, fmt);
	sentence = render_format_args(fmt, args);
	va_end(args);
	output_free(out);
	out->what = what != NULL ? render_safe(what) : NULL;
	out->sentence = render_safe(sentence);
	free(sentence);
	fflush(stdout);
	if (what != NULL)
		fprintf(stderr, "custody: %s: %s\n", out->what, out->sentence);
	else
		fprintf(stderr, "custody: %s\n", out->sentence);
}

int output_usage(struct output *out, const char *what, const char *sentence)
{
	output_complain(out, what, "%s", sentence);
	return STATUS_UNREACHABLE;
}

void output_json(struct output *out, const json_t *document)
{
	render_json(stdout, document);
	if (json_is_false(json_object_get(document, "ok")))
		out->failure_printed = true;
}

void output_failure(struct output *out)
{
	json_t *document;
	if (out->failure_printed)
		return;
	document = json_pack("{s:b, s:n, s:s, s:s?, s:s?}", "ok", false, "errno", "reason", "error",
		"text", out->sentence, "what", out->what);
	output_json(out, document);
	json_decref(document);
}

void output_free(struct output *out)
{
	free(out->what);
	free(out->sentence);
	out->what = out->sentence = NULL;
}
