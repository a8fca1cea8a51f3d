/* Theorem: for every variant, the sums of an output line are those of the convolution's definition,
 * looked at from the output: each run's taps left to right, channels ascending, doubled where a run
 * says so; floats bit for bit, integers exactly; and nothing beside the line is touched. */
#include "kernels/spread/spread.h"

#include "test/kernels/fixed_test.h"

enum { N_CASES = 200, MAX_CHANNELS = 4, MAX_PIXELS = 40, MAX_RUNS = 9 };

static const struct variant variant_f32[] = {
#define SQ_VARIANT(isa, needs) VARIANT_ROW(sq_spread_f32, isa, needs)
#include "kernels/spread/spread.inc"
#undef SQ_VARIANT
};
static const struct variant variant_i16[] = {
#define SQ_VARIANT(isa, needs) VARIANT_ROW(sq_spread_i16, isa, needs)
#include "kernels/spread/spread.inc"
#undef SQ_VARIANT
};
enum { N_VARIANTS = sizeof variant_f32 / sizeof variant_f32[0] };

/* One output line and the events around it. */
struct line {
    bool is_float;
    size_t width, n_channels, n_pixels, n_spans, sum_bytes, w_bytes;
    void *w, *sum;
    struct sq_spread_span span[MAX_RUNS];
    struct sq_pixel_event *event; /* [n_spans][n_pixels * n_channels] */
    unsigned char *is_event;      /* the same as a table */
};

/* The events of run k: any kernel line. */
static void draw_run(struct sq_rng *rng, struct line *l, size_t k)
{
    const size_t per_line = l->n_pixels * l->n_channels;
    struct sq_pixel_event *event = l->event + k * per_line;
    const double rate = draw_rate(rng);
    struct sq_spread_span *span = &l->span[k];
    *span = (struct sq_spread_span){.first = 3 * (uint32_t)(l->n_channels * sq_rng_below(rng, 3)),
                                    .twice = k > 0 && sq_rng_below(rng, 3) == 0};
    for (size_t i = 0; i < per_line; i++)
        if ((l->is_event[k * per_line + i] = sq_rng_unit(rng) < rate) != 0)
            event[span->n_events++] = (struct sq_pixel_event){(uint16_t)(i / l->n_channels),
                                                              (uint16_t)(i % l->n_channels)};
    span->event = span->n_events > 0 ? event : NULL;
}

static struct line draw(struct sq_rng *rng, bool is_float)
{
    struct line l = {.is_float = is_float,
                     .width = draw_width(rng),
                     .n_channels = 1 + sq_rng_below(rng, MAX_CHANNELS),
                     .n_pixels = 1 + sq_rng_below(rng, MAX_PIXELS),
                     .n_spans = sq_rng_below(rng, MAX_RUNS + 1)};
    const size_t n_weights = 9 * l.n_channels * l.width;
    const size_t n_events = MAX_RUNS * l.n_pixels * l.n_channels;
    l.w_bytes = n_weights * (is_float ? sizeof(float) : sizeof(int16_t));
    l.sum_bytes = (l.n_pixels + 2) * l.width * sizeof(float);
    l.w = is_float ? (void *)draw_floats(rng, n_weights) : draw_integers(rng, n_weights, 2, 32767);
    l.sum = guarded_new(l.sum_bytes);
    l.event = calloc(n_events, sizeof *l.event);
    l.is_event = calloc(n_events, 1);
    for (size_t k = 0; k < l.n_spans; k++)
        draw_run(rng, &l, k);
    return l;
}

static bool discard(struct line *l)
{
    free(l->event);
    free(l->is_event);
    return guarded_free(l->w, l->w_bytes) & guarded_free(l->sum, l->sum_bytes);
}

/* Weight rows that output x meets in run k, in order, through `add`. */
static void meet(const struct line *l, size_t k, size_t x, void (*add)(void *, size_t row),
                 void *to)
{
    const unsigned char *is_event = l->is_event + k * l->n_pixels * l->n_channels;
    for (size_t kx = 0; kx < 3; kx++)
        for (size_t c = 0; c < l->n_channels; c++) {
            const size_t from = x + kx; /* one more than the pixel */
            if (from >= 1 && from <= l->n_pixels && is_event[(from - 1) * l->n_channels + c])
                add(to, l->span[k].first + kx * l->n_channels + c);
        }
}

