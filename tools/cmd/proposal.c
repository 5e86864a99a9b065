/* Proposals of disposal, as tables and in full. */
#include "tools/cmd/proposal.h"

#include <string.h>

#include "fs/store/base/i18n.h"
#include "tools/text/cell.h"
#include "tools/text/get.h"
#include "tools/text/words.h"

static const char *kind_of(const json_t *d)
{
	const char *kind = get_text(d, "kind");
	if (kind != NULL && strcmp(kind, "expired") == 0)
		return _("items whose term has ended");
	if (kind != NULL && strcmp(kind, "incomplete") == 0)
		return _("deposits that broke off");
	if (kind != NULL && strcmp(kind, "withdrawn") == 0)
		return _("deposits that were withdrawn");
	return _("items that were named");
}

/* Why it stopped: a reason's name in words, or what somebody wrote. */
static char *stopped_of(const json_t *d)
{
	const char *why = get_text(d, "stopped_why");
	return why != NULL ? render_format("%s", words_for(WORDS_REASON, why)) : NULL;
}

void proposal_card(struct render_table *t, const json_t *d)
{
	render_field(t, _("Proposal"), get_copy(d, "id"));
	render_field(t, _("State"),
		render_format("%s", words_for(WORDS_DISPOSAL, get_text(d, "state"))));
	render_field(t, _("What"), render_format("%s", kind_of(d)));
	render_field(t, _("Items"), get_copy(d, "items"));
	render_field(t, _("Size"), render_size((uint64_t)get_number(d, "bytes", 0)));
	render_field(t, _("Disposed of"), get_copy(d, "done"));
	render_field(t, _("Reason"), get_copy(d, "reason"));
	render_field(t, _("Proposed by"), cell_named(d, "proposed_by", "proposed_by_name"));
	render_field(t, _("Proposed"), render_time(get_text(d, "proposed_at"), true));
	render_field(t, _("Decided by"), cell_named(d, "decided_by", "decided_by_name"));
	render_field(t, _("Decided"), render_time(get_text(d, "decided_at"), true));
	render_field(t, _("Remark"), get_copy(d, "decided_why"));
	render_field(t, _("Stopped at item"), get_copy(d, "stopped_item"));
	render_field(t, _("Why it stopped"), stopped_of(d));
}

static void fill_proposal(struct render_table *t, const json_t *d)
{
	render_table_set(t, 0, get_copy(d, "id"));
	render_table_set(
		t, 1, render_format("%s", words_for(WORDS_DISPOSAL, get_text(d, "state"))));
	render_table_set(t, 2, get_copy(d, "items"));
	render_table_set(t, 3, render_size((uint64_t)get_number(d, "bytes", 0)));
	render_table_set(t, 4, get_copy(d, "done"));
	render_table_set(t, 5, cell_named(d, "proposed_by", "proposed_by_name"));
	render_table_set(t, 6, render_time(get_text(d, "proposed_at"), false));
	render_table_set(t, 7, cell_named(d, "decided_by", "decided_by_name"));
}

static void fill_item(struct render_table *t, const json_t *i)
{
	render_table_set(t, 0, get_copy(i, "item"));
	render_table_set(t, 1, render_format("%s", words_for(WORDS_STATE, get_text(i, "state"))));
	render_table_set(t, 2, render_size((uint64_t)get_number(i, "size", 0)));
	render_table_set(t, 3, get_copy(i, "recorded_on"));
	render_table_set(t, 4,
		get_text(i, "path") != NULL             ? get_copy(i, "path")
			: get_text(i, "was_at") != NULL ? get_copy(i, "was_at")
							: get_copy(i, "name"));
}

static void fill_done(struct render_table *t, const json_t *i)
{
	const json_t *d = json_object_get(i, "disposal");
	render_table_set(t, 0, get_copy(i, "item"));
	render_table_set(t, 1, render_time(get_text(d, "at"), false));
	render_table_set(t, 2, cell_named(d, "proposed_by", "proposed_by_name"));
	render_table_set(t, 3, cell_named(d, "approved_by", "approved_by_name"));
	render_table_set(t, 4, get_copy(d, "policy"));
	render_table_set(t, 5, get_copy(i, "recorded_on"));
	render_table_set(t, 6, get_copy(i, "sha256"));
	render_table_set(
		t, 7, get_text(i, "was_at") != NULL ? get_copy(i, "was_at") : get_copy(i, "name"));
}

const struct table_kind proposal_list = {
	"dispose list",
	{ N_("ID"), N_("STATE"), N_("ITEMS"), N_("SIZE"), N_("DONE"), N_("PROPOSED BY"),
		N_("PROPOSED"), N_("DECIDED BY") },
	1 << 0 | 1 << 2 | 1 << 3 | 1 << 4,
	fill_proposal,
};
const struct table_kind proposal_items = {
	"dispose show",
	{ N_("ITEM"), N_("STATE"), N_("SIZE"), N_("RECORDED"), N_("PATH") },
	1 << 0 | 1 << 2,
	fill_item,
};
const struct table_kind proposal_done = {
	"dispose list",
	{ N_("ITEM"), N_("DISPOSED OF"), N_("PROPOSED BY"), N_("APPROVED BY"), N_("POLICY"),
		N_("RECORDED"), N_("SHA-256"), N_("PATH") },
	1 << 0 | 1 << 4,
	fill_done,
};
