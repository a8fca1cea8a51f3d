/* Zeros: vectors and square tiles of a spike matrix that hold no spike, which hardware that handles
 * that many elements at a time can skip. */
#include "sim/analysis/measures/measures.h"
#include "sim/analysis/scope/figure_json.h"
#include "sim/analysis/scope/measure.h"

#include <string.h>

enum { N_WIDTHS = 6, LEAST_WIDTH = 8, N_SPANS = 8 };

/* Counters: vectors and tiles that hold a spike: of each width 8, 16 ... 256 along channels, along
 * rows, tiles; then of each span 2, 4 ... 256 along time. */
enum { ALONG_CHANNELS = 0, ALONG_ROWS = N_WIDTHS, TILES = 2 * N_WIDTHS, ALONG_TIME = 3 * N_WIDTHS };

static size_t n_counts(const struct sq_scope *scope, const struct sq_subject *subject)
{
    (void)scope, (void)subject;
    return ALONG_TIME + N_SPANS;
}

static size_t frame_words(const struct sq_subject *subject)
{
    return (size_t)subject->n_rows * subject->n_words;
}

static size_t scratch_bytes(const struct sq_scope *scope, const struct sq_subject *subject)
{
    (void)scope;
    return frame_words(subject) * sizeof(uint64_t);
}

/* Nonzero vectors of width 8 to 64 in a word: fold each segment into its lowest bit; the product
 * adds those bits up in its highest segment. */
static inline void add_word(uint64_t found[4], uint64_t word)
{
    static const uint64_t lowest[4] = {0x0101010101010101u, 0x0001000100010001u,
                                       0x0000000100000001u, 1};
    word |= word >> 1;
    word |= word >> 2;
    for (unsigned i = 0; i < 4; i++) {
        word |= word >> (4u << i);
        found[i] += (word & lowest[i]) * lowest[i] >> (64 - (8u << i));
    }
}

/* Nonzero vectors of every width in one row. */
static inline void add_row(uint64_t found[N_WIDTHS], const uint64_t *row, uint32_t n_words)
{
    for (uint32_t w = 0; w < n_words; w++)
        add_word(found, row[w]);
    if (n_words == 1) { /* wider vectors are this one word */
        found[4] += row[0] != 0;
        found[5] += row[0] != 0;
        return;
    }
    for (uint32_t w = 0; w < n_words; w += 2)
        found[4] += (row[w] | (w + 1 < n_words ? row[w + 1] : 0)) != 0;
    for (uint32_t w = 0; w < n_words; w += 4) {
        uint64_t any = 0;
        for (uint32_t i = w; i < w + 4 && i < n_words; i++)
            any |= row[i];
        found[5] += any != 0;
    }
}

/* out[i] = OR of the rows `step` i .. `step` i + step - 1; returns their number. In place is fine.
 */
static uint32_t join_rows(uint64_t *out, const uint64_t *rows, uint32_t n_rows, uint32_t n_words,
                          uint32_t step)
{
    const uint32_t n_out = (n_rows + step - 1) / step;
    for (uint32_t i = 0; i < n_out; i++)
        for (uint32_t w = 0; w < n_words; w++) {
            uint64_t any = 0;
            for (uint32_t r = i * step; r < (i + 1) * step && r < n_rows; r++)
                any |= rows[(size_t)r * n_words + w];
            out[(size_t)i * n_words + w] = any;
        }
    return n_out;
}

/* Rows joined by 8, 16 ... 256: a bit of them is a vector along rows, a vector of them a tile. */
static void add_frame(uint64_t *count, const struct sq_kernels *kernels, const uint64_t *rows,
                      uint32_t n_rows, uint32_t n_words, uint64_t *joined)
{
    for (uint32_t r = 0; r < n_rows; r++)
        add_row(count + ALONG_CHANNELS, rows + (size_t)r * n_words, n_words);
    for (uint32_t i = 0; i < N_WIDTHS; i++) {
        uint64_t tiles[N_WIDTHS] = {0};
        n_rows =
            join_rows(joined, i == 0 ? rows : joined, n_rows, n_words, i == 0 ? LEAST_WIDTH : 2);
        count[ALONG_ROWS + i] +=
            kernels->count_common(joined, 1, joined, 1, (size_t)n_rows * n_words);
        for (uint32_t r = 0; r < n_rows; r++)
            add_row(tiles, joined + (size_t)r * n_words, n_words);
        count[TILES + i] += tiles[i];
    }
}

