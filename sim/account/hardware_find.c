/* Profiles by name, in hardware/ of the configuration folders. */
#include "sim/account/hardware.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_PROFILES = 512, PATH_BYTES = 2048 };

/* Step through a colon-separated list; 0 at its end. */
static int next_folder(const char **list, char *folder, size_t size)
{
    while (*list != NULL && **list != '\0') {
        const size_t n = strcspn(*list, ":");
        const char *from = *list;
        *list += n + (from[n] == ':');
        if (n > 0 && n + sizeof "/hardware" < size) {
            snprintf(folder, size, "%.*s/hardware", (int)n, from);
            return 1;
        }
    }
    return 0;
}

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

static void add_folder(struct found *found, const char *folder)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    while (dir != NULL && (entry = readdir(dir)) != NULL && found->n < MAX_PROFILES) {
        const size_t n = strlen(entry->d_name);
        if (entry->d_name[0] == '.' || n < 6 || strcmp(entry->d_name + n - 5, ".json") != 0 ||
            is_known(found, entry->d_name))
            continue;
        const size_t size = strlen(folder) + n + 2;
        char *path = malloc(size);
        if (path == NULL)
            break;
        snprintf(path, size, "%s/%s", folder, entry->d_name);
        found->path[found->n++] = path;
    }
    if (dir != NULL)
        closedir(dir);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(stem_of(*(char *const *)a), stem_of(*(char *const *)b));
}

int sq_hardware_each(const char *config_dirs,
                     int (*visit)(const char *path, const char *name, void *data), void *data)
{
    struct found found = {.n = 0};
    char folder[PATH_BYTES], name[256];
    int rc = 0;
    while (next_folder(&config_dirs, folder, sizeof folder))
        add_folder(&found, folder);
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

int sq_hardware_load(struct sq_error *err, const char *config_dirs, const char *name_or_path,
                     struct sq_hardware *out)
{
    const size_t n = strlen(name_or_path);
    if (strchr(name_or_path, '/') != NULL || (n > 5 && strcmp(name_or_path + n - 5, ".json") == 0))
        return sq_hardware_read(err, name_or_path, out);
    const char *rest = config_dirs;
    char folder[PATH_BYTES], path[PATH_BYTES + 300], known[512] = "";
    while (n < 256 && next_folder(&rest, folder, sizeof folder)) {
        snprintf(path, sizeof path, "%s/%s.json", folder, name_or_path);
        if (access(path, F_OK) == 0)
            return sq_hardware_read(err, path, out);
    }
    sq_hardware_each(config_dirs, list_name, known);
    return sq_fail(err, SQ_EIO,
                   "--hardware %.64s: no such profile; known: %s; a file of your own is given as "
                   "a path with '/' or .json",
                   name_or_path, known[0] != '\0' ? known : "none");
}
