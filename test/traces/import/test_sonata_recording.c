/* SONATA spike files, made here by the HDF5 library itself. */
#include "kernels/base/warnings.h"
#include "test/sim/input/temp_files.h"
#include "traces/import/recording.h"
#include "traces/import/spike_bits.h"

#include <hdf5.h>
#include <math.h>

static struct sq_error err;

static void put_numbers(hid_t group, const char *name, hid_t type, hsize_t n, const void *data)
{
    const hid_t space = H5Screate_simple(1, &n, NULL);
    const hid_t set = H5Dcreate2(group, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert_int_ge(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), 0);
    H5Dclose(set);
    H5Sclose(space);
}

static void put_text(hid_t object, const char *name, const char *text)
{
    const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, strlen(text));
    const hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert_int_ge(H5Awrite(attribute, type, text), 0);
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
}

static void put_attribute(hid_t object, const char *name, hsize_t n, const uint64_t *number)
{
    const hid_t space = H5Screate_simple(1, &n, NULL);
    const hid_t attribute =
        H5Acreate2(object, name, H5T_STD_U64LE, space, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert_int_ge(H5Awrite(attribute, H5T_NATIVE_UINT64, number), 0);
    H5Aclose(attribute);
    H5Sclose(space);
}

/* What a file of one population "v1" holds; units NULL: no such attribute. */
struct example {
    size_t n, n_ids;
    double timestamp[8];
    int64_t id[8];
    const char *units;
};

static const char *make_file(const struct example *e)
{
    const char *path = temp_path("x.h5");
    const hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t spikes = H5Gcreate2(file, "spikes", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t v1 = H5Gcreate2(spikes, "v1", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    put_text(v1, "sorting", "by_time");
    put_numbers(v1, "timestamps", H5T_NATIVE_DOUBLE, e->n, e->timestamp);
    put_numbers(v1, "node_ids", H5T_NATIVE_INT64, e->n_ids, e->id);
    const hid_t times = H5Dopen2(v1, "timestamps", H5P_DEFAULT);
    if (e->units != NULL)
        put_text(times, "units", e->units);
    H5Dclose(times);
    H5Gclose(v1);
    H5Gclose(spikes);
    H5Fclose(file);
    return path;
}

/* A recording is one file: neither links to others nor data elsewhere are followed. */
START_TEST(other_files_are_not_followed)
{
    const struct example e = {2, 2, {0, 1}, {0, 1}, NULL};
    static const char name[] = "/spikes/v1/node_ids";
    static char other[4096];
    snprintf(other, sizeof other, "%s", temp_path("other.h5"));
    ck_assert_int_eq(rename(make_file(&e), other), 0);
    for (int kind = 0; kind < 3; kind++) {
        const hsize_t n = 2;
        struct sq_recording *recording = NULL;
        const char *path = make_file(&e);
        const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
        const hid_t list = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(1, &n, NULL);
        H5Ldelete(file, name, H5P_DEFAULT);
        H5Pset_external(list, other, 0, 16);
        if (kind == 0)
            H5Lcreate_external(other, name, file, name, H5P_DEFAULT, H5P_DEFAULT);
        else if (kind == 1)
            H5Lcreate_soft("/spikes/v1/timestamps", file, name, H5P_DEFAULT, H5P_DEFAULT);
        else
            H5Dclose(H5Dcreate2(file, name, H5T_STD_I64LE, space, H5P_DEFAULT, list, H5P_DEFAULT));
        H5Pclose(list);
        H5Sclose(space);
        H5Fclose(file);
        const struct sq_recording_want want = {.dt_ms = 1};
        ck_assert_int_eq(sq_sonata_recording_open(&err, path, &want, &recording), SQ_EFORMAT);
        ck_assert_ptr_nonnull(strstr(err.text, "node_ids is missing, or not a dataset"));
    }
}
END_TEST

static int open_file(const struct example *e, const struct sq_recording_want *want,
                     struct sq_recording **out)
{
    return sq_sonata_recording_open(&err, make_file(e), want, out);
}

static const struct sq_recording_want by_ms = {.dt_ms = 1};

START_TEST(timestamps_are_binned)
{
    /* not sorted; 3 * 0.1 is a little less than timestep 3 */
    const struct example e = {4, 4, {1.25, 0.3, 0.1 * 3, 0}, {2, 0, 70, 1}, "ms"};
    const struct sq_recording_want want = {.dt_ms = 0.1};
    const struct sq_trace_population as = {.n_rows = 1, .n_channels = 71};
    struct sq_recording *recording;
    struct sq_recorded_sample sample;
    uint64_t bits[26];
    expect_ok(&err, open_file(&e, &want, &recording));
    ck_assert_uint_eq(recording->timesteps, 13);
    ck_assert_uint_eq(recording->n_samples, 1);
    ck_assert_uint_eq(recording->population[0].dim[0], 71);
    expect_ok(&err, recording->kind->sample(&err, recording, 0, &sample));
    expect_ok(&err, recording->kind->spikes(&err, recording, 0, 0, &as, bits));
    ck_assert_uint_eq(sq_popcount(bits, 26), 4);
    ck_assert_int_eq(sq_bit_get(bits + 2 * 12, 2) + sq_bit_get(bits + 2 * 3, 0) +
                         sq_bit_get(bits + 2 * 3, 70) + sq_bit_get(bits, 1),
                     4);
    sq_recording_close(recording);
}
END_TEST

enum { MANY = 60000 };

/* k * 0.1 ms as float32 is timestep k, on whatever side of the edge it was rounded to. */
START_TEST(float32_times_belong_to_their_edge)
{
    static float timestamp[MANY];
    static int64_t id[MANY];
    static uint64_t bits[MANY];
    const struct sq_recording_want want = {.dt_ms = 0.1};
    const struct sq_trace_population as = {.n_rows = 1, .n_channels = 64};
    const char *path = temp_path("x.h5");
    const hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t spikes = H5Gcreate2(file, "spikes", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t v1 = H5Gcreate2(spikes, "v1", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    struct sq_recording *recording;
    struct sq_recorded_sample sample;
    for (int k = 0; k < MANY; k++) {
        timestamp[k] = (float)(k * 0.1);
        id[k] = k % 64;
    }
    put_numbers(v1, "timestamps", H5T_NATIVE_FLOAT, MANY, timestamp);
    put_numbers(v1, "node_ids", H5T_NATIVE_INT64, MANY, id);
    H5Gclose(v1);
    H5Gclose(spikes);
    H5Fclose(file);
    expect_ok(&err, sq_sonata_recording_open(&err, path, &want, &recording));
    ck_assert_uint_eq(recording->timesteps, MANY);
    expect_ok(&err, recording->kind->sample(&err, recording, 0, &sample));
    expect_ok(&err, recording->kind->spikes(&err, recording, 0, 0, &as, bits));
    for (int k = 0; k < MANY; k++)
        ck_assert_msg(bits[k] == (uint64_t)1 << k % 64, "timestep %d", k);
    sq_recording_close(recording);
}
END_TEST

/* 5 s in steps of a microsecond: float32 cannot tell them apart, float64 can. */
START_TEST(coarse_times_are_warned_of)
{
    const struct example e = {2, 2, {0, 5000.0005}, {0, 1}, "ms"};
    const struct sq_recording_want want = {.dt_ms = 0.001, .timesteps = 4};
    struct sq_recording *recording;
    struct sq_warnings warnings = {.n = 0};
    const char *path = make_file(&e);
    sq_warnings_begin(&err, &warnings);
    expect_ok(&err, sq_sonata_recording_open(&err, path, &want, &recording));
    sq_recording_close(recording);
    ck_assert_uint_eq(warnings.n, 0);
    const float timestamp[2] = {0, 5000.0005F};
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    const hid_t v1 = H5Gopen2(file, "spikes/v1", H5P_DEFAULT);
    H5Ldelete(v1, "timestamps", H5P_DEFAULT);
    put_numbers(v1, "timestamps", H5T_NATIVE_FLOAT, 2, timestamp);
    H5Gclose(v1);
    H5Fclose(file);
    expect_ok(&err, sq_sonata_recording_open(&err, path, &want, &recording));
    sq_recording_close(recording);
    sq_warnings_end(&err, &warnings);
    ck_assert_uint_eq(warnings.n, 1);
    ck_assert_str_eq(warnings.item[0].name, "coarse-timestamps");
}
END_TEST

START_TEST(units_are_known)
{
    static const struct {
        const char *units;
        double factor;
    } unit[] = {{NULL, 1}, {"milliseconds", 1}, {"s", 1000}, {"us", 0.001}};
    struct example e = {1, 1, {0}, {2}, unit[_i].units};
    struct sq_recording *recording;
    e.timestamp[0] = 5 / unit[_i].factor;
    expect_ok(&err, open_file(&e, &by_ms, &recording));
    ck_assert_uint_eq(recording->timesteps, 6);
    sq_recording_close(recording);
}
END_TEST

/* With T known, timesteps beyond it are the next sample's. */
START_TEST(samples_follow_one_another)
{
    const struct example e = {3, 3, {0, 5, 13}, {0, 1, 2}, "ms"};
    const struct sq_recording_want want = {.dt_ms = 1, .timesteps = 4};
    const struct sq_trace_population as = {.n_rows = 1, .n_channels = 3};
    struct sq_recording *recording;
    struct sq_recorded_sample sample;
    uint64_t bits[4];
    expect_ok(&err, open_file(&e, &want, &recording));
    ck_assert_uint_eq(recording->n_samples, 3);
    for (uint64_t i = 0; i < 3; i++) {
        expect_ok(&err, recording->kind->sample(&err, recording, i, &sample));
        ck_assert_uint_eq(sample.id, i == 2 ? 3 : i);
        expect_ok(&err, recording->kind->spikes(&err, recording, i, 0, &as, bits));
        ck_assert_uint_eq(bits[i == 0 ? 0 : 1], 1u << i);
    }
    sq_recording_close(recording);
}
END_TEST

/* What the layout has no place for is noted beside it. */
START_TEST(notes_are_used)
{
    const struct example e = {2, 2, {1, 6}, {0, 3}, "ms"};
    const int64_t samples[3] = {0, 1, 3};
    const uint64_t timesteps = 2, neurons = 6, shape[2] = {2, 3};
    struct sq_recording *recording;
    struct sq_recorded_sample sample;
    const char *path = make_file(&e);
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    const hid_t notes = H5Gcreate2(file, "spikeq", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t v1 = H5Gopen2(file, "spikes/v1", H5P_DEFAULT);
    put_attribute(notes, "timesteps", 1, &timesteps);
    put_numbers(notes, "samples", H5T_NATIVE_INT64, _i == 0 ? 3 : 2, samples);
    put_attribute(v1, "neurons", 1, &neurons);
    put_attribute(v1, "shape", 2, shape);
    H5Gclose(v1);
    H5Gclose(notes);
    H5Fclose(file);
    const int status = sq_sonata_recording_open(&err, path, &by_ms, &recording);
    if (_i == 1) { /* sample 3 is not listed */
        expect(&err, status, SQ_EFORMAT, "sample 3 has spikes");
        return;
    }
    expect_ok(&err, status);
    ck_assert_uint_eq(recording->n_samples, 3);
    ck_assert_uint_eq(recording->timesteps, 2);
    ck_assert_uint_eq(recording->population[0].n_dims, 2);
    ck_assert_uint_eq(recording->population[0].dim[1], 3);
    for (uint64_t i = 0; i < 3; i++) {
        const struct sq_trace_population as = {.n_rows = 2, .n_channels = 3};
        uint64_t bits[4];
        expect_ok(&err, recording->kind->sample(&err, recording, i, &sample));
        ck_assert_uint_eq(sample.id, (uint64_t)samples[i]);
        expect_ok(&err, recording->kind->spikes(&err, recording, i, 0, &as, bits));
        ck_assert_uint_eq(sq_popcount(bits, 4), i != 1);
    }
    sq_recording_close(recording);
}
END_TEST

static const struct {
    struct example example;
    int code;
    const char *says;
} refused[] = {
    {{2, 2, {0.2, 0.7}, {5, 5}, "ms"},
     SQ_EVALUE,
     "v1: neuron 5 fires twice at sample 0, timestep 0; " SQ_OPT "dt"},
    {{1, 1, {-1}, {0}, "ms"}, SQ_EVALUE, "timestamp -1, expected a time, 0 or later"},
    {{1, 1, {NAN}, {0}, "ms"}, SQ_EVALUE, "timestamp nan"},
    {{1, 1, {INFINITY}, {0}, "ms"}, SQ_EVALUE, "timestamp inf"},
    {{1, 1, {65536}, {0}, "ms"}, SQ_EVALUE, SQ_OPT "dt gives a longer one"},
    {{1, 1, {0}, {-1}, "ms"}, SQ_EVALUE, "node id -1"},
    {{1, 1, {0}, {1 << 30}, "ms"}, SQ_EVALUE, "node id 1073741824"},
    {{2, 1, {0, 1}, {0}, "ms"}, SQ_ESHAPE, "differ in length"},
    {{1, 1, {0}, {0}, "fortnights"}, SQ_EUNSUPPORTED, "timestamps in \"fortnights\""},
    {{0, 0, {0}, {0}, "ms"}, SQ_EFORMAT, "holds no spike"},
};

START_TEST(other_files_are_refused)
{
    struct sq_recording *recording;
    expect(&err, open_file(&refused[_i].example, &by_ms, &recording), refused[_i].code,
           refused[_i].says);
}
END_TEST

/* Files without the layout. */
START_TEST(the_layout_is_checked)
{
    static const char *const path_in[] = {"other", "spikes", "spikes/v1", "spikes/gids"};
    static const char *const says[] = {"/spikes is missing", "holds no spike",
                                       "/spikes/v1/timestamps is missing", "before SONATA 0.1"};
    struct sq_recording *recording;
    const char *path = temp_path("x.h5");
    const hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t all = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(all, 1);
    H5Gclose(H5Gcreate2(file, path_in[_i], all, H5P_DEFAULT, H5P_DEFAULT));
    H5Pclose(all);
    H5Fclose(file);
    ck_assert_int_lt(sq_sonata_recording_open(&err, path, &by_ms, &recording), 0);
    ck_assert_msg(strstr(err.text, says[_i]) != NULL, "%s", err.text);
}
END_TEST

/* A chunked dataset may claim any size at no cost. */
START_TEST(claims_are_bounded)
{
    const hsize_t size = (hsize_t)1 << 40, chunk = 1024;
    const char *path = temp_path("x.h5");
    struct sq_recording *recording;
    const hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t space = H5Screate_simple(1, &size, NULL), plan = H5Pcreate(H5P_DATASET_CREATE);
    const hid_t link = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_chunk(plan, 1, &chunk);
    H5Pset_create_intermediate_group(link, 1);
    H5Dclose(H5Dcreate2(file, "spikes/v1/timestamps", H5T_NATIVE_DOUBLE, space, link, plan,
                        H5P_DEFAULT));
    H5Dclose(
        H5Dcreate2(file, "spikes/v1/node_ids", H5T_NATIVE_INT64, space, link, plan, H5P_DEFAULT));
    H5Pclose(link);
    H5Pclose(plan);
    H5Sclose(space);
    H5Fclose(file);
    expect(&err, sq_sonata_recording_open(&err, path, &by_ms, &recording), SQ_EFORMAT,
           "claims to be larger than the file can be");
}
END_TEST

/* Theorem: cut anywhere, the file is refused. */
START_TEST(no_cut_is_taken_for_whole)
{
    const struct example e = {2, 2, {0, 1}, {0, 1}, "ms"};
    struct sq_recording *recording;
    struct stat st;
    const char *path = make_file(&e);
    ck_assert_int_eq(stat(path, &st), 0);
    for (size_t cut = (size_t)st.st_size; cut-- > 0;)
        ck_assert_int_lt(sq_sonata_recording_open(&err, temp_cut(path, cut), &by_ms, &recording),
                         0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("traces/import/sonata");
    TCase *t = tcase_create("sonata");
    tcase_set_timeout(t, 60);
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_test(t, timestamps_are_binned);
    tcase_add_test(t, float32_times_belong_to_their_edge);
    tcase_add_test(t, coarse_times_are_warned_of);
    tcase_add_loop_test(t, units_are_known, 0, 4);
    tcase_add_test(t, samples_follow_one_another);
    tcase_add_loop_test(t, notes_are_used, 0, 2);
    tcase_add_loop_test(t, other_files_are_refused, 0, sizeof refused / sizeof refused[0]);
    tcase_add_loop_test(t, the_layout_is_checked, 0, 4);
    tcase_add_test(t, claims_are_bounded);
    tcase_add_test(t, no_cut_is_taken_for_whole);
    tcase_add_test(t, other_files_are_not_followed);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
