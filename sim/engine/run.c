/* The run loop. One cycle of it, in five calls:
 *
 *   loop thread    admit()              samples enter free lanes of the queue
 *                  dispatch()           ready firings -> free jobs -> workers
 *   worker         compute_firings()    sq_fire(), then the next ready firing
 *   loop thread    retire_sample()      outcomes leave in the order of the samples; admit more
 *                  stop_if_finished()   every job is free, no sample is left
 *
 * Invariants
 *  1. Ownership. The loop thread owns everything below "of the loop thread alone" in struct
 *     sq_run_state, and each free job. A dispatched job belongs to its worker until on_job_done().
 *     A taken firing belongs to the worker that computes it, with its node's membranes and the slot
 *     that it writes: the queue gives it to nobody else.
 *  2. Lock. It guards queue, free jobs and is_ending. No firing is computed, no callback is called
 *     and no memory is allocated under it.
 *  3. No stall. When all jobs are free, dispatch() has just found no ready firing or the run is
 *     ending. By invariant 5 of the queue a lane with a sample always has a firing that is ready or
 *     being computed; so, without a failure, no lane has a sample. The window always has room for
 *     the oldest sample that is missing, so a free lane admits it.
 *  4. End. A sample is finite work: nodes times timesteps firings. After the last sample, SIGINT, a
 *     failure or the end of the feed none enters; a worker that waits for a stream's frame returns
 *     on SIGINT (sq_feed.stop). Once every job is free, the workers stop and the loop has no handle
 *     left. Where samples arrive one by one, the loop waits with every job free until their end is
 *     announced (sq_feed.arrivals).
 *  5. Determinism. Firings share only packets that they await, and outcomes pass the window in the
 *     order of the samples: what a run gives depends on neither threads, schedule nor batch. */
#include "kernels/base/plural.h"
#include "sim/engine/fire.h"
#include "sim/engine/pixels.h"
#include "sim/engine/run_state.h"

#include <signal.h>
#include <string.h>

/* Keep the first failure and take no further firing. */
static void fail(struct sq_run_state *run, int status, const struct sq_error *error)
{
    if (run->status != SQ_OK)
        return;
    run->status = status;
    if (error != NULL)
        sq_error_copy(run->err, error);
    uv_mutex_lock(&run->lock);
    run->is_ending = 1;
    uv_mutex_unlock(&run->lock);
}

/* Give ready firings to free jobs, and these to the workers. Called with the lock held. */
static void dispatch(struct sq_run_state *run)
{
    while (run->n_free_jobs > 0 && !run->is_ending) {
        struct sq_firing_job *job = run->free_job[run->n_free_jobs - 1];
        if (!sq_queue_take(run->queue, &job->firing))
            return;
        run->n_free_jobs--;
        sq_workers_give(run->workers, &job->job);
    }
}

/* The job's firing is computed: take the next ready one, and dispatch what else became ready. 0: the
 * job returns to the loop thread. */
static int next_firing(struct sq_run_state *run, struct sq_firing_job *job)
{
    int has_next = 0;
    uv_mutex_lock(&run->lock);
    job->sample_done = sq_queue_done(run->queue, &job->firing);
    if (!job->sample_done && !run->is_ending)
        has_next = sq_queue_take(run->queue, &job->firing);
    dispatch(run);
    uv_mutex_unlock(&run->lock);
    return has_next;
}

static int fire(struct sq_run_state *run, struct sq_firing_job *job, uint32_t lane, unsigned worker)
{
    struct sq_profile *profile = run->options->profile;
    return profile == NULL ? sq_fire(&job->error, &run->shared, &job->firing, &run->lane[lane],
                                     &run->scratch[worker], worker)
                           : sq_profile_fire(&job->error, profile, &run->shared, &job->firing,
                                             &run->lane[lane], &run->scratch[worker], worker);
}

/* Worker thread. On small networks a firing costs less than a return to the loop thread, so a
 * worker takes as many as it can get. */
static void compute_firings(struct sq_job *handed, unsigned worker, void *data)
{
    struct sq_run_state *run = data;
    struct sq_firing_job *job = (struct sq_firing_job *)handed;
    job->sample_done = 0;
    do {
        const uint32_t lane = job->firing.lane;
        job->status = fire(run, job, lane, worker);
    } while (job->status == SQ_OK && next_firing(run, job));
}

