#include "kernels/pack/erode.h"

#include "kernels/base/bits.h"
#include "kernels/pack/pool.h"

void sq_erode_grid(uint64_t *out, const uint64_t *in, uint32_t height, uint32_t width,
                   uint32_t n_words)
{
    sq_pool_any(out, in, height, width, n_words, 3, 1, 1);
}

/* One word of all rows. A head's first bit takes nothing from below it, its last nothing from above. */
struct column {
    size_t n_words;           /* of a row */
    uint64_t first;           /* bits where heads begin */
    uint64_t last;            /* bits where heads end */
    int has_below, has_above; /* a head goes on in the words before and behind */
};

/* The bits of the next word at which heads begin; `*at` is the first of these, counted from the
 * word's first bit, and then that of the word behind. */
static uint64_t next_begins(size_t *at, size_t head_dim)
{
    uint64_t begins = 0;
    for (; *at < 64; *at += head_dim)
        begins |= (uint64_t)1 << *at;
    *at -= 64;
    return begins;
}

/* A word of a token and of those before and behind it, where they exist. */
static inline uint64_t of_three(const uint64_t *at, size_t n_words, int has_before, int has_behind)
{
    return *at | (has_before ? at[-(ptrdiff_t)n_words] : 0) | (has_behind ? at[n_words] : 0);
}

static void erode_column(uint64_t *out, const uint64_t *in, size_t n_rows,
                         const struct column *column)
{
    const size_t n_words = column->n_words;
    for (size_t r = 0; r < n_rows; r++, out += n_words, in += n_words) {
        const int before = r > 0, behind = r + 1 < n_rows;
        const uint64_t here = of_three(in, n_words, before, behind);
        *out = here | (here & ~column->last) << 1 | (here & ~column->first) >> 1;
        if (column->has_below)
            *out |= of_three(in - 1, n_words, before, behind) >> 63;
        if (column->has_above)
            *out |= of_three(in + 1, n_words, before, behind) << 63;
    }
}

void sq_erode_heads(uint64_t *out, const uint64_t *in, size_t n_rows, size_t n_channels,
                    size_t head_dim)
{
    struct column column = {.n_words = sq_words_for(n_channels)};
    size_t at = 0;
    uint64_t begins = next_begins(&at, head_dim);
    for (size_t w = 0; w < column.n_words; w++) {
        column.first = begins;
        begins = next_begins(&at, head_dim);
        column.last = column.first >> 1 | begins << 63;
        column.has_below = !(column.first & 1);
        column.has_above = !(begins & 1) && w + 1 < column.n_words;
        erode_column(out + w, in + w, n_rows, &column);
    }
}
