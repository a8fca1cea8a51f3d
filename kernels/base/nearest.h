/* The name that was meant: the one of a table that is nearest to a mistyped word.
 *
 *   struct sq_nearest nearest = sq_nearest_to(word);
 *   for each known name: sq_nearest_offer(&nearest, name);
 *   if (nearest.name != NULL) "did you mean NAME?" */
#ifndef SQ_BASE_NEAREST_H
#define SQ_BASE_NEAREST_H

#include <stddef.h>

struct sq_nearest {
    const char *word, *name; /* borrowed; name is NULL: nothing offered is near */
    size_t unlikeness;       /* of the name; a nearer one takes its place */
};

/* Begin: nothing is offered yet. */
struct sq_nearest sq_nearest_to(const char *word);

/* Take the name if it is near (at most two letters inserted, left out or replaced, upper and lower
 * case alike; or the name lies within the word) and nearer than what was offered before,
 * or as near and longer (batch, not size, for batch-size). */
void sq_nearest_offer(struct sq_nearest *nearest, const char *name);

#endif
