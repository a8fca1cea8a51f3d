/* The fuzzer's bytes as a file, for readers that take a path; and a digest of what they said. */
#ifndef SQ_FUZZ_FILE_H
#define SQ_FUZZ_FILE_H

#ifndef _GNU_SOURCE
#error "define _GNU_SOURCE first: memfd_create"
#endif

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct fuzz_file {
    int fd;
    char path[32];
};

static inline struct fuzz_file fuzz_file_open(const uint8_t *data, size_t size)
{
    struct fuzz_file file;
    file.fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (file.fd < 0 || write(file.fd, data, size) != (ssize_t)size)
        abort();
    /* Always the same number: sentences must not differ from run to run. */
    if (file.fd != 100 && (dup2(file.fd, 100) < 0 || close(file.fd) != 0))
        abort();
    file.fd = 100;
    snprintf(file.path, sizeof file.path, "/proc/self/fd/%d", file.fd);
    return file;
}

static inline void must(int holds)
{
    if (!holds)
        abort();
}

/* FNV-1a. */
static inline uint64_t fuzz_digest(uint64_t hash, const void *bytes, size_t n)
{
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ byte[i]) * 0x100000001b3u;
    return hash;
}

#endif
