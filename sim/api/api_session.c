/* spikeq_session_...(): arrays in, results out. The handle; sim/session/flow.h does the work. */
#include "sim/api/handle.h"
#include "sim/api/options.h"
#include "sim/api/population_info.h"
#include "sim/report/packet_array.h"
#include "sim/session/flow.h"

#include <stdlib.h>
#include <string.h>

struct spikeq_session {
    struct sq_handle handle;
    struct sq_flow *flow;                 /* NULL: closed */
    const struct sq_sample_slot *fetched; /* the result that was given last; or NULL */
};

static struct sq_error *error_of(const spikeq_session *session)
{
    return &session->handle.ctx->error;
}

/* Begin a call with a session that must be open. */
static int enter(spikeq_session *session)
{
    const int status = sq_handle_enter(&session->handle);
    if (status != SQ_OK || session->flow != NULL)
        return status;
    return sq_handle_leave(&session->handle,
                           sq_fail(error_of(session), SQ_EUSAGE, "the session is closed"));
}

static int leave(spikeq_session *session, int status)
{
    return sq_handle_leave(&session->handle, status);
}

static int take_options(spikeq_ctx *ctx, const spikeq_options *options,
                        struct sq_flow_options *flow)
{
    *flow = (struct sq_flow_options){.queue = 0};
    const int status = sq_options_check(ctx, &options, SQ_FOR_SESSION);
    if (status != SQ_OK)
        return status;
    sq_options_to_run(options, &flow->run);
    flow->queue = sq_option_count(options, "queue");
    flow->keep = sq_option_text(options, "keep");
    flow->from = sq_option_text(options, "from");
    return SQ_OK;
}

int spikeq_session_open(spikeq_ctx *ctx, const spikeq_network *network,
                        const spikeq_options *options, spikeq_session **out)
{
    struct sq_flow_options flow;
    int status = take_options(ctx, options, &flow);
    if (status != SQ_OK)
        return status;
    spikeq_session *session = calloc(1, sizeof *session);
    if (session == NULL)
        return sq_fail(&ctx->error, SQ_ENOMEM, "out of memory for a session");
    status = sq_flow_open(&ctx->error, sq_network_of(network), &flow, &session->flow);
    if (status != SQ_OK) {
        free(session);
        return status;
    }
    sq_handle_open(&session->handle, ctx, "session");
    *out = session;
    return SQ_OK;
}

int spikeq_session_wanted(spikeq_session *session, size_t index,
                          struct spikeq_population_info *info)
{
    int status = enter(session);
    if (status != SQ_OK)
        return status;
    const struct sq_flow *flow = session->flow;
    status =
        index < flow->n_wanted
            ? sq_population_info(error_of(session), &flow->network->node[flow->wanted[index]], info)
            : sq_fail(error_of(session), SQ_EUSAGE,
                      "the session wants the spikes of %zu populations", flow->n_wanted);
    return leave(session, status);
}

int spikeq_session_push(spikeq_session *session, const struct spikeq_samples *samples,
                        uint64_t *n_taken)
{
    uint64_t n = 0;
    int status = enter(session);
    if (n_taken != NULL)
        *n_taken = 0;
    if (status != SQ_OK)
        return status;
    status = n_taken != NULL ? sq_flow_push(error_of(session), session->flow, samples, &n)
                             : sq_fail(error_of(session), SQ_EUSAGE,
                                       "push: say where the number of samples taken goes");
    if (n_taken != NULL)
        *n_taken = n;
    return leave(session, status);
}

static struct spikeq_result result_of(const struct sq_flow *flow, const struct sq_sample_slot *slot)
{
    const struct sq_network *network = flow->network;
    return (struct spikeq_result){.sample = flow->n_fetched - 1,
                                  .label = slot->label,
                                  .prediction = sq_head_class(slot->logits, network->head.n_out),
                                  .timesteps = network->config.timesteps,
                                  .n_classes = network->head.n_out,
                                  .n_populations = flow->ring.n_populations,
                                  .logits = slot->logits,
                                  .spikes = slot->spikes,
                                  .additions = slot->additions,
                                  .all_spikes = slot->all_spikes,
                                  .all_additions = slot->all_additions};
}

int spikeq_session_next(spikeq_session *session, struct spikeq_result *result)
{
    struct spikeq_result filled = {.size = 0};
    int status = enter(session);
    if (status != SQ_OK)
        return status;
    if (result == NULL || result->size < sizeof result->size)
        return leave(session, sq_sized_copy(error_of(session), result, &filled, sizeof filled));
    status = sq_flow_next(error_of(session), session->flow, &session->fetched);
    if (status == SQ_OK) {
        filled = result_of(session->flow, session->fetched);
        status = sq_sized_copy(error_of(session), result, &filled, sizeof filled);
    }
    return leave(session, status);
}

