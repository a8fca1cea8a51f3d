/* Event lists as CSV: every line is a spike at its place, in any order; each error names its line.
 */
#include "test/sim/input/temp_files.h"
#include "traces/import/event_file.h"
#include "traces/import/spike_bits.h"

#define HEADING "sample,timestep,population,index\n"

static struct sq_error err;

static int open_text(const char *text, const struct sq_recording_want *want,
                     struct sq_recording **out)
{
    static const struct sq_recording_want nothing;
    return sq_csv_recording_open(&err, temp_text("x.csv", text), want != NULL ? want : &nothing,
                                 out);
}

/* "sample:timestep.population.index " of every spike, in the recording's order. */
static void list_spikes(struct sq_recording *recording, char *out)
{
    struct sq_recorded_sample sample;
    for (uint64_t i = 0; i < recording->n_samples; i++) {
        expect_ok(&err, recording->kind->sample(&err, recording, i, &sample));
        for (size_t p = 0; p < recording->n_populations; p++) {
            const struct sq_trace_population as = {
                .n_rows = 1, .n_channels = (uint32_t)recording->population[p].dim[0]};
            uint64_t bits[64];
            expect_ok(&err, recording->kind->spikes(&err, recording, i, p, &as, bits));
            for (uint32_t t = 0; t < recording->timesteps; t++)
                for (uint32_t k = 0; k < as.n_channels; k++)
                    if (sq_bit_get(bits + t * sq_spike_words(&as), k))
                        out += sprintf(out, "%llu:%u.%s.%u ", (unsigned long long)sample.id, t,
                                       recording->population[p].name, k);
        }
    }
}

static const struct {
    const char *text, *spikes;
} good[] = {
    {HEADING "0,0,a,3\n", "0:0.a.3 "},
    {HEADING "0,1,b,0\n0,0,a,64\n2,0,b,1\n", "0:1.b.0 0:0.a.64 2:0.b.1 "},
    /* out of order: the same */
    {HEADING "2,0,b,1\n0,0,a,64\n0,1,b,0\n", "0:1.b.0 0:0.a.64 2:0.b.1 "},
    {HEADING "0,1,b,0\n2,0,b,1\n0,0,a,64\n", "0:1.b.0 0:0.a.64 2:0.b.1 "},
    {HEADING "\n7,0,\"a,\"\"b\",3\r\n\r\n", "7:0.a,\"b.3 "},
    {HEADING "0,0,a,3", "0:0.a.3 "},
};

START_TEST(lines_are_spikes)
{
    struct sq_recording *recording;
    char spikes[256] = "";
    expect_ok(&err, open_text(good[_i].text, NULL, &recording));
    list_spikes(recording, spikes);
    ck_assert_str_eq(spikes, good[_i].spikes);
    sq_recording_close(recording);
}
END_TEST

static const struct {
    const char *text;
    int code;
    const char *says;
} bad[] = {
    {"", SQ_EFORMAT, "line 1: expected the heading"},
    {"sample,timestep,population\n", SQ_EFORMAT, "line 1: expected the heading"},
    {HEADING, SQ_EFORMAT, "holds no spike"},
    {HEADING "0,0,a,1\n0,0,a\n", SQ_EFORMAT, "line 3: expected four fields"},
    {HEADING "0,0,a,1,2\n", SQ_EFORMAT, "line 2: expected four fields"},
    {HEADING "0,0,\"a,1\n", SQ_EFORMAT, "line 2: expected four fields"},
    {HEADING "0,0,\"a\"b,1\n", SQ_EFORMAT, "line 2: expected four fields"},
    {HEADING "x,0,a,1\n", SQ_EVALUE, "line 2: sample is \"x\""},
    {HEADING "-1,0,a,1\n", SQ_EVALUE, "line 2: sample is \"-1\""},
    {HEADING "9223372036854775808,0,a,1\n", SQ_EVALUE, "line 2: sample is"},
    {HEADING "0,1.5,a,1\n", SQ_EVALUE, "line 2: timestep is \"1.5\""},
    {HEADING "0,65536,a,1\n", SQ_EVALUE, "line 2: timestep is \"65536\""},
    {HEADING "0,0,a,1073741824\n", SQ_EVALUE, "line 2: index is \"1073741824\""},
    {HEADING "0,0,a,nan\n", SQ_EVALUE, "line 2: index is \"nan\""},
    {HEADING "0,0,,1\n", SQ_EFORMAT, "line 2: \"\" is not a population name"},
    {HEADING "0,0,../a,1\n", SQ_EFORMAT, "line 2: \"../a\" is not a population name"},
    {HEADING "0,0,a,1\n0,0,a,1\n", SQ_EVALUE, "line 3: a: neuron 1 fires twice"},
    {HEADING "1,0,a,1\n0,0,a,1\n1,0,a,1\n", SQ_EVALUE, "line 4: a: neuron 1 fires twice"},
};

