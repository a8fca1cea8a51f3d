#include "traces/files/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int is_stdout(const struct sq_output *out)
{
    return strcmp(out->path, "-") == 0;
}

static int refused(struct sq_error *err, const struct sq_output *out, const char *what)
{
    return sq_fail(err, SQ_EIO, "%s: cannot be %s: %s",
                   is_stdout(out) ? "standard output" : out->path, what, strerror(errno));
}

int sq_output_begin(struct sq_error *err, struct sq_output *out, const char *path, int force)
{
    struct stat status;
    *out = (struct sq_output){.path = path, .fd = -1};
    const int is_there = stat(path, &status) == 0;
    if (is_stdout(out) || (is_there && !S_ISREG(status.st_mode)))
        return SQ_OK;
    if (is_there && !force)
        return sq_fail(err, SQ_EUSAGE, "%s: already exists; " SQ_OPT "force replaces it", path);
    const size_t size = strlen(path) + sizeof ".partial";
    out->partial = malloc(size);
    if (out->partial == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    snprintf(out->partial, size, "%s.partial", path);
    unlink(out->partial); /* left by an export that was killed */
    return SQ_OK;
}

const char *sq_output_path(struct sq_error *err, const struct sq_output *out)
{
    if (out->partial == NULL)
        sq_fail(err, SQ_EUSAGE, "%s: this format needs a regular file, give one with -o",
                is_stdout(out) ? "standard output" : out->path);
    return out->partial;
}

int sq_output_open(struct sq_error *err, struct sq_output *out)
{
    if (is_stdout(out))
        out->fd = STDOUT_FILENO;
    else if (out->partial == NULL)
        out->fd = open(out->path, O_WRONLY | O_CLOEXEC);
    else
        out->fd = open(out->partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    return out->fd >= 0 ? SQ_OK : refused(err, out, "made");
}

int sq_output_write(struct sq_error *err, struct sq_output *out, const void *data, size_t n)
{
    for (size_t done = 0; done < n;) {
        const ssize_t now = write(out->fd, (const char *)data + done, n - done);
        if (now < 0 && errno != EINTR)
            return refused(err, out, "written");
        done += now > 0 ? (size_t)now : 0;
    }
    return SQ_OK;
}

int sq_output_end(struct sq_error *err, struct sq_output *out, int status)
{
    const int is_own = out->fd >= 0 && !is_stdout(out);
    if (is_own && close(out->fd) != 0 && status == SQ_OK)
        status = refused(err, out, "written"); /* some file systems report a full disk only here */
    if (out->partial != NULL && status == SQ_OK && rename(out->partial, out->path) != 0)
        status = refused(err, out, "renamed into place");
    if (out->partial != NULL && status != SQ_OK)
        unlink(out->partial);
    free(out->partial);
    *out = (struct sq_output){.path = out->path, .fd = -1};
    return status;
}

int sq_output_save(struct sq_error *err, const char *path, const void *data, size_t n, int force)
{
    struct sq_output out;
    int status = sq_output_begin(err, &out, path, force);
    if (status != SQ_OK)
        return status;
    status = sq_output_open(err, &out);
    if (status == SQ_OK)
        status = sq_output_write(err, &out, data, n);
    return sq_output_end(err, &out, status);
}
