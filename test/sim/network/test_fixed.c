/* Quantising a network: integers are the nearest ones, scales the largest that fit, every bound
 * holds for the worst input there is, and what cannot be held is refused by name. */
#include "sim/network/fixed.h"

#include "kernels/accumulate/accumulate.h"
#include "sim/network/fold.h"
#include "test/sim/network/tiny_load.h"

#include <math.h>

static void make_fixed(const struct sq_fixed_settings *settings)
{
    ck_assert_msg(tiny_load_own(NULL) == SQ_OK, "%s", err.text);
    ck_assert_msg(sq_fixed_make(&err, loaded, settings, NULL) == SQ_OK, "%s", err.text);
}

static int64_t weight_at(const struct sq_node *node, size_t i, size_t o)
{
    const size_t at = (size_t)(sq_packed_at(node->synapse, i, o) - node->synapse->weight);
    return node->fixed->weight_bytes == 1 ? ((const int8_t *)node->fixed->weight)[at]
                                          : ((const int16_t *)node->fixed->weight)[at];
}

static int input_exponent(const struct sq_node *node)
{
    return node->kind == SQ_NODE_ANALOG_CONV ? sq_pixel_exponent(&loaded->fixed) : 0;
}

/* sum |q| * largest input, with the membrane that it makes: what the proof is about. */
static void check_channel(const struct sq_node *node, size_t o)
{
    const struct sq_fixed *fixed = node->fixed;
    const int e = fixed->exponent[o] - input_exponent(node);
    const int64_t limit = ((int64_t)1 << (loaded->fixed.weight_bits - 1)) - 1;
    const int64_t max_input = node->kind == SQ_NODE_ANALOG_CONV
                                  ? sq_pixel_limit(&loaded->fixed)
                                  : (int64_t)loaded->node[node->source[0]].max_value;
    int64_t sum = 0, largest = 0;
    for (size_t i = 0; i < node->synapse->n_in; i++) {
        const int64_t q = weight_at(node, i, o), magnitude = q < 0 ? -q : q;
        const double w = (double)*sq_packed_at(node->synapse, i, o);
        ck_assert(fabs(ldexp(w, e) - (double)q) <= 0.5);
        largest = magnitude > largest ? magnitude : largest;
        sum += magnitude * max_input;
    }
    ck_assert_int_le(largest, limit);
    ck_assert_uint_le((uint64_t)sum, fixed->largest_sum);
    ck_assert(fixed->sum_bytes == 4 || sum <= INT16_MAX);
    const int64_t bias = fixed->bias[o] < 0 ? -(int64_t)fixed->bias[o] : fixed->bias[o];
    ck_assert_int_lt(sum * ((int64_t)1 << fixed->guard_bits) + bias,
                     (int64_t)1 << (loaded->fixed.membrane_bits - 1));
    const double threshold =
        ldexp((double)node->threshold, fixed->exponent[o] + (int)fixed->guard_bits);
    ck_assert(threshold > INT32_MAX || fixed->threshold[o] == (int32_t)ceil(threshold));
}

static void check_network(void)
{
    for (size_t n = 0; n < loaded->n_nodes; n++) {
        const struct sq_node *node = &loaded->node[n];
        ck_assert_int_eq(node->fixed != NULL, sq_node_is_population(node));
        for (size_t o = 0; node->synapse != NULL && o < node->synapse->n_out; o++)
            check_channel(node, o);
        for (size_t o = node->shape.n_channels;
             node->fixed != NULL && o < (size_t)node->shape.n_words * 64; o++)
            ck_assert_int_eq(node->fixed->threshold[o], INT32_MAX); /* padding never fires */
    }
}

START_TEST(every_bound_holds)
{
    static const struct sq_fixed_settings settings[] = {
        {.weight_bits = 4},
        {.weight_bits = 8, .by_layer = 1},
        {.weight_bits = 16},
        {.weight_bits = 5, .membrane_bits = 20, .pixel_bits = 6},
        {.weight_bits = 8, .pixel_bits = 8, .pixel_max = 3},
    };
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        tiny_prepare((enum tiny_layout)_i, 2);
        make_fixed(&settings[i]);
        check_network();
        tiny_discard();
    }
}
END_TEST

/* v fires at v >= v_th: the integer threshold is the next one above v_th 2^e, where that is no
 * integer itself. Thresholds such as 0.3, at few guard bits: where rounding would go down it must
 * go up, or neurons fire below v_th. */
START_TEST(thresholds_are_rounded_up)
{
    static const float threshold[] = {0.3f, 0.55f, 0.7f, 1.1f};
    static const struct sq_fixed_settings settings = {
        .weight_bits = 4, .membrane_bits = 14, .pixel_bits = 5};
    unsigned n_below_half = 0;
    for (size_t i = 0; i < sizeof threshold / sizeof threshold[0]; i++) {
        tiny_prepare(TINY_CIFAR10, 1);
        net.v_threshold = net.attn_v_threshold = threshold[i];
        make_fixed(&settings);
        for (size_t n = 0; n < loaded->n_nodes; n++) {
            const struct sq_fixed *fixed = loaded->node[n].fixed;
            for (size_t o = 0; fixed != NULL && o < loaded->node[n].shape.n_channels; o++) {
                const double real = ldexp((double)loaded->node[n].threshold,
                                          fixed->exponent[o] + (int)fixed->guard_bits);
                ck_assert((double)fixed->threshold[o] >= real);
                ck_assert((double)fixed->threshold[o] - 1 < real);
                n_below_half += real - floor(real) > 0 && real - floor(real) < 0.5;
            }
        }
        tiny_discard();
    }
    ck_assert_uint_gt(n_below_half, 20);
}
END_TEST

