/* A recording of NumPy arrays: one [T,B,...] a population. */
#include "traces/import/array_inside.h"
#include "traces/import/spike_bits.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void close_arrays(struct sq_recording *recording)
{
    struct sq_arrays *arrays = recording->inside;
    if (arrays == NULL)
        return;
    for (size_t p = 0; arrays->fortran != NULL && p < recording->n_populations; p++)
        sq_fortran_free(&arrays->fortran[p]);
    sq_members_close(&arrays->members);
    free(arrays);
}

/* The elements of one population in sample i at timestep t, in C order. */
static int read_slab(struct sq_error *err, const struct sq_recording *recording, size_t p,
                     uint64_t i, uint32_t t)
{
    struct sq_arrays *arrays = recording->inside;
    const struct sq_member *member = arrays->of[p];
    const struct sq_array *a = &member->header;
    const size_t bytes = member->row_elements / (size_t)recording->n_samples * a->item_bytes;
    if (a->fortran)
        return sq_fortran_read(err, &arrays->members, member, &arrays->fortran[p], i, t,
                               arrays->slab);
    return sq_member_read(err, &arrays->members, member,
                          a->offset + (t * recording->n_samples + i) * bytes, arrays->slab, bytes);
}

static int read_spikes(struct sq_error *err, struct sq_recording *recording, uint64_t i, size_t p,
                       const struct sq_trace_population *as, uint64_t *bits)
{
    const struct sq_arrays *arrays = recording->inside;
    struct sq_spike_place place = {recording->path, recording->population[p].name, i, 0};
    int status = SQ_OK;
    for (uint32_t t = 0; status == SQ_OK && t < recording->timesteps; t++) {
        place.timestep = t;
        status = read_slab(err, recording, p, i, t);
        if (status == SQ_OK)
            status = sq_spike_bits(err, &place, &arrays->of[p]->header, arrays->slab, as,
                                   bits + t * sq_spike_words(as));
    }
    return status;
}

static int read_values(struct sq_error *err, struct sq_recording *recording, uint64_t i, size_t p,
                       const struct sq_trace_population *as, uint16_t *value)
{
    const struct sq_arrays *arrays = recording->inside;
    struct sq_spike_place place = {recording->path, recording->population[p].name, i, 0};
    int status = SQ_OK;
    for (uint32_t t = 0; status == SQ_OK && t < recording->timesteps; t++) {
        place.timestep = t;
        status = read_slab(err, recording, p, i, t);
        if (status == SQ_OK)
            status = sq_spike_values(err, &place, &arrays->of[p]->header, arrays->slab, as,
                                     value + t * sq_trace_neurons(as));
    }
    return status;
}

/* T and B are those of the first population. */
static int check_batch(struct sq_error *err, struct sq_recording *recording,
                       const struct sq_member *member)
{
    const struct sq_array *a = &member->header;
    char expected[96];
    if (a->n_dims < 3 || a->n_dims > 2 + SQ_TRACE_MAX_DIMS || a->dim[0] == 0 || a->dim[1] == 0 ||
        member->row_elements == 0)
        return sq_array_wrong_shape(err, recording, member,
                                    "[T,B,...]: timesteps, samples, 1 to 6 dimensions, none empty");
    if (a->dim[0] > SQ_TRACE_MAX_TIMESTEPS)
        return sq_array_wrong_shape(err, recording, member, "at most 65536 timesteps");
    if (recording->timesteps == 0) {
        recording->timesteps = (uint32_t)a->dim[0];
        recording->n_samples = a->dim[1];
    }
    snprintf(expected, sizeof expected, "[%" PRIu32 ",%" PRIu64 ",...] as that of %.40s",
             recording->timesteps, recording->n_samples, recording->population[0].name);
    return a->dim[0] == recording->timesteps && a->dim[1] == recording->n_samples
               ? SQ_OK
               : sq_array_wrong_shape(err, recording, member, expected);
}

