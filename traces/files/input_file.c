#include "traces/files/input_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

struct sq_input_file {
    const char *path;
    int fd;        /* plain file, or -1 */
    gzFile gz;     /* compressed file, or NULL; owns its descriptor */
    uint64_t size; /* as stored */
};

static int io_error(struct sq_error *err, const char *path, const char *what)
{
    return sq_fail(err, SQ_EIO, "%s: cannot be %s: %s", path, what, strerror(errno));
}

static int check_regular(struct sq_error *err, struct sq_input_file *stream)
{
    struct stat status;
    if (stream->fd < 0 || fstat(stream->fd, &status) != 0)
        return io_error(err, stream->path, "opened");
    if (S_ISDIR(status.st_mode))
        return sq_fail(err, SQ_EIO, "%s: is a directory; give one .npy or IDX file", stream->path);
    if (!S_ISREG(status.st_mode))
        return sq_fail(err, SQ_EIO, "%s: is not a regular file (a pipe or device)", stream->path);
    stream->size = (uint64_t)status.st_size;
    if (stream->size == 0)
        return sq_fail(err, SQ_EFORMAT, "%s: the file is empty", stream->path);
    return SQ_OK;
}

/* The next bytes of a compressed file; *got < n only at its end or where it is cut off. */
static int inflate_next(struct sq_error *err, struct sq_input_file *stream, unsigned char *out,
                        size_t n, size_t *got)
{
    enum { STEP = 1 << 20 };
    for (*got = 0; *got < n;) {
        const size_t left = n - *got;
        const int now = gzread(stream->gz, out + *got, (unsigned)(left < STEP ? left : STEP));
        if (now < 0) {
            int code;
            const char *text = gzerror(stream->gz, &code);
            return sq_fail(err, code == Z_ERRNO ? SQ_EIO : SQ_EFORMAT,
                           "%s: the compressed data are damaged: %s", stream->path,
                           code == Z_ERRNO ? strerror(errno) : text);
        }
        if (now == 0)
            break;
        *got += (size_t)now;
    }
    return SQ_OK;
}

int sq_input_file_read(struct sq_error *err, struct sq_input_file *stream, uint64_t offset,
                       unsigned char *out, size_t n, size_t *got)
{
    if (stream->gz != NULL) {
        if (gzseek(stream->gz, (z_off_t)offset, SEEK_SET) < 0)
            return sq_fail(err, SQ_EFORMAT, "%s: the compressed data are damaged or truncated",
                           stream->path);
        return inflate_next(err, stream, out, n, got);
    }
    for (*got = 0; *got < n;) {
        const ssize_t now = pread(stream->fd, out + *got, n - *got, (off_t)(offset + *got));
        if (now < 0 && errno == EINTR)
            continue;
        if (now < 0)
            return io_error(err, stream->path, "read");
        if (now == 0)
            break;
        *got += (size_t)now;
    }
    return SQ_OK;
}

static int begin(struct sq_error *err, struct sq_input_file *stream)
{
    static const unsigned char gzip[2] = {0x1f, 0x8b};
    unsigned char magic[2];
    size_t n;
    int rc = check_regular(err, stream);
    if (rc == SQ_OK)
        rc = sq_input_file_read(err, stream, 0, magic, sizeof magic, &n);
    if (rc != SQ_OK || n < sizeof magic || memcmp(magic, gzip, sizeof magic) != 0)
        return rc;
    stream->gz = gzdopen(stream->fd, "rb");
    if (stream->gz == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", stream->path);
    stream->fd = -1;
    gzbuffer(stream->gz, 1 << 16);
    return SQ_OK;
}

/* Of a descriptor that the stream takes over; -1: errno says why there is none. */
static int open_descriptor(struct sq_error *err, const char *path, int fd,
                           struct sq_input_file **out)
{
    const int reason = errno;
    struct sq_input_file *stream = calloc(1, sizeof *stream);
    if (stream == NULL) {
        if (fd >= 0)
            close(fd);
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    }
    stream->path = path;
    stream->fd = fd;
    errno = reason;
    const int rc = begin(err, stream);
    if (rc == SQ_OK)
        *out = stream;
    else
        sq_input_file_close(stream);
    return rc;
}

/* O_NONBLOCK: opening a pipe must come back, to be refused. */
int sq_input_file_open(struct sq_error *err, const char *path, struct sq_input_file **out)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    return open_descriptor(err, path, fd, out);
}

int sq_input_file_open_fd(struct sq_error *err, const char *name, int fd,
                          struct sq_input_file **out)
{
    return open_descriptor(err, name, fcntl(fd, F_DUPFD_CLOEXEC, 0), out);
}

void sq_input_file_close(struct sq_input_file *stream)
{
    if (stream == NULL)
        return;
    if (stream->gz != NULL)
        gzclose_r(stream->gz);
    if (stream->fd >= 0)
        close(stream->fd);
    free(stream);
}

bool sq_input_file_is_gzip(const struct sq_input_file *stream)
{
    return stream->gz != NULL;
}

int sq_input_file_size(struct sq_error *err, struct sq_input_file *stream, uint64_t enough,
                       uint64_t *size)
{
    unsigned char chunk[1 << 14];
    int rc = SQ_OK, code = Z_OK;
    size_t got = 1;
    *size = stream->size;
    if (stream->gz == NULL)
        return SQ_OK;
    if (gzrewind(stream->gz) != 0)
        return io_error(err, stream->path, "read");
    for (*size = 0; rc == SQ_OK && got > 0 && *size <= enough; *size += got)
        rc = inflate_next(err, stream, chunk, sizeof chunk, &got);
    /* The array may be whole and only its checksum missing. */
    if (rc == SQ_OK && gzerror(stream->gz, &code) != NULL && code == Z_BUF_ERROR && *size >= enough)
        rc = sq_fail(err, SQ_EFORMAT,
                     "%s: truncated: the compressed data end before their checksum", stream->path);
    return rc;
}
