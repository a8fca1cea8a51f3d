/* Events of a selection: which frames, in what order, with what indices. */
#include "kernels/base/bits.h"
#include "test/support/tiny_trace.h"
#include "traces/read/trace_events.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/spikeq-events-XXXXXX", path[64];
static struct sq_trace *trace;
static struct sq_event_reader *reader;
static struct sq_error err;

enum { SEED = 11, N_SAMPLES = 6 };

static void open_tiny(void)
{
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.db", folder);
    tiny_trace(path, NULL, SEED, N_SAMPLES);
    ck_assert_int_eq(sq_trace_open(&err, path, &trace), SQ_OK);
    reader = NULL;
}

static void close_tiny(void)
{
    sq_event_reader_close(reader);
    sq_trace_close(trace);
    unlink(path);
    rmdir(folder);
}

static int begin(const char *globs, uint64_t first, uint64_t end, enum sq_event_order order)
{
    return sq_event_reader_open(&err, trace, globs, &(struct sq_range){first, end}, order, &reader);
}

/* Theorem: the events are the nonzeros of the module's array, element by element. */
static void check_frame(const struct sq_frame_events *events)
{
    const struct sq_trace_population *p = &tiny_plan()->population[events->population];
    uint64_t bits[TINY_MAX_NEURONS];
    uint16_t value[TINY_MAX_NEURONS];
    size_t n = 0;
    if (p->kind == SQ_TRACE_INPUT)
        tiny_values(SEED, events->sample, events->timestep, value);
    else
        tiny_bits(SEED, events->sample, events->population, events->timestep, bits);
    ck_assert_int_eq(events->value != NULL, p->kind == SQ_TRACE_INPUT);
    for (uint32_t i = 0; i < p->n_rows * p->n_channels; i++) {
        const uint32_t row = p->channels_first ? i % p->n_rows : i / p->n_channels;
        const uint32_t channel = p->channels_first ? i / p->n_rows : i % p->n_channels;
        const int want = p->kind == SQ_TRACE_INPUT
                             ? value[row * p->n_channels + channel]
                             : sq_bit_get(bits + row * sq_words_for(p->n_channels), channel);
        if (want == 0)
            continue;
        ck_assert_uint_lt(n, events->n);
        ck_assert_uint_eq(events->index[n], i);
        if (events->value != NULL)
            ck_assert_int_eq(events->value[n], want);
        n++;
    }
    ck_assert_uint_eq(n, events->n);
}

START_TEST(every_frame_comes_in_order)
{
    const int by_time = _i == SQ_EVENTS_BY_TIME;
    struct sq_frame_events events;
    ck_assert_int_eq(begin(NULL, 0, INT64_MAX, (enum sq_event_order)_i), SQ_OK);
    for (uint64_t s = 0; s < N_SAMPLES; s++)
        for (uint32_t i = 0; i < TINY_POPULATIONS * TINY_TIMESTEPS; i++) {
            ck_assert_int_eq(sq_event_reader_next(&err, reader, &events), 1);
            ck_assert_uint_eq(events.sample, s);
            ck_assert_uint_eq(events.population,
                              by_time ? i % TINY_POPULATIONS : i / TINY_TIMESTEPS);
            ck_assert_uint_eq(events.timestep, by_time ? i / TINY_POPULATIONS : i % TINY_TIMESTEPS);
            check_frame(&events);
        }
    ck_assert_int_eq(sq_event_reader_next(&err, reader, &events), 0);
}
END_TEST

START_TEST(a_selection_holds_what_was_asked_for)
{
    struct sq_frame_events events;
    ck_assert_int_eq(begin("b.*,c", 2, 4, SQ_EVENTS_BY_POPULATION), SQ_OK);
    const struct sq_selection *selection = sq_event_reader_selection(reader);
    ck_assert_uint_eq(selection->n_samples, 2);
    ck_assert_uint_eq(selection->sample[1], 3);
    ck_assert_uint_eq(selection->n_populations, 2);
    ck_assert_uint_eq(selection->population[0], 2);
    size_t n = 0;
    for (; sq_event_reader_next(&err, reader, &events) == 1; n++)
        check_frame(&events);
    ck_assert_uint_eq(n, 2 * 2 * TINY_TIMESTEPS);
}
END_TEST

