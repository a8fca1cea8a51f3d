#include "test/support/tiny_network.h"

#include <stdio.h>
#include <string.h>

static uint32_t pick(struct sq_rng *rng, const uint32_t *choice, size_t n)
{
    return choice[sq_rng_below(rng, n)];
}

#define PICK(rng, ...) \
    pick(rng, (const uint32_t[]){__VA_ARGS__}, sizeof((const uint32_t[]){__VA_ARGS__}) / 4)

static void draw_width(struct sq_rng *rng, struct tiny_network *net)
{
    static const struct {
        uint32_t dim, heads;
    } width[] = {{8, 1},  {8, 8},  {12, 3}, {16, 4}, {20, 5}, {24, 2}, {30, 3}, {36, 2},
                 {44, 4}, {48, 4}, {64, 2}, {65, 5}, {72, 3}, {90, 3}, {96, 2}};
    const size_t i = sq_rng_below(rng, sizeof width / sizeof width[0]);
    net->dim = width[i].dim;
    net->heads = width[i].heads;
}

void tiny_draw_sizes(struct sq_rng *rng, enum tiny_layout layout, struct tiny_network *net)
{
    const int is_frames = layout == TINY_CIFAR10DVS;
    *net = (struct tiny_network){.layout = layout,
                                 .depth = 1 + (uint32_t)sq_rng_below(rng, 2),
                                 .hidden = PICK(rng, 1, 7, 16, 40, 64, 65, 100, 130),
                                 .timesteps = 1 + (uint32_t)sq_rng_below(rng, 4),
                                 .channels = is_frames ? 2 : 1 + (uint32_t)sq_rng_below(rng, 3),
                                 .classes = PICK(rng, 1, 2, 7, 10, 16, 70),
                                 .batch = 1 + (uint32_t)sq_rng_below(rng, 4),
                                 .v_threshold = 1,
                                 .attn_v_threshold = 0.5f,
                                 .attn_scale = is_frames ? 0.25f : 0.125f};
    draw_width(rng, net);
    if (layout == TINY_CIFAR10) {
        net->height = net->dim > 40 ? PICK(rng, 4, 8, 12, 20) : PICK(rng, 4, 8, 20, 28, 32);
        net->width = net->dim > 40 ? PICK(rng, 4, 8, 16) : PICK(rng, 4, 12, 16, 32, 36);
    } else {
        net->height = PICK(rng, 16, 16, 32, 48);
        net->width = PICK(rng, 16, 32, 32, 48);
    }
    net->frames = is_frames ? net->timesteps : 1;
}

/* k / denominator with |k| <= most. */
static void draw_dyadic(struct sq_rng *rng, float *out, size_t n, int64_t most, float denominator)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (float)((int64_t)sq_rng_below(rng, 2 * (uint64_t)most + 1) - most) / denominator;
}

static float *new_floats(size_t n)
{
    float *out = calloc(n + 1, sizeof *out);
    ck_assert_ptr_nonnull(out);
    return out;
}

/* Scale gamma / 2^k: var + eps is 4^k in float32. The shift makes up for the halving in front of
 * the membrane, so that some 10 to 50 % of the neurons fire. */
static void draw_batch_norm(struct sq_rng *rng, struct tiny_layer *layer)
{
    static const float gamma[] = {0.5f, 0.75f, 1, 1.25f, 1.5f};
    for (uint32_t o = 0; o < layer->c_out; o++) {
        const uint32_t k = (uint32_t)sq_rng_below(rng, 2);
        layer->gamma[o] = gamma[sq_rng_below(rng, 5)] * (sq_rng_below(rng, 16) == 0 ? -1 : 1);
        layer->var[o] = (float)((double)(1u << (2 * k)) - 1e-5);
        layer->beta[o] = (float)((int)sq_rng_below(rng, 40) - 4) / 16;
        layer->mean[o] = (float)((int)sq_rng_below(rng, 9) - 4) / 16;
    }
}

static void fill_layer(struct sq_rng *rng, struct tiny_layer *layer, int has_bias)
{
    const size_t n = layer->c_out, n_weights = n * layer->c_in * layer->taps;
    layer->weight = new_floats(n_weights);
    layer->bias = has_bias ? new_floats(n) : NULL;
    layer->gamma = new_floats(n);
    layer->beta = new_floats(n);
    layer->mean = new_floats(n);
    layer->var = new_floats(n);
    draw_dyadic(rng, layer->weight, n_weights, 8, 32);
    if (has_bias)
        draw_dyadic(rng, layer->bias, n, 6, 16);
    draw_batch_norm(rng, layer);
}

