#include "traces/format/select.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

/* A whole number at *text, which moves behind it; 0 if none stands there. */
static int take_number(const char **text, uint64_t *value)
{
    char *end;
    if (**text < '0' || **text > '9')
        return 0;
    errno = 0;
    *value = strtoull(*text, &end, 10);
    *text = end;
    return errno == 0 && *value < INT64_MAX;
}

int sq_range_parse(struct sq_error *err, const char *option, const char *text,
                   struct sq_range *range)
{
    *range = (struct sq_range){0, INT64_MAX};
    if (text == NULL || *text == '\0')
        return SQ_OK;
    const char *at = text;
    int ok = *at == ':' || take_number(&at, &range->first);
    if (ok && *at == '\0')
        range->end = range->first + 1;
    else if (ok && *at++ == ':')
        ok = (*at == '\0' && at != text + 1) || (take_number(&at, &range->end) && *at == '\0');
    else
        ok = 0;
    if (!ok || range->end <= range->first)
        return sq_fail(err, SQ_EUSAGE,
                       "%s %s: expected sample numbers: 7, 10:20 (20 is out), 10: or :20", option,
                       text);
    return SQ_OK;
}

enum { MAX_GLOB = 256 };

int sq_globs_match(const char *globs, const char *name)
{
    char glob[MAX_GLOB];
    if (globs == NULL || *globs == '\0')
        return 1;
    for (const char *at = globs;; at++) {
        const size_t n = strcspn(at, ",");
        if (n < sizeof glob) {
            memcpy(glob, at, n);
            glob[n] = '\0';
            if (fnmatch(glob, name, 0) == 0)
                return 1;
        }
        at += n;
        if (*at == '\0')
            return 0;
    }
}
