#include "test/support/trace_arrays.h"

#include "test/unit.h"
#include "traces/read/trace_reader.h"

#include <stdio.h>
#include <string.h>

static void require(const struct sq_error *err, int is_true)
{
    ck_assert_msg(is_true, "%s", err->text);
}

/* Bit rows of one frame, channels padded to words -> the official order. */
static void spread(const struct sq_trace_population *p, const uint64_t *bits, unsigned char *out)
{
    const size_t n_words = (p->n_channels + 63) / 64;
    for (size_t r = 0; r < p->n_rows; r++)
        for (size_t c = 0; c < p->n_channels; c++)
            out[p->channels_first ? c * p->n_rows + r : r * p->n_channels + c] =
                (unsigned char)(bits[r * n_words + c / 64] >> (c % 64) & 1);
}

static void read_population(struct sq_trace *trace, uint32_t index, struct trace_array *out)
{
    const struct sq_trace_plan *plan = sq_trace_plan_of(trace);
    const struct sq_trace_population *p = &plan->population[index];
    const uint64_t n_samples = sq_trace_n_samples(trace);
    unsigned char *scratch = malloc(sq_trace_frame_bytes(p));
    uint64_t *bits = calloc(p->n_rows, (p->n_channels + 63) / 64 * sizeof *bits);
    struct sq_trace_sample sample;
    struct sq_trace_frame frame;
    struct sq_error err = {0};
    snprintf(out->name, sizeof out->name, "%s", p->name);
    out->n_neurons = sq_trace_neurons(p);
    out->spikes = calloc(plan->timesteps * n_samples, out->n_neurons);
    require(&err, sq_trace_seek(&err, trace, 0) == SQ_OK);
    for (uint64_t b = 0; b < n_samples; b++) {
        require(&err, sq_trace_next(&err, trace, &sample) == 1);
        const struct sq_trace_place where = {sq_trace_path(trace), sample.id};
        for (uint32_t t = 0; t < plan->timesteps; t++) {
            require(&err, sq_trace_frame(&err, trace, sample.id, index, t, &frame) == 1);
            require(&err, sq_trace_decode(&err, &where, p, &frame, scratch, bits) == SQ_OK);
            spread(p, bits, out->spikes + (t * n_samples + b) * out->n_neurons);
        }
    }
    free(bits);
    free(scratch);
}

void trace_arrays_read(const char *path, struct trace_arrays *out)
{
    struct sq_trace *trace;
    struct sq_error err = {0};
    require(&err, sq_trace_open(&err, path, &trace) == SQ_OK);
    const struct sq_trace_plan *plan = sq_trace_plan_of(trace);
    *out = (struct trace_arrays){.timesteps = plan->timesteps,
                                 .n_samples = sq_trace_n_samples(trace),
                                 .array = calloc(plan->n_populations, sizeof *out->array)};
    for (uint32_t p = 0; p < plan->n_populations; p++)
        if (plan->population[p].kind != SQ_TRACE_INPUT)
            read_population(trace, p, &out->array[out->n++]);
    sq_trace_close(trace);
}

void trace_arrays_free(struct trace_arrays *arrays)
{
    for (size_t i = 0; i < arrays->n; i++)
        free(arrays->array[i].spikes);
    free(arrays->array);
}

const struct trace_array *trace_array_find(const struct trace_arrays *arrays, const char *name)
{
    for (size_t i = 0; i < arrays->n; i++)
        if (strcmp(arrays->array[i].name, name) == 0)
            return &arrays->array[i];
    ck_abort_msg("the trace has no population %s", name);
    return NULL;
}
