/* What the names of recordings and of their folders say, where a file belongs, and which numbers
 * are missing. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/placement.h"

#define N(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* ABC123 and 0830171 have the other's length; TWICE is both, LONGDEVICE neither's. */
static const char *const devices[] = { "WS00017", "WS00023", "ABC123", "TWICE", "LONGDEVICE",
	"SAME", "EITHER", NULL };
static const char *const officers[] = { "083017", "083022", "0830171", "TWICE", "P041", "SAME",
	"EITHER", NULL };

static bool among(void *arg, const char *const list[], const char *word)
{
	(void)arg;
	for (size_t i = 0; list[i] != NULL; i++)
		if (strcmp(list[i], word) == 0)
			return true;
	return false;
}

static bool device(void *arg, const char *word)
{
	return among(arg, devices, word);
}

static bool officer(void *arg, const char *word)
{
	return among(arg, officers, word);
}

static const struct recording_register reg = { device, officer, NULL };

static const struct {
	const char *name, *device, *officer, *day; /* "": nothing tells */
	int64_t sequence;
	int digits;
	bool important;
} good[] = {
	{ "WS00017_083017_20230314093012_0001.mp4", "WS00017", "083017", "2023-03-14", 1, 4,
		false },
	{ "083017_WS00017_20230314101540_0002IMP.mp4", "WS00017", "083017", "2023-03-14", 2, 4,
		true },
	{ "WS00017_083017_20230314101540_0002_IMP.mp4", "WS00017", "083017", "2023-03-14", 2, 4,
		true },
	{ "20230314111233_0003.mp4", "", "", "2023-03-14", 3, 4, false },
	{ "20230314111233_0003IMP.MP4", "", "", "2023-03-14", 3, 4, true },
	{ "20230314111233.jpg", "", "", "2023-03-14", -1, 0, false },
	{ "WS00017_083017_20230314093012.wav", "WS00017", "083017", "2023-03-14", -1, 0, false },
	{ "WS00017_083017_20230314093012_0001", "WS00017", "083017", "2023-03-14", 1, 4, false },
	/* not registered, told by length */
	{ "WS00099_083099_20240229000000_0001.ts", "WS00099", "083099", "2024-02-29", 1, 4, false },
	{ "083099_WS00099_20240229235959_0001.avi", "WS00099", "083099", "2024-02-29", 1, 4,
		false },
	{ "1234567_654321_20230314093012_9999.mov", "1234567", "654321", "2023-03-14", 9999, 4,
		false },
	/* the length says one thing, the register another */
	{ "ABC123_0830171_20230314093012_0001.mp4", "ABC123", "0830171", "2023-03-14", 1, 4,
		false },
	{ "0830171_ABC123_20230314093012_0001.mp4", "ABC123", "0830171", "2023-03-14", 1, 4,
		false },
	{ "ABC123_WS00017_20230314093012_0001.mp4", "WS00017", "ABC123", "2023-03-14", 1, 4,
		false },
	/* the length does not tell */
	{ "LONGDEVICE_P041_20230314093012_1.mp4", "LONGDEVICE", "P041", "2023-03-14", 1, 1, false },
	{ "P041_LONGDEVICE_20230314093012_123456789.mp4", "LONGDEVICE", "P041", "2023-03-14",
		123456789, 9, false },
	{ "LONGDEVICE_nobody_20230314093012_0001.mp4", "LONGDEVICE", "nobody", "2023-03-14", 1, 4,
		false },
	{ "somebody_LONGDEVICE_20230314093012_0001.mp4", "LONGDEVICE", "somebody", "2023-03-14", 1,
		4, false },
	{ "WS00023_0830171_20230314093012_0001.mp4", "WS00023", "0830171", "2023-03-14", 1, 4,
		false },
	{ "CAMERA-1_083099_20230314093012_0001.mp4", "CAMERA-1", "083099", "2023-03-14", 1, 4,
		false },
	/* neither registered, one of them of its length: the other is the other */
	{ "WS00099_P099_20230314093012_0001.mp4", "WS00099", "P099", "2023-03-14", 1, 4, false },
	{ "P099_WS00099_20230314093012_0001.mp4", "WS00099", "P099", "2023-03-14", 1, 4, false },
	{ "083099_CAMERA-1_20230314093012_0001.mp4", "CAMERA-1", "083099", "2023-03-14", 1, 4,
		false },
	/* one of them alone */
	{ "WS00017_20230314093012_0001.mp4", "WS00017", "", "2023-03-14", 1, 4, false },
	{ "083099_20230314093012_0001.mp4", "", "083099", "2023-03-14", 1, 4, false },
	{ "ABC123_20230314093012_0001.mp4", "ABC123", "", "2023-03-14", 1, 4, false },
	/* no time */
	{ "WS00017_083017_0001.jpg", "WS00017", "083017", "", 1, 4, false },
	{ "083017_WS00017_0001IMP.jpg", "WS00017", "083017", "", 1, 4, true },
	{ "WS00099_083099_0001.jpg", "WS00099", "083099", "", 1, 4, false },
	{ "083099_WS00099_0001.jpg", "WS00099", "083099", "", 1, 4, false },
	{ "P099_WS00017_0001.jpg", "WS00017", "P099", "", 1, 4, false },
};

