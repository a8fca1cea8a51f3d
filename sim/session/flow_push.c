#include "sim/session/flow_push.h"

#include "sim/report/input_want.h"
#include "sim/report/packet_array.h"

#include <inttypes.h>
#include <string.h>

/* A push under way. */
struct push {
    struct sq_error *err;
    struct sq_flow *flow;
    const struct spikeq_samples *samples;
    struct sq_array_view pixels;
    uint64_t n; /* samples of the arrays */
};

static const char pixels_path[] = "pixels";

static int take_pixel_view(struct push *push)
{
    struct sq_error *err = push->err;
    const int status = sq_array_view_of(err, pixels_path, push->samples->array, &push->pixels);
    if (status == SQ_OK && push->pixels.is_bits)
        return sq_fail(err, SQ_EUNSUPPORTED,
                       "pixels: SPIKEQ_BITS holds spikes; give SPIKEQ_U8 or SPIKEQ_F32");
    push->n = push->pixels.type.dim[0];
    return status;
}

/* Ready for pixels of this type and shape. */
static int prepare_maker(struct push *push)
{
    struct sq_flow *flow = push->flow;
    const struct sq_array *type = &push->pixels.type;
    const struct sq_input_want want = sq_input_want_of(flow->network);
    struct sq_pixel_maker *maker = &flow->maker;
    char done[192];
    if (maker->type.n_dims == type->n_dims && maker->type.kind == type->kind &&
        maker->type.item_bytes == type->item_bytes &&
        memcmp(maker->type.dim + 1, type->dim + 1, (type->n_dims - 1) * sizeof type->dim[0]) == 0)
        return SQ_OK;
    sq_arena_free(&flow->maker_arena);
    sq_pixel_guard_free(flow->guard);
    flow->guard = NULL;
    flow->is_guarded = 0;
    int status = sq_pixel_guard_new(push->err, &flow->guard);
    if (status == SQ_OK)
        status =
            sq_pixel_maker_prepare(push->err, pixels_path, type, &want, &flow->maker_arena, maker);
    if (status == SQ_OK)
        status =
            sq_pixel_maker_survey(push->err, pixels_path, maker, &want, push->n, done, sizeof done);
    if (status == SQ_OK && maker->shape.use == SQ_SAMPLE_BYTES)
        status = sq_guard_bytes(push->err, pixels_path, &want);
    if (status != SQ_OK)
        maker->type.n_dims = 0;
    return status;
}

/* Do pixels look as the configuration says? Judged by all that came so far, until it has warned. */
static int guard_pixels(const struct push *push, uint64_t n)
{
    struct sq_flow *flow = push->flow;
    const struct sq_input_want want = sq_input_want_of(flow->network);
    const struct sq_pixel_maker *maker = &flow->maker;
    const unsigned before = flow->job.report->warnings.n;
    const size_t row = maker->elements * push->pixels.type.item_bytes;
    if (want.frames || flow->is_guarded)
        return SQ_OK;
    for (uint64_t i = 0; i < n && !flow->is_guarded; i++)
        flow->is_guarded = !sq_pixel_guard_see(flow->guard, &push->pixels.type, want.config,
                                               push->pixels.data + (push->samples->first + i) * row,
                                               maker->elements);
    const int status =
        sq_pixel_guard_judge(push->err, pixels_path, &push->pixels.type, flow->guard, &want);
    flow->is_guarded |= flow->job.report->warnings.n > before;
    return status;
}

static int fill_pixels(const struct push *push, uint64_t i, uint64_t number)
{
    const struct sq_pixel_maker *maker = &push->flow->maker;
    const size_t row = maker->elements * push->pixels.type.item_bytes;
    return sq_pixel_maker_make(push->err, pixels_path, maker, number, push->pixels.data + i * row,
                               sq_sample_slot_of(&push->flow->ring, number)->raw);
}

/* "[T,B,64,128]" of a population. */
static int misfit(const struct push *push, const struct sq_node *node,
                  const struct sq_array_view *view)
{
    struct sq_array want = {.n_dims = 2, .dim = {push->flow->network->config.timesteps, push->n}};
    char is[192], should[192];
    if (view->is_bits)
        want.dim[want.n_dims++] = (sq_packet_neurons(node) + 7) / 8;
    else
        want.n_dims += sq_node_dims(node, want.dim + 2);
    sq_array_shape_text(&view->type, is, sizeof is);
    sq_array_shape_text(&want, should, sizeof should);
    return sq_fail(push->err, SQ_ESHAPE, "%s: spikes of shape %s; the session takes %s%s",
                   node->name, is, should, view->is_bits ? " of bits" : "");
}

/* Elements lie as far apart as the caller's struct is large. */
static const struct spikeq_array *array_at(const struct spikeq_samples *samples, size_t index)
{
    return (const void *)((const char *)samples->array + index * samples->array->size);
}

/* Array `index` is of the wanted node number `w`, and has as many samples as the others. */
static int view_spikes(struct push *push, size_t index, size_t w, struct sq_array_view *view)
{
    const struct sq_node *node = &push->flow->network->node[push->flow->wanted[w]];
    const int status =
        sq_array_view_of(push->err, node->name, array_at(push->samples, index), view);
    uint64_t dim[3];
    if (status != SQ_OK)
        return status;
    if (view->is_bits && sq_node_levels(node) > 1)
        return sq_fail(push->err, SQ_EUNSUPPORTED,
                       "%s: sends up to %u spikes a timestep, which bits cannot say; give bytes",
                       node->name, sq_node_levels(node));
    if (index == 0 && view->type.n_dims > 1)
        push->n = view->type.dim[1];
    const uint32_t n_dims = sq_node_dims(node, dim);
    return view->type.n_dims > 2 && view->type.dim[0] == push->flow->network->config.timesteps &&
                   view->type.dim[1] == push->n && sq_array_view_is(view, 2, dim, n_dims)
               ? SQ_OK
               : misfit(push, node, view);
}