int spikeq_session_state(spikeq_session *session, struct spikeq_session_state *state)
{
    const int status = enter(session);
    if (status != SQ_OK)
        return status;
    struct sq_flow *flow = session->flow;
    const struct spikeq_session_state filled = {
        .n_pushed = flow->n_pushed,
        .n_ready = sq_flow_n_ready(flow),
        .n_fetched = flow->n_fetched,
        .room = flow->is_finished ? 0 : flow->queue - (flow->n_pushed - flow->n_fetched),
        .queue = flow->queue,
        .threads = flow->job.report->threads,
        .batch = flow->job.report->batch,
        .is_finished = flow->is_finished};
    return leave(session, sq_sized_copy(error_of(session), state, &filled, sizeof filled));
}

/* The kept population of this name. */
static int find_kept(const spikeq_session *session, const char *name, size_t *node)
{
    const struct sq_flow *flow = session->flow;
    for (size_t i = 0; i < flow->network->n_nodes; i++) {
        if (!sq_node_is_population(&flow->network->node[i]) ||
            strcmp(flow->network->node[i].name, name) != 0)
            continue;
        *node = i;
        return flow->ring.kept_at[i] != SQ_NOWHERE
                   ? SQ_OK
                   : sq_fail(error_of(session), SQ_EUSAGE,
                             "%s: its spikes are not kept; name it in the option " SQ_OPT "keep",
                             name);
    }
    return sq_fail(error_of(session), SQ_EUSAGE, "%s: the network has no such population", name);
}

/* Bytes of one timestep in the form that is asked for; 0 after a complaint. */
static size_t bytes_of(const spikeq_session *session, const struct sq_node *node,
                       enum spikeq_dtype dtype)
{
    const size_t n = sq_packet_neurons(node);
    if (dtype == SPIKEQ_U8)
        return n;
    if (dtype == SPIKEQ_BITS && sq_node_levels(node) == 1)
        return (n + 7) / 8;
    sq_fail(error_of(session), SQ_EUNSUPPORTED,
            dtype == SPIKEQ_BITS ? "%s: sends several spikes a timestep, which bits cannot say"
                                 : "%s: spikes are given as SPIKEQ_U8 or SPIKEQ_BITS",
            node->name);
    return 0;
}

static int give_spikes(const spikeq_session *session, size_t index, enum spikeq_dtype dtype,
                       unsigned char *out, size_t n, size_t *needed)
{
    const struct sq_flow *flow = session->flow;
    const struct sq_node *node = &flow->network->node[index];
    const uint32_t timesteps = flow->network->config.timesteps;
    const size_t bytes = bytes_of(session, node, dtype);
    if (bytes == 0)
        return SQ_EUNSUPPORTED;
    if (needed != NULL)
        *needed = bytes * timesteps;
    if (out == NULL)
        return SQ_OK;
    if (n < bytes * timesteps)
        return sq_fail(error_of(session), SQ_ESHAPE, "%s: %zu bytes for spikes that take %zu",
                       node->name, n, bytes * timesteps);
    for (uint32_t t = 0; t < timesteps; t++) {
        const uint64_t *bits = sq_sample_kept(&flow->ring, flow->n_fetched - 1, index, t);
        if (dtype == SPIKEQ_U8)
            sq_packet_to_bytes(node, bits, out + t * bytes);
        else
            sq_packet_to_bits(node, bits, out + t * bytes);
    }
    return SQ_OK;
}

int spikeq_session_spikes(spikeq_session *session, const char *population, enum spikeq_dtype dtype,
                          void *out, size_t n, size_t *needed)
{
    size_t node = 0;
    int status = enter(session);
    if (status != SQ_OK)
        return status;
    if (population == NULL || session->fetched == NULL)
        return leave(session, sq_fail(error_of(session), SQ_EUSAGE,
                                      population == NULL ? "spikes: of which population?"
                                                         : "spikes: no result was fetched yet"));
    status = find_kept(session, population, &node);
    if (status == SQ_OK)
        status = give_spikes(session, node, dtype, out, n, needed);
    return leave(session, status);
}

int spikeq_session_finish(spikeq_session *session)
{
    const int status = enter(session);
    if (status != SQ_OK)
        return status;
    sq_flow_finish(session->flow);
    return leave(session, SQ_OK);
}

int spikeq_session_close(spikeq_session *session, spikeq_report **report)
{
    int status = enter(session);
    if (status != SQ_OK)
        return status;
    status = sq_flow_close(error_of(session), session->flow, report);
    sq_flow_free(session->flow);
    session->flow = NULL;
    session->fetched = NULL;
    return leave(session, status);
}

void spikeq_session_free(spikeq_session *session)
{
    if (session == NULL || getpid() != session->handle.process)
        return; /* of another process: its thread is not here */
    if (session->flow != NULL)
        sq_flow_abandon(error_of(session), session->flow);
    sq_flow_free(session->flow);
    spikeq_ctx_free(session->handle.ctx);
    free(session);
}
