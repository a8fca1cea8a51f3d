/* One array a population, in the shape that the PyTorch module returns, and data about the
 * samples. */
#include "traces/export/export.h"
#include "traces/files/npz_file.h"
#include "traces/read/trace_events.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE_ARRAYS = 3 }; /* samples, labels, logits */

/* What the arrays are made from, while the archive is written. */
struct npz {
    struct sq_trace *trace;
    struct sq_event_reader *reader;
    const struct sq_selection *selection;
    int has_labels;
    size_t n_logits; /* of every sample; 0: not recorded */
};

/* A population's array: which of the selection. */
struct npz_population {
    const struct npz *npz;
    uint32_t population;
};

static int fill_population(struct sq_error *err, const void *data, uint64_t slab,
                           unsigned char *out)
{
    const struct npz_population *of = data;
    const struct sq_selection *selection = of->npz->selection;
    struct sq_frame_events events;
    const int status =
        sq_event_reader_at(err, of->npz->reader, selection->sample[slab % selection->n_samples],
                           of->population, (uint32_t)(slab / selection->n_samples), &events);
    if (status != SQ_OK)
        return status;
    for (size_t i = 0; i < events.n; i++) {
        const int32_t number = events.value != NULL ? events.value[i] : 1;
        if (events.value != NULL)
            memcpy(out + sizeof number * events.index[i], &number, sizeof number);
        else
            out[events.index[i]] = 1;
    }
    return SQ_OK;
}

/* The row of sample number `slab` of the selection. */
static int fetch(struct sq_error *err, const struct npz *npz, uint64_t slab,
                 struct sq_trace_sample *sample)
{
    int status = sq_trace_seek(err, npz->trace, npz->selection->sample[slab]);
    if (status == SQ_OK)
        status = sq_trace_next(err, npz->trace, sample);
    return status == 1 ? SQ_OK : status;
}

static int fill_id(struct sq_error *err, const void *data, uint64_t slab, unsigned char *out)
{
    const struct npz *npz = data;
    (void)err;
    memcpy(out, &npz->selection->sample[slab], sizeof(int64_t));
    return SQ_OK;
}

static int fill_label(struct sq_error *err, const void *data, uint64_t slab, unsigned char *out)
{
    struct sq_trace_sample sample = {0};
    const int status = fetch(err, data, slab, &sample);
    memcpy(out, &sample.label, sizeof sample.label);
    return status;
}

static int fill_logits(struct sq_error *err, const void *data, uint64_t slab, unsigned char *out)
{
    const struct npz *npz = data;
    struct sq_trace_sample sample = {0};
    const int status = fetch(err, npz, slab, &sample);
    if (status != SQ_OK)
        return status;
    if (sample.n_logits != npz->n_logits)
        return sq_fail(err, SQ_EFORMAT, "%s: was changed while it was read",
                       sq_trace_path(npz->trace));
    if (sample.n_logits > 0)
        memcpy(out, sample.logits, sample.n_logits * sizeof *sample.logits);
    return SQ_OK;
}

/* Which arrays of samples there will be. */
static int look_at_samples(struct sq_error *err, struct npz *npz)
{
    struct sq_trace_sample sample = {0};
    for (size_t s = 0; s < npz->selection->n_samples; s++) {
        const int status = fetch(err, npz, s, &sample);
        if (status != SQ_OK)
            return status;
        npz->has_labels |= sample.label >= 0;
        if (s == 0)
            npz->n_logits = sample.n_logits;
        if (sample.n_logits != npz->n_logits)
            return sq_fail(err, SQ_ESHAPE,
                           "%s: sample %" PRIu64 " has %zu logits, those before it %zu: no array "
                           "can hold them",
                           sq_trace_path(npz->trace), sample.id, sample.n_logits, npz->n_logits);
    }
    return SQ_OK;
}

static size_t plan_samples(const struct npz *npz, struct sq_npz_array *member)
{
    const uint64_t n = npz->selection->n_samples;
    size_t k = 0;
    member[k++] =
        (struct sq_npz_array){{.name = "samples", .type = SQ_NPY_I64, .samples = n}, fill_id, npz};
    if (npz->has_labels)
        member[k++] = (struct sq_npz_array){
            {.name = "labels", .type = SQ_NPY_I64, .samples = n}, fill_label, npz};
    if (npz->n_logits > 0)
        member[k++] = (struct sq_npz_array){{.name = "logits",
                                             .type = SQ_NPY_F32,
                                             .samples = n,
                                             .n_dims = 1,
                                             .dim = {npz->n_logits}},
                                            fill_logits,
                                            npz};
    return k;
}

static void plan_population(const struct npz_population *of, struct sq_npz_array *member)
{
    const struct sq_selection *selection = of->npz->selection;
    const struct sq_trace_population *p = &selection->plan->population[of->population];
    *member = (struct sq_npz_array){
        {.name = p->name,
         .type = p->kind == SQ_TRACE_INPUT ? SQ_NPY_I32 : SQ_NPY_U8,
         .timesteps = selection->plan->timesteps,
         .samples = selection->n_samples,
         .n_dims = p->n_dims},
        fill_population,
        of,
    };
    memcpy(member->plan.dim, p->dim, sizeof p->dim);
}

static int write_arrays(struct sq_error *err, const struct npz *npz, const struct sq_output *output)
{
    const size_t n = npz->selection->n_populations;
    struct npz_population *of = calloc(n, sizeof *of);
    struct sq_npz_array *member = calloc(n + SAMPLE_ARRAYS, sizeof *member);
    int status;
    if (of == NULL || member == NULL) {
        status = sq_fail(err, SQ_ENOMEM, "%s: out of memory", output->path);
    } else {
        for (size_t i = 0; i < n; i++) {
            of[i] = (struct npz_population){npz, npz->selection->population[i]};
            plan_population(&of[i], &member[i]);
        }
        status = sq_npz_write(err, output, member, n + plan_samples(npz, member + n));
    }
    free(of);
    free(member);
    return status;
}

int sq_export_npz(struct sq_error *err, const struct sq_export *export)
{
    struct npz npz = {.trace = export->trace};
    struct sq_output output;
    int status = sq_output_begin(err, &output, export->out, export->force);
    if (status != SQ_OK)
        return status;
    status = sq_event_reader_open(err, export->trace, export->globs, &export->range,
                                  SQ_EVENTS_BY_POPULATION, &npz.reader);
    if (status == SQ_OK) {
        npz.selection = sq_event_reader_selection(npz.reader);
        status = look_at_samples(err, &npz);
    }
    if (status == SQ_OK)
        status = write_arrays(err, &npz, &output);
    sq_event_reader_close(npz.reader);
    return sq_output_end(err, &output, status);
}
