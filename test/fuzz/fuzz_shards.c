/* Any texts as what the traces of two shards say of themselves, KEY=VALUE a line, the second's behind a NUL: the shards are
 * refused by a sentence, and nothing is left behind; or make a whole trace that can be read, twice the same. */
#define _GNU_SOURCE

#include "kernels/base/bits.h"
#include "sim/merge/merge.h"
#include "test/fuzz/fuzz_file.h"
#include "traces/compare/trace_digest.h"
#include "traces/format/frame.h"
#include "traces/read/trace_reader.h"
#include "traces/write/trace_writer.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SHARDS = 2, SAMPLES = 2, MOST_META = 24, ROOM = 80 };

static char shard[SHARDS][ROOM], whole[ROOM], partial[ROOM + 8];

static const struct sq_trace_population population[] = {
    {"a.proj_lif", SQ_TRACE_LIF, 4, 6, 2, {4, 6}, 1, 1}};
static const struct sq_trace_node node[] = {
    {"a.proj_lif", "neuron", "[]", "{}", SQ_TRACE_EDGE_SPIKES, 1, "stem", 6, 2, 2, 0}};

static void remove_files(void)
{
    unlink(shard[0]);
    unlink(shard[1]);
    unlink(whole);
    unlink(partial);
}

static void name_files(void)
{
    const char *folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    for (int i = 0; i < SHARDS; i++)
        snprintf(shard[i], ROOM, "%s/spikeq-fuzz-shard-%d-%d.db", folder, (int)getpid(), i);
    snprintf(whole, ROOM, "%s/spikeq-fuzz-shards-%d.db", folder, (int)getpid());
    snprintf(partial, sizeof partial, "%s.partial", whole);
    atexit(remove_files);
}

/* Cut the text into entries, in place. */
static size_t read_meta(char *text, struct sq_trace_meta *meta)
{
    size_t n = 0;
    for (char *line = text, *next; line != NULL && n < MOST_META; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        char *sign = strchr(line, '=');
        if (sign == NULL)
            continue;
        *sign = '\0';
        meta[n++] = (struct sq_trace_meta){line, sign + 1};
    }
    return n;
}

static void put_sample(struct sq_trace_writer *writer, uint64_t id)
{
    unsigned char out[64];
    uint64_t bits[4] = {1 + id, 0, 2, 0};
    const struct sq_frame_shape shape = {population[0].n_rows, population[0].n_channels};
    const struct sq_trace_sample sample = {.id = id, .label = -1, .prediction = -1};
    struct sq_trace_frame frame = {.spikes = sq_popcount(bits, 4), .data = out};
    frame.size = sq_frame_encode(&shape, bits, frame.spikes, &frame.encoding, out);
    must(sq_trace_put(NULL, writer, &sample, &frame, 1) == SQ_OK);
}

/* 0: a trace cannot say that of itself. */
static int make_shard(int i, char *text)
{
    struct sq_trace_meta meta[MOST_META];
    struct sq_error err = {0};
    struct sq_trace_writer *writer;
    const struct sq_trace_plan plan = {.timesteps = 1,
                                       .n_samples = SAMPLES,
                                       .n_populations = 1,
                                       .n_nodes = 1,
                                       .population = population,
                                       .node = node,
                                       .meta = meta,
                                       .n_meta = read_meta(text, meta)};
    unlink(shard[i]);
    if (sq_trace_create(&err, shard[i], &plan, 1, &writer) != SQ_OK)
        return 0;
    for (uint64_t k = 0; k < SAMPLES; k++)
        put_sample(writer, (uint64_t)i * SAMPLES + k);
    must(sq_trace_finish(&err, writer) == SQ_OK);
    sq_trace_writer_free(writer);
    return 1;
}

static uint64_t digest_of_whole(void)
{
    struct sq_error err = {0};
    struct sq_trace *trace;
    char digest[SQ_DIGEST_TEXT];
    must(sq_trace_open(&err, whole, &trace) == SQ_OK);
    must(sq_trace_n_samples(trace) == SHARDS * SAMPLES && sq_trace_is_complete(trace));
    must(sq_trace_digest(&err, trace, digest) == SQ_OK);
    sq_trace_close(trace);
    return fuzz_digest(0, digest, strlen(digest));
}

static uint64_t merge_once(void)
{
    const char *const path[SHARDS] = {shard[0], shard[1]};
    const struct sq_merge_request request = {.path = path, .n = SHARDS, .out = whole, .force = 1};
    struct sq_merged merged = {0};
    struct sq_error err = {0};
    unlink(whole);
    if (sq_merge_traces(&err, &request, &merged) == SQ_OK)
        return digest_of_whole();
    must(err.text[0] != '\0' && access(whole, F_OK) != 0 && access(partial, F_OK) != 0);
    return fuzz_digest(1, err.text, strlen(err.text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (whole[0] == '\0')
        name_files();
    char *text = calloc(size + 2, 1); /* two texts, each with its end */
    must(text != NULL);
    memcpy(text, data, size);
    char *second = text + strlen(text) + 1;
    if (make_shard(0, text) && make_shard(1, second))
        must(merge_once() == merge_once());
    free(text);
    return 0;
}
