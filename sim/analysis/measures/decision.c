#include "sim/analysis/measures/decision.h"

#include "kernels/pack/planes.h"
#include "sim/analysis/measures/streams.h"
#include "sim/network/head.h"

#include <math.h>
#include <string.h>

static const struct sq_subject *find_streams(const struct sq_scope *scope)
{
    for (uint32_t i = 0; i < scope->n_subjects; i++)
        if (scope->subject[i].kind == SQ_SUBJECT_STREAMS)
            return &scope->subject[i];
    return NULL;
}

/* The neurons that the classifier reads, where it reads some and no stream. */
static const struct sq_subject *find_neurons(const struct sq_scope *scope)
{
    const struct sq_node *last = scope->network != NULL ? sq_network_last(scope->network) : NULL;
    if (last == NULL || !sq_node_is_population(last) || sq_node_levels(last) > 1)
        return NULL;
    for (uint32_t i = 0; i < scope->n_populations; i++)
        if (strcmp(scope->subject[i].name, last->name) == 0)
            return &scope->subject[i];
    return NULL;
}

/* Why what the classifier reads cannot be made of the trace. */
static int refuse(struct sq_error *err, const struct sq_scope *scope)
{
    if (scope->network != NULL && sq_network_last(scope->network)->sends_reals)
        return sq_fail(err, SQ_EUNSUPPORTED,
                       "%s: " SQ_OPT
                       "model: the classifier reads reals (%s), and a trace holds spikes",
                       scope->path, sq_network_last(scope->network)->name);
    return sq_fail(
        err, SQ_EUNSUPPORTED,
        "%s: " SQ_OPT
        "model needs the spikes of all populations that the classifier reads, or that the last "
        "residual stream is the sum of (spikeq graph TRACE)",
        scope->path);
}

static int check_model(struct sq_error *err, const struct sq_scope *scope,
                       const struct sq_network *network)
{
    const char *digest = sq_trace_meta(scope->trace, "model_sha256");
    const struct sq_network *recorded = scope->network;
    if (digest != NULL && digest[0] != '\0' && strcmp(digest, network->model_digest) != 0)
        return sq_fail(err, SQ_ESHAPE,
                       "%s: is not the model that %s was recorded of (sha256 %.12s..., not "
                       "%.12s...)",
                       network->model_path, scope->path, network->model_digest, digest);
    const char *root = sq_trace_meta(scope->trace, "model_root");
    if (digest != NULL && digest[0] != '\0' && root != NULL && strcmp(root, network->root) != 0)
        return sq_fail(
            err, SQ_ESHAPE,
            "%s: %s was recorded of other weights of this file, \"%s\", not \"%s\"; " SQ_OPT
            "weights chooses",
            network->model_path, scope->path, root, network->root);
    if (network->config.depth != recorded->config.depth ||
        network->head.n_in != recorded->head.n_in ||
        sq_network_last(network)->shape.n_rows != sq_network_last(recorded)->shape.n_rows ||
        network->config.timesteps != scope->timesteps)
        return sq_fail(err, SQ_ESHAPE,
                       "%s: depth %u, dim %u, T = %u, but %s has depth %u, dim %u, T = %u; is it "
                       "another model's?",
                       network->model_path, network->config.depth, network->config.dim,
                       network->config.timesteps, scope->path, recorded->config.depth,
                       recorded->config.dim, scope->timesteps);
    return SQ_OK;
}

int sq_decision_plan(struct sq_error *err, const struct sq_scope *scope,
                     const struct sq_network *network, struct sq_decision *decision)
{
    *decision = (struct sq_decision){.network = network, .neurons = find_neurons(scope)};
    if (decision->neurons == NULL)
        decision->streams = find_streams(scope);
    if (decision->neurons == NULL && decision->streams == NULL)
        return refuse(err, scope);
    const int status = check_model(err, scope, network);
    if (status != SQ_OK)
        return status;
    decision->class = sq_arena_alloc(&decision->arena, scope->n_samples,
                                     scope->timesteps * sizeof *decision->class);
    decision->margin = sq_arena_alloc(&decision->arena, scope->n_samples,
                                      scope->timesteps * sizeof *decision->margin);
    return decision->class != NULL && decision->margin != NULL
               ? SQ_OK
               : sq_fail(err, SQ_ENOMEM, "%s: out of memory", scope->path);
}

