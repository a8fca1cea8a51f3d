#include "sim/network/graph.h"

#include "kernels/base/bits.h"

#include <stdio.h>

/* Under construction: the network and what its next node needs to know. */
struct draft {
    struct sq_network *network;
    uint32_t height, width; /* of the grid at this point of the data's way */
};

static struct sq_node *node_at(struct draft *draft, int index)
{
    return &draft->network->node[index];
}

/* Append a node that sends [height * width][channels] packets; returns its index. */
static int add_node(struct draft *draft, const char *name, enum sq_node_kind kind,
                    uint32_t channels, uint32_t max_value)
{
    struct sq_network *network = draft->network;
    struct sq_node *node = &network->node[network->n_nodes];
    snprintf(node->name, sizeof node->name, "%s", name);
    node->kind = kind;
    node->height = draft->height;
    node->width = draft->width;
    node->max_value = max_value;
    node->axes = SQ_AXES_CHW;
    node->shape = (struct sq_spike_shape){
        .n_rows = draft->height * draft->width,
        .n_channels = channels,
        .n_words = (uint32_t)sq_words_for(channels),
        .n_planes = 32 - (uint32_t)__builtin_clz(max_value),
        .line_rows = 1,
    };
    return (int)network->n_nodes++;
}

static void connect(struct draft *draft, int source, int target)
{
    struct sq_node *from = node_at(draft, source), *to = node_at(draft, target);
    from->target[from->n_targets++] = (uint16_t)target;
    to->source[to->n_sources++] = (uint16_t)source;
}

/* Put a synapse named `name` in front of `node`; its source is node's only source. */
static void add_synapse(struct draft *draft, int index, const char *name)
{
    struct sq_network *network = draft->network;
    struct sq_node *node = node_at(draft, index);
    struct sq_node *from = node_at(draft, node->source[0]);
    struct sq_synapse *synapse = &network->synapse[network->n_synapses++];
    const uint32_t c_in = from->shape.n_channels, c_out = node->shape.n_channels;
    const int is_linear = node->kind == SQ_NODE_LINEAR;
    snprintf(synapse->name, sizeof synapse->name, "%s", name);
    synapse->n_in = is_linear ? c_in : 9 * c_in;
    synapse->n_out = c_out;
    synapse->n_blocks = (uint32_t)sq_words_for(c_out);
    /* A tap exists for 3h - 2 of the rows it could meet, and as many columns alike. */
    synapse->dense = is_linear
                         ? (uint64_t)from->shape.n_rows * c_in * c_out
                         : (uint64_t)(3 * node->height - 2) * (3 * node->width - 2) * c_in * c_out;
    node->synapse = synapse;
    if (node->kind != SQ_NODE_ANALOG_CONV) {
        from->read_as_lists = 1;
        from->shape.line_rows = is_linear ? 1 : from->width;
    }
}

static int add_conv(struct draft *draft, int source, const char *stem, const char *suffix,
                    uint32_t channels)
{
    char lif[SQ_NAME_BYTES], conv[SQ_NAME_BYTES];
    snprintf(lif, sizeof lif, "patch_embed.%s_lif%s", stem, suffix);
    snprintf(conv, sizeof conv, "patch_embed.%s_conv%s", stem, suffix);
    const enum sq_node_kind kind =
        node_at(draft, source)->kind == SQ_NODE_INPUT ? SQ_NODE_ANALOG_CONV : SQ_NODE_CONV;
    const int node = add_node(draft, lif, kind, channels, 1);
    node_at(draft, node)->threshold = draft->network->config.v_threshold;
    connect(draft, source, node);
    add_synapse(draft, node, conv);
    return node;
}

static int add_pool(struct draft *draft, int source, const char *suffix)
{
    char name[SQ_NAME_BYTES];
    snprintf(name, sizeof name, "patch_embed.maxpool%s", suffix);
    draft->height = (draft->height + 1) / 2;
    draft->width = (draft->width + 1) / 2;
    const int node =
        add_node(draft, name, SQ_NODE_POOL, node_at(draft, source)->shape.n_channels, 1);
    connect(draft, source, node);
    return node;
}

