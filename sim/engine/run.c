#include "sim/engine/run.h"

#include "kernels/base/plural.h"

#include "sim/engine/fire.h"
#include "sim/engine/pixels.h"
#include "sim/engine/roles.h"
#include "sim/engine/window.h"
#include "sim/engine/workers.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* A firing in the hands of a worker, and those that it takes after it. It comes home when nothing
 * is ready, when a sample is through, or when something failed: small firings cost less than a way
 * home. */
struct flight {
    struct sq_job job; /* first: the workers hand this back */
    struct sq_firing firing;
    int is_through; /* the lane's sample is finished with this firing */
    int status;
    struct sq_error error;
};

struct run {
    const struct sq_network *network;
    const struct sq_run_options *options;
    const struct sq_feed *feed;
    struct sq_totals *totals;
    struct sq_arena arena;
    struct sq_cpu cpu;
    struct sq_kernels kernels;
    struct sq_stage stage;
    uv_mutex_t lock; /* of queue, idle, n_idle and is_ending; no firing is computed under it */
    struct sq_queue_node *queue_node;
    struct sq_queue *queue;
    struct sq_lane *lane;        /* [batch] */
    unsigned char *lane_is_busy; /* [batch] */
    struct sq_window window;
    struct sq_scratch *scratch; /* [threads] */
    struct flight *flight;      /* [n_flights] */
    struct flight **idle;       /* stack of flights that are not out */
    size_t n_flights, n_idle;
    uint64_t next;     /* number of the sample that enters next */
    uint32_t n_active; /* lanes with a sample in the network */
    int status;        /* SQ_OK until something fails */
    int is_ending;     /* it has failed: nothing new is taken */
    struct sq_error *err;
    int interrupted;
    int is_cut; /* no frame of the sample in the network will come: what it has is computed */
    uv_loop_t loop;
    uv_signal_t on_sigint;
    struct sq_workers *workers;
};

unsigned sq_run_default_batch(const struct sq_network *network, unsigned threads,
                              enum sq_schedule schedule)
{
    const struct sq_queue_plan plan = {.timesteps = network->config.timesteps,
                                       .schedule = schedule};
    const size_t bytes = sq_lane_bytes(network, sq_queue_depth(&plan));
    const size_t fit = ((size_t)48 << 20) / (bytes + 1);
    const size_t most = 2 * (size_t)threads;
    return (unsigned)(fit < 1 ? 1 : fit < most ? fit : most);
}

/* Loop thread. */
static void fail(struct run *run, int status, const struct sq_error *error)
{
    if (run->status != SQ_OK)
        return; /* the first failure is the one to tell */
    run->status = status;
    if (error != NULL)
        sq_error_copy(run->err, error);
    uv_mutex_lock(&run->lock);
    run->is_ending = 1;
    uv_mutex_unlock(&run->lock);
}

/* Give ready firings to flights that are idle. Called with the lock held. */
static void hand_out(struct run *run)
{
    while (run->n_idle > 0 && !run->is_ending) {
        struct flight *flight = run->idle[run->n_idle - 1];
        if (!sq_queue_take(run->queue, &flight->firing))
            return;
        run->n_idle--;
        sq_workers_give(run->workers, &flight->job);
    }
}

/* A flight's firing is computed: take the next, if there is one, and let others have what else
 * became ready. 0: the flight goes home. */
static int go_on(struct run *run, struct flight *flight)
{
    int has_next = 0;
    uv_mutex_lock(&run->lock);
    flight->is_through = sq_queue_done(run->queue, &flight->firing);
    if (!flight->is_through && !run->is_ending)
        has_next = sq_queue_take(run->queue, &flight->firing);
    hand_out(run);
    uv_mutex_unlock(&run->lock);
    return has_next;
}

/* Worker thread: compute firings until there is a reason to come home. */
static void do_flight(struct sq_job *job, unsigned worker, void *data)
{
    struct run *run = data;
    struct flight *flight = (struct flight *)job;
    flight->is_through = 0;
    do {
        const uint32_t lane = flight->firing.lane;
        flight->status = sq_fire(&flight->error, &run->stage, &flight->firing, &run->lane[lane],
                                 &run->scratch[worker], worker);
    } while (flight->status == SQ_OK && go_on(run, flight));
}

/* An error of the loop thread: what it warns of goes where the caller's warnings go. */
static struct sq_error loop_error(const struct run *run)
{
    return (struct sq_error){.warnings = run->err != NULL ? run->err->warnings : NULL};
}

/* A sample's pixels, for a network that takes whole numbers; frames that come one by one are
 * checked as they come. */
static int check_pixels(struct sq_error *err, const struct run *run, const float *raw)
{
    const struct sq_network *network = run->network;
    const struct sq_spike_shape *frame = &network->node[0].shape;
    if (!network->is_fixed || run->feed->frame != NULL || sq_role_of(run->feed, 0) == SQ_SKIP)
        return SQ_OK;
    return sq_pixels_check(err, network, run->next, raw,
                           (size_t)sq_network_frames(network) * frame->n_rows * frame->n_channels);
}