/* An error of the loop thread: its warnings go where the caller's go. */
static struct sq_error loop_error(const struct sq_run_state *run)
{
    return (struct sq_error){.warnings = run->err != NULL ? run->err->warnings : NULL};
}

/* A sample's pixels, for a network that takes whole numbers; frames that arrive one by one are
 * checked as they arrive. */
static int check_pixels(struct sq_error *err, const struct sq_run_state *run, uint64_t number,
                        const float *raw)
{
    const struct sq_network *network = run->network;
    const struct sq_spike_shape *frame = &network->node[0].shape;
    if (!network->is_fixed || run->feed->frame != NULL || sq_role_of(run->feed, 0) == SQ_SKIP)
        return SQ_OK;
    return sq_pixels_check(err, network, number, raw,
                           (size_t)sq_network_frames(network) * frame->n_rows * frame->n_channels);
}

/* Read a sample of the feed into the lane and prepare its outcome. */
static int read_sample(struct sq_error *err, struct sq_run_state *run, uint32_t lane_index,
                       uint64_t number, uint64_t turn)
{
    struct sq_lane *lane = &run->lane[lane_index];
    struct sq_outcome *outcome = &lane->outcome;
    int status =
        run->feed->enter(err, run->feed->data, lane_index, number, lane->raw, &outcome->label);
    if (status == SQ_OK)
        status = check_pixels(err, run, number, lane->raw);
    if (status != SQ_OK)
        return status;
    outcome->sample = number;
    outcome->turn = turn;
    outcome->pixels_are_counts = 1;
    outcome->input_unseen = 0;
    memset(outcome->tally, 0,
           run->network->n_nodes * run->network->config.timesteps * sizeof *outcome->tally);
    return SQ_OK;
}

/* The turns whose samples are there: those of the current range, unless they arrive. */
static struct sq_arrived arrived(const struct sq_run_state *run)
{
    const struct sq_range left = run->range;
    return run->feed->arrivals != NULL
               ? sq_arrivals_look(run->feed->arrivals)
               : (struct sq_arrived){.n = run->next + (left.end - left.first), .is_over = 1};
}

/* Will a sample that is not there yet come? */
static int awaits_more(const struct sq_run_state *run)
{
    if (run->feed->arrivals == NULL || run->status != SQ_OK || run->interrupted)
        return 0;
    const struct sq_arrived there = arrived(run);
    return !there.is_over || run->next < there.n;
}

/* Does anything keep the next n samples out: none left, the run is ending, or they could finish too far
 * ahead of the oldest one to be kept in the window? */
static int is_shut(const struct sq_run_state *run, uint32_t n)
{
    return n == 0 || run->status != SQ_OK || run->interrupted || run->feed_is_over ||
           !sq_window_has_room(&run->window, run->next + n - 1);
}

/* Ask for the next range, where the current one is used up. */
static void find_range(struct sq_run_state *run)
{
    const struct sq_ranges *ranges = run->feed->ranges;
    struct sq_error error = loop_error(run);
    if (ranges == NULL || run->range.first < run->range.end || run->has_all_ranges ||
        is_shut(run, 1))
        return;
    const int status = ranges->next(&error, ranges->data, &run->range);
    run->has_all_ranges = status == SQ_FEED_OVER;
    if (status != SQ_OK && status != SQ_FEED_OVER)
        fail(run, status, &error);
}

/* Let the next n samples into the lanes from first_lane on, all of which are free. They are read before the
 * first one enters, so that samples of a coupled batch enter together: a node passes its turn to the
 * next lane as soon as it has fired. */
