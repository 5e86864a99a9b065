/*
 * custody ledger verify|checkpoint|prove|publish: shows that the ledger is complete and unchanged.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fs/store/base/i18n.h"
#include "tools/cmd/commands.h"
#include "tools/cmd/source.h"
#include "tools/text/file.h"
#include "tools/text/output.h"
#include "tools/text/progress.h"
#include "tools/text/render.h"
#include "tools/text/status.h"

/*
 * Complains that something on the ledger failed.  Damage gives STATUS_REFUSED; anything else means
 * that it could not be done.
 */
static int complain_source(const struct control *c, const struct source *s, const char *what,
	int error, const struct ledger_fault *fault)
{
	if (source_refusal(s) != NULL)
		output_complain(c->out, what, "%s", source_refusal(s));
	else if (fault != NULL && *fault->text != '\0')
		output_complain(c->out, what, "%s", gettext(fault->text));
	else
		output_complain(c->out, what, "%s", i18n_error(error));
	return error == EUCLEAN || error == EBADMSG || error == EACCES ? STATUS_REFUSED
								       : STATUS_UNREACHABLE;
}

static void print_document(struct control *c, json_t *document)
{
	output_json(c->out, document);
	json_decref(document);
}

static void show_progress(void *arg, uint64_t done, uint64_t total)
{
	progress_show(arg, done, total);
}

/* Checks that the signed head is the head of this tree.  0 or an errno. */
static int check_head(
	const struct source *s, const uint8_t root[HASH_LEN], struct ledger_fault *fault)
{
	struct checkpoint head;
	if (checkpoint_open(s->checkpoint, s->ledger.vkey, &head) != 0) {
		snprintf(fault->text, sizeof fault->text, "%s",
			N_("the signature of the ledger's head does not verify"));
		return EBADMSG;
	}
	if (head.size == s->ledger.size && memcmp(root, head.root, HASH_LEN) == 0)
		return 0;
	snprintf(fault->text, sizeof fault->text, "%s",
		N_("the ledger's tree is not the one that its head was signed over"));
	return EUCLEAN;
}

/*
 * Checks every entry and every stored hash, then the signed head (where there is one) against the
 * tree.  0 or an errno.
 */
static int verify_source(struct source *s, struct ledger_fault *fault, uint8_t root[HASH_LEN])
{
	struct progress p;
	int err;
	progress_begin(&p, _("verifying the ledger"), false);
	err = ledger_verify(&s->ledger, show_progress, &p, fault);
	progress_end(&p);
	if (err == 0)
		err = merkle_root(s->ledger.hash, s->ledger.arg, s->ledger.size, root);
	if (err == 0 && *s->checkpoint != '\0')
		err = check_head(s, root, fault);
	return err;
}

static int tell_verified(struct control *c, const struct source *s, const uint8_t root[HASH_LEN])
{
	char hex[HASH_HEX];
	unsigned long long size = s->ledger.size;
	hash_hex(root, hex);
	if (c->json)
		print_document(c,
			json_pack("{s:b, s:I, s:s, s:b}", "ok", true, "size", (json_int_t)size,
				"root", hex, "signed", *s->checkpoint != '\0'));
	else if (*s->checkpoint != '\0')
		render_line(stdout,
			ngettext("%llu entry: every record, the tree and the signature are valid; "
				 "root %s",
				"%llu entries: every record, the tree and the signature are valid; "
				"root %s",
				(unsigned long)size),
			size, hex);
	else
		render_line(stdout,
			ngettext("%llu entry: every record and the tree are valid; nothing was "
				 "signed, the key is kept elsewhere; root %s",
				"%llu entries: every record and the tree are valid; nothing was "
				"signed, the key is kept elsewhere; root %s",
				(unsigned long)size),
			size, hex);
	return STATUS_DONE;
}

static int run_ledger_verify(struct control *c, const struct options *o)
{
	struct source s;
	struct ledger_fault fault = { "" };
	uint8_t root[HASH_LEN];
	int status = source_open(c, &s);
	int err;
	(void)o;
	if (status != 0)
		return status;
	err = verify_source(&s, &fault, root);
	if (err == 0) {
		status = tell_verified(c, &s, root);
	} else {
		status = complain_source(c, &s, "ledger verify", err, &fault);
		if (c->json)
			print_document(c,
				json_pack("{s:b, s:s, s:s}", "ok", false, "errno",
					strerrorname_np(err), "text", fault.text));
	}
	source_close(&s);
	return status;
}

