/*
 * Words for people instead of the names that programs use: states, roles, classes, verbs, reasons.
 */
#ifndef TOOLS_TEXT_WORDS_H
#define TOOLS_TEXT_WORDS_H

enum words {
	WORDS_STATE,     /* of an item: "sealed" */
	WORDS_REQUEST,   /* of a request: "pending" */
	WORDS_CLASS,     /* retention class: "evidence-30" */
	WORDS_BASIS,     /* what decides how long it is kept: "case" */
	WORDS_TAG,       /* a tag of an item: "informed" */
	WORDS_STAGE,     /* stage of the enforcement: "patrol" */
	WORDS_MEDIA,     /* form and kind: "dynamic", "video" */
	WORDS_UNRELATED, /* "proposed" */
	WORDS_ROLE,
	WORDS_VERB,     /* what was tried: "open-read" */
	WORDS_FINDING,  /* the rule of a finding: "late" */
	WORDS_REASON,   /* short, for the log: "sealed" → "the content is sealed" */
	WORDS_BROKEN,   /* why a deposit is incomplete: "killed" */
	WORDS_FIELD,    /* a field of the control file, as users know it: "certified_to" */
	WORDS_ERASURE,  /* how the content of a disposed item was removed: "overwritten" */
	WORDS_DISPOSAL, /* state of a proposal: "approved" */
	WORDS_MEDIUM,   /* kind of an offline medium: "bd" */
	WORDS_COUNT
};

/* The translated word; the name itself where it is not known, "" for NULL. */
const char *words_for(enum words kind, const char *name);

/* "officer,approver" → "officer, approver", translated.  Malloc'd. */
char *words_roles(const char *list);

#endif