START_TEST(nothing_selected_is_refused)
{
    ck_assert_int_eq(begin("x*", 0, INT64_MAX, SQ_EVENTS_BY_TIME), SQ_EVALUE);
    ck_assert_ptr_nonnull(strstr(err.text, "none of its 4 populations matches x*"));
    ck_assert_int_eq(begin(NULL, 6, 9, SQ_EVENTS_BY_TIME), SQ_EVALUE);
    ck_assert_ptr_nonnull(strstr(err.text, "holds no sample numbered 6 to 8"));
}
END_TEST

/* A trace whose samples have no frames of kind `input`. */
static void write_without_input(void)
{
    struct sq_trace_plan plan = *tiny_plan();
    plan.detail = SQ_TRACE_SPIKES;
    struct sq_trace_writer *writer;
    uint64_t bits[TINY_MAX_NEURONS] = {0};
    unsigned char none[1] = {0};
    struct sq_trace_frame frame[TINY_POPULATIONS * TINY_TIMESTEPS];
    size_t n = 0;
    uint8_t encoding;
    const struct sq_frame_shape shape = {7, 100};
    sq_frame_encode(&shape, bits, 0, &encoding, none);
    for (uint32_t p = 1; p < TINY_POPULATIONS; p++)
        for (uint32_t t = 0; t < TINY_TIMESTEPS; t++)
            frame[n++] = (struct sq_trace_frame){
                .population = p, .timestep = t, .encoding = encoding, .data = none};
    sq_trace_close(trace);
    ck_assert_int_eq(sq_trace_create(&err, path, &plan, 1, &writer), SQ_OK);
    const struct sq_trace_sample sample = {.id = 0, .label = -1, .prediction = -1};
    ck_assert_msg(sq_trace_put(&err, writer, &sample, frame, n) == SQ_OK, "%s", err.text);
    ck_assert_int_eq(sq_trace_finish(&err, writer), SQ_OK);
    sq_trace_writer_free(writer);
    ck_assert_int_eq(sq_trace_open(&err, path, &trace), SQ_OK);
}

START_TEST(an_input_that_was_not_recorded_is_left_out)
{
    struct sq_frame_events events;
    write_without_input();
    ck_assert_int_eq(begin(NULL, 0, INT64_MAX, SQ_EVENTS_BY_TIME), SQ_OK);
    ck_assert_uint_eq(sq_event_reader_selection(reader)->n_populations, TINY_POPULATIONS - 1);
    ck_assert_int_eq(sq_event_reader_next(&err, reader, &events), 1);
    ck_assert_uint_eq(events.n, 0);
    sq_event_reader_close(reader);
    ck_assert_int_eq(begin("input", 0, INT64_MAX, SQ_EVENTS_BY_TIME), SQ_OK);
    ck_assert_int_eq(sq_event_reader_next(&err, reader, &events), SQ_EUNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(err.text, "sample 0, timestep 0, input: was no frame of whole"));
}
END_TEST

START_TEST(counts_have_no_events)
{
    struct sq_trace_plan plan = *tiny_plan();
    plan.detail = SQ_TRACE_COUNTS;
    sq_trace_close(trace);
    tiny_trace(path, &plan, SEED, 1);
    ck_assert_int_eq(sq_trace_open(&err, path, &trace), SQ_OK);
    ck_assert_int_eq(begin(NULL, 0, INT64_MAX, SQ_EVENTS_BY_TIME), SQ_EUNSUPPORTED);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("traces/read");
    TCase *events = tcase_create("events");
    tcase_add_checked_fixture(events, open_tiny, close_tiny);
    tcase_add_loop_test(events, every_frame_comes_in_order, 0, 2);
    tcase_add_test(events, a_selection_holds_what_was_asked_for);
    tcase_add_test(events, nothing_selected_is_refused);
    tcase_add_test(events, an_input_that_was_not_recorded_is_left_out);
    tcase_add_test(events, counts_have_no_events);
    suite_add_tcase(s, events);
    return s;
}

SQ_TEST_MAIN(suite())
