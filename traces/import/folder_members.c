/* A folder of .npy files. Other files in it (reports, scripts) are ignored. */
#include "traces/import/member.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int is_array(const struct dirent *entry)
{
    const size_t n = strlen(entry->d_name);
    return entry->d_name[0] != '.' && n > 4 && strcmp(entry->d_name + n - 4, ".npy") == 0;
}

/* By bytes: the same order in every locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* O_NONBLOCK: opening a pipe must come back, to be refused. `shown` is the file's path. */
static int open_file(struct sq_error *err, struct sq_members *members, struct sq_member *member,
                     int folder, const char *name, const char *shown)
{
    struct stat st;
    member->fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (member->fd < 0 || fstat(member->fd, &st) != 0)
        return sq_fail(err, SQ_EIO, "%s: cannot be opened: %s", shown, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return sq_fail(err, SQ_EUNSUPPORTED, "%s: is not a regular file", shown);
    return sq_member_parse(err, members, member, (uint64_t)st.st_size);
}

static int add_file(struct sq_error *err, struct sq_members *members, int folder, const char *name)
{
    struct sq_member *member;
    char shown[1024];
    const int status = sq_members_add(err, members, name, &member);
    snprintf(shown, sizeof shown, "%.700s/%.255s", members->path, name);
    return status == SQ_OK ? open_file(err, members, member, folder, name, shown) : status;
}

int sq_file_member(struct sq_error *err, const char *path, const char *name, struct sq_members *out)
{
    struct sq_member *member;
    char file_name[2 * SQ_TRACE_NAME_BYTES];
    *out = (struct sq_members){.path = path};
    snprintf(file_name, sizeof file_name, "%.*s.npy", SQ_TRACE_NAME_BYTES, name);
    const int status = sq_members_add(err, out, file_name, &member);
    return status == SQ_OK ? open_file(err, out, member, AT_FDCWD, path, path) : status;
}

int sq_folder_members(struct sq_error *err, const char *path, struct sq_members *out)
{
    struct dirent **entry = NULL;
    *out = (struct sq_members){.path = path};
    const int n = scandir(path, &entry, is_array, by_name);
    if (n < 0)
        return sq_fail(err, SQ_EIO, "%s: cannot be listed: %s", path, strerror(errno));
    DIR *folder = opendir(path);
    int status = folder != NULL
                     ? SQ_OK
                     : sq_fail(err, SQ_EIO, "%s: cannot be listed: %s", path, strerror(errno));
    for (int i = 0; i < n; i++) {
        if (status == SQ_OK)
            status = add_file(err, out, dirfd(folder), entry[i]->d_name);
        free(entry[i]);
    }
    free(entry);
    if (folder != NULL)
        closedir(folder);
    return status;
}
