#include "sim/session/flow.h"

#include "sim/report/packet_array.h"
#include "sim/session/flow_push.h"
#include "traces/format/select.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FROM = 256, LEAST_QUEUE = 16, MAX_QUEUE = 1 << 20 };

/* ---- The run's side. */

static int enter(struct sq_error *err, void *data, uint32_t lane, uint64_t number, float *raw,
                 int32_t *label)
{
    const struct sq_flow *flow = data;
    const struct sq_sample_slot *slot = sq_sample_slot_of(&flow->ring, number);
    (void)err;
    flow->sample_of_lane[lane] = number;
    memcpy(raw, slot->raw, flow->ring.pixels * sizeof *raw);
    *label = slot->label;
    return SQ_OK;
}

static int inject(struct sq_error *err, void *data, unsigned worker, uint32_t lane, uint32_t t,
                  size_t node, uint64_t *bits)
{
    const struct sq_flow *flow = data;
    (void)err;
    (void)worker;
    memcpy(bits, sq_sample_given(&flow->ring, flow->sample_of_lane[lane], node, t),
           sq_packet_words(&flow->network->node[node]) * sizeof *bits);
    return SQ_OK;
}

static int keep_packet(struct sq_error *err, void *data, const struct sq_packet_view *view)
{
    const struct sq_flow *flow = data;
    (void)err;
    if (flow->ring.kept_at[view->node_index] == SQ_NOWHERE)
        return SQ_OK;
    memcpy(sq_sample_kept(&flow->ring, view->sample, view->node_index, view->t), view->packet->bits,
           sq_packet_words(&flow->network->node[view->node_index]) * sizeof(uint64_t));
    return SQ_OK;
}

static int finished(struct sq_error *err, void *data, const struct sq_outcome *outcome)
{
    struct sq_flow *flow = data;
    (void)err;
    sq_sample_ring_take(&flow->ring, outcome);
    uv_mutex_lock(&flow->lock);
    if (++flow->n_done == flow->n_announced)
        flow->busy_ns += uv_hrtime() - flow->busy_since;
    uv_cond_signal(&flow->changed);
    uv_mutex_unlock(&flow->lock);
    return SQ_OK;
}

static void run(void *data)
{
    struct sq_flow *flow = data;
    struct sq_error error = {.warnings = NULL};
    const struct sq_feed feed = {.end = SQ_FEED_ENDLESS,
                                 .enter = enter,
                                 .inject = flow->n_wanted > 0 ? inject : NULL,
                                 .role = flow->is_partial ? flow->cut.role : NULL,
                                 .arrivals = &flow->arrivals,
                                 .data = flow};
    const int status = sq_run_job_run(&error, &flow->job, &flow->run, &feed);
    uv_mutex_lock(&flow->lock);
    flow->is_over = 1;
    flow->status = status;
    flow->error = error;
    uv_cond_signal(&flow->changed);
    uv_mutex_unlock(&flow->lock);
}

/* ---- Set-up. */

static int no_memory(struct sq_error *err)
{
    return sq_fail(err, SQ_ENOMEM, "out of memory for a session");
}

/* The texts of the options outlive the call. */
static int copy_options(struct sq_error *err, struct sq_flow *flow,
                        const struct sq_flow_options *options)
{
    const char **const text[] = {&flow->run.isa,           &flow->run.plan,
                                 &flow->run.trace.path,    &flow->run.trace.codec,
                                 &flow->run.trace.samples, &flow->run.trace.populations,
                                 &flow->run.trace.detail,  &flow->run.trace.command};
    flow->run = options->run;
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
        if (*text[i] != NULL && (*text[i] = sq_arena_strdup(&flow->arena, *text[i])) == NULL)
            return no_memory(err);
    if (flow->run.trace.resume)
        return sq_fail(err, SQ_EUSAGE,
                       "a session makes a new trace; " SQ_OPT "resume is for runs of files");
    return SQ_OK;
}

/* "a,b": names -> nodes. */
static int find_from(struct sq_error *err, const struct sq_flow *flow, const char *names,
                     size_t from[MAX_FROM], size_t *n_from)
{
    int status = SQ_OK;
    *n_from = 0;
    for (const char *at = names; status == SQ_OK && *at != '\0'; at += *at == ',') {
        char name[256];
        const size_t n = strcspn(at, ",");
        if (n >= sizeof name || *n_from == MAX_FROM)
            return sq_fail(err, SQ_EUSAGE, SQ_OPT "from: at most %d names of %zu bytes", MAX_FROM,
                           sizeof name - 1);
        memcpy(name, at, n);
        name[n] = '\0';
        status = sq_cut_find(err, flow->network, name, &from[(*n_from)++]);
        at += n;
    }
    return status;
}

