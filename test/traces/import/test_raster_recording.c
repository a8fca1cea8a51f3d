/* One array as a recording: [T,N] and [B,T,N], transposed, in Fortran order, of any type: the same
 * spikes. */
#include "test/sim/input/temp_files.h"
#include "test/support/bytes.h"
#include "traces/import/recording.h"
#include "traces/import/spike_bits.h"

enum { B = 3, T = 5, N = 67 };

static struct sq_error err;

static int fires(size_t b, size_t t, size_t i)
{
    return (b * 31 + t * 7 + i * 3) % 5 == 0;
}

/* One way to store the spikes. */
static const struct {
    const char *descr;
    int has_batch, is_transposed, is_fortran;
} form[] = {
    {"|b1", 0, 0, 0}, {"<f4", 0, 1, 0}, {">i2", 0, 0, 1}, {"<i8", 0, 1, 1},
    {"<f8", 1, 0, 0}, {"|u1", 1, 1, 0}, {"<f4", 1, 0, 1}, {"|i1", 1, 1, 1},
};

static void put_element(struct bytes *out, const char *descr, int value)
{
    const float f4 = (float)value;
    const double f8 = value;
    if (descr[1] == 'f')
        bytes_put(out, descr[2] == '4' ? (const void *)&f4 : &f8, descr[2] == '4' ? 4 : 8);
    else if (descr[0] == '>')
        bytes_put(out, value ? "\0\1" : "\0\0", 2);
    else
        for (int i = 0; i < descr[2] - '0'; i++)
            bytes_put_u8(out, i == 0 ? (unsigned)value : 0);
}

/* The elements in the order of the file: the axes of `dim`, the last fastest, or the first. */
static const char *make_file(int which)
{
    const int is_transposed = form[which].is_transposed;
    const size_t dim[3] = {form[which].has_batch ? B : 1, is_transposed ? N : T,
                           is_transposed ? T : N};
    struct bytes file = {NULL, 0, 0};
    char header[160], shape[40];
    const int n_batch = form[which].has_batch ? snprintf(shape, sizeof shape, "%d, ", B) : 0;
    snprintf(shape + n_batch, sizeof shape - (size_t)n_batch, "%zu, %zu", dim[1], dim[2]);
    const int n =
        snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }\n",
                 form[which].descr, form[which].is_fortran ? "True" : "False", shape);
    bytes_put(&file, "\x93NUMPY\1\0", 8);
    bytes_put_u16(&file, (unsigned)n);
    bytes_put(&file, header, (size_t)n);
    for (size_t j = 0; j < dim[0] * dim[1] * dim[2]; j++) {
        size_t at[3];
        if (form[which].is_fortran) {
            at[0] = j % dim[0];
            at[1] = j / dim[0] % dim[1];
            at[2] = j / dim[0] / dim[1];
        } else {
            at[2] = j % dim[2];
            at[1] = j / dim[2] % dim[1];
            at[0] = j / dim[2] / dim[1];
        }
        put_element(&file, form[which].descr,
                    fires(at[0], at[is_transposed ? 2 : 1], at[is_transposed ? 1 : 2]));
    }
    const char *path = temp_write("raster.npy", file.data, file.n);
    bytes_free(&file);
    return path;
}

static int open_form(int which, struct sq_recording **out)
{
    const struct sq_recording_want want = {.population = "out",
                                           .is_transposed = form[which].is_transposed};
    return sq_raster_recording_open(&err, make_file(which), &want, out);
}

START_TEST(every_form_holds_the_same_spikes)
{
    const struct sq_trace_population as = {.n_rows = 1, .n_channels = N};
    struct sq_recording *recording;
    struct sq_recorded_sample sample;
    uint64_t bits[T * 2];
    expect_ok(&err, open_form(_i, &recording));
    ck_assert_uint_eq(recording->timesteps, T);
    ck_assert_uint_eq(recording->n_samples, form[_i].has_batch ? B : 1);
    ck_assert_str_eq(recording->population[0].name, "out");
    ck_assert_uint_eq(recording->population[0].dim[0], N);
    for (uint64_t b = 0; b < recording->n_samples; b++) {
        expect_ok(&err, recording->kind->sample(&err, recording, b, &sample));
        ck_assert_uint_eq(sample.id, b);
        expect_ok(&err, recording->kind->spikes(&err, recording, b, 0, &as, bits));
        for (size_t t = 0; t < T; t++)
            for (size_t i = 0; i < N; i++)
                ck_assert_msg(sq_bit_get(bits + t * 2, i) == fires(b, t, i),
                              "sample %d, timestep %d, neuron %d", (int)b, (int)t, (int)i);
    }
    sq_recording_close(recording);
}
END_TEST

static const struct {
    const char *shape, *says;
    size_t bytes;
    int code, is_transposed;
} wrong[] = {
    {"(5,)", "has shape [5], expected [T,N] or [B,T,N]", 5, SQ_ESHAPE, 0},
    {"(1, 2, 2, 2)", "has shape [1,2,2,2], expected [T,N]", 8, SQ_ESHAPE, 0},
    {"(0, 5)", "has shape [0,5], expected [T,N]", 0, SQ_ESHAPE, 0},
    {"(3, 5)", "was it cut off?", 14, SQ_EFORMAT, 0},
    {"(65537, 1)", SQ_OPT "transpose takes it so", 65537, SQ_ESHAPE, 0},
    {"(1, 65537)", "65537 timesteps of 1 neurons", 65537, SQ_ESHAPE, 1},
};

START_TEST(other_shapes_are_refused)
{
    const struct sq_recording_want want = {.population = "out",
                                           .is_transposed = wrong[_i].is_transposed};
    struct bytes file = {NULL, 0, 0};
    struct sq_recording *recording;
    char header[160];
    const int n =
        snprintf(header, sizeof header, "{'descr': '|u1', 'fortran_order': False, 'shape': %s, }\n",
                 wrong[_i].shape);
    bytes_put(&file, "\x93NUMPY\1\0", 8);
    bytes_put_u16(&file, (unsigned)n);
    bytes_put(&file, header, (size_t)n);
    for (size_t i = 0; i < wrong[_i].bytes; i++)
        bytes_put_u8(&file, 0);
    const char *path = temp_write("raster.npy", file.data, file.n);
    bytes_free(&file);
    expect(&err, sq_raster_recording_open(&err, path, &want, &recording), wrong[_i].code,
           wrong[_i].says);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("traces/import/raster");
    TCase *t = tcase_create("raster");
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_loop_test(t, every_form_holds_the_same_spikes, 0, sizeof form / sizeof form[0]);
    tcase_add_loop_test(t, other_shapes_are_refused, 0, sizeof wrong / sizeof wrong[0]);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
