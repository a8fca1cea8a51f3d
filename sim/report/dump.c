#include "sim/report/dump.h"

#include "kernels/accumulate/accumulate.h"
#include "sim/report/packet_array.h"
#include "traces/files/npy_dump.h"

#include <stdio.h>
#include <stdlib.h>

struct sq_dump {
    const struct sq_network *network;
    struct sq_npy_dump *files, *reals; /* reals: of DIR/preact; NULL: not wanted */
    struct sq_observer observer;
    uint32_t logits_id, head_in_id;
    float *head_in; /* [dim] of one sample */
    uint32_t id[];  /* [n_nodes], of populations; then the same of their currents */
};

/* Where element (row, channel) of a population lies in its array, as steps of a row and a channel: channels
 * inner (NC) or outer (CHW, CN). */
struct order {
    size_t row_step, channel_step;
};

static struct order order_of(const struct sq_node *node)
{
    return sq_node_channels_first(node) ? (struct order){1, node->shape.n_rows}
                                        : (struct order){node->shape.n_channels, 1};
}

/* Currents block by block -> floats in the order of the array, in units of the threshold. */
static void unpack_reals(float *slab, const float *reals, const struct sq_node *node)
{
    const struct sq_spike_shape *shape = &node->shape;
    const struct order order = order_of(node);
    for (size_t first = 0; first < shape->n_channels; first += SQ_BLOCK_WIDTH) {
        const size_t width = sq_block_width(shape->n_channels, first / SQ_BLOCK_WIDTH);
        const size_t left = shape->n_channels - first, n = left < width ? left : width;
        for (uint32_t r = 0; r < shape->n_rows; r++, reals += width)
            for (size_t c = 0; c < n; c++)
                slab[r * order.row_step + (first + c) * order.channel_step] =
                    reals[c] * node->current_scale;
    }
}

static int on_packet(struct sq_error *err, void *data, const struct sq_packet_view *view)
{
    struct sq_dump *dump = data;
    const struct sq_node *node = &dump->network->node[view->node_index];
    const uint32_t *id = dump->id + view->node_index;
    sq_packet_to_bytes(node, view->packet->bits, view->slab);
    const int status = sq_npy_dump_write(err, dump->files, *id, view->t, view->sample, view->slab);
    if (status != SQ_OK || view->currents == NULL)
        return status;
    unpack_reals((float *)(void *)view->slab, view->currents, node);
    return sq_npy_dump_write(err, dump->reals, id[dump->network->n_nodes], view->t, view->sample,
                             view->slab);
}

/* Timesteps of an array; 0: without that axis, as the official module has none. */
static uint32_t axis_of_time(const struct sq_network *network)
{
    return network->graph.node[0].has_no_time ? 0 : network->config.timesteps;
}

static int add_population(struct sq_error *err, struct sq_dump *dump, size_t index,
                          uint64_t n_samples)
{
    const struct sq_node *node = &dump->network->node[index];
    struct sq_npy_plan plan = {.name = node->name,
                               .type = SQ_NPY_U8,
                               .timesteps = axis_of_time(dump->network),
                               .samples = n_samples};
    plan.n_dims = sq_node_dims(node, plan.dim);
    const int status = sq_npy_dump_add(err, dump->files, &plan, &dump->id[index]);
    if (status != SQ_OK || dump->reals == NULL)
        return status;
    plan.type = SQ_NPY_F32;
    return sq_npy_dump_add(err, dump->reals, &plan, &dump->id[dump->network->n_nodes + index]);
}

static int add_vectors(struct sq_error *err, struct sq_dump *dump, uint64_t n_samples)
{
    const struct sq_network *network = dump->network;
    const struct sq_npy_plan logits = {.name = "logits",
                                       .type = SQ_NPY_F32,
                                       .samples = n_samples,
                                       .n_dims = 1,
                                       .dim = {network->head.n_out}};
    const struct sq_npy_plan head_in = {
        .name = "head_in",
        .type = SQ_NPY_F32,
        .timesteps = sq_head_reads_timesteps(network) ? axis_of_time(network) : 0,
        .samples = n_samples,
        .n_dims = 1,
        .dim = {network->head.n_in}};
    const int status = sq_npy_dump_add(err, dump->files, &logits, &dump->logits_id);
    return status == SQ_OK ? sq_npy_dump_add(err, dump->files, &head_in, &dump->head_in_id)
                           : status;
}

