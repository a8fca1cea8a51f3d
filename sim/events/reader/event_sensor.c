#include "sim/events/reader/event_sensor.h"

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

static bool is_name(const char *text, size_t n, const char *name)
{
    return n == strlen(name) && strncasecmp(text, name, n) == 0;
}

/* "DAVIS346B", "Davis208PixelParade", "DavisRGBW640": the size by the number in the name. */
static bool find_davis(const char *name, size_t n, struct sq_sensor *out)
{
    static const struct {
        unsigned number;
        uint32_t width, height;
    } davis[] = {{128, 128, 128}, {192, 192, 192}, {208, 208, 192},
                 {240, 240, 180}, {346, 346, 260}, {640, 640, 480}};
    static const char family[] = "DAVIS";
    size_t at = strlen(family);
    unsigned number = 0;
    if (n < at || strncasecmp(name, family, at) != 0)
        return false;
    while (at < n && (name[at] < '0' || name[at] > '9'))
        at++;
    for (; at < n && name[at] >= '0' && name[at] <= '9' && number < 10000; at++)
        number = number * 10 + (unsigned)(name[at] - '0');
    *out = (struct sq_sensor){.addresses = SQ_ADDRESS_DAVIS};
    for (size_t i = 0; i < sizeof davis / sizeof davis[0]; i++)
        if (davis[i].number == number) {
            out->width = davis[i].width;
            out->height = davis[i].height;
        }
    return true;
}

bool sq_sensor_of_name(const char *name, size_t n, struct sq_sensor *out)
{
    static const struct {
        const char *name;
        struct sq_sensor sensor;
    } camera[] = {{"DVS128", {SQ_ADDRESS_DVS128, 128, 128}},
                  {"Tmpdiff128", {SQ_ADDRESS_DVS128, 128, 128}},
                  {"DVS240", {SQ_ADDRESS_DAVIS, 240, 180}},
                  {"SBret10", {SQ_ADDRESS_DAVIS, 240, 180}},
                  {"DVXplorer", {SQ_ADDRESS_DAVIS, 640, 480}},
                  {"DVXplorerMicro", {SQ_ADDRESS_DAVIS, 640, 480}},
                  {"DVS640", {SQ_ADDRESS_DVS640, 640, 480}},
                  {"DVS1280x720SD", {SQ_ADDRESS_DVS1280, 1280, 720}}};
    for (size_t i = 0; i < sizeof camera / sizeof camera[0]; i++)
        if (is_name(name, n, camera[i].name)) {
            *out = camera[i].sensor;
            return true;
        }
    return find_davis(name, n, out);
}

static bool is_of_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool sq_sensor_of_text(const char *text, size_t n, struct sq_sensor *out)
{
    for (size_t at = 0; at < n;) {
        size_t end = at;
        while (end < n && is_of_word(text[end]))
            end++;
        if (end > at && sq_sensor_of_name(text + at, end - at, out))
            return true;
        at = end + 1;
    }
    return false;
}
