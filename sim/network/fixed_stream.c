/* Streams of reals in integers: which nodes share one, its exponent, and the proof that none of its values
 * leaves the membrane. */
#include "kernels/accumulate/accumulate.h"
#include "sim/network/fixed_draft.h"

#include <math.h>
#include <stdlib.h>

/* An exponent that a stream may have beyond the finest of its currents, and a bound that none reaches. */
enum { MAX_STREAM_GUARD = SQ_MAX_GUARD_BITS, NO_GROUP = UINT16_MAX };
static const uint64_t too_large = (uint64_t)1 << 62;

/* All streams on their way. */
struct streams {
    const struct sq_fixed_job *job;
    uint16_t *group; /* [n_nodes] number of the first node of the stream; or NO_GROUP */
    struct sq_fixed_draft *draft;        /* [n_nodes] of layers that send their current */
    uint64_t **bound;                    /* [n_nodes][channels] of what a node sends */
    const struct sq_fixed_stream **made; /* [n_nodes] by the number of the first node */
    unsigned char *begun;                /* likewise */
};

static uint16_t first_of(const struct streams *s, uint16_t node)
{
    while (s->group[node] != node)
        node = s->group[node];
    return node;
}

/* Sums and maxima share the stream of what they read; the lower number is the first. */
static void find_groups(struct streams *s)
{
    const struct sq_network *network = s->job->network;
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_node *node = &network->node[i];
        s->group[i] = node->sends_reals ? (uint16_t)i : NO_GROUP;
        if (node->kind != SQ_NODE_REAL_ADD && node->kind != SQ_NODE_REAL_POOL)
            continue;
        for (uint16_t k = 0; k < node->n_sources; k++) {
            const uint16_t a = first_of(s, (uint16_t)i), b = first_of(s, node->source[k]);
            s->group[a < b ? b : a] = a < b ? a : b;
        }
    }
}

static int is_in(const struct streams *s, size_t node, uint16_t first)
{
    return s->group[node] != NO_GROUP && first_of(s, (uint16_t)node) == first;
}

static uint64_t add(uint64_t a, uint64_t b)
{
    return a + b < too_large ? a + b : too_large;
}

/* Bound of what at most `sum` becomes when it is shifted from exponent e to E, rounded either way. */
static uint64_t shifted(uint64_t sum, int from, int to)
{
    const int left = to - from;
    if (left <= 0)
        return left == 0 ? sum : (left > -63 ? sum >> -left : 0) + (sum > 0);
    return sum == 0 ? 0 : left < 62 && sum < too_large >> left ? sum << left : too_large;
}

static uint64_t bias_bound(float bias, int exponent)
{
    const double whole = rint(ldexp(fabs((double)bias), exponent));
    return whole < (double)too_large ? (uint64_t)whole : too_large;
}

/* Bounds of every channel of what node i sends, at exponent E. Its sources come before it. */
static void bound_node(struct streams *s, size_t i, int exponent)
{
    struct sq_network *network = s->job->network;
    struct sq_node *node = &network->node[i];
    const struct sq_fixed_draft *draft = &s->draft[i];
    node->largest = 0;
    for (uint32_t o = 0; o < node->shape.n_channels; o++) {
        uint64_t *bound = &s->bound[i][o];
        if (node->synapse != NULL)
            *bound = add(shifted(draft->sum[o], draft->fixed->exponent[o], exponent),
                         bias_bound(node->synapse->bias[o], exponent));
        else if (node->kind == SQ_NODE_REAL_ADD)
            *bound = add(s->bound[node->source[0]][o], s->bound[node->source[1]][o]);
        else
            *bound = s->bound[node->source[0]][o];
        node->largest = *bound > node->largest ? *bound : node->largest;
    }
}

/* Do the nodes that read it have room? A mean over tokens narrows its sums, a convolution has accumulators of
 * 64 bits. */
static int readers_fit(const struct sq_network *network, const struct sq_node *node, double limit)
{
    for (uint16_t i = 0; i < node->n_targets; i++) {
        const struct sq_node *reader = &network->node[node->target[i]];
        const double most = (double)node->largest * (double)sq_fixed_terms(network, reader);
        if (sq_node_is_population(reader) && reader->kind != SQ_NODE_MEAN &&
            reader->kind != SQ_NODE_REAL_CONV && sq_fixed_reach(network, reader, most) > limit)
            return 0;
    }
    return 1;
}

/* Does everything that the stream is and is read by hold at exponent E? */
static int fits(struct streams *s, uint16_t first, int exponent)
{
    const struct sq_network *network = s->job->network;
    const double limit = (double)sq_fixed_limit(network);
    for (size_t i = first; i < network->n_nodes; i++) {
        const struct sq_node *node = &network->node[i];
        if (!is_in(s, i, first))
            continue;
        bound_node(s, i, exponent);
        if ((double)node->largest > limit || !readers_fit(network, node, limit))
            return 0;
    }
    return 1;
}

