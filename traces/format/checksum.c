#include "traces/format/checksum.h"

#include "kernels/base/little.h"

#include <libdeflate.h>
#include <string.h>

static uint32_t add_number(uint32_t crc, uint64_t value)
{
    unsigned char bytes[8];
    sq_put_le(bytes, value, sizeof bytes);
    return libdeflate_crc32(crc, bytes, sizeof bytes);
}

uint32_t sq_checksum_frame(uint64_t id, const struct sq_trace_frame *frame)
{
    const unsigned char how[2] = {frame->encoding, frame->codec};
    uint32_t crc = add_number(add_number(libdeflate_crc32(0, NULL, 0), id), frame->spikes);
    crc = libdeflate_crc32(crc, how, sizeof how);
    if (frame->data != NULL)
        crc = libdeflate_crc32(crc, frame->data, frame->size);
    return crc;
}

uint32_t sq_checksum_sample(const struct sq_trace_sample *sample)
{
    uint32_t crc = add_number(libdeflate_crc32(0, NULL, 0), sample->id);
    crc = add_number(crc, (uint64_t)sample->label);
    crc = add_number(crc, (uint64_t)sample->prediction);
    for (size_t i = 0; i < sample->n_logits; i++) {
        uint32_t word;
        memcpy(&word, &sample->logits[i], sizeof word);
        unsigned char bytes[sizeof word];
        sq_put_le(bytes, word, sizeof bytes);
        crc = libdeflate_crc32(crc, bytes, sizeof bytes);
    }
    if (sample->operations_bytes > 0)
        crc = libdeflate_crc32(crc, sample->operations, sample->operations_bytes);
    return crc;
}
