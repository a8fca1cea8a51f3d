/* spikeq_trace_...(): spikes of a trace by number are those that were written, in the order of the
 * PyTorch module's array, in whatever type and order they are asked for. */
#include "sim/spikeq.h"

#include "test/support/tiny_trace.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { N_SAMPLES = 5, SEED = 11, MOST = TINY_TIMESTEPS * TINY_MAX_NEURONS };

static char path[] = "/tmp/spikeq-trace-XXXXXX";
static spikeq_ctx *ctx;
static spikeq_trace *trace;

static void make(void)
{
    strcpy(path + sizeof path - 7, "XXXXXX");
    const int file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    close(file);
    unlink(path);
    tiny_trace(path, NULL, SEED, N_SAMPLES);
    ck_assert_int_eq(spikeq_ctx_new(&ctx), SPIKEQ_OK);
    ck_assert_int_eq(spikeq_trace_open(ctx, path, &trace), SPIKEQ_OK);
}

static void unmake(void)
{
    spikeq_trace_close(trace);
    spikeq_ctx_free(ctx);
    unlink(path);
}

/* What was written, [T][neurons], by the definition of tiny_trace.h; the number of neurons. */
static size_t wanted(uint64_t sample, uint32_t p, uint16_t *out)
{
    const struct sq_trace_population *population = &tiny_plan()->population[p];
    const size_t neurons = (size_t)sq_trace_neurons(population);
    const uint32_t rows = population->n_rows, channels = population->n_channels;
    for (uint32_t t = 0; t < TINY_TIMESTEPS; t++, out += neurons) {
        uint64_t bits[TINY_MAX_NEURONS];
        uint16_t value[TINY_MAX_NEURONS];
        if (population->kind == SQ_TRACE_INPUT)
            tiny_values(SEED, sample, t, value);
        else
            tiny_bits(SEED, sample, p, t, bits);
        for (uint32_t r = 0; r < rows; r++)
            for (uint32_t c = 0; c < channels; c++) {
                const size_t to = population->channels_first ? c * rows + r : r * channels + c;
                const size_t words = (channels + 63) / 64;
                out[to] = population->kind == SQ_TRACE_INPUT
                              ? value[r * channels + c]
                              : bits[r * words + c / 64] >> c % 64 & 1;
            }
    }
    return neurons;
}

static int is_input(uint32_t p)
{
    return tiny_plan()->population[p].kind == SQ_TRACE_INPUT;
}

START_TEST(spikes_are_those_that_were_written)
{
    static uint16_t want[MOST], got[MOST];
    static unsigned char byte[MOST], bit[MOST];
    for (uint64_t s = N_SAMPLES; s-- > 0;)
        for (uint32_t p = 0; p < TINY_POPULATIONS; p++) {
            const size_t n = wanted(s, p, want), row = (n + 7) / 8;
            size_t needed;
            ck_assert_int_eq(spikeq_trace_spikes(ctx, trace, s, p, SPIKEQ_U16, NULL, 0, &needed),
                             0);
            ck_assert_uint_eq(needed, 2 * n * TINY_TIMESTEPS);
            ck_assert_int_eq(
                spikeq_trace_spikes(ctx, trace, s, p, SPIKEQ_U16, got, sizeof got, NULL), 0);
            ck_assert_mem_eq(got, want, needed);
            const int status =
                spikeq_trace_spikes(ctx, trace, s, p, SPIKEQ_U8, byte, sizeof byte, NULL);
            ck_assert_int_eq(status, is_input(p) ? SPIKEQ_EUNSUPPORTED : SPIKEQ_OK);
            ck_assert_int_eq(
                spikeq_trace_spikes(ctx, trace, s, p, SPIKEQ_BITS, bit, sizeof bit, NULL), status);
            for (size_t i = 0; !is_input(p) && i < n * TINY_TIMESTEPS; i++) {
                ck_assert_uint_eq(byte[i], want[i]);
                ck_assert_uint_eq(bit[i / n * row + i % n / 8] >> i % n % 8 & 1, want[i]);
            }
        }
}
END_TEST

