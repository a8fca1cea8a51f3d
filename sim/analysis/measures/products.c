/* Products: product sparsity. In a tile of 256 rows x 16 channels, a row whose spikes hold all
 * those of another row can start from that row's finished sum and add only the rest.
 * Wei et al., Prosperity, HPCA 2025: within each timestep, and with the timesteps of a sample
 * stacked into one matrix, as there. */
#include "kernels/base/bits.h"
#include "sim/analysis/measures/measures.h"
#include "sim/analysis/scope/figure_json.h"
#include "sim/analysis/scope/measure.h"

#include <stdio.h>
#include <string.h>

enum { TILE_ROWS = 256, TILE_CHANNELS = 16, PATTERNS = 1 << TILE_CHANNELS };

/* Counters of each timestep, then of the stack. A row here is one of a tile: 16 channels. */
enum { ROWS, EMPTY, EXACT, SUBSET, SPIKES, SAVED, N_KINDS };

static size_t n_counts(const struct sq_scope *scope, const struct sq_subject *subject)
{
    (void)subject;
    return (size_t)N_KINDS * (scope->timesteps + 1);
}

/* The different patterns of a tile, in the order of their first rows. */
struct patterns {
    uint16_t pattern[TILE_ROWS], ones[TILE_ROWS], part[TILE_ROWS];
    uint8_t seen[PATTERNS / 8]; /* all 0 between tiles */
};

static size_t frame_words(const struct sq_subject *subject)
{
    return (size_t)subject->n_rows * subject->n_words;
}

/* Stacked frames, then patterns. */
static size_t scratch_bytes(const struct sq_scope *scope, const struct sq_subject *subject)
{
    return scope->timesteps * frame_words(subject) * sizeof(uint64_t) + sizeof(struct patterns);
}

/* Sort a tile's rows into empty, seen before and new ones; returns the number of new ones. Without
 * branches, as they would be mispredicted: each row is written, and kept if it is new. */
static size_t collect(struct patterns *tile, const uint64_t *rows, size_t n_rows, size_t stride,
                      unsigned shift, uint64_t count[N_KINDS])
{
    size_t n = 0, n_empty = 0;
    tile->seen[0] = 1; /* no spikes: never new */
    for (size_t r = 0; r < n_rows; r++) {
        const uint16_t pattern = (uint16_t)(rows[r * stride] >> shift);
        uint8_t *seen = &tile->seen[pattern >> 3];
        const unsigned bit = 1u << (pattern & 7);
        tile->pattern[n] = pattern;
        n += (*seen & bit) == 0;
        n_empty += pattern == 0;
        *seen = (uint8_t)(*seen | bit);
    }
    for (size_t i = 0; i < n; i++)
        tile->ones[i] = (uint16_t)sq_ones(tile->pattern[i]);
    count[ROWS] += n_rows;
    count[EMPTY] += n_empty;
    count[EXACT] += n_rows - n_empty - n;
    return n;
}

/* New patterns that hold another one begin with the largest such; the rest is all
 * that is not saved, so that the spikes of the others need not be counted. */
static void reuse(struct patterns *tile, size_t n, const struct sq_kernels *kernels,
                  uint64_t count[N_KINDS])
{
    tile->seen[0] = 0;
    kernels->subset(tile->part, tile->pattern, tile->ones, n);
    for (size_t i = 0; i < n; i++) {
        count[SUBSET] += tile->part[i] > 0;
        count[SAVED] += tile->part[i];
        count[SAVED] -= tile->ones[i]; /* of all spikes, which add_matrix() has put there */
        tile->seen[tile->pattern[i] >> 3] = 0;
    }
}

static void add_matrix(struct patterns *tile, const uint64_t *bits, size_t n_rows, uint64_t spikes,
                       const struct sq_subject *subject, const struct sq_kernels *kernels,
                       uint64_t count[N_KINDS])
{
    count[SPIKES] += spikes;
    count[SAVED] += spikes;
    for (size_t r = 0; r < n_rows; r += TILE_ROWS)
        for (uint32_t c = 0; c < subject->n_channels; c += TILE_CHANNELS) {
            const size_t left = n_rows - r;
            const uint64_t *rows = bits + r * subject->n_words + (c >> 6);
            reuse(tile,
                  collect(tile, rows, left < TILE_ROWS ? left : TILE_ROWS, subject->n_words, c & 63,
                          count),
                  kernels, count);
        }
}

static void add(uint64_t *count, const struct sq_scope *scope, const struct sq_subject *subject,
                const struct sq_frame_view *view, void *scratch)
{
    const uint64_t *spikes = view->spikes + (size_t)subject->source[0] * scope->timesteps;
    uint64_t *stack = scratch, sum = 0;
    struct patterns *tile = (void *)(stack + scope->timesteps * frame_words(subject));
    memset(tile->seen, 0, sizeof tile->seen);
    for (uint32_t t = 0; t < scope->timesteps; t++, count += N_KINDS) {
        const uint64_t *bits = sq_view_bits(view, scope, subject, 0, t);
        memcpy(stack + t * frame_words(subject), bits, frame_words(subject) * sizeof *bits);
        add_matrix(tile, bits, subject->n_rows, spikes[t], subject, &scope->kernels, count);
        sum += spikes[t];
    }
    add_matrix(tile, stack, (size_t)scope->timesteps * subject->n_rows, sum, subject,
               &scope->kernels, count);
}

static void write(cJSON *to, const uint64_t *count, const struct sq_scope *scope,
                  const struct sq_subject *subject)
{
    (void)subject;
    static const char *const key[N_KINDS] = {"rows",        "empty_rows", "exact_rows",
                                             "subset_rows", "spikes",     "saved_spikes"};
    uint64_t spikes = 0, saved = 0;
    cJSON *product = sq_json_add_object(to, "product_sparsity");
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
    const uint64_t *stack = count + (size_t)N_KINDS * scope->timesteps;
    cJSON *stacked = sq_json_add_object(product, "timesteps_stacked");
    for (size_t i = 0; i < N_KINDS; i++)
        sq_put_count(stacked, key[i], stack[i]);
    sq_put_share(stacked, "saved_share", stack[SAVED], stack[SPIKES]);
}

const struct sq_measure sq_measure_products = {
    SQ_SUBJECT_POPULATION, 1, n_counts, scratch_bytes, add, write,
};