/* Which nodes compute, and whose spikes the caller gives. */
static int plan_cut(struct sq_error *err, struct sq_flow *flow, const char *names,
                    unsigned char *is_given)
{
    size_t from[MAX_FROM], n_from;
    const size_t n_nodes = flow->network->n_nodes;
    flow->needs_pixels = 1;
    if (names == NULL || names[0] == '\0')
        return SQ_OK;
    unsigned char *known = sq_arena_alloc(&flow->arena, n_nodes, 1);
    flow->wanted = sq_arena_alloc(&flow->arena, n_nodes, sizeof *flow->wanted);
    if (known == NULL || flow->wanted == NULL)
        return no_memory(err);
    memset(known, 1, n_nodes);
    int status = find_from(err, flow, names, from, &n_from);
    if (status == SQ_OK)
        status = sq_cut_make(err, &flow->arena, flow->network, from, n_from, known, &flow->cut);
    if (status != SQ_OK)
        return status;
    flow->needs_pixels = flow->cut.needs_input;
    for (size_t i = 0; i < n_nodes; i++)
        if (flow->cut.role[i] == SQ_INJECT) {
            is_given[i] = 1;
            flow->wanted[flow->n_wanted++] = i;
        } else if (flow->cut.role[i] == SQ_SKIP) {
            flow->is_partial = 1;
        }
    flow->is_partial |= flow->n_wanted > 0;
    if (flow->is_partial && flow->run.trace.path != NULL)
        return sq_fail(
            err, SQ_EUSAGE,
            "a trace is of whole runs: " SQ_OPT "trace does not go with " SQ_OPT "from %s", names);
    return SQ_OK;
}

static int choose_kept(struct sq_error *err, const struct sq_flow *flow, const char *globs,
                       unsigned char *is_kept)
{
    size_t n = 0;
    if (globs == NULL || globs[0] == '\0')
        return SQ_OK;
    for (size_t i = 0; i < flow->network->n_nodes; i++) {
        const struct sq_node *node = &flow->network->node[i];
        is_kept[i] = sq_node_is_population(node) && sq_globs_match(globs, node->name);
        n += is_kept[i];
    }
    return n > 0 ? SQ_OK
                 : sq_fail(err, SQ_EUSAGE, SQ_OPT "keep %s: matches no population; for example %s",
                           globs, flow->job.report->population[0]->name);
}

/* Names of the populations that are given, as far as there is room. */
static void list_wanted(const struct sq_flow *flow, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < flow->n_wanted && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i > 0 ? ", " : "",
                                 flow->network->node[flow->wanted[i]].name);
}

/* The report of a part of a network says so. */
static int describe(struct sq_error *err, struct sq_flow *flow)
{
    struct spikeq_report *report = flow->job.report;
    char wanted[256], text[512];
    snprintf(report->input_path, sizeof report->input_path, "session");
    list_wanted(flow, wanted, sizeof wanted);
    snprintf(text, sizeof text,
             flow->is_partial ? "spikes in memory of %s; what comes before did not run"
                              : "arrays in memory: images of bytes scaled to 0..1, brought to "
                                "size and normalised, others as they are%s",
             flow->is_partial ? wanted : "");
    free(report->input_description);
    report->input_description = strdup(text);
    if (report->input_description == NULL)
        return no_memory(err);
    return flow->is_partial
               ? sq_warn(err, "network-in-part",
                         "%s: the spikes of %s were given, and nothing that comes before was run "
                         "or counted: rates and prices are of a part of the network",
                         flow->network->model_path, wanted)
               : SQ_OK;
}

