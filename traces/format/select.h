/* Selections: which samples and which populations a command is about. */
#ifndef SQ_SELECT_H
#define SQ_SELECT_H

#include "kernels/base/status.h"

#include <stdint.h>

/* Samples first .. end - 1. */
struct sq_range {
    uint64_t first, end;
};

/* "7" one sample, "10:20" samples 10 .. 19, "10:" all from 10 on, ":20" the first 20; NULL or ""
 * all. `option` begins the sentence ("--samples"). SQ_EUSAGE: not a range, or an empty one. */
int sq_range_parse(struct sq_error *err, const char *option, const char *text,
                   struct sq_range *range);

/* Is the name one of the comma-separated shell patterns ("block.*.attn.q_lif,patch_embed.*")?
 * NULL or "": every name is. Patterns as fnmatch() reads them; '.' is a letter like any other. */
int sq_globs_match(const char *globs, const char *name);

#endif
