/* Attention: the integer scores q k^T of a block, head by head. */
#include "kernels/attend/attend_scratch.h"
#include "sim/analysis/measures/measures.h"
#include "sim/analysis/scope/figure_json.h"

#include <stdlib.h>
#include <string.h>

/* Counters of sq_ssa_count, summed. */
enum { COINCIDENCES_QK, COINCIDENCES_KV, EVENTS_QK, EVENTS_KV, UNARY, N_OPERATIONS };

/* Most scores are 0: counted in one place, each addition would wait for the one before. */
enum { PARTS = 4 };

/* Where counters lie: [heads][head_dim + 1] scores of each value; [heads][tokens] sum of the scores
 * of a key token; [T][heads] zero scores; [T][heads] query tokens whose scores are all zero;
 * [N_OPERATIONS]. */
struct places {
    size_t map, zero_scores, zero_rows, operations, end;
};

static struct places places_of(const struct sq_scope *scope, const struct sq_subject *block)
{
    struct places at = {.map = (size_t)block->n_heads * (block->head_dim + 1)};
    at.zero_scores = at.map + (size_t)block->n_heads * block->n_rows;
    at.zero_rows = at.zero_scores + (size_t)scope->timesteps * block->n_heads;
    at.operations = at.zero_rows + (size_t)scope->timesteps * block->n_heads;
    at.end = at.operations + N_OPERATIONS;
    return at;
}

static size_t n_counts(const struct sq_scope *scope, const struct sq_subject *block)
{
    return places_of(scope, block).end;
}

static size_t head_words(const struct sq_subject *block)
{
    return block->n_rows * sq_words_for(block->head_dim);
}

static size_t scratch_bytes(const struct sq_scope *scope, const struct sq_subject *block)
{
    (void)scope;
    return sq_ssa_count_scratch_bytes(block->attend) + 2 * head_words(block) * sizeof(uint64_t) +
           (block->n_rows + PARTS * (block->head_dim + 1)) * sizeof(uint32_t);
}

/* One head at one timestep: q, k [tokens][words of the head]. */
struct head {
    const uint64_t *q, *k;
    uint64_t *of_value, *map, *zero_scores, *zero_rows;
    uint32_t *score, *part; /* scratch [tokens], [PARTS][head_dim + 1] */
};

static void count_scores(const struct head *head, uint32_t n, uint32_t n_values)
{
    for (uint32_t j = 0; j < n; j++)
        head->part[(j % PARTS) * n_values + head->score[j]]++;
}

/* Add the scores of a query token to those of the key tokens; returns their sum. */
static uint64_t add_to_map(const struct head *head, uint32_t n)
{
    uint64_t sum = 0;
    for (uint32_t j = 0; j < n; j++) {
        head->map[j] += head->score[j];
        sum += head->score[j];
    }
    return sum;
}

static void add_head(const struct head *head, const struct sq_scope *scope,
                     const struct sq_subject *block)
{
    const uint32_t n = block->n_rows, n_values = block->head_dim + 1;
    const size_t n_words = sq_words_for(block->head_dim);
    memset(head->part, 0, (size_t)PARTS * n_values * sizeof *head->part);
    for (uint32_t i = 0; i < n; i++) {
        scope->kernels.overlap(head->score, head->q + i * n_words, head->k, n, n_words);
        count_scores(head, n, n_values);
        *head->zero_rows += add_to_map(head, n) == 0;
    }
    for (uint32_t i = 0; i < PARTS * n_values; i++) {
        head->of_value[i % n_values] += head->part[i];
        *head->zero_scores += i % n_values == 0 ? head->part[i] : 0;
    }
}

static void add_operations(uint64_t *count, const struct sq_scope *scope,
                           const struct sq_subject *block, const uint64_t *q, const uint64_t *k,
                           const uint64_t *v, void *scratch)
{
    struct sq_ssa_count found;
    scope->kernels.ssa_count(&found, q, k, v, block->attend, 0, scratch);
    count[COINCIDENCES_QK] += found.coincidences[SQ_ATTEND_QK_FIRST];
    count[COINCIDENCES_KV] += found.coincidences[SQ_ATTEND_KV_FIRST];
    count[EVENTS_QK] += found.events2[SQ_ATTEND_QK_FIRST];
    count[EVENTS_KV] += found.events2[SQ_ATTEND_KV_FIRST];
    count[UNARY] += found.unary2;
}