static int add_residual(struct draft *draft, int a, int b, uint32_t block, const char *where)
{
    char name[SQ_NAME_BYTES];
    snprintf(name, sizeof name, "block.%u.%s", block, where);
    const int node = add_node(draft, name, SQ_NODE_ADD, node_at(draft, a)->shape.n_channels,
                              node_at(draft, a)->max_value + node_at(draft, b)->max_value);
    connect(draft, a, node);
    connect(draft, b, node);
    return node;
}

/* Axis order behind [T,B] that the official module of this layer returns. */
static enum sq_axes axes_of(enum sq_layout layout, const char *layer)
{
    if (layout == SQ_LAYOUT_CIFAR10)
        return SQ_AXES_NC;
    const int is_qkv = layer[1] == '\0';
    return layout == SQ_LAYOUT_IMAGENET && !is_qkv ? SQ_AXES_CHW : SQ_AXES_CN;
}

/* A linear layer `layer` of part "attn" or "mlp" with the LIF population behind it. */
static int add_linear(struct draft *draft, int source, uint32_t block, const char *part,
                      const char *layer, uint32_t channels)
{
    const struct sq_config *config = &draft->network->config;
    char lif[SQ_NAME_BYTES], linear[SQ_NAME_BYTES];
    snprintf(lif, sizeof lif, "block.%u.%s.%s_lif", block, part, layer);
    snprintf(linear, sizeof linear, "block.%u.%s.%s_%s", block, part, layer,
             config->layout == SQ_LAYOUT_CIFAR10 ? "linear" : "conv");
    const int node = add_node(draft, lif, SQ_NODE_LINEAR, channels, 1);
    node_at(draft, node)->threshold = config->v_threshold;
    node_at(draft, node)->axes = axes_of(config->layout, layer);
    connect(draft, source, node);
    add_synapse(draft, node, linear);
    return node;
}

/* SSA: the scale is a power of two, so it moves from the current into the threshold exactly. */
static int add_attend(struct draft *draft, const int qkv[3], uint32_t block)
{
    const struct sq_config *config = &draft->network->config;
    char name[SQ_NAME_BYTES];
    snprintf(name, sizeof name, "block.%u.attn.attn_lif", block);
    const int node = add_node(draft, name, SQ_NODE_ATTEND, config->dim, 1);
    node_at(draft, node)->threshold = config->attn_v_threshold / config->attn_scale;
    node_at(draft, node)->axes = config->layout == SQ_LAYOUT_CIFAR10 ? SQ_AXES_NC : SQ_AXES_CN;
    for (int i = 0; i < 3; i++)
        connect(draft, qkv[i], node);
    return node;
}

/* Spikformer encoder block: u += SSA(u); u += MLP(u) (Zhou et al., ICLR 2023, eq. 2 and 3). */
static int add_block(struct draft *draft, int stream, uint32_t block)
{
    static const char *const layer[3] = {"q", "k", "v"};
    const struct sq_config *config = &draft->network->config;
    int qkv[3];
    for (int i = 0; i < 3; i++)
        qkv[i] = add_linear(draft, stream, block, "attn", layer[i], config->dim);
    const int attend = add_attend(draft, qkv, block);
    const int proj = add_linear(draft, attend, block, "attn", "proj", config->dim);
    const int mid = add_residual(draft, stream, proj, block, "mid");
    const int fc1 = add_linear(draft, mid, block, "mlp", "fc1", config->mlp_hidden);
    const int fc2 = add_linear(draft, fc1, block, "mlp", "fc2", config->dim);
    return add_residual(draft, mid, fc2, block, "out");
}

