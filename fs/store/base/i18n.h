/*
 * Messages in the user's language (gettext, domain "custodyfs").  Text in the source is English and
 * ASCII; translations come out as UTF-8 whatever the locale's own encoding.
 */
#ifndef FS_STORE_BASE_I18N_H
#define FS_STORE_BASE_I18N_H

#include <libintl.h>

#define _(text) gettext(text)
#ifndef N_
#define N_(text) text
#endif

/*
 * Takes the locale from the environment; once in a process, before threads.  A locale that the
 * environment asks for and the machine has not generated still gets its translation.  Numbers keep
 * the C locale's form, so that JSON stays JSON. Catalogues are looked for in "locale" beside the
 * executable, then in LOCALEDIR.
 */
void i18n_init(void);

/* strerror(), in the user's language also where the C library's own translations are not
 * installed. */
const char *i18n_error(int error);

#endif
