#include "traces/export/buffer.h"

#include "kernels/base/checked.h"

#include <stdlib.h>
#include <string.h>

enum { SMALLEST = 4096 };

unsigned char *sq_buffer_reserve(struct sq_buffer *buffer, size_t more)
{
    size_t needed;
    if (!sq_add_size(buffer->n, more, &needed) || needed > SIZE_MAX / 2)
        return NULL;
    if (needed > buffer->room) {
        const size_t room = needed < SMALLEST ? SMALLEST : needed + needed / 2;
        unsigned char *grown = realloc(buffer->data, room);
        if (grown == NULL)
            return NULL;
        buffer->data = grown;
        buffer->room = room;
    }
    return buffer->data + buffer->n;
}

int sq_buffer_add(struct sq_buffer *buffer, const void *data, size_t n)
{
    unsigned char *out = sq_buffer_reserve(buffer, n);
    if (out == NULL)
        return -1;
    memcpy(out, data, n);
    buffer->n += n;
    return 0;
}

void sq_buffer_free(struct sq_buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct sq_buffer){0};
}

unsigned char *sq_put_u32(unsigned char *out, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        *out++ = (unsigned char)(value >> (8 * i));
    return out;
}

unsigned char *sq_put_u64(unsigned char *out, uint64_t value)
{
    return sq_put_u32(sq_put_u32(out, (uint32_t)value), (uint32_t)(value >> 32));
}
