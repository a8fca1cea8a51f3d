/* Products: product sparsity. In a tile of 256 rows x 16 channels, a row whose spikes hold all
 * those of another row can begin with that row's finished sum and add only what it has besides.
 * Wei et al., Prosperity, HPCA 2025; here within one timestep. */
#include "kernels/base/bits.h"
#include "sim/analysis/figure_json.h"
#include "sim/analysis/measure.h"

#include <stdio.h>
#include <string.h>

enum { TILE_ROWS = 256, TILE_CHANNELS = 16, PATTERNS = 1 << TILE_CHANNELS };

/* Counters of each timestep. A row here is one of a tile: 16 channels. */
enum { ROWS, EMPTY, EXACT, SUBSET, SPIKES, SAVED, N_KINDS };

static size_t n_counts(const struct sq_scope *scope, const struct sq_subject *subject)
{
    (void)subject;
    return (size_t)N_KINDS * scope->timesteps;
}

/* The different patterns of a tile, in the order of their first rows. */
struct patterns {
    uint16_t pattern[TILE_ROWS], ones[TILE_ROWS], part[TILE_ROWS];
    uint8_t seen[PATTERNS / 8]; /* all 0 between tiles */
};

static size_t scratch_bytes(const struct sq_scope *scope, const struct sq_subject *subject)
{
    (void)scope, (void)subject;
    return sizeof(struct patterns);
}

/* Sort a tile's rows into empty, seen before and new ones; returns the number of new ones. */
static size_t collect(struct patterns *tile, const uint64_t *rows, size_t n_rows, size_t stride,
                      unsigned shift, uint64_t count[N_KINDS])
{
    size_t n = 0;
    count[ROWS] += n_rows;
    for (size_t r = 0; r < n_rows; r++) {
        const uint16_t pattern = (uint16_t)(rows[r * stride] >> shift);
        if (pattern == 0) {
            count[EMPTY]++;
            continue;
        }
        const uint16_t ones = (uint16_t)sq_ones(pattern);
        uint8_t *seen = &tile->seen[pattern >> 3];
        count[SPIKES] += ones;
        if (*seen >> (pattern & 7) & 1) {
            count[EXACT]++;
            count[SAVED] += ones;
        } else {
            tile->pattern[n] = pattern;
            tile->ones[n++] = ones;
            *seen = (uint8_t)(*seen | 1u << (pattern & 7));
        }
    }
    return n;
}

/* New patterns that hold another one begin with the largest such. */
static void reuse(struct patterns *tile, size_t n, const struct sq_kernels *kernels,
                  uint64_t count[N_KINDS])
{
    for (size_t i = n; i % SQ_SUBSET_LANES != 0; i++)
        tile->pattern[i] = tile->ones[i] = 0;
    kernels->subset(tile->part, tile->pattern, tile->ones, n);
    for (size_t i = 0; i < n; i++) {
        count[SUBSET] += tile->part[i] > 0;
        count[SAVED] += tile->part[i];
        tile->seen[tile->pattern[i] >> 3] = 0;
    }
}

static void add(uint64_t *count, const struct sq_scope *scope, const struct sq_subject *subject,
                const struct sq_view *view, void *scratch)
{
    struct patterns *tile = scratch;
    memset(tile->seen, 0, sizeof tile->seen);
    for (uint32_t t = 0; t < scope->timesteps; t++, count += N_KINDS) {
        const uint64_t *bits = sq_view_bits(view, scope, subject, 0, t);
        for (uint32_t r = 0; r < subject->n_rows; r += TILE_ROWS) {
            const uint32_t left = subject->n_rows - r;
            for (uint32_t c = 0; c < subject->n_channels; c += TILE_CHANNELS) {
                const uint64_t *rows = bits + (size_t)r * subject->n_words + (c >> 6);
                const size_t n = collect(tile, rows, left < TILE_ROWS ? left : TILE_ROWS,
                                         subject->n_words, c & 63, count);
                reuse(tile, n, &scope->kernels, count);
            }
        }
    }
}

static void write(cJSON *to, const uint64_t *count, const struct sq_scope *scope,
                  const struct sq_subject *subject)
{
    (void)subject;
    static const char *const key[N_KINDS] = {"rows",        "empty_rows", "exact_rows",
                                             "subset_rows", "spikes",     "saved_spikes"};
    uint64_t spikes = 0, saved = 0;
    cJSON *product = cJSON_AddObjectToObject(to, "product_sparsity");
    sq_put_count(product, "tile_rows", TILE_ROWS);
    sq_put_count(product, "tile_channels", TILE_CHANNELS);
    for (size_t i = 0; i < N_KINDS; i++) {
        char name[40];
        snprintf(name, sizeof name, "%s_per_timestep", key[i]);
        sq_put_counts(product, name, count + i, scope->timesteps, N_KINDS);
    }
    for (uint32_t t = 0; t < scope->timesteps; t++) {
        spikes += count[N_KINDS * t + SPIKES];
        saved += count[N_KINDS * t + SAVED];
    }
    sq_put_share(product, "saved_share", saved, spikes);
}

const struct sq_measure sq_measure_products = {
    SQ_SUBJECT_POPULATION, 1, n_counts, scratch_bytes, add, write,
};
