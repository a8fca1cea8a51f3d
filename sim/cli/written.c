/* Files that commands write, all or nothing, and existing ones. */
#include "sim/cli/cli.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static int complain(const char *command, const char *path, const char *what)
{
    fprintf(stderr, "spikeq %s: %s: %s: %s\n", command, path, what, strerror(errno));
    return EXIT_DATA;
}

/* Write text into a new file; -1 and errno. */
static int put_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return -1;
    const int failed = fputs(text, file) == EOF || fflush(file) == EOF;
    const int error = errno;
    if (fclose(file) == EOF && !failed)
        return -1;
    errno = error;
    return failed ? -1 : 0;
}

/* May a new file replace this one? A device, pipe or link must stay what it is. */
static int is_replaceable(const char *path)
{
    struct stat status;
    return lstat(path, &status) != 0 || S_ISREG(status.st_mode);
}

int cli_may_write(const char *command, const char *path, int force)
{
    struct stat status;
    if (path == NULL || force || strcmp(path, "-") == 0 || stat(path, &status) != 0 ||
        !S_ISREG(status.st_mode))
        return 1;
    fprintf(stderr, "spikeq %s: %s: already exists; --force replaces it\n", command, path);
    return 0;
}

int cli_may_fill(const char *command, const char *folder, const char *ending, int force)
{
    DIR *dir = folder != NULL && !force ? opendir(folder) : NULL;
    const struct dirent *entry;
    int n_found = 0;
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        const size_t n = strlen(entry->d_name), tail = strlen(ending);
        n_found +=
            entry->d_name[0] != '.' && n > tail && strcmp(entry->d_name + n - tail, ending) == 0;
    }
    if (dir != NULL)
        closedir(dir);
    if (n_found > 0)
        fprintf(stderr,
                "spikeq %s: %s: holds %s files already; --force replaces those of the same name\n",
                command, folder, ending);
    return n_found == 0;
}

unsigned cli_width(void)
{
    enum { USUAL = 80, LEAST = 20, MOST = 10000 };
    const char *columns = getenv("COLUMNS");
    const long wanted = columns != NULL ? strtol(columns, NULL, 10) : 0;
    struct winsize size;
    if (wanted >= LEAST && wanted <= MOST)
        return (unsigned)wanted;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= LEAST)
        return size.ws_col;
    return USUAL;
}

int cli_write_file(const char *command, const char *path, const char *text)
{
    if (strcmp(path, "-") == 0) {
        if (fputs(text, stdout) == EOF || fflush(stdout) == EOF)
            return complain(command, "standard output", "cannot be written");
        return EXIT_SUCCESS;
    }
    char partial[4096];
    if (snprintf(partial, sizeof partial, "%s.partial", path) >= (int)sizeof partial) {
        errno = ENAMETOOLONG;
        return complain(command, path, "cannot be written");
    }
    if (!is_replaceable(path))
        return put_text(path, text) == 0 ? EXIT_SUCCESS
                                         : complain(command, path, "cannot be written");
    if (put_text(partial, text) == 0 && rename(partial, path) == 0)
        return EXIT_SUCCESS;
    const int status = complain(command, path, "cannot be written");
    unlink(partial);
    return status;
}