/* Spiking patch splitting: four convolution stages, then the relative position embedding. */
static int add_patch_embedding(struct draft *draft, int input)
{
    static const char *const suffix[4] = {"", "1", "2", "3"};
    const struct sq_config *config = &draft->network->config;
    const int first_pool = config->layout == SQ_LAYOUT_CIFAR10 ? 2 : 0;
    int at = input;
    for (int stage = 0; stage < 4; stage++) {
        at = add_conv(draft, at, "proj", suffix[stage], config->dim >> (3 - stage));
        if (stage >= first_pool)
            at = add_pool(draft, at, suffix[stage]);
    }
    const int rpe = add_conv(draft, at, "rpe", "", config->dim);
    return add_residual(draft, at, rpe, 0, "in");
}

/* The classifier reads the last residual stream; it has no batch norm and no neuron. */
static void add_head(struct draft *draft, int stream)
{
    const struct sq_config *config = &draft->network->config;
    connect(draft, stream, add_node(draft, "head", SQ_NODE_HEAD, config->classes, 1));
    draft->network->head = (struct sq_synapse){.name = "head",
                                               .n_in = config->dim,
                                               .n_out = config->classes,
                                               .n_blocks = (uint32_t)sq_words_for(config->classes),
                                               .dense = (uint64_t)config->dim * config->classes};
}

static int check_sizes(struct sq_error *err, const struct sq_config *config)
{
    const uint32_t step = config->layout == SQ_LAYOUT_CIFAR10 ? 4 : 16;
    if (config->image_height % step != 0 || config->image_width % step != 0)
        return sq_fail(err, SQ_ESHAPE,
                       "config %s: image %ux%u, but the %s layout needs multiples of %u; see "
                       "image_height, image_width",
                       config->name, config->image_height, config->image_width,
                       sq_layout_name(config->layout), step);
    if (config->dim < 8)
        return sq_fail(err, SQ_ESHAPE,
                       "config %s: dim = %u leaves the first stage, of dim / 8 channels, none",
                       config->name, config->dim);
    if (config->dim % config->heads != 0)
        return sq_fail(err, SQ_ESHAPE, "config %s: dim = %u cannot be divided among heads = %u",
                       config->name, config->dim, config->heads);
    /* Event numbers are taken modulo 65536 (kernels/pack/spikes.h). */
    if (config->mlp_hidden > 65535 || config->dim > 65535 / 3)
        return sq_fail(err, SQ_EUNSUPPORTED, "config %s: dim = %u, mlp_hidden = %u are too wide",
                       config->name, config->dim, config->mlp_hidden);
    const uint64_t tokens = (uint64_t)(config->image_height / step) * (config->image_width / step);
    if (tokens * (config->dim / config->heads) >= 1u << 24)
        return sq_fail(err, SQ_EVALUE,
                       "config %s: attention sums of %llu tokens x %u channels a head leave the "
                       "exact integers of float32",
                       config->name, (unsigned long long)tokens, config->dim / config->heads);
    return SQ_OK;
}

int sq_graph_build(struct sq_error *err, struct sq_network *network)
{
    const struct sq_config *config = &network->config;
    const int status = check_sizes(err, config);
    if (status != SQ_OK)
        return status;
    const size_t max_nodes = 12 + (size_t)config->depth * 9;
    network->node = sq_arena_alloc(&network->arena, max_nodes, sizeof *network->node);
    network->synapse = sq_arena_alloc(&network->arena, max_nodes, sizeof *network->synapse);
    if (network->node == NULL || network->synapse == NULL)
        return sq_fail(err, SQ_ENOMEM, "config %s: out of memory for %zu nodes", config->name,
                       max_nodes);
    struct draft draft = {network, config->image_height, config->image_width};
    const int input = add_node(&draft, "input", SQ_NODE_INPUT, config->in_channels, 1);
    int stream = add_patch_embedding(&draft, input);
    network->grid_height = draft.height;
    network->grid_width = draft.width;
    network->n_tokens = draft.height * draft.width;
    for (uint32_t block = 0; block < config->depth; block++)
        stream = add_block(&draft, stream, block);
    add_head(&draft, stream);
    network->attend = (struct sq_attend_shape){
        .n_tokens = network->n_tokens,
        .n_heads = config->heads,
        .head_dim = config->dim / config->heads,
        .n_words = (uint32_t)sq_words_for(config->dim),
    };
    return SQ_OK;
}
