#include "traces/format/join.h"

#include "kernels/base/bits.h"

enum { CHUNK_WORDS = 256 };

/* The run as far as it is joined: whole words in chunk, `held` bits in hand. */
struct joiner {
    uint64_t chunk[CHUNK_WORDS];
    size_t n;
    uint64_t base; /* of chunk[0] */
    uint64_t hand;
    unsigned held;
    sq_join_emit *emit;
    void *data;
    int goes_on;
};

static void flush(struct joiner *j)
{
    if (j->n > 0 && j->goes_on)
        j->goes_on = j->emit(j->data, j->chunk, j->n, j->base);
    j->base += 64 * (uint64_t)j->n;
    j->n = 0;
}

/* Append the low n_bits (1 .. 64) of a word whose other bits are 0. */
static inline void append(struct joiner *j, uint64_t word, unsigned n_bits)
{
    j->hand |= word << j->held;
    j->held += n_bits;
    if (j->held < 64)
        return;
    j->chunk[j->n++] = j->hand;
    j->held -= 64;
    j->hand = j->held > 0 ? word >> (n_bits - j->held) : 0;
    if (j->n == CHUNK_WORDS)
        flush(j);
}

/* Rows of 8, 16 or 32 bits: a whole number of them is a word. Returns the rows joined. */
static inline uint32_t join_narrow(struct joiner *j, const uint64_t *bits, uint32_t n_rows,
                                   unsigned n_bits)
{
    const uint32_t per_word = 64 / n_bits;
    uint32_t r = 0;
    for (; r + per_word <= n_rows && j->goes_on; r += per_word) {
        uint64_t word = 0;
        for (uint32_t i = 0; i < per_word; i++)
            word |= bits[r + i] << (i * n_bits);
        j->chunk[j->n++] = word;
        if (j->n == CHUNK_WORDS)
            flush(j);
    }
    return r;
}

/* The same with a constant width: the inner loop becomes straight code. */
static uint32_t join_narrow_rows(struct joiner *j, const struct sq_frame_shape *shape,
                                 const uint64_t *bits)
{
    switch (shape->n_channels) {
    case 8:
        return join_narrow(j, bits, shape->n_rows, 8);
    case 16:
        return join_narrow(j, bits, shape->n_rows, 16);
    case 32:
        return join_narrow(j, bits, shape->n_rows, 32);
    default:
        return 0;
    }
}

void sq_join_rows(const struct sq_frame_shape *shape, const uint64_t *bits, sq_join_emit *emit,
                  void *data)
{
    const size_t n_words = sq_words_for(shape->n_channels);
    const unsigned rest = shape->n_channels % 64;
    if (rest == 0) { /* nothing to join */
        emit(data, bits, shape->n_rows * n_words, 0);
        return;
    }
    struct joiner j = {.n = 0, .emit = emit, .data = data, .goes_on = 1};
    const uint32_t n_joined = join_narrow_rows(&j, shape, bits);
    bits += n_joined * n_words;
    for (uint32_t r = n_joined; r < shape->n_rows && j.goes_on; r++) {
        for (size_t w = 0; w + 1 < n_words; w++)
            append(&j, *bits++, 64);
        append(&j, *bits++, rest);
    }
    if (j.held > 0)
        append(&j, 0, 64 - j.held);
    flush(&j);
}