/* Give the next sample to a lane, unless there is none or the run is ending. A lane waits where its
 * sample could finish too far ahead of the oldest one to be kept in the window. */
static void enter_sample(struct run *run, uint32_t lane_index)
{
    struct sq_lane *lane = &run->lane[lane_index];
    struct sq_outcome *outcome = &lane->outcome;
    struct sq_error error = loop_error(run);
    if (run->status != SQ_OK || run->interrupted || run->lane_is_busy[lane_index] ||
        run->next >= run->feed->end || !sq_window_has_room(&run->window, run->next))
        return;
    int status = run->feed->enter(&error, run->feed->data, lane_index, run->next, lane->raw,
                                  &outcome->label);
    if (status == SQ_OK)
        status = check_pixels(&error, run, lane->raw);
    if (status != SQ_OK) {
        fail(run, status, &error);
        return;
    }
    outcome->sample = run->next++;
    outcome->pixels_are_counts = 1;
    outcome->input_unseen = 0;
    memset(outcome->tally, 0,
           run->network->n_nodes * run->network->config.timesteps * sizeof *outcome->tally);
    run->n_active++;
    run->lane_is_busy[lane_index] = 1;
    uv_mutex_lock(&run->lock);
    sq_queue_enter(run->queue, lane_index, outcome->sample);
    hand_out(run);
    uv_mutex_unlock(&run->lock);
}

/* Hand on the outcome of the oldest sample. */
static void hand_on(struct run *run, const struct sq_outcome *outcome)
{
    struct sq_totals *totals = run->totals;
    struct sq_error error = loop_error(run);
    if (!run->options->uncounted)
        sq_outcome_add(totals->tally, outcome, run->network);
    totals->pixels_are_counts &= outcome->pixels_are_counts;
    totals->n_samples++;
    const int status = run->options->finished(&error, run->options->data, outcome);
    if (status != SQ_OK)
        fail(run, status, &error);
    if (run->options->progress != NULL)
        run->options->progress(run->options->progress_data, outcome->sample + 1 - run->feed->first,
                               run->feed->end - run->feed->first);
}

/* A lane's sample is through: hand on every outcome whose turn has come, let new samples in. */
static void leave_sample(struct run *run, uint32_t lane_index)
{
    const struct sq_outcome *next;
    sq_window_put(&run->window, &run->lane[lane_index].outcome);
    run->n_active--;
    run->lane_is_busy[lane_index] = 0;
    while ((next = sq_window_next(&run->window)) != NULL)
        hand_on(run, next);
    for (uint32_t i = 0; i < run->options->batch; i++)
        enter_sample(run, i);
}

/* Loop thread: end the loop when nothing is left to do. */
static void end_if_done(struct run *run)
{
    uv_mutex_lock(&run->lock);
    hand_out(run);
    const int all_home = run->n_idle == run->n_flights;
    uv_mutex_unlock(&run->lock);
    if (!all_home || (run->n_active > 0 && run->status == SQ_OK && !run->is_cut))
        return;
    sq_workers_stop(run->workers);
    if (run->options->stop_on_sigint)
        uv_close((uv_handle_t *)&run->on_sigint, NULL);
}

/* Loop thread: a flight came home. */
static void flight_done(struct sq_job *job, void *data)
{
    struct run *run = data;
    struct flight *flight = (struct flight *)job;
    const int is_through = flight->is_through;
    const uint32_t lane = flight->firing.lane;
    run->is_cut |= flight->status == SQ_FEED_OVER;
    if (flight->status != SQ_OK && flight->status != SQ_FEED_OVER)
        fail(run, flight->status, &flight->error);
    uv_mutex_lock(&run->lock);
    run->idle[run->n_idle++] = flight;
    uv_mutex_unlock(&run->lock);
    if (is_through)
        leave_sample(run, lane);
    end_if_done(run);
}

static void on_sigint(uv_signal_t *handle, int number)
{
    (void)number;
    struct run *run = handle->data;
    run->interrupted = 1;
    if (run->feed->stop != NULL)
        run->feed->stop(run->feed->data);
    uv_signal_stop(handle); /* a second SIGINT kills, as the user expects */
}

static int plan_queue(struct run *run)
{
    const struct sq_network *network = run->network;
    const int status = sq_roles_plan(run->err, &run->arena, network, run->feed, &run->queue_node);
    if (status != SQ_OK)
        return status;
    const struct sq_queue_plan plan = {.node = run->queue_node,
                                       .n_nodes = (uint16_t)network->n_nodes,
                                       .timesteps = network->config.timesteps,
                                       .n_lanes = run->options->batch,
                                       .schedule = run->options->schedule};
    run->stage.depth = sq_queue_depth(&plan);
    return sq_queue_new(run->err, &plan, &run->queue);
}

