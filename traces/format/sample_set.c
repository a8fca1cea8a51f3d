#include "traces/format/sample_set.h"

#include <stdlib.h>

static int grow(struct sq_error *err, struct sq_sample_set *set)
{
    const size_t room = set->room * 2 + 4;
    struct sq_range *grown = realloc(set->range, room * sizeof *grown);
    if (grown == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for %zu ranges of samples", room);
    set->range = grown;
    set->room = room;
    return SQ_OK;
}

int sq_sample_set_append(struct sq_error *err, struct sq_sample_set *set, struct sq_range samples)
{
    if (samples.first >= samples.end)
        return SQ_OK;
    if (set->n > 0 && set->range[set->n - 1].end == samples.first) {
        set->range[set->n - 1].end = samples.end;
        return SQ_OK;
    }
    const int status = set->n == set->room ? grow(err, set) : SQ_OK;
    if (status == SQ_OK)
        set->range[set->n++] = samples;
    return status;
}

uint64_t sq_sample_set_count(const struct sq_sample_set *set)
{
    uint64_t n = 0;
    for (size_t i = 0; i < set->n; i++)
        n += set->range[i].end - set->range[i].first;
    return n;
}

/* The first range that ends behind the sample; set->n: none does. */
static size_t find(const struct sq_sample_set *set, uint64_t sample)
{
    size_t low = 0, high = set->n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (set->range[middle].end > sample)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

int sq_sample_set_has(const struct sq_sample_set *set, uint64_t sample)
{
    const size_t at = find(set, sample);
    return at < set->n && set->range[at].first <= sample;
}

int sq_sample_set_without(struct sq_error *err, const struct sq_sample_set *set,
                          const struct sq_sample_set *other, struct sq_sample_set *rest)
{
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < set->n; i++) {
        struct sq_range left = set->range[i];
        for (size_t k = find(other, left.first); status == SQ_OK && left.first < left.end; k++) {
            const int has_more = k < other->n && other->range[k].first < left.end;
            const struct sq_range between = {left.first,
                                             has_more ? other->range[k].first : left.end};
            status = sq_sample_set_append(err, rest, between);
            left.first = has_more ? other->range[k].end : left.end;
        }
    }
    return status;
}

uint64_t sq_sample_set_begun(const struct sq_sample_set *set, const struct sq_sample_set *other)
{
    uint64_t n = 0;
    for (size_t i = 0; i < set->n; i++) {
        const struct sq_range range = set->range[i];
        const size_t at = find(other, range.first);
        if (at == other->n || other->range[at].first > range.first)
            return n;
        if (other->range[at].end < range.end)
            return n + other->range[at].end - range.first;
        n += range.end - range.first;
    }
    return n;
}

int sq_sample_set_clip(struct sq_error *err, const struct sq_sample_set *set,
                       struct sq_range within, struct sq_sample_set *part)
{
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < set->n; i++) {
        struct sq_range range = set->range[i];
        range.first = range.first > within.first ? range.first : within.first;
        range.end = range.end < within.end ? range.end : within.end;
        status = sq_sample_set_append(err, part, range);
    }
    return status;
}

void sq_sample_set_free(struct sq_sample_set *set)
{
    free(set->range);
    *set = (struct sq_sample_set){.n = 0};
}
