/* Folding batch norm: the packed weights and bias are those of the formulas in weights.h, and a
 * folded layer computes what the unfolded one does. */
#include "sim/network/fold.h"

#include "kernels/accumulate/accumulate.h"
#include "test/unit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static struct sq_network network;
static struct sq_error err;
static struct sq_synapse synapse;

/* A layer of the file; weight [n_out][c_in][n_taps]. */
struct layer {
    struct sq_raw_layer raw;
    size_t n_out, c_in, n_taps;
};

static void set_up(void)
{
    memset(&network, 0, sizeof network);
    network.config.bn_eps = 1e-5f;
    strcpy(network.model_path, "m.pth");
}

static void tear_down(void)
{
    sq_arena_free(&network.arena);
}

static float *draw(struct sq_rng *rng, size_t n, double least, double most)
{
    float *value = malloc((n + 1) * sizeof *value);
    for (size_t i = 0; i < n; i++)
        value[i] = (float)(least + (most - least) * sq_rng_unit(rng));
    return value;
}

static struct layer draw_layer(struct sq_rng *rng, size_t n_out, size_t c_in, size_t n_taps)
{
    const struct sq_raw_layer raw = {.weight = draw(rng, n_out * c_in * n_taps, -1, 1),
                                     .bias = n_taps == 1 ? draw(rng, n_out, -1, 1) : NULL,
                                     .gamma = draw(rng, n_out, -2, 2),
                                     .beta = draw(rng, n_out, -1, 1),
                                     .mean = draw(rng, n_out, -3, 3),
                                     .var = draw(rng, n_out, 0, 4)};
    return (struct layer){raw, n_out, c_in, n_taps};
}

static void free_layer(struct layer *layer)
{
    free(layer->raw.weight);
    free(layer->raw.bias);
    free(layer->raw.gamma);
    free(layer->raw.beta);
    free(layer->raw.mean);
    free(layer->raw.var);
}

static int fold(const struct layer *layer, double max_input)
{
    synapse = (struct sq_synapse){.name = "block.0.mlp.fc1_linear",
                                  .n_in = (uint32_t)(layer->c_in * layer->n_taps),
                                  .n_out = (uint32_t)layer->n_out,
                                  .n_blocks = (uint32_t)(layer->n_out + 63) / 64};
    return sq_fold_layer(&err, &network, &layer->raw, layer->n_taps, max_input, &synapse);
}

/* The block order of accumulate.h, counted out: blocks of 64 outputs, the last a multiple of 16. */
static float packed(size_t i, size_t o)
{
    size_t at = 0, first = 0;
    while (first + 64 <= o) {
        at += 64 * (size_t)synapse.n_in;
        first += 64;
    }
    size_t width = 64;
    if (synapse.n_out - first < 64)
        width = (synapse.n_out - first + 15) / 16 * 16;
    return synapse.weight[at + i * width + (o - first)];
}

static double scale_of(const struct layer *layer, size_t o)
{
    const float variance = layer->raw.var[o] + network.config.bn_eps;
    return (double)(float)((double)layer->raw.gamma[o] / sqrt((double)variance));
}

static const size_t outputs[] = {1, 15, 16, 17, 63, 64, 65, 100, 130};
enum { N_OUTPUTS = sizeof outputs / sizeof outputs[0] };

START_TEST(weights_are_scaled_and_packed)
{
    struct sq_rng rng = {(uint64_t)_i};
    struct layer layer =
        draw_layer(&rng, outputs[_i / 2], 1 + sq_rng_below(&rng, 9), _i % 2 ? 9 : 1);
    ck_assert_int_eq(fold(&layer, 3), SQ_OK);
    for (size_t o = 0; o < layer.n_out; o++)
        for (size_t c = 0; c < layer.c_in; c++)
            for (size_t tap = 0; tap < layer.n_taps; tap++) {
                const float w = layer.raw.weight[(o * layer.c_in + c) * layer.n_taps + tap];
                const float want = w * (float)scale_of(&layer, o);
                const float got = packed(tap * layer.c_in + c, o);
                if (memcmp(&got, &want, sizeof got) != 0)
                    ck_abort_msg("seed %d: tap %zu, channel %zu, output %zu is %.9g, not %.9g", _i,
                                 tap, c, o, (double)got, (double)want);
            }
    free_layer(&layer);
}
END_TEST

START_TEST(padding_is_zero)
{
    struct sq_rng rng = {(uint64_t)_i};
    struct layer layer = draw_layer(&rng, outputs[_i], 3, 1);
    ck_assert_int_eq(fold(&layer, 3), SQ_OK);
    const size_t last = synapse.n_blocks - 1, width = sq_block_width(layer.n_out, last);
    for (size_t o = layer.n_out; o < last * 64 + width; o++)
        for (size_t i = 0; i < synapse.n_in; i++)
            ck_assert(*sq_packed_at(&synapse, i, o) == 0);
    for (size_t o = layer.n_out; o < (size_t)synapse.n_blocks * 64; o++)
        ck_assert(synapse.bias[o] == 0);
    ck_assert_uint_eq((uintptr_t)synapse.weight % 64, 0);
    ck_assert_uint_eq((uintptr_t)synapse.bias % 64, 0);
    free_layer(&layer);
}
END_TEST

