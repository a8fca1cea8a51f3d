/* Theorem: vectors, tiles and rows without spikes, and loads of rows, are what docs/analysis.md
 * says, element by element, for frames that are wider and longer than every vector: the golden
 * networks are too narrow for several vectors of 256 a line. */
#include "test/sim/analysis/analysis_case.h"
#include "test/support/random_trace.h"
#include "test/support/trace_arrays.h"

enum { TIMESTEPS = 5, SAMPLES = 3 };

static const struct sq_trace_population population[] = {
    {"wide", SQ_TRACE_GENERIC, 3, 1100, 2, {3, 1100}, 0, 0},
    {"long", SQ_TRACE_GENERIC, 700, 5, 2, {700, 5}, 0, 0},
    {"both", SQ_TRACE_GENERIC, 300, 290, 2, {300, 290}, 0, 0},
    {"words", SQ_TRACE_GENERIC, 65, 320, 2, {65, 320}, 0, 0},
    {"word", SQ_TRACE_GENERIC, 40, 64, 2, {40, 64}, 0, 0},
};
enum { N_POPULATIONS = sizeof population / sizeof *population };

static const struct sq_trace_plan plan = {.timesteps = TIMESTEPS,
                                          .n_samples = SAMPLES,
                                          .n_populations = N_POPULATIONS,
                                          .population = population};
static struct trace_arrays arrays;
static cJSON *root;

static void set_up(void)
{
    temp_make();
    random_sparse_trace(temp_path("a.db"), &plan, 77, SAMPLES);
    trace_arrays_read(temp_path("a.db"), &arrays);
    char *text = analyze(temp_path("a.db"), NULL, NULL, 1);
    root = cJSON_Parse(text);
    spikeq_free(text);
}

static void tear_down(void)
{
    trace_arrays_free(&arrays);
    cJSON_Delete(root);
    temp_remove();
}

static const cJSON *structure_of(int index)
{
    const cJSON *trace = cJSON_GetArrayItem(cJSON_GetObjectItem(root, "traces"), 0);
    const cJSON *p = cJSON_GetArrayItem(cJSON_GetObjectItem(trace, "populations"), index);
    ck_assert_str_eq(cJSON_GetObjectItem(p, "name")->valuestring, population[index].name);
    return cJSON_GetObjectItem(p, "structure");
}

static int fires(int index, size_t sample, size_t t, size_t row, size_t channel)
{
    const struct trace_array *array = trace_array_find(&arrays, population[index].name);
    const size_t at = row * population[index].n_channels + channel;
    return array->spikes[(t * SAMPLES + sample) * array->n_neurons + at];
}

/* The size of a part along timesteps, rows and channels. */
struct size {
    size_t t, rows, channels;
};

/* Is there a spike in the part of this size that begins here? */
static int has_spike(int index, size_t sample, struct size at, struct size size)
{
    for (size_t t = at.t; t < at.t + size.t && t < TIMESTEPS; t++)
        for (size_t r = at.rows; r < at.rows + size.rows && r < population[index].n_rows; r++)
            for (size_t c = at.channels;
                 c < at.channels + size.channels && c < population[index].n_channels; c++)
                if (fires(index, sample, t, r, c))
                    return 1;
    return 0;
}

/* Parts of this size, and those without a spike. */
static void count_parts(int index, struct size size, double *n, double *zero)
{
    struct size at;
    *n = *zero = 0;
    for (size_t sample = 0; sample < SAMPLES; sample++)
        for (at.t = 0; at.t < TIMESTEPS; at.t += size.t)
            for (at.rows = 0; at.rows < population[index].n_rows; at.rows += size.rows)
                for (at.channels = 0; at.channels < population[index].n_channels;
                     at.channels += size.channels) {
                    *n += 1;
                    *zero += !has_spike(index, sample, at, size);
                }
}

static double number(const cJSON *item, const char *key)
{
    return cJSON_GetObjectItem(item, key)->valuedouble;
}

/* One list: widths `first`, twice that ... up to the first that covers `axis`, or 256. */
static void check_list(int index, const char *name, size_t first, size_t axis,
                       struct size (*part)(size_t width))
{
    const cJSON *list = cJSON_GetObjectItem(structure_of(index), name), *item;
    size_t width = first;
    ck_assert_ptr_nonnull(list);
    cJSON_ArrayForEach(item, list)
    {
        double n, zero;
        count_parts(index, part(width), &n, &zero);
        ck_assert_msg(number(item, "width") == (double)width && number(item, "vectors") == n &&
                          number(item, "zero") == zero && number(item, "zero_share") == zero / n,
                      "%s, %s, width %zu: %g of %g are zero, not %g of %g", population[index].name,
                      name, width, number(item, "zero"), number(item, "vectors"), zero, n);
        width *= 2;
    }
    ck_assert_msg((width / 2 >= axis || width == 512) && (width == 2 * first || width / 4 < axis),
                  "%s, %s ends at width %zu", population[index].name, name, width / 2);
}

static struct size along_channels(size_t width)
{
    return (struct size){1, 1, width};
}

