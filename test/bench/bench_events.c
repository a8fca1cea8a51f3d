/* Recordings: events a second, decoded alone and decoded and binned (number:16, two passes), one
 * core, from a warm file, against a plain memcpy() of the file's bytes in the same run. Four
 * million events of a 128x128 sensor in every format that test/support/event_files.h writes. Prints
 * a table, judges nothing. bench_events [EVENTS [BEGINNING OF A FORMAT'S NAME]] */
#include "sim/events/formats/event_open.h"
#include "sim/events/frames/frame_maker.h"
#include "test/bench/measure.h"
#include "test/support/event_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { N_RUNS = 5 };

/* Of the processor: what else the machine does plays no part. */
static double seconds(void)
{
    return clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
}

static void require(int holds, const struct sq_error *err)
{
    if (holds)
        return;
    fprintf(stderr, "bench_events: %s\n", err->text);
    exit(EXIT_FAILURE);
}

static int ignore_frame(struct sq_error *err, void *data, uint64_t k, const int32_t *frame)
{
    (void)err;
    (void)k;
    *(int64_t *)data += frame[0];
    return SQ_OK;
}

/* Read all events; with a rule, bin them too. Returns the number of events. */
static uint64_t read_once(const char *path, const char *rule,
                          const struct sq_event_options *options)
{
    struct sq_error err = {0};
    struct sq_camera *camera;
    struct sq_event_profile profile;
    struct sq_frame_splits splits;
    struct sq_frame_rule parsed;
    int64_t sum = 0;
    require(sq_camera_open(&err, path, options, &camera) == SQ_OK, &err);
    require(sq_event_profile_read(camera, &profile) == SQ_OK, &err);
    if (rule != NULL) {
        const struct sq_frame_grid grid = sq_frame_grid_of(options->width, options->height, 1);
        require(sq_frame_rule_parse(&err, rule, &parsed) == SQ_OK, &err);
        require(sq_frame_splits_find(&err, path, camera, &profile, &parsed, &splits) == SQ_OK,
                &err);
        require(sq_camera_rewind(camera) == SQ_OK, &err);
        require(sq_frames_make(&err, path, camera, &splits, &grid, false, ignore_frame, &sum,
                               NULL) == SQ_OK,
                &err);
        sq_frame_splits_free(&splits);
    }
    sq_camera_close(camera);
    return profile.n;
}

/* Best of the runs, in million events a second. */
static double rate(const char *path, const char *rule, const struct sq_event_options *options)
{
    double best = 0;
    for (int i = 0; i < N_RUNS; i++) {
        const double start = seconds();
        const uint64_t n = read_once(path, rule, options);
        const double now = (double)n / (seconds() - start) * 1e-6;
        best = now > best ? now : best;
    }
    return best;
}

/* Seconds of a memcpy() of as many bytes, best of the runs. */
static double copy_seconds(const struct bytes *bytes)
{
    unsigned char *to = malloc(bytes->n);
    double best = 1e9;
    for (int i = 0; to != NULL && i < N_RUNS; i++) {
        const double start = seconds();
        memcpy(to, bytes->data, bytes->n);
        const double now = seconds() - start;
        best = now < best && to[bytes->n / 2] == bytes->data[bytes->n / 2] ? now : best;
    }
    free(to);
    return best;
}

static void measure(const struct event_file *file, struct sq_camera_event *event, size_t n,
                    const char *path)
{
    struct sq_event_options options = {.width = file->width, .height = file->height};
    struct bytes bytes = {NULL, 0, 0};
    FILE *to = fopen(path, "wb");
    event_file_draw(file, 1, event, n);
    for (size_t i = 0; i < n && file->is_timed; i++) /* within the times of every format */
        event[i].t = (int64_t)(i * 8000 / n) + 1;
    file->write(&bytes, event, n);
    if (to == NULL || fwrite(bytes.data, 1, bytes.n, to) != bytes.n || fclose(to) != 0)
        exit(EXIT_FAILURE);
    const double copied = copy_seconds(&bytes);
    const double decoded = rate(path, NULL, &options);
    options.keep = true;
    const double binned = rate(path, "number:16", &options);
    printf("%-26s %8.1f %8.1f %8.1f %10.2f\n", file->name, (double)bytes.n * 1e-6, decoded, binned,
           (double)n * 1e-6 / decoded / copied);
    bytes_free(&bytes);
}

int main(int argc, char **argv)
{
    const size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 4000000;
    struct sq_camera_event *event = calloc(n, sizeof *event);
    char path[64];
    if (event == NULL || n == 0)
        return EXIT_FAILURE;
    snprintf(path, sizeof path, "/tmp/spikeq-bench-%d", (int)getpid());
    printf("%zu events, one core\n%-26s %8s %8s %8s %10s\n", n, "format", "MB", "M ev/s", "binned",
           "/ memcpy");
    for (size_t i = 0; i < n_event_files; i++)
        if (argc < 3 || strncmp(event_file[i].name, argv[2], strlen(argv[2])) == 0)
            measure(&event_file[i], event, n, path);
    unlink(path);
    free(event);
    return EXIT_SUCCESS;
}
