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
    unsigned char head[18]; /* in one go: a call for each costs as much as the data */
    sq_put_le(head, id, 8);
    sq_put_le(head + 8, frame->spikes, 8);
    head[16] = frame->encoding;
    head[17] = frame->codec;
    const uint32_t crc = libdeflate_crc32(libdeflate_crc32(0, NULL, 0), head, sizeof head);
    return frame->data != NULL ? libdeflate_crc32(crc, frame->data, frame->size) : crc;
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
