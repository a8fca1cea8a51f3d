/* A folder of .npy files. Other files in it are left alone: reports, scripts. */
#include "traces/import/member.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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

/* O_NONBLOCK: opening a pipe must come back, to be refused. */
static int add_file(struct sq_error *err, struct sq_members *members, int folder, const char *name)
{
    struct sq_member *member;
    struct stat st;
    const int status = sq_members_add(err, members, name, &member);
    if (status != SQ_OK)
        return status;
    member->fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (member->fd < 0 || fstat(member->fd, &st) != 0)
        return sq_fail(err, SQ_EIO, "%s/%s: cannot be opened: %s", members->path, name,
                       strerror(errno));
    if (!S_ISREG(st.st_mode))
        return sq_fail(err, SQ_EUNSUPPORTED, "%s/%s: is no regular file", members->path, name);
    return sq_member_parse(err, members, member, (uint64_t)st.st_size);
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
