/* CSV: a header, then one line an event. A number n that enters the network is n events. */
#include "traces/export/event_line.h"
#include "traces/export/export_frames.h"

#include <string.h>

static const char header[] = "sample,timestep,population,index\n";

/* A name as a field of RFC 4180: in quotes where it must be. */
static void quote(const char *name, char field[2 * SQ_TRACE_NAME_BYTES + 3])
{
    if (strpbrk(name, ",\" ") == NULL) {
        memcpy(field, name, strlen(name) + 1);
        return;
    }
    *field++ = '"';
    for (; *name != '\0'; name++) {
        if (*name == '"')
            *field++ = '"';
        *field++ = *name;
    }
    *field++ = '"';
    *field = '\0';
}

/* One event, as often as its number says. */
static int put_event(struct sq_error *err, struct sq_export_frames *to,
                     const struct sq_event_line *line, uint32_t index, uint16_t times)
{
    int status = SQ_OK;
    for (; status == SQ_OK && times > 0; times--) {
        unsigned char *out = sq_buffer_reserve(&to->buffer, SQ_EVENT_LINE_BYTES);
        if (out == NULL)
            return sq_export_no_memory(err, to);
        unsigned char *end = sq_event_line_put(out, line, index);
        *end++ = '\n';
        to->buffer.n += (size_t)(end - out);
        status = sq_export_flush(err, to);
    }
    return status;
}

static int put_frame(struct sq_error *err, struct sq_export_frames *to, void *data,
                     const struct sq_frame_events *events)
{
    struct sq_event_line line;
    char name[2 * SQ_TRACE_NAME_BYTES + 3];
    int status = SQ_OK;
    (void)data;
    quote(to->selection->plan->population[events->population].name, name);
    sq_event_line_begin(&line, events, name, ',');
    for (size_t i = 0; status == SQ_OK && i < events->n; i++)
        status = put_event(err, to, &line, events->index[i],
                           events->value != NULL ? events->value[i] : 1);
    return status;
}

static int put_head(struct sq_error *err, struct sq_export_frames *to, void *data)
{
    (void)data;
    return sq_buffer_add(&to->buffer, header, sizeof header - 1) == 0
               ? SQ_OK
               : sq_export_no_memory(err, to);
}

int sq_export_csv(struct sq_error *err, const struct sq_export *export)
{
    static const struct sq_frame_format format = {SQ_EVENTS_BY_POPULATION, put_head, put_frame,
                                                  NULL};
    return sq_export_frames(err, export, &format, NULL);
}
