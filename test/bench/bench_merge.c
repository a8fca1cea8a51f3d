/* How fast shards become one trace, against cp of the same bytes; and the memory that it takes.
 *
 *   bench_merge [SHARDS [SAMPLES [POPULATIONS]]]
 *
 * The demonstration network on 200 of its images, recorded once; their frames, under ever new numbers, fill
 * SHARDS traces of SAMPLES samples each (default: 20 of 1,000 samples of block.*). Prints MB/s of merging and of
 * cp, and peak KiB; judges nothing. Files, twice the bytes of all shards, lie in $TMPDIR or /tmp: POPULATIONS says
 * how many that are. */
#define _DEFAULT_SOURCE

#include "sim/api/calls.h"
#include "sim/merge/merge.h"
#include "test/bench/measure.h"
#include "traces/format/description.h"
#include "traces/read/trace_reader.h"
#include "traces/write/trace_writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define IMAGES "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz"

enum { N_RECORDED = 200, MAX_FRAMES = 4096 };

static char folder[128], source[160], whole[160];
static uint64_t n_shards = 20, n_samples = 1000;
static const char *populations = "block.*";

static void require(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "bench_merge: %s\n", what);
    exit(EXIT_FAILURE);
}

static void shard_path(uint64_t i, char path[200])
{
    snprintf(path, 200, "%s/shard%" PRIu64 ".db", folder, i);
}

static void record(void)
{
    spikeq_ctx *ctx;
    spikeq_network *network;
    spikeq_report *report;
    const struct sq_run_choices options = {.input = IMAGES,
                                           .limit = N_RECORDED,
                                           .trace = {.path = source, .populations = populations}};
    setenv("SPIKEQ_CONFIGS", "configs", 0);
    require(spikeq_ctx_new(&ctx) == SPIKEQ_OK, "out of memory");
    require(spikeq_network_load(ctx, "configs/models/weights/fashion-2-64.safetensors",
                                "fashion-2-64", NULL, 0, &network) == SPIKEQ_OK,
            spikeq_error_text(ctx));
    require(sq_api_run(ctx, network, &options, &report) == SPIKEQ_OK, spikeq_error_text(ctx));
    spikeq_report_free(report);
    spikeq_network_free(network);
    spikeq_ctx_free(ctx);
}

/* The recorded samples, read into memory: what a writer is given. */
struct recorded {
    struct sq_trace *trace;
    struct sq_trace_sample sample[N_RECORDED];
    struct sq_trace_frame *frame[N_RECORDED];
    size_t n_frames;
};

static void *copy_of(const void *data, size_t size)
{
    void *copy = malloc(size + 1);
    require(copy != NULL, "out of memory");
    return size > 0 ? memcpy(copy, data, size) : copy;
}

static void read_sample(struct recorded *r, size_t i)
{
    const struct sq_trace_plan *plan = sq_trace_plan_of(r->trace);
    struct sq_trace_sample *sample = &r->sample[i];
    struct sq_error err = {0};
    require(sq_trace_next(&err, r->trace, sample) == 1, err.text);
    sample->logits = copy_of(sample->logits, sample->n_logits * sizeof *sample->logits);
    sample->operations = copy_of(sample->operations, sample->operations_bytes);
    r->frame[i] = calloc(r->n_frames, sizeof **r->frame);
    require(r->frame[i] != NULL, "out of memory");
    for (size_t f = 0; f < r->n_frames; f++) {
        struct sq_trace_frame *frame = &r->frame[i][f];
        frame->population = (uint32_t)(f / plan->timesteps);
        frame->timestep = (uint32_t)(f % plan->timesteps);
        require(sq_trace_frame(&err, r->trace, sample->id, frame->population, frame->timestep,
                               frame) == 1,
                err.text);
        frame->data = copy_of(frame->data, frame->size);
    }
}

static void read_all(struct recorded *r)
{
    struct sq_error err = {0};
    require(sq_trace_open(&err, source, &r->trace) == SQ_OK &&
                sq_trace_seek(&err, r->trace, 0) == SQ_OK,
            err.text);
    r->n_frames = sq_trace_plan_of(r->trace)->n_populations * sq_trace_plan_of(r->trace)->timesteps;
    for (size_t i = 0; i < N_RECORDED; i++)
        read_sample(r, i);
}

/* A shard's plan: the recorded one, without what its writer adds, as a part of the whole. */
static void plan_shard(const struct recorded *r, uint64_t i, struct sq_trace_meta *meta, char *note,
                       size_t room, struct sq_trace_plan *plan)
{
    static const char *const own[] = {"timesteps", "samples",     "detail",     "codec",
                                      "complete",  "description", "run_samples"};
    snprintf(note, room,
             "{\"index\":%" PRIu64 ",\"of\":%" PRIu64 ",\"first\":%" PRIu64 ",\"end\":%" PRIu64
             ",\"whole\":%" PRIu64 "}",
             i + 1, n_shards, i * n_samples, (i + 1) * n_samples, n_shards * n_samples);
    *plan = *sq_trace_plan_of(r->trace);
    const struct sq_trace_meta *from = plan->meta;
    const size_t n = plan->n_meta;
    plan->n_samples = n_samples;
    plan->meta = meta;
    plan->n_meta = 0;
    for (size_t k = 0; k < n; k++) {
        int is_own = 0;
        for (size_t o = 0; o < sizeof own / sizeof *own; o++)
            is_own |= strcmp(from[k].key, own[o]) == 0;
        if (!is_own)
            meta[plan->n_meta++] = from[k];
    }
    meta[plan->n_meta++] = (struct sq_trace_meta){SQ_META_SHARD, note};
}

