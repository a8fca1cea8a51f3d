#include "sim/import/prosperity.h"

#include "sim/checkpoint/checkpoint.h"
#include "traces/import/spike_bits.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct sq_tensor *tensor_of(const struct sq_recording *recording, size_t p)
{
    return sq_checkpoint_tensor(recording->inside, p);
}

static int read_sample(struct sq_error *err, struct sq_recording *recording, uint64_t i,
                       struct sq_recorded_sample *out)
{
    (void)err;
    (void)recording;
    *out = (struct sq_recorded_sample){.id = i, .label = -1};
    return SQ_OK;
}

/* Timesteps that the tensor does not have are silent. */
static int read_spikes(struct sq_error *err, struct sq_recording *recording, uint64_t i, size_t p,
                       const struct sq_trace_population *as, uint64_t *bits)
{
    const struct sq_array type = {
        .kind = 'f', .item_bytes = 4, .big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__};
    const struct sq_tensor *tensor = tensor_of(recording, p);
    struct sq_spike_place place = {recording->path, tensor->name, i, 0};
    const size_t words = sq_spike_words(as);
    float *value = malloc(tensor->n_elements * sizeof *value);
    if (value == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", recording->path);
    int status = sq_tensor_read_f32(err, tensor, value);
    memset(bits, 0, recording->timesteps * words * sizeof *bits);
    for (uint32_t t = 0; status == SQ_OK && t < tensor->dim[0]; t++) {
        place.timestep = t;
        status = sq_spike_bits(err, &place, &type,
                               (const unsigned char *)(value + t * sq_trace_neurons(as)), as,
                               bits + t * words);
    }
    free(value);
    return status;
}

static void close_file(struct sq_recording *recording)
{
    sq_checkpoint_free(recording->inside);
}

static int wrong_shape(struct sq_error *err, const struct sq_recording *recording,
                       const struct sq_tensor *tensor, const char *what)
{
    return sq_fail(err, SQ_ESHAPE,
                   "%s: %.100s has %" PRIu32 " dimensions, the first of %" PRIu64 "; %s",
                   recording->path, tensor->name, tensor->n_dims,
                   tensor->n_dims > 0 ? tensor->dim[0] : 0, what);
}

static int add_population(struct sq_error *err, struct sq_recording *recording,
                          const struct sq_tensor *tensor)
{
    struct sq_recorded_population *population;
    if (tensor->n_dims < 2 || tensor->n_dims > 1 + SQ_TRACE_MAX_DIMS || tensor->n_elements == 0 ||
        tensor->dim[0] > SQ_TRACE_MAX_TIMESTEPS ||
        tensor->n_elements / tensor->dim[0] > SQ_TRACE_MAX_NEURONS)
        return wrong_shape(err, recording, tensor,
                           "expected [T,...]: up to 65536 timesteps, 1 to 6 dimensions, not empty");
    const int status = sq_recording_add(err, recording, tensor->name, &population);
    if (status != SQ_OK)
        return status;
    population->n_dims = tensor->n_dims - 1;
    memcpy(population->dim, tensor->dim + 1, population->n_dims * sizeof population->dim[0]);
    if (tensor->dim[0] > recording->timesteps)
        recording->timesteps = (uint32_t)tensor->dim[0];
    return SQ_OK;
}

/* Every tensor has T timesteps, or one: what is the same in all of them, or was averaged. */
static int check_timesteps(struct sq_error *err, struct sq_recording *recording)
{
    size_t used = 0;
    for (size_t p = 0; p < recording->n_populations; p++) {
        const struct sq_tensor *tensor = tensor_of(recording, p);
        if (tensor->dim[0] == recording->timesteps)
            continue;
        if (tensor->dim[0] != 1)
            return wrong_shape(err, recording, tensor, "others have another number of timesteps");
        if (used < sizeof recording->note)
            used +=
                (size_t)snprintf(recording->note + used, sizeof recording->note - used, "%s%s",
                                 used == 0 ? "recorded at timestep 0 only: " : ", ", tensor->name);
    }
    return SQ_OK;
}

int sq_prosperity_open(struct sq_error *err, const char *path, struct sq_recording **out)
{
    static const struct sq_recording_kind kind = {
        "Prosperity activations", 0, read_sample, read_spikes, NULL, close_file};
    struct sq_recording *recording;
    struct sq_checkpoint *file = NULL;
    int status = sq_recording_new(err, path, &kind, &recording);
    if (status != SQ_OK)
        return status;
    status = sq_checkpoint_open_nested(err, path, &file);
    recording->inside = file;
    recording->n_samples = 1;
    for (size_t i = 0; status == SQ_OK && i < sq_checkpoint_count(file); i++)
        status = add_population(err, recording, sq_checkpoint_tensor(file, i));
    if (status == SQ_OK)
        status = check_timesteps(err, recording);
    if (status == SQ_OK)
        *out = recording;
    else
        sq_recording_close(recording);
    return status;
}