static int plan(struct sq_error *err, struct sq_flow *flow, const struct sq_flow_options *options)
{
    const size_t n_nodes = flow->network->n_nodes;
    unsigned char *is_given = sq_arena_alloc(&flow->arena, n_nodes, 1);
    unsigned char *is_kept = sq_arena_alloc(&flow->arena, n_nodes, 1);
    struct spikeq_report *report = flow->job.report;
    if (is_given == NULL || is_kept == NULL)
        return no_memory(err);
    int status = plan_cut(err, flow, options->from, is_given);
    if (status == SQ_OK)
        status = choose_kept(err, flow, options->keep, is_kept);
    if (status == SQ_OK)
        status = describe(err, flow);
    if (status == SQ_OK)
        status = sq_run_job_check(&flow->job, &flow->run);
    if (status == SQ_OK)
        status = sq_run_check_isa(err, flow->run.isa != NULL ? flow->run.isa : "auto");
    if (status != SQ_OK)
        return status;
    report->n_planned = SQ_FEED_ENDLESS;
    sq_run_job_size(&flow->job, &flow->run);
    const uint64_t usual = 2 * (uint64_t)report->batch;
    flow->queue = options->queue > 0 ? options->queue : usual > LEAST_QUEUE ? usual : LEAST_QUEUE;
    if (flow->queue > MAX_QUEUE)
        return sq_fail(err, SQ_EUSAGE, SQ_OPT "queue: at most %d", MAX_QUEUE);
    if (flow->queue < report->couple_batch)
        return sq_fail(err, SQ_EUSAGE, SQ_OPT "queue %" PRIu64 ": a coupled batch has %u samples",
                       flow->queue, report->couple_batch);
    flow->ring = (struct sq_sample_ring){.network = flow->network,
                                         .population = report->population,
                                         .n_populations = report->n_populations,
                                         .n_slots = flow->queue + 1};
    flow->sample_of_lane =
        sq_arena_alloc(&flow->arena, report->batch, sizeof *flow->sample_of_lane);
    if (flow->sample_of_lane == NULL)
        return no_memory(err);
    return sq_sample_ring_alloc(err, &flow->arena, is_given, is_kept, flow->needs_pixels,
                                &flow->ring);
}

static int open_trace(struct sq_flow *flow)
{
    struct sq_recorder_options recorder;
    if (flow->run.trace.path == NULL)
        return SQ_OK;
    const int status = sq_run_job_ask(&flow->job, &flow->run, &recorder);
    return status == SQ_OK ? sq_run_job_record(&flow->job, &recorder) : status;
}

static int start(struct sq_error *err, struct sq_flow *flow)
{
    flow->job.finished = finished;
    flow->job.data = flow;
    flow->job.is_open_ended = 1;
    flow->observer = (struct sq_observer){.on_packet = keep_packet, .data = flow};
    flow->job.observer = flow->ring.kept_words > 0 ? &flow->observer : NULL;
    if (uv_mutex_init(&flow->lock) != 0)
        return no_memory(err);
    if (uv_cond_init(&flow->changed) != 0)
        goto no_cond;
    if (sq_arrivals_open(err, &flow->arrivals) != SQ_OK)
        goto no_arrivals;
    if (uv_thread_create(&flow->thread, run, flow) != 0)
        goto no_thread;
    flow->is_running = 1;
    return SQ_OK;
no_thread:
    sq_arrivals_close(&flow->arrivals);
no_arrivals:
    uv_cond_destroy(&flow->changed);
no_cond:
    uv_mutex_destroy(&flow->lock);
    return sq_fail(err, SQ_ENOMEM, "cannot start the thread of a session");
}

int sq_flow_open(struct sq_error *err, const struct sq_network *network,
                 const struct sq_flow_options *options, struct sq_flow **out)
{
    struct sq_flow *flow = calloc(1, sizeof *flow);
    if (flow == NULL)
        return no_memory(err);
    flow->network = sq_network_hold(network);
    int status = sq_run_job_begin(err, network, &flow->job);
    if (status == SQ_OK) {
        status = copy_options(err, flow, options);
        if (status == SQ_OK)
            status = plan(err, flow, options);
        if (status == SQ_OK)
            status = open_trace(flow);
        if (status == SQ_OK && flow->run.profile)
            status = sq_run_job_profile(&flow->job, &flow->run);
        if (status == SQ_OK)
            status = start(err, flow);
        sq_warnings_end(err, &flow->job.report->warnings);
    }
    if (status == SQ_OK) {
        *out = flow;
        return SQ_OK;
    }
    sq_flow_abandon(err, flow);
    sq_flow_free(flow);
    return status;
}

/* ---- The caller's side. */

/* The run's failure, as the caller's; SQ_OK where it is still running. */
static int failure(struct sq_error *err, struct sq_flow *flow)
{
    int status = SQ_OK;
    uv_mutex_lock(&flow->lock);
    if (flow->is_over && flow->status != SQ_OK) {
        status = flow->status;
        sq_error_copy(err, &flow->error);
    }
    uv_mutex_unlock(&flow->lock);
    return status;
}

