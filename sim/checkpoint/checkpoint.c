#include "sim/checkpoint/checkpoint.h"

#include "sim/checkpoint/checkpoint_reader.h"
#include "sim/checkpoint/zip_archive.h"
#include "sim/nir/nir.h"
#include "traces/files/other_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD_BYTES = 1024 };

static int read_by_content(struct sq_checkpoint_reader *reader)
{
    unsigned char head[HEAD_BYTES];
    const size_t n = reader->size < HEAD_BYTES ? (size_t)reader->size : HEAD_BYTES;
    const int rc = sq_checkpoint_read_bytes(reader, 0, head, n);
    if (rc != SQ_OK)
        return rc;
    if (sq_torch_zip_looks_so(head, n))
        return sq_torch_zip_read(reader);
    if (sq_safetensors_looks_so(head, n))
        return sq_safetensors_read(reader);
    if (sq_nir_looks_so(head, n) && sq_nir_is_one(reader->path))
        return sq_nir_tensors_read(reader);
    const char *foreign = sq_other_file_as_model(head, n);
    return foreign != NULL ? sq_checkpoint_refuse(reader, foreign) : sq_torch_legacy_read(reader);
}

static int check_kind(struct sq_error *err, const char *path, const struct stat *st)
{
    if (S_ISDIR(st->st_mode))
        return sq_fail(err, SQ_EUNSUPPORTED, "%s: is a directory; name the checkpoint in it", path);
    if (!S_ISREG(st->st_mode))
        return sq_fail(err, SQ_EUNSUPPORTED,
                       "%s: is a pipe or a device; save it as a regular file first", path);
    if (st->st_size == 0)
        return sq_fail(err, SQ_EFORMAT, "%s: is empty; was it downloaded completely?", path);
    return SQ_OK;
}

/* Later reads need their own descriptor and path: the caller's may be gone. */
static int keep_open(struct sq_checkpoint_reader *reader)
{
    struct sq_checkpoint *checkpoint = reader->checkpoint;
    const char *path = sq_arena_strdup(&checkpoint->arena, reader->path);
    const int fd = fcntl(reader->fd, F_DUPFD_CLOEXEC, 0);
    checkpoint->owns_fd = fd >= 0;
    if (fd < 0)
        return sq_fail(reader->err, SQ_EIO, "%s: too many open files", reader->path);
    reader->fd = fd;
    if (path == NULL)
        return sq_fail(reader->err, SQ_ENOMEM, "%s: out of memory", reader->path);
    reader->path = path;
    checkpoint->access = &sq_checkpoint_plain;
    return SQ_OK;
}

/* Pruned weights get the name of their product. */
static int index_names(struct sq_checkpoint_reader *reader)
{
    size_t n_renamed = 0;
    int rc = sq_checkpoint_index(reader);
    if (rc == SQ_OK)
        rc = sq_checkpoint_apply_masks(reader, &n_renamed);
    if (rc != SQ_OK || n_renamed == 0)
        return rc;
    free(reader->checkpoint->by_name);
    return sq_checkpoint_index(reader);
}

typedef int read_fn(struct sq_checkpoint_reader *reader);

static int open_by(struct sq_error *err, const char *path, int fd, read_fn *read,
                   struct sq_checkpoint **out)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return sq_fail(err, SQ_EIO, "%s: cannot be examined (errno %d)", path, errno);
    int rc = check_kind(err, path, &st);
    if (rc != SQ_OK)
        return rc;
    struct sq_checkpoint *checkpoint = calloc(1, sizeof *checkpoint);
    if (checkpoint == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    checkpoint->reader =
        (struct sq_checkpoint_reader){err, path, fd, (uint64_t)st.st_size, checkpoint};
    rc = keep_open(&checkpoint->reader);
    if (rc == SQ_OK)
        rc = read(&checkpoint->reader);
    if (rc == SQ_OK)
        rc = index_names(&checkpoint->reader);
    checkpoint->reader.err = NULL;
    if (rc == SQ_OK)
        *out = checkpoint;
    else
        sq_checkpoint_free(checkpoint);
    return rc;
}

int sq_checkpoint_open_fd(struct sq_error *err, const char *path, int fd,
                          struct sq_checkpoint **out)
{
    return open_by(err, path, fd, read_by_content, out);
}

static int open_path(struct sq_error *err, const char *path, read_fn *read,
                     struct sq_checkpoint **out)
{
    /* O_NONBLOCK: a pipe without a writer must be refused at once. */
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        char reason[128] = "unknown reason";
        strerror_r(errno, reason, sizeof reason);
        return sq_fail(err, SQ_EIO, "%s: cannot be opened: %s", path, reason);
    }
    const int rc = open_by(err, path, fd, read, out);
    close(fd);
    return rc;
}

int sq_checkpoint_open(struct sq_error *err, const char *path, struct sq_checkpoint **out)
{
    return open_path(err, path, read_by_content, out);
}

int sq_checkpoint_open_nested(struct sq_error *err, const char *path, struct sq_checkpoint **out)
{
    return open_path(err, path, sq_torch_nested_read, out);
}

void sq_checkpoint_free(struct sq_checkpoint *checkpoint)
{
    if (checkpoint == NULL)
        return;
    for (size_t i = 0; i < checkpoint->n_buffers; i++)
        free(checkpoint->buffer[i]);
    free(checkpoint->buffer);
    free(checkpoint->tensor);
    free(checkpoint->by_name);
    sq_zip_close(checkpoint->zip);
    if (checkpoint->owns_fd)
        close(checkpoint->reader.fd);
    sq_arena_free(&checkpoint->arena);
    free(checkpoint);
}

int sq_checkpoint_alias(struct sq_error *err, struct sq_checkpoint *checkpoint, size_t i,
                        const char *name, const char *note)
{
    const struct sq_tensor copy = checkpoint->tensor[i];
    checkpoint->reader.err = err;
    const int rc = sq_checkpoint_add(&checkpoint->reader, name, strlen(name), &copy);
    checkpoint->reader.err = NULL;
    checkpoint->tensor[i].note = note;
    return rc;
}

int sq_checkpoint_index_again(struct sq_error *err, struct sq_checkpoint *checkpoint)
{
    free(checkpoint->by_name);
    checkpoint->by_name = NULL;
    checkpoint->reader.err = err;
    const int rc = sq_checkpoint_index(&checkpoint->reader);
    checkpoint->reader.err = NULL;
    return rc;
}

size_t sq_checkpoint_count(const struct sq_checkpoint *checkpoint)
{
    return checkpoint->n_tensors;
}

const struct sq_tensor *sq_checkpoint_tensor(const struct sq_checkpoint *checkpoint, size_t i)
{
    return i < checkpoint->n_tensors ? &checkpoint->tensor[i] : NULL;
}

const char *sq_checkpoint_container(const struct sq_checkpoint *checkpoint)
{
    return checkpoint->container;
}

const char *sq_checkpoint_synthetic(const struct sq_checkpoint *checkpoint)
{
    return checkpoint->synthetic;
}

int sq_checkpoint_is_graph(const struct sq_checkpoint *checkpoint)
{
    return strcmp(checkpoint->container, SQ_CONTAINER_NIR) == 0;
}
