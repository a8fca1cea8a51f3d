#include "traces/export/address_events.h"
#include "traces/export/address_forms.h"

#include <string.h>

enum { RECORD_END, RECORD_FRAME };
enum { KIND_SPIKES, KIND_NUMBERS };
enum { HEAD_BYTES = 32, RECORD_BYTES = 32, MAX_STEP_BYTES = 5, MAX_VALUE_BYTES = 3 };

static size_t population_bytes(const struct sq_trace_population *p)
{
    return 12 + 8 * (size_t)p->n_dims + strlen(p->name);
}

static unsigned char *put_population(unsigned char *out, const struct sq_trace_population *p)
{
    const size_t n = strlen(p->name);
    out = sq_put_u32(out, p->kind == SQ_TRACE_INPUT ? KIND_NUMBERS : KIND_SPIKES);
    out = sq_put_u32(out, p->n_dims);
    for (uint32_t i = 0; i < p->n_dims; i++)
        out = sq_put_u64(out, p->dim[i]);
    out = sq_put_u32(out, (uint32_t)n);
    memcpy(out, p->name, n);
    return out + n;
}

int sq_aer_binary_head(const struct sq_selection *selection, struct sq_buffer *buffer)
{
    const struct sq_trace_population *all = selection->plan->population;
    size_t size = HEAD_BYTES;
    for (size_t i = 0; i < selection->n_populations; i++)
        size += population_bytes(&all[selection->population[i]]);
    unsigned char *out = sq_buffer_reserve(buffer, size);
    if (out == NULL)
        return -1;
    memcpy(out, SQ_AER_MAGIC, 8);
    out = sq_put_u32(out + 8, SQ_AER_VERSION);
    out = sq_put_u32(out, (uint32_t)size);
    out = sq_put_u32(out, selection->plan->timesteps);
    out = sq_put_u32(out, (uint32_t)selection->n_populations);
    out = sq_put_u64(out, selection->n_samples);
    for (size_t i = 0; i < selection->n_populations; i++)
        out = put_population(out, &all[selection->population[i]]);
    buffer->n += size;
    return 0;
}

/* Seven bits a byte, low ones first; bit 7: another byte follows (LEB128). */
static unsigned char *put_varint(unsigned char *out, uint32_t number)
{
    for (; number > 127; number >>= 7)
        *out++ = (unsigned char)(number | 128);
    *out++ = (unsigned char)number;
    return out;
}

static unsigned char *put_record(unsigned char *out, uint32_t type, uint32_t a, uint64_t b,
                                 uint64_t c, uint64_t d)
{
    out = sq_put_u32(sq_put_u32(out, type), a);
    return sq_put_u64(sq_put_u64(sq_put_u64(out, b), c), d);
}

/* Place of the population in the header's list. */
static uint32_t number_of(const struct sq_selection *selection, uint32_t population)
{
    size_t low = 0, high = selection->n_populations;
    while (high - low > 1) {
        const size_t middle = (low + high) / 2;
        if (selection->population[middle] <= population)
            low = middle;
        else
            high = middle;
    }
    return (uint32_t)low;
}

int sq_aer_binary_frame(const struct sq_selection *selection, const struct sq_frame_events *events,
                        struct sq_buffer *buffer)
{
    unsigned char *head =
        sq_buffer_reserve(buffer, RECORD_BYTES + events->n * (MAX_STEP_BYTES + MAX_VALUE_BYTES));
    if (head == NULL)
        return -1;
    unsigned char *out = head + RECORD_BYTES;
    uint32_t before = 0;
    for (size_t i = 0; i < events->n; i++) {
        out = put_varint(out, events->index[i] - before);
        before = events->index[i];
        if (events->value != NULL)
            out = put_varint(out, events->value[i]);
    }
    const size_t size = (size_t)(out - head);
    put_record(head, RECORD_FRAME, number_of(selection, events->population), events->sample,
               events->timestep | (uint64_t)events->n << 32, size - RECORD_BYTES);
    buffer->n += size;
    return 0;
}

int sq_aer_binary_end(uint64_t n_frames, uint64_t n_events, struct sq_buffer *buffer)
{
    unsigned char *out = sq_buffer_reserve(buffer, RECORD_BYTES);
    if (out == NULL)
        return -1;
    put_record(out, RECORD_END, 0, n_frames, n_events, 0);
    buffer->n += RECORD_BYTES;
    return 0;
}
