/* Theorem: a bit of out is set if and only if it or one of its neighbours is set in in: of the grid's
 * cells, and of tokens and the channels of one head. */
#include "kernels/pack/erode.h"

#include "kernels/base/bits.h"
#include "test/kernels/kernel_test.h"

enum { N_CASES = 300 };

/* Rows are cells of the grid, or tokens. */
struct drawn {
    size_t n_rows, n_channels, n_words, bytes;
    uint32_t height, width;
    size_t head_dim;
    uint64_t *in, *out;
};

static struct drawn draw(uint64_t seed)
{
    struct sq_rng rng = {seed};
    struct drawn d = {.height = 1 + (uint32_t)sq_rng_below(&rng, 6),
                      .width = 1 + (uint32_t)sq_rng_below(&rng, 6),
                      .head_dim = 1 + sq_rng_below(&rng, sq_rng_below(&rng, 2) ? 9 : 150)};
    d.n_channels = d.head_dim * (1 + sq_rng_below(&rng, 20));
    d.n_rows = (size_t)d.height * d.width;
    d.n_words = sq_words_for(d.n_channels);
    d.bytes = d.n_rows * d.n_words * 8;
    d.in = draw_bits(&rng, d.n_rows, d.n_channels, draw_rate(&rng) / 6);
    d.out = guarded_new(d.bytes);
    return d;
}

static bool discard(struct drawn *d)
{
    return guarded_free(d->in, d->bytes) & guarded_free(d->out, d->bytes);
}

static bool beside(size_t a, size_t b)
{
    return a <= b + 1 && b <= a + 1;
}

/* Whether (row, channel) of in can reach (r, c) of out. */
static bool reaches_cell(const struct drawn *d, size_t row, size_t channel, size_t r, size_t c)
{
    return channel == c && beside(row / d->width, r / d->width) &&
           beside(row % d->width, r % d->width);
}

static bool reaches_head(const struct drawn *d, size_t row, size_t channel, size_t r, size_t c)
{
    return beside(row, r) && beside(channel, c) && channel / d->head_dim == c / d->head_dim;
}

/* The definition: every bit of in sets what it reaches; the candidates are near. */
static void spread_bits(uint64_t *want, const struct drawn *d,
                        bool (*reaches)(const struct drawn *, size_t, size_t, size_t, size_t))
{
    memset(want, 0, d->bytes);
    for (size_t i = 0; i < d->n_rows * d->n_channels; i++) {
        const size_t row = i / d->n_channels, channel = i % d->n_channels;
        if (!sq_bit_get(d->in + row * d->n_words, channel))
            continue;
        for (size_t r = 0; r < d->n_rows; r++)
            for (size_t c = channel > 0 ? channel - 1 : 0; c < d->n_channels && c <= channel + 1;
                 c++)
                if (reaches(d, row, channel, r, c))
                    sq_bit_set(want + r * d->n_words, c);
    }
}

/* `heads`: over the channels of heads, which the kernel takes to be head_dim + fault wide. */
static bool agrees(uint64_t seed, bool heads, size_t fault)
{
    struct drawn d = draw(seed);
    uint64_t *want = guarded_new(d.bytes);
    spread_bits(want, &d, heads ? reaches_head : reaches_cell);
    if (heads)
        sq_erode_heads(d.out, d.in, d.n_rows, d.n_channels, d.head_dim + fault);
    else
        sq_erode_grid(d.out, d.in, d.height, d.width, (uint32_t)d.n_words);
    const bool agree = same_bits(d.out, want, d.bytes);
    return guarded_free(want, d.bytes) & discard(&d) & agree;
}

START_TEST(a_cell_has_the_bits_of_its_neighbours)
{
    for (uint64_t seed = 0; seed < N_CASES; seed++)
        ck_assert_msg(agrees(seed, false, 0), "seed %ju", (uintmax_t)seed);
}
END_TEST

START_TEST(a_token_has_the_bits_of_its_neighbours_in_the_head)
{
    unsigned n_found = 0;
    for (uint64_t seed = 0; seed < N_CASES; seed++) {
        ck_assert_msg(agrees(seed, true, 0), "seed %ju", (uintmax_t)seed);
        n_found += !agrees(seed, true, 1); /* a planted fault */
    }
    ck_assert_uint_gt(n_found, N_CASES / 4);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("pack");
    TCase *t = tcase_create("erode");
    tcase_set_timeout(t, 120);
    tcase_add_test(t, a_cell_has_the_bits_of_its_neighbours);
    tcase_add_test(t, a_token_has_the_bits_of_its_neighbours_in_the_head);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