/* Others can only check what has a signed head. */
static int need_head(const struct control *c, const struct source *s, const char *what)
{
	if (*s->checkpoint != '\0')
		return 0;
	return output_usage(c->out, what,
		_("this needs the signing key, which is kept outside this store; mount the store "
		  "with its key, and ask the mount"));
}

/* Whether a signed note is of another log: its first line names the log. */
static bool is_foreign(const char *note, const char *origin)
{
	size_t len = strcspn(note, "\n");
	return note[len] != '\0' && len != 0 &&
		(len != strlen(origin) || strncmp(note, origin, len) != 0);
}

/* Compares the kept head with the ledger.  EBADMSG: not signed with this store's key. */
static int compare_head(const struct source *s, const char *note, enum ledger_relation *relation,
	struct checkpoint *kept)
{
	int err = checkpoint_open(note, s->ledger.vkey, kept);
	if (err == EBADMSG && is_foreign(note, s->ledger.origin)) {
		*relation = LEDGER_FOREIGN;
		kept->size = 0;
		return 0;
	}
	return err != 0 ? err : ledger_compare(&s->ledger, kept, relation);
}

static const struct {
	const char *name, *sentence;
	int status;
} relations[] = {
	[LEDGER_PREFIX] = { "prefix",
		N_("The kept head is a part of this ledger: nothing up to it was removed or "
		   "changed."),
		STATUS_DONE },
	[LEDGER_ROLLED_BACK] = { "rolled-back",
		N_("ROLLED BACK: this ledger is shorter than the kept head; its end has been "
		   "removed."),
		STATUS_ROLLED_BACK },
	[LEDGER_REWRITTEN] = { "rewritten",
		N_("REWRITTEN: what the kept head was signed over is not what this ledger says "
		   "now."),
		STATUS_REWRITTEN },
	[LEDGER_FOREIGN] = { "foreign", N_("FOREIGN: the kept head is not of this store."),
		STATUS_FOREIGN },
};

static int tell_relation(struct control *c, const struct source *s, const char *file,
	enum ledger_relation r, const struct checkpoint *kept)
{
	if (c->json) {
		print_document(c,
			json_pack("{s:b, s:s, s:I, s:I}", "ok", relations[r].status == STATUS_DONE,
				"relation", relations[r].name, "kept", (json_int_t)kept->size,
				"size", (json_int_t)s->ledger.size));
		return relations[r].status;
	}
	render_line(stdout, "%s: %s", file, _(relations[r].sentence));
	if (r != LEDGER_FOREIGN)
		render_line(stdout, _("Kept head: %llu entries.  This ledger: %llu entries."),
			(unsigned long long)kept->size, (unsigned long long)s->ledger.size);
	return relations[r].status;
}

static int check_against(struct control *c, const struct source *s, const char *file)
{
	struct checkpoint kept;
	enum ledger_relation relation = LEDGER_REWRITTEN;
	char *note = NULL;
	int err = file_read(file, CHECKPOINT_MAX * 16, &note);
	if (err == EINVAL || err == EFBIG) {
		output_complain(c->out, file, "%s", _("this is not a signed head of a ledger"));
		return STATUS_REFUSED;
	}
	if (err != 0) {
		output_complain(c->out, file, "%s", i18n_error(err));
		return STATUS_UNREACHABLE;
	}
	err = compare_head(s, note, &relation, &kept);
	free(note);
	switch (err) {
	case 0:
		return tell_relation(c, s, file, relation, &kept);
	case EINVAL:
		output_complain(c->out, file, "%s", _("this is not a signed head of a ledger"));
		return STATUS_REFUSED;
	case EBADMSG:
		output_complain(c->out, file, "%s",
			_("this head is not signed with this store's key, or was changed after it "
			  "was signed"));
		return STATUS_REFUSED;
	default:
		return complain_source(c, s, file, err, NULL);
	}
}

