/* Quads: laid out, every row of a group is named once and meets the weight rows of its spans in their order, behind
 * them only the row that adds nothing; rows come by their number of events, and quads that would do nothing are
 * left out. */
#include "kernels/accumulate/quads.h"

#include "test/kernels/kernel_test.h"

enum { N_CASES = 400, MAX_GROUP = 40, MAX_SPANS = 4, PADDING = 8 };

/* Spans of some rows, and room for their quads. */
struct drawn {
    struct sq_quad_rows rows;
    struct sq_span span[MAX_GROUP * MAX_SPANS];
    uint16_t *list; /* of all of them, padded */
    struct sq_quad_room room;
    size_t n_list, n_quads, n_events;
};

static struct drawn *draw(struct sq_rng *rng)
{
    struct drawn *d = calloc(1, sizeof *d);
    const uint32_t of_span = 1 + (uint32_t)sq_rng_below(rng, 90);
    const double rate = draw_rate(rng);
    d->rows.n_rows = (uint32_t)sq_rng_below(rng, MAX_GROUP + 1);
    d->rows.n_spans = 1 + (uint32_t)sq_rng_below(rng, MAX_SPANS);
    d->rows.n_weight_rows = of_span * d->rows.n_spans;
    const uint32_t least = d->rows.n_weight_rows, most = UINT16_MAX;
    d->rows.pad =
        (uint16_t)(sq_rng_below(rng, 2) ? least : least + sq_rng_below(rng, most - least));
    d->n_list = (size_t)d->rows.n_rows * d->rows.n_weight_rows + PADDING;
    d->list = guarded_new(d->n_list * sizeof *d->list);
    size_t n = 0;
    for (uint32_t k = 0; k < d->rows.n_rows * d->rows.n_spans; k++) {
        const uint16_t base = (uint16_t)sq_rng_next(rng);
        const uint32_t first = k % d->rows.n_spans * of_span, begin = (uint32_t)n;
        for (uint32_t i = 0; i < of_span; i++)
            if (sq_rng_unit(rng) < rate)
                d->list[n++] = (uint16_t)(base + first + i);
        d->span[k] =
            (struct sq_span){n > begin ? d->list + begin : NULL, (uint32_t)n - begin, base};
    }
    d->rows.span = d->span;
    d->n_quads = sq_quad_count(d->rows.n_rows);
    d->n_events = sq_quad_events(d->rows.n_rows, d->rows.n_weight_rows);
    d->room.quad = guarded_new(d->n_quads * sizeof *d->room.quad);
    d->room.event = guarded_new(d->n_events * sizeof *d->room.event);
    d->room.begin = guarded_new((d->rows.n_weight_rows + 2) * sizeof *d->room.begin);
    d->room.order = guarded_new((d->rows.n_rows + SQ_QUAD) * sizeof *d->room.order);
    for (size_t r = 0; r < SQ_QUAD; r++)
        d->room.list[r] = guarded_new((d->rows.n_weight_rows + 8) * sizeof *d->room.list[r]);
    return d;
}

static bool discard(struct drawn *d, const struct sq_quads *quads)
{
    bool intact = guarded_free(d->list, d->n_list * sizeof *d->list);
    intact &= guarded_free((void *)quads->quad, d->n_quads * sizeof *quads->quad);
    intact &= guarded_free((void *)quads->event, d->n_events * sizeof *quads->event);
    intact &= guarded_free(d->room.begin, (d->rows.n_weight_rows + 2) * sizeof *d->room.begin);
    intact &= guarded_free(d->room.order, (d->rows.n_rows + SQ_QUAD) * sizeof *d->room.order);
    for (size_t r = 0; r < SQ_QUAD; r++)
        intact &=
            guarded_free(d->room.list[r], (d->rows.n_weight_rows + 8) * sizeof *d->room.list[r]);
    free(d);
    return intact;
}

static uint32_t events_of(const struct drawn *d, uint32_t r)
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < d->rows.n_spans; k++)
        n += d->span[r * d->rows.n_spans + k].n_events;
    return n;
}

/* Entries of row r, place i of a quad: its spans' weight rows, then `pad`. */
static void require_events(const struct drawn *d, const uint16_t *event, uint32_t n_events,
                           uint32_t r, unsigned shift)
{
    uint32_t at = 0;
    for (uint32_t k = 0; r < d->rows.n_rows && k < d->rows.n_spans; k++) {
        const struct sq_span *span = &d->span[r * d->rows.n_spans + k];
        for (uint32_t e = 0; e < span->n_events; e++, at++)
            ck_assert_uint_eq(event[(size_t)at * SQ_QUAD],
                              (uint16_t)((uint16_t)(span->event[e] - span->base) << shift));
    }
    for (; at < n_events; at++)
        ck_assert_uint_eq(event[(size_t)at * SQ_QUAD], (uint16_t)(d->rows.pad << shift));
}

static void check(uint64_t seed)
{
    struct sq_rng rng = {seed};
    struct drawn *d = draw(&rng);
    const enum sq_sums_from from = (enum sq_sums_from)sq_rng_below(&rng, 3);
    const struct sq_quad *const first_quad = d->room.quad;
    const struct sq_quads quads = sq_quads_lay(&d->room, &d->rows, from);
    const uint16_t *event = quads.event;
    unsigned char is_named[MAX_GROUP + 1] = {0};
    uint32_t before = UINT32_MAX;
    ck_assert_int_eq(quads.is_scaled, d->rows.pad < 8192);
    ck_assert(d->room.quad == first_quad + quads.n);
    for (size_t q = 0; q < quads.n; q++) {
        const struct sq_quad *quad = &quads.quad[q];
        ck_assert_uint_lt(quad->row[0], d->rows.n_rows);
        ck_assert_uint_eq(quad->n_events, events_of(d, quad->row[0]));
        for (size_t i = 0; i < SQ_QUAD; i++) {
            const uint32_t r = quad->row[i], n = r < d->rows.n_rows ? events_of(d, r) : 0;
            ck_assert_uint_le(r, d->rows.n_rows);
            ck_assert_uint_le(n, before);
            before = n;
            is_named[r]++;
            require_events(d, event + i, quad->n_events, r, quads.is_scaled ? SQ_EVENT_SHIFT : 0);
        }
        event += (size_t)quad->n_events * SQ_QUAD;
    }
    ck_assert(d->room.event == event);
    for (uint32_t r = 0; r < d->rows.n_rows; r++) {
        const int is_idle = from == SQ_FROM_SUMS && events_of(d, r) == 0; /* may be left out */
        ck_assert(is_named[r] == 1 || (is_idle && is_named[r] == 0));
    }
    for (size_t q = 0; from == SQ_FROM_SUMS && q < quads.n; q++)
        ck_assert_uint_gt(quads.quad[q].n_events, 0);
    ck_assert(discard(d, &quads));
}

START_TEST(every_row_meets_its_spans)
{
    for (uint64_t seed = 0; seed < N_CASES; seed++)
        check(seed + (uint64_t)_i * N_CASES);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("quads");
    TCase *t = tcase_create("quads");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, every_row_meets_its_spans, 0, 4);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
