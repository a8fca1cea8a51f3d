#define _GNU_SOURCE /* dladdr1() */
#include "sim/config/config_folders.h"

#include "kernels/base/text.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The next character of an entry; '\0' at its end. */
static char next_character(const char **at)
{
    if (**at == '\0' || **at == ':')
        return '\0';
    *at += (*at)[0] == '\\' && ((*at)[1] == ':' || (*at)[1] == '\\');
    return *(*at)++;
}

int sq_folder_next(const char **list, char folder[SQ_FOLDER_BYTES])
{
    while (*list != NULL && **list != '\0') {
        size_t n = 0;
        for (char c; (c = next_character(list)) != '\0';)
            if (n < SQ_FOLDER_BYTES)
                folder[n++] = c;
        *list += **list == ':';
        if (n > 0 && n < SQ_FOLDER_BYTES) {
            folder[n] = '\0';
            return 1;
        }
    }
    return 0;
}

/* A folder beside a file: so many of the path's last names are left out, `below` comes instead. */
struct place {
    unsigned up;
    const char *below;
};

static const struct place place[] = {
    {2, "/share/spikeq/configs"}, /* PREFIX/bin/spikeq, PREFIX/lib/libspikeq.so */
    {3, "/share/spikeq/configs"}, /* PREFIX/lib/x86_64-linux-gnu/libspikeq.so */
    {3, "/configs"},              /* the source tree: build/release/spikeq */
    {2, "/spikeq/configs"},       /* a Python package: spikeq/libspikeq.so */
};
static const char *const system_folder[] = {"/usr/local/share/spikeq/configs",
                                            "/usr/share/spikeq/configs"};

enum {
    N_PLACES = sizeof place / sizeof *place,
    N_FOLDERS = N_PLACES + sizeof system_folder / sizeof *system_folder
};

/* Our own folder number i; 0: no such folder. */
static int own_folder(const char *file, size_t i, char folder[SQ_FOLDER_BYTES])
{
    if (i >= N_PLACES)
        return snprintf(folder, SQ_FOLDER_BYTES, "%s", system_folder[i - N_PLACES]) > 0;
    size_t n = file != NULL ? strlen(file) : 0;
    for (unsigned up = 0; up < place[i].up; up++) {
        while (n > 0 && file[n - 1] != '/')
            n--;
        if (n == 0)
            return 0;
        n--;
    }
    return snprintf(folder, SQ_FOLDER_BYTES, "%.*s%s", (int)n, file, place[i].below) <
           SQ_FOLDER_BYTES;
}

static void add_folder(FILE *list, const char *folder, int is_first)
{
    if (!is_first)
        fputc(':', list);
    for (; *folder != '\0'; folder++)
        fprintf(list, *folder == ':' || *folder == '\\' ? "\\%c" : "%c", *folder);
}

char *sq_folders_of(const char *first, const char *file)
{
    char folder[SQ_FOLDER_BYTES];
    size_t found = 0;
    int is_empty = first == NULL || first[0] == '\0';
    struct sq_text text;
    FILE *list = sq_text_open(&text);
    if (list == NULL)
        return NULL;
    fputs(first != NULL ? first : "", list);
    while (found < N_FOLDERS && !(own_folder(file, found, folder) && access(folder, F_OK) == 0))
        found++;
    for (size_t i = 0; i < N_FOLDERS; i++)
        if ((found == N_FOLDERS || i == found) && own_folder(file, i, folder)) {
            add_folder(list, folder, is_empty);
            is_empty = 0;
        }
    return sq_text_close(&text, NULL);
}

/* The file that holds this code: a shared library, or the program; NULL: the system does not say.
 */
static char *own_file(void)
{
    Dl_info info;
    struct link_map *map = NULL;
    void *extra = NULL;
    if (dladdr1(place, &info, &extra, RTLD_DL_LINKMAP) != 0)
        map = extra;
    /* The program itself is nameless in the linker's list. */
    return realpath(map != NULL && map->l_name[0] != '\0' ? map->l_name : "/proc/self/exe", NULL);
}

char *sq_folders_here(void)
{
    char *file = own_file();
    char *list = sq_folders_of(getenv("SPIKEQ_CONFIGS"), file);
    free(file);
    return list;
}

/* Are the folders of `own` at the end of the list already? */
static int ends_with(const char *list, const char *own)
{
    const size_t n = strlen(list), m = strlen(own);
    return n >= m && strcmp(list + n - m, own) == 0 && (n == m || list[n - m - 1] == ':');
}

char *sq_folders_with_own(const char *first)
{
    struct sq_text text;
    char *own = sq_folders_here();
    if (own == NULL || first == NULL || first[0] == '\0')
        return own;
    FILE *list = sq_text_open(&text);
    if (list != NULL)
        fprintf(list, ends_with(first, own) ? "%s" : "%s:%s", first, own);
    free(own);
    return list != NULL ? sq_text_close(&text, NULL) : NULL;
}