static void make_shard(const struct recorded *r, uint64_t i)
{
    struct sq_trace_meta meta[64];
    struct sq_trace_plan plan;
    struct sq_trace_writer *writer;
    struct sq_error err = {0};
    char path[200], note[160];
    shard_path(i, path);
    plan_shard(r, i, meta, note, sizeof note, &plan);
    require(sq_trace_create(&err, path, &plan, 0, &writer) == SQ_OK, err.text);
    for (uint64_t k = 0; k < n_samples; k++) {
        const size_t from = (size_t)((i * n_samples + k) % N_RECORDED);
        struct sq_trace_sample sample = r->sample[from];
        sample.id = i * n_samples + k;
        require(sq_trace_put(&err, writer, &sample, r->frame[from], r->n_frames) == SQ_OK,
                err.text);
    }
    require(sq_trace_finish(&err, writer) == SQ_OK, err.text);
    sq_trace_writer_free(writer);
}

static void make_shards(void)
{
    static struct recorded r;
    record();
    read_all(&r);
    for (uint64_t i = 0; i < n_shards; i++)
        make_shard(&r, i);
}

static void merge(void)
{
    char(*path)[200] = calloc(n_shards, sizeof *path);
    const char **list = calloc(n_shards, sizeof *list);
    struct sq_error err = {0};
    struct sq_merged merged;
    require(path != NULL && list != NULL, "out of memory");
    for (uint64_t i = 0; i < n_shards; i++) {
        shard_path(i, path[i]);
        list[i] = path[i];
    }
    const struct sq_merge_request request = {.path = list, .n = n_shards, .out = whole};
    require(sq_merge_traces(&err, &request, &merged) == SQ_OK, err.text);
    require(merged.n_samples == n_shards * n_samples, "samples are missing");
}

/* They make room for the copy. */
static void remove_shards(void)
{
    char path[200];
    for (uint64_t i = 0; i < n_shards; i++) {
        shard_path(i, path);
        unlink(path);
    }
}

static void copy(void)
{
    char command[512];
    snprintf(command, sizeof command, "cp --reflink=never %s %s/copy.db", whole, folder);
    require(system(command) == 0, "cp failed");
}

/* What a process of its own takes. */
struct taken {
    double seconds, cpu_seconds;
    long kib; /* at most */
};

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

static struct taken measure(void (*work)(void))
{
    struct rusage used;
    int status;
    fflush(stdout);
    const double start = clock_seconds(CLOCK_MONOTONIC);
    const pid_t child = fork();
    if (child == 0) {
        work();
        _exit(EXIT_SUCCESS);
    }
    require(child > 0 && wait4(child, &status, 0, &used) == child && status == 0, "a part failed");
    return (struct taken){.seconds = clock_seconds(CLOCK_MONOTONIC) - start,
                          .cpu_seconds = seconds_of(used.ru_utime) + seconds_of(used.ru_stime),
                          .kib = used.ru_maxrss};
}

static void remove_folder(void)
{
    char command[256];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (folder[0] != '\0' && system(command) != 0)
        fprintf(stderr, "bench_merge: %s stays behind\n", folder);
}

int main(int argc, char **argv)
{
    const char *temporary = getenv("TMPDIR");
    struct stat info;
    if (access(IMAGES, R_OK) != 0) {
        puts("bench_merge: needs the images of the demonstration (make demo)");
        return EXIT_SUCCESS;
    }
    n_shards = argc > 1 ? strtoull(argv[1], NULL, 10) : n_shards;
    n_samples = argc > 2 ? strtoull(argv[2], NULL, 10) : n_samples;
    populations = argc > 3 ? argv[3] : populations;
    snprintf(folder, sizeof folder, "%s/spikeq-merge-XXXXXX", temporary ? temporary : "/tmp");
    require(mkdtemp(folder) != NULL, "no folder for files");
    atexit(remove_folder);
    snprintf(source, sizeof source, "%s/source.db", folder);
    snprintf(whole, sizeof whole, "%s/whole.db", folder);
    measure(make_shards);
    const struct taken merged = measure(merge);
    require(stat(whole, &info) == 0, "no whole");
    const double mb = (double)info.st_size * 1e-6;
    printf("merge of %" PRIu64 " shards of %" PRIu64
           " samples of %s: %.0f MB in %.1f s: %.0f MB/s (%.0f MB a "
           "processor second), %ld KiB at most\n",
           n_shards, n_samples, populations, mb, merged.seconds, mb / merged.seconds,
           mb / merged.cpu_seconds, merged.kib);
    remove_shards();
    const struct taken copied = measure(copy);
    printf("cp of the whole: %.1f s: %.0f MB/s (%.0f MB a processor second)\n", copied.seconds,
           mb / copied.seconds, mb / copied.cpu_seconds);
    return EXIT_SUCCESS;
}
