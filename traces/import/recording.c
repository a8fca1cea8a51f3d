#include "traces/import/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const format_name[SQ_RECORDING_FORMATS] = {
    [SQ_RECORDING_ARRAYS] = "npz",
    [SQ_RECORDING_SONATA] = "sonata",
    [SQ_RECORDING_CSV] = "csv",
    [SQ_RECORDING_PROSPERITY] = "prosperity",
};

const char *sq_recording_format_name(enum sq_recording_format format)
{
    return format_name[format];
}

int sq_recording_format_find(const char *name)
{
    for (int i = 0; i < SQ_RECORDING_FORMATS; i++)
        if (strcmp(format_name[i], name) == 0)
            return i;
    return -1;
}

static int refuse_head(struct sq_error *err, const char *path, const unsigned char *head, size_t n)
{
    const char *what = "it is none of .npz, a folder of .npy, SONATA .h5, CSV, pickle of tensors";
    if (n == 0)
        what = "it is empty";
    else if (n >= 6 && memcmp(head, "\x93NUMPY", 6) == 0)
        what = "it is one .npy array; put it into a folder, named <population>.npy";
    return sq_fail(err, SQ_EUNSUPPORTED, "%s: no recording of spikes: %s", path, what);
}

static int format_of_head(struct sq_error *err, const char *path, const unsigned char *head,
                          size_t n, enum sq_recording_format *format)
{
    static const struct {
        const char *magic;
        size_t length;
        enum sq_recording_format format;
    } known[] = {
        {"PK\3\4", 4, SQ_RECORDING_ARRAYS},
        {"PK\5\6", 4, SQ_RECORDING_ARRAYS},
        {"\x89HDF\r\n\x1a\n", 8, SQ_RECORDING_SONATA},
        {"\x80", 1, SQ_RECORDING_PROSPERITY},
        {"sample,", 7, SQ_RECORDING_CSV},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (n >= known[i].length && memcmp(head, known[i].magic, known[i].length) == 0) {
            *format = known[i].format;
            return SQ_OK;
        }
    return refuse_head(err, path, head, n);
}

/* O_NONBLOCK: opening a pipe must come back, to be refused. */
int sq_recording_format_of(struct sq_error *err, const char *path, enum sq_recording_format *format)
{
    unsigned char head[16];
    struct stat st;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    int status = SQ_OK;
    if (fd < 0)
        return sq_fail(err, SQ_EIO, "%s: cannot be opened: %s", path, strerror(errno));
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        *format = SQ_RECORDING_ARRAYS;
    } else if (!S_ISREG(st.st_mode)) {
        status = sq_fail(err, SQ_EUNSUPPORTED, "%s: is a pipe or a device; save it as a file first",
                         path);
    } else {
        const ssize_t n = pread(fd, head, sizeof head, 0);
        status = n >= 0 ? format_of_head(err, path, head, (size_t)n, format)
                        : sq_fail(err, SQ_EIO, "%s: cannot be read: %s", path, strerror(errno));
    }
    close(fd);
    return status;
}

int sq_recording_open(struct sq_error *err, const char *path, enum sq_recording_format format,
                      const struct sq_recording_want *want, struct sq_recording **out)
{
    switch (format) {
    case SQ_RECORDING_ARRAYS:
        return sq_array_recording_open(err, path, out);
    case SQ_RECORDING_SONATA:
        return sq_sonata_recording_open(err, path, want, out);
    case SQ_RECORDING_CSV:
        return sq_csv_recording_open(err, path, want, out);
    default:
        return sq_fail(err, SQ_EUNSUPPORTED, "%s: %s is not read here", path, format_name[format]);
    }
}

int sq_recording_new(struct sq_error *err, const char *path, const struct sq_recording_kind *kind,
                     struct sq_recording **out)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    (*out)->kind = kind;
    (*out)->path = path;
    return SQ_OK;
}

void sq_recording_close(struct sq_recording *recording)
{
    if (recording == NULL)
        return;
    recording->kind->close(recording);
    free(recording->population);
    sq_arena_free(&recording->arena);
    free(recording);
}

int sq_recording_find(const struct sq_recording *recording, const char *name, size_t *index)
{
    for (size_t i = 0; i < recording->n_populations; i++)
        if (strcmp(recording->population[i].name, name) == 0) {
            *index = i;
            return 1;
        }
    return 0;
}

/* Room for `n` populations, in steps of powers of two. */
static int grow(struct sq_error *err, struct sq_recording *recording)
{
    const size_t n = recording->n_populations;
    if (n == SQ_TRACE_MAX_POPULATIONS)
        return sq_fail(err, SQ_EUNSUPPORTED, "%s: more than %d populations", recording->path,
                       SQ_TRACE_MAX_POPULATIONS);
    if ((n & (n - 1)) != 0)
        return SQ_OK;
    void *grown =
        realloc(recording->population, (n == 0 ? 1 : 2 * n) * sizeof *recording->population);
    if (grown == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", recording->path);
    recording->population = grown;
    return SQ_OK;
}

static int is_plain_name(const char *name)
{
    for (const char *c = name; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            return 0;
    return name[0] != '\0' && name[0] != '.' && strpbrk(name, "/\\") == NULL &&
           strlen(name) < SQ_TRACE_NAME_BYTES;
}

int sq_recording_add(struct sq_error *err, struct sq_recording *recording, const char *name,
                     struct sq_recorded_population **out)
{
    size_t index;
    if (!is_plain_name(name))
        return sq_fail(err, SQ_EFORMAT,
                       "%s: \"%.160s\" is no name of a population: up to %d ASCII letters, no "
                       "slash, no dot in front",
                       recording->path, name, SQ_TRACE_NAME_BYTES - 1);
    if (sq_recording_find(recording, name, &index))
        return sq_fail(err, SQ_EFORMAT, "%s: population %s is there twice", recording->path, name);
    const int status = grow(err, recording);
    if (status != SQ_OK)
        return status;
    *out = &recording->population[recording->n_populations++];
    **out = (struct sq_recorded_population){.n_dims = 0};
    strcpy((*out)->name, name);
    return SQ_OK;
}