static void admit(struct sq_run_state *run, uint32_t first_lane, uint32_t n)
{
    struct sq_error error = loop_error(run);
    const uint64_t first = run->next;
    for (uint32_t i = 0; i < n; i++) {
        const int status =
            read_sample(&error, run, first_lane + i, run->range.first + i, first + i);
        if (status == SQ_FEED_OVER)
            run->feed_is_over = 1;
        else if (status != SQ_OK)
            fail(run, status, &error);
        if (status != SQ_OK)
            return;
    }
    run->n_active += n;
    run->next += n;
    run->range.first += n;
    memset(run->lane_is_busy + first_lane, 1, n);
    uv_mutex_lock(&run->lock);
    if (run->options->couple > 1)
        sq_queue_begin_group(run->queue, first_lane, n);
    for (uint32_t i = 0; i < n; i++)
        sq_queue_enter(run->queue, first_lane + i, first + i);
    dispatch(run);
    uv_mutex_unlock(&run->lock);
}

/* The lanes of a group are free, or a lane alone: let in the samples of the next batch, or the next
 * sample. Of a batch that is still arriving, the rest is awaited. */
static void admit_group(struct sq_run_state *run, uint32_t first_lane, uint32_t group)
{
    for (uint32_t i = 0; i < group; i++)
        if (run->lane_is_busy[first_lane + i])
            return;
    find_range(run);
    const struct sq_arrived there = arrived(run);
    const uint64_t left = there.n - run->next;
    const uint32_t n = left < group ? (uint32_t)left : group;
    if (!is_shut(run, n) && (n == group || there.is_over))
        admit(run, first_lane, n);
}

/* No sample enters any more; those in flight are finished. */
static void interrupt(struct sq_run_state *run)
{
    run->interrupted = 1;
    if (run->feed->stop != NULL)
        run->feed->stop(run->feed->data);
}

/* Samples of this run; SQ_FEED_ENDLESS: that is not known. */
static uint64_t n_to_run(const struct sq_run_state *run)
{
    const struct sq_feed *feed = run->feed;
    return feed->ranges != NULL ? feed->n_samples - feed->n_before : feed->end - feed->first;
}

/* Add up the outcome of the oldest sample and pass it to the caller. */
static void deliver(struct sq_run_state *run, const struct sq_outcome *outcome)
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
        run->options->progress(run->options->progress_data, outcome->turn + 1, n_to_run(run));
    if (run->options->stop != NULL && *run->options->stop)
        interrupt(run);
}

static void admit_samples(struct sq_run_state *run)
{
    const uint32_t group = run->options->couple > 1 ? run->options->couple : 1;
    for (uint32_t i = 0; i < run->options->batch; i += group)
        admit_group(run, i, group);
}

/* A lane's sample is finished: deliver every outcome whose turn it is, and admit new samples. */
static void retire_sample(struct sq_run_state *run, uint32_t lane_index)
{
    const struct sq_outcome *next;
    sq_window_put(&run->window, &run->lane[lane_index].outcome);
    run->n_active--;
    run->lane_is_busy[lane_index] = 0;
    while ((next = sq_window_next(&run->window)) != NULL)
        deliver(run, next);
    admit_samples(run);
}

static void stop_if_finished(struct sq_run_state *run)
{
    uv_mutex_lock(&run->lock);
    dispatch(run);
    const int all_free = run->n_free_jobs == run->n_jobs;
    uv_mutex_unlock(&run->lock);
    if (!all_free || (run->n_active > 0 && run->status == SQ_OK && !run->feed_is_over) ||
        awaits_more(run))
        return;
    sq_workers_stop(run->workers);
    if (run->feed->arrivals != NULL)
        sq_arrivals_detach(run->feed->arrivals);
    if (run->options->stop_on_sigint)
        uv_close((uv_handle_t *)&run->on_sigint, NULL);
}

/* Loop thread: a worker returned a job. */
static void on_job_done(struct sq_job *handed, void *data)
{
    struct sq_run_state *run = data;
    struct sq_firing_job *job = (struct sq_firing_job *)handed;
    const int sample_done = job->sample_done;
    const uint32_t lane = job->firing.lane;
    run->feed_is_over |= job->status == SQ_FEED_OVER;
    if (job->status != SQ_OK && job->status != SQ_FEED_OVER)
        fail(run, job->status, &job->error);
    uv_mutex_lock(&run->lock);
    run->free_job[run->n_free_jobs++] = job;
    uv_mutex_unlock(&run->lock);
    if (sample_done)
        retire_sample(run, lane);
    stop_if_finished(run);
}

