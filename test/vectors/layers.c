/* "layers": one operation each, from the digits of its input. */
#include "sim/account/count/shapes.h"
#include "sim/account/price/syops.h"
#include "test/vectors/expect.h"

#include <stdio.h>
#include <string.h>

static void expect_all(struct vector *vector, const cJSON *expected, const struct sq_op *op)
{
    struct sq_switches switches = sq_switches_default();
    const struct sq_spikingjelly sj = sq_spikingjelly_count(op, &switches);
    struct sq_lemaire lemaire = {0};
    sq_lemaire_add(&lemaire, op, &switches);
    const cJSON *item;
    cJSON_ArrayForEach(item, expected)
    {
        if (strcmp(item->string, "syops") == 0)
            expect_syops(vector, "syops", item, op);
        else if (strcmp(item->string, "spikingjelly") == 0)
            expect_spikingjelly(vector, "spikingjelly", item, &sj);
        else if (strcmp(item->string, "neurobench") == 0)
            expect_neurobench(vector, "neurobench", item, op);
        else if (strcmp(item->string, "lemaire") == 0)
            expect_lemaire(vector, "lemaire", item, &lemaire);
        else if (strcmp(item->string, "exact") == 0)
            expect_exact(vector, "exact", item, op);
        else if (strcmp(item->string, "paper") == 0)
            expect_paper(vector, "paper", item, op);
        else
            check_miss(vector, item->string, "no such convention");
    }
}

/* The largest digit, as every spike test wants it, and how many different ones there are. */
static void note_range(const struct digits *input, struct sq_op_group *call)
{
    unsigned seen = 0;
    call->min = 9;
    for (uint64_t i = 0; i < input->n; i++) {
        const unsigned v = digit(input, i);
        seen |= 1u << v;
        call->max = v > call->max ? v : call->max;
        call->min = v < call->min ? v : call->min;
    }
    call->distinct = (uint64_t)__builtin_popcount(seen);
}

/* 1x1, 3x3, kernel k or [kh, kw]; strides and paddings alike. */
static uint64_t side(const cJSON *item, const char *key, int axis, uint64_t otherwise)
{
    const cJSON *value = member(item, key);
    if (cJSON_IsArray(value) && cJSON_GetArraySize(value) > axis)
        value = cJSON_GetArrayItem(value, axis);
    return cJSON_IsNumber(value) ? (uint64_t)value->valuedouble : otherwise;
}

static int read_weighted(const cJSON *item, const char *op, const struct digits *input,
                         struct single *single)
{
    const int is_linear = strcmp(op, "linear") == 0, is_1d = strcmp(op, "conv1d") == 0;
    const int last = input->n_dims - 1;
    struct plain_layer layer = {
        .input = input,
        .c_in = side(item, is_linear ? "in_features" : "in_channels", 0, 0),
        .c_out = side(item, is_linear ? "out_features" : "out_channels", 0, 0),
        .height = 1,
        .width = 1,
        .kernel_h = side(item, "kernel", 0, 1),
        .kernel_w = is_1d ? 1 : side(item, "kernel", 1, side(item, "kernel", 0, 1)),
        .stride_h = side(item, "stride", 0, 1),
        .stride_w = is_1d ? 1 : side(item, "stride", 1, side(item, "stride", 0, 1)),
        .padding_h = side(item, "padding", 0, 0),
        .padding_w = is_1d ? 0 : side(item, "padding", 1, side(item, "padding", 0, 0)),
        .groups = side(item, "groups", 0, 1),
        .frames = is_linear ? span(input, 0, last) : input->shape[0],
        .zero_every = side(item, "zero_weight_every", 0, 0),
        .has_bias = cJSON_IsTrue(member(item, "bias")),
    };
    if (!is_linear) {
        layer.height = input->shape[2];
        layer.width = is_1d ? 1 : input->shape[3];
    }
    int out_is_binary = 0;
    if (!count_layer(&layer, &single->op, &single->step[0], &out_is_binary))
        return 0;
    if (is_linear) {
        const struct sq_op counted = single->op;
        sq_op_shape_linear(&single->op, input->n_dims > 2 ? span(input, 1, last) : 1, layer.c_in,
                           layer.c_out, layer.has_bias);
        single->op.weight_zeros = counted.weight_zeros;
        single->op.weights_binary = counted.weights_binary;
        single->step[0].frames = input->shape[0];
    }
    note_range(input, &single->call);
    single->call.is = SQ_HAS_LIVE;
    single_finish(single);
    if (out_is_binary)
        single->call.is |= SQ_IS_SPARSE_OUT;
    return 1;
}

