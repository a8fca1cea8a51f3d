#include "sim/events/source/byte_source.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HOST_BYTES = 256 };

/* Split "HOST:PORT" or "[IPV6]:PORT"; returns the port, NULL: neither form. */
static const char *split(const char *address, char host[HOST_BYTES])
{
    const char *colon = strrchr(address, ':');
    if (colon == NULL || colon[1] == '\0')
        return NULL;
    const char *end = colon;
    if (*address == '[' && end > address && end[-1] == ']') {
        address++;
        end--;
    } else if (memchr(address, ':', (size_t)(end - address)) != NULL) {
        return NULL; /* which colon is the port's? */
    }
    const size_t n = (size_t)(end - address);
    if (n == 0 || n >= HOST_BYTES)
        return NULL;
    memcpy(host, address, n);
    host[n] = '\0';
    return colon + 1;
}

/* Connect to the first address with a listener; -1: none. */
static int connect_any(const struct addrinfo *list)
{
    int fd = -1;
    for (const struct addrinfo *a = list; a != NULL && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
        if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
            close(fd);
            fd = -1;
        }
    }
    return fd;
}

/* Addresses of "HOST:PORT", by freeaddrinfo(). SQ_EUSAGE, SQ_EIO. */
static int find(struct sq_error *err, const char *path, const char *address, struct addrinfo **list)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    char host[HOST_BYTES];
    const char *port = split(address, host);
    if (port == NULL)
        return sq_fail(err, SQ_EUSAGE, "%s: expected tcp://HOST:PORT, or tcp://[IPV6]:PORT", path);
    const int code = getaddrinfo(host, port, &hints, list);
    return code == 0 ? SQ_OK
                     : sq_fail(err, SQ_EIO, "%s: cannot be found: %s", path, gai_strerror(code));
}

int sq_source_connect(struct sq_error *err, const char *path, const char *address, int *fd)
{
    struct addrinfo *list = NULL;
    *fd = -1;
    const int rc = find(err, path, address, &list);
    if (rc != SQ_OK)
        return rc;
    *fd = connect_any(list);
    freeaddrinfo(list);
    return *fd >= 0 ? SQ_OK : sq_fail(err, SQ_EIO, "%s: nobody listens there", path);
}

/* A socket that listens at the first of the addresses; -1 and errno. */
static int listen_at(const struct addrinfo *a)
{
    const int yes = 1;
    const int listener =
        a == NULL ? -1 : socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
    if (listener < 0)
        return -1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, a->ai_addr, a->ai_addrlen) == 0 && listen(listener, 1) == 0)
        return listener;
    const int error = errno;
    close(listener);
    errno = error;
    return -1;
}

static int refuse_listening(struct sq_error *err, const char *path)
{
    return sq_fail(err, SQ_EIO, "%s: cannot be listened at: %s", path, strerror(errno));
}

/* The first connection. */
static int accept_one(struct sq_error *err, const char *path, int listener,
                      const struct sq_source_stop *stop, int *fd)
{
    const int rc = sq_source_stop_await(err, stop, path, listener);
    if (rc != SQ_OK)
        return rc;
    do
        *fd = accept(listener, NULL, NULL);
    while (*fd < 0 && errno == EINTR);
    return *fd >= 0 ? SQ_OK : refuse_listening(err, path);
}

int sq_source_listen(struct sq_error *err, const char *path, const char *address,
                     const struct sq_source_stop *stop, int *fd)
{
    struct addrinfo *list = NULL;
    *fd = -1;
    int rc = find(err, path, address, &list);
    if (rc != SQ_OK)
        return rc;
    const int listener = listen_at(list);
    rc = listener >= 0 ? accept_one(err, path, listener, stop, fd) : refuse_listening(err, path);
    if (listener >= 0)
        close(listener);
    freeaddrinfo(list);
    return rc;
}
