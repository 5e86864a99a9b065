/* Cases in words. */
#include <stdlib.h>

#include "fs/store/base/i18n.h"
#include "tools/story/story_record.h"
#include "tools/text/render.h"

STORY(register_case)
{
	return story_joined(render_format(_("registered the case %s"), story_text(e->number)),
		story_remark(e->cause));
}

STORY(case_link)
{
	return render_format(_("linked it to the case %s"), story_text(e->number));
}

STORY(case_unlink)
{
	return render_format(_("unlinked it from the case %s"), story_text(e->number));
}

STORY(case_alias)
{
	return render_format(_("gave the case %s the further number %s"), story_text(e->number),
		story_text(e->alias));
}

STORY(case_close)
{
	char *date = story_day(e->date);
	char *text = render_format(_("closed the case %s on %s"), story_text(e->number), date);
	free(date);
	return text;
}