static int run_ledger_checkpoint(struct control *c, const struct options *o)
{
	struct source s;
	int status = source_open(c, &s);
	if (status != 0)
		return status;
	if (o->value[OPTION_AGAINST] != NULL)
		status = check_against(c, &s, o->value[OPTION_AGAINST]);
	else if ((status = need_head(c, &s, "ledger checkpoint")) != 0)
		;
	else if (c->json)
		print_document(c,
			json_pack("{s:b, s:s, s:s, s:s, s:I}", "ok", true, "checkpoint",
				s.checkpoint, "vkey", s.ledger.vkey, "origin", s.ledger.origin,
				"size", (json_int_t)s.ledger.size));
	else
		fputs(s.checkpoint, stdout);
	source_close(&s);
	return status;
}

static int write_proof(struct control *c, struct source *s, const char *number, const char *output)
{
	int64_t seq;
	char *proof = NULL;
	int err;
	if (!options_number(number, &seq) || (uint64_t)seq >= s->ledger.size) {
		output_complain(c->out, number,
			ngettext("there is no such entry; the ledger has %llu, numbered from 0",
				"there is no such entry; the ledger has %llu, numbered from 0",
				(unsigned long)s->ledger.size),
			(unsigned long long)s->ledger.size);
		return STATUS_REFUSED;
	}
	err = ledger_prove(&s->ledger, (uint64_t)seq, s->checkpoint, &proof);
	if (err != 0)
		return complain_source(c, s, "ledger prove", err, NULL);
	err = output != NULL ? file_write(output, proof) : 0;
	if (err != 0)
		output_complain(c->out, output, "%s", i18n_error(err));
	else if (c->json)
		print_document(c,
			json_pack("{s:b, s:I, s:s}", "ok", true, "index", (json_int_t)seq, "proof",
				proof));
	else if (output == NULL)
		fputs(proof, stdout);
	free(proof);
	return err != 0 ? STATUS_REFUSED : 0;
}

static int run_ledger_prove(struct control *c, const struct options *o)
{
	struct source s;
	int status = source_open(c, &s);
	if (status != 0)
		return status;
	status = need_head(c, &s, "ledger prove");
	if (status == 0)
		status = write_proof(c, &s, o->argv[0], o->value[OPTION_OUTPUT]);
	source_close(&s);
	return status;
}

static int publish_to(struct control *c, const struct source *s, const char *dir)
{
	struct ledger_fault fault = { "" };
	int err = mkdir(dir, 0777) != 0 && errno != EEXIST ? errno : 0;
	if (err == 0)
		err = ledger_publish(&s->ledger, s->checkpoint, dir, &fault);
	if (err != 0)
		return complain_source(c, s, dir, err, &fault);
	if (c->json)
		print_document(c,
			json_pack("{s:b, s:s, s:I}", "ok", true, "dir", dir, "size",
				(json_int_t)s->ledger.size));
	else
		render_line(stdout,
			ngettext("%s: published, %llu entry", "%s: published, %llu entries",
				(unsigned long)s->ledger.size),
			dir, (unsigned long long)s->ledger.size);
	return STATUS_DONE;
}

static int run_ledger_publish(struct control *c, const struct options *o)
{
	struct source s;
	int status = source_open(c, &s);
	if (status != 0)
		return status;
	status = need_head(c, &s, "ledger publish");
	if (status == 0)
		status = publish_to(c, &s, o->argv[0]);
	source_close(&s);
	return status;
}

const struct command cmd_ledger[] = {
	{ "ledger verify", "", 0, 0, COMMAND_OFFLINE, 0, run_ledger_verify,
		N_("check every record of the ledger, its tree and its signature") },
	{ "ledger checkpoint", N_("[--against FILE]"), 0, 0, COMMAND_OFFLINE, OPTION_BIT(AGAINST),
		run_ledger_checkpoint,
		N_("print the ledger's signed head, or compare one that was kept elsewhere") },
	{ "ledger prove", N_("N [-o FILE]"), 1, 1, COMMAND_OFFLINE, OPTION_BIT(OUTPUT),
		run_ledger_prove, N_("write the proof that entry N is in the ledger") },
	{ "ledger publish", N_("DIRECTORY"), 1, 1, COMMAND_OFFLINE, 0, run_ledger_publish,
		N_("write the ledger as a tlog-tiles tree, or extend one") },
	{ .name = NULL },
};
