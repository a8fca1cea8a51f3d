/* Any bytes as arrays that are pushed into a session, or spikes that are recorded: dtypes, dimensions and values as
 * they come. A push ends in samples or in one sentence; pixels that were taken are finite; and a second session says
 * the same. */
#define _GNU_SOURCE

#include "sim/spikeq.h"
#include "test/fuzz/fuzz_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_PUSHES = 8, ROOM = 1 << 17 };

static spikeq_ctx *ctx;
static spikeq_network *network;
static char trace[64]; /* of this process */

/* What is left of the bytes. */
struct bytes {
    const uint8_t *at, *end;
};

static unsigned take(struct bytes *bytes)
{
    return bytes->at < bytes->end ? *bytes->at++ : 0;
}

/* A dimension: mostly small, now and then any. */
static uint64_t take_dim(struct bytes *bytes)
{
    static const uint64_t likely[] = {1, 2, 3, 4, 8, 12, 16, 32};
    const unsigned kind = take(bytes);
    uint64_t any = 0;
    if (kind < 224)
        return likely[kind % 8];
    for (unsigned i = 0; i < kind - 223 && i < 8; i++)
        any = any << 8 | take(bytes);
    return any;
}

/* An array whose data hold as much as its shape says, or NULL where that is too much: what it says is still looked
 * at. */
static struct spikeq_array take_array(struct bytes *bytes, unsigned char *room)
{
    struct spikeq_array array = {.size = sizeof array, .data = room};
    uint64_t n = 8;
    array.dtype = (enum spikeq_dtype)(take(bytes) % 16);
    array.n_dims = take(bytes) % 10;
    for (unsigned d = 0; d < array.n_dims && d < 8; d++) {
        array.dim[d] = take_dim(bytes);
        n = array.dim[d] == 0 || n <= ROOM / array.dim[d] ? n * array.dim[d] : ROOM + 1;
    }
    if (n > ROOM)
        array.data = NULL;
    if (n > ROOM)
        return array;
    const size_t left = (size_t)(bytes->end - bytes->at), given = left < n ? left : n;
    memset(room, 0, n);
    memcpy(room, bytes->at, given);
    bytes->at += given;
    return array;
}

static uint64_t add_sentence(uint64_t hash, int status)
{
    const char *text = spikeq_error_text(ctx);
    if (status == SPIKEQ_OK)
        return fuzz_digest(hash, "ok", 2);
    if (text[0] == '\0' || strchr(text, '\n') != NULL)
        abort();
    return fuzz_digest(fuzz_digest(hash, &status, sizeof status), text, strlen(text));
}

static uint64_t fetch(spikeq_session *session, uint64_t hash)
{
    struct spikeq_result result = {.size = sizeof result};
    while (spikeq_session_next(session, &result) == SPIKEQ_OK) {
        for (size_t c = 0; c < result.n_classes; c++)
            if (isnan(result.logits[c]))
                abort();
        hash = fuzz_digest(hash, result.logits, result.n_classes * sizeof *result.logits);
        hash = fuzz_digest(hash, &result.all_spikes, sizeof result.all_spikes);
    }
    return hash;
}

static spikeq_session *open_session(int is_given)
{
    spikeq_session *session = NULL;
    spikeq_options *options = NULL;
    if (spikeq_options_new(ctx, "session", &options) != SPIKEQ_OK ||
        spikeq_options_set(options, "threads", "1") != SPIKEQ_OK ||
        spikeq_options_set(options, "from", is_given ? "block.1" : NULL) != SPIKEQ_OK)
        abort();
    if (spikeq_session_open(ctx, network, options, &session) != SPIKEQ_OK)
        abort();
    spikeq_options_free(options);
    return session;
}

static uint64_t push_all(struct bytes bytes, int is_given, uint64_t hash)
{
    static unsigned char room[MOST_PUSHES][ROOM];
    spikeq_session *session = open_session(is_given);
    struct spikeq_array array[MOST_PUSHES];
    for (int i = 0; i < MOST_PUSHES && (i == 0 || bytes.at < bytes.end); i++) {
        struct spikeq_samples samples = {.size = sizeof samples, .array = array, .n_arrays = 1};
        uint64_t n_taken = 0;
        samples.first = take(&bytes) % 4;
        if (is_given)
            samples.n_arrays = 1 + take(&bytes) % MOST_PUSHES;
        array[0] = take_array(&bytes, room[0]);
        for (size_t a = 1; a < samples.n_arrays; a++)
            array[a] = array[0];
        const int status = spikeq_session_push(session, &samples, &n_taken);
        if ((status == SPIKEQ_OK) != (n_taken > 0))
            abort();
        hash = fetch(session, add_sentence(hash, status));
    }
    if (spikeq_session_close(session, NULL) != SPIKEQ_OK)
        abort();
    spikeq_session_free(session);
    return hash;
}

static uint64_t record_all(struct bytes bytes, uint64_t hash)
{
    static unsigned char room[ROOM];
    struct spikeq_recorder_population population[2] = {{sizeof population[0], "a", 2, {3, 5}},
                                                       {sizeof population[0], "b", 1, {64}}};
    struct spikeq_recorder_options options = {.size = sizeof options,
                                              .path = trace,
                                              .timesteps = 2,
                                              .population = population,
                                              .n_populations = 2,
                                              .force = 1};
    spikeq_recorder *recorder = NULL;
    if (spikeq_recorder_open(ctx, &options, &recorder) != SPIKEQ_OK)
        return hash;
    for (int i = 0; i < MOST_PUSHES && bytes.at < bytes.end; i++) {
        const unsigned what = take(&bytes), t = take(&bytes) % 4;
        const uint64_t sample = take(&bytes) % 4;
        struct spikeq_array array = take_array(&bytes, room);
        hash = add_sentence(hash, spikeq_recorder_write(recorder, sample, what & 1 ? "a" : "b",
                                                        t == 3 ? SPIKEQ_ALL_TIMESTEPS : t, &array));
        if (what & 2)
            hash =
                add_sentence(hash, spikeq_recorder_finish_sample(recorder, sample, -1, -1, NULL));
    }
    hash = add_sentence(hash, spikeq_recorder_close(recorder, NULL));
    spikeq_recorder_free(recorder);
    unlink(options.path);
    return hash;
}

static uint64_t run(const uint8_t *data, size_t size)
{
    const struct bytes bytes = {data, data + size};
    return record_all(bytes, push_all(bytes, 1, push_all(bytes, 0, 0xcbf29ce484222325u)));
}

static void set_up(void)
{
    snprintf(trace, sizeof trace, "%s/spikeq-fuzz-push-%d.db",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", (int)getpid());
    setenv("SPIKEQ_CONFIGS", "configs", 1);
    if (spikeq_ctx_new(&ctx) != SPIKEQ_OK ||
        spikeq_network_load(ctx, "test/golden/cifar-2-64/model.safetensors",
                            "test/golden/cifar-2-64/config.json", NULL, 0, &network) != SPIKEQ_OK)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (ctx == NULL)
        set_up();
    if (run(data, size) != run(data, size))
        abort();
    return 0;
}
