#include "traces/read/trace_events.h"

#include "kernels/base/arena.h"
#include "kernels/base/bits.h"
#include "traces/format/trace.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Bit rows as one row in the order of the module's array. Returns its words. */
static size_t flatten(const struct sq_trace_population *p, const uint64_t *bits, uint64_t *flat)
{
    const size_t n_words = sq_words_for(p->n_channels);
    const size_t row_step = p->channels_first ? 1 : p->n_channels;
    const size_t channel_step = p->channels_first ? p->n_rows : 1;
    const size_t n_flat = sq_words_for(sq_trace_neurons(p));
    memset(flat, 0, n_flat * sizeof *flat);
    for (size_t r = 0; r < p->n_rows; r++)
        for (size_t w = 0; w < n_words; w++)
            for (uint64_t left = bits[r * n_words + w]; left != 0; left &= left - 1) {
                const size_t channel = w * 64 + (size_t)__builtin_ctzll(left);
                sq_bit_set(flat, r * row_step + channel * channel_step);
            }
    return n_flat;
}

/* Ascending indices of the spikes; returns their number.
 *   bits    [n_rows][ceil(n_channels / 64)]
 *   flat    scratch, [ceil(n_rows * n_channels / 64)]
 *   index   room for all neurons */
static size_t list_spikes(const struct sq_trace_population *p, const uint64_t *bits, uint64_t *flat,
                          uint32_t *index)
{
    const size_t n_words = flatten(p, bits, flat);
    size_t n = 0;
    for (size_t w = 0; w < n_words; w++)
        for (uint64_t left = flat[w]; left != 0; left &= left - 1)
            index[n++] = (uint32_t)(w * 64 + (size_t)__builtin_ctzll(left));
    return n;
}

/* The same for whole numbers: those that are not 0 and where they stand.
 *   stored   [n_rows * n_channels] */
static size_t list_values(const struct sq_trace_population *p, const uint16_t *stored,
                          uint32_t *index, uint16_t *value)
{
    const size_t inner = p->channels_first ? p->n_rows : p->n_channels;
    const size_t outer_step = p->channels_first ? 1 : p->n_channels;
    const size_t inner_step = p->channels_first ? p->n_channels : 1;
    const size_t n_all = sq_trace_neurons(p);
    size_t n = 0;
    for (size_t i = 0; i < n_all; i++) {
        const uint16_t found = stored[i / inner * outer_step + i % inner * inner_step];
        if (found == 0)
            continue;
        index[n] = (uint32_t)i;
        value[n++] = found;
    }
    return n;
}

struct sq_event_reader {
    struct sq_trace *trace;
    struct sq_arena arena;
    struct sq_selection selection;
    enum sq_event_order order;
    uint32_t *population; /* of the selection */
    uint64_t *sample;     /* of the selection */
    size_t at;            /* how many frames were given */
    /* Room for the largest frame. */
    unsigned char *scratch;
    uint64_t *bits;   /* rows, as the trace has them */
    uint64_t *flat;   /* one row, in the order of the module's array */
    uint16_t *stored; /* whole numbers, as the trace has them */
    uint32_t *index;
    uint16_t *value;
};

static int out_of_memory(struct sq_error *err, const struct sq_event_reader *reader)
{
    return sq_fail(err, SQ_ENOMEM, "%s: out of memory", sq_trace_path(reader->trace));
}

