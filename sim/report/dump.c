#include "sim/report/dump.h"

#include "kernels/base/bits.h"
#include "traces/files/npy_dump.h"

#include <stdlib.h>

struct sq_dump {
    const struct sq_network *network;
    struct sq_npy_dump *files;
    struct sq_observer observer;
    uint32_t logits_id;
    uint32_t id[]; /* [n_nodes], of populations */
};

/* Bit rows -> one byte an element, with channels inner (NC) or outer (CHW, CN). */
static void unpack(unsigned char *slab, const uint64_t *bits, const struct sq_node *node)
{
    const struct sq_spike_shape *shape = &node->shape;
    const int channels_inner = node->axes == SQ_AXES_NC;
    const size_t row_step = channels_inner ? shape->n_channels : 1;
    const size_t channel_step = channels_inner ? 1 : shape->n_rows;
    for (uint32_t r = 0; r < shape->n_rows; r++)
        for (uint32_t c = 0; c < shape->n_channels; c++)
            slab[r * row_step + c * channel_step] =
                (unsigned char)sq_bit_get(bits + (size_t)r * shape->n_words, c);
}

static int on_packet(struct sq_error *err, void *data, const struct sq_packet_view *view)
{
    struct sq_dump *dump = data;
    unpack(view->slab, view->packet->bits, &dump->network->node[view->node_index]);
    return sq_npy_dump_write(err, dump->files, dump->id[view->node_index], view->t, view->sample,
                             view->slab);
}

static int add_population(struct sq_error *err, struct sq_dump *dump, size_t index,
                          uint64_t n_samples)
{
    const struct sq_node *node = &dump->network->node[index];
    const uint64_t n_rows = node->shape.n_rows, channels = node->shape.n_channels;
    struct sq_npy_plan plan = {.name = node->name,
                               .type = SQ_NPY_U8,
                               .timesteps = dump->network->config.timesteps,
                               .samples = n_samples,
                               .n_dims = node->axes == SQ_AXES_CHW ? 3 : 2,
                               .dim = {channels, node->height, node->width}};
    if (node->axes != SQ_AXES_CHW) {
        plan.dim[0] = node->axes == SQ_AXES_NC ? n_rows : channels;
        plan.dim[1] = node->axes == SQ_AXES_NC ? channels : n_rows;
    }
    return sq_npy_dump_add(err, dump->files, &plan, &dump->id[index]);
}

static int add_all(struct sq_error *err, struct sq_dump *dump, uint64_t n_samples)
{
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < dump->network->n_nodes; i++)
        if (sq_node_is_population(&dump->network->node[i]))
            status = add_population(err, dump, i, n_samples);
    const struct sq_npy_plan logits = {.name = "logits",
                                       .type = SQ_NPY_F32,
                                       .samples = n_samples,
                                       .n_dims = 1,
                                       .dim = {dump->network->head.n_out}};
    if (status == SQ_OK)
        status = sq_npy_dump_add(err, dump->files, &logits, &dump->logits_id);
    return status;
}

int sq_dump_open(struct sq_error *err, const struct sq_network *network, const char *dir,
                 uint64_t n_samples, struct sq_dump **out)
{
    struct sq_dump *dump = calloc(1, sizeof *dump + network->n_nodes * sizeof dump->id[0]);
    if (dump == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory for the dump", dir);
    dump->network = network;
    dump->observer = (struct sq_observer){on_packet, dump, 0};
    int status = sq_npy_dump_open(err, dir, &dump->files);
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

int sq_dump_logits(struct sq_error *err, struct sq_dump *dump, uint64_t sample, const float *logits)
{
    return sq_npy_dump_write(err, dump->files, dump->logits_id, 0, sample, logits);
}

int sq_dump_finish(struct sq_error *err, struct sq_dump *dump, uint64_t n_done)
{
    return sq_npy_dump_finish(err, dump->files, n_done);
}

void sq_dump_free(struct sq_dump *dump)
{
    if (dump == NULL)
        return;
    sq_npy_dump_free(dump->files);
    free(dump);
}
