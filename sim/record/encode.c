#include "sim/record/encode.h"

#include "kernels/pack/levels.h"
#include "sim/record/operations.h"
#include "traces/format/frame.h"

#include <math.h>

int sq_encode_plan_make(struct sq_error *err, struct sq_arena *arena,
                        const struct sq_network *network, const struct sq_trace_plan *plan,
                        const int32_t *population_of, unsigned cpu_features,
                        struct sq_encode_plan *out)
{
    *out = (struct sq_encode_plan){
        .network = network,
        .population_of = population_of,
        .n_frames = plan->n_populations * plan->timesteps,
        .offset = sq_arena_alloc(arena, plan->n_populations, sizeof *out->offset),
        .room = sq_arena_alloc(arena, plan->n_populations, sizeof *out->room),
        .n_operations = sq_operations_bytes(network),
        .timesteps = plan->timesteps,
        .counts_only = plan->detail == SQ_TRACE_COUNTS,
        .add_gaps = sq_gaps_choose(cpu_features),
    };
    if (out->offset == NULL || out->room == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for a trace");
    for (size_t p = 0; p < plan->n_populations; p++) {
        const struct sq_trace_population *of = &plan->population[p];
        const struct sq_frame_shape shape = {of->n_rows, of->n_channels};
        out->room[p] = of->kind == SQ_TRACE_INPUT ? sq_frame_values_bytes(sq_trace_neurons(of))
                                                  : sq_frame_bits_bytes(&shape);
        out->offset[p] = out->n_bytes;
        out->n_bytes += out->counts_only ? 0 : out->room[p] * plan->timesteps;
    }
    return SQ_OK;
}

int sq_record_buffer_new(struct sq_error *err, struct sq_arena *arena,
                         const struct sq_encode_plan *plan, struct sq_record_buffer **out)
{
    struct sq_record_buffer *buffer = sq_arena_alloc(arena, 1, sizeof *buffer);
    if (buffer != NULL) {
        buffer->frame = sq_arena_alloc(arena, plan->n_frames, sizeof *buffer->frame);
        buffer->bytes = sq_arena_alloc(arena, plan->n_bytes, 1);
        buffer->operations = sq_arena_alloc(arena, plan->n_operations, 1);
        buffer->logits = sq_arena_alloc(arena, plan->network->head.n_out, sizeof(float));
    }
    if (buffer == NULL || buffer->frame == NULL || buffer->bytes == NULL ||
        buffer->operations == NULL || buffer->logits == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for recording one more sample (%zu MiB)",
                       plan->n_bytes >> 20);
    *out = buffer;
    return SQ_OK;
}

/* Event counts as whole numbers, and how many are not 0; UINT64_MAX if some pixel is not one: the
 * frame cannot be recorded. */
static uint64_t to_values(const float *pixels, size_t n, uint16_t *value)
{
    uint64_t nonzeros = 0;
    for (size_t i = 0; i < n; i++) {
        if (!(pixels[i] >= 0 && pixels[i] <= UINT16_MAX) || pixels[i] != floorf(pixels[i]))
            return UINT64_MAX;
        value[i] = (uint16_t)pixels[i];
        nonzeros += value[i] != 0;
    }
    return nonzeros;
}

static void encode_input(const struct sq_encode_plan *plan, const struct sq_packet_view *view,
                         struct sq_trace_frame *frame, unsigned char *out)
{
    const struct sq_node *node = &plan->network->node[view->node_index];
    const size_t n = (size_t)node->shape.n_rows * node->shape.n_channels;
    uint16_t *value = (uint16_t *)(void *)view->slab;
    frame->spikes = to_values(view->pixels, n, value);
    if (frame->spikes == UINT64_MAX)
        frame->encoding = SQ_FRAME_MISSING;
    else if (!plan->counts_only)
        frame->size = sq_frame_encode_values(value, n, &frame->encoding, &frame->spikes, out);
}

/* The spikes of a packet; of multispike neurons those of all virtual timesteps. */
static const uint64_t *spikes_of(const struct sq_node *node, const struct sq_packet_view *view)
{
    const struct sq_spike_shape *shape = &node->shape;
    uint64_t *const level = (uint64_t *)(void *)view->slab;
    if (sq_node_levels(node) == 1)
        return view->packet->bits;
    sq_levels_from_planes(level, sq_node_levels(node), view->packet->bits, shape->n_planes,
                          sq_plane_words(shape));
    return level;
}

void sq_encode_packet(const struct sq_encode_plan *plan, const struct sq_packet_view *view,
                      struct sq_record_buffer *buffer)
{
    const int32_t p = plan->population_of[view->node_index];
    if (p < 0)
        return;
    const struct sq_node *node = &plan->network->node[view->node_index];
    const struct sq_frame_shape shape = {node->shape.n_rows * sq_node_levels(node),
                                         node->shape.n_channels};
    struct sq_trace_frame *frame = &buffer->frame[(size_t)p * plan->timesteps + view->t];
    unsigned char *out = buffer->bytes + plan->offset[p] + view->t * plan->room[p];
    *frame = (struct sq_trace_frame){.population = (uint32_t)p,
                                     .timestep = view->t,
                                     .spikes = view->spikes,
                                     .data = plan->counts_only ? NULL : out};
    if (view->packet == NULL)
        encode_input(plan, view, frame, out);
    else if (!plan->counts_only)
        frame->size = sq_frame_encode_by(plan->add_gaps, &shape, spikes_of(node, view),
                                         view->spikes, &frame->encoding, out);
}
