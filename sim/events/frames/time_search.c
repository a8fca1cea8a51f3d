#include "sim/events/frames/time_search.h"

#include <assert.h>
#include <stdlib.h>

/* In order of time one walk finds them all. */
static int walk(struct sq_camera *reader, const struct sq_thresholds *list, size_t n_lists)
{
    const struct sq_event_batch *batch;
    uint64_t next[2] = {0, 0}, base = 0;
    int rc;
    assert(n_lists <= 2);
    while ((rc = sq_camera_next(reader, &batch)) == SQ_OK && batch->n > 0) {
        for (size_t l = 0; l < n_lists; l++) {
            const struct sq_thresholds *list_l = &list[l];
            int64_t time = list_l->first + (int64_t)next[l] * list_l->stride;
            for (size_t i = 0; i < batch->n; i++)
                for (; next[l] < list_l->n && time <= batch->event[i].t; time += list_l->stride)
                    list_l->index[next[l]++] = base + i;
        }
        base += batch->n;
    }
    for (size_t l = 0; l < n_lists; l++)
        while (next[l] < list[l].n)
            list[l].index[next[l]++] = base;
    return rc;
}

/* NumPy's searchsorted(side="left") with rising keys: each search begins where the last ended. */
static void search_sorted(const int64_t *t, uint64_t n, const struct sq_thresholds *list, bool anew)
{
    uint64_t low = 0, high = n;
    for (uint64_t k = 0; k < list->n; k++) {
        const int64_t key = list->first + (int64_t)k * list->stride;
        const bool is_risen = k > 0 && list->stride > 0;
        high = is_risen || anew || high == n ? n : high + 1;
        low = is_risen && !anew ? low : 0;
        while (low < high) {
            const uint64_t middle = low + ((high - low) >> 1);
            if (t[middle] < key)
                low = middle + 1;
            else
                high = middle;
        }
        list->index[k] = low;
    }
}

/* Time out of order: keep all times and search as NumPy does. */
static int search_all(struct sq_camera *reader, int64_t *t, uint64_t room,
                      const struct sq_thresholds *list, size_t n_lists, bool anew)
{
    const struct sq_event_batch *batch;
    uint64_t n = 0;
    int rc;
    while ((rc = sq_camera_next(reader, &batch)) == SQ_OK && batch->n > 0)
        for (size_t i = 0; i < batch->n && n < room; i++)
            t[n++] = batch->event[i].t;
    for (size_t l = 0; rc == SQ_OK && l < n_lists; l++)
        search_sorted(t, n, &list[l], anew);
    return rc;
}

int sq_time_search(struct sq_error *err, const char *path, struct sq_camera *reader,
                   const struct sq_event_profile *profile, const struct sq_thresholds *list,
                   size_t n_lists, bool anew)
{
    if (profile->is_monotonic)
        return walk(reader, list, n_lists);
    int64_t *t = calloc((size_t)profile->n, sizeof *t);
    if (t == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory for %llu times", path,
                       (unsigned long long)profile->n);
    const int rc = search_all(reader, t, profile->n, list, n_lists, anew);
    free(t);
    return rc;
}
