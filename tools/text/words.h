/* Words for people in place of the names that machines use: states, roles, classes, verbs,
 * reasons. */
#ifndef TOOLS_TEXT_WORDS_H
#define TOOLS_TEXT_WORDS_H

enum words {
	WORDS_STATE,     /* of an item: "sealed" */
	WORDS_REQUEST,   /* of a request: "pending" */
	WORDS_CLASS,     /* retention class: "evidence-30" */
	WORDS_BASIS,     /* what decides on its term: "case" */
	WORDS_TAG,       /* "informed", as what is said of an item */
	WORDS_STAGE,     /* "patrol", as a stage of the enforcement */
	WORDS_MEDIA,     /* form and kind: "dynamic", "video" */
	WORDS_UNRELATED, /* "proposed" */
	WORDS_ROLE,
	WORDS_VERB,     /* "open-read", as what was asked for */
	WORDS_FINDING,  /* the rule of a finding: "late" */
	WORDS_REASON,   /* short, for the log: "sealed" → "the content is sealed" */
	WORDS_BROKEN,   /* why a deposit is incomplete: "killed" */
	WORDS_FIELD,    /* of a request on the control file: "certified_to", as the user knows it */
	WORDS_ERASURE,  /* what became of the content of a disposed item: "overwritten" */
	WORDS_DISPOSAL, /* state of a proposal: "approved" */
	WORDS_MEDIUM,   /* kind of an offline medium: "bd" */
	WORDS_COUNT
};

/* The translated word; the name itself where it is not known, "" for NULL. */
const char *words_for(enum words kind, const char *name);

/* "officer,approver" → "officer, approver", translated.  Malloc'd. */
char *words_roles(const char *roles);

#endif
