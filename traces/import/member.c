#include "traces/import/member.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* More than a trace has populations, with room for labels, logits and ids. */
enum { MAX_MEMBERS = SQ_TRACE_MAX_POPULATIONS + 3, WHERE_BYTES = 1024 };

/* "PATH: NAME.npy", to begin a sentence. */
static const char *where(const struct sq_members *members, const struct sq_member *member,
                         char text[WHERE_BYTES])
{
    snprintf(text, WHERE_BYTES, "%.700s: %s.npy", members->path, member->name);
    return text;
}

static int grow(struct sq_error *err, struct sq_members *members)
{
    const size_t larger = 2 * members->capacity + 32;
    if (members->n == MAX_MEMBERS)
        return sq_fail(err, SQ_EUNSUPPORTED, "%s: more than %d arrays", members->path, MAX_MEMBERS);
    if (members->n < members->capacity)
        return SQ_OK;
    void *grown = realloc(members->member, larger * sizeof *members->member);
    if (grown == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", members->path);
    members->member = grown;
    members->capacity = larger;
    return SQ_OK;
}

int sq_members_add(struct sq_error *err, struct sq_members *members, const char *file_name,
                   struct sq_member **out)
{
    static const char suffix[] = ".npy";
    const size_t n = strlen(file_name), n_suffix = sizeof suffix - 1;
    if (n <= n_suffix || strcmp(file_name + n - n_suffix, suffix) != 0)
        return sq_fail(err, SQ_EUNSUPPORTED, "%s: holds \"%.200s\", which is not a .npy array",
                       members->path, file_name);
    if (n - n_suffix >= sizeof members->member->name)
        return sq_fail(err, SQ_EFORMAT, "%s: \"%.200s...\" is too long a name", members->path,
                       file_name);
    const int status = grow(err, members);
    if (status != SQ_OK)
        return status;
    *out = &members->member[members->n++];
    **out = (struct sq_member){.fd = -1};
    memcpy((*out)->name, file_name, n - n_suffix);
    return SQ_OK;
}

void sq_members_close(struct sq_members *members)
{
    for (size_t i = 0; i < members->n; i++) {
        if (members->member[i].fd >= 0)
            close(members->member[i].fd);
        sq_zip_member_close(members->member[i].stored);
    }
    free(members->member);
    sq_zip_archive_close(members->zip);
    *members = (struct sq_members){.n = 0};
}

static int unreadable(struct sq_error *err, const struct sq_members *members,
                      const struct sq_member *member, const char *reason)
{
    char text[WHERE_BYTES];
    return sq_fail(err, SQ_EIO, "%s: cannot be read: %s", where(members, member, text), reason);
}

static int shorter(struct sq_error *err, const struct sq_members *members,
                   const struct sq_member *member)
{
    char text[WHERE_BYTES];
    return sq_fail(err, SQ_EFORMAT, "%s: ends too early; was it cut off?",
                   where(members, member, text));
}

static int read_stored(struct sq_error *err, const struct sq_members *members,
                       const struct sq_member *member, uint64_t offset, unsigned char *out,
                       size_t n)
{
    if (!sq_zip_member_seek(member->stored, offset))
        return unreadable(err, members, member, sq_zip_fault_of(members->zip, member->stored).why);
    for (size_t done = 0; done < n;) {
        const int64_t got = sq_zip_member_read(member->stored, out + done, n - done);
        if (got < 0)
            return unreadable(err, members, member,
                              sq_zip_fault_of(members->zip, member->stored).why);
        if (got == 0)
            return shorter(err, members, member);
        done += (size_t)got;
    }
    return SQ_OK;
}

int sq_member_read(struct sq_error *err, const struct sq_members *members,
                   const struct sq_member *member, uint64_t offset, void *out, size_t n)
{
    if (member->fd < 0)
        return read_stored(err, members, member, offset, out, n);
    for (size_t done = 0; done < n;) {
        const ssize_t got = pread(member->fd, (char *)out + done, n - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return unreadable(err, members, member, strerror(errno));
        if (got == 0)
            return shorter(err, members, member);
        done += (size_t)got;
    }
    return SQ_OK;
}

int sq_member_parse(struct sq_error *err, const struct sq_members *members,
                    struct sq_member *member, uint64_t size)
{
    unsigned char head[SQ_ARRAY_HEAD_BYTES];
    char text[WHERE_BYTES], shape[192];
    const size_t n = size < sizeof head ? (size_t)size : sizeof head;
    uint64_t promised;
    int status = SQ_OK;
    if (n > 0) /* libzip 1.7 cannot seek in an empty member */
        status = sq_member_read(err, members, member, 0, head, n);
    if (status != SQ_OK)
        return status;
    where(members, member, text);
    if (!sq_npy_begins(head, n))
        return sq_fail(err, SQ_EFORMAT, "%s: is not a NumPy array", text);
    status = sq_npy_parse(err, text, head, n, &member->header);
    if (status != SQ_OK)
        return status;
    sq_array_shape_text(&member->header, shape, sizeof shape);
    if (!sq_array_sizes(&member->header, &member->row_elements, &promised))
        return sq_fail(err, SQ_EFORMAT, "%s: its shape %s is not that of an array of spikes", text,
                       shape);
    if (promised != size)
        return sq_fail(err, SQ_EFORMAT,
                       "%s: its shape %s needs %" PRIu64 " bytes, but it has %" PRIu64
                       "; was it cut off?",
                       text, shape, promised, size);
    return SQ_OK;
}
