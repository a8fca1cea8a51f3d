/* The members of an .npz file. Stored ones are read where they lie; compressed ones, which cannot
 * be read at an offset, are inflated once into an unnamed file in TMPDIR. */
#include "traces/import/member.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

enum {
    MAX_INFLATION = 1032, /* the best that deflate can do: 258 bytes in 2 bits */
    CHUNK_BYTES = 1 << 16
};

static int bad_member(struct sq_error *err, const struct sq_members *members, const zip_stat_t *st,
                      const char *what)
{
    return sq_fail(err, SQ_EFORMAT, "%s: member %.200s: %s", members->path, st->name, what);
}

/* Sizes that a member of this file can have. */
static int check_member(struct sq_error *err, struct sq_members *members, const zip_stat_t *st,
                        uint64_t file_bytes)
{
    const zip_uint64_t needed =
        ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
    if ((st->valid & needed) != needed)
        return sq_fail(err, SQ_EFORMAT, "%s: a member's name or sizes are unknown", members->path);
    if (st->comp_method != ZIP_CM_STORE && st->comp_method != ZIP_CM_DEFLATE)
        return bad_member(err, members, st,
                          "only stored and deflated members are read, save it anew by NumPy");
    if (st->comp_size > file_bytes - members->packed_bytes ||
        (st->comp_method == ZIP_CM_STORE ? st->size != st->comp_size
                                         : st->size / MAX_INFLATION > st->comp_size))
        return bad_member(err, members, st, "its sizes cannot be true; is the file damaged?");
    members->packed_bytes += st->comp_size;
    return SQ_OK;
}

static int open_copy(struct sq_error *err, int *fd)
{
    const char *folder = getenv("TMPDIR");
    char path[1024];
    snprintf(path, sizeof path, "%s/spikeq-XXXXXX", folder != NULL ? folder : "/tmp");
    *fd = mkstemp(path);
    if (*fd < 0)
        return sq_fail(err, SQ_EIO, "%s: no temporary file can be made: %s", path, strerror(errno));
    unlink(path);
    return SQ_OK;
}

static int write_all(int fd, const unsigned char *data, size_t n)
{
    while (n > 0) {
        const ssize_t done = write(fd, data, n);
        if (done < 0 && errno != EINTR)
            return 0;
        if (done > 0) {
            data += done;
            n -= (size_t)done;
        }
    }
    return 1;
}

/* Read the member to its end, where libzip compares the checksum; into `fd` unless that is -1. */
static int read_through(struct sq_error *err, const struct sq_members *members,
                        const zip_stat_t *st, zip_file_t *file, int fd)
{
    unsigned char chunk[CHUNK_BYTES];
    zip_uint64_t all = 0;
    for (;;) {
        const zip_int64_t n = zip_fread(file, chunk, sizeof chunk);
        if (n < 0)
            return bad_member(err, members, st, zip_file_strerror(file));
        if (n == 0)
            break;
        all += (zip_uint64_t)n;
        if (all > st->size)
            return bad_member(err, members, st, "is longer than its size says");
        if (fd >= 0 && !write_all(fd, chunk, (size_t)n))
            return sq_fail(err, SQ_EIO,
                           "%s: member %.200s cannot be unpacked: %s; TMPDIR says where to",
                           members->path, st->name, strerror(errno));
    }
    return all == st->size ? SQ_OK : bad_member(err, members, st, "is shorter than its size says");
}

static int add_member(struct sq_error *err, struct sq_members *members, zip_uint64_t index,
                      uint64_t file_bytes)
{
    zip_stat_t st;
    struct sq_member *member;
    if (zip_stat_index(members->zip, index, 0, &st) != 0)
        return sq_fail(err, SQ_EFORMAT, "%s: a member cannot be read: %s", members->path,
                       zip_strerror(members->zip));
    int status = check_member(err, members, &st, file_bytes);
    if (status == SQ_OK)
        status = sq_members_add(err, members, st.name, &member);
    if (status != SQ_OK)
        return status;
    member->stored = zip_fopen_index(members->zip, index, 0);
    if (member->stored == NULL)
        return bad_member(err, members, &st, zip_strerror(members->zip));
    if (st.comp_method == ZIP_CM_DEFLATE)
        status = open_copy(err, &member->fd);
    if (status == SQ_OK)
        status = read_through(err, members, &st, member->stored, member->fd);
    return status == SQ_OK ? sq_member_parse(err, members, member, st.size) : status;
}

int sq_npz_members(struct sq_error *err, const char *path, struct sq_members *out)
{
    int code = 0, status = SQ_OK;
    struct stat file;
    *out = (struct sq_members){.path = path};
    if (stat(path, &file) != 0)
        return sq_fail(err, SQ_EIO, "%s: cannot be opened: %s", path, strerror(errno));
    out->zip = zip_open(path, ZIP_RDONLY, &code);
    if (out->zip == NULL) {
        zip_error_t error;
        zip_error_init_with_code(&error, code);
        status = sq_fail(err, SQ_EFORMAT, "%s: cannot be read as an .npz file: %s; was it cut off?",
                         path, zip_error_strerror(&error));
        zip_error_fini(&error);
        return status;
    }
    const zip_int64_t n = zip_get_num_entries(out->zip, 0);
    for (zip_int64_t i = 0; status == SQ_OK && i < n; i++)
        status = add_member(err, out, (zip_uint64_t)i, (uint64_t)file.st_size);
    return status;
}