static int alloc_flights(struct run *run)
{
    run->n_flights = run->n_idle = 2 * (size_t)run->options->threads;
    run->lane = sq_arena_alloc(&run->arena, run->options->batch, sizeof *run->lane);
    run->scratch = sq_arena_alloc(&run->arena, run->options->threads, sizeof *run->scratch);
    run->flight = sq_arena_alloc(&run->arena, run->n_flights, sizeof *run->flight);
    run->idle = sq_arena_alloc(&run->arena, run->n_flights, sizeof *run->idle);
    run->lane_is_busy = sq_arena_alloc(&run->arena, run->options->batch, 1);
    if (!run->lane_is_busy || !run->lane || !run->scratch || !run->flight || !run->idle)
        return sq_fail(run->err, SQ_ENOMEM, "out of memory for %u samples at a time",
                       run->options->batch);
    for (size_t i = 0; i < run->n_flights; i++)
        run->idle[i] = &run->flight[i];
    int status =
        sq_window_alloc(run->err, &run->arena, run->network, sq_run_in_flight(run->options->batch),
                        run->feed->first, &run->window);
    for (unsigned i = 0; status == SQ_OK && i < run->options->threads; i++)
        status = sq_scratch_alloc(run->err, &run->arena, run->network, &run->scratch[i]);
    for (unsigned i = 0; status == SQ_OK && i < run->options->batch; i++)
        status =
            sq_lane_alloc(run->err, &run->arena, run->network, run->stage.depth, &run->lane[i]);
    return status;
}

static int choose_kernels(struct run *run)
{
    const char *isa = run->options->isa;
    run->cpu = sq_cpu_detect();
    const int features = sq_cpu_restrict(run->cpu.features, isa);
    if (features == -1)
        return sq_fail(run->err, SQ_EUSAGE, "isa %s: not one of " SQ_ISA_NAMES, isa);
    if (features == -2)
        return sq_fail(run->err, SQ_EUSAGE, "isa %s: this processor does not have it; try auto",
                       isa);
    sq_kernels_choose(&run->kernels, (unsigned)features);
    run->totals->isa = run->kernels.isa;
    return SQ_OK;
}

/* Unless all samples were through already. One that lacks frames is none. */
static int tell_interrupted(struct run *run)
{
    const unsigned long long n = run->next - run->n_active, all = run->feed->end;
    if (n >= all)
        return SQ_OK;
    if (run->feed->end == SQ_FEED_ENDLESS)
        return sq_fail(run->err, SQ_EINTERRUPTED, "interrupted after %llu sample%s", n, sq_s(n));
    return sq_fail(run->err, SQ_EINTERRUPTED, "interrupted after %llu of %llu sample%s", n, all,
                   sq_s(all));
}

/* Turn the loop until every sample is through. */
static int turn(struct run *run)
{
    if (uv_loop_init(&run->loop) != 0)
        return sq_fail(run->err, SQ_ENOMEM, "cannot set up an event loop");
    int status = sq_workers_start(run->err, &run->loop, run->options->threads, do_flight,
                                  flight_done, run, &run->workers);
    if (status == SQ_OK) {
        run->on_sigint.data = run;
        if (run->options->stop_on_sigint) {
            uv_signal_init(&run->loop, &run->on_sigint);
            uv_signal_start(&run->on_sigint, on_sigint, SIGINT);
        }
        for (uint32_t i = 0; i < run->options->batch; i++)
            enter_sample(run, i);
        end_if_done(run);
        status = SQ_OK;
    }
    const uint64_t start_ns = uv_hrtime();
    uv_run(&run->loop, UV_RUN_DEFAULT);
    run->totals->seconds = (double)(uv_hrtime() - start_ns) * 1e-9;
    uv_loop_close(&run->loop);
    if (status == SQ_OK)
        status = run->status;
    return status == SQ_OK && run->interrupted ? tell_interrupted(run) : status;
}

int sq_run(struct sq_error *err, const struct sq_network *network, const struct sq_feed *feed,
           const struct sq_run_options *options, struct sq_totals *totals)
{
    struct run run = {
        .network = network, .options = options, .feed = feed, .totals = totals, .err = err};
    run.next = feed->first;
    run.stage = (struct sq_stage){.network = network,
                                  .kernels = &run.kernels,
                                  .cpu = &run.cpu,
                                  .feed = feed,
                                  .observers = &options->observers,
                                  .uncounted = options->uncounted,
                                  .options = options};
    if (uv_mutex_init(&run.lock) != 0)
        return sq_fail(err, SQ_ENOMEM, "cannot set up a run");
    int status = choose_kernels(&run);
    if (status == SQ_OK)
        status = plan_queue(&run);
    if (status == SQ_OK)
        status = alloc_flights(&run);
    if (status == SQ_OK)
        status = turn(&run);
    uv_mutex_destroy(&run.lock);
    sq_queue_free(run.queue);
    sq_arena_free(&run.arena);
    return status;
}