void sq_decision_free(struct sq_decision *decision)
{
    sq_arena_free(&decision->arena);
    *decision = (struct sq_decision){0};
}

/* Scratch: streams; means [T][dim], sums [dim], features [dim], logits [classes]. */
static size_t mean_bytes(const struct sq_decision *decision)
{
    const struct sq_network *network = decision->network;
    return (size_t)network->config.timesteps * network->head.n_in * sizeof(float);
}

static size_t streams_bytes(const struct sq_decision *decision)
{
    return decision->streams != NULL ? sq_streams_scratch_bytes(decision->streams) : 0;
}

size_t sq_decision_scratch_bytes(const struct sq_decision *decision)
{
    const struct sq_synapse *head = &decision->network->head;
    return streams_bytes(decision) + mean_bytes(decision) +
           (2 * (size_t)head->n_in + head->n_out) * sizeof(float);
}

/* Sums of the last stream of a timestep; other streams are skipped. */
struct last {
    const struct sq_subject *streams;
    uint32_t *sum;
};

static void sum_last(void *data, uint32_t index, const uint64_t *planes, unsigned n_planes)
{
    const struct last *last = data;
    if (index + 1 == sq_n_streams(last->streams))
        sq_planes_sum(last->sum, planes, n_planes, last->streams->n_rows, last->streams->n_words);
}

/* Spikes, or counts, of each channel of what the classifier reads. */
static void sum_timestep(const struct sq_decision *decision, const struct sq_scope *scope,
                         const struct sq_frame_view *view, uint32_t t, void *scratch, uint32_t *sum)
{
    const struct sq_subject *neurons = decision->neurons;
    struct last last = {decision->streams, sum};
    if (neurons != NULL)
        sq_planes_sum(sum, sq_view_bits(view, scope, neurons, 0, t), 1, neurons->n_rows,
                      neurons->n_words);
    else
        sq_streams_walk(scope, decision->streams, view, t, scratch, sum_last, &last);
}

/* Largest logit and the distance of the two largest probabilities, softmax in double. */
static void judge(const float *logits, uint32_t n, int32_t *class, double *margin)
{
    uint32_t first = 0;
    double sum = 0, second = 0;
    for (uint32_t i = 1; i < n; i++)
        if (logits[i] > logits[first])
            first = i;
    for (uint32_t i = 0; i < n; i++) {
        const double weight = exp((double)logits[i] - (double)logits[first]);
        sum += weight;
        if (i != first && weight > second)
            second = weight;
    }
    *class = (int32_t)first;
    *margin = (1 - second) / sum;
}

void sq_decision_add(struct sq_decision *decision, const struct sq_scope *scope,
                     const struct sq_frame_view *view, uint64_t sample, void *scratch)
{
    const struct sq_network *network = decision->network;
    const uint32_t timesteps = scope->timesteps, dim = network->head.n_in;
    char *behind = (char *)scratch + streams_bytes(decision);
    float *mean = (float *)(void *)behind, *feature = mean + (size_t)timesteps * dim;
    float *logits = feature + dim;
    uint32_t *sum = (uint32_t *)(void *)(logits + network->head.n_out);
    for (uint32_t t = 0; t < timesteps; t++) {
        memset(sum, 0, dim * sizeof *sum);
        sum_timestep(decision, scope, view, t, scratch, sum);
        sq_head_mean(sum, sq_network_last(network)->shape.n_rows, dim, mean + (size_t)t * dim);
        sq_head_feature(mean, t + 1, dim, feature);
        sq_head_logits(network, feature, logits);
        judge(logits, network->head.n_out, &decision->class[sample * timesteps + t],
              &decision -> margin[sample * timesteps + t]);
    }
}
