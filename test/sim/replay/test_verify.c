/* A bit that flipped in a stored frame is found: by its checksum, and where that was made to fit,
 * by
 * --verify, which names sample, timestep, population and coordinates. */
#include "sim/api/calls.h"
#include "sim/replay/playback.h"
#include "test/sim/replay/replay_case.h"
#include "traces/compare/difference.h"
#include "traces/format/checksum.h"
#include "traces/format/schema.h"
#include "traces/format/store.h"

enum { N_NETWORKS = 6 };

/* A place in a trace. */
struct place {
    struct sq_trace_population population;
    uint64_t id, sample, element;
    uint32_t index, timestep;
};

/* Some neuron of a population downstream of the input: a trace of spikes, all samples there. */
static struct place draw_place(struct replay_case *c, const struct sq_trace *trace)
{
    const struct sq_trace_plan *plan = sq_trace_plan_of(trace);
    struct place place = {.sample = sq_rng_below(&c->rng, sq_trace_n_samples(trace)),
                          .timestep = (uint32_t)sq_rng_below(&c->rng, plan->timesteps)};
    do
        place.index = (uint32_t)sq_rng_below(&c->rng, plan->n_populations);
    while (plan->population[place.index].kind == SQ_TRACE_INPUT);
    place.population = plan->population[place.index];
    place.element = sq_rng_below(&c->rng, sq_trace_neurons(&place.population));
    place.id = sq_frame_id(plan, place.sample, place.index, place.timestep);
    return place;
}

/* Put other data into the row of a frame; its checksum may stay what it was. */
static void store_frame(struct replay_case *c, const struct place *place,
                        const struct sq_trace_frame *frame, int keeps_checksum)
{
    struct sq_store store;
    struct sq_error err = {0};
    sqlite3_stmt *update;
    expect_ok(&err, sq_store_open(&err, temp_path("a.db"), SQ_STORE_WRITE, &store));
    expect_ok(&err, sq_store_prepare(&err, &store,
                                     keeps_checksum ? "UPDATE frame SET data = ?2, spikes = ?3, "
                                                      "encoding = ?4, codec = 0 WHERE id = ?1"
                                                    : "UPDATE frame SET data = ?2, spikes = ?3, "
                                                      "encoding = ?4, codec = 0, checksum = ?5 "
                                                      "WHERE id = ?1",
                                     &update));
    sqlite3_bind_int64(update, 1, (sqlite3_int64)place->id);
    sqlite3_bind_blob64(update, 2, frame->data, frame->size, SQLITE_STATIC);
    sqlite3_bind_int64(update, 3, (sqlite3_int64)frame->spikes);
    sqlite3_bind_int(update, 4, frame->encoding);
    if (!keeps_checksum)
        sqlite3_bind_int64(update, 5, sq_checksum_frame(place->id, frame));
    expect_ok(&err, sq_store_run(&err, &store, update, "cannot be written"));
    CASE_UNLESS(c, sqlite3_changes(store.db) == 1, "no such frame");
    sqlite3_finalize(update);
    sq_store_close(&store);
}

/* Flip one neuron of one frame of a.db; *fires: it does so now. */
static struct place flip(struct replay_case *c, int keeps_checksum, int *fires)
{
    struct sq_trace *trace;
    struct sq_trace_frame frame;
    struct sq_error err = {0};
    expect_ok(&err, sq_trace_open(&err, temp_path("a.db"), &trace));
    const struct place place = draw_place(c, trace);
    const struct sq_frame_shape shape = {place.population.n_rows, place.population.n_channels};
    const size_t n_words = (shape.n_channels + 63) / 64, room = sq_frame_bits_bytes(&shape);
    uint64_t *bits = calloc(shape.n_rows, n_words * sizeof *bits);
    unsigned char *scratch = malloc(sq_trace_frame_bytes(&place.population)), *out = malloc(room);
    ck_assert_int_eq(sq_trace_frame(&err, trace, place.sample, place.index, place.timestep, &frame),
                     1);
    expect_ok(&err, sq_trace_decode(&err, &(struct sq_trace_place){"a.db", place.sample},
                                    &place.population, &frame, scratch, bits));
    const uint64_t row = place.element / shape.n_channels,
                   channel = place.element % shape.n_channels;
    uint64_t *word = &bits[row * n_words + channel / 64];
    *word ^= (uint64_t)1 << channel % 64;
    *fires = *word >> channel % 64 & 1;
    frame.spikes = *fires ? frame.spikes + 1 : frame.spikes - 1;
    frame.size = sq_frame_encode(&shape, bits, frame.spikes, &frame.encoding, out);
    frame.data = out;
    frame.codec = SQ_CODEC_NONE;
    sq_trace_close(trace);
    store_frame(c, &place, &frame, keeps_checksum);
    free(out);
    free(scratch);
    free(bits);
    return place;
}