/* Ids of the samples in range. */
static int select_samples(struct sq_error *err, struct sq_event_reader *reader,
                          const struct sq_range *range)
{
    struct sq_trace_sample sample;
    size_t n = 0;
    reader->sample =
        sq_arena_alloc(&reader->arena, sq_trace_n_samples(reader->trace), sizeof(uint64_t));
    if (reader->sample == NULL)
        return out_of_memory(err, reader);
    int status = sq_trace_seek(err, reader->trace, range->first);
    if (status == SQ_OK)
        while ((status = sq_trace_next(err, reader->trace, &sample)) == 1 &&
               sample.id < range->end && n < sq_trace_n_samples(reader->trace))
            reader->sample[n++] = sample.id;
    if (status < 0)
        return status;
    reader->selection.sample = reader->sample;
    reader->selection.n_samples = n;
    if (n == 0 && range->end == INT64_MAX && range->first == 0)
        return sq_fail(err, SQ_EVALUE, "%s: holds no samples", sq_trace_path(reader->trace));
    return n > 0 ? SQ_OK
                 : sq_fail(err, SQ_EVALUE,
                           "%s: holds no sample numbered %" PRIu64 " to %" PRIu64 ", see " SQ_OPT
                           "samples",
                           sq_trace_path(reader->trace), range->first, range->end - 1);
}

/* Has every selected sample every frame of population p? 1, 0 or a negative status. */
static int is_recorded(struct sq_error *err, const struct sq_event_reader *reader, uint32_t p)
{
    struct sq_trace_frame frame;
    int status = 1;
    for (size_t s = 0; status == 1 && s < reader->selection.n_samples; s++)
        for (uint32_t t = 0; status == 1 && t < reader->selection.plan->timesteps; t++)
            status = sq_trace_frame(err, reader->trace, reader->sample[s], p, t, &frame);
    return status;
}

