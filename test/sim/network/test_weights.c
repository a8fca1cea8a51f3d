/* Weights from a file: every tensor that the network needs is read, once, in its shape; whatever is
 * missing, misshapen, no number or not understood is refused by name. */
#include "test/sim/network/tiny_load.h"

#include <inttypes.h>
#include <math.h>

/* Tensors that play a part; the others may be anything. */
static int is_used(const struct tiny_tensor *tensor)
{
    return tensor->value != NULL && strstr(tensor->name, ".norm1.") == NULL;
}

static void set_up(void)
{
    tiny_prepare(TINY_CIFAR10, 1);
}

START_TEST(every_layout_loads)
{
    static const enum tiny_layout layout[] = {TINY_CIFAR10, TINY_IMAGENET, TINY_CIFAR10DVS};
    uint64_t n = 0;
    tiny_discard();
    tiny_prepare(layout[_i % 3], 1 + (uint32_t)_i / 3);
    for (size_t i = 0; i < tensors.n; i++)
        if (is_used(&tensors.tensor[i]) && strstr(tensors.tensor[i].name, ".running_") == NULL)
            n += tiny_tensor_count(&tensors.tensor[i]);
    expect_ok(&err, tiny_load_own(NULL));
    ck_assert_uint_eq(loaded->n_parameters, n);
    ck_assert_uint_eq(loaded->n_synapses, net.n_layers);
    for (size_t i = 0; i < net.n_layers; i++)
        ck_assert_str_eq(loaded->synapse[i].name, net.layer[i].name);
    ck_assert_str_eq(loaded->container, "safetensors");
    ck_assert_uint_eq(strlen(loaded->model_digest), 64);
}
END_TEST

/* "... NAME ...", or the name with another ending for those that tell the sizes. */
static void expect_names(const char *name, int rc)
{
    ck_assert_msg(rc == SQ_ESHAPE || rc == SQ_EUNSUPPORTED, "%s: %s", name, sq_status_name(rc));
    if (strcmp(name, "block.0.attn.q_linear.weight") == 0)
        return; /* tells the layout: the sentence names all that could */
    ck_assert_msg(strstr(err.text, name) != NULL, "\"%s\" does not name %s", err.text, name);
    ck_assert_ptr_null(loaded);
}

START_TEST(each_tensor_is_needed)
{
    const size_t n = tensors.n;
    for (size_t i = 0; i < n; i++) {
        tiny_discard();
        set_up();
        char name[96];
        const int used = is_used(&tensors.tensor[i]);
        strcpy(name, tensors.tensor[i].name);
        tiny_tensor_remove(&tensors, name);
        const int rc = tiny_load_own(NULL);
        if (used)
            expect_names(name, rc);
        else
            expect_ok(&err, rc);
    }
}
END_TEST

/* Vectors become [n,1], all others one row of as many elements. */
static void reshape(struct tiny_tensor *tensor)
{
    tensor->dim[0] = tiny_tensor_count(tensor);
    tensor->n_dims = tensor->n_dims == 1 ? 2 : 1;
    tensor->dim[1] = 1;
}

START_TEST(each_tensor_has_its_shape)
{
    const size_t n = tensors.n;
    for (size_t i = 0; i < n; i++) {
        tiny_discard();
        set_up();
        struct tiny_tensor *tensor = &tensors.tensor[i];
        const int used = is_used(tensor);
        reshape(tensor);
        const int rc = tiny_load_own(NULL);
        if (!used)
            expect_ok(&err, rc);
        else if (strcmp(tensor->name, "block.0.mlp.fc1_linear.weight") == 0)
            expect_refused(rc, SQ_ESHAPE, "mlp_hidden = 640, the configuration says 40");
        else
            expect_names(tensor->name, rc);
    }
}
END_TEST

