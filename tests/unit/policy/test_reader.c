/* Which programs are uninvited readers; which names desktops make. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/litter.h"
#include "policy/reader.h"

#define N(a) ((int)(sizeof(a) / sizeof(a)[0]))

/* The line of a process: program|name, and those that started it, with blanks between. */
static const struct {
	const char *rule; /* by which it is uninvited; NULL: it is none */
	const char *line;
} lines[] = {
	{ "tumblerd",
		"/usr/lib/x86_64-linux-gnu/tumbler-1/tumblerd|tumblerd "
		"/usr/lib/systemd/systemd|systemd" },
	{ "tumblerd", "/usr/lib/tumbler-1/tumblerd|" },
	{ "tumblerd", "|tumblerd" },
	{ "tumblerd", "tumblerd|" },
	{ NULL, "/usr/bin/mpv|mpv /usr/bin/bash|bash" },
	{ NULL, "|" },
	{ NULL, "" },
	{ NULL, "/usr/bin/Thunar|Thunar" },
	{ NULL, "/opt/tumblerd/bin/view|view" },
	{ NULL, "/usr/bin/tumblerd2|tumblerd2" },
	{ NULL, "/usr/bin/atumblerd|atumblerd" },
	{ NULL, "/usr/bin/tumbler|tumbler" },
	{ NULL, "/|" },
	/* replaced or prelinked while it ran */
	{ "tumblerd", "/usr/bin/tumblerd_(deleted)|x" },
	{ "tumblerd", "/usr/bin/tumblerd.#prelink#.kX3a1_(deleted)|x" },
	{ "*thumbnailer", "/usr/bin/.#prelink#.thumbnailer|x" },
	{ NULL, "/usr/bin/_(deleted)|x" },
	{ "*thumbnailer", "/usr/bin/ffmpegthumbnailer|ffmpegthumbnail" },
	{ "*thumbnailer", "/usr/bin/totem-video-thumbnailer|totem-video-thu" },
	{ "*thumbnailer",
		"/usr/bin/evince-thumbnailer|evince-thumbnai /usr/bin/bwrap|bwrap "
		"/usr/bin/nautilus|nautilus" },
	{ "*thumbnailer", "/newroot/usr/bin/gdk-pixbuf-thumbnailer_(deleted)|" },
	{ NULL, "/usr/bin/thumbnailer-view|x" },
	{ NULL, "/usr/bin/bwrap|bwrap /usr/bin/eog|eog" },
	/* a script: the interpreter's program, the script's name, cut */
	{ "gnome-epub-thumbnailer", "/usr/bin/python3.11|gnome-epub-thum" },
	{ NULL, "/usr/bin/python3.11|gnome-epub-thuX" },
	{ NULL, "/usr/bin/python3.11|gnome-epub" },
	/* a general tool in their service, up to four generations down */
	{ "tumblerd", "/usr/bin/ffmpeg|ffmpeg /usr/bin/tumblerd|tumblerd" },
	{ "tumblerd", "/usr/bin/ffmpeg|ffmpeg /usr/bin/dash|sh /usr/bin/tumblerd|tumblerd" },
	{ "tumblerd",
		"/usr/bin/a|a /usr/bin/b|b /usr/bin/c|c /usr/bin/d|d /usr/bin/tumblerd|tumblerd" },
	{ NULL,
		"/usr/bin/a|a /usr/bin/b|b /usr/bin/c|c /usr/bin/d|d /usr/bin/e|e "
		"/usr/bin/tumblerd|tumblerd" },
	{ NULL, "/usr/bin/ffmpeg|ffmpeg /usr/bin/bash|bash /usr/bin/xterm|xterm" },
	{ "tracker-miner-*", "/usr/libexec/tracker-miner-fs-3|tracker-miner-f" },
	{ "tracker-extract*", "/usr/libexec/tracker-extract-3|x" },
	{ "localsearch*", "/usr/libexec/localsearch-extractor-3|localsearch-ext" },
	{ "baloo_file*", "/usr/bin/baloo_file_extractor|baloo_file_extr" },
	{ "thumbnail.so", "/usr/lib/kdeinit5|thumbnail.so" },
	{ NULL, "/usr/lib/kdeinit5|file.so" },
	{ "ukui-search-service*", "/usr/bin/ukui-search-service-dir-manager|x" },
	{ NULL, "/usr/bin/tracker3|tracker3" },
};