static int add_all(struct sq_error *err, struct sq_dump *dump, uint64_t n_samples)
{
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < dump->network->n_nodes; i++)
        if (sq_node_is_population(&dump->network->node[i]))
            status = add_population(err, dump, i, n_samples);
    return status == SQ_OK ? add_vectors(err, dump, n_samples) : status;
}

static int open_reals(struct sq_error *err, struct sq_dump *dump, const char *dir)
{
    char path[4096];
    if (dump->network->is_fixed)
        return sq_fail(err, SQ_EUNSUPPORTED,
                       SQ_OPT "dump-reals: this network runs in integers; run it in f32");
    if ((size_t)snprintf(path, sizeof path, "%s/preact", dir) >= sizeof path)
        return sq_fail(err, SQ_EUSAGE, "%.64s...: the path of a dump has at most %zu bytes", dir,
                       sizeof path - sizeof "/preact");
    dump->observer.wants_currents = 1;
    return sq_npy_dump_open(err, path, &dump->reals);
}

int sq_dump_open(struct sq_error *err, const struct sq_network *network, const char *dir, int reals,
                 uint64_t n_samples, struct sq_dump **out)
{
    struct sq_dump *dump = calloc(1, sizeof *dump + 2 * network->n_nodes * sizeof dump->id[0]);
    if (dump != NULL)
        dump->head_in = calloc(network->head.n_in + 1, sizeof *dump->head_in);
    if (dump == NULL || dump->head_in == NULL) {
        sq_dump_free(dump);
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory for the dump", dir);
    }
    dump->network = network;
    dump->observer = (struct sq_observer){.on_packet = on_packet, .data = dump};
    int status = sq_npy_dump_open(err, dir, &dump->files);
    if (status == SQ_OK && reals)
        status = open_reals(err, dump, dir);
    if (status == SQ_OK)
        status = add_all(err, dump, n_samples);
    if (status != SQ_OK) {
        sq_dump_free(dump);
        return status;
    }
    *out = dump;
    return SQ_OK;
}

const struct sq_observer *sq_dump_observer(const struct sq_dump *dump)
{
    return &dump->observer;
}

int sq_dump_outcome(struct sq_error *err, struct sq_dump *dump, const struct sq_outcome *outcome)
{
    const struct sq_network *network = dump->network;
    const uint32_t timesteps = network->config.timesteps, dim = network->head.n_in;
    const uint64_t sample = outcome->sample;
    int status = sq_npy_dump_write(err, dump->files, dump->logits_id, 0, sample, outcome->logits);
    for (uint32_t t = 0; status == SQ_OK && sq_head_reads_timesteps(network) && t < timesteps; t++)
        status = sq_npy_dump_write(err, dump->files, dump->head_in_id, t, sample,
                                   outcome->mean + (size_t)t * dim);
    if (status != SQ_OK || sq_head_reads_timesteps(network))
        return status;
    sq_head_feature(outcome->mean, timesteps, dim, dump->head_in);
    return sq_npy_dump_write(err, dump->files, dump->head_in_id, 0, sample, dump->head_in);
}

int sq_dump_finish(struct sq_error *err, struct sq_dump *dump, uint64_t n_done)
{
    const int status = sq_npy_dump_finish(err, dump->files, n_done);
    return status == SQ_OK && dump->reals != NULL ? sq_npy_dump_finish(err, dump->reals, n_done)
                                                  : status;
}

void sq_dump_free(struct sq_dump *dump)
{
    if (dump == NULL)
        return;
    sq_npy_dump_free(dump->reals);
    sq_npy_dump_free(dump->files);
    free(dump->head_in);
    free(dump);
}
