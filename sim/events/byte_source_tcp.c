#include "sim/events/byte_source.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HOST_BYTES = 256 };

/* The host of "HOST:PORT" or "[IPV6]:PORT"; the port, or NULL: it is neither. */
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

/* The first of the addresses where somebody listens; -1: none. */
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

int sq_source_connect(struct sq_error *err, const char *path, const char *address, int *fd)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    char host[HOST_BYTES];
    const char *port = split(address, host);
    *fd = -1;
    if (port == NULL)
        return sq_fail(err, SQ_EUSAGE, "%s: expected tcp://HOST:PORT, or tcp://[IPV6]:PORT", path);
    const int code = getaddrinfo(host, port, &hints, &list);
    if (code != 0)
        return sq_fail(err, SQ_EIO, "%s: cannot be found: %s", path, gai_strerror(code));
    *fd = connect_any(list);
    freeaddrinfo(list);
    return *fd >= 0 ? SQ_OK : sq_fail(err, SQ_EIO, "%s: nobody listens there", path);
}