/* Blanks part processes; what is to be a blank in a name is written "_". */
static size_t read_line(const char *text, struct reader_process *out)
{
	size_t n = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, " "), bar = strcspn(text, "|");

		snprintf(out[n].program, sizeof out[n].program, "%.*s", (int)bar, text);
		snprintf(out[n].name, sizeof out[n].name, "%.*s", (int)(len - bar - 1),
			text + bar + 1);
		for (char *p = strstr(out[n].program, "_("); p != NULL; p = NULL)
			*p = ' ';
		n++;
		text += len + (text[len] == ' ');
	}
	return n;
}

static const char *rule_for(const struct reader_list *list, const char *text)
{
	struct reader_process line[8];
	const struct reader_rule *rule = reader_uninvited(list, line, read_line(text, line));

	return rule != NULL ? rule->name : NULL;
}

START_TEST(who_is_uninvited)
{
	struct reader_list list;
	const char *rule;

	readers_default(&list);
	rule = rule_for(&list, lines[_i].line);
	ck_assert_msg((rule == NULL) == (lines[_i].rule == NULL), "%s: %s", lines[_i].line,
		rule != NULL ? rule : "none");
	if (rule != NULL)
		ck_assert_str_eq(rule, lines[_i].rule);
}
END_TEST

static const struct {
	const char *rule;
	bool good;
} rules[] = {
	{ "caja", true },
	{ "*-indexer", true },
	{ "index-*", true },
	{ "*index*", true },
	{ "!tumblerd", true },
	{ "!*", true },
	{ "预览", true },
	{ "a b", true },
	{ "", false },
	{ "!", false },
	{ "*", false },
	{ "**", false },
	{ "!**", false },
	{ "a*b", false },
	{ "*a*b*", false },
	{ "***", false },
	{ "/usr/bin/tumblerd", false },
	{ "a\nb", false },
	{ "\xff", false },
	{ "1234567890123456789012345678901234567890123456789012345678901234", false },
	{ "123456789012345678901234567890123456789012345678901234567890123", true },
};

START_TEST(which_rules_are_good)
{
	struct reader_list list = { .count = 0 };

	ck_assert_msg(readers_add(&list, rules[_i].rule) == rules[_i].good, "%s", rules[_i].rule);
	ck_assert_uint_eq(list.count, rules[_i].good);
}
END_TEST

START_TEST(rules_of_ones_own)
{
	struct reader_list list;
	const char *child = "/usr/bin/ffmpeg|ffmpeg /usr/bin/tumblerd|tumblerd";

	readers_default(&list);
	ck_assert(readers_add(&list, "caja") && readers_add(&list, "*-crawl") &&
		readers_add(&list, "*mid*"));
	ck_assert_str_eq(rule_for(&list, "/usr/bin/caja|caja"), "caja");
	ck_assert_str_eq(rule_for(&list, "/usr/bin/office-crawl|x"), "*-crawl");
	ck_assert_str_eq(rule_for(&list, "/usr/bin/amidst|x"), "*mid*");
	ck_assert_str_eq(rule_for(&list, "/usr/bin/mid|x"), "*mid*");
	ck_assert_ptr_null(rule_for(&list, "/usr/bin/mi|x"));
	ck_assert(readers_add(&list, "!ffmpeg"));
	ck_assert_ptr_null(rule_for(&list, child)); /* the nearest decides */
	ck_assert_str_eq(rule_for(&list, "/usr/bin/tumblerd|tumblerd"), "tumblerd");
	ck_assert(readers_add(&list, "ffmpeg"));
	ck_assert_str_eq(rule_for(&list, child), "ffmpeg"); /* the last rule decides */
	ck_assert(readers_add(&list, "!*"));
	ck_assert_ptr_null(rule_for(&list, child));
	ck_assert_ptr_null(rule_for(&list, "/usr/bin/tumblerd|tumblerd"));
	ck_assert(readers_add(&list, "tumblerd"));
	ck_assert_str_eq(rule_for(&list, "/usr/bin/tumblerd|tumblerd"), "tumblerd");
}
END_TEST