START_TEST(the_sentence_tells_both_shapes)
{
    reshape(tiny_tensor_find(&tensors, "block.0.attn.q_linear.weight"));
    expect_refused(tiny_load_own(NULL), SQ_ESHAPE,
                   "model.safetensors: tensor \"block.0.attn.q_linear.weight\" has shape [256], "
                   "spikformer-cifar10 with this configuration needs [16, 16]");
    tiny_discard();
    set_up();
    reshape(tiny_tensor_find(&tensors, "patch_embed.rpe_bn.running_var"));
    expect_refused(
        tiny_load_own(NULL), SQ_ESHAPE,
        "tensor \"patch_embed.rpe_bn.running_var\" has shape [16, 1], spikformer-cifar10 "
        "with this configuration needs [16]");
}
END_TEST

/* _i: not a number, infinity, minus infinity; at the last element. */
START_TEST(each_value_is_a_number)
{
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    const size_t n = tensors.n;
    for (size_t i = 0; i < n; i++) {
        struct tiny_tensor *tensor = &tensors.tensor[i];
        if (tensor->value == NULL)
            continue;
        float *last = &tensor->value[tiny_tensor_count(tensor) - 1];
        const float good = *last;
        *last = bad[_i];
        const int rc = tiny_load_own(NULL);
        *last = good;
        if (is_used(tensor))
            expect_refused(rc, SQ_EVALUE, tensor->name);
        else
            expect_ok(&err, rc); /* never read */
    }
}
END_TEST

START_TEST(a_variance_is_not_negative)
{
    tiny_tensor_find(&tensors, "block.0.attn.k_bn.running_var")->value[3] = -1;
    expect_refused(tiny_load_own(NULL), SQ_EVALUE,
                   "running_var of the batch norm behind block.0.attn.k_linear is -1 at channel 3");
}
END_TEST

/* Sixteen weights of 2^121 sum up to half of the limit of 2^126; the residual stream, that carries
 * up to 2 into q, makes it the whole. */
START_TEST(sums_cannot_overflow)
{
    struct tiny_tensor *q = tiny_tensor_find(&tensors, "block.0.attn.q_linear.weight");
    tiny_tensor_find(&tensors, "block.0.attn.q_bn.weight")->value[5] = 1;
    tiny_tensor_find(&tensors, "block.0.attn.q_bn.running_var")->value[5] = 1;
    for (size_t i = 0; i < 16; i++)
        q->value[5 * 16 + i] = 0x1.001p121f;
    expect_refused(tiny_load_own(NULL), SQ_EVALUE,
                   "block.0.attn.q_linear could overflow float32 at channel 5");
    for (size_t i = 0; i < 16; i++)
        q->value[5 * 16 + i] = 0x1p120f;
    expect_ok(&err, tiny_load_own(NULL));
}
END_TEST

START_TEST(nothing_inside_is_left_over)
{
    static const char *const name[] = {"block.0.attn.q_linear.scale",
                                       "block.0.extra.weight",
                                       "block.1.attn.q_bn.weight",
                                       "patch_embed.pos.weight",
                                       "head.scale",
                                       "pos_embed",
                                       "norm.weight"};
    const float value[2] = {1, 2};
    const uint64_t two = 2;
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        tiny_tensor_add(&tensors, name[i], 1, &two, value);
        expect_refused(tiny_load_own(NULL), SQ_EUNSUPPORTED, name[i]);
        tiny_tensor_remove(&tensors, name[i]);
    }
    expect_ok(&err, tiny_load_own(NULL));
}
END_TEST

/* A block without q is no block: the rest of it is left over. */
START_TEST(a_gap_in_the_blocks)
{
    tiny_discard();
    tiny_prepare(TINY_CIFAR10, 2);
    tiny_tensor_remove(&tensors, "block.1.attn.q_linear.weight");
    expect_refused(tiny_load_own("depth=1"), SQ_EUNSUPPORTED, "\"block.1.");
    expect_refused(tiny_load_own(NULL), SQ_ESHAPE, "depth = 1, the configuration says 2");
}
END_TEST

static const char *why_unused(const char *name)
{
    for (size_t i = 0; i < loaded->n_unused; i++)
        if (strcmp(loaded->unused[i].name, name) == 0)
            return loaded->unused[i].why;
    ck_abort_msg("%s is not listed as unused", name);
    return NULL;
}