static void read_plain(const cJSON *item, const char *op, const struct digits *input,
                       struct single *single)
{
    const int is_pool = strcmp(op, "maxpool2d") == 0;
    const uint64_t per_frame = span(input, 1, input->n_dims);
    if (is_pool) {
        const int last = input->n_dims - 1;
        const uint64_t kernel = side(item, "kernel", 0, 1), padding = side(item, "padding", 0, 0);
        const uint64_t stride = side(item, "stride", 0, kernel);
        sq_op_shape_pool(&single->op, span(input, 1, last - 1), input->shape[last - 1],
                         input->shape[last], kernel, stride, padding);
        count_pool(input, kernel, stride, padding, &single->step[0]);
    } else {
        single->op.kind = SQ_OP_NORM;
        single->op.n_in = single->op.n_out = per_frame;
        single->op.out_channels = input->shape[1];
        single->op.is_affine = cJSON_IsTrue(member(item, "affine"));
        for (uint64_t i = 0; i < input->n; i++) {
            single->step[0].nonzeros += digit(input, i) != 0;
            single->step[0].units += digit(input, i);
        }
    }
    single->step[0].frames = input->shape[0];
    note_range(input, &single->call);
    single_finish(single);
}

static void check_ssa(const cJSON *item, struct vector *vector)
{
    static struct single single;
    const char *text = cJSON_GetStringValue(member(item, "order"));
    const enum sq_ssa_order order =
        text != NULL && strcmp(text, "kv_first") == 0 ? SQ_KV_FIRST : SQ_QK_FIRST;
    if (!read_ssa(item, order, number_at(item, "scale", 1), &single)) {
        check_miss(vector, "ssa", "operands do not fit");
        return;
    }
    const cJSON *expected = member(item, "expect"), *sj = member(expected, "spikingjelly");
    struct sq_spikingjelly first = {0}, second = {0};
    sq_spikingjelly_ssa(&single.op, &first, &second);
    expect_spikingjelly(vector, "spikingjelly.first", member(sj, "first"), &first);
    expect_spikingjelly(vector, "spikingjelly.second", member(sj, "second"), &second);
    const struct sq_switches switches = sq_switches_default();
    const struct sq_op_count *c = &single.step[0];
    const uint64_t n = single.op.n_in * c->frames;
    const struct sq_syops_ssa rate = {sq_syops_rate((double)c->q, n, &switches),
                                      sq_syops_rate((double)c->k, n, &switches),
                                      sq_syops_rate((double)c->v, n, &switches)};
    const uint64_t base =
        sq_syops_base(c->frames, single.op.heads, single.op.tokens, single.op.dim);
    const struct found found[] = {{"rate_q", rate.q},
                                  {"rate_k", rate.k},
                                  {"rate_v", rate.v},
                                  {"base", (double)base},
                                  {"acs", sq_syops_ssa_acs(base, &rate)}};
    check_object(vector, "syops", member(expected, "syops"), found, 5);
    expect_exact_ssa(vector, "exact", member(expected, "exact"), &single.op);
}

/* LIF on quarters, step by step, with spikingjelly's additions counted on the real tensors: an
 * addition of two binary tensors costs its nonzeros, any other one per element. */
struct lif {
    double v[4096];
    uint64_t m;
};

static int all_binary(const double *x, uint64_t m, uint64_t *nonzeros)
{
    int binary = 1;
    *nonzeros = 0;
    for (uint64_t i = 0; i < m; i++) {
        binary &= x[i] == 0 || x[i] == 1;
        *nonzeros += x[i] != 0;
    }
    return binary;
}