static int select_populations(struct sq_error *err, struct sq_event_reader *reader,
                              const char *globs)
{
    const struct sq_trace_plan *plan = reader->selection.plan;
    const int is_all = globs == NULL || *globs == '\0';
    size_t n = 0;
    reader->population = sq_arena_alloc(&reader->arena, plan->n_populations, sizeof(uint32_t));
    if (reader->population == NULL)
        return out_of_memory(err, reader);
    for (uint32_t p = 0; p < plan->n_populations; p++) {
        if (!sq_globs_match(globs, plan->population[p].name))
            continue;
        const int kept =
            is_all && plan->population[p].kind == SQ_TRACE_INPUT ? is_recorded(err, reader, p) : 1;
        if (kept < 0)
            return kept;
        if (kept)
            reader->population[n++] = p;
    }
    reader->selection.population = reader->population;
    reader->selection.n_populations = n;
    return n > 0 ? SQ_OK
                 : sq_fail(err, SQ_EVALUE, "%s: none of its %zu populations matches %s",
                           sq_trace_path(reader->trace), plan->n_populations, is_all ? "*" : globs);
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static int take_room(struct sq_error *err, struct sq_event_reader *reader)
{
    const struct sq_selection *selection = &reader->selection;
    size_t bytes = 0, words = 0, neurons = 0, values = 0;
    for (size_t i = 0; i < selection->n_populations; i++) {
        const struct sq_trace_population *p =
            &selection->plan->population[selection->population[i]];
        bytes = larger(bytes, sq_trace_frame_bytes(p));
        words = larger(words, p->n_rows * sq_words_for(p->n_channels));
        neurons = larger(neurons, sq_trace_neurons(p));
        if (p->kind == SQ_TRACE_INPUT)
            values = larger(values, sq_trace_neurons(p));
    }
    reader->scratch = sq_arena_alloc(&reader->arena, bytes, 1);
    reader->bits = sq_arena_alloc(&reader->arena, words, sizeof *reader->bits);
    reader->flat = sq_arena_alloc(&reader->arena, sq_words_for(neurons), sizeof *reader->flat);
    reader->index = sq_arena_alloc(&reader->arena, neurons, sizeof *reader->index);
    reader->stored = sq_arena_alloc(&reader->arena, values, sizeof *reader->stored);
    reader->value = sq_arena_alloc(&reader->arena, values, sizeof *reader->value);
    return reader->scratch && reader->bits && reader->flat && reader->index && reader->stored &&
                   reader->value
               ? SQ_OK
               : out_of_memory(err, reader);
}

int sq_event_reader_open(struct sq_error *err, struct sq_trace *trace, const char *globs,
                         const struct sq_range *range, enum sq_event_order order,
                         struct sq_event_reader **out)
{
    const struct sq_trace_plan *plan = sq_trace_plan_of(trace);
    if (plan->detail != SQ_TRACE_SPIKES)
        return sq_fail(err, SQ_EUNSUPPORTED,
                       "%s: holds counts only, no spikes: record it again with " SQ_OPT
                       "trace-detail spikes",
                       sq_trace_path(trace));
    struct sq_event_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", sq_trace_path(trace));
    reader->trace = trace;
    reader->order = order;
    reader->selection.plan = plan;
    int status = select_samples(err, reader, range);
    if (status == SQ_OK)
        status = select_populations(err, reader, globs);
    if (status == SQ_OK)
        status = take_room(err, reader);
    if (status == SQ_OK)
        *out = reader;
    else
        sq_event_reader_close(reader);
    return status;
}

void sq_event_reader_close(struct sq_event_reader *reader)
{
    if (reader == NULL)
        return;
    sq_arena_free(&reader->arena);
    free(reader);
}

const struct sq_selection *sq_event_reader_selection(const struct sq_event_reader *reader)
{
    return &reader->selection;
}

static int decode(struct sq_error *err, struct sq_event_reader *reader,
                  const struct sq_trace_frame *frame, struct sq_frame_events *events)
{
    const struct sq_trace_population *p = &reader->selection.plan->population[frame->population];
    const struct sq_trace_place where = {sq_trace_path(reader->trace), events->sample};
    int status;
    if (p->kind == SQ_TRACE_INPUT) {
        status = sq_trace_decode_values(err, &where, p, frame, reader->scratch, reader->stored);
        if (status == SQ_OK)
            events->n = list_values(p, reader->stored, reader->index, reader->value);
        events->value = reader->value;
        return status;
    }
    status = sq_trace_decode(err, &where, p, frame, reader->scratch, reader->bits);
    if (status == SQ_OK)
        events->n = list_spikes(p, reader->bits, reader->flat, reader->index);
    return status;
}

int sq_event_reader_at(struct sq_error *err, struct sq_event_reader *reader, uint64_t sample,
                       uint32_t population, uint32_t timestep, struct sq_frame_events *events)
{
    struct sq_trace_frame frame;
    *events = (struct sq_frame_events){
        .sample = sample, .timestep = timestep, .population = population, .index = reader->index};
    const int status = sq_trace_frame(err, reader->trace, sample, population, timestep, &frame);
    if (status == 0)
        return sq_fail(err, SQ_EUNSUPPORTED,
                       "%s: sample %" PRIu64 ", timestep %" PRIu32
                       ", %s: was no frame of whole numbers and is not in the trace; leave it out "
                       "by " SQ_OPT "populations",
                       sq_trace_path(reader->trace), sample, timestep,
                       reader->selection.plan->population[population].name);
    return status < 0 ? status : decode(err, reader, &frame, events);
}

int sq_event_reader_next(struct sq_error *err, struct sq_event_reader *reader,
                         struct sq_frame_events *events)
{
    const struct sq_selection *selection = &reader->selection;
    const size_t n_p = selection->n_populations, n_t = selection->plan->timesteps;
    const int by_time = reader->order == SQ_EVENTS_BY_TIME;
    const size_t sample = reader->at / (n_p * n_t), within = reader->at % (n_p * n_t);
    if (sample == selection->n_samples)
        return 0;
    const size_t p = by_time ? within % n_p : within / n_t;
    const size_t t = by_time ? within / n_p : within % n_t;
    const int status = sq_event_reader_at(err, reader, selection->sample[sample],
                                          selection->population[p], (uint32_t)t, events);
    if (status == SQ_OK)
        reader->at++;
    return status == SQ_OK ? 1 : status;
}