static void add_timestep(uint64_t *count, const struct sq_scope *scope,
                         const struct sq_subject *block, const struct sq_frame_view *view,
                         uint32_t t, void *scratch)
{
    const struct places at = places_of(scope, block);
    const uint64_t *q = sq_view_bits(view, scope, block, 0, t);
    const uint64_t *k = sq_view_bits(view, scope, block, 1, t);
    char *behind = (char *)scratch + sq_ssa_count_scratch_bytes(block->attend);
    uint64_t *head_q = (uint64_t *)(void *)behind, *head_k = head_q + head_words(block);
    uint32_t *score = (uint32_t *)(void *)(head_k + head_words(block));
    for (uint32_t h = 0; h < block->n_heads; h++) {
        const size_t first = (size_t)h * block->head_dim;
        sq_attend_cut_head(head_q, q, first, block->attend);
        sq_attend_cut_head(head_k, k, first, block->attend);
        add_head(&(struct head){head_q, head_k, count + (size_t)h * (block->head_dim + 1),
                                count + at.map + (size_t)h * block->n_rows,
                                count + at.zero_scores + (size_t)t * block->n_heads + h,
                                count + at.zero_rows + (size_t)t * block->n_heads + h, score,
                                score + block->n_rows},
                 scope, block);
    }
    add_operations(count + at.operations, scope, block, q, k,
                   sq_view_bits(view, scope, block, 2, t), scratch);
}

static void add(uint64_t *count, const struct sq_scope *scope, const struct sq_subject *block,
                const struct sq_frame_view *view, void *scratch)
{
    for (uint32_t t = 0; t < scope->timesteps; t++)
        add_timestep(count, scope, block, view, t, scratch);
}

static void put_order(cJSON *to, const char *key, uint64_t first, uint64_t second)
{
    cJSON *order = sq_json_add_object(to, key);
    sq_put_count(order, "first_product_additions", first);
    sq_put_count(order, "second_product_additions", second);
    sq_put_count(order, "additions", first + second);
}

static void put_operations(cJSON *to, const uint64_t *count)
{
    cJSON *operations = sq_json_add_object(to, "operations");
    put_order(operations, "qk_first", count[COINCIDENCES_QK], count[EVENTS_QK]);
    put_order(operations, "kv_first", count[COINCIDENCES_KV], count[EVENTS_KV]);
    sq_put_count(operations, "second_product_unit_additions", count[UNARY]);
}

/* [heads] shares of all timesteps, of `whole` a sample and timestep. */
static void put_shares(cJSON *to, const char *key, const uint64_t *count,
                       const struct sq_scope *scope, const struct sq_subject *block, double whole)
{
    double *share = calloc(block->n_heads, sizeof *share);
    for (uint32_t h = 0; share != NULL && h < block->n_heads; h++) {
        uint64_t sum = 0;
        for (uint32_t t = 0; t < scope->timesteps; t++)
            sum += count[(size_t)t * block->n_heads + h];
        share[h] = (double)sum / (whole * (double)scope->n_samples * scope->timesteps);
    }
    if (share != NULL)
        sq_put_reals(to, key, share, block->n_heads);
    else
        sq_json_fail(to);
    free(share);
}

/* Mean over samples, timesteps and query tokens of the score of each key token. */
void sq_attention_put_map(cJSON *to, const uint64_t *count, const struct sq_scope *scope,
                          const struct sq_subject *block, uint64_t n_samples)
{
    const uint64_t *sum = count + places_of(scope, block).map;
    const size_t n = (size_t)block->n_heads * block->n_rows;
    const double per = (double)n_samples * scope->timesteps * block->n_rows;
    double *mean = calloc(n, sizeof *mean);
    for (size_t i = 0; mean != NULL && i < n; i++)
        mean[i] = (double)sum[i] / per;
    if (mean != NULL)
        sq_put_real_rows(to, "mean_score_per_key_token", mean, block->n_heads, block->n_rows);
    else
        sq_json_fail(to);
    free(mean);
}

static void write(cJSON *to, const uint64_t *count, const struct sq_scope *scope,
                  const struct sq_subject *block)
{
    const struct places at = places_of(scope, block);
    const double tokens = block->n_rows;
    sq_put_count(to, "block", block->block);
    sq_put_count(to, "heads", block->n_heads);
    sq_put_count(to, "head_dim", block->head_dim);
    sq_put_count(to, "tokens", block->n_rows);
    sq_put_count(to, "grid_height", block->grid_height);
    sq_put_count(to, "grid_width", block->grid_width);
    sq_put_count_rows(to, "scores_by_value", count, block->n_heads, block->head_dim + 1);
    put_shares(to, "zero_score_share", count + at.zero_scores, scope, block, tokens * tokens);
    put_shares(to, "zero_row_share", count + at.zero_rows, scope, block, tokens);
    sq_put_count_rows(to, "zero_scores_per_timestep", count + at.zero_scores, scope->timesteps,
                      block->n_heads);
    sq_put_count_rows(to, "zero_rows_per_timestep", count + at.zero_rows, scope->timesteps,
                      block->n_heads);
    sq_attention_put_map(to, count, scope, block, scope->n_samples);
    put_operations(to, count + at.operations);
}

const struct sq_measure sq_measure_attention = {
    SQ_SUBJECT_ATTENTION, 1, n_counts, scratch_bytes, add, write,
};