static void on_sigint(uv_signal_t *handle, int number)
{
    (void)number;
    struct sq_run_state *run = handle->data;
    interrupt(run);
    uv_signal_stop(handle); /* a second SIGINT kills, as the user expects */
}

/* Loop thread: samples were announced, or their end. */
static void on_arrival(uv_async_t *handle)
{
    struct sq_run_state *run = handle->data;
    run->interrupted |= arrived(run).is_abandoned;
    admit_samples(run);
    stop_if_finished(run);
}

/* An error, unless every sample was finished all the same; one that lacks frames does not count. */
static int fail_interrupted(struct sq_run_state *run)
{
    const struct sq_feed *feed = run->feed;
    const uint64_t before = feed->ranges != NULL ? feed->n_before : feed->first;
    const unsigned long long n = before + run->next - run->n_active,
                             all = feed->ranges != NULL ? feed->n_samples : feed->end;
    if (n >= all)
        return SQ_OK;
    if (all == SQ_FEED_ENDLESS)
        return sq_fail(run->err, SQ_EINTERRUPTED, "interrupted after %llu sample%s", n, sq_s(n));
    return sq_fail(run->err, SQ_EINTERRUPTED, "interrupted after %llu of %llu sample%s", n, all,
                   sq_s(all));
}

/* Start the workers and admit the first samples: from here on the loop's callbacks do the rest. */
static int start(struct sq_run_state *run)
{
    struct sq_arrivals *arrivals = run->feed->arrivals;
    int status = arrivals != NULL
                     ? sq_arrivals_attach(run->err, arrivals, &run->loop, on_arrival, run)
                     : SQ_OK;
    if (status != SQ_OK)
        return status;
    status = sq_workers_start(run->err, &run->loop, run->options->threads, compute_firings,
                              on_job_done, run, &run->workers);
    if (status != SQ_OK) {
        if (arrivals != NULL)
            sq_arrivals_detach(arrivals);
        return status;
    }
    run->interrupted |= arrived(run).is_abandoned;
    run->on_sigint.data = run;
    if (run->options->stop_on_sigint) {
        uv_signal_init(&run->loop, &run->on_sigint);
        uv_signal_start(&run->on_sigint, on_sigint, SIGINT);
    }
    admit_samples(run);
    stop_if_finished(run);
    return SQ_OK;
}

/* Run the loop until every sample is finished. */
static int run_loop(struct sq_run_state *run)
{
    if (uv_loop_init(&run->loop) != 0)
        return sq_fail(run->err, SQ_ENOMEM, "cannot set up an event loop");
    int status = start(run);
    const uint64_t start_ns = uv_hrtime();
    uv_run(&run->loop, UV_RUN_DEFAULT);
    run->totals->seconds = (double)(uv_hrtime() - start_ns) * 1e-9;
    uv_loop_close(&run->loop);
    if (status == SQ_OK)
        status = run->status;
    return status == SQ_OK && run->interrupted ? fail_interrupted(run) : status;
}

int sq_run(struct sq_error *err, const struct sq_network *network, const struct sq_feed *feed,
           const struct sq_run_options *options, struct sq_totals *totals)
{
    struct sq_run_state run = {
        .network = network, .options = options, .feed = feed, .totals = totals, .err = err};
    if (feed->ranges == NULL)
        run.range = (struct sq_range){feed->first, feed->end};
    run.shared =
        (struct sq_shared){.network = network,
                           .kernels = &run.kernels,
                           .cpu = &run.cpu,
                           .forced = options->forced,
                           .feed = feed,
                           .role = feed->role,
                           .observers = &options->observers,
                           .uncounted = options->uncounted,
                           .keeps_currents = sq_observers_want_currents(&options->observers),
                           .options = options};
    if (uv_mutex_init(&run.lock) != 0)
        return sq_fail(err, SQ_ENOMEM, "cannot set up a run");
    int status = sq_run_set_up(&run);
    if (status == SQ_OK && options->profile != NULL)
        sq_profile_limit(options->profile, &run.kernels);
    if (status == SQ_OK)
        status = run_loop(&run);
    uv_mutex_destroy(&run.lock);
    sq_queue_free(run.queue);
    sq_arena_free(&run.arena);
    return status;
}
