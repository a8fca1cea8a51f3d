#include "sim/engine/pixels.h"

#include <math.h>

static int refuse(struct sq_error *err, const struct sq_network *network, uint64_t sample, float x)
{
    return sq_fail(err, SQ_EVALUE,
                   "sample %llu: a pixel is %g, pixels of %u bits were prepared for magnitudes up "
                   "to %g; use " SQ_OPT "pixel-max",
                   (unsigned long long)sample, (double)x, network->fixed.pixel_bits,
                   network->fixed.pixel_max);
}

int sq_pixels_check(struct sq_error *err, const struct sq_network *network, uint64_t sample,
                    const float *x, size_t n)
{
    const double scale = ldexp(1.0, sq_pixel_exponent(&network->fixed));
    const int32_t limit = sq_pixel_limit(&network->fixed);
    for (size_t i = 0; i < n; i++)
        if (!(fabs(rint((double)x[i] * scale)) <= limit))
            return refuse(err, network, sample, x[i]);
    return SQ_OK;
}

int sq_pixels_round(struct sq_error *err, const struct sq_network *network, uint64_t sample,
                    float *x, int16_t *whole, size_t n)
{
    const int exponent = sq_pixel_exponent(&network->fixed);
    const int32_t limit = sq_pixel_limit(&network->fixed);
    const double scale = ldexp(1.0, exponent), back = ldexp(1.0, -exponent);
    for (size_t i = 0; i < n; i++) {
        const double rounded = rint((double)x[i] * scale);
        if (!(fabs(rounded) <= limit))
            return refuse(err, network, sample, x[i]);
        whole[i] = (int16_t)rounded;
        x[i] = (float)(rounded * back);
    }
    return SQ_OK;
}
