#include "traces/files/npy_dump.h"

#include "kernels/base/checked.h"
#include "traces/files/npy_file.h"
#include "traces/files/npy_header.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int sq_npy_refused(struct sq_error *err, const struct sq_npy_dump *dump, const char *file,
                   const char *what)
{
    return sq_fail(err, SQ_EIO, "%s/%s: cannot be %s: %s", dump->dir, file, what, strerror(errno));
}

size_t sq_npy_slabs(const struct sq_npy_file *a)
{
    return (size_t)a->plan.samples * (a->plan.timesteps > 0 ? a->plan.timesteps : 1);
}

int sq_npy_write_at(int fd, const void *data, size_t n, uint64_t offset)
{
    for (size_t done = 0; done < n;) {
        const ssize_t now = pwrite(fd, (const char *)data + done, n - done, (off_t)(offset + done));
        if (now < 0 && errno != EINTR)
            return -1;
        if (now == 0) {
            errno = ENOSPC;
            return -1;
        }
        done += now > 0 ? (size_t)now : 0;
    }
    return 0;
}

static int open_folder(struct sq_error *err, struct sq_npy_dump *dump)
{
    dump->made = mkdir(dump->dir, 0777) == 0;
    if (!dump->made && errno != EEXIST)
        return sq_fail(err, SQ_EIO, "%s: the folder cannot be made: %s", dump->dir,
                       strerror(errno));
    dump->fd = open(dump->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dump->fd < 0 && errno == ENOTDIR)
        return sq_fail(err, SQ_EIO, "%s: is not a folder; a dump is files in a folder", dump->dir);
    if (dump->fd < 0)
        return sq_fail(err, SQ_EIO, "%s: cannot be opened: %s", dump->dir, strerror(errno));
    /* Some file systems cannot lock folders: then nothing keeps others out. */
    if (flock(dump->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return sq_fail(err, SQ_EIO, "%s: another run is dumping into it", dump->dir);
    if (faccessat(dump->fd, ".", W_OK | X_OK, 0) != 0)
        return sq_fail(err, SQ_EIO, "%s: cannot be written to: %s", dump->dir, strerror(errno));
    return SQ_OK;
}

int sq_npy_dump_open(struct sq_error *err, const char *dir, struct sq_npy_dump **out)
{
    struct sq_npy_dump *dump = calloc(1, sizeof *dump);
    if (dump == NULL || (dump->dir = strdup(dir)) == NULL) {
        free(dump);
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", dir);
    }
    dump->fd = -1;
    const int rc = open_folder(err, dump);
    if (rc == SQ_OK)
        *out = dump;
    else
        sq_npy_dump_free(dump);
    return rc;
}

static bool is_file_name(const char *name)
{
    const size_t n = strlen(name);
    return n > 0 && n <= SQ_NPY_MAX_NAME && name[0] != '.' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == n;
}

/* File names and sizes of `plan`. */
static int lay_out(struct sq_error *err, const struct sq_npy_dump *dump,
                   const struct sq_npy_plan *plan, struct sq_npy_file *a)
{
    char header[SQ_NPY_MAX_HEADER];
    size_t size;
    if (!is_file_name(plan->name) || plan->n_dims > SQ_NPY_MAX_DIMS)
        return sq_fail(err, SQ_EUSAGE, "%s: no array can be called \"%s\" there", dump->dir,
                       plan->name);
    *a = (struct sq_npy_file){.plan = *plan};
    a->plan.name = NULL;
    snprintf(a->partial, sizeof a->partial, ".%s.npy.partial", plan->name);
    snprintf(a->final, sizeof a->final, "%s.npy", plan->name);
    for (uint32_t i = 0; i < dump->n; i++)
        if (strcmp(dump->array[i].final, a->final) == 0)
            return sq_fail(err, SQ_EUSAGE, "%s/%s: is dumped twice", dump->dir, a->final);
    a->header_bytes = sq_npy_header(&a->plan, 0, header);
    if (!sq_mul_dims(plan->dim, plan->n_dims, &a->slab_bytes) ||
        !sq_mul_size(a->slab_bytes, sq_npy_item_bytes(plan->type), &a->slab_bytes) ||
        !sq_mul_size(a->slab_bytes, plan->samples, &size) ||
        !sq_mul_size(size, plan->timesteps > 0 ? plan->timesteps : 1, &size) ||
        !sq_add_size(size, a->header_bytes, &size) || size > INT64_MAX)
        return sq_fail(err, SQ_ESHAPE, "%s/%s: would be larger than any file", dump->dir, a->final);
    return SQ_OK;
}

/* The header and a whole file of zeros behind it, as a hole. */
static int write_empty(struct sq_error *err, const struct sq_npy_dump *dump, struct sq_npy_file *a)
{
    char header[SQ_NPY_MAX_HEADER];
    /* Left by a run that was killed; no other run is here, the folder is locked. */
    unlinkat(dump->fd, a->partial, 0);
    const int fd =
        openat(dump->fd, a->partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd < 0)
        return sq_npy_refused(err, dump, a->final, "made");
    a->exists = true;
    sq_npy_header(&a->plan, a->header_bytes, header);
    int rc = SQ_OK;
    if (sq_npy_write_at(fd, header, a->header_bytes, 0) != 0 ||
        ftruncate(fd, (off_t)(a->header_bytes + sq_npy_slabs(a) * a->slab_bytes)) != 0)
        rc = sq_npy_refused(err, dump, a->final, "written");
    close(fd);
    if (rc != SQ_OK)
        unlinkat(dump->fd, a->partial, 0);
    return rc;
}

int sq_npy_dump_add(struct sq_error *err, struct sq_npy_dump *dump, const struct sq_npy_plan *plan,
                    uint32_t *id)
{
    if (dump->n == dump->room) {
        const uint32_t room = dump->room * 2 + 16;
        struct sq_npy_file *grown = realloc(dump->array, room * sizeof *grown);
        if (grown == NULL)
            return sq_fail(err, SQ_ENOMEM, "%s: out of memory", dump->dir);
        dump->array = grown;
        dump->room = room;
    }
    struct sq_npy_file *a = &dump->array[dump->n];
    int rc = lay_out(err, dump, plan, a);
    if (rc != SQ_OK)
        return rc;
    rc = write_empty(err, dump, a);
    if (rc == SQ_OK)
        *id = dump->n++;
    return rc;
}

int sq_npy_dump_write(struct sq_error *err, struct sq_npy_dump *dump, uint32_t id, uint32_t t,
                      uint64_t b, const void *slab)
{
    const struct sq_npy_file *a = id < dump->n ? &dump->array[id] : NULL;
    if (a == NULL || b >= a->plan.samples || t >= (a->plan.timesteps > 0 ? a->plan.timesteps : 1))
        return sq_fail(err, SQ_EUSAGE,
                       "%s: no array %" PRIu32 ", timestep %" PRIu32 ", sample %" PRIu64
                       " was planned",
                       dump->dir, id, t, b);
    const int fd = openat(dump->fd, a->partial, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return sq_npy_refused(err, dump, a->final, "opened");
    int rc = SQ_OK;
    const uint64_t at = a->header_bytes + (t * a->plan.samples + b) * a->slab_bytes;
    if (sq_npy_write_at(fd, slab, a->slab_bytes, at) != 0)
        rc = sq_npy_refused(err, dump, a->final, "written");
    if (close(fd) != 0 && rc == SQ_OK) /* some file systems report a full disk only here */
        rc = sq_npy_refused(err, dump, a->final, "written");
    return rc;
}

void sq_npy_dump_free(struct sq_npy_dump *dump)
{
    if (dump == NULL)
        return;
    for (uint32_t i = 0; i < dump->n; i++)
        if (dump->array[i].exists)
            unlinkat(dump->fd, dump->array[i].partial, 0);
    if (dump->fd >= 0)
        close(dump->fd);
    if (dump->made && !dump->finished)
        rmdir(dump->dir); /* fails if the folder is not empty */
    free(dump->array);
    free(dump->dir);
    free(dump);
}
