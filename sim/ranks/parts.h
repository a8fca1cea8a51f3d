/* Parts of a trace: what each rank records, in a file of its own beside the trace, "WHOLE.db.rank-3". They are
 * merged into the trace at the end, and can be resumed by any number of ranks: a rank goes on with the part of its
 * number, and those of ranks that are no more are kept as they are. */
#ifndef SQ_PARTS_H
#define SQ_PARTS_H

#include "kernels/base/status.h"

#include <stddef.h>

/* Numbers of the ranks whose parts lie there, ascending. */
struct sq_parts {
    unsigned *rank;
    size_t n, room;
};

/* "WHOLE.db.rank-3"; NULL: out of memory. Freed by the caller. */
char *sq_part_path(const char *whole, unsigned rank);

/* Which parts of `whole` are there; SQ_EIO, SQ_ENOMEM. Freed with sq_parts_free(), also after a failure. */
int sq_parts_find(struct sq_error *err, const char *whole, struct sq_parts *parts);
void sq_parts_free(struct sq_parts *parts);

/* Merge the parts, which together hold every sample once, into `whole`. What sq_merge_traces() refuses.
 *   command   noted in the trace, or NULL
 *   replace   1: a file of that name is replaced */
int sq_parts_merge(struct sq_error *err, const char *whole, const struct sq_parts *parts,
                   const char *command, int replace);

/* Remove all parts of `whole`, and what a writer that was killed left of them. SQ_EIO, SQ_ENOMEM. */
int sq_parts_remove(struct sq_error *err, const char *whole);

#endif
