/* The two products of dual spike self-attention, in front of their neurons: reals y times spikes. Every
 * spike adds one computed row to the sums of its token and head; the sums of a head are then multiplied
 * by its scale, once each. Order of sums: channels, or positions, ascending. */
#include "sim/nodes/integrate.h"
#include "sim/nodes/nodes.h"

#include "kernels/base/bits.h"

#include <string.h>

/* One product, in the thread's scratch. Channel h * n_terms + k of the spikes selects a row of `width` reals,
 * for the outputs h * width .. of its token. */
struct product {
    uint32_t n_heads, n_terms, width;
    size_t stride;  /* of rows and sums: width in whole lanes */
    float *row;     /* [n_heads * n_terms][stride], zero past width */
    float *sum;     /* [n_heads][stride] of one token */
    float *current; /* [blocks * 64] of one token */
};

/* Its sizes. */
static struct product size_product(const struct sq_network *network, const struct sq_node *node)
{
    const uint32_t n_spikes = network->node[node->source[1]].shape.n_channels;
    struct product p = {.n_heads = node->n_heads,
                        .n_terms = n_spikes / node->n_heads,
                        .width = node->shape.n_channels / node->n_heads};
    p.stride = sq_packed_columns(p.width);
    return p;
}

size_t sq_dssa_floats(const struct sq_network *network, const struct sq_node *node)
{
    if (node->kind != SQ_NODE_SCORE && node->kind != SQ_NODE_MIX)
        return 0;
    const struct product p = size_product(network, node);
    return (size_t)p.n_heads * (p.n_terms + 1) * p.stride +
           (size_t)node->shape.n_words * SQ_BLOCK_WIDTH;
}

/* Where channel c of y lies at position 0, and how far apart its positions are. */
static const float *channel_of(const struct sq_node *from, const float *y, uint32_t c,
                               size_t *apart)
{
    const size_t block = c / SQ_BLOCK_WIDTH;
    *apart = sq_block_width(from->shape.n_channels, block);
    return y + block * SQ_BLOCK_WIDTH * from->shape.n_rows + c % SQ_BLOCK_WIDTH;
}

/* Scores add columns of y1: a channel's values at all positions. */
static void fill_scores(const struct product *p, const struct sq_node *from, const float *y)
{
    size_t apart;
    for (uint32_t h = 0; h < p->n_heads; h++)
        for (uint32_t k = 0; k < p->n_terms; k++) {
            const float *in = channel_of(from, y, 2 * h * p->n_terms + k, &apart);
            float *row = p->row + ((size_t)h * p->n_terms + k) * p->stride;
            for (uint32_t m = 0; m < p->width; m++)
                row[m] = in[m * apart];
        }
}

/* The mix adds rows of y2: all channels of a head at one position. */
static void fill_mix(const struct product *p, const struct sq_node *from, const float *y)
{
    size_t apart;
    for (uint32_t h = 0; h < p->n_heads; h++)
        for (uint32_t j = 0; j < p->width; j++) {
            const float *in = channel_of(from, y, (2 * h + 1) * p->width + j, &apart);
            float *to = p->row + (size_t)h * p->n_terms * p->stride + j;
            for (uint32_t m = 0; m < p->n_terms; m++)
                to[m * p->stride] = in[m * apart];
        }
}

/* The sums of one token. */
static void add_rows(const struct sq_task *task, const struct product *p, const uint64_t *bits,
                     size_t n_words)
{
    memset(p->sum, 0, p->n_heads * p->stride * sizeof *p->sum);
    for (size_t w = 0; w < n_words; w++)
        for (uint64_t left = bits[w]; left != 0; left &= left - 1) {
            const size_t c = w * 64 + (size_t)__builtin_ctzll(left);
            float *sum = p->sum + c / p->n_terms * p->stride;
            const float *row = p->row + c * p->stride;
            sq_arithmetic_of(task->node)->add(task, sum, sum, row, p->stride);
        }
}

/* Its currents: each head's sums times the head's scale, side by side. */
static void scale_sums(const struct sq_node *node, const struct product *p)
{
    for (uint32_t h = 0; h < p->n_heads; h++)
        sq_arithmetic_of(node)->of_head(p->current + (size_t)h * p->width, p->sum + h * p->stride,
                                        p->width, node->head_scale[h]);
}

/* Heads of one token that some spike adds to. */
static uint64_t count_heads(const struct product *p, const uint64_t *bits, size_t n_words)
{
    uint64_t n = 0;
    size_t begin = 0; /* of the next head */
    for (size_t w = 0; w < n_words; w++)
        for (uint64_t left = bits[w]; left != 0; left &= left - 1) {
            const size_t c = w * 64 + (size_t)__builtin_ctzll(left);
            if (c < begin)
                continue;
            begin = (c / p->n_terms + 1) * p->n_terms;
            n++;
        }
    return n;
}

/* A spike adds a row. Currents are taken as 0 only where no spike adds to them: y is real. */
static void tally_product(const struct sq_task *task, uint32_t t)
{
    const uint16_t source = task->node->source[1];
    const struct sq_spike_shape *in = &task->shared->network->node[source].shape;
    const uint64_t *bits = sq_packet_at(task, source, t)->bits;
    const struct product p = size_product(task->shared->network, task->node);
    struct sq_tally *tally = sq_tally_at(task, task->node_index, t);
    tally->events = sq_tally_at(task, source, t)->spikes;
    tally->additions = tally->unit_additions = tally->live_additions = tally->events * p.width;
    tally->currents = 0;
    for (uint32_t row = 0; row < in->n_rows; row++)
        tally->currents += p.width * count_heads(&p, bits + (size_t)row * in->n_words, in->n_words);
}

static void multiply(const struct sq_task *task, const struct product *p, uint32_t t)
{
    const struct sq_node *node = task->node;
    const struct sq_spike_shape *in = &task->shared->network->node[node->source[1]].shape;
    const uint64_t *bits = sq_packet_at(task, node->source[1], t)->bits;
    for (uint32_t row = 0; row < in->n_rows; row++, bits += in->n_words) {
        add_rows(task, p, bits, in->n_words);
        scale_sums(node, p);
        for (size_t block = 0; block < node->shape.n_words; block++)
            sq_integrate(task, block, t, row, 1, p->current + block * SQ_BLOCK_WIDTH,
                         sq_block_width(node->shape.n_channels, block));
    }
}

static void deliver(struct sq_task *task,
                    void (*fill)(const struct product *, const struct sq_node *, const float *))
{
    const struct sq_network *network = task->shared->network;
    const struct sq_node *from = &network->node[task->node->source[0]];
    struct product p = size_product(network, task->node);
    p.row = task->scratch->dssa;
    p.sum = p.row + (size_t)p.n_heads * p.n_terms * p.stride;
    p.current = p.sum + p.n_heads * p.stride;
    memset(p.row, 0, sq_dssa_floats(network, task->node) * sizeof *p.row);
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++) {
        fill(&p, from, sq_reals_at(task, task->node->source[0], t));
        multiply(task, &p, t);
        if (!task->shared->uncounted)
            tally_product(task, t);
    }
}

void sq_deliver_score(struct sq_task *task)
{
    deliver(task, fill_scores);
}

void sq_deliver_mix(struct sq_task *task)
{
    deliver(task, fill_mix);
}

void sq_tally_score(struct sq_task *task)
{
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++)
        tally_product(task, t);
}

void sq_tally_mix(struct sq_task *task)
{
    sq_tally_score(task);
}