/* The finest exponent of the currents that the stream is made of, those without weights apart. */
static int finest(const struct streams *s, uint16_t first)
{
    int most = SQ_MIN_EXPONENT - 1;
    for (size_t i = first; i < s->job->network->n_nodes; i++) {
        const struct sq_fixed_draft *draft = &s->draft[i];
        for (uint32_t o = 0; is_in(s, i, first) && o < draft->n_out; o++)
            if (draft->sum[o] > 0 && draft->fixed->exponent[o] > most)
                most = draft->fixed->exponent[o];
    }
    return most >= SQ_MIN_EXPONENT ? most : 0;
}

static int choose_exponent(struct streams *s, uint16_t first, int *exponent)
{
    const struct sq_network *network = s->job->network;
    const char *name = network->node[first].name;
    *exponent = finest(s, first) + MAX_STREAM_GUARD;
    while (*exponent >= SQ_MIN_EXPONENT && !fits(s, first, *exponent))
        --*exponent;
    return *exponent >= SQ_MIN_EXPONENT
               ? SQ_OK
               : sq_fail(
                     s->job->err, SQ_EVALUE,
                     "%s: the stream %s does not fit %u bits at any exponent from %d on; rescale "
                     "its layers, or use more " SQ_OPT "membrane-bits",
                     network->model_path, name, network->fixed.membrane_bits, SQ_MIN_EXPONENT);
}

/* That of a file: the same in all layers, and one that fits. */
static int check_exponent(struct streams *s, uint16_t first, int *exponent)
{
    const struct sq_network *network = s->job->network;
    int is_first = 1;
    for (size_t i = first; i < network->n_nodes; i++) {
        if (!is_in(s, i, first) || s->draft[i].given == NULL)
            continue;
        const int given = s->draft[i].given->stream_exponent;
        if (!is_first && given != *exponent)
            return sq_fail(
                s->job->err, SQ_EVALUE,
                "%s: %s: its stream exponent %d is not that of %s, %d, which it is added to; "
                "quantise the trained checkpoint again",
                network->model_path, network->node[i].synapse->name, given,
                network->node[first].name, *exponent);
        *exponent = given;
        is_first = 0;
    }
    return *exponent >= SQ_MIN_EXPONENT && *exponent <= SQ_MAX_EXPONENT + MAX_STREAM_GUARD &&
                   fits(s, first, *exponent)
               ? SQ_OK
               : sq_fail(
                     s->job->err, SQ_EVALUE,
                     "%s: the stream %s does not fit %u bits at exponent %d; quantise the trained "
                     "checkpoint again",
                     network->model_path, network->node[first].name, network->fixed.membrane_bits,
                     *exponent);
}

/* The tables that bring a current of exponent e to the stream's (kernels/real). A shift beyond 31 leaves
 * nothing of a current below 2^30, like one of 31; a current that may be shifted left by more is 0. */
static int align(struct sq_fixed_draft *draft, int exponent)
{
    struct sq_fixed *fixed = draft->fixed;
    struct sq_arena *arena = &draft->network->arena;
    const size_t n = (size_t)draft->node->shape.n_words * SQ_BLOCK_WIDTH;
    const int most = fixed->sum_bytes == 8 ? 62 : 31;
    int32_t **const table[] = {&fixed->left, &fixed->right, &fixed->half, &fixed->odd};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if ((*table[i] = sq_arena_alloc(arena, n, sizeof **table[i])) == NULL)
            return sq_fail(draft->err, SQ_ENOMEM, "%s: out of memory for the integers of %s",
                           draft->network->model_path, draft->node->name);
    for (size_t o = 0; o < draft->n_out; o++) {
        const int left = exponent - fixed->exponent[o], right = -left;
        fixed->bias[o] = (int32_t)rint(ldexp((double)draft->synapse->bias[o], exponent));
        fixed->left[o] = left <= 0 || draft->sum[o] == 0 ? 0 : left < most ? left : most;
        fixed->right[o] = right <= 0 ? 0 : right < most ? right : most;
        fixed->odd[o] = right > 0 && fixed->rounding == SQ_ROUND_NEAREST;
        if (fixed->odd[o] && fixed->sum_bytes < 8)
            fixed->half[o] = (int32_t)((1u << (fixed->right[o] - 1)) - 1);
    }
    return SQ_OK;
}

static int make_stream(struct streams *s, uint16_t first);

/* A layer whose current joins a stream: its exponents, bounds and integers, which the stream's exponent does not
 * change. A convolution of reals reads another stream,
 * which is made before. */
