/* Checkpoints of torch.nn.utils.prune: weight_orig times weight_mask; and weights that are computed
 * in other ways when the network runs, which are refused by name. */
#include "test/sim/network/tiny_load.h"

#include <stdio.h>

static struct sq_network *want;

/* Replace a tensor by its _orig and _mask; returns the mask, of which every third element is 0. */
static void prune(const char *name)
{
    struct tiny_tensor *tensor = tiny_tensor_find(&tensors, name);
    const size_t n = tiny_tensor_count(tensor);
    float *mask = malloc(n * sizeof *mask);
    char part[sizeof tensor->name];
    ck_assert_ptr_nonnull(mask);
    for (size_t i = 0; i < n; i++)
        mask[i] = i % 3 == 0 ? 0 : 1;
    snprintf(part, sizeof part, "%s_mask", name);
    tiny_tensor_add(&tensors, part, tensor->n_dims, tensor->dim, mask);
    snprintf(part, sizeof part, "%s_orig", name);
    snprintf(tensor->name, sizeof tensor->name, "%s", part);
    free(mask);
}

/* The same without the mechanism. */
static void zero(const char *name)
{
    struct tiny_tensor *tensor = tiny_tensor_find(&tensors, name);
    for (size_t i = 0; i < tiny_tensor_count(tensor); i += 3)
        tensor->value[i] = 0;
}

static void expect_equal_synapses(const struct sq_synapse *a, const struct sq_synapse *b)
{
    ck_assert_uint_eq(a->n_in, b->n_in);
    for (size_t o = 0; o < a->n_out; o++) /* -0 and 0 are one number */
        ck_assert(a->bias[o] == b->bias[o]);
    ck_assert_uint_eq(a->weight_zeros, b->weight_zeros);
    for (size_t i = 0; i < a->n_in; i++)
        for (size_t o = 0; o < 8 && o < a->n_out; o++)
            ck_assert(a->weight[i * 8 + o] == b->weight[i * 8 + o]);
}

START_TEST(a_mask_makes_zeros)
{
    static const char *const pruned[] = {"patch_embed.proj_conv.weight",
                                         "block.0.attn.q_linear.weight",
                                         "block.0.mlp.fc1_linear.weight",
                                         "block.0.attn.q_linear.bias",
                                         "patch_embed.proj_bn.weight",
                                         "head.weight",
                                         "head.bias"};
    enum { N = sizeof pruned / sizeof *pruned };
    for (size_t i = 0; i < N; i++)
        zero(pruned[i]);
    expect_ok(&err, tiny_load_own(NULL));
    want = loaded;
    loaded = NULL;
    tiny_discard();
    tiny_prepare(TINY_CIFAR10, 1);
    for (size_t i = 0; i < N; i++)
        prune(pruned[i]);
    expect_ok(&err, tiny_load_own(NULL));
    ck_assert_uint_eq(loaded->n_parameters, want->n_parameters);
    for (size_t i = 0; i < want->n_synapses; i++)
        expect_equal_synapses(&loaded->synapse[i], &want->synapse[i]);
    expect_equal_synapses(&loaded->head, &want->head);
    size_t n_masks = 0;
    for (size_t i = 0; i < loaded->n_unused; i++)
        n_masks += strcmp(loaded->unused[i].why, "mask of a pruned weight, applied to it") == 0;
    ck_assert_uint_eq(n_masks, N);
    sq_network_free(want);
}
END_TEST

static void rename_to(const char *name, const char *to)
{
    struct tiny_tensor *tensor = tiny_tensor_find(&tensors, name);
    snprintf(tensor->name, sizeof tensor->name, "%s", to);
}

static const struct {
    const char *name, *part; /* the tensor becomes this one */
} computed[] = {
    {"block.0.attn.q_linear.weight", "block.0.attn.q_linear.weight_v"},
    {"block.0.attn.k_linear.weight", "block.0.attn.k_linear.weight_g"},
    {"patch_embed.proj_conv.weight", "patch_embed.proj_conv.weight_v"},
    {"patch_embed.proj_conv.weight", "patch_embed.proj_conv.parametrizations.weight.original0"},
    {"block.0.mlp.fc2_linear.weight", "block.0.mlp.fc2_linear.parametrizations.weight.original"},
    {"block.0.mlp.fc1_linear.weight", "block.0.mlp.fc1_linear.weight_orig"}, /* no mask */
    {"head.weight", "head.weight_orig"},
    {"head.bias", "head.parametrizations.bias.original0"},
};

START_TEST(other_computed_weights_are_refused_by_name)
{
    rename_to(computed[_i].name, computed[_i].part);
    expect_refused(tiny_load_own(NULL), SQ_EUNSUPPORTED, computed[_i].part);
    ck_assert_ptr_nonnull(strstr(err.text, "remove_weight_norm"));
}
END_TEST

START_TEST(a_mask_of_another_shape_is_none)
{
    const uint64_t one = 1;
    const float value = 1;
    rename_to("head.bias", "head.bias_orig");
    tiny_tensor_add(&tensors, "head.bias_mask", 1, &one, &value);
    expect_refused(tiny_load_own(NULL), SQ_EUNSUPPORTED, "head.bias_orig");
}
END_TEST

/* A layer with a mask of its own multiplies by it when it runs. */
START_TEST(a_mask_beside_a_whole_weight_is_refused)
{
    const uint64_t n = net.classes;
    tiny_tensor_add(&tensors, "head.bias_mask", 1, &n, net.head_bias);
    expect_refused(tiny_load_own(NULL), SQ_EUNSUPPORTED, "\"head.bias_mask\" is not part of");
}
END_TEST

static void set_up(void)
{
    tiny_prepare(TINY_CIFAR10, 1);
}

static Suite *pruned_suite(void)
{
    Suite *suite = suite_create("pruned");
    TCase *tests = tcase_create("pruned");
    tcase_add_unchecked_fixture(tests, temp_make, temp_remove);
    tcase_add_checked_fixture(tests, set_up, tiny_discard);
    tcase_add_test(tests, a_mask_makes_zeros);
    tcase_add_loop_test(tests, other_computed_weights_are_refused_by_name, 0,
                        (int)(sizeof computed / sizeof *computed));
    tcase_add_test(tests, a_mask_of_another_shape_is_none);
    tcase_add_test(tests, a_mask_beside_a_whole_weight_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(pruned_suite())
