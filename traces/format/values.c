/* Small whole numbers as frames (frame.h, encodings VALUES8 and VALUES16). */
#include "traces/format/gaps.h"

#include <string.h>

size_t sq_frame_values_bytes(size_t n)
{
    return 3 * n + n / SQ_GAP_NONE + 1;
}

size_t sq_frame_encode_values(const uint16_t *value, size_t n, uint8_t *encoding, uint64_t *spikes,
                              unsigned char *out)
{
    const unsigned char *const start = out;
    size_t next = 0, nonzeros = 0;
    uint16_t all = 0;
    for (size_t i = 0; i < n; i++) {
        if (value[i] == 0)
            continue;
        out = sq_gap_put(out, i - next);
        next = i + 1;
        all |= value[i];
        nonzeros++;
    }
    *spikes = nonzeros;
    *encoding = all > 0xff ? SQ_FRAME_VALUES16 : SQ_FRAME_VALUES8;
    for (size_t i = 0; i < n; i++) {
        if (value[i] == 0)
            continue;
        *out++ = (unsigned char)(value[i] & 0xff);
        if (all > 0xff)
            *out++ = (unsigned char)(value[i] >> 8);
    }
    return (size_t)(out - start);
}

const char *sq_frame_decode_values(uint8_t encoding, const unsigned char *data, size_t size,
                                   uint64_t spikes, size_t n, uint16_t *value)
{
    const int is_wide = encoding == SQ_FRAME_VALUES16;
    if (encoding != SQ_FRAME_VALUES8 && !is_wide)
        return "has an encoding that holds no numbers";
    if (spikes > n || spikes > size >> is_wide)
        return "is shorter than its count says";
    const size_t n_gaps = size - ((size_t)spikes << is_wide);
    const unsigned char *next = data + n_gaps;
    size_t element = 0, named = 0;
    memset(value, 0, n * sizeof *value);
    for (size_t i = 0; i < n_gaps; i++) {
        element += data[i];
        if (data[i] == SQ_GAP_NONE)
            continue;
        if (element >= n || named == spikes)
            return "names an element that does not exist";
        value[element] = *next++;
        if (is_wide)
            value[element] |= (uint16_t)(*next++ << 8);
        if (value[element] == 0)
            return "lists a number that is 0";
        element++;
        named++;
    }
    if (named != spikes || (n_gaps > 0 && data[n_gaps - 1] == SQ_GAP_NONE))
        return "does not have as many numbers as its count says";
    return NULL;
}