START_TEST(samples_come_in_order_while_spikes_are_read)
{
    static uint16_t room[MOST];
    float logits[TINY_CLASSES];
    struct spikeq_trace_sample sample = {.size = sizeof sample};
    ck_assert_int_eq(spikeq_trace_seek(ctx, trace, 1), SPIKEQ_OK);
    for (uint64_t s = 1; s < N_SAMPLES; s++) {
        ck_assert_int_eq(spikeq_trace_next(ctx, trace, &sample), SPIKEQ_OK);
        ck_assert_uint_eq(sample.number, s);
        tiny_logits(SEED, s, logits);
        ck_assert_uint_eq(sample.n_logits, TINY_CLASSES);
        ck_assert_mem_eq(sample.logits, logits, sizeof logits);
        ck_assert_int_eq(spikeq_trace_spikes(ctx, trace, 0, 1, SPIKEQ_U16, room, sizeof room, NULL),
                         SPIKEQ_OK);
    }
    ck_assert_int_eq(spikeq_trace_next(ctx, trace, &sample), SPIKEQ_EAGAIN);
}
END_TEST

START_TEST(a_shorter_struct_is_written_as_far_as_it_goes)
{
    struct spikeq_trace_info info;
    memset(&info, 0x5a, sizeof info);
    info.size = offsetof(struct spikeq_trace_info, n_samples);
    ck_assert_int_eq(spikeq_trace_describe(trace, &info), SPIKEQ_OK);
    ck_assert_uint_eq(info.timesteps, TINY_TIMESTEPS);
    ck_assert_uint_eq(info.n_samples, 0x5a5a5a5a5a5a5a5a);
    info.size = sizeof info;
    ck_assert_int_eq(spikeq_trace_describe(trace, &info), SPIKEQ_OK);
    ck_assert_uint_eq(info.n_samples, N_SAMPLES);
    ck_assert_uint_eq(info.n_populations, TINY_POPULATIONS);
    ck_assert(info.has_spikes && info.is_complete);
    struct spikeq_population_info population = {.size = sizeof population};
    ck_assert_int_eq(spikeq_trace_population(trace, 1, &population), SPIKEQ_OK);
    ck_assert_str_eq(population.name, "a.proj_lif");
    ck_assert_uint_eq(population.n_dims, 3);
    ck_assert_uint_eq(population.dim[1], 8);
    ck_assert_int_eq(spikeq_trace_population(trace, TINY_POPULATIONS, &population), SPIKEQ_EUSAGE);
}
END_TEST

START_TEST(wrong_calls_are_refused)
{
    unsigned char room[1];
    ck_assert_int_eq(spikeq_trace_spikes(ctx, trace, 0, 99, SPIKEQ_U8, room, 1, NULL),
                     SPIKEQ_EUSAGE);
    ck_assert_int_eq(spikeq_trace_spikes(ctx, trace, 0, 1, SPIKEQ_U8, room, 1, NULL),
                     SPIKEQ_ESHAPE);
    ck_assert_int_eq(spikeq_trace_spikes(ctx, trace, 0, 1, SPIKEQ_F32, room, 1, NULL),
                     SPIKEQ_EUNSUPPORTED);
    static uint16_t all[MOST];
    ck_assert_int_eq(spikeq_trace_spikes(ctx, trace, 9, 1, SPIKEQ_U16, all, sizeof all, NULL),
                     SPIKEQ_EVALUE);
    ck_assert_ptr_nonnull(strstr(spikeq_error_text(ctx), path));
    ck_assert_int_eq(
        spikeq_trace_spikes(ctx, trace, UINT64_MAX, 1, SPIKEQ_U16, all, sizeof all, NULL),
        SPIKEQ_EVALUE);
    spikeq_trace *none = NULL;
    ck_assert_int_eq(spikeq_trace_open(ctx, "/dev/null", &none), SPIKEQ_EFORMAT);
    ck_assert_ptr_null(none);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/api");
    TCase *tcase = tcase_create("trace spikes");
    tcase_add_checked_fixture(tcase, make, unmake);
    tcase_add_test(tcase, spikes_are_those_that_were_written);
    tcase_add_test(tcase, samples_come_in_order_while_spikes_are_read);
    tcase_add_test(tcase, a_shorter_struct_is_written_as_far_as_it_goes);
    tcase_add_test(tcase, wrong_calls_are_refused);
    suite_add_tcase(s, tcase);
    return s;
}

SQ_TEST_MAIN(suite())
