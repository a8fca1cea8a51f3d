/* Theorems: gates are AND and AND NOT of bits; a head's gate lets all of its channels pass, or none;
 * a head's count is the number of its bits. */
#include "kernels/pack/gate.h"

#include "kernels/base/bits.h"
#include "test/kernels/kernel_test.h"

enum { N_CASES = 300 };

struct drawn {
    size_t n_rows, n_heads, head_dim, n_channels, n_words, gate_words, bytes;
    uint64_t *a, *b, *gate, *out;
};

/* Rows of two sets, and gates of the heads. */
static struct drawn draw(uint64_t seed)
{
    struct sq_rng rng = {seed};
    struct drawn d = {.n_rows = sq_rng_below(&rng, 8),
                      .n_heads = 1 + sq_rng_below(&rng, 70),
                      .head_dim = 1 + sq_rng_below(&rng, sq_rng_below(&rng, 2) ? 9 : 150)};
    d.n_channels = d.n_heads * d.head_dim;
    d.n_words = sq_words_for(d.n_channels);
    d.gate_words = sq_words_for(d.n_heads);
    d.bytes = d.n_rows * d.n_words * 8;
    d.a = draw_bits(&rng, d.n_rows, d.n_channels, draw_rate(&rng));
    d.b = draw_bits(&rng, d.n_rows, d.n_channels, draw_rate(&rng));
    d.gate = draw_bits(&rng, d.n_rows, d.n_heads, draw_rate(&rng));
    d.out = guarded_new(d.bytes);
    return d;
}

static bool discard(struct drawn *d)
{
    return guarded_free(d->a, d->bytes) & guarded_free(d->b, d->bytes) &
           guarded_free(d->gate, d->n_rows * d->gate_words * 8) & guarded_free(d->out, d->bytes);
}

static bool bit(const uint64_t *bits, const struct drawn *d, size_t r, size_t c)
{
    return c < d->n_words * 64 && sq_bit_get(bits + r * d->n_words, c);
}

enum gate { AND, AND_NOT, TOKENS, HEADS, N_GATES };

static void call(enum gate gate, uint64_t *out, const struct drawn *d)
{
    switch (gate) {
    case AND:
        sq_gate_and(out, d->a, d->b, d->n_rows * d->n_words);
        break;
    case AND_NOT:
        sq_gate_and_not(out, d->a, d->b, d->n_rows * d->n_words);
        break;
    case TOKENS:
        sq_gate_tokens(out, d->a, d->b, d->n_rows, d->n_words);
        break;
    default:
        sq_gate_heads(out, d->a, d->gate, d->n_rows, d->n_channels, d->n_heads);
    }
}

/* The definition: whether channel c of row r passes. */
static bool passes(enum gate gate, const struct drawn *d, size_t r, size_t c)
{
    switch (gate) {
    case AND:
        return bit(d->b, d, r, c);
    case AND_NOT:
        return !bit(d->b, d, r, c);
    case TOKENS:
        return bit(d->b, d, 0, c);
    default:
        return c < d->n_channels && sq_bit_get(d->gate + r * d->gate_words, c / d->head_dim);
    }
}

static bool gate_agrees(uint64_t seed, enum gate taken, enum gate gate)
{
    struct drawn d = draw(seed);
    bool agree = true;
    call(taken, d.out, &d);
    for (size_t r = 0; r < d.n_rows; r++)
        for (size_t c = 0; c < d.n_words * 64; c++)
            agree &= bit(d.out, &d, r, c) == (bit(d.a, &d, r, c) && passes(gate, &d, r, c));
    call(taken, d.a, &d); /* in place */
    agree &= same_bits(d.a, d.out, d.bytes);
    return discard(&d) && agree;
}

START_TEST(a_gate_lets_pass_what_it_says)
{
    for (uint64_t seed = 0; seed < N_CASES; seed++)
        ck_assert_msg(gate_agrees(seed, (enum gate)_i, (enum gate)_i), "seed %ju", (uintmax_t)seed);
}
END_TEST

/* A planted fault: another gate. */
START_TEST(another_gate_is_found)
{
    unsigned n_found = 0;
    for (uint64_t seed = 0; seed < N_CASES; seed++)
        n_found += !gate_agrees(seed, (enum gate)_i, (enum gate)((_i + 1) % N_GATES));
    ck_assert_uint_gt(n_found, N_CASES / 4);
}
END_TEST

/* `fault` is added to the first sum, a planted fault. */
static bool counts_agree(uint64_t seed, uint32_t fault)
{
    struct drawn d = draw(seed);
    const size_t n = d.n_rows * d.n_heads;
    uint32_t *sum = guarded_new(n * sizeof *sum), *want = calloc(n + 1, sizeof *want);
    sq_head_counts(sum, d.a, d.n_rows, d.n_channels, d.n_heads);
    for (size_t i = 0; i < d.n_rows * d.n_channels; i++)
        want[i / d.head_dim] += bit(d.a, &d, i / d.n_channels, i % d.n_channels);
    want[0] += fault;
    const bool agree = same_bits(sum, want, n * sizeof *sum);
    free(want);
    return guarded_free(sum, n * sizeof *sum) & discard(&d) & agree;
}

START_TEST(counts_are_ones_of_heads)
{
    unsigned n_found = 0;
    for (uint64_t seed = 0; seed < N_CASES; seed++) {
        ck_assert_msg(counts_agree(seed, 0), "seed %ju", (uintmax_t)seed);
        n_found += !counts_agree(seed, 1);
    }
    ck_assert_uint_gt(n_found, N_CASES / 2);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("pack");
    TCase *t = tcase_create("gate");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, a_gate_lets_pass_what_it_says, 0, N_GATES);
    tcase_add_loop_test(t, another_gate_is_found, 0, N_GATES);
    tcase_add_test(t, counts_are_ones_of_heads);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