START_TEST(errors_name_their_line)
{
    struct sq_recording *recording = NULL;
    struct sq_recorded_sample sample;
    int status = open_text(bad[_i].text, NULL, &recording);
    if (status == SQ_OK) {
        status = recording->kind->sample(&err, recording, 0, &sample);
        sq_recording_close(recording);
    }
    expect(&err, status, bad[_i].code, bad[_i].says);
}
END_TEST

START_TEST(what_is_known_bounds_the_lines)
{
    static const struct sq_recording_size size[] = {{"a", 4, 0}, {"c", 2, 1}};
    static const struct sq_recording_want want = {
        .timesteps = 3, .n_sizes = 2, .sizes = size, .closed = 1};
    const struct sq_trace_population as = {.n_rows = 1, .n_channels = 2};
    struct sq_recording *recording;
    struct sq_recorded_sample sample;
    uint16_t value[6];
    expect(&err, open_text(HEADING "0,3,a,1\n", &want, &recording), SQ_EVALUE, "from 0 to 2");
    expect(&err, open_text(HEADING "0,0,a,4\n", &want, &recording), SQ_EVALUE, "from 0 to 3");
    expect(&err, open_text(HEADING "0,0,b,0\n", &want, &recording), SQ_EVALUE,
           "line 2: the network has no population b");
    expect_ok(&err, open_text(HEADING "0,1,c,0\n0,1,c,0\n0,2,c,1\n", &want, &recording));
    ck_assert_uint_eq(recording->timesteps, 3);
    expect_ok(&err, recording->kind->sample(&err, recording, 0, &sample));
    expect_ok(&err, recording->kind->values(&err, recording, 0, 0, &as, value));
    ck_assert_mem_eq(value, ((uint16_t[6]){0, 0, 2, 0, 0, 1}), sizeof value);
    sq_recording_close(recording);
}
END_TEST

/* A file that changes between its two readings is refused, whatever it says then. */
START_TEST(a_file_that_changes_is_refused)
{
    static const char *const then[] = {HEADING "0,0,a,1\n0,0,a,9\n", HEADING "0,0,a,1\n0,9,a,1\n",
                                       HEADING "0,0,a,1\n0,0,b,1\n", HEADING};
    struct sq_recording *recording;
    struct sq_recorded_sample sample;
    expect_ok(&err, open_text(HEADING "0,0,a,1\n1,0,a,1\n", NULL, &recording));
    struct sq_event_file file = {.recording = recording, .file = fopen(temp_path("x.csv"), "r+")};
    fputs(then[_i], file.file);
    ck_assert_int_eq(ftruncate(fileno(file.file), (off_t)strlen(then[_i])), 0);
    fclose(file.file);
    int status = recording->kind->sample(&err, recording, 0, &sample);
    if (status == SQ_OK)
        status = recording->kind->sample(&err, recording, 1, &sample);
    sq_recording_close(recording);
    (void)status; /* buffered lines may still be the old ones: no overrun is what counts */
}
END_TEST

START_TEST(long_lines_are_refused)
{
    char text[2048] = HEADING "0,0,";
    struct sq_recording *recording;
    memset(text + strlen(text), 'a', 1000);
    expect(&err, open_text(text, NULL, &recording), SQ_EFORMAT, "line 2: is longer than");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("traces/import/csv");
    TCase *t = tcase_create("csv");
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_loop_test(t, lines_are_spikes, 0, sizeof good / sizeof good[0]);
    tcase_add_loop_test(t, errors_name_their_line, 0, sizeof bad / sizeof bad[0]);
    tcase_add_test(t, what_is_known_bounds_the_lines);
    tcase_add_loop_test(t, a_file_that_changes_is_refused, 0, 4);
    tcase_add_test(t, long_lines_are_refused);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
