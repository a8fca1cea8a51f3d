#include "sim/analysis/write/class_names.h"

#include "sim/checkpoint/checkpoint_reader.h"
#include "sim/json/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 255, MOST_NAMES = 1 << 20 };

static const char byte_order_mark[] = "\xef\xbb\xbf";

/* Trim a line to its name: moves *line, returns the new length. */
static size_t trim(const char **line, size_t n)
{
    while (n > 0 && strchr(" \t\r\n", (*line)[n - 1]) != NULL && (*line)[n - 1] != '\0')
        n--;
    while (n > 0 && (**line == ' ' || **line == '\t')) {
        ++*line;
        n--;
    }
    return n;
}

static int check_line(struct sq_error *err, const char *path, const char *text, size_t n,
                      size_t number)
{
    if (n > MOST_BYTES)
        return sq_fail(err, SQ_EFORMAT,
                       "%s: line %zu is longer than %d bytes; expected one name of a class a line",
                       path, number, MOST_BYTES);
    if (!sq_is_clean_utf8(text, n))
        return sq_fail(err, SQ_EFORMAT,
                       "%s: line %zu is not UTF-8 text without control characters; save the names "
                       "as plain text in UTF-8, one a line",
                       path, number);
    return SQ_OK;
}

static int add(struct sq_error *err, struct sq_class_names *names, const char *text, size_t n)
{
    if ((names->n & (names->n + 1)) == 0) { /* 1, 3, 7 ...: the list is full */
        char **grown = realloc(names->name, (2 * names->n + 1) * sizeof *grown);
        if (grown == NULL)
            return sq_fail(err, SQ_ENOMEM, "%s: out of memory", names->path);
        names->name = grown;
    }
    char *copy = strndup(text, n);
    if (copy == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", names->path);
    names->name[names->n++] = copy;
    return SQ_OK;
}

/* Empty lines are fine at the end, and only there: *n_empty are waiting to be followed by a name.
 */
static int add_line(struct sq_error *err, struct sq_class_names *names, const char *line, size_t n,
                    size_t *n_empty)
{
    if (names->n == 0 && *n_empty == 0 && n >= 3 && memcmp(line, byte_order_mark, 3) == 0) {
        line += 3;
        n -= 3;
    }
    n = trim(&line, n);
    if (n == 0) {
        ++*n_empty;
        return SQ_OK;
    }
    if (*n_empty > 0)
        return sq_fail(err, SQ_EFORMAT,
                       "%s: line %zu is empty; expected one name of a class a line", names->path,
                       names->n + 1);
    if (names->n == MOST_NAMES)
        return sq_fail(err, SQ_EFORMAT, "%s: more than %d names", names->path, MOST_NAMES);
    const int status = check_line(err, names->path, line, n, names->n + 1);
    return status == SQ_OK ? add(err, names, line, n) : status;
}

/* Only one line is held: one that does not end is too long. */
static int read_lines(struct sq_error *err, FILE *file, struct sq_class_names *names)
{
    char line[MOST_BYTES + 64];
    size_t n_empty = 0, n = 0;
    int status = SQ_OK, sign;
    do {
        sign = fgetc(file);
        if (sign != EOF)
            line[n++] = (char)sign;
        if (sign == '\n' || (sign == EOF && n > 0)) {
            status = add_line(err, names, line, n, &n_empty);
            n = 0;
        } else if (n == sizeof line) {
            status = check_line(err, names->path, line, n, names->n + n_empty + 1);
        }
    } while (status == SQ_OK && sign != EOF);
    if (status == SQ_OK && ferror(file))
        return sq_fail(err, SQ_EIO, "%s: cannot be read: %s", names->path, strerror(errno));
    return status;
}

int sq_class_names_read(struct sq_error *err, const char *path, struct sq_class_names *names)
{
    *names = (struct sq_class_names){.path = path};
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return sq_fail(err, SQ_EIO, "%s: cannot be opened: %s", path, strerror(errno));
    int status = read_lines(err, file, names);
    fclose(file);
    if (status == SQ_OK && names->n == 0)
        status = sq_fail(err, SQ_EFORMAT, "%s: holds no name; expected one name of a class a line",
                         path);
    return status;
}

void sq_class_names_free(struct sq_class_names *names)
{
    for (size_t i = 0; i < names->n; i++)
        free(names->name[i]);
    free(names->name);
    *names = (struct sq_class_names){0};
}

/* The largest label or prediction, or -1. */
static int64_t largest_class(const struct sq_scope *scope)
{
    int64_t most = -1;
    for (uint64_t i = 0; i < scope->n_samples; i++) {
        const struct sq_scope_sample *sample = &scope->sample[i];
        most = sample->label > most ? sample->label : most;
        most = sample->prediction > most ? sample->prediction : most;
    }
    return most;
}

int sq_class_names_apply(const struct sq_scope *scope)
{
    return largest_class(scope) >= 0;
}

int sq_class_names_check(struct sq_error *err, const struct sq_class_names *names,
                         const struct sq_scope *scope)
{
    const int64_t most = largest_class(scope);
    if (names->path == NULL)
        return SQ_OK;
    if (scope->n_classes > 0 && names->n != scope->n_classes)
        return sq_fail(err, SQ_ESHAPE,
                       "%s: %zu names, but %s has %" PRIu32
                       " classes; expected one name a line, class 0 first",
                       names->path, names->n, scope->path, scope->n_classes);
    if (most >= 0 && (uint64_t)most >= names->n)
        return sq_fail(err, SQ_ESHAPE,
                       "%s: %zu names, but %s has a sample of class %" PRId64
                       "; expected one name a line, class 0 first",
                       names->path, names->n, scope->path, most);
    return SQ_OK;
}

void sq_class_names_write(cJSON *to, const struct sq_class_names *names)
{
    if (names->path == NULL)
        return;
    sq_json_add_item(to, "class_names",
                     cJSON_CreateStringArray((const char *const *)names->name, (int)names->n));
}