START_TEST(good_names)
{
	struct recording r;
	char day[DAY_TEXT];

	ck_assert_msg(recording_of_name(good[_i].name, &reg, &r) == RECORDING_FINE,
		"\"%s\" was not understood", good[_i].name);
	ck_assert_msg(strcmp(r.device, good[_i].device) == 0, "\"%s\": device \"%s\"",
		good[_i].name, r.device);
	ck_assert_msg(strcmp(r.officer, good[_i].officer) == 0, "\"%s\": officer \"%s\"",
		good[_i].name, r.officer);
	day_format(r.day, day);
	ck_assert_str_eq(day, good[_i].day[0] != '\0' ? good[_i].day : "none");
	ck_assert_int_eq(r.sequence, good[_i].sequence);
	ck_assert_int_eq(r.digits, good[_i].digits);
	ck_assert_int_eq(r.important, good[_i].important);
}
END_TEST

static const struct {
	const char *name;
	enum recording_fault fault;
} bad[] = {
	/* a date or time that there is not */
	{ "WS00017_083017_20230229093012_0001.mp4", RECORDING_TIME_BAD },
	{ "WS00017_083017_20231314093012_0001.mp4", RECORDING_TIME_BAD },
	{ "WS00017_083017_20230300093012_0001.mp4", RECORDING_TIME_BAD },
	{ "WS00017_083017_20230314243012_0001.mp4", RECORDING_TIME_BAD },
	{ "WS00017_083017_20230314096012_0001.mp4", RECORDING_TIME_BAD },
	{ "WS00017_083017_20230314093060_0001.mp4", RECORDING_TIME_BAD },
	{ "00000000000000_0001.mp4", RECORDING_TIME_BAD },
	{ "99999999999999_0001.mp4", RECORDING_TIME_BAD },
	{ "18991231000000_0001.mp4", RECORDING_TIME_BAD },
	/* which is which? */
	{ "WS00017_WS00023_20230314093012_0001.mp4", RECORDING_AMBIGUOUS },
	{ "083017_083022_20230314093012_0001.mp4", RECORDING_AMBIGUOUS },
	{ "TWICE_SAME_20230314093012_0001.mp4", RECORDING_AMBIGUOUS },
	{ "abc_def_20230314093012_0001.mp4", RECORDING_AMBIGUOUS },
	{ "WS00098_WS00099_20230314093012_0001.mp4", RECORDING_AMBIGUOUS },
	{ "083098_083099_20230314093012_0001.mp4", RECORDING_AMBIGUOUS },
	{ "TWICE_20230314093012_0001.mp4", RECORDING_AMBIGUOUS },
	{ "abc_20230314093012_0001.mp4", RECORDING_AMBIGUOUS },
	/* no recording's name */
	{ "", RECORDING_OTHER },
	{ ".", RECORDING_OTHER },
	{ "..", RECORDING_OTHER },
	{ "_", RECORDING_OTHER },
	{ "IMP.mp4", RECORDING_OTHER },
	{ "a.mp4", RECORDING_OTHER },
	{ "IMG_0001.jpg", RECORDING_OTHER },
	{ "IMG_0001_0002.jpg", RECORDING_OTHER },
	{ "0001.mp4", RECORDING_OTHER },
	{ "WS00017.mp4", RECORDING_OTHER },
	{ "WS00017_083017.mp4", RECORDING_OTHER },
	{ "WS00017_083017_.mp4", RECORDING_OTHER },
	{ "WS00017__20230314093012_0001.mp4", RECORDING_OTHER },
	{ "_WS00017_083017_20230314093012_0001.mp4", RECORDING_OTHER },
	{ "WS00017_083017_20230314093012_0001_.mp4", RECORDING_OTHER },
	{ "WS00017_083017_20230314093012_0001.", RECORDING_OTHER },
	{ "WS00017_083017_20230314093012_0001.mp4.part", RECORDING_OTHER },
	{ "WS00017_083017_20230314093012_0001 (1).mp4", RECORDING_OTHER },
	{ "WS00017_083017_20230314093012_000A.mp4", RECORDING_OTHER },
	{ "WS00017_083017_20230314093012_1234567890.mp4", RECORDING_OTHER },
	{ "WS00017_083017_20230314093012_0001_0002.mp4", RECORDING_OTHER },
	{ "WS00017_083017_2023031409301_0001.mp4", RECORDING_OTHER },
	{ "WS00017_083017_X_20230314093012_0001.mp4", RECORDING_OTHER },
	{ "a_b_c_d_e_f_g.mp4", RECORDING_OTHER },
	{ "WS00017_083017_20230314093012_-001.mp4", RECORDING_OTHER },
	{ "WS00017_083017_20230314093012_+1.mp4", RECORDING_OTHER },
	{ "汉字_083017_20230314093012_0001.mp4", RECORDING_OTHER },
	{ "WS00017 083017 20230314093012 0001.mp4", RECORDING_OTHER },
	{ "WS00017_083017_20230314093012_IMP0001.mp4", RECORDING_OTHER },
	{ "WS00017_083017_20230314093012_0001imp.mp4", RECORDING_OTHER },
	{ "WS00017_083017_20230314093012_XIMP.mp4", RECORDING_OTHER },
	{ "WS00017_083017_ABCDEFGHIJKLMN_0001.mp4", RECORDING_OTHER },
	{ "WS00099_P099_0001.jpg", RECORDING_OTHER },
	{ "P099_WS00099_0001.jpg", RECORDING_OTHER },
	{ "083017_ABCDEFGHIJKLMN.jpg", RECORDING_OTHER },
	{ "WS00017~_083017_20230314093012_0001.mp4", RECORDING_OTHER },
	{ "WS00017_083017^_20230314093012_0001.mp4", RECORDING_OTHER },
	{ "WS00017_083017_２０２３０３１４０９３０１２_0001.mp4", RECORDING_OTHER },
};