START_TEST(one_scale_a_layer_is_one)
{
    tiny_prepare(TINY_IMAGENET, 1);
    make_fixed(&(struct sq_fixed_settings){.weight_bits = 8, .by_layer = 1});
    for (size_t n = 0; n < loaded->n_nodes; n++)
        for (uint32_t o = 0; loaded->node[n].synapse && o < loaded->node[n].synapse->n_out; o++)
            ck_assert_int_eq(loaded->node[n].fixed->exponent[o],
                             loaded->node[n].fixed->exponent[0]);
    tiny_discard();
}
END_TEST

static void expect_settings(const struct sq_fixed_settings *settings, int code, const char *part)
{
    ck_assert_msg(tiny_load_own(NULL) == SQ_OK, "%s", err.text);
    ck_assert_int_eq(sq_fixed_make(&err, loaded, settings, NULL), code);
    ck_assert_msg(strstr(err.text, part) != NULL, "%s", err.text);
    ck_assert_int_eq(loaded->is_fixed, 0);
}

START_TEST(what_cannot_be_held_is_refused)
{
    tiny_prepare(TINY_CIFAR10, 1);
    expect_settings(&(struct sq_fixed_settings){.weight_bits = 3}, SQ_EUSAGE,
                    SQ_OPT "weight-bits 3: expected 4 to");
    expect_settings(&(struct sq_fixed_settings){.weight_bits = 17}, SQ_EUSAGE,
                    SQ_OPT "weight-bits 17");
    expect_settings(&(struct sq_fixed_settings){.membrane_bits = 32}, SQ_EUSAGE,
                    SQ_OPT "membrane-bits 32");
    expect_settings(&(struct sq_fixed_settings){.pixel_bits = 2}, SQ_EUSAGE, SQ_OPT "pixel-bits 2");
    expect_settings(&(struct sq_fixed_settings){.pixel_max = 1e9}, SQ_EUSAGE,
                    SQ_OPT "pixel-max 1e+09");
    expect_settings(&(struct sq_fixed_settings){.weight_bits = 16, .membrane_bits = 10}, SQ_EVALUE,
                    "patch_embed.proj_conv: membranes of channel 0 reach");
    tiny_discard();
}
END_TEST

START_TEST(weights_out_of_range_are_refused)
{
    tiny_prepare(TINY_CIFAR10, 1);
    net.layer[1].weight[0] = 1e20f;
    tiny_tensors_free(&tensors);
    tiny_tensors_of(&net, "", &tensors);
    expect_settings(&(struct sq_fixed_settings){.weight_bits = 8}, SQ_EVALUE,
                    "weights of patch_embed.proj_conv1 reach");
    tiny_discard();
}
END_TEST

START_TEST(settings_are_their_text)
{
    struct sq_fixed_settings settings = {.weight_bits = 6,
                                         .membrane_bits = 20,
                                         .pixel_bits = 9,
                                         .pixel_max = 0.1,
                                         .by_layer = 1,
                                         .rounding = SQ_ROUND_DOWN},
                             back;
    static const char *const bad[] = {
        "6 scale=layer rounding=down membrane=20 pixels=9 max=inf",
        "6 scale=layer rounding=down membrane=20 pixels=9 max=nan",
        "6 scale=layer rounding=down membrane=20 pixels=4000000000 max=1",
        "99 scale=layer rounding=down membrane=20 pixels=9 max=1",
        "6 scale=layer rounding=down membrane=-1 pixels=9 max=1",
    };
    char text[SQ_ARITH_TEXT];
    sq_arith_write(&settings, text);
    ck_assert_str_eq(text, "fixed weights=6 scale=layer rounding=down membrane=20 pixels=9 "
                           "max=0.10000000000000001");
    ck_assert_int_eq(sq_arith_parse(text, &back), 1);
    ck_assert_mem_eq(&back, &settings, sizeof back);
    ck_assert_int_eq(sq_arith_parse("f32", &back), 0);
    ck_assert_int_eq(sq_arith_parse("fixed weights=6", &back), 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(text, sizeof text, "fixed weights=%s", bad[i]);
        ck_assert_int_eq(sq_arith_parse(text, &back), 0);
    }
}
END_TEST

START_TEST(pixels_have_all_the_bits_that_fit)
{
    struct sq_fixed_settings settings = {.pixel_bits = 8, .pixel_max = 2};
    ck_assert_int_eq(sq_pixel_exponent(&settings), 5); /* 64; 128 would need nine bits */
    settings.pixel_max = 1.98;
    ck_assert_int_eq(sq_pixel_exponent(&settings), 6); /* 127 */
    ck_assert_int_eq(sq_pixel_limit(&settings), 127);
    settings.pixel_max = 127;
    ck_assert_int_eq(sq_pixel_exponent(&settings), 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("network");
    TCase *t = tcase_create("fixed point");
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_loop_test(t, every_bound_holds, TINY_CIFAR10, TINY_CIFAR10DVS + 1);
    tcase_add_test(t, thresholds_are_rounded_up);
    tcase_add_test(t, one_scale_a_layer_is_one);
    tcase_add_test(t, what_cannot_be_held_is_refused);
    tcase_add_test(t, weights_out_of_range_are_refused);
    tcase_add_test(t, settings_are_their_text);
    tcase_add_test(t, pixels_have_all_the_bits_that_fit);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
