#include "sim/input/pixels_as_is.h"

#include <math.h>
#include <stdio.h>

static int refuse_value(struct sq_error *err, const struct sq_pixel_place *place, size_t i,
                        const char *what)
{
    const size_t image = (size_t)place->height * place->width;
    char frame[32] = "";
    if (place->has_frames)
        snprintf(frame, sizeof frame, "frame %zu, ", i / (image * place->channels));
    return sq_fail(err, SQ_EVALUE, "%s: %s%schannel %zu, row %zu, column %zu is %s", place->path,
                   place->sample, frame, i / image % place->channels, i % image / place->width,
                   i % place->width, what);
}

int sq_pixels_as_is(struct sq_error *err, const struct sq_pixel_place *place,
                    const struct sq_array *type, const unsigned char *item, size_t n, float *pixels)
{
    for (size_t i = 0; i < n; i++) {
        if (!sq_element_f32(type, item + i * type->item_bytes, &pixels[i]))
            return refuse_value(err, place, place->first + i,
                                "not a float32 number: it would be rounded; save the array as "
                                "float32");
        if (!isfinite(pixels[i]))
            return refuse_value(err, place, place->first + i,
                                isnan(pixels[i]) ? "NaN" : "infinite");
    }
    return SQ_OK;
}