static int begin_layer(struct streams *s, size_t i)
{
    const struct sq_node *node = &s->job->network->node[i];
    const uint16_t source = node->source[0];
    int status = SQ_OK;
    if (node->kind == SQ_NODE_REAL_CONV)
        status = make_stream(s, first_of(s, source));
    if (status == SQ_OK)
        status = sq_fixed_draft_begin(s->job, node, &s->draft[i]);
    if (status == SQ_OK)
        status = sq_fixed_set_exponents(&s->draft[i]);
    if (status != SQ_OK)
        return status;
    sq_fixed_set_widths(&s->draft[i]);
    status = sq_fixed_pack(&s->draft[i]);
    if (status == SQ_OK)
        sq_fixed_drop_floats(s->job, node);
    return status;
}

static int finish_layer(struct streams *s, size_t i, int exponent)
{
    struct sq_fixed_draft *draft = &s->draft[i];
    s->job->network->node[i].fixed = draft->fixed;
    return align(draft, exponent);
}

/* What is known of a stream when its exponent is. */
static void describe(struct streams *s, uint16_t first, int exponent)
{
    struct sq_network *network = s->job->network;
    struct sq_fixed_stream *stream = &network->stream[network->n_streams++];
    *stream = (struct sq_fixed_stream){.name = network->node[first].name, .exponent = exponent};
    for (size_t i = first; i < network->n_nodes; i++)
        if (is_in(s, i, first)) {
            network->node[i].stream = stream;
            if (network->node[i].largest > stream->largest)
                stream->largest = network->node[i].largest;
        }
    stream->bits = sq_fixed_bits(stream->largest);
    s->made[first] = stream;
}

static int make_stream(struct streams *s, uint16_t first)
{
    const struct sq_network *network = s->job->network;
    int status = SQ_OK, exponent = 0;
    if (s->made[first] != NULL)
        return SQ_OK;
    if (s->begun[first])
        return sq_fail(
            s->job->err, SQ_EUNSUPPORTED,
            "%s: fixed point does not run %s: a convolution of its stream is added to the "
            "stream itself; run it in f32",
            network->model_path, network->node[first].name);
    s->begun[first] = 1;
    for (size_t i = first; status == SQ_OK && i < network->n_nodes; i++)
        if (is_in(s, i, first) && network->node[i].synapse != NULL)
            status = begin_layer(s, i);
    if (status == SQ_OK)
        status = s->job->given != NULL ? check_exponent(s, first, &exponent)
                                       : choose_exponent(s, first, &exponent);
    for (size_t i = first; status == SQ_OK && i < network->n_nodes; i++)
        if (is_in(s, i, first) && network->node[i].synapse != NULL)
            status = finish_layer(s, i, exponent);
    if (status == SQ_OK)
        describe(s, first, exponent);
    return status;
}

/* Room for what lives until all streams are made, and for the streams. */
static int alloc(struct streams *s)
{
    struct sq_network *network = s->job->network;
    const size_t n = network->n_nodes;
    int ok = 1;
    s->group = calloc(n, sizeof *s->group);
    s->draft = calloc(n, sizeof *s->draft);
    s->bound = calloc(n, sizeof *s->bound);
    s->made = calloc(n, sizeof *s->made);
    s->begun = calloc(n, 1);
    network->n_streams = 0;
    network->stream = sq_arena_alloc(&network->arena, n, sizeof *network->stream);
    ok = s->group && s->draft && s->bound && s->made && s->begun && network->stream;
    for (size_t i = 0; ok && i < n; i++)
        if (network->node[i].sends_reals)
            ok = (s->bound[i] = calloc(network->node[i].shape.n_channels, sizeof **s->bound)) !=
                 NULL;
    return ok ? SQ_OK
              : sq_fail(s->job->err, SQ_ENOMEM, "%s: out of memory for its streams",
                        network->model_path);
}

static void discard(struct streams *s)
{
    for (size_t i = 0; i < s->job->network->n_nodes; i++) {
        if (s->draft != NULL)
            sq_fixed_draft_free(&s->draft[i]);
        if (s->bound != NULL)
            free(s->bound[i]);
    }
    free(s->group);
    free(s->draft);
    free(s->bound);
    free(s->made);
    free(s->begun);
}

int sq_fixed_make_streams(const struct sq_fixed_job *job)
{
    struct streams s = {.job = job};
    int status = alloc(&s);
    if (status == SQ_OK)
        find_groups(&s);
    for (size_t i = 0; status == SQ_OK && i < job->network->n_nodes; i++)
        if (s.group[i] == i)
            status = make_stream(&s, (uint16_t)i);
    discard(&s);
    return status;
}