int sq_flow_push(struct sq_error *err, struct sq_flow *flow, const struct spikeq_samples *samples,
                 uint64_t *n_taken)
{
    *n_taken = 0;
    int status = failure(err, flow);
    if (status != SQ_OK)
        return status;
    if (flow->is_finished)
        return sq_fail(err, SQ_EUSAGE, "the session was finished: it takes no more samples");
    sq_warnings_begin(err, &flow->job.report->warnings);
    status = sq_flow_fill(err, flow, samples, n_taken);
    sq_warnings_end(err, &flow->job.report->warnings);
    if (status != SQ_OK) {
        *n_taken = 0;
        return status;
    }
    flow->n_pushed += *n_taken;
    uv_mutex_lock(&flow->lock);
    if (flow->n_done == flow->n_announced)
        flow->busy_since = uv_hrtime();
    flow->n_announced += *n_taken;
    uv_mutex_unlock(&flow->lock);
    sq_arrivals_add(&flow->arrivals, *n_taken);
    return SQ_OK;
}

/* Would a result come without another push? */
static int will_come(const struct sq_flow *flow)
{
    const uint64_t couple = flow->job.report->couple_batch;
    const uint64_t whole =
        couple > 1 && !flow->is_finished ? flow->n_pushed / couple * couple : flow->n_pushed;
    return flow->n_fetched < whole;
}

int sq_flow_next(struct sq_error *err, struct sq_flow *flow, const struct sq_sample_slot **slot)
{
    int status = SQ_OK;
    uv_mutex_lock(&flow->lock);
    while (flow->n_done == flow->n_fetched && !flow->is_over && will_come(flow))
        uv_cond_wait(&flow->changed, &flow->lock);
    const int is_there = flow->n_done > flow->n_fetched;
    if (!is_there && flow->is_over && flow->status != SQ_OK) {
        status = flow->status;
        sq_error_copy(err, &flow->error);
    }
    uv_mutex_unlock(&flow->lock);
    if (is_there) {
        *slot = sq_sample_slot_of(&flow->ring, flow->n_fetched++);
        return SQ_OK;
    }
    if (status != SQ_OK)
        return status;
    if (flow->n_pushed == flow->n_fetched)
        return sq_fail(err, SQ_EAGAIN, "no sample is under way: every result was fetched");
    return sq_fail(err, SQ_EAGAIN,
                   "%" PRIu64 " of a coupled batch of %u samples: push the rest, or finish",
                   flow->n_pushed - flow->n_fetched, flow->job.report->couple_batch);
}

uint64_t sq_flow_n_ready(struct sq_flow *flow)
{
    uv_mutex_lock(&flow->lock);
    const uint64_t n = flow->n_done - flow->n_fetched;
    uv_mutex_unlock(&flow->lock);
    return n;
}

void sq_flow_finish(struct sq_flow *flow)
{
    if (!flow->is_finished)
        sq_arrivals_end(&flow->arrivals);
    flow->is_finished = 1;
}

/* Wait for the thread, and let go of what it needed. */
static void join(struct sq_flow *flow)
{
    if (!flow->is_running)
        return;
    uv_thread_join(&flow->thread);
    flow->is_running = 0;
    sq_arrivals_close(&flow->arrivals);
    uv_cond_destroy(&flow->changed);
    uv_mutex_destroy(&flow->lock);
}

int sq_flow_close(struct sq_error *err, struct sq_flow *flow, struct spikeq_report **report)
{
    sq_flow_finish(flow);
    join(flow);
    sq_warnings_begin(err, &flow->job.report->warnings);
    flow->job.report->n_planned = flow->job.report->totals.n_samples;
    flow->job.report->totals.seconds = (double)flow->busy_ns * 1e-9;
    if (flow->status != SQ_OK)
        sq_error_copy(err, &flow->error);
    const int status = sq_run_job_finish(&flow->job, flow->status);
    struct spikeq_report *made = sq_run_job_end(&flow->job, status);
    flow->job = (struct sq_run_job){.err = err};
    if (report != NULL)
        *report = made;
    else
        sq_report_free(made);
    return status;
}

void sq_flow_abandon(struct sq_error *err, struct sq_flow *flow)
{
    if (flow->is_running)
        sq_arrivals_abandon(&flow->arrivals);
    join(flow);
    if (flow->job.report != NULL)
        sq_warnings_begin(err, &flow->job.report->warnings);
    sq_run_job_end(&flow->job, SQ_EUSAGE);
    flow->job = (struct sq_run_job){.err = err};
}

void sq_flow_free(struct sq_flow *flow)
{
    if (flow == NULL)
        return;
    sq_pixel_guard_free(flow->guard);
    sq_arena_free(&flow->maker_arena);
    sq_arena_free(&flow->arena);
    sq_network_free(flow->network);
    free(flow);
}
