#include "sim/events/event_sensor.h"

#include <string.h>
#include <strings.h>

void sq_extent_add(struct sq_event_extent *extent, const struct sq_event_batch *batch)
{
    for (size_t i = 0; i < batch->n; i++) {
        const uint32_t x = batch->event[i].x, y = batch->event[i].y;
        extent->x_max = x > extent->x_max ? x : extent->x_max;
        extent->y_max = y > extent->y_max ? y : extent->y_max;
        extent->n_beyond_34 += x >= 34 || y >= 34;
    }
    extent->n += batch->n;
}

bool sq_sensor_guess(const struct sq_event_extent *extent, uint32_t *width, uint32_t *height)
{
    static const struct {
        uint32_t width, height;
    } sensor[] = {{34, 34},   {128, 128}, {240, 180}, {304, 240}, {320, 240},
                  {320, 320}, {346, 260}, {640, 480}, {1280, 720}};
    for (size_t i = 0; i < sizeof sensor / sizeof sensor[0]; i++) {
        *width = sensor[i].width;
        *height = sensor[i].height;
        if (extent->x_max < *width && extent->y_max < *height)
            return true;
        if (i == 0 && extent->n_beyond_34 * 100 < extent->n)
            return true;
    }
    return false;
}

/* Is `word` somewhere in the text, whatever the case? */
static bool has_word(const char *text, size_t n, const char *word)
{
    const size_t length = strlen(word);
    for (size_t i = 0; i + length <= n; i++)
        if (strncasecmp(text + i, word, length) == 0)
            return true;
    return false;
}

bool sq_sensor_of_name(const char *text, size_t n, uint32_t *width, uint32_t *height)
{
    static const struct {
        const char *name;
        uint32_t width, height;
    } camera[] = {{"DVS128", 128, 128},   {"DAVIS128", 128, 128},  {"DAVIS208", 208, 192},
                  {"DAVIS240", 240, 180}, {"DAVIS346", 346, 260},  {"DAVIS640", 640, 480},
                  {"DVS640", 640, 480},   {"DVXplorer", 640, 480}, {"DVS132", 132, 104}};
    for (size_t i = 0; i < sizeof camera / sizeof camera[0]; i++)
        if (has_word(text, n, camera[i].name)) {
            *width = camera[i].width;
            *height = camera[i].height;
            return true;
        }
    return false;
}
