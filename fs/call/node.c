#include "fs/call/node.h"

#include "policy/litter.h"

#define KIND_SHIFT 60
#define FIRST_MARKER 64
#define UNIT_SHIFT 40
#define DEVICE_SHIFT 20
#define PART_MASK ((UINT64_C(1) << 20) - 1)
#define ID_MASK ((UINT64_C(1) << KIND_SHIFT) - 1)
#define VIEW_SHIFT 56
#define LEVEL_SHIFT 52

uint64_t node_ino(const struct node *n)
{
	uint64_t kind;

	switch (n->kind) {
	case NODE_ROOT:
	case NODE_BY_UNIT:
	case NODE_CUSTODY:
	case NODE_CTL:
		return (uint64_t)n->kind + 1;
	case NODE_MARKER:
		return FIRST_MARKER + (uint64_t)n->id;
	case NODE_UNIT:
	case NODE_DEVICE:
	case NODE_OFFICER:
		kind = (uint64_t)(n->kind - NODE_UNIT) + 1;
		return kind << KIND_SHIFT | (uint64_t)n->unit << UNIT_SHIFT |
			(n->kind >= NODE_DEVICE ? (uint64_t)n->device << DEVICE_SHIFT : 0) |
			(n->kind == NODE_OFFICER ? (uint64_t)n->officer : 0);
	case NODE_VIEW:
		kind = (uint64_t)(n->kind - NODE_UNIT) + 1;
		return kind << KIND_SHIFT | (uint64_t)n->view.view << VIEW_SHIFT |
			(uint64_t)n->view.level << LEVEL_SHIFT | (uint64_t)n->view.id;
	case NODE_DATE:
	case NODE_CASE:
	case NODE_ITEM:
		break;
	}
	kind = (uint64_t)(n->kind - NODE_UNIT) + 1;
	return kind << KIND_SHIFT | (uint64_t)n->id;
}

static bool parse_view(uint64_t rest, struct view_at *out)
{
	out->view = (enum view)(rest >> VIEW_SHIFT);
	out->level = (int)(rest >> LEVEL_SHIFT & VIEW_LEVELS_MAX);
	out->id = (int64_t)(rest & VIEW_ID_MAX);
	return out->view < VIEW_COUNT && view_level_valid(out);
}

bool node_parse(uint64_t ino, struct node *out)
{
	uint64_t kind = ino >> KIND_SHIFT, rest = ino & ID_MASK;

	*out = (struct node){ .kind = NODE_ROOT };
	if (kind == 0 && rest >= FIRST_MARKER && rest < FIRST_MARKER + MARKERS) {
		*out = (struct node){ .kind = NODE_MARKER, .id = (int64_t)rest - FIRST_MARKER };
		return true;
	}
	if (kind == 0) {
		if (rest < 1 || rest > 4)
			return false;
		out->kind = (enum node_kind)(rest - 1);
		return true;
	}
	if (kind > NODE_VIEW - NODE_UNIT + 1)
		return false;
	out->kind = (enum node_kind)(NODE_UNIT + kind - 1);
	if (out->kind <= NODE_OFFICER) {
		out->unit = (int64_t)(rest >> UNIT_SHIFT);
		out->device = (int64_t)(rest >> DEVICE_SHIFT & PART_MASK);
		out->officer = (int64_t)(rest & PART_MASK);
	} else if (out->kind == NODE_VIEW)
		return parse_view(rest, &out->view);
	else
		out->id = (int64_t)rest;
	return true;
}

bool node_is_top(const struct node *n)
{
	return n->kind < NODE_UNIT ||
		(n->kind == NODE_VIEW && n->view.level == 0 && n->view.view <= VIEW_CASE);
}

bool node_is_dir(const struct node *n)
{
	return n->kind != NODE_ITEM && n->kind != NODE_CTL && n->kind != NODE_MARKER;
}
