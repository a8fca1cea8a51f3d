#include "test/support/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *or_end(void *made)
{
    if (made == NULL) {
        perror("test support");
        abort();
    }
    return made;
}

void bytes_put(struct bytes *bytes, const void *data, size_t n)
{
    if (n > bytes->capacity - bytes->n) {
        bytes->capacity = 2 * bytes->capacity + n + 64;
        bytes->data = or_end(realloc(bytes->data, bytes->capacity));
    }
    if (n > 0)
        memcpy(bytes->data + bytes->n, data, n);
    bytes->n += n;
}

void bytes_put_text(struct bytes *bytes, const char *text)
{
    bytes_put(bytes, text, strlen(text));
}

static void put_number(struct bytes *bytes, uint64_t value, size_t n)
{
    unsigned char byte[8];
    for (size_t i = 0; i < n; i++)
        byte[i] = (unsigned char)(value >> 8 * i);
    bytes_put(bytes, byte, n);
}

void bytes_put_u8(struct bytes *bytes, unsigned value)
{
    put_number(bytes, value, 1);
}

void bytes_put_u16(struct bytes *bytes, unsigned value)
{
    put_number(bytes, value, 2);
}

void bytes_put_u32(struct bytes *bytes, uint32_t value)
{
    put_number(bytes, value, 4);
}

void bytes_put_u64(struct bytes *bytes, uint64_t value)
{
    put_number(bytes, value, 8);
}

void bytes_free(struct bytes *bytes)
{
    free(bytes->data);
    memset(bytes, 0, sizeof *bytes);
}

int bytes_open(const struct bytes *bytes)
{
    FILE *file = or_end(tmpfile());
    const int fd = dup(fileno(file));
    if (fd < 0 || (bytes->n > 0 && fwrite(bytes->data, 1, bytes->n, file) != bytes->n) ||
        fclose(file) != 0)
        or_end(NULL);
    return fd;
}
