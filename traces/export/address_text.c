#include "traces/export/address_events.h"
#include "traces/export/address_forms.h"
#include "traces/export/event_line.h"
#include "traces/format/description.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int add_text(struct sq_buffer *buffer, const char *text)
{
    return sq_buffer_add(buffer, text, strlen(text));
}

static int add_population(struct sq_buffer *buffer, const struct sq_trace_population *p)
{
    char shape[SQ_SHAPE_TEXT], line[SQ_TRACE_NAME_BYTES + SQ_SHAPE_TEXT + 40];
    sq_shape_text(p, shape);
    snprintf(line, sizeof line, "# population %s %s %s\n", p->name,
             p->kind == SQ_TRACE_INPUT ? "numbers" : "spikes", shape);
    return add_text(buffer, line);
}

int sq_aer_text_head(const struct sq_selection *selection, struct sq_buffer *buffer)
{
    char line[120];
    snprintf(line, sizeof line,
             "# spikeq address events %d\n# timesteps %" PRIu32 "\n# samples %zu\n", SQ_AER_VERSION,
             selection->plan->timesteps, selection->n_samples);
    int failed = add_text(buffer, line);
    for (size_t i = 0; failed == 0 && i < selection->n_populations; i++)
        failed = add_population(buffer, &selection->plan->population[selection->population[i]]);
    return failed != 0 ? failed
                       : add_text(buffer, "# columns sample timestep population index [number]\n");
}

int sq_aer_text_frame(const struct sq_selection *selection, const struct sq_frame_events *events,
                      struct sq_buffer *buffer)
{
    struct sq_event_line line;
    sq_event_line_begin(&line, events, selection->plan->population[events->population].name, ' ');
    for (size_t i = 0; i < events->n; i++) {
        unsigned char *out = sq_buffer_reserve(buffer, SQ_EVENT_LINE_BYTES + 12);
        if (out == NULL)
            return -1;
        unsigned char *end = sq_event_line_put(out, &line, events->index[i]);
        if (events->value != NULL) {
            *end++ = ' ';
            end = sq_put_decimal(end, events->value[i]);
        }
        *end++ = '\n';
        buffer->n += (size_t)(end - out);
    }
    return 0;
}

int sq_aer_text_end(uint64_t n_frames, uint64_t n_events, struct sq_buffer *buffer)
{
    char line[80];
    snprintf(line, sizeof line, "# end frames %" PRIu64 " events %" PRIu64 "\n", n_frames,
             n_events);
    return add_text(buffer, line);
}