/* Frames joined by 2, 4 ... 256 timesteps: a bit is a neuron that fires within them. */
static void add_spans(uint64_t *count, const struct sq_scope *scope,
                      const struct sq_subject *subject, const struct sq_frame_view *view,
                      uint64_t *any)
{
    for (uint32_t i = 0; i < N_SPANS && 1u << i < scope->timesteps; i++)
        for (uint32_t t = 0; t < scope->timesteps; t += 2u << i) {
            memset(any, 0, scratch_bytes(scope, subject));
            for (uint32_t s = t; s < t + (2u << i) && s < scope->timesteps; s++) {
                const uint64_t *bits = sq_view_bits(view, scope, subject, 0, s);
                for (size_t w = 0; w < frame_words(subject); w++)
                    any[w] |= bits[w];
            }
            count[i] += scope->kernels.count_common(any, 1, any, 1, frame_words(subject));
        }
}

static void add(uint64_t *count, const struct sq_scope *scope, const struct sq_subject *subject,
                const struct sq_frame_view *view, void *scratch)
{
    for (uint32_t t = 0; t < scope->timesteps; t++)
        add_frame(count, &scope->kernels, sq_view_bits(view, scope, subject, 0, t), subject->n_rows,
                  subject->n_words, scratch);
    add_spans(count + ALONG_TIME, scope, subject, view, scratch);
}

/* {"width", "vectors", "zero", "zero_share"} */
static void put_width(cJSON *list, uint32_t width, uint64_t n, uint64_t nonzero)
{
    cJSON *item = cJSON_CreateObject();
    sq_json_append(list, item);
    sq_put_count(item, "width", width);
    sq_put_count(item, "vectors", n);
    sq_put_count(item, "zero", n - nonzero);
    sq_put_share(item, "zero_share", n - nonzero, n);
}

static uint64_t parts(uint64_t n, uint32_t width)
{
    return (n + width - 1) / width;
}

static void write(cJSON *to, const uint64_t *count, const struct sq_scope *scope,
                  const struct sq_subject *subject)
{
    const uint64_t rows = subject->n_rows, channels = subject->n_channels;
    const uint64_t frames = scope->n_samples * scope->timesteps;
    cJSON *structure = sq_json_add_object(to, "structure");
    cJSON *along_channels = sq_json_add_array(structure, "zero_vectors_along_channels");
    cJSON *along_rows = sq_json_add_array(structure, "zero_vectors_along_tokens");
    cJSON *tiles = sq_json_add_array(structure, "zero_tiles");
    cJSON *along_time = sq_json_add_array(structure, "zero_vectors_along_time");
    for (uint32_t i = 0; i < N_WIDTHS; i++) {
        const uint32_t width = LEAST_WIDTH << i;
        if (i == 0 || width / 2 < channels)
            put_width(along_channels, width, frames * rows * parts(channels, width),
                      count[ALONG_CHANNELS + i]);
        if (i == 0 || width / 2 < rows)
            put_width(along_rows, width, frames * parts(rows, width) * channels,
                      count[ALONG_ROWS + i]);
        if (i == 0 || width / 2 < rows || width / 2 < channels)
            put_width(tiles, width, frames * parts(rows, width) * parts(channels, width),
                      count[TILES + i]);
    }
    for (uint32_t i = 0; i < N_SPANS && 1u << i < scope->timesteps; i++)
        put_width(along_time, 2u << i,
                  scope->n_samples * parts(scope->timesteps, 2u << i) * rows * channels,
                  count[ALONG_TIME + i]);
}

const struct sq_measure sq_measure_zeros = {
    SQ_SUBJECT_POPULATION, 1, n_counts, scratch_bytes, add, write,
};
