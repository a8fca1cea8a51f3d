#include "traces/format/checksum.h"

#include <string.h>
#include <zlib.h>

static uLong add_number(uLong crc, uint64_t value)
{
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(value >> (8 * i));
    return crc32_z(crc, bytes, sizeof bytes);
}

uint32_t sq_checksum_frame(uint64_t id, const struct sq_trace_frame *frame)
{
    uLong crc = add_number(add_number(crc32_z(0, NULL, 0), id), frame->spikes);
    if (frame->data != NULL)
        crc = crc32_z(crc, frame->data, frame->size);
    return (uint32_t)crc;
}

uint32_t sq_checksum_sample(const struct sq_trace_sample *sample)
{
    uLong crc = add_number(crc32_z(0, NULL, 0), sample->id);
    crc = add_number(crc, (uint64_t)sample->label);
    crc = add_number(crc, (uint64_t)sample->prediction);
    for (size_t i = 0; i < sample->n_logits; i++) {
        uint32_t word;
        memcpy(&word, &sample->logits[i], sizeof word);
        const unsigned char bytes[4] = {(unsigned char)word, (unsigned char)(word >> 8),
                                        (unsigned char)(word >> 16), (unsigned char)(word >> 24)};
        crc = crc32_z(crc, bytes, sizeof bytes);
    }
    if (sample->operations_bytes > 0)
        crc = crc32_z(crc, sample->operations, sample->operations_bytes);
    return (uint32_t)crc;
}
