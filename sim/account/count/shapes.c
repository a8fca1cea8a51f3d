#include "sim/account/count/shapes.h"

#include <stdarg.h>
#include <stdio.h>

/* Under construction: the list and where the data stands. */
struct draft {
    const struct sq_config *config;
    struct sq_counters *counters;
    uint64_t height, width;
    int block;
};

__attribute__((format(printf, 2, 3))) static struct sq_op *add_op(struct draft *draft,
                                                                  const char *format, ...)
{
    struct sq_op *op = &draft->counters->op[draft->counters->n_ops++];
    va_list args;
    va_start(args, format);
    vsnprintf(op->name, sizeof op->name, format, args);
    va_end(args);
    op->block = draft->block;
    op->positions = 1;
    return op;
}

static void add_same(struct draft *draft, enum sq_op_kind kind, const char *prefix,
                     const char *part, const char *suffix, uint64_t channels)
{
    struct sq_op *op = add_op(draft, "%s_%s%s", prefix, part, suffix);
    op->kind = kind;
    op->n_in = op->n_out = channels * draft->height * draft->width;
    op->out_channels = channels;
    op->is_affine = 1;
}

/* Batch norm and LIF behind a layer. */
static void add_norm_and_neurons(struct draft *draft, const char *prefix, const char *suffix,
                                 uint64_t channels)
{
    add_same(draft, SQ_OP_NORM, prefix, "bn", suffix, channels);
    add_same(draft, SQ_OP_NEURON, prefix, "lif", suffix, channels);
}

static void add_stage(struct draft *draft, const char *prefix, const char *suffix, uint64_t c_in,
                      uint64_t c_out)
{
    struct sq_op *op = add_op(draft, "%s_conv%s", prefix, suffix);
    const struct sq_conv_shape shape = {.c_in = c_in,
                                        .c_out = c_out,
                                        .height = draft->height,
                                        .width = draft->width,
                                        .kernel_h = 3,
                                        .kernel_w = 3,
                                        .stride_h = 1,
                                        .stride_w = 1,
                                        .padding_h = 1,
                                        .padding_w = 1,
                                        .groups = 1};
    sq_op_shape_conv(op, &shape, 0);
    op->bn_bias = 1;
    if (draft->counters->n_ops == 1) {
        op->is_analog = 1;
        op->is_static = !sq_config_takes_frames(draft->config);
    }
    add_norm_and_neurons(draft, prefix, suffix, c_out);
}

static void add_pool(struct draft *draft, const char *suffix, uint64_t channels)
{
    struct sq_op *op = add_op(draft, "patch_embed.maxpool%s", suffix);
    sq_op_shape_pool(op, channels, draft->height, draft->width, 3, 2, 1);
    draft->height = (draft->height + 1) / 2;
    draft->width = (draft->width + 1) / 2;
}

static void add_residual(struct draft *draft, const char *name)
{
    struct sq_op *op = add_op(draft, "block.%d.%s", draft->block, name);
    op->kind = SQ_OP_ADD;
    op->n_in = op->n_out = draft->height * draft->width * draft->config->dim;
}

/* The CIFAR-10 layout registers its two poolings behind the fourth stage. */
static void add_patch_embedding(struct draft *draft)
{
    static const char *const suffix[4] = {"", "1", "2", "3"};
    const struct sq_config *config = draft->config;
    const int is_cifar10 = config->layout == SQ_LAYOUT_CIFAR10;
    struct sq_op pool = {0};
    uint64_t c_in = config->in_channels;
    for (int stage = 0; stage < 4; stage++) {
        const uint64_t c_out = config->dim >> (3 - stage);
        add_stage(draft, "patch_embed.proj", suffix[stage], c_in, c_out);
        if (is_cifar10 && stage == 2) {
            add_pool(draft, suffix[stage], c_out);
            pool = draft->counters->op[--draft->counters->n_ops];
        } else if (!is_cifar10 || stage == 3) {
            if (is_cifar10)
                draft->counters->op[draft->counters->n_ops++] = pool;
            add_pool(draft, suffix[stage], c_out);
        }
        c_in = c_out;
    }
    add_stage(draft, "patch_embed.rpe", "", config->dim, config->dim);
    draft->block = 0;
    add_residual(draft, "in");
}

static void add_linear(struct draft *draft, const char *part, const char *layer, uint64_t in,
                       uint64_t out)
{
    const int is_linear = draft->config->layout == SQ_LAYOUT_CIFAR10, is_qkv = layer[1] == '\0';
    const uint64_t rows = draft->height * draft->width;
    char prefix[48];
    snprintf(prefix, sizeof prefix, "block.%d.%s.%s", draft->block, part, layer);
    struct sq_op *op = add_op(draft, "%s_%s", prefix, is_linear ? "linear" : "conv");
    const struct sq_conv_shape shape = {in, out, rows, 1, 1, 1, 1, 1, 0, 0, 1};
    const int has_bias = is_linear || !is_qkv;
    if (is_linear)
        sq_op_shape_linear(op, rows, in, out, has_bias);
    else
        sq_op_shape_conv(op, &shape, has_bias);
    op->bn_bias = !has_bias;
    op->from_stream = is_qkv || layer[2] == '1';
    /* Their inputs are transposed views: PyTorch multiplies and adds apart. */
    op->bias_is_added = is_linear && (is_qkv || layer[2] == '1');
    add_norm_and_neurons(draft, prefix, "", out);
}

