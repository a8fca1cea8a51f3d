#include "traces/export/hdf5_driver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An open file, as the library sees it. */
struct disk_file {
    H5FD_t base; /* the library's own, first */
    int fd;
    haddr_t end_of_space, end_of_file; /* allocated, written */
    struct sq_hdf5_disk *disk;
};

static struct disk_file *of(H5FD_t *file)
{
    return (struct disk_file *)(void *)file;
}

static void note(struct sq_hdf5_disk *disk, int error)
{
    if (disk->error == 0)
        disk->error = error;
}

static H5FD_t *open_file(const char *name, unsigned flags, hid_t access, haddr_t most)
{
    struct sq_hdf5_disk *const *disk = H5Pget_driver_info(access);
    struct disk_file *file = calloc(1, sizeof *file);
    (void)flags; /* there is one use: a new file */
    (void)most;
    if (file == NULL || disk == NULL) {
        free(file);
        return NULL;
    }
    file->disk = *disk;
    file->fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file->fd >= 0)
        return &file->base;
    note(file->disk, errno);
    free(file);
    return NULL;
}

static herr_t close_file(H5FD_t *base)
{
    struct disk_file *file = of(base);
    if (close(file->fd) != 0)
        note(file->disk, errno);
    free(file);
    return 0;
}

static haddr_t end_of_space(const H5FD_t *base, H5FD_mem_t type)
{
    (void)type;
    return ((const struct disk_file *)(const void *)base)->end_of_space;
}

static herr_t set_end_of_space(H5FD_t *base, H5FD_mem_t type, haddr_t end)
{
    (void)type;
    of(base)->end_of_space = end;
    return 0;
}

static haddr_t end_of_file(const H5FD_t *base, H5FD_mem_t type)
{
    (void)type;
    return ((const struct disk_file *)(const void *)base)->end_of_file;
}

/* Bytes never written, or dropped, are zeros. */
static herr_t read_bytes(H5FD_t *base, H5FD_mem_t type, hid_t transfer, haddr_t at, size_t n,
                         void *data)
{
    struct disk_file *file = of(base);
    char *out = data;
    (void)type;
    (void)transfer;
    while (n > 0) {
        const ssize_t now = pread(file->fd, out, n, (off_t)at);
        if (now < 0 && errno == EINTR)
            continue;
        if (now < 0)
            note(file->disk, errno);
        if (now <= 0)
            break;
        at += (haddr_t)now;
        out += now;
        n -= (size_t)now;
    }
    memset(out, 0, n);
    return 0;
}

static herr_t write_bytes(H5FD_t *base, H5FD_mem_t type, hid_t transfer, haddr_t at, size_t n,
                          const void *data)
{
    struct disk_file *file = of(base);
    const char *from = data;
    (void)type;
    (void)transfer;
    if (at + n > file->end_of_file)
        file->end_of_file = at + n;
    while (n > 0 && file->disk->error == 0) {
        const ssize_t now = pwrite(file->fd, from, n, (off_t)at);
        if (now < 0 && errno != EINTR)
            note(file->disk, errno);
        if (now > 0) {
            at += (haddr_t)now;
            from += now;
            n -= (size_t)now;
        }
    }
    return 0;
}

/* The file is as long as the space that was allocated. */
static herr_t fit(H5FD_t *base, hid_t transfer, hbool_t closing)
{
    struct disk_file *file = of(base);
    (void)transfer;
    (void)closing;
    if (file->disk->error == 0 && ftruncate(file->fd, (off_t)file->end_of_space) != 0)
        note(file->disk, errno);
    file->end_of_file = file->end_of_space;
    return 0;
}

static herr_t features(const H5FD_t *base, unsigned long *flags)
{
    (void)base;
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
             H5FD_FEAT_AGGREGATE_SMALLDATA;
    return 0;
}

static const H5FD_class_t driver = {
    .name = "spikeq",
    .maxaddr = INT64_MAX,
    .fc_degree = H5F_CLOSE_STRONG,
    .fapl_size = sizeof(struct sq_hdf5_disk *),
    .open = open_file,
    .close = close_file,
    .query = features,
    .get_eoa = end_of_space,
    .set_eoa = set_end_of_space,
    .get_eof = end_of_file,
    .read = read_bytes,
    .write = write_bytes,
    .truncate = fit,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

int sq_hdf5_disk_begin(struct sq_hdf5_disk *disk)
{
    disk->error = 0;
    disk->access = H5Pcreate(H5P_FILE_ACCESS);
    disk->driver = H5FDregister(&driver);
    if (disk->access >= 0 && disk->driver >= 0 &&
        H5Pset_driver(disk->access, disk->driver, &disk) >= 0)
        return 0;
    sq_hdf5_disk_end(disk);
    return -1;
}

void sq_hdf5_disk_end(struct sq_hdf5_disk *disk)
{
    if (disk->access >= 0)
        H5Pclose(disk->access);
    if (disk->driver >= 0)
        H5FDunregister(disk->driver);
}
