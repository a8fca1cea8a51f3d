/* Row load: events per row, and how evenly rows keep processing elements busy. */
#include "sim/analysis/measures/measures.h"
#include "sim/analysis/scope/figure_json.h"
#include "sim/analysis/scope/measure.h"

#include <string.h>

enum { MOST_ELEMENTS = 64, N_ELEMENTS = 6 /* 2, 4 ... 64 */ };

/* Counters: [n_channels + 1] rows with that many events; [N_ELEMENTS] largest load, summed over
 * frames. */
static size_t n_counts(const struct sq_scope *scope, const struct sq_subject *subject)
{
    (void)scope;
    return (size_t)subject->n_channels + 1 + N_ELEMENTS;
}

/* Loads of 64 elements, row r on element r mod 64, folded to 32, 16 ... 2. */
static void add_largest(uint64_t *largest, uint32_t load[MOST_ELEMENTS])
{
    for (uint32_t i = N_ELEMENTS, n = MOST_ELEMENTS; i-- > 0; n /= 2) {
        uint32_t most = 0;
        for (uint32_t e = 0; e < n; e++)
            most = load[e] > most ? load[e] : most;
        largest[i] += most;
        for (uint32_t e = 0; e < n / 2; e++)
            load[e] += load[e + n / 2];
    }
}

/* Scratch: a row of ones, then the events of each row. */
static size_t scratch_bytes(const struct sq_scope *scope, const struct sq_subject *subject)
{
    (void)scope;
    return subject->n_words * sizeof(uint64_t) + subject->n_rows * sizeof(uint32_t);
}

static void add(uint64_t *count, const struct sq_scope *scope, const struct sq_subject *subject,
                const struct sq_frame_view *view, void *scratch)
{
    uint64_t *all = scratch;
    uint32_t *events = (uint32_t *)(all + subject->n_words);
    memset(all, 0xff, subject->n_words * sizeof *all);
    for (uint32_t t = 0; t < scope->timesteps; t++) {
        uint32_t load[MOST_ELEMENTS] = {0};
        scope->kernels.overlap(events, all, sq_view_bits(view, scope, subject, 0, t),
                               subject->n_rows, subject->n_words);
        for (uint32_t r = 0; r < subject->n_rows; r++) {
            count[events[r]]++;
            load[r % MOST_ELEMENTS] += events[r];
        }
        add_largest(count + subject->n_channels + 1, load);
    }
}

static void write(cJSON *to, const uint64_t *count, const struct sq_scope *scope,
                  const struct sq_subject *subject)
{
    (void)scope;
    const uint64_t *largest = count + subject->n_channels + 1;
    uint64_t events = 0;
    cJSON *structure = cJSON_GetObjectItem(to, "structure");
    sq_put_counts(structure, "rows_by_events", count, (size_t)subject->n_channels + 1, 1);
    cJSON *balance = sq_json_add_array(structure, "load_balance");
    for (uint64_t i = 0; i <= subject->n_channels; i++)
        events += i * count[i];
    for (uint32_t i = 0; i < N_ELEMENTS; i++) {
        cJSON *item = cJSON_CreateObject();
        sq_json_append(balance, item);
        sq_put_count(item, "processing_elements", 2u << i);
        sq_put_count(item, "events", events);
        sq_put_count(item, "largest_load_events", largest[i]);
        sq_put_share(item, "utilisation", events, (2u << i) * largest[i]);
    }
}

const struct sq_measure sq_measure_rows = {
    SQ_SUBJECT_POPULATION, 1, n_counts, scratch_bytes, add, write,
};
