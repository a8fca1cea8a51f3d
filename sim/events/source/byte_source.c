#include "sim/events/source/byte_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Twice the window: old bytes are moved away only once in a window. */
enum { ROOM = 2 * SQ_SOURCE_WINDOW };

struct sq_byte_source {
    const char *path;
    const struct sq_source_stop *stop; /* or NULL */
    int fd;
    bool is_file, at_end;
    uint64_t size, offset; /* offset of `first` */
    size_t first, end;     /* what is in the window */
    unsigned char window[ROOM];
};

static int refused(struct sq_error *err, const struct sq_byte_source *source, const char *what)
{
    const bool is_stdin = strcmp(source->path, "-") == 0;
    return sq_fail(err, SQ_EIO, "%s: cannot be %s: %s", is_stdin ? "standard input" : source->path,
                   what, strerror(errno));
}

/* -1 and errno. A FIFO waits for its writer here, or, where that must be ended, at the first byte:
 * an end before the first writer is not the end. */
static int open_path(const struct sq_byte_source *source)
{
    const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY;
    if (source->stop == NULL)
        return open(source->path, flags);
    const int fd = open(source->path, flags | O_NONBLOCK);
    if (fd >= 0)
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    return fd;
}

static int open_descriptor(struct sq_error *err, struct sq_byte_source *source)
{
    static const char tcp[] = "tcp://", listen[] = "tcp-listen://";
    if (strncmp(source->path, listen, strlen(listen)) == 0)
        return sq_source_listen(err, source->path, source->path + strlen(listen), source->stop,
                                &source->fd);
    if (strncmp(source->path, tcp, strlen(tcp)) == 0)
        return sq_source_connect(err, source->path, source->path + strlen(tcp), &source->fd);
    source->fd = strcmp(source->path, "-") == 0 ? dup(STDIN_FILENO) : open_path(source);
    return source->fd >= 0 ? SQ_OK : refused(err, source, "opened");
}

static int find_kind(struct sq_error *err, struct sq_byte_source *source)
{
    struct stat status;
    if (fstat(source->fd, &status) != 0)
        return refused(err, source, "opened");
    if (S_ISDIR(status.st_mode))
        return sq_fail(err, SQ_EIO, "%s: is a directory; give one recording", source->path);
    source->is_file = S_ISREG(status.st_mode) && lseek(source->fd, 0, SEEK_CUR) == 0;
    source->size = source->is_file ? (uint64_t)status.st_size : 0;
    return SQ_OK;
}

int sq_source_open(struct sq_error *err, const char *path, const struct sq_source_stop *stop,
                   struct sq_byte_source **out)
{
    struct sq_byte_source *source = malloc(sizeof *source);
    if (source == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    source->path = path;
    source->stop = stop;
    source->fd = -1;
    source->is_file = source->at_end = false;
    source->size = source->offset = 0;
    source->first = source->end = 0;
    int rc = open_descriptor(err, source);
    if (rc == SQ_OK)
        rc = find_kind(err, source);
    if (rc == SQ_OK)
        *out = source;
    else
        sq_source_close(source);
    return rc;
}

void sq_source_close(struct sq_byte_source *source)
{
    if (source == NULL)
        return;
    if (source->fd >= 0)
        close(source->fd);
    free(source);
}

/* Append one read() to the window. */
static int read_more(struct sq_error *err, struct sq_byte_source *source)
{
    ssize_t now;
    const int rc = sq_source_stop_await(err, source->stop, source->path, source->fd);
    if (rc != SQ_OK)
        return rc;
    do
        now = read(source->fd, source->window + source->end, ROOM - source->end);
    while (now < 0 && errno == EINTR);
    /* A dropped connection ends the recording; the reader notices what is missing. */
    if (now < 0 && errno != ECONNRESET)
        return refused(err, source, "read");
    source->at_end = now <= 0;
    source->end += now > 0 ? (size_t)now : 0;
    return SQ_OK;
}

int sq_source_peek(struct sq_error *err, struct sq_byte_source *source, size_t want,
                   const unsigned char **at, size_t *n)
{
    int rc = SQ_OK;
    if (source->first + want > ROOM || source->first == source->end) {
        memmove(source->window, source->window + source->first, source->end - source->first);
        source->end -= source->first;
        source->first = 0;
    }
    while (rc == SQ_OK && !source->at_end && source->end - source->first < want)
        rc = read_more(err, source);
    *at = source->window + source->first;
    *n = source->end - source->first;
    return rc;
}

void sq_source_take(struct sq_byte_source *source, size_t n)
{
    source->first += n;
    source->offset += n;
}

/* The next n bytes, as many as there are, are consumed, into `out` unless it is NULL. */
static int pass(struct sq_error *err, struct sq_byte_source *source, unsigned char *out, uint64_t n,
                uint64_t *passed)
{
    const unsigned char *at;
    size_t there = 1;
    int rc = SQ_OK;
    for (*passed = 0; *passed < n && rc == SQ_OK && there > 0;) {
        rc = sq_source_peek(err, source, 1, &at, &there);
        const size_t now = rc != SQ_OK ? 0 : there < n - *passed ? there : (size_t)(n - *passed);
        if (out != NULL)
            memcpy(out + *passed, at, now);
        sq_source_take(source, now);
        *passed += now;
    }
    return rc;
}

int sq_source_skip(struct sq_error *err, struct sq_byte_source *source, uint64_t n,
                   uint64_t *passed)
{
    return pass(err, source, NULL, n, passed);
}

int sq_source_read(struct sq_error *err, struct sq_byte_source *source, unsigned char *out,
                   size_t n, size_t *got)
{
    uint64_t passed;
    const int rc = pass(err, source, out, n, &passed);
    *got = (size_t)passed;
    return rc;
}

uint64_t sq_source_offset(const struct sq_byte_source *source)
{
    return source->offset;
}

bool sq_source_is_file(const struct sq_byte_source *source)
{
    return source->is_file;
}

uint64_t sq_source_size(const struct sq_byte_source *source)
{
    return source->size;
}

int sq_source_rewind(struct sq_error *err, struct sq_byte_source *source, uint64_t offset)
{
    if (lseek(source->fd, (off_t)offset, SEEK_SET) < 0)
        return refused(err, source, "read again");
    source->first = source->end = 0;
    source->offset = offset;
    source->at_end = false;
    return SQ_OK;
}
