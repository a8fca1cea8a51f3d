/* Profiles by name, in hardware/ of the configuration folders. */
#include "sim/account/price/hardware.h"
#include "sim/config/config_folders.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_PROFILES = 512 };

struct found {
    char *path[MAX_PROFILES];
    size_t n;
};

static const char *stem_of(const char *path)
{
    return strrchr(path, '/') + 1;
}

static int is_known(const struct found *found, const char *file)
{
    for (size_t i = 0; i < found->n; i++)
        if (strcmp(stem_of(found->path[i]), file) == 0)
            return 1;
    return 0;
}

/* FOLDER/hardware/FILE, or FOLDER/hardware/ if file is ""; NULL: out of memory. */
static char *profile_path(const char *folder, const char *file)
{
    const size_t size = strlen(folder) + strlen(file) + sizeof "/hardware/";
    char *path = malloc(size);
    if (path != NULL)
        snprintf(path, size, "%s/hardware/%s", folder, file);
    return path;
}

/* SQ_ENOMEM: some profiles may be missing. */
static int add_folder(struct found *found, const char *folder)
{
    char *place = profile_path(folder, "");
    DIR *dir = place != NULL ? opendir(place) : NULL;
    const struct dirent *entry;
    int is_whole = dir != NULL || errno != ENOMEM;
    free(place);
    while (dir != NULL && (entry = readdir(dir)) != NULL && found->n < MAX_PROFILES) {
        const size_t n = strlen(entry->d_name);
        if (entry->d_name[0] == '.' || n < 6 || strcmp(entry->d_name + n - 5, ".json") != 0 ||
            is_known(found, entry->d_name))
            continue;
        char *path = profile_path(folder, entry->d_name);
        is_whole = path != NULL;
        if (!is_whole)
            break;
        found->path[found->n++] = path;
    }
    if (dir != NULL)
        closedir(dir);
    return is_whole ? SQ_OK : SQ_ENOMEM;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(stem_of(*(char *const *)a), stem_of(*(char *const *)b));
}

int sq_hardware_each(const char *config_dirs,
                     int (*visit)(const char *path, const char *name, void *data), void *data)
{
    struct found found = {.n = 0};
    char folder[SQ_FOLDER_BYTES], name[256];
    int rc = 0;
    while (rc == 0 && sq_folder_next(&config_dirs, folder))
        rc = add_folder(&found, folder);
    qsort(found.path, found.n, sizeof *found.path, by_name);
    for (size_t i = 0; i < found.n; i++) {
        const char *stem = stem_of(found.path[i]);
        snprintf(name, sizeof name, "%.*s", (int)(strlen(stem) - 5), stem);
        if (rc == 0)
            rc = visit(found.path[i], name, data);
        free(found.path[i]);
    }
    return rc;
}

static int list_name(const char *path, const char *name, void *data)
{
    char *text = data;
    const size_t used = strlen(text), size = 512;
    (void)path;
    snprintf(text + used, size - used, "%s%s", used > 0 ? ", " : "", name);
    return 0;
}

/* The file of a name in one of the folders; the caller frees *path. SQ_EIO: it is in none. */
static int find_profile(struct sq_error *err, const char *config_dirs, const char *name,
                        char **path)
{
    const char *rest = config_dirs;
    char folder[SQ_FOLDER_BYTES], file[256], known[512] = "";
    while (snprintf(file, sizeof file, "%s.json", name) < (int)sizeof file &&
           sq_folder_next(&rest, folder)) {
        *path = profile_path(folder, file);
        if (*path == NULL)
            return sq_fail(err, SQ_ENOMEM, SQ_OPT "hardware %.64s: out of memory", name);
        if (access(*path, F_OK) == 0)
            return SQ_OK;
        free(*path);
    }
    sq_hardware_each(config_dirs, list_name, known);
    if (known[0] == '\0')
        return sq_fail(err, SQ_EIO,
                       SQ_OPT "hardware %.64s: there are no profiles in hardware/ of %s; set "
                              "SPIKEQ_CONFIGS to the folder configs/ of spikeq",
                       name, config_dirs != NULL ? config_dirs : "(no folder)");
    return sq_fail(err, SQ_EIO,
                   SQ_OPT "hardware %.64s: no such profile; known: %s; a file of your own is given "
                          "as a path with '/' or .json",
                   name, known);
}

int sq_hardware_load(struct sq_error *err, const char *config_dirs, const char *name_or_path,
                     struct sq_hardware *out)
{
    const size_t n = strlen(name_or_path);
    char *path = NULL;
    if (strchr(name_or_path, '/') != NULL || (n > 5 && strcmp(name_or_path + n - 5, ".json") == 0))
        return sq_hardware_read(err, name_or_path, out);
    int status = find_profile(err, config_dirs, name_or_path, &path);
    if (status == SQ_OK) {
        status = sq_hardware_read(err, path, out);
        free(path);
    }
    return status;
}
