#include "traces/files/npy_file.h"

#include <errno.h>
#include <string.h>
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
