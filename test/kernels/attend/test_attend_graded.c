/* Theorem: attention of counts is the sum over all tokens and channels of a head, as whole numbers and times a
 * factor, and columns past the channels are zero. */
#include "kernels/attend/attend_graded.h"
#include "kernels/base/bits.h"

#include "test/unit.h"

#include <string.h>

enum { N_CASES = 200, MAX_TOKENS = 9, MAX_CHANNELS = 160, MAX_PLANES = 3 };

struct drawn {
    struct sq_graded_shape shape;
    uint32_t count[3][MAX_TOKENS][MAX_CHANNELS]; /* of q, k, v */
    uint64_t bits[3][MAX_PLANES * MAX_TOKENS * (MAX_CHANNELS / 64 + 1)];
};

static void draw_counts(struct sq_rng *rng, struct drawn *d, int which, uint32_t channels,
                        uint32_t n_words)
{
    const uint32_t n = d->shape.keys.n_tokens, planes = d->shape.n_planes[which];
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t c = 0; c < channels; c++) {
            const uint32_t most = (1u << planes) - 1;
            const uint32_t count = sq_rng_below(rng, 2) ? (uint32_t)sq_rng_below(rng, most + 1) : 0;
            d->count[which][i][c] = count;
            for (uint32_t p = 0; p < planes; p++)
                if (count >> p & 1)
                    sq_bit_set(d->bits[which] + ((size_t)p * n + i) * n_words, c);
        }
}

static void draw(uint64_t seed, struct drawn *d)
{
    struct sq_rng rng = {seed};
    memset(d, 0, sizeof *d);
    const uint32_t heads = 1 + (uint32_t)sq_rng_below(&rng, 4);
    const uint32_t dim = 1 + (uint32_t)sq_rng_below(&rng, 20);
    d->shape.keys =
        (struct sq_attend_shape){.n_tokens = 1 + (uint32_t)sq_rng_below(&rng, MAX_TOKENS),
                                 .n_heads = heads,
                                 .head_dim = dim,
                                 .n_words = (uint32_t)sq_words_for(heads * dim)};
    d->shape.value_dim = 1 + (uint32_t)sq_rng_below(&rng, 40);
    d->shape.value_words = (uint32_t)sq_words_for(heads * d->shape.value_dim);
    for (int i = 0; i < 3; i++)
        d->shape.n_planes[i] = 1 + (uint32_t)sq_rng_below(&rng, MAX_PLANES);
    draw_counts(&rng, d, 0, heads * dim, d->shape.keys.n_words);
    draw_counts(&rng, d, 1, heads * dim, d->shape.keys.n_words);
    draw_counts(&rng, d, 2, heads * d->shape.value_dim, d->shape.value_words);
}

static int32_t expected(const struct drawn *d, uint32_t i, uint32_t c)
{
    const uint32_t dim = d->shape.keys.head_dim, first = c / d->shape.value_dim * dim;
    uint32_t sum = 0;
    for (uint32_t j = 0; j < d->shape.keys.n_tokens; j++)
        for (uint32_t k = first; k < first + dim; k++)
            sum += d->count[0][i][k] * d->count[1][j][k] * d->count[2][j][c];
    return (int32_t)sum;
}

START_TEST(every_sum_is_that_of_its_terms)
{
    static struct drawn d;
    static _Alignas(64) unsigned char scratch[1 << 16];
    static _Alignas(64) int32_t whole[MAX_TOKENS * 3 * 64];
    static _Alignas(64) float real[MAX_TOKENS * 3 * 64];
    draw((uint64_t)_i, &d);
    const size_t stride = d.shape.value_words * (size_t)64;
    ck_assert_uint_le(sq_graded_scratch_bytes(&d.shape), sizeof scratch);
    memset(whole, 0xff, sizeof whole);
    sq_attend_graded_i32(whole, stride, d.bits[0], d.bits[1], d.bits[2], &d.shape, scratch);
    sq_attend_graded(real, stride, d.bits[0], d.bits[1], d.bits[2], &d.shape, 0.3f, scratch);
    for (uint32_t i = 0; i < d.shape.keys.n_tokens; i++)
        for (uint32_t c = 0; c < stride; c++) {
            const int inside = c < d.shape.keys.n_heads * d.shape.value_dim;
            const int32_t want = inside ? expected(&d, i, c) : 0;
            ck_assert_int_eq(whole[i * stride + c], want);
            ck_assert(real[i * stride + c] == (float)want * 0.3f);
        }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("attend");
    TCase *t = tcase_create("counts");
    tcase_add_loop_test(t, every_sum_is_that_of_its_terms, 0, N_CASES);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
