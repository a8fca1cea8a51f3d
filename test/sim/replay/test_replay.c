/* Replay on random tiny networks of the three layouts: from every point the network can be cut at,
 * what is computed equals what was recorded; and a what-if equals brute force, that is, a dense
 * pass in which the population is forced to send what the what-if says. */
#include "sim/api/calls.h"
#include "test/sim/replay/recorded_case.h"
#include "test/support/trace_arrays.h"

#include <math.h>

enum { N_NETWORKS = 12 };

/* Every array of the trace is the dense pass's. */
static void compare_arrays(const struct recorded *r, const char *trace,
                           const struct dense_result *want, const char *what)
{
    struct trace_arrays got;
    trace_arrays_read(trace, &got);
    CASE_UNLESS(&r->c, got.n == want->n_populations, "%s: %zu populations", what, got.n);
    for (size_t i = 0; i < want->n_populations; i++) {
        const struct dense_population *p = &want->population[i];
        const struct trace_array *array = trace_array_find(&got, p->name);
        const size_t n = p->n_neurons * got.timesteps * got.n_samples;
        CASE_UNLESS(&r->c, array->n_neurons == p->n_neurons && got.n_samples == r->c.net.batch,
                    "%s: %s has another size", what, p->name);
        CASE_UNLESS(&r->c, memcmp(array->spikes, p->spikes, n) == 0, "%s: %s differs", what,
                    p->name);
    }
    trace_arrays_free(&got);
}

/* Additions of every synapse but the first convolution and the head, which multiply. */
static void compare_additions(const struct recorded *r, const cJSON *json,
                              const struct dense_result *want, const char *what)
{
    const cJSON *synapse;
    size_t i = 0;
    cJSON_ArrayForEach(synapse, case_member(&r->c, json, "synapses"))
    {
        const struct dense_synapse *dense = &want->synapse[i++];
        if (dense->macs == 0)
            CASE_UNLESS(&r->c, number_of(r, synapse, "additions") == (double)dense->additions,
                        "%s: %s: %g additions, not %" PRIu64, what, dense->name,
                        number_of(r, synapse, "additions"), dense->additions);
    }
    CASE_UNLESS(&r->c, i == want->n_synapses, "%s: %zu synapses", what, i);
}

START_TEST(the_recording_is_the_dense_pass)
{
    struct recorded r;
    open_recorded(&r, 100 + (uint64_t)_i);
    compare_arrays(&r, temp_path("a.db"), &r.want, "recorded");
    close_recorded(&r);
}
END_TEST

static void verify_from(struct recorded *r, const char *const *from, size_t n_from)
{
    struct sq_replay_choices how = {.from = from, .n_from = n_from, .verify = 1};
    int is_equal;
    CASE_DRAW_HOW(&r->c, &how);
    how.input = strcmp(from[0], "input") == 0 ? temp_path("input.npy") : NULL;
    cJSON *json = case_replay(&r->c, temp_path("a.db"), how, &is_equal);
    const cJSON *verify = case_member(&r->c, json, "verify");
    CASE_UNLESS(&r->c, is_equal, "--from %s differs", from[0]);
    CASE_UNLESS(&r->c, number_of(r, verify, "neurons_different") == 0, "--from %s", from[0]);
    CASE_UNLESS(&r->c,
                number_of(r, verify, "frames") ==
                    number_of(r, verify, "populations") * r->c.net.timesteps * r->c.net.batch,
                "--from %s: not all frames were compared", from[0]);
    CASE_UNLESS(&r->c, number_of(r, json, "additions") == number_of(r, json, "additions_recorded"),
                "--from %s: other additions", from[0]);
    compare_additions(r, json, &r->want, from[0]);
    cJSON_Delete(json);
}

START_TEST(from_every_point_it_equals_the_recording)
{
    struct recorded r;
    char block[3][16];
    open_recorded(&r, 200 + (uint64_t)_i);
    verify_from(&r, (const char *const[]){"input"}, 1);
    for (uint32_t i = 0; i <= r.c.net.depth; i++) {
        snprintf(block[i], sizeof block[i], "block.%u", i);
        verify_from(&r, (const char *const[]){block[i]}, 1);
    }
    for (size_t i = 0; i < r.want.n_populations; i++)
        verify_from(&r, (const char *const[]){r.want.population[i].name}, 1);
    verify_from(
        &r, (const char *const[]){"block.0.attn.q_lif", "block.0.attn.k_lif", "block.0.attn.v_lif"},
        3);
    close_recorded(&r);
}
END_TEST

/* Replay into b.db with a change, and hold all of it against a dense pass with this force. */
static void compare_change(struct recorded *r, struct sq_replay_choices how,
                           const struct dense_force *force, const char *what)
{
    struct dense_result want;
    int is_equal;
    CASE_DRAW_HOW(&r->c, &how);
    how.record = (struct sq_trace_choices){.path = temp_path("b.db"), .force = 1};
    cJSON *json = case_replay(&r->c, temp_path("a.db"), how, &is_equal);
    dense_run_forced(&r->c.net, force, 1, &want);
    compare_arrays(r, temp_path("b.db"), &want, what);
    compare_additions(r, json, &want, what);
    cJSON_Delete(json);
    dense_free(&want);
}

