/* Every convention against brute force on small random layers. */
#include "sim/account/count/shapes.h"
#include "sim/account/price/exact.h"
#include "sim/account/price/lemaire.h"
#include "sim/account/price/neurobench.h"
#include "sim/account/price/paper.h"
#include "sim/account/price/spikingjelly.h"
#include "sim/account/price/syops.h"
#include "test/unit.h"

#include <string.h>

enum { N_LAYERS = 1000, MAX_INPUTS = 4096 };

/* A random layer with its input: frames x c_in x height x width of small whole numbers. */
struct layer {
    struct sq_conv_shape shape;
    uint64_t frames;
    int has_bias, is_linear;
    unsigned char x[MAX_INPUTS];
    unsigned char zero[MAX_INPUTS]; /* weight i is 0 */
};

static uint64_t pick(struct sq_rng *rng, uint64_t least, uint64_t most)
{
    return least + sq_rng_below(rng, most - least + 1);
}

static void draw(struct sq_rng *rng, struct layer *l)
{
    const uint64_t groups = pick(rng, 1, 2);
    l->is_linear = pick(rng, 0, 2) == 0;
    l->has_bias = (int)pick(rng, 0, 1);
    l->frames = pick(rng, 1, 3);
    l->shape = (struct sq_conv_shape){.c_in = groups * pick(rng, 1, 3),
                                      .c_out = groups * pick(rng, 1, 4),
                                      .height = pick(rng, 1, 6),
                                      .width = pick(rng, 1, 6),
                                      .kernel_h = pick(rng, 1, 3),
                                      .kernel_w = pick(rng, 1, 3),
                                      .stride_h = pick(rng, 1, 2),
                                      .stride_w = pick(rng, 1, 2),
                                      .padding_h = pick(rng, 1, 2),
                                      .padding_w = pick(rng, 1, 2),
                                      .groups = groups};
    if (l->is_linear)
        l->shape = (struct sq_conv_shape){
            l->shape.c_in, l->shape.c_out, l->shape.height, 1, 1, 1, 1, 1, 0, 0, 1};
    const double rate = sq_rng_unit(rng);
    const uint64_t most = pick(rng, 1, 3);
    for (size_t i = 0; i < MAX_INPUTS; i++) {
        l->x[i] = sq_rng_unit(rng) < rate ? (unsigned char)pick(rng, 1, most) : 0;
        l->zero[i] = sq_rng_below(rng, 4) == 0;
    }
}

/* What the definitions of the conventions count, found by walking every tap of every output. */
struct truth {
    uint64_t events, units, live, dense_in, dense_full, nonzeros, sum, n;
};

static void walk_output(const struct layer *l, uint64_t f, uint64_t co, uint64_t oy, uint64_t ox,
                        struct truth *truth)
{
    const struct sq_conv_shape *s = &l->shape;
    const uint64_t per_group = s->c_in / s->groups, group = co / (s->c_out / s->groups);
    for (uint64_t c = 0; c < per_group; c++)
        for (uint64_t ky = 0; ky < s->kernel_h; ky++)
            for (uint64_t kx = 0; kx < s->kernel_w; kx++) {
                const uint64_t y = oy * s->stride_h + ky, x = ox * s->stride_w + kx;
                const uint64_t w = ((co * per_group + c) * s->kernel_h + ky) * s->kernel_w + kx;
                truth->dense_full++;
                if (y < s->padding_h || x < s->padding_w || y - s->padding_h >= s->height ||
                    x - s->padding_w >= s->width)
                    continue;
                const uint64_t at =
                    ((f * s->c_in + group * per_group + c) * s->height + y - s->padding_h) *
                        s->width +
                    x - s->padding_w;
                truth->dense_in++;
                truth->events += l->x[at] != 0;
                truth->units += l->x[at];
                truth->live += l->x[at] != 0 && !l->zero[w];
            }
}

static struct truth walk(const struct layer *l)
{
    const struct sq_conv_shape *s = &l->shape;
    struct truth truth = {.n = l->frames * s->c_in * s->height * s->width};
    const uint64_t out_h = sq_axis_outputs(s->height, s->kernel_h, s->stride_h, s->padding_h);
    const uint64_t out_w = sq_axis_outputs(s->width, s->kernel_w, s->stride_w, s->padding_w);
    for (uint64_t i = 0; i < truth.n; i++) {
        truth.nonzeros += l->x[i] != 0;
        truth.sum += l->x[i];
    }
    for (uint64_t f = 0; f < l->frames; f++)
        for (uint64_t co = 0; co < s->c_out; co++)
            for (uint64_t oy = 0; oy < out_h; oy++)
                for (uint64_t ox = 0; ox < out_w; ox++)
                    walk_output(l, f, co, oy, ox, &truth);
    return truth;
}

