/* A recording of one NumPy array, a raster: [T,N] is one sample, [B,T,N] are B of them; transposed
 * [N,T], [B,N,T]. Either order of bytes, C or Fortran order. */
#include "kernels/base/checked.h"
#include "traces/import/member.h"
#include "traces/import/recording.h"
#include "traces/import/spike_bits.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 1 << 21 };

struct raster {
    struct sq_members members;
    size_t timesteps, neurons;
    int is_time_fastest;  /* within a sample, as it lies in `block` */
    int is_mixed;         /* Fortran order: the samples of an element lie together */
    uint64_t first, n;    /* samples in the block */
    uint64_t room;        /* that it can have */
    unsigned char *block; /* [n][elements], or mixed [elements][n] */
    unsigned char *slab;  /* one timestep of one sample, in the order of neurons */
};

static const struct sq_array *type_of(const struct raster *raster)
{
    return &raster->members.member[0].header;
}

/* Elements of a sample. */
static size_t elements_of(const struct raster *raster)
{
    return raster->timesteps * raster->neurons;
}

/* Samples `first` and following ones come into the block, as many as fit. */
static int read_block(struct sq_error *err, const struct sq_recording *recording, uint64_t first)
{
    struct raster *raster = recording->inside;
    const struct sq_array *a = type_of(raster);
    const uint64_t left = recording->n_samples - first;
    const size_t n = (size_t)(left < raster->room ? left : raster->room);
    const size_t pieces = raster->is_mixed ? elements_of(raster) : 1;
    const size_t bytes = n * a->item_bytes * (raster->is_mixed ? 1 : elements_of(raster));
    const uint64_t stride = raster->is_mixed ? recording->n_samples : 0;
    const uint64_t start = raster->is_mixed ? first : first * elements_of(raster);
    int status = SQ_OK;
    raster->n = 0;
    for (size_t j = 0; status == SQ_OK && j < pieces; j++)
        status = sq_member_read(err, &raster->members, &raster->members.member[0],
                                a->offset + (start + j * stride) * a->item_bytes,
                                raster->block + j * bytes, bytes);
    raster->first = first;
    raster->n = status == SQ_OK ? n : 0;
    return status;
}

/* Where the element at timestep t of neuron i lies in the block. */
static size_t place_of(const struct raster *raster, uint64_t sample, uint32_t t, size_t i)
{
    const size_t within =
        raster->is_time_fastest ? i * raster->timesteps + t : t * raster->neurons + i;
    const size_t b = (size_t)(sample - raster->first);
    return raster->is_mixed ? within * (size_t)raster->n + b : b * elements_of(raster) + within;
}

/* The slab of one timestep of one sample. */
static int read_slab(struct sq_error *err, const struct sq_recording *recording, uint64_t sample,
                     uint32_t t)
{
    const struct raster *raster = recording->inside;
    const size_t item = type_of(raster)->item_bytes;
    int status = SQ_OK;
    if (sample < raster->first || sample - raster->first >= raster->n)
        status = read_block(err, recording, sample);
    for (size_t i = 0; status == SQ_OK && i < raster->neurons; i++)
        memcpy(raster->slab + i * item, raster->block + place_of(raster, sample, t, i) * item,
               item);
    return status;
}

static int read_sample(struct sq_error *err, struct sq_recording *recording, uint64_t i,
                       struct sq_recorded_sample *out)
{
    (void)err;
    (void)recording;
    *out = (struct sq_recorded_sample){.id = i, .label = -1};
    return SQ_OK;
}

/* All timesteps of a sample, as bits or, where `bits` is NULL, as values. */
static int read_timesteps(struct sq_error *err, struct sq_recording *recording, uint64_t i,
                          size_t p, const struct sq_trace_population *as, uint64_t *bits,
                          uint16_t *value)
{
    const struct raster *raster = recording->inside;
    struct sq_spike_place place = {recording->path, recording->population[p].name, i, 0};
    int status = SQ_OK;
    for (uint32_t t = 0; status == SQ_OK && t < recording->timesteps; t++) {
        place.timestep = t;
        status = read_slab(err, recording, i, t);
        if (status == SQ_OK && bits != NULL)
            status = sq_spike_bits(err, &place, type_of(raster), raster->slab, as,
                                   bits + t * sq_spike_words(as));
        else if (status == SQ_OK)
            status = sq_spike_values(err, &place, type_of(raster), raster->slab, as,
                                     value + t * sq_trace_neurons(as));
    }
    return status;
}

static int read_spikes(struct sq_error *err, struct sq_recording *recording, uint64_t i, size_t p,
                       const struct sq_trace_population *as, uint64_t *bits)
{
    return read_timesteps(err, recording, i, p, as, bits, NULL);
}

static int read_values(struct sq_error *err, struct sq_recording *recording, uint64_t i, size_t p,
                       const struct sq_trace_population *as, uint16_t *value)
{
    return read_timesteps(err, recording, i, p, as, NULL, value);
}

