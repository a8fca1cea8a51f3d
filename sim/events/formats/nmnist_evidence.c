#include "sim/events/formats/event_open.h"

#include <string.h>
#include <strings.h>

enum {
    RECORD = 5,
    OVERFLOW_Y = 240,
    OVERFLOW_US = 1 << 13,
    STEP_US = 100000,
    WIDTH = 240,
    HEIGHT = 180,
    SMALL = 34
};

struct found {
    size_t n, n_bad;
    uint32_t overflow_us, first;
    bool is_small;  /* all within 34x34 */
    bool is_varied; /* not all records are the same */
    bool has_x;     /* not all are in column 0 */
};

static void add_record(struct found *found, const unsigned char *r, uint32_t *last)
{
    const bool is_mark = r[1] == OVERFLOW_Y;
    const uint32_t t =
        found->overflow_us + ((uint32_t)(r[2] & 127) << 16 | (uint32_t)r[3] << 8 | r[4]);
    found->is_varied |= found->n > 0 && memcmp(r, r - RECORD, RECORD) != 0;
    found->first = found->n++ == 0 ? t : found->first;
    found->has_x |= r[0] != 0;
    found->n_bad += !is_mark && (r[0] >= WIDTH || r[1] >= HEIGHT || t < *last);
    found->is_small &= is_mark || (r[0] < SMALL && r[1] < SMALL);
    found->overflow_us += is_mark ? OVERFLOW_US : 0;
    *last = is_mark ? *last : t;
}

static bool has_suffix(const char *path, const char *suffix)
{
    const char *dot = strrchr(path, '.');
    return dot != NULL && strcasecmp(dot, suffix) == 0;
}

bool sq_nmnist_is_evident(const char *path, const unsigned char *head, size_t n, uint64_t size)
{
    struct found found = {.is_small = true};
    uint32_t last = 0;
    if (has_suffix(path, ".bs1")) /* SLAYER's spikes: 5 bytes too, and no pixels */
        return false;
    for (size_t i = 0; i + RECORD <= n; i += RECORD)
        add_record(&found, head + i, &last);
    if (found.n * RECORD >= SQ_NMNIST_LEAST_BYTES)
        return found.is_varied && found.has_x && found.n_bad * 32 <= found.n &&
               (int64_t)last - found.first < (int64_t)found.n * STEP_US;
    const bool is_whole = n % RECORD == 0 && size % RECORD == 0;
    return found.n > 0 && found.n_bad == 0 &&
           ((found.is_small && found.n > 1 && is_whole) || has_suffix(path, ".bin") ||
            has_suffix(path, ".bs2"));
}