/* Begun at the population itself (default), or upstream of it, where its spikes are computed. */
START_TEST(silence_equals_brute_force)
{
    struct recorded r;
    open_recorded(&r, 300 + (uint64_t)_i);
    for (int round = 0; round < 4; round++) {
        const struct dense_population *p = draw_population(&r);
        unsigned char *mask = malloc(p->n_neurons);
        size_t first, end;
        char text[128];
        draw_part(&r, p, text, &first, &end);
        for (size_t i = 0; i < p->n_neurons; i++)
            mask[i] = channel_of(&r, p, i) < first || channel_of(&r, p, i) >= end;
        const char *const silence[] = {text}, *const from[] = {"input"};
        const struct sq_replay_choices how = {.silence = silence,
                                              .n_silence = 1,
                                              .from = from,
                                              .n_from = round % 2,
                                              .input = round % 2 ? temp_path("input.npy") : NULL};
        compare_change(&r, how, &(struct dense_force){p->name, NULL, mask}, text);
        free(mask);
    }
    close_recorded(&r);
}
END_TEST

START_TEST(shift_equals_brute_force)
{
    struct recorded r;
    open_recorded(&r, 400 + (uint64_t)_i);
    const int64_t most = r.c.net.timesteps;
    for (int64_t shift = -most; shift <= most; shift++) {
        const struct dense_population *p = draw_population(&r);
        const size_t slab = p->n_neurons * r.c.net.batch;
        unsigned char *spikes = calloc((size_t)most, slab);
        for (int64_t t = 0; t < most; t++)
            if (t - shift >= 0 && t - shift < most)
                memcpy(spikes + (size_t)t * slab, p->spikes + (size_t)(t - shift) * slab, slab);
        const char *const from[] = {p->name};
        const struct sq_replay_choices how = {.from = from, .n_from = 1, .shift = shift};
        compare_change(&r, how, &(struct dense_force){p->name, spikes, NULL}, p->name);
        free(spikes);
    }
    close_recorded(&r);
}
END_TEST

/* Read what was lost from the new trace: it is a part of what was recorded, and all that follows is
 * what a dense pass makes of it. */
START_TEST(what_drops_make_equals_brute_force)
{
    struct recorded r;
    open_recorded(&r, 500 + (uint64_t)_i);
    for (int round = 0; round < 3; round++) {
        const struct dense_population *p = draw_population(&r);
        const size_t n = p->n_neurons * r.c.net.batch * r.c.net.timesteps;
        const char *const from[] = {p->name};
        struct sq_replay_choices how = {.from = from,
                                        .n_from = 1,
                                        .drop = 0.5,
                                        .seed = (uint64_t)round,
                                        .record = {.path = temp_path("b.db"), .force = 1}};
        struct trace_arrays lost;
        int is_equal;
        cJSON_Delete(case_replay(&r.c, temp_path("a.db"), how, &is_equal));
        trace_arrays_read(temp_path("b.db"), &lost);
        const struct trace_array *sent = trace_array_find(&lost, p->name);
        size_t before = 0, after = 0;
        for (size_t i = 0; i < n; i++) {
            if (sent->spikes[i] > p->spikes[i])
                CASE_UNLESS(&r.c, 0, "--drop made a spike in %s", p->name);
            before += p->spikes[i];
            after += sent->spikes[i];
        }
        /* Half of them, within six standard deviations. */
        const double off = fabs((double)after - 0.5 * (double)before);
        CASE_UNLESS(&r.c, off <= 3 * sqrt((double)before), "%s sends %zu of %zu spikes", p->name,
                    after, before);
        how.record.path = NULL;
        compare_change(&r, how, &(struct dense_force){p->name, sent->spikes, NULL}, p->name);
        trace_arrays_free(&lost);
    }
    close_recorded(&r);
}
END_TEST

/* Theorem: a replay without a change, recorded, is the recording: its digest is the same, wherever
 * it began, the input's events included. */
START_TEST(a_replay_recorded_is_the_recording)
{
    struct recorded r;
    char digest[80];
    open_recorded(&r, 600 + (uint64_t)_i);
    strcpy(digest, case_digest(&r.c, temp_path("a.db")));
    for (int round = 0; round < 4; round++) {
        const char *const from[] = {draw_population(&r)->name};
        struct sq_replay_choices how = {.from = from,
                                        .n_from = 1,
                                        .verify = round % 2,
                                        .record = {.path = temp_path("b.db"), .force = 1}};
        int is_equal;
        CASE_DRAW_HOW(&r.c, &how);
        cJSON_Delete(case_replay(&r.c, temp_path("a.db"), how, &is_equal));
        CASE_UNLESS(&r.c, strcmp(case_digest(&r.c, temp_path("b.db")), digest) == 0,
                    "--from %s gives another digest", from[0]);
    }
    close_recorded(&r);
}
END_TEST

static Suite *replay_suite(void)
{
    Suite *suite = suite_create("sim/replay");
    TCase *tests = tcase_create("replay");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, temp_make, temp_remove);
    tcase_add_loop_test(tests, the_recording_is_the_dense_pass, 0, N_NETWORKS);
    tcase_add_loop_test(tests, from_every_point_it_equals_the_recording, 0, N_NETWORKS);
    tcase_add_loop_test(tests, silence_equals_brute_force, 0, N_NETWORKS);
    tcase_add_loop_test(tests, shift_equals_brute_force, 0, N_NETWORKS);
    tcase_add_loop_test(tests, what_drops_make_equals_brute_force, 0, N_NETWORKS);
    tcase_add_loop_test(tests, a_replay_recorded_is_the_recording, 0, N_NETWORKS);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(replay_suite())
