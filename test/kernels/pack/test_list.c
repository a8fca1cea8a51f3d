/* Theorem: every variant writes the channels of the set bits, row by row in ascending order, as
 * positions in their line modulo 65536, and touches nothing before or 64 entries behind. */
#include "kernels/pack/list.h"

#include "kernels/base/bits.h"
#include "test/kernels/kernel_test.h"

enum { N_CASES = 150 };

static const struct variant variant[] = {
#define SQ_VARIANT(isa, needs) VARIANT_ROW(sq_list_events, isa, needs)
#include "kernels/pack/list.inc"
#undef SQ_VARIANT
};
enum { N_VARIANTS = sizeof variant / sizeof variant[0] };

/* One case in five has lines longer than 65536 events. */
static struct sq_spike_shape draw_shape(struct sq_rng *rng)
{
    const bool wraps = sq_rng_below(rng, 5) == 0;
    struct sq_spike_shape shape = {.n_rows = (uint32_t)sq_rng_below(rng, 40),
                                   .n_channels = 1 + (uint32_t)sq_rng_below(rng, 300),
                                   .n_planes = 1,
                                   .line_rows = 1 + (uint32_t)sq_rng_below(rng, 12)};
    if (wraps)
        shape = (struct sq_spike_shape){
            .n_rows = 75, .n_channels = 1000, .n_planes = 1, .line_rows = 70};
    shape.n_words = (uint32_t)sq_words_for(shape.n_channels);
    return shape;
}

struct lists {
    uint16_t *event;
    uint32_t *begin;
    size_t event_bytes, begin_bytes;
};

static struct lists lists_new(const struct sq_spike_shape *shape, uint32_t n_events)
{
    struct lists l = {.event_bytes = (n_events + SQ_LIST_PADDING - 1) * sizeof(uint16_t),
                      .begin_bytes = (shape->n_rows + 1) * sizeof(uint32_t)};
    l.event = guarded_new(l.event_bytes);
    l.begin = guarded_new(l.begin_bytes);
    return l;
}

static int lists_free(struct lists *l)
{
    return guarded_free(l->event, l->event_bytes) & guarded_free(l->begin, l->begin_bytes);
}

/* The definition. */
static void list(struct lists *l, uint32_t at, const uint64_t *bits,
                 const struct sq_spike_shape *shape)
{
    for (uint32_t r = 0; r < shape->n_rows; r++) {
        l->begin[r] = at;
        for (uint32_t c = 0; c < shape->n_channels; c++)
            if (sq_bit_get(bits + (size_t)r * shape->n_words, c))
                l->event[at++] = (uint16_t)(r % shape->line_rows * shape->n_channels + c);
    }
    l->begin[shape->n_rows] = at;
}

static bool agrees(any_kernel_fn *any, uint64_t seed)
{
    sq_list_events_fn *const fn = (sq_list_events_fn *)any;
    struct sq_rng rng = {seed};
    const struct sq_spike_shape shape = draw_shape(&rng);
    const uint32_t first = (uint32_t)sq_rng_below(&rng, 100);
    const size_t n_words = (size_t)shape.n_rows * shape.n_words;
    uint64_t *bits = draw_bits(&rng, shape.n_rows, shape.n_channels, draw_rate(&rng));
    const uint32_t end = first + (uint32_t)sq_popcount(bits, n_words);
    struct lists want = lists_new(&shape, end), got = lists_new(&shape, end);
    list(&want, first, bits, &shape);
    bool agree = fn(got.event, got.begin, first, bits, &shape) == end;
    agree &= same_bits(got.event, want.event, end * sizeof(uint16_t));
    agree &= same_bits(got.begin, want.begin, want.begin_bytes);
    agree &= lists_free(&want) & lists_free(&got);
    return guarded_free(bits, n_words * 8) & agree;
}

START_TEST(every_variant_lists_the_set_bits)
{
    require_agreement(&variant[_i], agrees, N_CASES);
}
END_TEST

START_TEST(every_word_with_few_or_many_bits)
{
    if (!runs_here(&variant[_i]))
        return;
    const struct sq_spike_shape shape = {1, 64, 1, 1, 1};
    for (unsigned n = 0; n <= 64; n++)
        for (unsigned shift = 0; shift + n <= 64; shift++) {
            const uint64_t word = (n == 64 ? ~(uint64_t)0 : ((uint64_t)1 << n) - 1) << (shift & 63);
            uint16_t event[64 + SQ_LIST_PADDING];
            uint32_t begin[2];
            ck_assert_uint_eq(((sq_list_events_fn *)variant[_i].fn)(event, begin, 0, &word, &shape),
                              n);
            for (unsigned e = 0; e < n; e++)
                ck_assert_uint_eq(event[e], shift + e);
        }
}
END_TEST

/* A planted fault: the line's position is not taken modulo line_rows. */
static uint32_t endless(uint16_t *event, uint32_t *begin, uint32_t first, const uint64_t *bits,
                        const struct sq_spike_shape *shape)
{
    struct sq_spike_shape other = *shape;
    other.line_rows = UINT32_MAX;
    return sq_list_events_scalar(event, begin, first, bits, &other);
}

START_TEST(planted_fault_is_found)
{
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)endless, agrees, N_CASES), N_CASES / 4);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("pack");
    TCase *t = tcase_create("list");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, every_variant_lists_the_set_bits, 0, N_VARIANTS);
    tcase_add_loop_test(t, every_word_with_few_or_many_bits, 0, N_VARIANTS);
    tcase_add_test(t, planted_fault_is_found);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
