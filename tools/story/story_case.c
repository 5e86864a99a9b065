/* Cases in words. */
#include "fs/store/base/i18n.h"
#include "tools/story/story_part.h"
#include "tools/text/render.h"

static char *case_link(const json_t *d)
{
	return render_format(_("linked it to the case %s"), story_text(d, "number"));
}

static char *case_unlink(const json_t *d)
{
	return render_format(_("unlinked it from the case %s"), story_text(d, "number"));
}

static char *case_alias(const json_t *d)
{
	return render_format(_("gave the case %s the further number %s"), story_text(d, "number"),
		story_text(d, "alias"));
}

static char *case_close(const json_t *d)
{
	return render_format(
		_("closed the case %s on %s"), story_text(d, "number"), story_text(d, "date"));
}

static const struct story stories[] = {
	{ "case.link", case_link },
	{ "case.unlink", case_unlink },
	{ "case.alias", case_alias },
	{ "case.close", case_close },
};

const struct story_part story_cases = STORY_PART(stories);