static struct size along_rows(size_t width)
{
    return (struct size){1, width, 1};
}

static struct size tile(size_t width)
{
    return (struct size){1, width, width};
}

static struct size along_time(size_t width)
{
    return (struct size){width, 1, 1};
}

START_TEST(zero_parts_are_counted_right)
{
    const size_t rows = population[_i].n_rows, channels = population[_i].n_channels;
    check_list(_i, "zero_vectors_along_channels", 8, channels, along_channels);
    check_list(_i, "zero_vectors_along_tokens", 8, rows, along_rows);
    check_list(_i, "zero_tiles", 8, rows > channels ? rows : channels, tile);
    check_list(_i, "zero_vectors_along_time", 2, TIMESTEPS, along_time);
}
END_TEST

static size_t events_of(int index, size_t sample, size_t t, size_t row)
{
    size_t n = 0;
    for (size_t c = 0; c < population[index].n_channels; c++)
        n += (size_t)fires(index, sample, t, row, c);
    return n;
}

START_TEST(rows_by_events_are_counted_right)
{
    const cJSON *list = cJSON_GetObjectItem(structure_of(_i), "rows_by_events"), *item;
    double *want = calloc(population[_i].n_channels + 1, sizeof *want), left = 0;
    size_t e = 0;
    for (size_t sample = 0; sample < SAMPLES; sample++)
        for (size_t t = 0; t < TIMESTEPS; t++)
            for (size_t row = 0; row < population[_i].n_rows; row++, left++)
                want[events_of(_i, sample, t, row)]++;
    cJSON_ArrayForEach(item, list)
    {
        ck_assert_uint_le(e, population[_i].n_channels);
        ck_assert_msg(item->valuedouble == want[e], "%s: %g rows of %zu events, not %g",
                      population[_i].name, item->valuedouble, e, want[e]);
        left -= want[e++];
    }
    ck_assert(left == 0);
    free(want);
}
END_TEST

START_TEST(loads_are_counted_right)
{
    const cJSON *list = cJSON_GetObjectItem(structure_of(_i), "load_balance"), *item;
    size_t n_elements = 2;
    cJSON_ArrayForEach(item, list)
    {
        double events = 0, largest = 0;
        for (size_t frame = 0; frame < SAMPLES * TIMESTEPS; frame++) {
            size_t load[64] = {0}, most = 0;
            for (size_t row = 0; row < population[_i].n_rows; row++)
                load[row % n_elements] += events_of(_i, frame / TIMESTEPS, frame % TIMESTEPS, row);
            for (size_t i = 0; i < n_elements; i++) {
                events += (double)load[i];
                most = load[i] > most ? load[i] : most;
            }
            largest += (double)most;
        }
        ck_assert(number(item, "processing_elements") == (double)n_elements);
        ck_assert(number(item, "events") == events);
        ck_assert_msg(number(item, "largest_load_events") == largest, "%s on %zu: %g, not %g",
                      population[_i].name, n_elements, number(item, "largest_load_events"),
                      largest);
        ck_assert(number(item, "utilisation") == events / ((double)n_elements * largest));
        n_elements *= 2;
    }
    ck_assert_uint_eq(n_elements, 128);
}
END_TEST

/* Wide populations have no covariances of channels; their rates are counted another way. */
START_TEST(rates_of_channels_are_counted_right)
{
    const cJSON *trace = cJSON_GetArrayItem(cJSON_GetObjectItem(root, "traces"), 0);
    const cJSON *p = cJSON_GetArrayItem(cJSON_GetObjectItem(trace, "populations"), _i);
    const cJSON *means = cJSON_GetObjectItem(cJSON_GetObjectItem(p, "rate_per_channel"), "mean");
    ck_assert_int_eq(cJSON_GetArraySize(means), (int)population[_i].n_channels);
    for (size_t c = 0; c < population[_i].n_channels; c++) {
        const double n = (double)SAMPLES * TIMESTEPS * population[_i].n_rows;
        double spikes = 0;
        for (size_t frame = 0; frame < SAMPLES * TIMESTEPS; frame++)
            for (size_t row = 0; row < population[_i].n_rows; row++)
                spikes += fires(_i, frame / TIMESTEPS, frame % TIMESTEPS, row, c);
        ck_assert_double_eq_tol(cJSON_GetArrayItem(means, (int)c)->valuedouble, spikes / n, 1e-15);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/analysis structure");
    TCase *structure = tcase_create("structure");
    tcase_set_timeout(structure, 120);
    tcase_add_unchecked_fixture(structure, set_up, tear_down);
    tcase_add_loop_test(structure, zero_parts_are_counted_right, 0, N_POPULATIONS);
    tcase_add_loop_test(structure, rows_by_events_are_counted_right, 0, N_POPULATIONS);
    tcase_add_loop_test(structure, loads_are_counted_right, 0, N_POPULATIONS);
    tcase_add_loop_test(structure, rates_of_channels_are_counted_right, 0, N_POPULATIONS);
    suite_add_tcase(s, structure);
    return s;
}

SQ_TEST_MAIN(suite())