static void fill_stage(struct sq_rng *rng, struct tiny_network *net, uint32_t stage)
{
    static const char *const name[] = {"proj_conv", "proj_conv1", "proj_conv2", "proj_conv3",
                                       "rpe_conv"};
    static const char *const bn[] = {"proj_bn", "proj_bn1", "proj_bn2", "proj_bn3", "rpe_bn"};
    const uint32_t out[] = {net->dim / 8, net->dim / 4, net->dim / 2, net->dim, net->dim};
    struct tiny_layer *layer = &net->layer[net->n_layers++];
    snprintf(layer->name, sizeof layer->name, "patch_embed.%s", name[stage]);
    snprintf(layer->bn, sizeof layer->bn, "patch_embed.%s", bn[stage]);
    layer->c_in = stage == 0 ? net->channels : out[stage - 1];
    layer->c_out = out[stage];
    layer->taps = 9;
    layer->n_dims = 4;
    layer->dim[2] = layer->dim[3] = 3;
    fill_layer(rng, layer, 0);
}

static void fill_linear(struct sq_rng *rng, struct tiny_network *net, uint32_t block,
                        uint32_t which)
{
    static const char *const name[] = {"attn.q",    "attn.k",  "attn.v",
                                       "attn.proj", "mlp.fc1", "mlp.fc2"};
    const int is_cifar = net->layout == TINY_CIFAR10, is_mlp = which >= 4;
    struct tiny_layer *layer = &net->layer[net->n_layers++];
    snprintf(layer->name, sizeof layer->name, "block.%u.%s_%s", block, name[which],
             is_cifar ? "linear" : "conv");
    snprintf(layer->bn, sizeof layer->bn, "block.%u.%s_bn", block, name[which]);
    layer->c_in = which == 5 ? net->hidden : net->dim;
    layer->c_out = which == 4 ? net->hidden : net->dim;
    layer->taps = 1;
    layer->n_dims = is_cifar ? 2 : is_mlp && net->layout == TINY_IMAGENET ? 4 : 3;
    layer->dim[2] = layer->dim[3] = 1;
    fill_layer(rng, layer, is_cifar || which >= 3);
}

/* Images k/8, sometimes whole numbers; frames are event counts, mostly 0, sometimes one frame is
 * not.
 */
static void fill_input(struct sq_rng *rng, struct tiny_network *net)
{
    const int is_whole = sq_rng_below(rng, 4) == 0;
    net->n_input = (size_t)net->batch * net->frames * net->channels * net->height * net->width;
    net->input = new_floats(net->n_input);
    for (size_t i = 0; i < net->n_input; i++) {
        const int eighths = (int)sq_rng_below(rng, 17) - 8;
        if (net->layout == TINY_CIFAR10DVS)
            net->input[i] = sq_rng_below(rng, 3) > 0 ? 0 : (float)sq_rng_below(rng, 5);
        else
            net->input[i] = is_whole ? (float)sq_rng_below(rng, 3) : (float)eighths / 8;
    }
    if (net->layout == TINY_CIFAR10DVS && is_whole)
        net->input[net->n_input - 1] = 0.5f;
}

void tiny_fill(struct sq_rng *rng, struct tiny_network *net)
{
    net->layer = calloc(TINY_STAGES + (size_t)net->depth * TINY_BLOCK_LAYERS, sizeof *net->layer);
    ck_assert_ptr_nonnull(net->layer);
    for (uint32_t stage = 0; stage < TINY_STAGES; stage++)
        fill_stage(rng, net, stage);
    for (uint32_t block = 0; block < net->depth; block++)
        for (uint32_t which = 0; which < TINY_BLOCK_LAYERS; which++)
            fill_linear(rng, net, block, which);
    for (size_t i = 0; i < net->n_layers; i++) {
        net->layer[i].dim[0] = net->layer[i].c_out;
        net->layer[i].dim[1] = net->layer[i].c_in;
    }
    net->head_weight = new_floats((size_t)net->classes * net->dim);
    net->head_bias = new_floats(net->classes);
    draw_dyadic(rng, net->head_weight, (size_t)net->classes * net->dim, 8, 32);
    draw_dyadic(rng, net->head_bias, net->classes, 8, 16);
    fill_input(rng, net);
}

void tiny_draw(struct sq_rng *rng, enum tiny_layout layout, struct tiny_network *net)
{
    tiny_draw_sizes(rng, layout, net);
    tiny_fill(rng, net);
}

void tiny_free(struct tiny_network *net)
{
    for (size_t i = 0; i < net->n_layers; i++) {
        struct tiny_layer *layer = &net->layer[i];
        free(layer->weight);
        free(layer->bias);
        free(layer->gamma);
        free(layer->beta);
        free(layer->mean);
        free(layer->var);
    }
    free(net->layer);
    free(net->head_weight);
    free(net->head_bias);
    free(net->input);
}

uint32_t tiny_grid_height(const struct tiny_network *net)
{
    return net->height / (net->layout == TINY_CIFAR10 ? 4 : 16);
}

uint32_t tiny_grid_width(const struct tiny_network *net)
{
    return net->width / (net->layout == TINY_CIFAR10 ? 4 : 16);
}

const char *tiny_describe(const struct tiny_network *net)
{
    static char text[160];
    snprintf(text, sizeof text,
             "%s %u-%u, %u heads, hidden %u, T %u, input %ux%ux%u, %u classes, batch %u",
             tiny_layout_name(net->layout), net->depth, net->dim, net->heads, net->hidden,
             net->timesteps, net->channels, net->height, net->width, net->classes, net->batch);
    return text;
}