/* Spikes of sample i of the array, all timesteps. */
static int fill_spikes(const struct push *push, const struct sq_array_view *view, size_t node_index,
                       uint64_t i, uint64_t number)
{
    const struct sq_flow *flow = push->flow;
    const struct sq_node *node = &flow->network->node[node_index];
    const size_t n = sq_packet_neurons(node);
    const size_t row = view->is_bits ? (n + 7) / 8 : n * view->type.item_bytes;
    int status = SQ_OK;
    for (uint32_t t = 0; status == SQ_OK && t < flow->network->config.timesteps; t++) {
        const struct sq_packet_place place = {number, t};
        const unsigned char *item = view->data + (t * push->n + i) * row;
        uint64_t *bits = sq_sample_given(&flow->ring, number, node_index, t);
        status = view->is_bits
                     ? sq_packet_from_bits(push->err, &place, node, item, bits)
                     : sq_packet_from_array(push->err, &place, node, &view->type, item, bits);
    }
    return status;
}

static int check_labels(const struct push *push, uint64_t n)
{
    const struct spikeq_samples *samples = push->samples;
    const uint32_t classes = push->flow->network->head.n_out;
    for (uint64_t i = 0; samples->labels != NULL && i < n; i++) {
        const int64_t label = samples->labels[samples->first + i];
        if (label < -1 || label >= (int64_t)classes)
            return sq_fail(push->err, SQ_EVALUE,
                           "sample %" PRIu64 " has label %" PRId64
                           "; the network has classes 0 to %" PRIu32 ", or -1 for unknown",
                           push->flow->n_pushed + i, label, classes - 1);
    }
    return SQ_OK;
}

/* Whole struct, and an array for everything that the session wants. */
static int check_call(const struct push *push)
{
    const struct sq_flow *flow = push->flow;
    const struct spikeq_samples *samples = push->samples;
    const size_t wanted = flow->n_wanted + (flow->needs_pixels ? 1 : 0);
    if (samples == NULL || samples->size < sizeof *samples || samples->array == NULL)
        return sq_fail(push->err, SQ_EUSAGE,
                       "samples: give a struct spikeq_samples, with its member size set");
    if (samples->array->size < sizeof *samples->array)
        return sq_fail(push->err, SQ_EUSAGE, "samples: an array without its member size");
    if (samples->n_arrays != wanted)
        return sq_fail(push->err, SQ_EUSAGE, "samples: %zu arrays; the session takes %zu%s",
                       samples->n_arrays, wanted,
                       flow->n_wanted == 0 ? ", the pixels" : ": see spikeq_session_wanted()");
    return SQ_OK;
}

/* All arrays are checked before the first is used, so that how many samples there are is known. */
static int check_arrays(struct push *push)
{
    struct sq_flow *flow = push->flow;
    const size_t first = flow->needs_pixels ? 1 : 0;
    struct sq_array_view view;
    int status = flow->needs_pixels ? take_pixel_view(push) : SQ_OK;
    if (status == SQ_OK && flow->needs_pixels)
        status = prepare_maker(push);
    for (size_t w = 0; status == SQ_OK && w < flow->n_wanted; w++)
        status = view_spikes(push, first + w, w, &view);
    if (status == SQ_OK && push->samples->first >= push->n)
        status = sq_fail(push->err, SQ_EUSAGE,
                         "samples: begin at %" PRIu64 ", and the arrays hold %" PRIu64,
                         push->samples->first, push->n);
    return status;
}

static int fill(struct push *push, uint64_t n)
{
    struct sq_flow *flow = push->flow;
    const uint64_t first = push->samples->first;
    const size_t n_before = flow->needs_pixels ? 1 : 0;
    int status = flow->needs_pixels ? guard_pixels(push, n) : SQ_OK;
    for (uint64_t i = 0; status == SQ_OK && flow->needs_pixels && i < n; i++)
        status = fill_pixels(push, first + i, flow->n_pushed + i);
    for (size_t w = 0; status == SQ_OK && w < flow->n_wanted; w++) {
        struct sq_array_view view;
        status = view_spikes(push, n_before + w, w, &view);
        for (uint64_t i = 0; status == SQ_OK && i < n; i++)
            status = fill_spikes(push, &view, flow->wanted[w], first + i, flow->n_pushed + i);
    }
    for (uint64_t i = 0; status == SQ_OK && i < n; i++)
        sq_sample_slot_of(&flow->ring, flow->n_pushed + i)->label =
            push->samples->labels != NULL ? (int32_t)push->samples->labels[first + i] : -1;
    return status;
}

int sq_flow_fill(struct sq_error *err, struct sq_flow *flow, const struct spikeq_samples *samples,
                 uint64_t *n_taken)
{
    struct push push = {.err = err, .flow = flow, .samples = samples};
    const uint64_t room = flow->queue - (flow->n_pushed - flow->n_fetched);
    int status = check_call(&push);
    if (status == SQ_OK)
        status = check_arrays(&push);
    if (status != SQ_OK)
        return status;
    const uint64_t left = push.n - samples->first, n = left < room ? left : room;
    if (n == 0)
        return sq_fail(err, SQ_EAGAIN,
                       "the queue of %" PRIu64 " samples is full: fetch a result first",
                       flow->queue);
    status = check_labels(&push, n);
    if (status == SQ_OK)
        status = fill(&push, n);
    *n_taken = n;
    return status;
}