/* y of one output for a random input, unfolded in double, against the folded layer. */
static void compare_output(struct sq_rng *rng, const struct layer *layer, size_t o)
{
    double z = layer->raw.bias != NULL ? (double)layer->raw.bias[o] : 0;
    double folded = (double)synapse.bias[o], magnitude = fabs(z) + 4;
    for (size_t c = 0; c < layer->c_in; c++)
        for (size_t tap = 0; tap < layer->n_taps; tap++) {
            const double x = (double)sq_rng_below(rng, 4);
            const double w = layer->raw.weight[(o * layer->c_in + c) * layer->n_taps + tap];
            z += x * w;
            magnitude += fabs(x * w);
            folded += x * (double)packed(tap * layer->c_in + c, o);
        }
    const double variance = (double)layer->raw.var[o] + 1e-5;
    const double y =
        (z - (double)layer->raw.mean[o]) / sqrt(variance) * (double)layer->raw.gamma[o] +
        (double)layer->raw.beta[o];
    const double bound = (magnitude * fabs(scale_of(layer, o)) + 1) * 0x1p-21;
    ck_assert_msg(fabs(y - folded) <= bound, "output %zu is %.9g, not %.9g", o, folded, y);
}

START_TEST(a_folded_layer_computes_the_same)
{
    struct sq_rng rng = {(uint64_t)_i};
    struct layer layer = draw_layer(&rng, 20, 1 + sq_rng_below(&rng, 40), _i % 2 ? 9 : 1);
    ck_assert_int_eq(fold(&layer, 3), SQ_OK);
    for (size_t o = 0; o < layer.n_out; o++)
        compare_output(&rng, &layer, o);
    free_layer(&layer);
}
END_TEST

static void require_refused(const struct layer *layer, double max_input, const char *part)
{
    const int status = fold(layer, max_input);
    ck_assert_msg(status == SQ_EVALUE && strstr(err.text, part) != NULL, "%d: %s", status,
                  err.text);
    ck_assert_ptr_nonnull(strstr(err.text, "m.pth"));
    ck_assert_ptr_nonnull(strstr(err.text, "block.0.mlp.fc1_linear"));
}

START_TEST(a_variance_is_positive)
{
    struct sq_rng rng = {1};
    struct layer layer = draw_layer(&rng, 20, 3, 1);
    layer.raw.var[19] = -0.5f;
    require_refused(&layer, 1, "is -0.5 at channel 19");
    layer.raw.var[19] = -1e-5f; /* var + eps is 0 */
    require_refused(&layer, 1, "at channel 19");
    layer.raw.var[19] = 0; /* a channel that never varied */
    ck_assert_int_eq(fold(&layer, 1), SQ_OK);
    free_layer(&layer);
}
END_TEST

/* Sum of |w'| * max_input + |b'| stays below a quarter of the largest float. */
START_TEST(sums_cannot_overflow)
{
    struct sq_rng rng = {2};
    struct layer layer = draw_layer(&rng, 3, 4, 1);
    for (size_t o = 0; o < 3; o++) {
        layer.raw.gamma[o] = 1;
        layer.raw.var[o] = 1;
    }
    for (size_t c = 0; c < 4; c++)
        layer.raw.weight[2 * 4 + c] = c % 2 ? 0x1p122f : -0x1p122f;
    ck_assert_int_eq(fold(&layer, 1), SQ_OK); /* 2^124 */
    ck_assert_int_eq(fold(&layer, 3), SQ_OK);
    require_refused(&layer, 5, "overflow float32 at channel 2");
    layer.raw.weight[2 * 4] = 0x1p127f;
    layer.raw.gamma[2] = 100; /* w' itself is infinite */
    require_refused(&layer, 1, "overflow float32 at channel 2");
    layer.raw.gamma[2] = 0; /* and a channel that is switched off is fine */
    ck_assert_int_eq(fold(&layer, 1), SQ_OK);
    layer.raw.beta[2] = 0x1p126f;
    require_refused(&layer, 1, "overflow float32 at channel 2");
    free_layer(&layer);
}
END_TEST

static Suite *fold_suite(void)
{
    Suite *suite = suite_create("fold");
    TCase *tests = tcase_create("fold and pack");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, weights_are_scaled_and_packed, 0, 2 * N_OUTPUTS);
    tcase_add_loop_test(tests, padding_is_zero, 0, N_OUTPUTS);
    tcase_add_loop_test(tests, a_folded_layer_computes_the_same, 0, 20);
    tcase_add_test(tests, a_variance_is_positive);
    tcase_add_test(tests, sums_cannot_overflow);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(fold_suite())
