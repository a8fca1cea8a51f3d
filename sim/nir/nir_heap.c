#include "sim/nir/nir_heap.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { HEAP_HEAD = 16, OBJECT_HEAD = 16, MOST_OBJECTS = 1 << 16 };

static uint64_t little(const unsigned char *bytes, int n)
{
    uint64_t number = 0;
    while (n-- > 0)
        number = number << 8 | bytes[n];
    return number;
}

static bool read_at(int fd, uint64_t at, void *out, size_t n)
{
    return at <= INT64_MAX - (uint64_t)n && pread(fd, out, n, (off_t)at) == (ssize_t)n;
}

/* Where object `number` of a heap lies, and how long it is. */
static bool find_object(int fd, uint64_t heap, uint64_t number, uint64_t *at, uint64_t *bytes)
{
    unsigned char head[HEAP_HEAD];
    if (!read_at(fd, heap, head, sizeof head) || memcmp(head, "GCOL\1", 5) != 0)
        return false;
    const uint64_t size = little(head + 8, 8);
    uint64_t used = HEAP_HEAD;
    for (int i = 0; i < MOST_OBJECTS && size >= OBJECT_HEAD && used <= size - OBJECT_HEAD; i++) {
        if (!read_at(fd, heap + used, head, OBJECT_HEAD))
            return false;
        const uint64_t n = little(head + 8, 8), is = little(head, 2);
        if (n > size - used - OBJECT_HEAD || is == 0)
            return false; /* beyond the heap; or the free space behind all objects */
        *at = heap + used + OBJECT_HEAD;
        *bytes = n;
        if (is == number)
            return true;
        used += OBJECT_HEAD + (n + 7) / 8 * 8;
    }
    return false;
}

static bool read_text(int fd, uint64_t at, char *out, size_t size)
{
    unsigned char reference[SQ_NIR_REFERENCE_BYTES];
    uint64_t object = 0, bytes = 0;
    if (!read_at(fd, at, reference, sizeof reference))
        return false;
    const uint64_t length = little(reference, 4);
    if (!find_object(fd, little(reference + 4, 8), little(reference + 12, 4), &object, &bytes) ||
        length > bytes)
        return false;
    return read_at(fd, object, out, (size_t)(length < size - 1 ? length : size - 1));
}

bool sq_nir_heap_text(const char *path, uint64_t at, char *out, size_t size)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    memset(out, 0, size);
    const bool is_read = fd >= 0 && read_text(fd, at, out, size);
    if (fd >= 0)
        close(fd);
    return is_read;
}
