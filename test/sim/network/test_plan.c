/* The nodes of Spikformer and its relatives, written out node by node from the table of populations and shapes of
 * the official code (test/golden, README). */
#include "test/sim/network/plan_case.h"

#include <stdio.h>
#include <string.h>

/* Without "patch_embed." or "block.". */
static const char *short_name(const char *name)
{
    const size_t n = strncmp(name, "patch_embed.", 12) == 0 ? 12 : 0;
    return name + (strncmp(name, "block.", 6) == 0 ? 6 : n);
}

/* "NAME KIND CxHxW AXES max M <- SOURCES" and ", W n_in" for a synapse; "reals" instead of its largest
 * number. */
static void describe(char *text, size_t size, const struct sq_node *node)
{
    static const char *const kind[SQ_NODE_KINDS] = {
        [SQ_NODE_INPUT] = "input",
        [SQ_NODE_ANALOG_CONV] = "analog",
        [SQ_NODE_CONV] = "conv",
        [SQ_NODE_LINEAR] = "linear",
        [SQ_NODE_REAL_CONV] = "real-conv",
        [SQ_NODE_ATTEND] = "attend",
        [SQ_NODE_SUM] = "sum",
        [SQ_NODE_NEURONS] = "neurons",
        [SQ_NODE_MEAN] = "mean",
        [SQ_NODE_POOL] = "pool",
        [SQ_NODE_ADD] = "add",
        [SQ_NODE_AND] = "and",
        [SQ_NODE_ERODE] = "erode",
        [SQ_NODE_REAL_ADD] = "real-add",
        [SQ_NODE_REAL_POOL] = "real-pool",
        [SQ_NODE_HEAD] = "head",
    };
    static const char *const axes[] = {
        [SQ_AXES_CHW] = "chw", [SQ_AXES_NC] = "nc",   [SQ_AXES_CN] = "cn",
        [SQ_AXES_H1D] = "h1d", [SQ_AXES_H1N] = "h1n", [SQ_AXES_C] = "c"};
    char most[32] = "reals";
    if (!node->sends_reals)
        snprintf(most, sizeof most, "max %u", node->max_value);
    size_t at =
        (size_t)snprintf(text, size, "%s %s %ux%ux%u %s %s <-", short_name(node->name),
                         kind[node->kind] != NULL ? kind[node->kind] : "?", node->shape.n_channels,
                         node->height, node->width, axes[node->axes], most);
    for (uint16_t i = 0; i < node->n_sources; i++)
        at += (size_t)snprintf(text + at, size - at, " %s",
                               short_name(network.node[node->source[i]].name));
    if (node->synapse != NULL)
        snprintf(text + at, size - at, ", %s %u", short_name(node->synapse->name),
                 node->synapse->n_in);
}

static void require_nodes(const char *const *want, size_t n)
{
    ck_assert_uint_eq(network.n_nodes, n);
    for (size_t i = 0; i < n; i++) {
        char got[512];
        describe(got, sizeof got, &network.node[i]);
        ck_assert_str_eq(got, want[i]);
    }
}

#define REQUIRE_NODES(...)                                 \
    do {                                                   \
        static const char *const want[] = {__VA_ARGS__};   \
        require_nodes(want, sizeof want / sizeof want[0]); \
    } while (0)

/* The classifier and means read either; the network has one of them at most. */
static int reads_reals(const struct sq_node *node)
{
    switch (node->kind) {
    case SQ_NODE_REAL_CONV:
    case SQ_NODE_REAL_ADD:
    case SQ_NODE_REAL_POOL:
    case SQ_NODE_NEURONS:
        return 1;
    case SQ_NODE_HEAD:
    case SQ_NODE_MEAN:
        return network.node[node->source[0]].sends_reals;
    default:
        return 0;
    }
}

