/* SLAYER's 1-D spike files: 16 bits of neuron, a bit of polarity, 23 bits of time in us. */
#include "test/sim/input/temp_files.h"
#include "test/support/bytes.h"
#include "traces/import/recording.h"
#include "traces/import/spike_bits.h"

static struct sq_error err;

struct spike {
    unsigned neuron, is_on, t_us;
};

static const char *make_file(const struct spike *spike, size_t n, size_t cut)
{
    struct bytes file = {NULL, 0, 0};
    for (size_t i = 0; i < n; i++) {
        bytes_put_u8(&file, spike[i].neuron >> 8);
        bytes_put_u8(&file, spike[i].neuron & 255);
        bytes_put_u8(&file, spike[i].is_on << 7 | spike[i].t_us >> 16);
        bytes_put_u8(&file, spike[i].t_us >> 8 & 255);
        bytes_put_u8(&file, spike[i].t_us & 255);
    }
    const char *path = temp_write("x.bs1", file.data, file.n - cut);
    bytes_free(&file);
    return path;
}

static const struct sq_recording_want by_ms = {.dt_ms = 1};

/* In any order; 2,100,000 us needs more than 16 bits, and every time shares its bytes with the
 * polarity. */
static const struct spike one_polarity[] = {
    {3, 1, 2999}, {300, 1, 0}, {3, 1, 2100000}, {7, 1, 3000}};

START_TEST(times_and_neurons)
{
    const struct sq_trace_population as = {.n_rows = 1, .n_channels = 301};
    struct sq_recording *recording;
    struct sq_recorded_sample sample;
    static uint64_t bits[2101 * 5];
    enum sq_recording_format format;
    const char *path = make_file(one_polarity, 4, 0);
    expect_ok(&err, sq_recording_format_of(&err, path, &format));
    ck_assert_int_eq(format, SQ_RECORDING_SLAYER);
    expect_ok(&err, sq_recording_open(&err, path, format, &by_ms, &recording));
    ck_assert_uint_eq(recording->timesteps, 2101);
    ck_assert_uint_eq(recording->n_samples, 1);
    ck_assert_str_eq(recording->population[0].name, "spikes");
    ck_assert_uint_eq(recording->population[0].n_dims, 1);
    ck_assert_uint_eq(recording->population[0].dim[0], 301);
    expect_ok(&err, recording->kind->sample(&err, recording, 0, &sample));
    expect_ok(&err, recording->kind->spikes(&err, recording, 0, 0, &as, bits));
    ck_assert_uint_eq(sq_popcount(bits, 2101 * 5), 4);
    ck_assert(sq_bit_get(bits + 5 * 2, 3) && sq_bit_get(bits, 300) &&
              sq_bit_get(bits + 5 * 2100, 3) && sq_bit_get(bits + 5 * 3, 7));
    sq_recording_close(recording);
}
END_TEST

/* Both polarities are channels, OFF first; the same neuron may fire in both. */
START_TEST(two_polarities)
{
    static const struct spike spike[] = {{2, 1, 10}, {2, 0, 20}, {0, 0, 1500}};
    const struct sq_recording_want want = {.dt_ms = 0.5, .population = "in", .timesteps = 4};
    const struct sq_trace_population as = {.n_rows = 1, .n_channels = 6};
    struct sq_recording *recording;
    struct sq_recorded_sample sample;
    uint64_t bits[4];
    expect_ok(&err, sq_slayer_recording_open(&err, make_file(spike, 3, 0), &want, &recording));
    ck_assert_uint_eq(recording->timesteps, 4);
    ck_assert_uint_eq(recording->population[0].n_dims, 2);
    ck_assert_uint_eq(recording->population[0].dim[0], 2);
    ck_assert_uint_eq(recording->population[0].dim[1], 3);
    expect_ok(&err, recording->kind->sample(&err, recording, 0, &sample));
    expect_ok(&err, recording->kind->spikes(&err, recording, 0, 0, &as, bits));
    ck_assert_uint_eq(bits[0], 1u << 2 | 1u << 5);
    ck_assert_uint_eq(bits[1] | bits[2], 0);
    ck_assert_uint_eq(bits[3], 1);
    sq_recording_close(recording);
}
END_TEST

START_TEST(known_sizes_are_kept)
{
    const struct sq_recording_size sizes[] = {{"spikes", 400, 0}, {"spikes", 300, 0}};
    struct sq_recording_want want = {.dt_ms = 1, .n_sizes = 1, .sizes = &sizes[0]};
    struct sq_recording *recording;
    expect_ok(&err,
              sq_slayer_recording_open(&err, make_file(one_polarity, 4, 0), &want, &recording));
    ck_assert_uint_eq(recording->population[0].dim[0], 400);
    sq_recording_close(recording);
    want.sizes = &sizes[1];
    expect(&err, sq_slayer_recording_open(&err, make_file(one_polarity, 4, 0), &want, &recording),
           SQ_EVALUE, "neuron 300, but spikes has 300 neurons");
}
END_TEST

START_TEST(what_is_wrong_is_said)
{
    static const struct spike twice[] = {{5, 1, 100}, {5, 1, 900}};
    const struct sq_recording_want short_want = {.dt_ms = 1, .timesteps = 2};
    struct sq_recording *recording;
    expect(&err, sq_slayer_recording_open(&err, make_file(twice, 2, 0), &by_ms, &recording),
           SQ_EVALUE, "neuron 5 fires twice at sample 0, timestep 0; " SQ_OPT "dt gives a shorter");
    expect(&err, sq_slayer_recording_open(&err, make_file(one_polarity, 4, 2), &by_ms, &recording),
           SQ_EFORMAT, "ends within a record of 5 bytes; was it cut off?");
    expect(&err, sq_slayer_recording_open(&err, temp_text("x.bs1", ""), &by_ms, &recording),
           SQ_EFORMAT, "holds no spike");
    expect(&err,
           sq_slayer_recording_open(&err, make_file(one_polarity, 4, 0), &short_want, &recording),
           SQ_EVALUE,
           "a spike at 2999 us is timestep 2 of 2 at most; " SQ_OPT "dt gives a longer one");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("traces/import/slayer");
    TCase *t = tcase_create("slayer");
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_test(t, times_and_neurons);
    tcase_add_test(t, two_polarities);
    tcase_add_test(t, known_sizes_are_kept);
    tcase_add_test(t, what_is_wrong_is_said);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
