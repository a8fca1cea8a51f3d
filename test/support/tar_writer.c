#include "test/support/tar_writer.h"

#include <stdio.h>
#include <string.h>

enum {
    BLOCK = 512,
    NAME = 0,
    MODE = 100,
    SIZE = 124,
    TIME = 136,
    SUM = 148,
    TYPE = 156,
    LINK = 157,
    MAGIC = 257
};

static void put_size(unsigned char *header, uint64_t size)
{
    if (size < (UINT64_C(1) << 33)) {
        snprintf((char *)header + SIZE, 12, "%011llo", (unsigned long long)size);
        return;
    }
    header[SIZE] = 0x80;
    for (int i = 0; i < 8; i++)
        header[SIZE + 11 - i] = (unsigned char)(size >> (8 * i));
}

void tar_put_header(struct bytes *tar, const char *name, char type, uint64_t size)
{
    unsigned char header[BLOCK] = {0};
    unsigned sum = 0;
    snprintf((char *)header + NAME, 100, "%s", name);
    memcpy(header + MODE,
           "0000644\0"
           "0000000\0"
           "0000000",
           24);
    put_size(header, size);
    memcpy(header + TIME, "00000000000", 12);
    memset(header + SUM, ' ', 8);
    header[TYPE] = (unsigned char)type;
    if (type == '1' || type == '2')
        memcpy(header + LINK, "elsewhere", 9);
    memcpy(header + MAGIC,
           type == 'S' ? "ustar  "
                       : "ustar\0"
                         "00",
           8);
    for (int i = 0; i < BLOCK; i++)
        sum += header[i];
    snprintf((char *)header + SUM, 8, "%06o", sum);
    header[SUM + 7] = ' ';
    bytes_put(tar, header, sizeof header);
}

void tar_put_data(struct bytes *tar, const void *data, size_t n)
{
    static const unsigned char zeros[BLOCK];
    bytes_put(tar, data, n);
    bytes_put(tar, zeros, (BLOCK - n % BLOCK) % BLOCK);
}

void tar_put(struct bytes *tar, const char *name, char type, const void *data, size_t n)
{
    tar_put_header(tar, name, type, n);
    tar_put_data(tar, data, n);
}

void tar_put_text(struct bytes *tar, const char *name, const char *text)
{
    tar_put(tar, name, '0', text, strlen(text));
}

void tar_put_end(struct bytes *tar)
{
    static const unsigned char zeros[2 * BLOCK];
    bytes_put(tar, zeros, sizeof zeros);
}