START_TEST(a_list_has_an_end)
{
	struct reader_list list = { .count = 0 };
	struct reader_process long_name = { .name = "" };

	for (int i = 0; i < READERS_MAX; i++)
		ck_assert(readers_add(&list, "x"));
	ck_assert(!readers_add(&list, "x"));
	ck_assert_uint_eq(list.count, READERS_MAX);
	memset(long_name.program, 'y', sizeof long_name.program - 1);
	long_name.program[sizeof long_name.program - 1] = '\0';
	ck_assert_ptr_null(reader_uninvited(&list, &long_name, 1));
}
END_TEST

static const struct {
	const char *name;
	bool litter;
} names[] = {
	{ "Thumbs.db", true },
	{ "thumbs.DB", true },
	{ "desktop.ini", true },
	{ "Desktop.ini", true },
	{ "$RECYCLE.BIN", true },
	{ "System Volume Information", true },
	{ ".DS_Store", true },
	{ "._0001.mp4", true },
	{ "._", true },
	{ ".Trash-1000", true },
	{ ".Trash-1000-files", true },
	{ ".Trashes", true },
	{ ".directory", true },
	{ ".thumbnails", true },
	{ "~$笔录.docx", true },
	{ ".~lock.笔录.odt#", true },
	{ ".nomedia", true },
	{ ".trackerignore", true },
	{ ".metadata_never_index", true },
	{ "0001.mp4", false },
	{ "Thumbs.db.mp4", false },
	{ "aThumbs.db", false },
	{ "thumbs", false },
	{ ".ds_store", false },
	{ "_0001.mp4", false },
	{ ".0001.mp4.Xa3kPq", false },
	{ "~0001.mp4", false },
	{ "$0001", false },
	{ ".~lock.", false },
	{ ".~lock.#", true },
	{ ".~lock.odt", false },
	{ ".goutputstream-1A2B3C", false },
	{ ".x.swp", false },
	/* rsync's temporary names: those of cameras' _MG_0001.JPG are no second halves */
	{ "._MG_0001.JPG.aB3xYz", false },
	{ "._0001.jpg.aB3xY", true },
	{ ".DS_Store.aB3xYz", false },
	{ "..DS_Store.aB3xYz", true },
	{ ".Thumbs.db.aB3xYz", true },
	{ ".0001.mp4.aB3xYz", false },
	{ "Thumbs.db.aB3xYz", false },
	{ "._.aB3xYz", false },
	{ "..aB3xYz", false },
	{ ".Thumbs.db.aB3xY-", false },
	{ ".~tmp~", true },
	{ ".rsync-partial", true },
	{ ".rsync-tmp", true },
	{ ".~tmp~2", false },
	{ "~tmp~", false },
	{ ".rsync-filter", false },
	{ "", false },
	{ ".", false },
	{ "未立案", false },
	{ ".nomedia2", false },
	{ "autorun.inf", false },
};

START_TEST(what_is_litter)
{
	ck_assert_msg(litter_name(names[_i].name) == names[_i].litter, "%s", names[_i].name);
}
END_TEST

/* As long as names are, and longer: judged by their beginnings. */
START_TEST(long_litter)
{
	char name[400];

	memset(name, 'a', sizeof name);
	for (size_t len = 200; len < sizeof name - 1; len++) {
		memcpy(name, "._", 2);
		memcpy(name + len - 7, ".aB3xYz", 8);
		/* what rsync writes of "_aaa…" is none, as long as it can be a name */
		ck_assert_int_eq(litter_name(name), len > 255);
		memset(name + len - 7, 'a', 8);
	}
}
END_TEST

START_TEST(markers)
{
	for (int i = 0; i < MARKERS; i++) {
		ck_assert_int_eq(marker_find(marker_name(i)), i);
		ck_assert_int_eq(marker_name(i)[0], '.'); /* not in a person's way */
	}
	ck_assert_int_eq(marker_find(""), -1);
	ck_assert_int_eq(marker_find(".git"),
		-1); /* would stop indexers too, and mislead every tool of developers */
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("policy reader");
	TCase *readers = tcase_create("readers"), *litter = tcase_create("litter");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(readers, who_is_uninvited, 0, N(lines));
	tcase_add_loop_test(readers, which_rules_are_good, 0, N(rules));
	tcase_add_test(readers, rules_of_ones_own);
	tcase_add_test(readers, a_list_has_an_end);
	tcase_add_loop_test(litter, what_is_litter, 0, N(names));
	tcase_add_test(litter, long_litter);
	tcase_add_test(litter, markers);
	suite_add_tcase(suite, readers);
	suite_add_tcase(suite, litter);

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