static int holds_neurons(const struct sq_node *node)
{
    return node->synapse != NULL ? !node->sends_reals
                                 : node->kind == SQ_NODE_ATTEND || node->kind == SQ_NODE_SUM ||
                                       node->kind == SQ_NODE_NEURONS || node->kind == SQ_NODE_MEAN;
}

/* What must hold of every graph: order, both directions of an edge, rows, words, planes, lists. */
static void require_sound(void)
{
    for (size_t i = 0; i < network.n_nodes; i++) {
        const struct sq_node *node = &network.node[i];
        int has_synapse_reader = 0;
        ck_assert_uint_eq(node->shape.n_rows, node->height * node->width);
        ck_assert_uint_eq(node->shape.n_words, (node->shape.n_channels + 63) / 64);
        ck_assert_uint_lt(node->max_value >> node->shape.n_planes, 1);
        ck_assert_uint_eq(node->max_value >> (node->shape.n_planes - 1), 1);
        for (uint16_t k = 0; k < node->n_sources; k++)
            ck_assert_uint_lt(node->source[k], i);
        for (uint16_t k = 0; k < node->n_targets; k++) {
            const struct sq_node *target = &network.node[node->target[k]];
            int is_known = 0;
            for (uint16_t s = 0; s < target->n_sources; s++)
                is_known |= target->source[s] == i;
            ck_assert(is_known);
            has_synapse_reader |= target->kind == SQ_NODE_CONV || target->kind == SQ_NODE_LINEAR;
            if (target->kind == SQ_NODE_CONV && target->synapse->kernel > 1)
                ck_assert_uint_eq(node->shape.line_rows, node->width);
            ck_assert_int_eq(node->sends_reals, reads_reals(target));
            if (target->kind == SQ_NODE_LINEAR)
                ck_assert_uint_eq(node->shape.line_rows, 1);
        }
        ck_assert_int_eq(node->read_as_lists, has_synapse_reader);
        ck_assert_int_eq(sq_node_is_population(node), holds_neurons(node));
    }
}

static const struct sq_config cifar = {.architecture = "spikformer-cifar10",
                                       .depth = 1,
                                       .dim = 48,
                                       .heads = 4,
                                       .mlp_hidden = 144,
                                       .timesteps = 3,
                                       .in_channels = 3,
                                       .image_height = 28,
                                       .image_width = 20,
                                       .classes = 7};

START_TEST(cifar10)
{
    ck_assert_int_eq(build(cifar), SQ_OK);
    REQUIRE_NODES(
        "input input 3x28x20 chw max 1 <-",
        "proj_lif analog 6x28x20 chw max 1 <- input, proj_conv 27",
        "proj_lif1 conv 12x28x20 chw max 1 <- proj_lif, proj_conv1 54",
        "proj_lif2 conv 24x28x20 chw max 1 <- proj_lif1, proj_conv2 108",
        "maxpool2 pool 24x14x10 chw max 1 <- proj_lif2",
        "proj_lif3 conv 48x14x10 chw max 1 <- maxpool2, proj_conv3 216",
        "maxpool3 pool 48x7x5 chw max 1 <- proj_lif3",
        "rpe_lif conv 48x7x5 chw max 1 <- maxpool3, rpe_conv 432",
        "0.in add 48x7x5 chw max 2 <- maxpool3 rpe_lif",
        "0.attn.q_lif linear 48x7x5 nc max 1 <- 0.in, 0.attn.q_linear 48",
        "0.attn.k_lif linear 48x7x5 nc max 1 <- 0.in, 0.attn.k_linear 48",
        "0.attn.v_lif linear 48x7x5 nc max 1 <- 0.in, 0.attn.v_linear 48",
        "0.attn.attn_lif attend 48x7x5 nc max 1 <- 0.attn.q_lif 0.attn.k_lif 0.attn.v_lif",
        "0.attn.proj_lif linear 48x7x5 nc max 1 <- 0.attn.attn_lif, 0.attn.proj_linear 48",
        "0.mid add 48x7x5 chw max 3 <- 0.in 0.attn.proj_lif",
        "0.mlp.fc1_lif linear 144x7x5 nc max 1 <- 0.mid, 0.mlp.fc1_linear 48",
        "0.mlp.fc2_lif linear 48x7x5 nc max 1 <- 0.mlp.fc1_lif, 0.mlp.fc2_linear 144",
        "0.out add 48x7x5 chw max 4 <- 0.mid 0.mlp.fc2_lif", "head head 7x1x1 chw max 1 <- 0.out");
    require_sound();
    ck_assert_uint_eq(network.node[12].attend.n_tokens, 35);
    ck_assert_uint_eq(network.node[12].attend.n_heads, 4);
    ck_assert_uint_eq(network.node[12].attend.head_dim, 12);
}
END_TEST