START_TEST(bad_names)
{
	struct recording r;
	enum recording_fault fault = recording_of_name(bad[_i].name, &reg, &r);

	ck_assert_msg(fault == bad[_i].fault, "\"%s\": %d", bad[_i].name, fault);
	if (fault == RECORDING_OTHER)
		ck_assert_msg(r.device[0] == '\0' && r.officer[0] == '\0' && r.day == DAY_NONE &&
				r.sequence == -1 && !r.important,
			"\"%s\" left something", bad[_i].name);
}
END_TEST

START_TEST(long_names)
{
	char name[700];
	struct recording r;

	for (size_t n = 1; n < sizeof name - 1; n++) {
		memset(name, n % 2 ? '1' : '_', sizeof name);
		memset(name, '7', n);
		name[sizeof name - 1] = '\0';
		(void)recording_of_name(name, &reg, &r);
		name[n] = '\0';
		(void)recording_of_name(name, &reg, &r);
		ck_assert(r.device[0] == '\0' && r.sequence < 1000000000);
	}
}
END_TEST

static const struct {
	const char *path, *device, *officer, *day;
	bool important;
} folders[] = {
	{ "/media/cam/DCIM/100MEDIA/WS00017/083017/2023-03-14/a.mp4", "WS00017", "083017",
		"2023-03-14", false },
	{ "DCIM/100MEDIA/083017/WS00017/20230314/a.mp4", "WS00017", "083017", "2023-03-14", false },
	{ "DCIM/100MEDIA/WS00099/083099/20230314/a.mp4", "WS00099", "083099", "2023-03-14",
		false }, /* below DCIM the length will do */
	{ "/home/WS00099/083099/20230314/a.mp4", "", "", "2023-03-14", false },
	{ "/home/custody/083017/a.mp4", "custody", "083017", "",
		false }, /* one of them registered */
	{ "/home/custody/083099/a.mp4", "", "", "", false },
	{ "WS00017/083017/a.mp4", "WS00017", "083017", "", false },
	{ "/WS00017/20230314/a.mp4", "WS00017", "", "2023-03-14", false },
	{ "/083017/a.mp4", "", "083017", "", false },
	{ "/ABC123/0830171/a.mp4", "ABC123", "0830171", "", false },
	{ "/TWICE/a.mp4", "", "", "", false },
	{ "DCIM/100IMP/WS00017/083017/2023-03-14/a.mp4", "WS00017", "083017", "2023-03-14", true },
	{ "DCIM/100MEDIA/WS00017/083017/2023-03-14/IMP/a.mp4", "WS00017", "083017", "2023-03-14",
		true },
	{ "DCIM/100MEDIA/WS00017/083017/重要文件/2023-03-14/a.mp4", "WS00017", "083017",
		"2023-03-14", true },
	{ "IMP/a.mp4", "", "", "", true },
	{ "dcim/100media/WS00099/083099/a.mp4", "WS00099", "083099", "", false },
	{ "//WS00017///083017//2023-03-14//a.mp4", "WS00017", "083017", "2023-03-14", false },
	{ "a.mp4", "", "", "", false },
	{ "/a.mp4", "", "", "", false },
	{ "", "", "", "", false },
	{ "/", "", "", "", false },
	{ "2023-02-30/a.mp4", "", "", "", false },
	{ "2023-03-14/2023-03-15/a.mp4", "", "", "2023-03-15", false },
	{ "WS00017/083017/2023-03-14/other/a.mp4", "", "", "", false },
	{ "DCIM/100MEDIA/a.mp4", "", "", "", false },
	{ "WS00017_083017/a.mp4", "", "", "", false },
	{ "20231399/a.mp4", "", "", "", false },
	{ "2023031x/a.mp4", "", "", "", false },
	{ "Important/a.mp4", "", "", "", true },
	{ "1IMP/a.mp4", "", "", "", false },
	{ "12IMP/a.mp4", "", "", "", false },
	{ "012imp/a.mp4", "", "", "", true },
	{ "WS00017/083_017/a.mp4", "", "", "", false },
	{ "cam_1/083017/a.mp4", "", "083017", "", false },
	/* the other way round, one of them registered, or below DCIM of the right lengths */
	{ "083017/NEWCAM1/a.mp4", "NEWCAM1", "083017", "", false },
	{ "083099/WS00017/a.mp4", "WS00017", "083099", "", false },
	{ "083099/NEWCAM1/a.mp4", "", "", "", false },
	{ "DCIM/083099/NEWCAM1/a.mp4", "NEWCAM1", "083099", "", false },
	{ "DCIM/WS00099/P099/a.mp4", "", "", "", false },
	{ "DCIM/CAM1/083099/a.mp4", "", "", "", false },
	{ "DCIM/P099/WS00099/a.mp4", "", "", "", false },
	{ "DCIM/083099/CAM1/a.mp4", "", "", "", false },
	{ "DCIMX/WS00099/083099/a.mp4", "", "", "", false },
	{ "DCI/WS00099/083099/a.mp4", "", "", "", false },
	{ "WS00017/083017/100IMP/IMP/IMPORTANT/1/2/3/a.mp4", "", "", "", false },
};

