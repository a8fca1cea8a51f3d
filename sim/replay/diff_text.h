/* What a comparison of two traces found, as text for people or JSON. */
#ifndef SQ_DIFF_TEXT_H
#define SQ_DIFF_TEXT_H

#include "traces/compare/compare.h"

#include <cJSON.h>
#include <stdio.h>

/* The two traces and what was found between them. */
struct sq_diff {
    const struct sq_trace *a, *b;
    const struct sq_comparison *found;
};

void sq_diff_print(FILE *to, const struct sq_diff *diff);

/* NULL or incomplete where memory ran out; the caller deletes it. */
cJSON *sq_diff_json(const struct sq_diff *diff);

#endif