START_TEST(imagenet)
{
    struct sq_config config = cifar;
    snprintf(config.architecture, sizeof config.architecture, "spikformer-imagenet");
    config.depth = 2;
    config.dim = 64;
    config.heads = 2;
    config.mlp_hidden = 256;
    config.image_height = 64;
    config.image_width = 48;
    ck_assert_int_eq(build(config), SQ_OK);
    REQUIRE_NODES(
        "input input 3x64x48 chw max 1 <-",
        "proj_lif analog 8x64x48 chw max 1 <- input, proj_conv 27",
        "maxpool pool 8x32x24 chw max 1 <- proj_lif",
        "proj_lif1 conv 16x32x24 chw max 1 <- maxpool, proj_conv1 72",
        "maxpool1 pool 16x16x12 chw max 1 <- proj_lif1",
        "proj_lif2 conv 32x16x12 chw max 1 <- maxpool1, proj_conv2 144",
        "maxpool2 pool 32x8x6 chw max 1 <- proj_lif2",
        "proj_lif3 conv 64x8x6 chw max 1 <- maxpool2, proj_conv3 288",
        "maxpool3 pool 64x4x3 chw max 1 <- proj_lif3",
        "rpe_lif conv 64x4x3 chw max 1 <- maxpool3, rpe_conv 576",
        "0.in add 64x4x3 chw max 2 <- maxpool3 rpe_lif",
        "0.attn.q_lif linear 64x4x3 cn max 1 <- 0.in, 0.attn.q_conv 64",
        "0.attn.k_lif linear 64x4x3 cn max 1 <- 0.in, 0.attn.k_conv 64",
        "0.attn.v_lif linear 64x4x3 cn max 1 <- 0.in, 0.attn.v_conv 64",
        "0.attn.attn_lif attend 64x4x3 cn max 1 <- 0.attn.q_lif 0.attn.k_lif 0.attn.v_lif",
        "0.attn.proj_lif linear 64x4x3 chw max 1 <- 0.attn.attn_lif, 0.attn.proj_conv 64",
        "0.mid add 64x4x3 chw max 3 <- 0.in 0.attn.proj_lif",
        "0.mlp.fc1_lif linear 256x4x3 chw max 1 <- 0.mid, 0.mlp.fc1_conv 64",
        "0.mlp.fc2_lif linear 64x4x3 chw max 1 <- 0.mlp.fc1_lif, 0.mlp.fc2_conv 256",
        "0.out add 64x4x3 chw max 4 <- 0.mid 0.mlp.fc2_lif",
        "1.attn.q_lif linear 64x4x3 cn max 1 <- 0.out, 1.attn.q_conv 64",
        "1.attn.k_lif linear 64x4x3 cn max 1 <- 0.out, 1.attn.k_conv 64",
        "1.attn.v_lif linear 64x4x3 cn max 1 <- 0.out, 1.attn.v_conv 64",
        "1.attn.attn_lif attend 64x4x3 cn max 1 <- 1.attn.q_lif 1.attn.k_lif 1.attn.v_lif",
        "1.attn.proj_lif linear 64x4x3 chw max 1 <- 1.attn.attn_lif, 1.attn.proj_conv 64",
        "1.mid add 64x4x3 chw max 5 <- 0.out 1.attn.proj_lif",
        "1.mlp.fc1_lif linear 256x4x3 chw max 1 <- 1.mid, 1.mlp.fc1_conv 64",
        "1.mlp.fc2_lif linear 64x4x3 chw max 1 <- 1.mlp.fc1_lif, 1.mlp.fc2_conv 256",
        "1.out add 64x4x3 chw max 6 <- 1.mid 1.mlp.fc2_lif", "head head 7x1x1 chw max 1 <- 1.out");
    require_sound();
    ck_assert_uint_eq(sq_network_last(&network)->shape.n_rows, 12);
}
END_TEST