START_TEST(folder_names)
{
	struct recording r;
	char day[DAY_TEXT];

	recording_of_folders(folders[_i].path, &reg, &r);
	ck_assert_msg(strcmp(r.device, folders[_i].device) == 0, "\"%s\": device \"%s\"",
		folders[_i].path, r.device);
	ck_assert_msg(strcmp(r.officer, folders[_i].officer) == 0, "\"%s\": officer \"%s\"",
		folders[_i].path, r.officer);
	day_format(r.day, day);
	ck_assert_msg(strcmp(day, folders[_i].day[0] != '\0' ? folders[_i].day : "none") == 0,
		"\"%s\": day %s", folders[_i].path, day);
	ck_assert_msg(r.important == folders[_i].important, "\"%s\": important", folders[_i].path);
	ck_assert_int_eq(r.sequence, -1);
}
END_TEST

#define MTIME INT64_C(1678809600000) /* 2023-03-14T16:00:00Z: the 15th in China */
#define CAMERA "DCIM/100MEDIA/WS00017/083017/20230316/"

static const struct {
	const char *path, *said_device, *said_officer;
	enum placement_fault fault;
	const char *device, *officer, *day; /* where it is fine */
	enum placement_from from;
	bool differs;
} placements[] = {
	{ "WS00017_083017_20230314093012_0001.mp4", NULL, NULL, PLACEMENT_FINE, "WS00017", "083017",
		"2023-03-14", FROM_NAME, false },
	{ "WS00017_083017_20230314093012_0001.mp4", "WS00017", "083017", PLACEMENT_FINE, "WS00017",
		"083017", "2023-03-14", FROM_NAME, false },
	{ "20230314093012_0001.mp4", "WS00017", "083017", PLACEMENT_FINE, "WS00017", "083017",
		"2023-03-14", FROM_NAME, false },
	{ CAMERA "20230316093012_0001.mp4", NULL, NULL, PLACEMENT_FINE, "WS00017", "083017",
		"2023-03-16", FROM_NAME, false },
	{ CAMERA "20230314093012_0001.mp4", NULL, NULL, PLACEMENT_FINE, "WS00017", "083017",
		"2023-03-14", FROM_NAME, true },
	{ CAMERA "WS00023_083017_20230316093012_0001.mp4", NULL, NULL, PLACEMENT_FINE, "WS00023",
		"083017", "2023-03-16", FROM_NAME, true },
	{ CAMERA "note.pdf", NULL, NULL, PLACEMENT_FINE, "WS00017", "083017", "2023-03-16",
		FROM_FOLDER, false },
	{ CAMERA "note.pdf", NULL, "083022", PLACEMENT_FINE, "WS00017", "083022", "2023-03-16",
		FROM_FOLDER, true },
	{ "note.pdf", "WS00017", "083017", PLACEMENT_FINE, "WS00017", "083017", "2023-03-15",
		FROM_MTIME, false },
	{ "WS00017_083017_0001.jpg", NULL, NULL, PLACEMENT_FINE, "WS00017", "083017", "2023-03-15",
		FROM_MTIME, false },
	{ "WS00017_20230314093012_0001.mp4", NULL, "083017", PLACEMENT_FINE, "WS00017", "083017",
		"2023-03-14", FROM_NAME, false },
	/* what is said helps to tell which is which */
	{ "NEW1_P041_20230314093012_0001.mp4", "NEW1", NULL, PLACEMENT_FINE, "NEW1", "P041",
		"2023-03-14", FROM_NAME, false },
	{ "abc_def_20230314093012_0001.mp4", "def", NULL, PLACEMENT_FINE, "def", "abc",
		"2023-03-14", FROM_NAME, false },
	{ "abc_def_20230314093012_0001.mp4", NULL, NULL, PLACEMENT_AMBIGUOUS, NULL, NULL, NULL,
		FROM_NOWHERE, false },
	{ "WS00017_083017_20230314093012_0001.mp4", "WS00023", NULL, PLACEMENT_DEVICE_DIFFERS, NULL,
		NULL, NULL, FROM_NOWHERE, false },
	{ "WS00017_083017_20230314093012_0001.mp4", NULL, "083022", PLACEMENT_OFFICER_DIFFERS, NULL,
		NULL, NULL, FROM_NOWHERE, false },
	{ "WS00017_083017_20230230093012_0001.mp4", NULL, NULL, PLACEMENT_TIME_BAD, NULL, NULL,
		NULL, FROM_NOWHERE, false },
	{ CAMERA "20230316993012_0001.mp4", NULL, NULL, PLACEMENT_TIME_BAD, NULL, NULL, NULL,
		FROM_NOWHERE, false },
	{ "20230314093012_0001.mp4", NULL, NULL, PLACEMENT_NO_DEVICE, NULL, NULL, NULL,
		FROM_NOWHERE, false },
	{ "20230314093012_0001.mp4", NULL, "083017", PLACEMENT_NO_DEVICE, NULL, NULL, NULL,
		FROM_NOWHERE, false },
	{ "20230314093012_0001.mp4", "WS00017", NULL, PLACEMENT_NO_OFFICER, NULL, NULL, NULL,
		FROM_NOWHERE, false },
	{ "note.pdf", NULL, NULL, PLACEMENT_NO_DEVICE, NULL, NULL, NULL, FROM_NOWHERE, false },
	{ CAMERA "a:b.mp4", NULL, NULL, PLACEMENT_NAME_BAD, NULL, NULL, NULL, FROM_NOWHERE, false },
	{ CAMERA "a\xff.mp4", NULL, NULL, PLACEMENT_NAME_BAD, NULL, NULL, NULL, FROM_NOWHERE,
		false },
	{ CAMERA "a.mp4 ", NULL, NULL, PLACEMENT_NAME_BAD, NULL, NULL, NULL, FROM_NOWHERE, false },
	{ CAMERA, NULL, NULL, PLACEMENT_NAME_BAD, NULL, NULL, NULL, FROM_NOWHERE, false },
};

