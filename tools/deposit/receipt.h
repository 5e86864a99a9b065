/* The receipt of a deposit: what became of each file, for people and for programs (custody(1),
 * "Deposits for programs"). */
#ifndef TOOLS_DEPOSIT_RECEIPT_H
#define TOOLS_DEPOSIT_RECEIPT_H

#include <stdio.h>

#include "tools/deposit/intake.h"

/*
 * Whether every file was deposited, was there already or (in a dry run) would be deposited; and was
 * removed from the source, where that was asked for.
 */
bool receipt_ok(const struct intake *in);

json_t *receipt_json(const struct intake *in);         /* a new reference */
void receipt_text(FILE *out, const struct intake *in); /* to be printed and signed */

/*
 * Writes it to a file, which is replaced; as JSON where the name ends in ".json".  0 or an errno.
 */
int receipt_write(const char *path, const struct intake *in);

#endif