/* As imagenet, but every population of a block is [D,N]. */
START_TEST(cifar10dvs)
{
    struct sq_config config = cifar;
    snprintf(config.architecture, sizeof config.architecture, "spikformer-cifar10dvs");
    config.dim = 64;
    config.in_channels = 2;
    config.image_height = config.image_width = 128;
    ck_assert_int_eq(build(config), SQ_OK);
    require_sound();
    ck_assert_uint_eq(sq_network_last(&network)->shape.n_rows, 64);
    for (size_t i = 0; i < network.n_nodes; i++) {
        const struct sq_node *node = &network.node[i];
        const int in_block = strncmp(node->name, "block.", 6) == 0;
        if (sq_node_is_population(node))
            ck_assert_int_eq(node->axes, in_block ? SQ_AXES_CN : SQ_AXES_CHW);
    }
    ck_assert_str_eq(network.synapse[9].name, "block.0.mlp.fc1_conv");
}
END_TEST

static void add_extra(struct sq_config *config, const char *key, const char *value)
{
    struct sq_config_extra *extra = &config->extra[config->n_extra++];
    snprintf(extra->key, sizeof extra->key, "%s", key);
    snprintf(extra->value, sizeof extra->value, "%s", value);
}

/* A stream of reals: currents of layers, sums of them, neurons without a synapse. */
START_TEST(spikingformer)
{
    struct sq_config config = cifar;
    snprintf(config.architecture, sizeof config.architecture, "spikingformer-cifar");
    ck_assert_int_eq(build(config), SQ_OK);
    REQUIRE_NODES(
        "input input 3x28x20 chw max 1 <-",
        "block1_lif analog 6x28x20 chw max 1 <- input, block0_conv 27",
        "block2_lif conv 12x28x20 chw max 1 <- block1_lif, block1_conv 54",
        "block3_lif conv 24x28x20 chw max 1 <- block2_lif, block2_conv 108",
        "maxpool3 pool 24x14x10 chw max 1 <- block3_lif",
        "block4_lif conv 48x14x10 chw max 1 <- maxpool3, block3_conv 216",
        "maxpool4 pool 48x7x5 chw max 1 <- block4_lif",
        "block4_bn conv 48x7x5 chw reals <- maxpool4, block4_conv 432",
        "0.attn.proj_lif neurons 48x7x5 chw max 1 <- block4_bn",
        "0.attn.q_lif linear 48x7x5 cn max 1 <- 0.attn.proj_lif, 0.attn.q_conv 48",
        "0.attn.k_lif linear 48x7x5 cn max 1 <- 0.attn.proj_lif, 0.attn.k_conv 48",
        "0.attn.v_lif linear 48x7x5 cn max 1 <- 0.attn.proj_lif, 0.attn.v_conv 48",
        "0.attn.attn_lif attend 48x7x5 cn max 1 <- 0.attn.q_lif 0.attn.k_lif 0.attn.v_lif",
        "0.attn.proj_bn linear 48x7x5 chw reals <- 0.attn.attn_lif, 0.attn.proj_conv 48",
        "0.mid real-add 48x7x5 chw reals <- block4_bn 0.attn.proj_bn",
        "0.mlp.mlp1_lif neurons 48x7x5 chw max 1 <- 0.mid",
        "0.mlp.mlp2_lif linear 144x7x5 chw max 1 <- 0.mlp.mlp1_lif, 0.mlp.mlp1_conv 48",
        "0.mlp.mlp2_bn linear 48x7x5 chw reals <- 0.mlp.mlp2_lif, 0.mlp.mlp2_conv 144",
        "0.out real-add 48x7x5 chw reals <- 0.mid 0.mlp.mlp2_bn",
        "head head 7x1x1 chw max 1 <- 0.out");
    require_sound();
    ck_assert_str_eq(network.node[7].synapse->kind, "conv3x3");
    ck_assert_str_eq(network.node[9].synapse->kind, "conv1x1");
}
END_TEST

