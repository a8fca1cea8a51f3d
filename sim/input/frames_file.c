#include "sim/input/frames_file.h"

#include "sim/events/formats/arrays/npy_columns.h"
#include "sim/input/pixels_as_is.h"
#include "sim/input/sample_shape.h"
#include "traces/files/array.h"
#include "traces/files/zip_array.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char member_name[] = "frames.npy";

struct frames_file {
    struct sq_error *err;
    const char *path; /* what messages call it */
    int fd;
    const struct sq_input_want *want;
    struct sq_array_file *npy; /* or, NULL: */
    struct zip *zip;
    struct sq_zip_array member;
    const struct sq_array *type;
};

static bool begins(const unsigned char *head, size_t n, const char *magic)
{
    return n >= strlen(magic) && memcmp(head, magic, strlen(magic)) == 0;
}

static bool is_zip(const unsigned char *head, size_t n)
{
    return begins(head, n, "PK\3\4");
}

/* A .npy file, plain or (what else would be) compressed. */
static bool is_npy(const unsigned char *head, size_t n)
{
    return sq_npy_begins(head, n) || begins(head, n, "\x1f\x8b");
}

static bool holds_events(const unsigned char *head, size_t n)
{
    struct sq_npy_columns columns;
    return sq_npy_begins(head, n) && sq_npy_columns_parse(NULL, "", head, n, &columns) == SQ_OK;
}

bool sq_frames_file_knows(const unsigned char *head, size_t n, const struct sq_input_want *want)
{
    struct sq_array a;
    if (is_zip(head, n) || holds_events(head, n))
        return true;
    return sq_npy_begins(head, n) && sq_npy_parse(NULL, "", head, n, &a) == SQ_OK &&
           a.n_dims == 4 && a.dim[1] == want->channels && a.dim[2] == want->height &&
           a.dim[3] == want->width;
}

static int refuse_recording(const struct frames_file *file)
{
    return sq_fail(file->err, SQ_EUSAGE,
                   "%s: a recording; give " SQ_OPT "frames RULE to bin its events", file->path);
}

static int refuse_member(const struct frames_file *file, const char *damage)
{
    return sq_fail(file->err, SQ_EFORMAT, "%s: zip member %s: %s", file->path, member_name, damage);
}

static int open_member(struct frames_file *file)
{
    const char *damage;
    const int rc =
        sq_zip_array_open(file->err, file->path, file->zip, member_name, &file->member, &damage);
    file->type = &file->member.type;
    if (!sq_zip_array_is_open(&file->member) && sq_zip_archive_has(file->zip, "t.npy"))
        return refuse_recording(file);
    if (rc == SQ_OK && damage != NULL)
        return refuse_member(file, damage);
    if (rc == SQ_OK && file->type->fortran)
        return sq_fail(
            file->err, SQ_EUNSUPPORTED,
            "%s: zip member %s is in Fortran order; save numpy.ascontiguousarray() of it",
            file->path, member_name);
    return rc;
}

static int open_zip(struct frames_file *file)
{
    const int fd = fcntl(file->fd, F_DUPFD_CLOEXEC, 0);
    file->zip = fd >= 0 ? sq_zip_archive_open_fd(fd, NULL) : NULL;
    if (file->zip != NULL)
        return open_member(file);
    if (fd >= 0)
        close(fd);
    return sq_fail(file->err, SQ_EFORMAT,
                   "%s: begins like a zip archive but cannot be read as one; is it cut short?",
                   file->path);
}

static int open_npy(struct frames_file *file)
{
    const int rc = sq_array_open_fd(file->err, file->path, file->fd, &file->npy);
    if (rc == SQ_OK)
        file->type = sq_array_header(file->npy);
    return rc;
}

/* Recognised by content. */
static int open_either(struct frames_file *file)
{
    unsigned char head[SQ_ARRAY_HEAD_BYTES];
    const ssize_t got = pread(file->fd, head, sizeof head, 0);
    if (got < 0)
        return sq_fail(file->err, SQ_EIO, "%s: cannot be read: %s", file->path, strerror(errno));
    const size_t n = (size_t)got;
    if (is_zip(head, n))
        return open_zip(file);
    if (holds_events(head, n))
        return refuse_recording(file);
    if (is_npy(head, n))
        return open_npy(file);
    return sq_fail(file->err, SQ_EUSAGE,
                   "%s: holds no frames (.npz with frames.npy, or .npy [T,C,H,W]); " SQ_OPT
                   "frames RULE makes them from recordings",
                   file->path);
}

static int read_frame(struct frames_file *file, uint32_t t, size_t n, unsigned char *item)
{
    if (file->npy != NULL)
        return sq_array_read(file->err, file->npy, t, 1, item);
    const char *damage = sq_zip_array_read(&file->member, item, n * file->type->item_bytes);
    return damage == NULL ? SQ_OK : refuse_member(file, damage);
}

/* All frames, one at a time through the same buffer. */
static int read_frames(struct frames_file *file, unsigned char *item, float *pixels)
{
    const struct sq_input_want *want = file->want;
    const size_t n = (size_t)want->channels * want->height * want->width;
    struct sq_pixel_place place = {.path = file->path,
                                   .sample = "",
                                   .has_frames = true,
                                   .channels = want->channels,
                                   .height = want->height,
                                   .width = want->width};
    int rc = SQ_OK;
    for (uint32_t t = 0; rc == SQ_OK && t < want->timesteps; t++, place.first += n) {
        rc = read_frame(file, t, n, item);
        if (rc == SQ_OK)
            rc = sq_pixels_as_is(file->err, &place, file->type, item, n, pixels + place.first);
    }
    if (rc != SQ_OK || file->npy != NULL)
        return rc;
    const char *damage = sq_zip_array_end(&file->member);
    return damage == NULL ? SQ_OK : refuse_member(file, damage);
}

static int read_checked(struct frames_file *file, float *pixels)
{
    const struct sq_input_want *want = file->want;
    const size_t n = (size_t)want->channels * want->height * want->width;
    unsigned char *item = malloc(n * file->type->item_bytes);
    if (item == NULL)
        return sq_fail(file->err, SQ_ENOMEM, "%s: out of memory for a frame", file->path);
    const int rc = read_frames(file, item, pixels);
    free(item);
    return rc;
}

int sq_frames_file_read(struct sq_error *err, const char *name, FILE *stream,
                        const struct sq_input_want *want, float *pixels)
{
    struct frames_file file = {.err = err, .path = name, .fd = fileno(stream), .want = want};
    int rc = open_either(&file);
    if (rc == SQ_OK)
        rc = sq_frames_shape_check(err, name, file.type, want);
    if (rc == SQ_OK && pixels != NULL)
        rc = read_checked(&file, pixels);
    sq_array_close(file.npy);
    sq_zip_array_close(&file.member);
    sq_zip_archive_close(file.zip);
    return rc;
}
