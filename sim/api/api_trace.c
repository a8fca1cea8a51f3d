/* spikeq_trace_...(): samples and spikes of a trace by number. */
#include "sim/api/context.h"
#include "traces/read/trace_events.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct spikeq_trace {
    struct sq_trace *trace;
    struct sq_event_reader *frames; /* opened for the first spikes; NULL before */
    uint64_t next;                  /* where spikeq_trace_next() goes on */
};

int spikeq_trace_open(spikeq_ctx *ctx, const char *path, spikeq_trace **out)
{
    spikeq_trace *trace = calloc(1, sizeof *trace);
    if (trace == NULL)
        return sq_fail(&ctx->error, SQ_ENOMEM, "%s: out of memory", path);
    const int status = sq_trace_open(&ctx->error, path, &trace->trace);
    if (status == SQ_OK)
        *out = trace;
    else
        spikeq_trace_close(trace);
    return status;
}

void spikeq_trace_close(spikeq_trace *trace)
{
    if (trace == NULL)
        return;
    sq_event_reader_close(trace->frames);
    sq_trace_close(trace->trace);
    free(trace);
}

int spikeq_trace_describe(const spikeq_trace *trace, struct spikeq_trace_info *info)
{
    const struct sq_trace_plan *plan = sq_trace_plan_of(trace->trace);
    const struct spikeq_trace_info found = {
        .version = plan->version,
        .timesteps = plan->timesteps,
        .n_samples = sq_trace_n_samples(trace->trace),
        .n_populations = plan->n_populations,
        .has_spikes = plan->detail == SQ_TRACE_SPIKES,
        .is_complete = sq_trace_is_complete(trace->trace),
    };
    return sq_sized_copy(NULL, info, &found, sizeof found);
}

int spikeq_trace_population(const spikeq_trace *trace, size_t index,
                            struct spikeq_population_info *info)
{
    const struct sq_trace_plan *plan = sq_trace_plan_of(trace->trace);
    if (index >= plan->n_populations)
        return SPIKEQ_EUSAGE;
    const struct sq_trace_population *p = &plan->population[index];
    struct spikeq_population_info found = {
        .name = p->name,
        .neurons = sq_trace_neurons(p),
        .n_dims = p->n_dims,
        .levels = p->kind == SQ_TRACE_INPUT ? UINT16_MAX : 1,
    };
    for (uint32_t i = 0; i < p->n_dims; i++)
        found.dim[i] = p->dim[i];
    return sq_sized_copy(NULL, info, &found, sizeof found);
}

int spikeq_trace_seek(spikeq_ctx *ctx, spikeq_trace *trace, uint64_t number)
{
    trace->next = number;
    return sq_trace_seek(&ctx->error, trace->trace, number);
}

int spikeq_trace_next(spikeq_ctx *ctx, spikeq_trace *trace, struct spikeq_trace_sample *sample)
{
    struct sq_trace_sample row;
    const int status = sq_trace_next(&ctx->error, trace->trace, &row);
    if (status == 0)
        return SPIKEQ_EAGAIN;
    if (status < 0)
        return status;
    const struct spikeq_trace_sample found = {.number = row.id,
                                              .label = row.label,
                                              .prediction = row.prediction,
                                              .n_logits = row.n_logits,
                                              .logits = row.logits};
    trace->next = row.id + 1;
    return sq_sized_copy(&ctx->error, sample, &found, sizeof found);
}

/* Put the events of a frame into its array. */
static void put(const struct sq_frame_events *events, enum spikeq_dtype dtype, unsigned char *out)
{
    for (size_t i = 0; i < events->n; i++) {
        const uint32_t index = events->index[i];
        const uint16_t value = events->value == NULL ? 1 : events->value[i];
        if (dtype == SPIKEQ_BITS)
            out[index / 8] |= (unsigned char)(1u << index % 8);
        else if (dtype == SPIKEQ_U8)
            out[index] = (unsigned char)value;
        else
            memcpy(out + sizeof value * index, &value, sizeof value);
    }
}

/* Bytes of a population at one timestep; 0: not of that type. */
static size_t frame_bytes(const struct sq_trace_population *p, enum spikeq_dtype dtype)
{
    const size_t neurons = sq_trace_neurons(p);
    if (dtype == SPIKEQ_U16)
        return sizeof(uint16_t) * neurons;
    if (p->kind == SQ_TRACE_INPUT)
        return 0;
    return dtype == SPIKEQ_U8 ? neurons : dtype == SPIKEQ_BITS ? (neurons + 7) / 8 : 0;
}

/* It goes through the samples, so that the next one must be found again. */
static int open_frames(struct sq_error *err, spikeq_trace *trace, uint64_t number)
{
    const struct sq_range range = {number, number + 1};
    const int status = sq_event_reader_open(err, trace->trace, "*", &range, SQ_EVENTS_BY_POPULATION,
                                            &trace->frames);
    return status == SQ_OK ? sq_trace_seek(err, trace->trace, trace->next) : status;
}

static int read_frames(struct sq_error *err, spikeq_trace *trace, uint64_t number, uint32_t p,
                       enum spikeq_dtype dtype, unsigned char *out)
{
    const struct sq_trace_plan *plan = sq_trace_plan_of(trace->trace);
    const size_t size = frame_bytes(&plan->population[p], dtype);
    int status = trace->frames == NULL ? open_frames(err, trace, number) : SQ_OK;
    memset(out, 0, size * plan->timesteps);
    for (uint32_t t = 0; status == SQ_OK && t < plan->timesteps; t++) {
        struct sq_frame_events events;
        status = sq_event_reader_at(err, trace->frames, number, p, t, &events);
        if (status == SQ_OK)
            put(&events, dtype, out + size * t);
    }
    return status;
}

int spikeq_trace_spikes(spikeq_ctx *ctx, spikeq_trace *trace, uint64_t number, size_t index,
                        enum spikeq_dtype dtype, void *out, size_t n, size_t *needed)
{
    const struct sq_trace_plan *plan = sq_trace_plan_of(trace->trace);
    const char *path = sq_trace_path(trace->trace);
    if (index >= plan->n_populations)
        return sq_fail(&ctx->error, SQ_EUSAGE, "%s: has %zu populations, not one numbered %zu",
                       path, plan->n_populations, index);
    const struct sq_trace_population *p = &plan->population[index];
    const size_t bytes = frame_bytes(p, dtype) * plan->timesteps;
    if (bytes == 0)
        return sq_fail(&ctx->error, SQ_EUNSUPPORTED,
                       "%s: %s: expected dtype U8, U16 or BITS, of event counts U16", path,
                       p->name);
    if (number >= INT64_MAX)
        return sq_fail(&ctx->error, SQ_EVALUE, "%s: holds no sample %" PRIu64, path, number);
    if (needed != NULL)
        *needed = bytes;
    if (out == NULL)
        return SPIKEQ_OK;
    if (n < bytes)
        return sq_fail(&ctx->error, SQ_ESHAPE, "%s: %s needs %zu bytes, not %zu", path, p->name,
                       bytes, n);
    return read_frames(&ctx->error, trace, number, (uint32_t)index, dtype, out);
}
