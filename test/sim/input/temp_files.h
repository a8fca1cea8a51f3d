/* Tests that write files: a temporary folder for the whole program, and what to expect of errors.
 * Use temp_make and temp_remove as an unchecked fixture: they run outside of the forked tests. */
#ifndef SQ_TEST_TEMP_FILES_H
#define SQ_TEST_TEMP_FILES_H

#include "kernels/base/status.h"
#include "test/unit.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char temp_dir[64];

static inline void temp_make(void)
{
    snprintf(temp_dir, sizeof temp_dir, "/tmp/spikeq-test-XXXXXX");
    if (mkdtemp(temp_dir) == NULL)
        abort();
}

static inline void temp_remove_tree(const char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        char inner[512];
        struct stat status;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(inner, sizeof inner, "%.200s/%.255s", path, entry->d_name);
        if (lstat(inner, &status) == 0 && S_ISDIR(status.st_mode))
            temp_remove_tree(inner);
        else
            unlink(inner);
    }
    if (dir != NULL)
        closedir(dir);
    rmdir(path);
}

static inline void temp_remove(void)
{
    temp_remove_tree(temp_dir);
}

/* Path of `name` in the folder; good for the next seven calls. */
static inline const char *temp_path(const char *name)
{
    static char path[8][256];
    static unsigned next;
    char *out = path[next++ % 8];
    snprintf(out, sizeof path[0], "%s/%s", temp_dir, name);
    return out;
}

/* Write a file there and return its path. */
static inline const char *temp_write(const char *name, const void *data, size_t size)
{
    const char *path = temp_path(name);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(data, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
    return path;
}

static inline const char *temp_text(const char *name, const char *text)
{
    return temp_write(name, text, strlen(text));
}

/* Make a file shorter, and change one byte of it: both leave the rest where it lies, which is much
 * faster than to write it anew. */
static inline const char *temp_cut(const char *path, size_t size)
{
    ck_assert_int_eq(truncate(path, (off_t)size), 0);
    return path;
}

static inline const char *temp_poke(const char *path, size_t at, unsigned char byte)
{
    FILE *file = fopen(path, "r+b");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fseek(file, (long)at, SEEK_SET), 0);
    ck_assert_int_eq(fputc(byte, file), byte);
    ck_assert_int_eq(fclose(file), 0);
    return path;
}

/* `rc` is `code`, and the sentence holds `part`. */
static inline void expect(const struct sq_error *err, int rc, int code, const char *part)
{
    ck_assert_msg(rc == code, "%s (%s) instead of %s", sq_status_name(rc), rc != 0 ? err->text : "",
                  sq_status_name(code));
    ck_assert_msg(rc == SQ_OK || strstr(err->text, part) != NULL, "\"%s\" does not say \"%s\"",
                  err->text, part);
    ck_assert_int_eq(rc == SQ_OK ? code : err->code, code);
}

static inline void expect_ok(const struct sq_error *err, int rc)
{
    ck_assert_msg(rc == SQ_OK, "%s: %s", sq_status_name(rc), err->text);
}

#endif
