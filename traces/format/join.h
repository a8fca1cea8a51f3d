/* Join: bit rows, each of which begins a word, as one run of bits without gaps between them. */
#ifndef SQ_JOIN_H
#define SQ_JOIN_H

#include "traces/format/frame.h"

/* Some words of the run: `word[0]` holds the bits from number `base` on, low bit first. The last
 * word of all is filled up with zeros. Returns 0 to stop. */
typedef int sq_join_emit(void *data, const uint64_t *word, size_t n_words, uint64_t base);

/* Call `emit` for the whole run, a few hundred words at a time, in order. Allocates nothing. */
void sq_join_rows(const struct sq_frame_shape *shape, const uint64_t *bits, sq_join_emit *emit,
                  void *data);

#endif
