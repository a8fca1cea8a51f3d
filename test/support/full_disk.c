#include "test/support/full_disk.h"

#include "test/unit.h"

#include <sqlite3.h>
#include <stdatomic.h>

/* Written by the thread that records, set by the test. */
static atomic_uint_fast64_t left, written;

static sqlite3_vfs *real_vfs, vfs;
static sqlite3_io_methods methods;

/* The real file lies behind. */
struct file {
    sqlite3_file base;
};

static sqlite3_file *real_of(sqlite3_file *file)
{
    return (sqlite3_file *)(void *)((struct file *)(void *)file + 1);
}

static int file_close(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int file_read(sqlite3_file *file, void *data, int n, sqlite3_int64 offset)
{
    return real_of(file)->pMethods->xRead(real_of(file), data, n, offset);
}

static int file_write(sqlite3_file *file, const void *data, int n, sqlite3_int64 offset)
{
    if ((uint64_t)n > atomic_load(&left))
        return SQLITE_FULL;
    atomic_fetch_sub(&left, (uint64_t)n);
    atomic_fetch_add(&written, (uint64_t)n);
    return real_of(file)->pMethods->xWrite(real_of(file), data, n, offset);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int file_sync(sqlite3_file *file, int flags)
{
    (void)file; /* nothing loses its power here */
    (void)flags;
    return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int file_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int file_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int file_check_reserved(sqlite3_file *file, int *is_reserved)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), is_reserved);
}

static int file_control(sqlite3_file *file, int op, void *argument)
{
    (void)file; /* hints of sizes would take room past xWrite */
    (void)op;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int file_characteristics(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int vfs_open(sqlite3_vfs *self, const char *name, sqlite3_file *file, int flags,
                    int *out_flags)
{
    (void)self;
    file->pMethods = NULL;
    const int rc = real_vfs->xOpen(real_vfs, name, real_of(file), flags, out_flags);
    if (rc == SQLITE_OK)
        file->pMethods = &methods;
    return rc;
}

void full_disk_install(void)
{
    real_vfs = sqlite3_vfs_find(NULL);
    ck_assert_ptr_nonnull(real_vfs);
    vfs = *real_vfs;
    vfs.zName = "full disk";
    vfs.szOsFile = real_vfs->szOsFile + (int)sizeof(struct file);
    vfs.xOpen = vfs_open;
    methods = (sqlite3_io_methods){.iVersion = 1,
                                   .xClose = file_close,
                                   .xRead = file_read,
                                   .xWrite = file_write,
                                   .xTruncate = file_truncate,
                                   .xSync = file_sync,
                                   .xFileSize = file_size,
                                   .xLock = file_lock,
                                   .xUnlock = file_unlock,
                                   .xCheckReservedLock = file_check_reserved,
                                   .xFileControl = file_control,
                                   .xSectorSize = file_sector_size,
                                   .xDeviceCharacteristics = file_characteristics};
    full_disk_leave(UINT64_MAX);
    ck_assert_int_eq(sqlite3_vfs_register(&vfs, 1), SQLITE_OK);
}

void full_disk_leave(uint64_t n_bytes)
{
    atomic_store(&left, n_bytes);
    atomic_store(&written, 0);
}

uint64_t full_disk_written(void)
{
    return atomic_load(&written);
}