static const char *const from_input[] = {"input"};

START_TEST(a_stale_checksum_names_the_frame)
{
    struct replay_case c;
    char *text, want[512];
    int fires, is_equal;
    case_open(&c, 700 + (uint64_t)_i);
    case_record(&c, temp_path("a.db"));
    const struct place place = flip(&c, 1, &fires);
    const struct sq_replay_choices how = {
        .from = from_input, .n_from = 1, .input = temp_path("input.npy"), .verify = 1};
    CASE_UNLESS(&c, case_try(&c, temp_path("a.db"), how, &text, &is_equal) == SPIKEQ_EFORMAT,
                "not refused");
    snprintf(want, sizeof want,
             "a.db: sample %" PRIu64 ", timestep %u, %s: the frame has a wrong "
             "checksum",
             place.sample, place.timestep, place.population.name);
    CASE_UNLESS(&c, strstr(spikeq_error_text(c.ctx), want) != NULL, "%s, not %s",
                spikeq_error_text(c.ctx), want);
    case_close(&c);
}
END_TEST

/* The replay computes the opposite of what the file says now. */
START_TEST(verify_names_a_neuron_that_fits_its_checksum)
{
    struct replay_case c;
    char want[SQ_DIFFERENCE_TEXT];
    int fires, is_equal;
    case_open(&c, 800 + (uint64_t)_i);
    case_record(&c, temp_path("a.db"));
    const struct place place = flip(&c, 0, &fires);
    const struct sq_difference difference = {.sample = place.sample,
                                             .timestep = place.timestep,
                                             .element = place.element,
                                             .a = !fires,
                                             .b = (uint64_t)fires};
    sq_difference_text(&place.population, &difference, "the replay", temp_path("a.db"), want);
    struct sq_replay_choices how = {
        .from = from_input, .n_from = 1, .input = temp_path("input.npy"), .verify = 1};
    CASE_DRAW_HOW(&c, &how);
    cJSON *json = case_replay(&c, temp_path("a.db"), how, &is_equal);
    const cJSON *verify = case_member(&c, json, "verify");
    const char *first = case_member(&c, verify, "first")->valuestring;
    CASE_UNLESS(&c, !is_equal, "a flipped neuron is equal");
    CASE_UNLESS(&c, strcmp(first, want) == 0, "%s, not %s", first, want);
    CASE_UNLESS(&c, case_member(&c, verify, "neurons_different")->valueint == 1, "not one neuron");
    const cJSON *each = case_member(&c, verify, "neurons_different_per_population");
    CASE_UNLESS(&c, case_member(&c, each, place.population.name)->valueint == 1, "another's");
    cJSON_Delete(json);
    case_close(&c);
}
END_TEST

/* Injected: what follows from it may differ, and the sample is named if so; never another one. */
START_TEST(a_flip_that_is_injected_touches_its_sample_alone)
{
    struct replay_case c;
    int fires, is_equal;
    case_open(&c, 900 + (uint64_t)_i);
    case_record(&c, temp_path("a.db"));
    const struct place place = flip(&c, 0, &fires);
    const char *const from[] = {place.population.name};
    const struct sq_replay_choices how = {.from = from, .n_from = 1, .verify = 1};
    cJSON *json = case_replay(&c, temp_path("a.db"), how, &is_equal);
    const cJSON *verify = case_member(&c, json, "verify");
    const cJSON *first = cJSON_GetObjectItem(verify, "first");
    char want[32];
    snprintf(want, sizeof want, "sample %" PRIu64 ", ", place.sample);
    if (first != NULL)
        CASE_UNLESS(&c, strncmp(first->valuestring, want, strlen(want)) == 0, "%s",
                    first->valuestring);
    CASE_UNLESS(&c, case_member(&c, json, "predictions_changed")->valueint <= 1, "several changed");
    cJSON_Delete(json);
    case_close(&c);
}
END_TEST

static Suite *verify_suite(void)
{
    Suite *suite = suite_create("sim/replay");
    TCase *tests = tcase_create("verify");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, temp_make, temp_remove);
    tcase_add_loop_test(tests, a_stale_checksum_names_the_frame, 0, N_NETWORKS);
    tcase_add_loop_test(tests, verify_names_a_neuron_that_fits_its_checksum, 0, N_NETWORKS);
    tcase_add_loop_test(tests, a_flip_that_is_injected_touches_its_sample_alone, 0, N_NETWORKS);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(verify_suite())
