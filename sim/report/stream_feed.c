#include "sim/report/stream_feed.h"

#include "sim/network/head.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <uv.h>

/* Waits that may be long, and that SIGINT ends. */
struct watch {
    int (*job)(void *data);
    void (*stop)(void *data);
    void *data;
    int status;
    uv_loop_t loop;
    uv_async_t done;
    uv_signal_t on_sigint;
    uv_thread_t thread;
};

static void do_job(void *data)
{
    struct watch *watch = data;
    watch->status = watch->job(watch->data);
    uv_async_send(&watch->done);
}

static void close_all(struct watch *watch)
{
    uv_close((uv_handle_t *)&watch->done, NULL);
    uv_close((uv_handle_t *)&watch->on_sigint, NULL);
}

static void on_done(uv_async_t *done)
{
    close_all(done->data);
}

static void on_sigint(uv_signal_t *handle, int number)
{
    struct watch *watch = handle->data;
    (void)number;
    watch->stop(watch->data);
    uv_signal_stop(handle);
}

/* Run the loop until the job is done. */
static int turn(struct sq_error *err, struct watch *watch)
{
    watch->done.data = watch->on_sigint.data = watch;
    uv_signal_init(&watch->loop, &watch->on_sigint);
    uv_signal_start(&watch->on_sigint, on_sigint, SIGINT);
    const int failed = uv_thread_create(&watch->thread, do_job, watch);
    if (failed != 0)
        close_all(watch);
    uv_run(&watch->loop, UV_RUN_DEFAULT);
    if (failed != 0)
        return sq_fail(err, SQ_ENOMEM, "cannot start a thread: %s", uv_strerror(failed));
    uv_thread_join(&watch->thread);
    return watch->status;
}

/* Do `job` on its own thread and return what it returns; at SIGINT call `stop` on this thread,
 * after which the job should end soon. A second SIGINT kills. SQ_ENOMEM. */
static int until_sigint(struct sq_error *err, int (*job)(void *data), void (*stop)(void *data),
                        void *data)
{
    struct watch watch = {.job = job, .stop = stop, .data = data};
    if (uv_loop_init(&watch.loop) != 0)
        return sq_fail(err, SQ_ENOMEM, "cannot set up an event loop");
    const int status = uv_async_init(&watch.loop, &watch.done, on_done) == 0
                           ? turn(err, &watch)
                           : sq_fail(err, SQ_ENOMEM, "cannot set up an event loop");
    uv_loop_close(&watch.loop);
    return status;
}

