#include "sim/engine/fire.h"

#include "sim/engine/pixels.h"
#include "sim/engine/run.h"
#include "sim/nodes/kinds.h"
#include "sim/nodes/nodes.h"

#include <string.h>

int sq_fire_kernels(struct sq_error *err, const char *isa, struct sq_cpu *cpu,
                    struct sq_kernels *kernels)
{
    *cpu = sq_cpu_detect();
    const int features = sq_cpu_restrict(cpu->features, isa);
    if (features == -1)
        return sq_fail(err, SQ_EUSAGE, "isa %s: not one of " SQ_ISA_NAMES, isa);
    if (features == -2)
        return sq_fail(err, SQ_EUSAGE, "isa %s: this processor does not have it; try auto", isa);
    sq_kernels_choose(kernels, (unsigned)features);
    return SQ_OK;
}

/* A new sample: every membrane starts at 0. */
static void reset_membranes(const struct sq_task *task)
{
    memset(task->membrane, 0, sq_membrane_count(task->node) * sizeof(float));
}

/* Where the state lies. Of a firing that has all timesteps of a sample, nobody reads it any more: the thread's own is
 * as good, and near. */
static void *membrane_of(const struct sq_task *task)
{
    const struct sq_run_options *options = task->shared->options;
    const int is_coupled =
        task->node->graph->is_batch_coupled && options != NULL && options->couple > 1;
    return task->n_steps == task->shared->network->config.timesteps &&
                   !task->shared->feed->carries_state && !is_coupled
               ? task->scratch->membrane
               : task->lane->membrane[task->node_index];
}

static int begins_anew(const struct sq_task *task)
{
    const struct sq_feed *feed = task->shared->feed;
    return !feed->carries_state || task->lane->outcome.turn == 0;
}

/* Does the state of a coupled neuron go on from the sample before it in its batch? */
static int goes_on(const struct sq_task *task)
{
    const struct sq_run_options *options = task->shared->options;
    return task->node->graph->is_batch_coupled && options != NULL && options->couple > 1 &&
           task->lane_index % options->couple > 0;
}

/* Frames that come one by one: wait for those of the task. */
static int fetch_frames(struct sq_error *err, const struct sq_task *task)
{
    const struct sq_feed *feed = task->shared->feed;
    const size_t frame = (size_t)task->node->shape.n_rows * task->node->shape.n_channels;
    int status = SQ_OK;
    for (uint32_t t = task->t;
         feed->frame != NULL && status == SQ_OK && t < task->t + task->n_steps; t++)
        status = feed->frame(err, feed->data, task->lane_index, t, task->lane->raw + t * frame);
    return status;
}

/* The event lists that targets read, plane by plane. */
static void list_packet(const struct sq_task *task, uint32_t t)
{
    const struct sq_spike_shape *shape = &task->node->shape;
    const struct sq_spikes *packet = sq_packet_at(task, task->node_index, t);
    uint64_t units = 0;
    for (uint32_t p = 0, at = 0; p < shape->n_planes; p++) {
        const uint32_t end = task->shared->kernels->list_events(
            packet->event, packet->begin + (size_t)p * (shape->n_rows + 1), at,
            packet->bits + p * sq_plane_words(shape), shape);
        units += (uint64_t)(end - at) << p;
        at = end;
    }
    sq_tally_at(task, task->node_index, t)->units = units;
}

/* Elements that are not 0 in the sum of two streams: in the one, in the other, less in both. */
static uint64_t spikes_of_sum(const struct sq_task *task, uint32_t t)
{
    const uint16_t *source = task->node->source;
    return sq_tally_at(task, source[0], t)->spikes + sq_tally_at(task, source[1], t)->spikes -
           sq_tally_at(task, task->node_index, t)->both;
}

/* Elements that are not 0 in any plane. */
static uint64_t spikes_of_planes(const struct sq_task *task, uint32_t t)
{
    const struct sq_spike_shape *shape = &task->node->shape;
    const uint64_t *bits = sq_packet_at(task, task->node_index, t)->bits;
    const size_t n_words = sq_plane_words(shape);
    uint64_t n = 0;
    for (size_t w = 0; w < n_words; w++) {
        uint64_t any = 0;
        for (uint32_t p = 0; p < shape->n_planes; p++)
            any |= bits[p * n_words + w];
        n += (uint64_t)__builtin_popcountll(any);
    }
    return n;
}

/* Count the packet; where lists were made, its units are known. */
static void tally_packet(const struct sq_task *task, uint32_t t)
{
    const struct sq_spike_shape *shape = &task->node->shape;
    const uint64_t *bits = sq_packet_at(task, task->node_index, t)->bits;
    const size_t n_words = sq_plane_words(shape);
    struct sq_tally *tally = sq_tally_at(task, task->node_index, t);
    for (uint32_t p = 0; !task->node->read_as_lists && p < shape->n_planes; p++, bits += n_words)
        tally->units += task->shared->kernels->count_common(bits, 1, bits, 1, n_words) << p;
    tally->spikes = task->node->kind == SQ_NODE_ADD        ? spikes_of_sum(task, t)
                    : task->node->kind == SQ_NODE_SUM_POOL ? spikes_of_planes(task, t)
                                                           : tally->units;
}

/* Both operands of an AND that fire: what is left, or of AND NOT what is taken away. */
static void tally_and(const struct sq_task *task, uint32_t t)
{
    struct sq_tally *tally = sq_tally_at(task, task->node_index, t);
    tally->both = task->node->is_negated
                      ? sq_tally_at(task, task->node->source[0], t)->spikes - tally->spikes
                      : tally->spikes;
}