/* AND, erosion, sums over tokens; maxima of reals; neurons of the mean. */
START_TEST(spike_driven_transformer)
{
    struct sq_config config = cifar;
    snprintf(config.architecture, sizeof config.architecture, "sdt");
    add_extra(&config, "pooling", "0011");
    add_extra(&config, "erode", "true");
    add_extra(&config, "spike_mode", "plif");
    ck_assert_int_eq(build(config), SQ_OK);
    REQUIRE_NODES("input input 3x28x20 chw max 1 <-",
                  "proj_lif analog 6x28x20 chw max 1 <- input, proj_conv 27",
                  "proj_lif1 conv 12x28x20 chw max 1 <- proj_lif, proj_conv1 54",
                  "proj_lif2 conv 24x28x20 chw max 1 <- proj_lif1, proj_conv2 108",
                  "maxpool2 pool 24x14x10 chw max 1 <- proj_lif2",
                  "proj_bn3 conv 48x14x10 chw reals <- maxpool2, proj_conv3 216",
                  "maxpool3 real-pool 48x7x5 chw reals <- proj_bn3",
                  "proj_lif3 neurons 48x7x5 chw max 1 <- maxpool3",
                  "rpe_bn conv 48x7x5 chw reals <- proj_lif3, rpe_conv 432",
                  "0.in real-add 48x7x5 chw reals <- rpe_bn maxpool3",
                  "0.attn.shortcut_lif neurons 48x7x5 chw max 1 <- 0.in",
                  "0.attn.q_lif linear 48x7x5 chw max 1 <- 0.attn.shortcut_lif, 0.attn.q_conv 48",
                  "0.attn.k_lif linear 48x7x5 chw max 1 <- 0.attn.shortcut_lif, 0.attn.k_conv 48",
                  "0.attn.v_lif linear 48x7x5 chw max 1 <- 0.attn.shortcut_lif, 0.attn.v_conv 48",
                  "0.attn.k_erode erode 48x7x5 chw max 1 <- 0.attn.k_lif",
                  "0.attn.v_erode erode 48x7x5 chw max 1 <- 0.attn.v_lif",
                  "0.attn.kv and 48x7x5 chw max 1 <- 0.attn.k_erode 0.attn.v_erode",
                  "0.attn.kv_erode erode 48x7x5 chw max 1 <- 0.attn.kv",
                  "0.attn.talking_heads_lif sum 48x1x1 h1d max 1 <- 0.attn.kv_erode",
                  "0.attn.qg and 48x7x5 chw max 1 <- 0.attn.q_lif 0.attn.talking_heads_lif",
                  "0.attn.qg_erode erode 48x7x5 chw max 1 <- 0.attn.qg",
                  "0.attn.proj_bn linear 48x7x5 chw reals <- 0.attn.qg_erode, 0.attn.proj_conv 48",
                  "0.mid real-add 48x7x5 chw reals <- 0.in 0.attn.proj_bn",
                  "0.mlp.fc1_lif neurons 48x7x5 chw max 1 <- 0.mid",
                  "0.mlp.fc2_lif linear 144x7x5 chw max 1 <- 0.mlp.fc1_lif, 0.mlp.fc1_conv 48",
                  "0.mlp.fc2_bn linear 48x7x5 chw reals <- 0.mlp.fc2_lif, 0.mlp.fc2_conv 144",
                  "0.out real-add 48x7x5 chw reals <- 0.mid 0.mlp.fc2_bn",
                  "head_lif mean 48x1x1 c max 1 <- 0.out", "head head 7x1x1 chw max 1 <- head_lif");
    require_sound();
    for (size_t i = 0; i < network.n_nodes; i++)
        if (sq_node_is_population(&network.node[i]))
            ck_assert_int_eq(network.node[i].neuron.model, SQ_MODEL_PLIF);
    ck_assert_int_eq(network.node[19].gate, SQ_GATE_TOKENS);
    ck_assert_uint_eq(network.node[20].n_heads, 4);
}
END_TEST