/* The same as the engine counts: per input, taps by its place. */
static void count(const struct layer *l, struct sq_op *op, struct sq_op_count *c)
{
    const struct sq_conv_shape *s = &l->shape;
    const uint64_t plane = s->height * s->width, out = s->c_out / s->groups;
    c->frames = l->frames;
    for (uint64_t i = 0; i < l->frames * s->c_in * plane; i++) {
        const uint64_t y = i % plane / s->width, x = i % s->width;
        const uint64_t taps =
            sq_axis_windows(y, s->height, s->kernel_h, s->stride_h, s->padding_h) *
            sq_axis_windows(x, s->width, s->kernel_w, s->stride_w, s->padding_w);
        c->nonzeros += l->x[i] != 0;
        c->units += l->x[i];
        c->fanout += l->x[i] != 0 ? taps * out : 0;
        c->unit_fanout += l->x[i] * taps * out;
    }
    c->out_nonzeros = op->n_out * l->frames;
    for (uint64_t i = 0; i < op->weights; i++)
        op->weight_zeros += l->zero[i];
}

static void shape_op(const struct layer *l, struct sq_op *op)
{
    *op = (struct sq_op){.name = "layer"};
    if (l->is_linear)
        sq_op_shape_linear(op, l->shape.height, l->shape.c_in, l->shape.c_out, l->has_bias);
    else
        sq_op_shape_conv(op, &l->shape, l->has_bias);
}

static void check_counts(const struct truth *want, const struct sq_op *op, uint64_t seed)
{
    const struct sq_switches switches = sq_switches_default();
    const struct sq_op_group *group = &op->group[0];
    const struct sq_exact e = sq_exact_count(op);
    const int binary = want->sum == want->nonzeros;
    ck_assert_msg(e.ac_events == want->events, "seed %llu", (unsigned long long)seed);
    ck_assert_uint_eq(e.ac_unary, want->units);
    ck_assert_uint_eq(e.ac_live, want->live);
    ck_assert_uint_eq(e.dense_in, want->dense_in);
    ck_assert_uint_eq(op->dense_full * group->step[0].frames, want->dense_full);
    ck_assert_uint_eq(e.bias_adds, op->has_bias ? op->n_out * group->step[0].frames : 0);
    const struct sq_spikingjelly sj = sq_spikingjelly_count(op, &switches);
    ck_assert_uint_eq(sj.synop, binary ? want->events : 0);
    ck_assert_uint_eq(sj.ac, sj.synop);
    ck_assert_uint_eq(sj.mac, binary ? 0 : want->dense_full);
    const struct sq_neurobench nb = sq_neurobench_count(op);
    ck_assert_uint_eq(nb.effective_acs, binary ? want->live : 0);
    ck_assert_uint_eq(nb.effective_macs, binary ? 0 : want->live);
    ck_assert_uint_eq(nb.dense, want->dense_in);
    const struct sq_paper p = sq_paper_count(op, 1, &switches);
    ck_assert_double_eq(p.rate, (double)want->sum / (double)want->n);
    ck_assert_double_eq(p.flops * (double)group->step[0].frames, (double)want->dense_full);
}

static void check_syops(const struct truth *want, const struct sq_op *op, const struct layer *l)
{
    struct sq_switches switches = sq_switches_default();
    uint64_t n_calls;
    const double bias = !l->has_bias   ? 0
                        : l->is_linear ? (double)(l->shape.c_out * l->frames)
                                       : (double)(op->n_out * l->frames);
    const double ops = (double)want->dense_full + bias;
    const double r = (double)((float)want->sum / (float)want->n);
    struct sq_syops_row row = sq_syops_count(op, &switches, &n_calls);
    ck_assert_double_eq(row.ops, ops);
    if (want->sum == want->nonzeros) {
        ck_assert_double_eq(row.acs, ops * r);
        ck_assert_double_eq(row.macs, 0);
    } else {
        ck_assert_double_eq(row.macs, ops);
        switches.syops_max = 1;
        row = sq_syops_count(op, &switches, &n_calls);
        ck_assert_double_eq(row.acs, ops * r);
        ck_assert_double_eq(row.rate_percent, 100 * r);
    }
}

START_TEST(every_convention_equals_brute_force)
{
    static struct layer l;
    for (uint64_t seed = 0; seed < N_LAYERS; seed++) {
        struct sq_rng rng = {seed};
        struct sq_op op;
        struct sq_op_count step = {0};
        struct sq_op_group call = {.n_calls = 1, .n_steps = 1, .step = &step, .max = 3};
        draw(&rng, &l);
        shape_op(&l, &op);
        count(&l, &op, &step);
        const struct truth want = walk(&l);
        step.fanout_live = want.live;
        call.is = SQ_HAS_LIVE;
        op.group = &call;
        op.n_groups = 1;
        struct sq_op_count sum = {0};
        sq_call_classify(&op, &call, &sum);
        check_counts(&want, &op, seed);
        check_syops(&want, &op, &l);
    }
}
END_TEST