enum sq_ssa_order sq_ssa_order_of(const struct sq_config *config)
{
    return config->layout == SQ_LAYOUT_IMAGENET ? SQ_KV_FIRST : SQ_QK_FIRST;
}

static void add_attention(struct draft *draft)
{
    const struct sq_config *config = draft->config;
    struct sq_op *op = add_op(draft, "block.%d.attn.ssa", draft->block);
    op->kind = SQ_OP_SSA;
    op->n_in = op->n_out = draft->height * draft->width * config->dim;
    op->heads = config->heads;
    op->tokens = (uint32_t)(draft->height * draft->width);
    op->dim = config->dim;
    op->order = sq_ssa_order_of(config);
    /* The DVS layout scales behind the second product: A itself is the operand. */
    op->scale = config->layout == SQ_LAYOUT_CIFAR10 ? (double)config->attn_scale : 1;
    char prefix[48];
    snprintf(prefix, sizeof prefix, "block.%d.attn.attn", draft->block);
    add_same(draft, SQ_OP_NEURON, prefix, "lif", "", config->dim);
}

static void add_block(struct draft *draft, int block)
{
    const uint64_t dim = draft->config->dim, hidden = draft->config->mlp_hidden;
    draft->block = block;
    add_linear(draft, "attn", "q", dim, dim);
    add_linear(draft, "attn", "k", dim, dim);
    add_linear(draft, "attn", "v", dim, dim);
    add_attention(draft);
    add_linear(draft, "attn", "proj", dim, dim);
    add_residual(draft, "mid");
    add_linear(draft, "mlp", "fc1", dim, hidden);
    add_linear(draft, "mlp", "fc2", hidden, dim);
    add_residual(draft, "out");
}

static void add_head(struct draft *draft)
{
    const struct sq_config *config = draft->config;
    draft->block = -1;
    struct sq_op *mean = add_op(draft, "mean");
    mean->kind = SQ_OP_MEAN;
    mean->n_in = draft->height * draft->width * config->dim;
    mean->n_out = config->dim;
    mean->positions = config->timesteps;
    struct sq_op *head = add_op(draft, "head");
    sq_op_shape_linear(head, 1, config->dim, config->classes, 1);
    head->is_head = 1;
}

/* Parameters and buffers (SPEC section 9); two LayerNorms a block are never used. */
static void count_parameters(struct sq_counters *counters)
{
    for (size_t i = 0; i < counters->n_ops; i++) {
        const struct sq_op *op = &counters->op[i];
        counters->parameters += op->weights + op->biases;
        if (op->kind == SQ_OP_NORM) {
            counters->parameters += 2 * op->out_channels;
            counters->buffers_bytes += 8 * op->out_channels + 8;
        }
    }
    counters->unused_parameters = (uint64_t)counters->depth * 4 * counters->dim;
    counters->parameters += counters->unused_parameters;
}

static int check(struct sq_error *err, const struct sq_config *config)
{
    const uint32_t step = config->layout == SQ_LAYOUT_CIFAR10 ? 4 : 16;
    const struct {
        const char *key;
        uint32_t value;
    } size[] = {
#define SQ_SIZE(key, member) {key, config->member},
#include "sim/config/config_sizes.inc"
    };
    if (config->layout == SQ_LAYOUT_UNKNOWN)
        return sq_fail(err, SQ_EVALUE,
                       "config %s: layout is missing, expected cifar10, imagenet "
                       "or cifar10dvs",
                       config->name);
    for (size_t i = 0; i < sizeof size / sizeof *size; i++)
        if (size[i].value == 0 || size[i].value > 1u << 16)
            return sq_fail(err, SQ_EVALUE, "config %s: %s = %u, expected 1 to 65536", config->name,
                           size[i].key, size[i].value);
    if (config->dim < 8 || config->dim % config->heads != 0)
        return sq_fail(err, SQ_ESHAPE,
                       "config %s: dim = %u, expected at least 8 and a multiple of heads = %u",
                       config->name, config->dim, config->heads);
    if (config->image_height % step != 0 || config->image_width % step != 0)
        return sq_fail(err, SQ_ESHAPE, "config %s: image %ux%u, expected multiples of %u",
                       config->name, config->image_height, config->image_width, step);
    return SQ_OK;
}

int sq_counters_from_config(struct sq_error *err, const struct sq_config *config,
                            struct sq_counters *out)
{
    const int rc = check(err, config);
    if (rc != SQ_OK)
        return rc;
    out->op = sq_arena_alloc(&out->arena, 32 + (size_t)config->depth * 24, sizeof *out->op);
    if (out->op == NULL)
        return sq_fail(err, SQ_ENOMEM, "config %s: out of memory for its operations", config->name);
    snprintf(out->config, sizeof out->config, "%s", config->name);
    out->timesteps = config->timesteps;
    out->batch = 1;
    out->depth = config->depth;
    out->heads = config->heads;
    out->dim = config->dim;
    struct draft draft = {config, out, config->image_height, config->image_width, -1};
    add_patch_embedding(&draft);
    out->tokens = (uint32_t)(draft.height * draft.width);
    for (uint32_t block = 0; block < config->depth; block++)
        add_block(&draft, (int)block);
    add_head(&draft);
    count_parameters(out);
    return SQ_OK;
}
