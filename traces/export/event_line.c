#include "traces/export/event_line.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void sq_event_line_begin(struct sq_event_line *line, const struct sq_frame_events *events,
                         const char *population, char separator)
{
    line->n = (size_t)snprintf(line->text, sizeof line->text, "%" PRIu64 "%c%" PRIu32 "%c%s%c",
                               events->sample, separator, events->timestep, separator, population,
                               separator);
}

unsigned char *sq_put_decimal(unsigned char *out, uint32_t number)
{
    unsigned char digit[10];
    size_t n = 0;
    do
        digit[n++] = (unsigned char)('0' + number % 10);
    while ((number /= 10) != 0);
    while (n > 0)
        *out++ = digit[--n];
    return out;
}

unsigned char *sq_event_line_put(unsigned char *out, const struct sq_event_line *line,
                                 uint32_t index)
{
    memcpy(out, line->text, line->n);
    return sq_put_decimal(out + line->n, index);
}