static void close_raster(struct sq_recording *recording)
{
    struct raster *raster = recording->inside;
    if (raster == NULL)
        return;
    sq_members_close(&raster->members);
    free(raster);
}

/* Samples, timesteps and neurons, by the shape. */
static int read_shape(struct sq_error *err, struct sq_recording *recording,
                      const struct sq_recording_want *want)
{
    struct raster *raster = recording->inside;
    const struct sq_array *a = type_of(raster);
    const unsigned last = a->n_dims - 1;
    const uint64_t *axis = &a->dim[a->n_dims == 3 ? 1 : 0];
    char shape[192];
    sq_array_shape_text(a, shape, sizeof shape);
    if ((a->n_dims != 2 && a->n_dims != 3) || a->dim[0] == 0 || a->dim[1] == 0 || a->dim[last] == 0)
        return sq_fail(err, SQ_ESHAPE,
                       "%s: has shape %s, expected [T,N] or [B,T,N], with " SQ_OPT
                       "transpose [N,T] or [B,N,T]; other shapes go into a folder as "
                       "<population>.npy, [T,B,...]",
                       recording->path, shape);
    const uint64_t timesteps = axis[want->is_transposed != 0];
    const uint64_t neurons = axis[want->is_transposed == 0];
    if (timesteps > SQ_TRACE_MAX_TIMESTEPS || neurons > SQ_TRACE_MAX_NEURONS)
        return sq_fail(err, SQ_ESHAPE,
                       "%s: shape %s is %" PRIu64 " timesteps of %" PRIu64
                       " neurons, at most %d and 2^30%s",
                       recording->path, shape, timesteps, neurons, SQ_TRACE_MAX_TIMESTEPS,
                       want->is_transposed ? "" : "; is it [N,T]? " SQ_OPT "transpose takes it so");
    recording->timesteps = (uint32_t)timesteps;
    recording->n_samples = a->n_dims == 3 ? a->dim[0] : 1;
    raster->timesteps = (size_t)timesteps;
    raster->neurons = (size_t)neurons;
    raster->is_mixed = a->fortran && recording->n_samples > 1;
    raster->is_time_fastest = (a->fortran != 0) != (want->is_transposed != 0);
    snprintf(recording->note, sizeof recording->note,
             "%.80s was read as %s: %" PRIu64 " timesteps of %" PRIu64 " neurons; %s" SQ_FLAG
             "transpose if it is the other way round",
             shape,
             want->is_transposed ? (a->n_dims == 3 ? "[B,N,T]" : "[N,T]")
                                 : (a->n_dims == 3 ? "[B,T,N]" : "[T,N]"),
             timesteps, neurons, want->is_transposed ? "without " : "");
    return SQ_OK;
}

/* A slab, and a block of whole samples: at least one. The file is as large as its shape says. */
static int make_room(struct sq_error *err, struct sq_recording *recording)
{
    struct raster *raster = recording->inside;
    const size_t item = type_of(raster)->item_bytes, sample = elements_of(raster) * item;
    raster->room = sample < BLOCK_BYTES ? BLOCK_BYTES / sample : 1;
    if (raster->room > recording->n_samples)
        raster->room = recording->n_samples;
    raster->slab = sq_arena_alloc(&recording->arena, raster->neurons, item);
    raster->block = sq_arena_alloc(&recording->arena, (size_t)raster->room, sample);
    return raster->slab != NULL && raster->block != NULL
               ? SQ_OK
               : sq_fail(err, SQ_ENOMEM, "%s: out of memory", recording->path);
}

static int open_raster(struct sq_error *err, struct sq_recording *recording,
                       const struct sq_recording_want *want)
{
    struct raster *raster = calloc(1, sizeof *raster);
    struct sq_recorded_population *population;
    recording->inside = raster;
    if (raster == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", recording->path);
    int status = sq_recording_add(err, recording, want->population, &population);
    if (status == SQ_OK)
        status = sq_file_member(err, recording->path, want->population, &raster->members);
    if (status == SQ_OK)
        status = read_shape(err, recording, want);
    if (status != SQ_OK)
        return status;
    recording->is_flat = 1;
    population->n_dims = 1;
    population->dim[0] = raster->neurons;
    return make_room(err, recording);
}

int sq_raster_recording_open(struct sq_error *err, const char *path,
                             const struct sq_recording_want *want, struct sq_recording **out)
{
    static const struct sq_recording_kind kind = {"one NumPy raster", 0,           read_sample,
                                                  read_spikes,        read_values, close_raster};
    struct sq_recording *recording;
    int status = sq_recording_new(err, path, &kind, &recording);
    if (status != SQ_OK)
        return status;
    status = open_raster(err, recording, want);
    if (status == SQ_OK)
        *out = recording;
    else
        sq_recording_close(recording);
    return status;
}