static int add_population(struct sq_error *err, struct sq_recording *recording,
                          const struct sq_member *member)
{
    struct sq_recorded_population *population;
    int status = sq_recording_add(err, recording, member->name, &population);
    if (status == SQ_OK)
        status = check_batch(err, recording, member);
    if (status != SQ_OK)
        return status;
    population->n_dims = member->header.n_dims - 2;
    memcpy(population->dim, member->header.dim + 2, population->n_dims * sizeof population->dim[0]);
    return SQ_OK;
}

/* Sort the members into populations and others. */
static int sort_members(struct sq_error *err, struct sq_recording *recording)
{
    struct sq_arrays *arrays = recording->inside;
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < arrays->members.n; i++) {
        const struct sq_member *member = &arrays->members.member[i];
        const enum sq_beside which = sq_array_beside(member);
        if (which == SQ_BESIDE_ARRAYS) {
            arrays->of[recording->n_populations] = member;
            status = add_population(err, recording, member);
        } else if (arrays->beside[which] != NULL) {
            status =
                sq_fail(err, SQ_EFORMAT, "%s: %s is there twice", recording->path, member->name);
        } else {
            arrays->beside[which] = member;
        }
    }
    if (status == SQ_OK && recording->n_populations == 0)
        return sq_fail(err, SQ_EFORMAT,
                       "%s: holds no array of spikes (<population>.npy, [T,B,...])",
                       recording->path);
    return status == SQ_OK ? sq_array_check_beside(err, recording) : status;
}

/* The largest slab, and the logits of one sample. */
static int make_room(struct sq_error *err, struct sq_recording *recording)
{
    struct sq_arrays *arrays = recording->inside;
    size_t largest = 0;
    for (size_t p = 0; p < recording->n_populations; p++) {
        const struct sq_member *member = arrays->of[p];
        const size_t elements = member->row_elements / (size_t)recording->n_samples;
        if (elements > SQ_TRACE_MAX_NEURONS)
            return sq_array_wrong_shape(err, recording, member, "at most 2^30 neurons");
        if (elements * member->header.item_bytes > largest)
            largest = elements * member->header.item_bytes;
    }
    arrays->slab = sq_arena_alloc(&recording->arena, largest, 1);
    arrays->logits = sq_arena_alloc(&recording->arena, recording->n_logits, sizeof(float));
    return arrays->slab != NULL && arrays->logits != NULL
               ? SQ_OK
               : sq_fail(err, SQ_ENOMEM, "%s: out of memory", recording->path);
}

static int open_members(struct sq_error *err, struct sq_recording *recording)
{
    struct sq_arrays *arrays = calloc(1, sizeof *arrays);
    struct stat st;
    recording->inside = arrays;
    if (arrays == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", recording->path);
    const int is_folder = stat(recording->path, &st) == 0 && S_ISDIR(st.st_mode);
    const int status = is_folder ? sq_folder_members(err, recording->path, &arrays->members)
                                 : sq_npz_members(err, recording->path, &arrays->members);
    if (status != SQ_OK)
        return status;
    const size_t n = arrays->members.n;
    arrays->of = sq_arena_alloc(&recording->arena, n, sizeof *arrays->of);
    arrays->fortran = sq_arena_alloc(&recording->arena, n, sizeof *arrays->fortran);
    return arrays->of != NULL && arrays->fortran != NULL
               ? SQ_OK
               : sq_fail(err, SQ_ENOMEM, "%s: out of memory", recording->path);
}

int sq_array_recording_open(struct sq_error *err, const char *path, struct sq_recording **out)
{
    static const struct sq_recording_kind kind = {
        "NumPy arrays [T,B,...]", 0, sq_array_read_sample, read_spikes, read_values, close_arrays};
    struct sq_recording *recording;
    int status = sq_recording_new(err, path, &kind, &recording);
    if (status != SQ_OK)
        return status;
    status = open_members(err, recording);
    if (status == SQ_OK)
        status = sort_members(err, recording);
    if (status == SQ_OK)
        status = make_room(err, recording);
    if (status == SQ_OK)
        *out = recording;
    else
        sq_recording_close(recording);
    return status;
}