/* The bit rows are there. */
static void finish_packet(const struct sq_task *task, uint32_t t)
{
    if (task->node->read_as_lists)
        list_packet(task, t);
    if (task->shared->uncounted)
        return;
    tally_packet(task, t);
    if (task->node->kind == SQ_NODE_AND)
        tally_and(task, t);
}

static int show(struct sq_error *err, const struct sq_task *task, uint32_t t,
                const struct sq_spikes *packet, const float *pixels)
{
    const struct sq_observers *observers = task->shared->observers;
    const struct sq_packet_view view = {
        .worker = task->worker,
        .lane = task->lane_index,
        .sample = task->lane->outcome.sample,
        .turn = task->lane->outcome.turn,
        .t = t,
        .node_index = task->node_index,
        .spikes = packet != NULL ? sq_tally_at(task, task->node_index, t)->units : 0,
        .packet = packet,
        .pixels = pixels,
        .currents = task->shared->keeps_currents ? sq_reals_at(task, task->node_index, t) : NULL,
        .slab = task->scratch->slab,
    };
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < observers->n; i++)
        if (packet != NULL || observers->observer[i]->wants_input)
            status = observers->observer[i]->on_packet(err, observers->observer[i]->data, &view);
    return status;
}

/* The frames of the input that are there at the task's timesteps. */
static int finish_input(struct sq_error *err, const struct sq_task *task)
{
    const uint32_t frames = sq_network_frames(task->shared->network);
    const size_t frame = (size_t)task->node->shape.n_rows * task->node->shape.n_channels;
    const struct sq_network *network = task->shared->network;
    int status = SQ_OK;
    for (uint32_t t = task->t; status == SQ_OK && t < task->t + task->n_steps && t < frames; t++) {
        float *pixels = task->lane->pixels + t * frame;
        if (network->is_fixed)
            status = sq_pixels_round(err, network, task->lane->outcome.sample, pixels,
                                     task->lane->whole + t * frame, frame);
        if (status == SQ_OK)
            status = show(err, task, t, NULL, pixels);
    }
    return status;
}

static int finish(struct sq_error *err, const struct sq_task *task)
{
    const struct sq_feed *feed = task->shared->feed;
    const int is_population = sq_node_is_population(task->node);
    int status = SQ_OK;
    if (task->node->sends_reals)
        return SQ_OK; /* no event */
    for (uint32_t t = task->t; status == SQ_OK && t < task->t + task->n_steps; t++) {
        const struct sq_spikes *packet = sq_packet_at(task, task->node_index, t);
        if (feed->revise != NULL && is_population)
            feed->revise(feed->data, task->lane_index, t, task->node_index, packet->bits);
        finish_packet(task, t);
        if (is_population)
            status = show(err, task, t, packet, NULL);
    }
    return status;
}

/* Packets that the feed gives in the place of computed ones. */
static int inject(struct sq_error *err, struct sq_task *task)
{
    const struct sq_feed *feed = task->shared->feed;
    int status = SQ_OK;
    for (uint32_t t = task->t; status == SQ_OK && t < task->t + task->n_steps; t++)
        status = feed->inject(err, feed->data, task->worker, task->lane_index, t, task->node_index,
                              sq_packet_at(task, task->node_index, t)->bits);
    if (status == SQ_OK && task->role == SQ_COUNT)
        sq_node_row[task->node->kind].tally(task);
    return status == SQ_OK ? finish(err, task) : status;
}

/* The classifier has read its timestep: report it where a caller asked for steps. */
static int tell_step(struct sq_error *err, struct sq_task *task)
{
    const struct sq_run_options *options = task->shared->options;
    const struct sq_network *network = task->shared->network;
    const struct sq_outcome *outcome = &task->lane->outcome;
    struct sq_step step = {.sample = outcome->sample, .t = task->t, .logits = outcome->logits};
    if (options == NULL || options->stepped == NULL)
        return SQ_OK;
    if (task->t + 1 < network->config.timesteps)
        sq_head_read_out(task, task->t + 1);
    for (size_t i = 0; i < network->n_nodes; i++)
        for (uint32_t t = 0; sq_node_is_population(&network->node[i]) && t <= task->t; t++)
            step.spikes += sq_tally_at(task, i, t)->spikes;
    return options->stepped(err, options->data, &step);
}

int sq_fire(struct sq_error *err, const struct sq_shared *shared, const struct sq_firing *firing,
            struct sq_lane *lane, struct sq_scratch *scratch, unsigned worker)
{
    struct sq_task task = {.shared = shared,
                           .node = &shared->network->node[firing->node],
                           .node_index = firing->node,
                           .role = sq_role_of(shared->feed, firing->node),
                           .lane = lane,
                           .scratch = scratch,
                           .worker = worker,
                           .lane_index = firing->lane,
                           .t = firing->t,
                           .n_steps = firing->n_steps};
    const enum sq_node_kind kind = task.node->kind;
    if (task.role != SQ_COMPUTE && sq_node_is_population(task.node))
        return inject(err, &task);
    if (task.role == SQ_COUNT && task.node->sends_reals) {
        sq_node_row[kind].tally(&task);
        return SQ_OK;
    }
    task.membrane = membrane_of(&task);
    task.membranes_are_near =
        task.membrane == scratch->membrane && sq_membranes_can_be_near(task.node, task.n_steps);
    if (firing->t == 0 && sq_node_is_population(task.node) && begins_anew(&task) &&
        !goes_on(&task) && !task.membranes_are_near)
        reset_membranes(&task);
    const int fetched = kind == SQ_NODE_INPUT ? fetch_frames(err, &task) : SQ_OK;
    if (fetched != SQ_OK)
        return fetched;
    sq_node_row[kind].compute(&task);
    if (kind == SQ_NODE_INPUT)
        return finish_input(err, &task);
    return kind == SQ_NODE_HEAD ? tell_step(err, &task) : finish(err, &task);
}
