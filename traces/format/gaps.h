/* Gaps: ascending element numbers as a list of small steps (frame.h, encoding GAPS). */
#ifndef SQ_GAPS_H
#define SQ_GAPS_H

#include "traces/format/frame.h"

#include <stdbool.h>

enum { SQ_GAP_NONE = 255 }; /* moves on by 255 and names nothing */

/* One element `gap` places behind the last one named: the bytes needed, at least 1. */
static inline size_t sq_gap_bytes(size_t gap)
{
    return gap / SQ_GAP_NONE + 1;
}

/* Write that element; returns the place behind. */
static inline unsigned char *sq_gap_put(unsigned char *out, size_t gap)
{
    for (; gap >= SQ_GAP_NONE; gap -= SQ_GAP_NONE)
        *out++ = SQ_GAP_NONE;
    *out++ = (unsigned char)gap;
    return out;
}

/* A list being written. */
struct sq_gaps {
    unsigned char *out, *end; /* bytes from out up to end are free, and may hold anything */
    uint64_t next;            /* the number behind the last one named */
};

/* The scalar step that every variant falls back on: name the ones of a word whose bit 0 is number
 * `base`. False: the room is too small; what was written is then worthless. */
static inline bool sq_gaps_add_word(struct sq_gaps *gaps, uint64_t word, uint64_t base)
{
    for (; word != 0; word &= word - 1) {
        const uint64_t number = base + (uint64_t)__builtin_ctzll(word);
        const uint64_t gap = number - gaps->next;
        if (sq_gap_bytes(gap) > (size_t)(gaps->end - gaps->out))
            return false;
        gaps->out = sq_gap_put(gaps->out, gap);
        gaps->next = number + 1;
    }
    return true;
}

/* Name the ones of `n_words` words, of which bit 0 of the first is number `base`. */
typedef bool sq_gaps_add_fn(struct sq_gaps *gaps, const uint64_t *word, size_t n_words,
                            uint64_t base);

#define SQ_VARIANT(isa, needs) sq_gaps_add_fn sq_gaps_add_##isa;
#include "traces/format/gaps.inc"
#undef SQ_VARIANT

/* The best variant for a processor with these features (kernels/base/cpu.h). */
sq_gaps_add_fn *sq_gaps_choose(unsigned features);

/* sq_frame_encode() by one variant; all give the same bytes. */
size_t sq_frame_encode_by(sq_gaps_add_fn *add, const struct sq_frame_shape *shape,
                          const uint64_t *bits, uint64_t spikes, uint8_t *encoding,
                          unsigned char *out);

/* Read a list into bit rows; NULL or what is wrong with it. */
const char *sq_gaps_read(const struct sq_frame_shape *shape, const unsigned char *data, size_t size,
                         uint64_t *bits);

#endif
