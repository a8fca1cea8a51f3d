#include "sim/replay/stream_target.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

int sq_stream_target_failed(struct sq_error *err, const struct sq_stream_target *target,
                            const char *what, int uv_status)
{
    return sq_fail(err, SQ_EIO, "%s: cannot be %s: %s", target->name, what, uv_strerror(uv_status));
}

static void on_connect(uv_connect_t *request, int status)
{
    struct sq_stream_target *target = request->handle->data;
    target->connected = status;
}

/* Wait for the connection that was begun; if it fails the handle is closed. Returns libuv's
 * status. */
static int finish_connect(struct sq_stream_target *target, int begun)
{
    target->handle.any.data = target;
    target->connected = begun;
    if (begun == 0)
        uv_run(target->handle.any.loop, UV_RUN_DEFAULT);
    if (target->connected != 0) {
        uv_close(&target->handle.any, NULL);
        uv_run(target->handle.any.loop, UV_RUN_DEFAULT);
    }
    return target->connected;
}

static int connect_address(uv_loop_t *loop, struct sq_stream_target *target,
                           const struct sockaddr *address)
{
    uv_connect_t request;
    const int made = uv_tcp_init(loop, &target->handle.tcp);
    if (made != 0)
        return made;
    return finish_connect(target,
                          uv_tcp_connect(&request, &target->handle.tcp, address, on_connect));
}

enum { HOST_BYTES = 256, PORT_BYTES = 32 };

/* "HOST:PORT" or "[HOST]:PORT"; 0 if it is neither. */
static int split(const char *text, char host[HOST_BYTES], char port[PORT_BYTES])
{
    const char *colon = strrchr(text, ':');
    const char *end = colon;
    if (colon == NULL || colon[1] == '\0' || strlen(colon + 1) >= PORT_BYTES)
        return 0;
    if (*text == '[' && end > text && end[-1] == ']') {
        text++;
        end--;
    } else if (memchr(text, ':', (size_t)(end - text)) != NULL) {
        return 0; /* which colon is the port's? */
    }
    const size_t n = (size_t)(end - text);
    if (n == 0 || n >= HOST_BYTES)
        return 0;
    memcpy(host, text, n);
    host[n] = '\0';
    snprintf(port, PORT_BYTES, "%s", colon + 1);
    return 1;
}

static int open_tcp(struct sq_error *err, uv_loop_t *loop, const char *text,
                    struct sq_stream_target *target)
{
    char host[HOST_BYTES], port[PORT_BYTES];
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    uv_getaddrinfo_t request;
    if (!split(text, host, port))
        return sq_fail(err, SQ_EUSAGE, "%s: expected tcp://HOST:PORT, or tcp://[IPV6]:PORT",
                       target->name);
    int status = uv_getaddrinfo(loop, &request, NULL, host, port, &hints);
    if (status != 0)
        return sq_stream_target_failed(err, target, "resolved", status);
    for (const struct addrinfo *at = request.addrinfo; at != NULL; at = at->ai_next) {
        status = connect_address(loop, target, at->ai_addr);
        if (status == 0)
            break;
    }
    uv_freeaddrinfo(request.addrinfo);
    return status == 0 ? SQ_OK : sq_stream_target_failed(err, target, "connected to", status);
}

static int open_unix(struct sq_error *err, uv_loop_t *loop, const char *path,
                     struct sq_stream_target *target)
{
    uv_connect_t request;
    const struct sockaddr_un address;
    if (*path == '\0' || strlen(path) >= sizeof address.sun_path)
        return sq_fail(err, SQ_EUSAGE, "%s: expected unix:PATH, with a path of 1 to %zu bytes",
                       target->name, sizeof address.sun_path - 1);
    int status = uv_pipe_init(loop, &target->handle.pipe, 0);
    if (status != 0)
        return sq_stream_target_failed(err, target, "opened", status);
    uv_pipe_connect(&request, &target->handle.pipe, path, on_connect);
    status = finish_connect(target, 0);
    return status == 0 ? SQ_OK : sq_stream_target_failed(err, target, "connected to", status);
}

/* Hand a copy of an open descriptor to libuv, which closes it. Returns libuv's status. */
static int adopt(uv_loop_t *loop, struct sq_stream_target *target, uv_handle_type type)
{
    const int fd = dup(target->output.fd);
    if (fd < 0)
        return uv_translate_sys_error(errno);
    target->flags = fcntl(fd, F_GETFL);
    int status = type == UV_TCP ? uv_tcp_init(loop, &target->handle.tcp)
                                : uv_pipe_init(loop, &target->handle.pipe, 0);
    if (status == 0) {
        status = type == UV_TCP ? uv_tcp_open(&target->handle.tcp, fd)
                                : uv_pipe_open(&target->handle.pipe, fd);
        if (status == 0)
            return 0;
        uv_close(&target->handle.any, NULL);
        uv_run(loop, UV_RUN_DEFAULT);
    }
    close(fd);
    return status;
}

static int open_path(struct sq_error *err, uv_loop_t *loop, struct sq_stream_target *target,
                     int force)
{
    int status = sq_output_begin(err, &target->output, target->name, force);
    if (status != SQ_OK)
        return status;
    status = sq_output_open(err, &target->output);
    const uv_handle_type type = status == SQ_OK ? uv_guess_handle(target->output.fd) : UV_FILE;
    target->is_file = type != UV_NAMED_PIPE && type != UV_TCP;
    if (status == SQ_OK && !target->is_file) {
        const int adopted = adopt(loop, target, type);
        if (adopted != 0)
            status = sq_stream_target_failed(err, target, "opened", adopted);
    }
    return status == SQ_OK ? SQ_OK : sq_output_end(err, &target->output, status);
}

int sq_stream_target_open(struct sq_error *err, uv_loop_t *loop, const char *name, int force,
                          struct sq_stream_target *target)
{
    *target = (struct sq_stream_target){.name = name, .output.fd = -1, .flags = -1};
    if (strncmp(name, "tcp://", 6) == 0)
        return open_tcp(err, loop, name + 6, target);
    if (strncmp(name, "unix:", 5) == 0)
        return open_unix(err, loop, name + 5, target);
    return open_path(err, loop, target, force);
}

int sq_stream_target_close(struct sq_error *err, struct sq_stream_target *target, int status)
{
    if (!target->is_file && !uv_is_closing(&target->handle.any))
        uv_close(&target->handle.any, NULL);
    if (target->flags >= 0)
        fcntl(target->output.fd, F_SETFL, target->flags);
    if (target->output.path != NULL)
        return sq_output_end(err, &target->output, status);
    return status;
}