bool sq_stream_feed_is(const char *path, const struct sq_frames_choices *options)
{
    struct stat status;
    if (options->rule == NULL)
        return false;
    if (options->stream || strcmp(path, "-") == 0 || strncmp(path, "tcp://", 6) == 0 ||
        strncmp(path, "tcp-listen://", 13) == 0)
        return true;
    return stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

/* Options that only files allow. */
static int check_options(struct sq_error *err, const char *path,
                         const struct sq_run_choices *options)
{
    const char *what = NULL;
    if (options->labels != NULL)
        what = "the samples of a stream have no labels; leave out " SQ_OPT "labels";
    else if (options->trace.resume)
        what = "a stream cannot be read again; " SQ_OPT "resume takes files only";
    else if (options->dump_dir != NULL && options->limit == 0)
        what = "the length of arrays must be known; " SQ_OPT "dump of a stream needs " SQ_OPT
               "limit N";
    return what == NULL ? SQ_OK : sq_fail(err, SQ_EUSAGE, "%s: %s", path, what);
}

/* Opening a stream: waits for a writer and for the recording's header. */
struct opening {
    struct sq_error *err;
    const char *path;
    struct sq_frame_request request;
    const struct sq_config *config;
    struct sq_stream_feed *feed;
};

static int open_frames(void *data)
{
    struct opening *opening = data;
    const struct sq_config *config = opening->config;
    return sq_frame_stream_open(opening->err, opening->path, &opening->request, config->image_width,
                                config->image_height, &opening->feed->frames);
}

static void stop_opening(void *data)
{
    const struct opening *opening = data;
    sq_source_stop_set(&opening->feed->stop);
}

static int open_stoppable(struct opening *opening, int stop_on_sigint)
{
    struct sq_stream_feed *feed = opening->feed;
    int rc = sq_source_stop_open(opening->err, &feed->stop);
    feed->has_stop = rc == SQ_OK;
    opening->request.read.stop = &feed->stop;
    opening->request.read.may_be_cut = true;
    if (rc == SQ_OK)
        rc = stop_on_sigint ? until_sigint(opening->err, open_frames, stop_opening, opening)
                            : open_frames(opening);
    return rc != SQ_EINTERRUPTED
               ? rc
               : sq_fail(opening->err, rc, "%s: interrupted before it began", opening->path);
}

int sq_stream_feed_open(struct sq_error *err, const struct sq_network *network, const char *path,
                        const struct sq_frame_request *request,
                        const struct sq_run_choices *options, struct sq_stream_feed *feed)
{
    const struct sq_config *config = &network->config;
    struct opening opening = {err, path, *request, config, feed};
    *feed = (struct sq_stream_feed){.timesteps = config->timesteps,
                                    .classes = config->classes,
                                    .step = options->step,
                                    .step_data = options->step_data};
    if (!sq_config_takes_frames(config) || config->in_channels != 2)
        return sq_fail(
            err, SQ_EUSAGE,
            "%s: " SQ_OPT "frames makes frames of 2 polarities; this network takes images", path);
    const int refused = check_options(err, path, options);
    if (refused != SQ_OK)
        return refused;
    feed->frame_counts = (size_t)2 * config->image_height * config->image_width;
    feed->complete_ns = calloc(config->timesteps, sizeof *feed->complete_ns);
    feed->events = calloc(config->timesteps, sizeof *feed->events);
    if (feed->complete_ns == NULL || feed->events == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    return open_stoppable(&opening, options->stop_on_sigint);
}

void sq_stream_feed_close(struct sq_stream_feed *feed)
{
    sq_frame_stream_free(feed->frames);
    if (feed->has_stop)
        sq_source_stop_close(&feed->stop);
    free(feed->complete_ns);
    free(feed->events);
    *feed = (struct sq_stream_feed){.frames = NULL};
}

/* Wait for the frame of timestep t. */
static int take_frame(struct sq_error *err, struct sq_stream_feed *feed, uint32_t t, float *raw)
{
    const int32_t *frame = NULL;
    const int rc = sq_source_stop_is_set(&feed->stop)
                       ? SQ_EINTERRUPTED
                       : sq_frame_stream_next(err, feed->frames, &frame);
    if (rc != SQ_OK && rc != SQ_EINTERRUPTED)
        return rc;
    if (frame == NULL)
        return SQ_FEED_OVER;
    for (size_t i = 0; i < feed->frame_counts; i++)
        raw[i] = (float)frame[i];
    feed->events[t] = sq_frame_stream_events(feed->frames);
    feed->complete_ns[t] = uv_hrtime();
    atomic_fetch_add(&feed->n_frames, 1);
    return SQ_OK;
}

static int enter(struct sq_error *err, void *data, uint32_t lane, uint64_t number, float *raw,
                 int32_t *label)
{
    (void)err;
    (void)data;
    (void)lane;
    (void)number;
    (void)raw; /* its frames are waited for by the workers, so that the loop sees signals */
    *label = -1;
    return SQ_OK;
}

static int next_frame(struct sq_error *err, void *data, uint32_t lane, uint32_t t, float *raw)
{
    (void)lane;
    return take_frame(err, data, t, raw);
}

static void stop(void *data)
{
    struct sq_stream_feed *feed = data;
    sq_source_stop_set(&feed->stop);
}

struct sq_feed sq_stream_feed_of(struct sq_stream_feed *feed, uint64_t limit, int carries_state)
{
    return (struct sq_feed){.end = limit > 0 ? limit : SQ_FEED_ENDLESS,
                            .enter = enter,
                            .frame = next_frame,
                            .stop = stop,
                            .carries_state = carries_state,
                            .data = feed};
}

int sq_stream_feed_stepped(struct sq_stream_feed *feed, const struct sq_step *step)
{
    const double seconds = (double)(uv_hrtime() - feed->complete_ns[step->t]) * 1e-9;
    struct spikeq_step shown = {.sample = step->sample,
                                .timestep = step->t,
                                .prediction = sq_head_class(step->logits, feed->classes),
                                .n_classes = feed->classes,
                                .logits = step->logits,
                                .spikes = step->spikes,
                                .events = feed->events[step->t],
                                .latency_seconds = seconds};
    if (feed->step != NULL)
        feed->step(feed->step_data, &shown);
    return SQ_OK;
}
