/* Several archives by one path, as WebDataset writes it: "val-{000000..000049}.tar". */
#include "sim/input/collection_sources.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DIGITS = 9, MAX_PATH = 4096 };

/* A path of this form, taken apart. */
struct braces {
    const char *path;
    size_t n_front;     /* bytes in front of the brace */
    const char *behind; /* it */
    uint32_t first, last;
    int width; /* digits with zeros in front; 0: without */
};

/* The digits at `text`, at most MAX_DIGITS: their number in *n. */
static uint32_t number_at(const char *text, size_t *n)
{
    uint32_t number = 0;
    for (*n = 0; *n < MAX_DIGITS && text[*n] >= '0' && text[*n] <= '9'; ++*n)
        number = 10 * number + (uint32_t)(text[*n] - '0');
    return number;
}

static bool parse(const char *path, struct braces *braces)
{
    const char *open = strchr(path, '{');
    size_t n_first, n_last;
    if (open == NULL)
        return false;
    *braces = (struct braces){.path = path, .n_front = (size_t)(open - path)};
    braces->first = number_at(open + 1, &n_first);
    const char *dots = open + 1 + n_first;
    if (n_first == 0 || strncmp(dots, "..", 2) != 0)
        return false;
    braces->last = number_at(dots + 2, &n_last);
    braces->behind = dots + 2 + n_last + 1;
    const bool has_zeros = (open[1] == '0' && n_first > 1) || (dots[2] == '0' && n_last > 1);
    braces->width = has_zeros ? (int)(n_first > n_last ? n_first : n_last) : 0;
    return n_last > 0 && dots[2 + n_last] == '}' && strpbrk(braces->behind, "{}") == NULL;
}

bool sq_collection_has_braces(const char *path)
{
    struct braces braces;
    return parse(path, &braces);
}

int sq_collection_add_braces(struct sq_error *err, struct sq_collection *collection)
{
    struct braces braces;
    char path[MAX_PATH];
    int rc = SQ_OK;
    if (!parse(collection->path, &braces) || braces.first > braces.last)
        return sq_fail(err, SQ_EUSAGE, "%s: expected {FIRST..LAST}, two numbers in ascending order",
                       collection->path);
    for (uint32_t i = braces.first; rc == SQ_OK && i <= braces.last; i++) {
        const int n = snprintf(path, sizeof path, "%.*s%0*" PRIu32 "%s", (int)braces.n_front,
                               braces.path, braces.width, i, braces.behind);
        rc = (size_t)n < sizeof path ? sq_collection_add_archive(err, collection, path)
                                     : sq_fail(err, SQ_EIO, "%s: a path of more than %zu bytes",
                                               braces.path, sizeof path);
    }
    return rc == SQ_OK ? sq_collection_end_archives(err, collection) : rc;
}
