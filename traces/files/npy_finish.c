#include "traces/files/npy_file.h"
#include "traces/files/npy_header.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* Move `n` bytes down within a file; the places may overlap. */
static int move_down(int fd, uint64_t from, uint64_t to, uint64_t n)
{
    char chunk[1 << 16];
    while (n > 0 && from != to) {
        const ssize_t got =
            pread(fd, chunk, n < sizeof chunk ? (size_t)n : sizeof chunk, (off_t)from);
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            errno = EIO;
        if (got <= 0 || sq_npy_write_at(fd, chunk, (size_t)got, to) != 0)
            return -1;
        from += (uint64_t)got;
        to += (uint64_t)got;
        n -= (uint64_t)got;
    }
    return 0;
}

/* [T][B] slabs become [T][n_done]; the header keeps its size, so that slab 0 stays in place. */
static int shrink(int fd, struct sq_npy_file *a, uint64_t n_done)
{
    char header[SQ_NPY_MAX_HEADER];
    const uint64_t old = a->plan.samples * a->slab_bytes, new = n_done * a->slab_bytes;
    for (uint32_t t = 1; t < a->plan.timesteps; t++)
        if (move_down(fd, a->header_bytes + t * old, a->header_bytes + t * new, new) != 0)
            return -1;
    a->plan.samples = n_done;
    sq_npy_header(&a->plan, a->header_bytes, header);
    if (sq_npy_write_at(fd, header, a->header_bytes, 0) != 0)
        return -1;
    return ftruncate(fd, (off_t)(a->header_bytes + sq_npy_slabs(a) * a->slab_bytes));
}

static int shrink_file(struct sq_error *err, const struct sq_npy_dump *dump, struct sq_npy_file *a,
                       uint64_t n_done)
{
    if (n_done >= a->plan.samples)
        return SQ_OK;
    const int fd = openat(dump->fd, a->partial, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return sq_npy_refused(err, dump, a->final, "opened");
    const int rc =
        shrink(fd, a, n_done) == 0 ? SQ_OK : sq_npy_refused(err, dump, a->final, "shortened");
    close(fd);
    return rc;
}

int sq_npy_dump_finish(struct sq_error *err, struct sq_npy_dump *dump, uint64_t n_done)
{
    int rc = SQ_OK;
    for (uint32_t i = 0; rc == SQ_OK && i < dump->n; i++)
        rc = shrink_file(err, dump, &dump->array[i], n_done);
    for (uint32_t i = 0; rc == SQ_OK && i < dump->n; i++) {
        struct sq_npy_file *a = &dump->array[i];
        if (renameat(dump->fd, a->partial, dump->fd, a->final) == 0)
            a->exists = false;
        else
            rc = sq_npy_refused(err, dump, a->final, "renamed into place");
    }
    dump->finished = rc == SQ_OK;
    return rc;
}