START_TEST(what_is_unused_is_listed_with_reasons)
{
    const uint64_t two = 2;
    tiny_tensors_free(&tensors);
    tiny_tensors_of(&net, "state_dict.module.", &tensors);
    tiny_tensor_add(&tensors, "optimizer.lr", 1, &two, net.head_bias);
    tiny_tensor_add(&tensors, "state_dict.module.patch_embed.total_ops", 1, &two, net.head_bias);
    expect_ok(&err, tiny_load_own(NULL));
    ck_assert_str_eq(loaded->root, "state_dict.module.");
    ck_assert_uint_eq(loaded->n_unused, net.n_layers + 2 + 2);
    ck_assert_ptr_nonnull(strstr(why_unused("optimizer.lr"), "training state"));
    ck_assert_ptr_nonnull(
        strstr(why_unused("state_dict.module.patch_embed.total_ops"), "profiler"));
    ck_assert_ptr_nonnull(
        strstr(why_unused("state_dict.module.block.0.norm1.weight"), "never calls"));
    ck_assert_ptr_nonnull(
        strstr(why_unused("state_dict.module.patch_embed.proj_bn.num_batches_tracked"), "counter"));
}
END_TEST

START_TEST(cifar10dvs_defines_more_than_it_uses)
{
    const uint64_t dim[3] = {1, 2, 16}, sixteen = 16;
    tiny_discard();
    tiny_prepare(TINY_CIFAR10DVS, 1);
    tiny_tensor_add(&tensors, "pos_embed", 3, dim, net.head_weight);
    tiny_tensor_add(&tensors, "norm.weight", 1, &sixteen, net.head_weight);
    expect_ok(&err, tiny_load_own(NULL));
    ck_assert_ptr_nonnull(strstr(why_unused("pos_embed"), "never used"));
    ck_assert_ptr_nonnull(strstr(why_unused("norm.weight"), "never used"));
}
END_TEST

/* Biases of q, k, v: the convolutional layouts have none, but folding one in is right, not wrong.
 */
START_TEST(convolutions_may_have_a_bias)
{
    const uint64_t sixteen = 16;
    float bias[16] = {0};
    tiny_discard();
    tiny_prepare(TINY_IMAGENET, 1);
    bias[2] = 2;
    expect_ok(&err, tiny_load_own(NULL));
    const float before = loaded->synapse[5].bias[2], other = loaded->synapse[5].bias[1];
    tiny_tensor_add(&tensors, "block.0.attn.q_conv.bias", 1, &sixteen, bias);
    expect_ok(&err, tiny_load_own(NULL));
    ck_assert_str_eq(loaded->synapse[5].name, "block.0.attn.q_conv");
    ck_assert(loaded->synapse[5].bias[2] != before && loaded->synapse[5].bias[1] == other);
}
END_TEST

static Suite *weights_suite(void)
{
    Suite *suite = suite_create("weights");
    TCase *tests = tcase_create("tensors of a file");
    tcase_set_timeout(tests, 60);
    tcase_add_unchecked_fixture(tests, temp_make, temp_remove);
    tcase_add_checked_fixture(tests, set_up, tiny_discard);
    tcase_add_loop_test(tests, every_layout_loads, 0, 6);
    tcase_add_test(tests, each_tensor_is_needed);
    tcase_add_test(tests, each_tensor_has_its_shape);
    tcase_add_test(tests, the_sentence_tells_both_shapes);
    tcase_add_loop_test(tests, each_value_is_a_number, 0, 3);
    tcase_add_test(tests, a_variance_is_not_negative);
    tcase_add_test(tests, sums_cannot_overflow);
    tcase_add_test(tests, nothing_inside_is_left_over);
    tcase_add_test(tests, a_gap_in_the_blocks);
    tcase_add_test(tests, what_is_unused_is_listed_with_reasons);
    tcase_add_test(tests, cifar10dvs_defines_more_than_it_uses);
    tcase_add_test(tests, convolutions_may_have_a_bias);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(weights_suite())