START_TEST(placed)
{
	const struct placement_given given = { placements[_i].path, placements[_i].said_device,
		placements[_i].said_officer, MTIME, 480 };
	struct placement p;
	char day[DAY_TEXT];

	placement_decide(&given, &reg, &p);
	ck_assert_msg(p.fault == placements[_i].fault, "\"%s\" (%d): fault %d", placements[_i].path,
		_i, p.fault);
	if (p.fault != PLACEMENT_FINE)
		return;
	ck_assert_str_eq(p.device, placements[_i].device);
	ck_assert_str_eq(p.officer, placements[_i].officer);
	day_format(p.day, day);
	ck_assert_str_eq(day, placements[_i].day);
	ck_assert_int_eq(p.day_from, placements[_i].from);
	ck_assert_msg(p.differs == placements[_i].differs, "\"%s\" (%d): differs",
		placements[_i].path, _i);
}
END_TEST

START_TEST(the_name_is_composed_and_importance_comes_from_either)
{
	struct placement_given given = { CAMERA "e\xcc\x81.jpg", NULL, NULL, MTIME, 480 };
	struct placement p;
	char longest[400];

	placement_decide(&given, &reg, &p);
	ck_assert_str_eq(p.name, "\xc3\xa9.jpg");
	ck_assert(!p.important);
	given.path = CAMERA "IMP/e.jpg";
	placement_decide(&given, &reg, &p);
	ck_assert(p.important);
	given.path = CAMERA "20230316093012_0002IMP.mp4";
	placement_decide(&given, &reg, &p);
	ck_assert(p.important);
	ck_assert_int_eq(p.sequence, 2);
	memset(longest, 'a', sizeof longest);
	longest[256] = '\0';
	given.path = longest;
	placement_decide(&given, &reg, &p);
	ck_assert_int_eq(p.fault, PLACEMENT_NAME_LONG);
	given = (struct placement_given){ "note.pdf", "WS00017", "083017", MTIME, 0 };
	placement_decide(&given, &reg, &p);
	ck_assert_int_eq(p.day, day_of_instant(MTIME, 480) - 1);
}
END_TEST

