/* What scopes cover, and which are the same. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "policy/scope.h"

static const struct scope item = {
	.item = 9, .unit = 1, .device = 2, .officer = 3, .day = 19000, .folder = "未立案"
};

/* A scope that sets some of the fields as the item has them: a bit a field. */
#define FIELDS 7
static struct scope part(unsigned fields)
{
	struct scope s = SCOPE_ANY;

	s.item = fields & 1 ? item.item : 0;
	s.kase = fields & 2 ? 4 : 0;
	s.unit = fields & 4 ? item.unit : 0;
	s.device = fields & 8 ? item.device : 0;
	s.officer = fields & 16 ? item.officer : 0;
	s.day = fields & 32 ? item.day : DAY_NONE;
	strcpy(s.folder, fields & 64 ? item.folder : "");
	return s;
}

/* The same with one field other than the item's. */
static struct scope spoilt(unsigned fields, int field)
{
	struct scope s = part(fields);

	switch (field) {
	case 0:
		s.item = 8;
		break;
	case 1:
		s.kase = 5;
		break;
	case 2:
		s.unit = 8;
		break;
	case 3:
		s.device = 8;
		break;
	case 4:
		s.officer = 8;
		break;
	case 5:
		s.day = 19001;
		break;
	default:
		strcpy(s.folder, "K-1");
		break;
	}
	return s;
}

START_TEST(what_is_covered)
{
	for (unsigned fields = 0; fields < 1u << FIELDS; fields++) {
		struct scope s = part(fields);

		ck_assert(scope_covers(&s, &item, true));
		ck_assert_int_eq(scope_covers(&s, &item, false), (fields & 2) == 0);
		ck_assert_int_eq(scope_whole(&s), fields == 0);
		for (int f = 0; f < FIELDS; f++) {
			s = spoilt(fields, f);
			ck_assert_int_eq(scope_covers(&s, &item, true),
				f == 1); /* of the case, the caller knows */
			ck_assert(!scope_whole(&s));
		}
	}
}
END_TEST

START_TEST(which_are_the_same)
{
	for (unsigned a = 0; a < 1u << FIELDS; a++) {
		struct scope x = part(a), y;

		for (unsigned b = 0; b < 1u << FIELDS; b++) {
			y = part(b);
			ck_assert_int_eq(scope_same(&x, &y), a == b);
		}
		for (int f = 0; f < FIELDS; f++) {
			y = spoilt(a, f);
			ck_assert(!scope_same(&x, &y));
		}
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("scopes");
	TCase *c = tcase_create("scopes");
	SRunner *r;
	int failed;

	tcase_add_test(c, what_is_covered);
	tcase_add_test(c, which_are_the_same);
	suite_add_tcase(s, c);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