/* One output's sum, as a float or an integer. */
struct sum {
    const struct line *line;
    size_t channel;
    float f;
    int64_t i;
};

static void add_weight(void *to, size_t row)
{
    struct sum *sum = to;
    const struct line *l = sum->line;
    if (l->is_float)
        sum->f = sum->f + ((const float *)l->w)[row * l->width + sum->channel];
    else
        sum->i += fixed_get(l->w, 2, row * l->width + sum->channel);
}

static bool output_is_right(const struct line *l, size_t x, size_t channel)
{
    struct sum want = {.line = l, .channel = channel};
    const size_t at = (x + 1) * l->width + channel;
    for (size_t k = 0; k < l->n_spans; k++) {
        if (l->span[k].twice) {
            want.f = want.f + want.f;
            want.i *= 2;
        }
        meet(l, k, x, add_weight, &want);
    }
    return l->is_float ? same_bits((const float *)l->sum + at, &want.f, sizeof want.f)
                       : fixed_get(l->sum, 4, at) == want.i;
}

static bool agrees(any_kernel_fn *fn, bool is_float, uint64_t seed)
{
    struct sq_rng rng = {seed};
    struct line l = draw(&rng, is_float);
    bool agree = true;
    if (is_float)
        ((sq_spread_f32_fn *)fn)(l.sum, l.w, l.width, l.n_channels, l.n_pixels, l.span, l.n_spans);
    else
        ((sq_spread_i16_fn *)fn)(l.sum, l.w, l.width, l.n_channels, l.n_pixels, l.span, l.n_spans);
    for (size_t x = 0; x < l.n_pixels; x++)
        for (size_t channel = 0; channel < l.width; channel++)
            agree &= output_is_right(&l, x, channel);
    return discard(&l) && agree;
}

static bool floats_agree(any_kernel_fn *fn, uint64_t seed)
{
    return agrees(fn, true, seed);
}

static bool integers_agree(any_kernel_fn *fn, uint64_t seed)
{
    return agrees(fn, false, seed);
}

START_TEST(every_variant_is_the_convolution)
{
    require_agreement(&variant_f32[_i], floats_agree, N_CASES);
    require_agreement(&variant_i16[_i], integers_agree, N_CASES);
}
END_TEST

/* A planted fault: the events of each run from right to left. Same sums, other bits. */
static void leftward(float *sum, const float *w, size_t width, size_t n_channels, size_t n_pixels,
                     const struct sq_spread_span *span, size_t n_spans)
{
    struct sq_pixel_event turned[MAX_RUNS][MAX_PIXELS * MAX_CHANNELS];
    struct sq_spread_span other[MAX_RUNS];
    for (size_t k = 0; k < n_spans; k++) {
        other[k] = span[k];
        for (uint32_t e = 0; e < span[k].n_events; e++)
            turned[k][span[k].n_events - 1 - e] = span[k].event[e];
        other[k].event = turned[k];
    }
    sq_spread_f32_scalar(sum, w, width, n_channels, n_pixels, other, n_spans);
}

/* A planted fault: the kernel turned around, convolution instead of correlation. */
static void turned_kernel(int32_t *sum, const int16_t *w, size_t width, size_t n_channels,
                          size_t n_pixels, const struct sq_spread_span *span, size_t n_spans)
{
    struct sq_spread_span other[MAX_RUNS];
    for (size_t k = 0; k < n_spans; k++) {
        other[k] = span[k];
        other[k].first = (uint32_t)(6 * n_channels) - span[k].first;
    }
    sq_spread_i16_scalar(sum, w, width, n_channels, n_pixels, other, n_spans);
}

START_TEST(planted_faults_are_found)
{
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)leftward, floats_agree, N_CASES), N_CASES / 4);
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)turned_kernel, integers_agree, N_CASES),
                      N_CASES / 4);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("spread");
    TCase *t = tcase_create("spread");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, every_variant_is_the_convolution, 0, N_VARIANTS);
    tcase_add_test(t, planted_faults_are_found);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
