#include "test/support/listener.h"

#include "test/unit.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static const char *path_of(const struct listener *listener)
{
    return listener->target + (listener->kind == LISTENER_UNIX ? strlen("unix:") : 0);
}

static void bind_unix(struct listener *listener)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, path_of(listener), strlen(path_of(listener)));
    listener->fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(listener->fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(listener->fd, 1), 0);
}

static void bind_tcp(struct listener *listener)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    listener->fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(listener->fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(listener->fd, 1), 0);
    getsockname(listener->fd, (struct sockaddr *)&address, &size);
    snprintf(listener->target, sizeof listener->target, "tcp://127.0.0.1:%d",
             ntohs(address.sin_port));
}

static void *read_all(void *data)
{
    struct listener *listener = data;
    const int fd =
        listener->fd >= 0 ? accept(listener->fd, NULL, NULL) : open(path_of(listener), O_RDONLY);
    const struct timespec wait = {listener->wait_ms / 1000, listener->wait_ms % 1000 * 1000000};
    nanosleep(&wait, NULL);
    size_t room = 0;
    for (;;) {
        if (listener->n == room)
            listener->data = realloc(listener->data, room += 1 << 20);
        size_t wanted = room - listener->n;
        if (listener->most > 0 && listener->most - listener->n < wanted)
            wanted = listener->most - listener->n;
        const ssize_t now = wanted > 0 ? read(fd, listener->data + listener->n, wanted) : 0;
        if (now <= 0)
            break;
        listener->n += (size_t)now;
    }
    close(fd);
    return NULL;
}

void listener_start(struct listener *listener, const char *folder)
{
    listener->fd = -1;
    listener->data = NULL;
    listener->n = 0;
    snprintf(listener->target, sizeof listener->target, "%s%s/end",
             listener->kind == LISTENER_UNIX ? "unix:" : "", folder);
    if (listener->kind == LISTENER_FIFO)
        ck_assert_int_eq(mkfifo(path_of(listener), 0600), 0);
    else if (listener->kind == LISTENER_UNIX)
        bind_unix(listener);
    else
        bind_tcp(listener);
    ck_assert_int_eq(pthread_create(&listener->thread, NULL, read_all, listener), 0);
}

void listener_join(struct listener *listener)
{
    pthread_join(listener->thread, NULL);
    if (listener->fd >= 0)
        close(listener->fd);
    if (listener->kind != LISTENER_TCP)
        unlink(path_of(listener));
}