/* A fault must be seen: one event too many is not the truth. */
START_TEST(a_planted_fault_is_seen)
{
    static struct layer l;
    struct sq_rng rng = {7};
    struct sq_op op;
    struct sq_op_count step = {0};
    draw(&rng, &l);
    shape_op(&l, &op);
    count(&l, &op, &step);
    const struct truth before = walk(&l);
    ck_assert_uint_eq(step.fanout, before.events);
    for (size_t i = 0; i < before.n; i++)
        if (l.x[i] == 0) {
            l.x[i] = 1;
            break;
        }
    ck_assert_uint_ne(step.fanout, walk(&l).events);
}
END_TEST

/* Merging calls of one kind changes no whole count. */
START_TEST(groups_add_up)
{
    static struct layer l;
    struct sq_counters counters = {0};
    struct sq_error err = {0};
    struct sq_op merged;
    uint64_t events = 0, synops = 0, macs = 0;
    const struct sq_switches switches = sq_switches_default();
    struct sq_rng rng = {11};
    draw(&rng, &l);
    shape_op(&l, &merged);
    for (int i = 0; i < 50; i++) {
        struct sq_op one = merged;
        struct sq_op_count step = {0};
        struct sq_op_group call = {.n_calls = 1, .n_steps = 1, .step = &step, .max = 2};
        for (size_t at = 0; at < MAX_INPUTS; at++)
            l.x[at] = (unsigned char)(sq_rng_below(&rng, 100) < 3
                                          ? 1 + (i % 2 == 0 ? sq_rng_below(&rng, 2) : 0)
                                          : 0);
        one.weight_zeros = 0;
        count(&l, &one, &step);
        one.weight_zeros = 0;
        one.group = &call;
        one.n_groups = 1;
        struct sq_op_count sum = {0};
        sq_call_classify(&one, &call, &sum);
        events += sq_exact_count(&one).ac_events;
        synops += sq_spikingjelly_count(&one, &switches).synop;
        macs += sq_spikingjelly_count(&one, &switches).mac;
        ck_assert_int_eq(sq_op_add_call(&err, &counters, &merged, &call), SQ_OK);
    }
    ck_assert_uint_le(merged.n_groups, 8);
    ck_assert_uint_eq(sq_exact_count(&merged).ac_events, events);
    ck_assert_uint_eq(sq_spikingjelly_count(&merged, &switches).synop, synops);
    ck_assert_uint_eq(sq_spikingjelly_count(&merged, &switches).mac, macs);
    sq_counters_free(&counters);
}
END_TEST

/* An image of which only nonzeros are known is no spike tensor, unless it is black. */
START_TEST(a_real_tensor_is_no_spike_tensor)
{
    struct sq_op op = {.name = "image"};
    const struct sq_conv_shape shape = {3, 4, 6, 6, 3, 3, 1, 1, 1, 1, 1};
    const struct sq_switches switches = sq_switches_default();
    sq_op_shape_conv(&op, &shape, 0);
    for (int black = 0; black < 2; black++) {
        struct sq_op_count step = {.frames = 1, .nonzeros = black ? 0 : 100};
        struct sq_op_group call = {.n_calls = 1, .n_steps = 1, .step = &step, .is = SQ_IS_REAL};
        uint64_t n_calls;
        op.group = &call;
        op.n_groups = 1;
        struct sq_op_count sum = {0};
        sq_call_classify(&op, &call, &sum);
        const struct sq_syops_row row = sq_syops_count(&op, &switches, &n_calls);
        ck_assert_double_eq(row.macs, black ? 0 : (double)op.dense_full);
        ck_assert_double_eq(row.acs, 0);
        ck_assert_uint_eq(sq_neurobench_count(&op).effective_acs, 0);
    }
}
END_TEST

START_TEST(a_sum_beyond_64_bits_is_refused)
{
    struct sq_counters counters = {0};
    struct sq_error err = {0};
    struct sq_op op = {.name = "big"};
    struct sq_op_count step = {.fanout = UINT64_MAX - 1};
    struct sq_op_group call = {.n_calls = 1, .n_steps = 1, .step = &step};
    ck_assert_int_eq(sq_op_add_call(&err, &counters, &op, &call), SQ_OK);
    ck_assert_int_eq(sq_op_add_call(&err, &counters, &op, &call), SQ_EVALUE);
    ck_assert_str_eq(err.text, "big: a counter exceeds 64 bits; give fewer samples");
    sq_counters_free(&counters);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("account layers");
    TCase *t = tcase_create("layers");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, every_convention_equals_brute_force);
    tcase_add_test(t, a_planted_fault_is_seen);
    tcase_add_test(t, groups_add_up);
    tcase_add_test(t, a_real_tensor_is_no_spike_tensor);
    tcase_add_test(t, a_sum_beyond_64_bits_is_refused);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
