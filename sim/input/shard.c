#include "sim/input/shard.h"

#include "kernels/base/option_names.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A whole number from 1 to SQ_MAX_SHARDS at the beginning of a text; *end: what follows. */
static int take_count(const char *text, uint64_t *count, const char **end)
{
    char *after;
    if (text[0] < '0' || text[0] > '9')
        return 0;
    errno = 0;
    *count = strtoull(text, &after, 10);
    *end = after;
    return errno == 0 && *count >= 1 && *count <= SQ_MAX_SHARDS;
}

static int parse_numbers(struct sq_error *err, const char *text, struct sq_shard *shard)
{
    const char *end = text;
    if (strncmp(text, "0/", 2) == 0)
        return sq_fail(err, SQ_EUSAGE, SQ_OPT "shard %s: shards are numbered from 1: 1/%s to %s/%s",
                       text, text + 2, text + 2, text + 2);
    if (!take_count(text, &shard->index, &end) || *end++ != '/' ||
        !take_count(end, &shard->of, &end) || *end != '\0')
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "shard %s: expected I/N, such as 3/10 (up to %d), auto or auto/N",
                       text, SQ_MAX_SHARDS);
    if (shard->index > shard->of)
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "shard %s: there are %" PRIu64 " shards, 1 to %" PRIu64, text,
                       shard->of, shard->of);
    return SQ_OK;
}

static int parse_auto(struct sq_error *err, const char *text, struct sq_shard *shard)
{
    const char *end = text + strlen("auto");
    uint64_t of = 0;
    if (*end != '\0' && (*end++ != '/' || !take_count(end, &of, &end) || *end != '\0'))
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "shard %s: expected auto/N, such as auto/10 (up to %d)", text,
                       SQ_MAX_SHARDS);
    return sq_shard_of_launcher(err, of, shard);
}

int sq_shard_parse(struct sq_error *err, const char *text, struct sq_shard *shard)
{
    *shard = (struct sq_shard){.of = 0};
    if (text == NULL)
        return SQ_OK;
    return strncmp(text, "auto", 4) == 0 ? parse_auto(err, text, shard)
                                         : parse_numbers(err, text, shard);
}

/* Units before part `index` (from 0) of `of`: the first parts have one more. */
static uint64_t units_before(uint64_t n, uint64_t index, uint64_t of)
{
    const uint64_t more = n % of;
    return n / of * index + (index < more ? index : more);
}

int sq_shard_samples(struct sq_error *err, const struct sq_shard *shard, uint64_t n_samples,
                     unsigned couple, struct sq_range *samples)
{
    const uint64_t unit = couple > 1 ? couple : 1;
    const uint64_t n_units = n_samples / unit + (n_samples % unit > 0);
    if (shard->of > n_units)
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "shard %" PRIu64 "/%" PRIu64 ": the input has only %" PRIu64
                              " %s%s to be divided; make as many shards at most",
                       shard->index, shard->of, n_units, unit > 1 ? "batch" : "sample",
                       n_units == 1 ? ""
                       : unit > 1   ? "es"
                                    : "s");
    samples->first = units_before(n_units, shard->index - 1, shard->of) * unit;
    const uint64_t end = units_before(n_units, shard->index, shard->of);
    samples->end = end < n_units ? end * unit : n_samples; /* the last batch may be cut short */
    return SQ_OK;
}