static uint64_t addition(const double *a, const double *b, uint64_t m)
{
    uint64_t in_a, in_b;
    const int binary = all_binary(a, m, &in_a) & all_binary(b, m, &in_b);
    return binary ? in_a + in_b : m;
}

static uint64_t lif_step(struct lif *lif, const double *x, double tau, double threshold,
                         uint64_t *spikes, char *out)
{
    static double change[4096], zero[4096];
    uint64_t acs = 3 * lif->m + addition(x, lif->v, lif->m);
    for (uint64_t i = 0; i < lif->m; i++)
        change[i] = (x[i] - lif->v[i]) / tau;
    acs += addition(lif->v, change, lif->m);
    for (uint64_t i = 0; i < lif->m; i++) {
        lif->v[i] += change[i];
        out[i] = lif->v[i] >= threshold ? '1' : '0';
        *spikes += out[i] == '1';
        lif->v[i] = out[i] == '1' ? 0 : lif->v[i];
    }
    return acs + addition(lif->v, zero, lif->m);
}

static void check_lif(const cJSON *item, struct vector *vector)
{
    static struct single single;
    static struct lif lif;
    static double x[4096];
    static char out[4096 * 64 + 1];
    struct digits input;
    const cJSON *quarters = member(item, "input_quarters");
    if (!read_digits(member(quarters, "shape"), member(quarters, "data"), &input) ||
        input.shape[0] > 64 || input.n / (input.shape[0] + !input.shape[0]) > 4096 ||
        number_at(item, "v_reset", 0) != 0 || !cJSON_IsTrue(member(item, "decay_input"))) {
        check_miss(vector, "lif", "only decay_input, hard reset to 0, at most 64 steps");
        return;
    }
    single = (struct single){.op = {.kind = SQ_OP_NEURON}};
    lif = (struct lif){.m = input.n / input.shape[0]};
    single.op.n_in = single.op.n_out = lif.m;
    single.call.n_steps = input.shape[0];
    uint64_t acs = 0;
    for (uint64_t t = 0; t < input.shape[0]; t++) {
        struct sq_op_count *step = &single.step[t];
        step->frames = 1;
        for (uint64_t i = 0; i < lif.m; i++) {
            x[i] = digit(&input, t * lif.m + i) / 4.0;
            step->nonzeros += x[i] != 0;
        }
        acs += lif_step(&lif, x, number_at(item, "tau", 2), number_at(item, "v_threshold", 1),
                        &step->out_nonzeros, out + t * lif.m);
    }
    out[input.n] = '\0';
    single_finish(&single);
    single.call.neuron_acs = acs;
    check_text(vector, "output", cJSON_GetStringValue(member(member(item, "output"), "data")), out);
    expect_all(vector, member(item, "expect"), &single.op);
}

void check_layer(const cJSON *item, struct vector *vector)
{
    static struct single single;
    struct digits input;
    const char *op = cJSON_GetStringValue(member(item, "op"));
    const cJSON *tensor = member(item, "input");
    single = (struct single){.op = {.name = "layer"}};
    if (op == NULL)
        check_miss(vector, "op", "missing");
    else if (strcmp(op, "ssa") == 0)
        check_ssa(item, vector);
    else if (strcmp(op, "lif") == 0)
        check_lif(item, vector);
    else if (strcmp(op, "residual_add") == 0 && read_add(item, &single))
        expect_all(vector, member(item, "expect"), &single.op);
    else if (!read_digits(member(tensor, "shape"), member(tensor, "data"), &input))
        check_miss(vector, "input", "shape and data disagree");
    else if (strncmp(op, "batchnorm", 9) == 0 || strcmp(op, "maxpool2d") == 0) {
        read_plain(item, op, &input, &single);
        expect_all(vector, member(item, "expect"), &single.op);
    } else if (strcmp(op, "linear") != 0 && strncmp(op, "conv", 4) != 0)
        check_miss(vector, op, "no such operation");
    else if (read_weighted(item, op, &input, &single))
        expect_all(vector, member(item, "expect"), &single.op);
    else
        check_miss(vector, op, "sizes do not fit");
}