static void expect_gaps(const int64_t *numbers, size_t n, const char *want)
{
	int64_t copy[16];
	struct recording_gap gap[3];
	char got[200] = "", *at = got;
	size_t found;

	if (n > 0)
		memcpy(copy, numbers, n * sizeof *numbers);
	found = recording_gaps(n > 0 ? copy : NULL, n, gap, N(gap));
	at += sprintf(at, "%zu", found);
	for (size_t i = 0; i < found && i < (size_t)N(gap); i++)
		at += sprintf(at, " %lld-%lld", (long long)gap[i].from, (long long)gap[i].to);
	ck_assert_str_eq(got, want);
}

START_TEST(gaps)
{
	expect_gaps(NULL, 0, "0");
	expect_gaps((const int64_t[]){ 7 }, 1, "0");
	expect_gaps((const int64_t[]){ 1, 2, 3 }, 3, "0");
	expect_gaps((const int64_t[]){ 5, 3, 1, 2 }, 4, "1 4-4");
	expect_gaps((const int64_t[]){ 5, 5, 1, 1, 2 }, 5, "1 3-4");
	expect_gaps((const int64_t[]){ 1, 3, 5, 7, 100 }, 5, "4 2-2 4-4 6-6");
	expect_gaps((const int64_t[]){ 0, 999999999 }, 2, "1 1-999999998");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("recording");
	TCase *t = tcase_create("recording");
	SRunner *r;
	int failed;

	tcase_add_loop_test(t, good_names, 0, N(good));
	tcase_add_loop_test(t, bad_names, 0, N(bad));
	tcase_add_test(t, long_names);
	tcase_add_loop_test(t, folder_names, 0, N(folders));
	tcase_add_loop_test(t, placed, 0, N(placements));
	tcase_add_test(t, the_name_is_composed_and_importance_comes_from_either);
	tcase_add_test(t, gaps);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
