/* Which format a recording has, and the reader of each. */
#include "traces/files/other_files.h"
#include "traces/import/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const format_name[SQ_RECORDING_FORMATS] = {
    [SQ_RECORDING_ARRAYS] = "npz", [SQ_RECORDING_SONATA] = "sonata",
    [SQ_RECORDING_CSV] = "csv",    [SQ_RECORDING_RASTER] = "npy",
    [SQ_RECORDING_SLAYER] = "bs1", [SQ_RECORDING_PROSPERITY] = "prosperity",
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
    const char *what = sq_other_file(head, n);
    if (what == NULL)
        what = sq_other_file_guess(head, n);
    if (n == 0)
        what = "it is empty";
    else if (what == NULL)
        what = "expected .npz, .npy, a folder of .npy, SONATA .h5, CSV, SLAYER .bs1, pickle of "
               "tensors";
    return sq_fail(err, SQ_EUNSUPPORTED, "%s: not a recording of spikes: %s", path, what);
}

/* Does the first line name these two columns, in any place? */
static int is_csv(const unsigned char *head, size_t n)
{
    char line[SQ_OTHER_FILE_HEAD + 1];
    memcpy(line, head, n);
    line[n] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    return strstr(line, "sample") != NULL && strstr(line, "timestep") != NULL;
}

static int has_suffix(const char *path, const char *suffix)
{
    const size_t n = strlen(path), n_suffix = strlen(suffix);
    return n > n_suffix && strcasecmp(path + n - n_suffix, suffix) == 0;
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
        {"\x93NUMPY", 6, SQ_RECORDING_RASTER},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (n >= known[i].length && memcmp(head, known[i].magic, known[i].length) == 0) {
            *format = known[i].format;
            return SQ_OK;
        }
    if (n == 0 || sq_other_file(head, n) != NULL)
        return refuse_head(err, path, head, n);
    if (has_suffix(path, ".bs1"))
        *format = SQ_RECORDING_SLAYER;
    else if (head[0] == 0x80)
        *format = SQ_RECORDING_PROSPERITY;
    else if (is_csv(head, n))
        *format = SQ_RECORDING_CSV;
    else
        return refuse_head(err, path, head, n);
    return SQ_OK;
}

/* O_NONBLOCK: opening a pipe must come back, to be refused. */
int sq_recording_format_of(struct sq_error *err, const char *path, enum sq_recording_format *format)
{
    unsigned char head[SQ_OTHER_FILE_HEAD];
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
    case SQ_RECORDING_RASTER:
        return sq_raster_recording_open(err, path, want, out);
    case SQ_RECORDING_SLAYER:
        return sq_slayer_recording_open(err, path, want, out);
    default:
        return sq_fail(err, SQ_EUNSUPPORTED, "%s: %s is not read here", path, format_name[format]);
    }
}
