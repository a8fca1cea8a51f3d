/* Any bytes as a recording: an archive of arrays, one array, CSV, a pickle of tensors, and what is
 * none of these as SLAYER's spikes, which have no magic. Opening ends in samples
 * or an error, every sample is read or refused, and a second run says the same. HDF5 files are left
 * out: their reader is the library's. */
#define _GNU_SOURCE

#include "sim/import/prosperity.h"
#include "test/fuzz/fuzz_file.h"
#include "traces/import/spike_bits.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_WORDS = 1 << 14, MOST_SAMPLES = 16 };

static const struct sq_recording_size size_of_b = {"b", 4, 1};
static const struct sq_recording_want want[] = {{.dt_ms = 1, .population = "a"},
                                                {.dt_ms = 0.25,
                                                 .timesteps = 2,
                                                 .n_sizes = 1,
                                                 .sizes = &size_of_b,
                                                 .population = "a",
                                                 .is_transposed = 1}};

static int open_recording(struct sq_error *err, const char *path, const struct sq_recording_want *w,
                          struct sq_recording **out)
{
    enum sq_recording_format format;
    const int status = sq_recording_format_of(err, path, &format);
    if (status == SQ_EUNSUPPORTED)
        format = SQ_RECORDING_SLAYER;
    else if (status != SQ_OK || format == SQ_RECORDING_SONATA)
        return status != SQ_OK ? status : sq_fail(err, SQ_EUNSUPPORTED, "%s: HDF5", path);
    return format == SQ_RECORDING_PROSPERITY ? sq_prosperity_open(err, path, out)
                                             : sq_recording_open(err, path, format, w, out);
}

/* All spikes of a population, if they are few enough. */
static uint64_t read_population(struct sq_error *err, struct sq_recording *recording, uint64_t i,
                                size_t p, uint64_t hash)
{
    static uint64_t bits[MOST_WORDS];
    const struct sq_recorded_population *from = &recording->population[p];
    struct sq_trace_population as = {.n_rows = 1, .n_channels = 1, .channels_first = p % 2};
    for (uint32_t d = 0; d < from->n_dims; d++)
        as.n_channels *= (uint32_t)from->dim[d];
    const size_t words = recording->timesteps * sq_spike_words(&as);
    if (words > MOST_WORDS || from->is_counts)
        return hash;
    if (recording->kind->spikes(err, recording, i, p, &as, bits) != SQ_OK)
        return fuzz_digest(hash, err->text, strlen(err->text));
    return fuzz_digest(hash, bits, words * sizeof *bits);
}

static uint64_t read_samples(struct sq_error *err, struct sq_recording *recording, uint64_t hash)
{
    struct sq_recorded_sample sample;
    hash = fuzz_digest(hash, &recording->n_samples, sizeof recording->n_samples);
    for (uint64_t i = 0; i < recording->n_samples && i < MOST_SAMPLES; i++) {
        if (recording->kind->sample(err, recording, i, &sample) != SQ_OK)
            return fuzz_digest(hash, err->text, strlen(err->text));
        hash = fuzz_digest(hash, &sample.id, sizeof sample.id);
        for (size_t p = 0; p < recording->n_populations; p++)
            hash = read_population(err, recording, i, p, hash);
    }
    return hash;
}

static uint64_t run(const uint8_t *data, size_t size)
{
    uint64_t hash = 0xcbf29ce484222325u;
    const struct fuzz_file file = fuzz_file_open(data, size);
    for (size_t w = 0; w < sizeof want / sizeof *want; w++) {
        struct sq_error err = {0};
        struct sq_recording *recording = NULL;
        if (open_recording(&err, file.path, &want[w], &recording) == SQ_OK)
            hash = read_samples(&err, recording, hash);
        else if (recording != NULL || err.code == SQ_OK || err.text[0] == '\0')
            abort(); /* an error leaves nothing and says something */
        sq_recording_close(recording);
        hash = fuzz_digest(hash, err.text, strlen(err.text));
    }
    close(file.fd);
    return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (run(data, size) != run(data, size))
        abort();
    return 0;
}
