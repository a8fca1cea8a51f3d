#include "sim/events/source/source_stop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

int sq_source_stop_open(struct sq_error *err, struct sq_source_stop *stop)
{
    atomic_init(&stop->is_set, false);
    if (pipe(stop->fd) != 0)
        return sq_fail(err, SQ_EIO, "no pipe can be made: %s", strerror(errno));
    for (int i = 0; i < 2; i++)
        fcntl(stop->fd[i], F_SETFD, FD_CLOEXEC);
    return SQ_OK;
}

void sq_source_stop_close(struct sq_source_stop *stop)
{
    close(stop->fd[0]);
    close(stop->fd[1]);
}

void sq_source_stop_set(struct sq_source_stop *stop)
{
    if (atomic_exchange(&stop->is_set, true))
        return;
    while (write(stop->fd[1], "", 1) < 0 && errno == EINTR)
        ;
}

bool sq_source_stop_is_set(const struct sq_source_stop *stop)
{
    return atomic_load(&stop->is_set);
}

int sq_source_stop_await(struct sq_error *err, const struct sq_source_stop *stop, const char *path,
                         int fd)
{
    int n;
    if (stop == NULL)
        return SQ_OK;
    struct pollfd end[2] = {{.fd = fd, .events = POLLIN}, {.fd = stop->fd[0], .events = POLLIN}};
    do
        n = poll(end, 2, -1);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return sq_fail(err, SQ_EIO, "%s: cannot be waited for: %s", path, strerror(errno));
    return sq_source_stop_is_set(stop) ? sq_fail(err, SQ_EINTERRUPTED, "%s: interrupted", path)
                                       : SQ_OK;
}