/* Fan-outs of all inputs, every tap tried. */
static uint64_t count_dense(uint32_t height, uint32_t width, uint64_t c_in, uint64_t c_out)
{
    uint64_t taps = 0;
    for (int y = 0; y < (int)height; y++)
        for (int x = 0; x < (int)width; x++)
            for (int tap = 0; tap < 9; tap++) {
                const int to_y = y + tap / 3 - 1, to_x = x + tap % 3 - 1;
                taps += to_y >= 0 && to_x >= 0 && to_y < (int)height && to_x < (int)width;
            }
    return taps * c_in * c_out;
}

START_TEST(dense_counts_leave_out_the_padding)
{
    static const uint32_t size[][2] = {{4, 4}, {4, 8}, {28, 20}, {12, 4}};
    for (size_t i = 0; i < sizeof size / sizeof size[0]; i++) {
        struct sq_config config = cifar;
        config.image_height = size[i][0];
        config.image_width = size[i][1];
        ck_assert_int_eq(build(config), SQ_OK);
        for (size_t k = 0; k < network.n_nodes; k++) {
            const struct sq_node *node = &network.node[k];
            if (node->synapse == NULL)
                continue;
            const uint64_t c_in = network.node[node->source[0]].shape.n_channels;
            const uint64_t c_out = node->shape.n_channels;
            ck_assert_uint_eq(node->synapse->dense,
                              node->kind == SQ_NODE_LINEAR
                                  ? node->shape.n_rows * c_in * c_out
                                  : count_dense(node->height, node->width, c_in, c_out));
        }
    }
}
END_TEST

/* Channels D/8, D/4, D/2 are floor divisions, as in the official code. */
START_TEST(odd_widths_are_divided_downwards)
{
    struct sq_config config = cifar;
    config.dim = 90;
    config.heads = 3;
    ck_assert_int_eq(build(config), SQ_OK);
    ck_assert_uint_eq(network.node[1].shape.n_channels, 11);
    ck_assert_uint_eq(network.node[2].shape.n_channels, 22);
    ck_assert_uint_eq(network.node[3].shape.n_channels, 45);
    ck_assert_uint_eq(network.node[5].shape.n_channels, 90);
}
END_TEST

static Suite *plan_suite(void)
{
    Suite *suite = suite_create("plan");
    TCase *tests = tcase_create("nodes and sizes");
    tcase_add_checked_fixture(tests, NULL, discard);
    tcase_add_test(tests, cifar10);
    tcase_add_test(tests, imagenet);
    tcase_add_test(tests, cifar10dvs);
    tcase_add_test(tests, spikingformer);
    tcase_add_test(tests, spike_driven_transformer);
    tcase_add_test(tests, dense_counts_leave_out_the_padding);
    tcase_add_test(tests, odd_widths_are_divided_downwards);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(plan_suite())
