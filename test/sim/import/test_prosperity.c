/* Pickles of tensors with their storages inside: what the Prosperity simulator's traces are. The
 * real ones are read where SPIKEQ_DATA names the folder that holds traces/. */
#include "kernels/base/bits.h"
#include "sim/checkpoint/checkpoint.h"
#include "sim/import/prosperity.h"
#include "test/sim/input/temp_files.h"
#include "test/support/nested_pickle.h"
#include "traces/import/spike_bits.h"

static struct sq_error err;
static const unsigned char ones[8] = {1, 0, 0, 1, 1, 1, 0, 1};

/* {'a': bool [2,4], 'b': [bool [1,3], bool [2,1,2]]} */
static struct bytes example(void)
{
    struct bytes file = {0};
    pickle_start(&file);
    pickle_op(&file, "}(");
    pickle_text(&file, "a");
    nested_pickle_bools(&file, 2, (const int64_t[]){2, 4}, ones);
    pickle_text(&file, "b");
    pickle_op(&file, "](");
    nested_pickle_bools(&file, 2, (const int64_t[]){1, 3}, ones);
    nested_pickle_bools(&file, 3, (const int64_t[]){2, 1, 2}, ones);
    pickle_op(&file, "eu.");
    return file;
}

static int open_file(const struct bytes *file, struct sq_recording **out)
{
    return sq_prosperity_open(&err, temp_write("x.pkl", file->data, file->n), out);
}

static uint64_t spikes_of(struct sq_recording *recording, size_t p, uint64_t *bits)
{
    const struct sq_recorded_population *from = &recording->population[p];
    struct sq_trace_population as = {.n_rows = 1, .n_channels = 1};
    for (uint32_t d = 0; d < from->n_dims; d++)
        as.n_channels *= (uint32_t)from->dim[d];
    expect_ok(&err, recording->kind->spikes(&err, recording, 0, p, &as, bits));
    return sq_popcount(bits, recording->timesteps * sq_spike_words(&as));
}

START_TEST(tensors_are_populations)
{
    struct bytes file = example();
    struct sq_recording *recording;
    uint64_t bits[2];
    expect_ok(&err, open_file(&file, &recording));
    ck_assert_uint_eq(recording->n_populations, 3);
    ck_assert_uint_eq(recording->timesteps, 2);
    ck_assert_str_eq(recording->population[1].name, "b.0");
    ck_assert_str_eq(recording->note, "recorded at timestep 0 only: b.0");
    ck_assert_uint_eq(spikes_of(recording, 0, bits), 5);
    ck_assert_uint_eq(bits[0], 9);
    ck_assert_uint_eq(bits[1], 11);
    ck_assert_uint_eq(spikes_of(recording, 1, bits), 1); /* silent after timestep 0 */
    ck_assert_uint_eq(bits[1], 0);
    ck_assert_uint_eq(spikes_of(recording, 2, bits), 2);
    ck_assert_uint_eq(bits[1], 2);
    sq_recording_close(recording);
    bytes_free(&file);
}
END_TEST

START_TEST(it_is_no_checkpoint)
{
    struct bytes file = example();
    struct sq_checkpoint *checkpoint;
    expect(&err, sq_checkpoint_open(&err, temp_write("x.pkl", file.data, file.n), &checkpoint),
           SQ_EUNSUPPORTED, "torch.storage._load_from_bytes");
    bytes_free(&file);
}
END_TEST

START_TEST(timesteps_must_agree)
{
    struct bytes file = {0};
    struct sq_recording *recording;
    pickle_start(&file);
    pickle_op(&file, "}(");
    pickle_text(&file, "a");
    nested_pickle_bools(&file, 2, (const int64_t[]){4, 2}, ones);
    pickle_text(&file, "b");
    nested_pickle_bools(&file, 2, (const int64_t[]){2, 4}, ones);
    pickle_op(&file, "u.");
    expect(&err, open_file(&file, &recording), SQ_ESHAPE, "another number of timesteps");
    bytes_free(&file);
}
END_TEST

/* One tensor whose parts disagree. */
static const struct {
    struct pickle_tensor tensor;
    size_t size;
    int code;
    const char *says;
} refused[] = {
    {{"BoolStorage", "0", 4, 0, 2, {2, 3}, {3, 1}}, 4, SQ_EFORMAT, "past the end of its storage"},
    {{"BoolStorage", "0", 9, 0, 2, {2, 2}, {2, 1}}, 8, SQ_EFORMAT, "truncated"},
    {{"BoolStorage", "0", INT64_MAX, 0, 2, {2, 2}, {2, 1}}, 8, SQ_EFORMAT, "truncated"},
    {{"BoolStorage", "0", 8, 0, 1, {8}, {1}}, 8, SQ_ESHAPE, "1 dimensions"},
    {{"BoolStorage", "0", 8, 0, 2, {0, 8}, {1, 1}}, 8, SQ_ESHAPE, "not empty"},
    {{"BoolStorage", "0", 8, 0, 2, {65537, 1}, {0, 1}}, 8, SQ_ESHAPE, "65536 timesteps"},
    {{"FloatStorage", "0", 2, 0, 2, {1, 2}, {2, 1}}, 8, SQ_EVALUE, "expected 0 or 1"},
};

START_TEST(what_does_not_fit_is_refused)
{
    struct bytes file = {0};
    struct sq_recording *recording = NULL;
    uint64_t bits[64];
    pickle_start(&file);
    nested_pickle_tensor(&file, &refused[_i].tensor, "\1\0\1\0\1\0\1\0", refused[_i].size);
    pickle_end(&file);
    int status = open_file(&file, &recording);
    if (status == SQ_OK) {
        const struct sq_trace_population as = {.n_rows = 1, .n_channels = 2};
        status = recording->kind->spikes(&err, recording, 0, 0, &as, bits);
        sq_recording_close(recording);
    }
    expect(&err, status, refused[_i].code, refused[_i].says);
    bytes_free(&file);
}
END_TEST

/* Bytes that are no storage, or more than one. */
START_TEST(what_lies_in_the_pickle_is_checked)
{
    static const char *const inside[] = {"", "\x80\2N.", "abc", "\x80\2K\1."};
    struct bytes file = {0};
    struct sq_recording *recording;
    pickle_start(&file);
    pickle_global(&file, "torch._utils", "_rebuild_tensor_v2");
    pickle_op(&file, "(");
    pickle_global(&file, "torch.storage", "_load_from_bytes");
    pickle_text(&file, inside[_i]);
    pickle_op(&file, "\x85RK");
    bytes_put_u8(&file, 0);
    pickle_ints(&file, (const int64_t[]){1, 1}, 2);
    pickle_ints(&file, (const int64_t[]){1, 1}, 2);
    pickle_op(&file, "\x89}tR.");
    ck_assert_int_eq(open_file(&file, &recording), SQ_EFORMAT);
    bytes_free(&file);
}
END_TEST

START_TEST(no_cut_is_taken_for_whole)
{
    struct bytes file = example();
    struct sq_recording *recording;
    const char *path = temp_write("x.pkl", file.data, file.n);
    for (size_t cut = file.n; cut-- > 0;)
        ck_assert_int_lt(sq_prosperity_open(&err, temp_cut(path, cut), &recording), 0);
    bytes_free(&file);
}
END_TEST

/* Read the first population, if the sizes are still small. */
static void read_first(struct sq_recording *recording)
{
    const struct sq_recorded_population *from = &recording->population[0];
    struct sq_trace_population as = {.n_rows = 1, .n_channels = 1};
    uint64_t bits[64];
    for (uint32_t d = 0; d < from->n_dims; d++)
        as.n_channels *= (uint32_t)from->dim[d];
    if (recording->timesteps * sq_spike_words(&as) <= 64)
        recording->kind->spikes(&err, recording, 0, 0, &as, bits);
}

START_TEST(no_damage_is_fatal)
{
    struct bytes file = example();
    struct sq_recording *recording;
    const char *path = temp_write("x.pkl", file.data, file.n);
    for (size_t at = 0; at < file.n; at++) {
        for (int bit = 0; bit < 8; bit += 3)
            if (sq_prosperity_open(&err, temp_poke(path, at, file.data[at] ^ (1u << bit)),
                                   &recording) == SQ_OK) {
                read_first(recording);
                sq_recording_close(recording);
            }
        temp_poke(path, at, file.data[at]);
    }
    bytes_free(&file);
}
END_TEST

/* The traces that Prosperity's authors publish: shape and number of spikes of each layer. */
static const struct {
    const char *file, *name;
    uint64_t n_first, nnz;
} real[] = {
    {"lenet5_mnist.pkl", "conv2d_1", 6, 9533},
    {"lenet5_mnist.pkl", "fc_0", 576, 5036},
    {"lenet5_mnist.pkl", "fc_1", 120, 674},
    {"lenet5_mnist.pkl", "fc_2", 84, 41},
    {"vgg9_cifar10.pkl", "conv2d_1", 64, 43327},
    {"vgg9_cifar10.pkl", "conv2d_5", 256, 5472},
    {"vgg9_cifar10.pkl", "fc_2", 1024, 215},
    {"vgg16_cifar10_loas.pkl", "Conv2d.1", 64, 45487},
    {"vgg16_cifar10_loas.pkl", "Conv2d.12", 512, 4607},
    {"vgg16_cifar10_loas.pkl", "Linear.0", 512, 703},
};

START_TEST(real_traces_are_read)
{
    const char *folder = getenv("SPIKEQ_DATA");
    char path[512];
    struct sq_recording *recording;
    size_t p;
    if (folder == NULL) {
        sq_skip("%s of %s: SPIKEQ_DATA names no folder of real traces", real[_i].name,
                real[_i].file);
        return;
    }
    snprintf(path, sizeof path, "%.400s/traces/%s", folder, real[_i].file);
    expect_ok(&err, sq_prosperity_open(&err, path, &recording));
    ck_assert_int_eq(sq_recording_find(recording, real[_i].name, &p), 1);
    ck_assert_uint_eq(recording->population[p].dim[0], real[_i].n_first);
    uint64_t *bits = calloc(32 * 2048, sizeof *bits);
    ck_assert_uint_eq(spikes_of(recording, p, bits), real[_i].nnz);
    free(bits);
    sq_recording_close(recording);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/import/prosperity");
    TCase *t = tcase_create("prosperity");
    tcase_set_timeout(t, 60);
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_test(t, tensors_are_populations);
    tcase_add_test(t, it_is_no_checkpoint);
    tcase_add_test(t, timesteps_must_agree);
    tcase_add_loop_test(t, what_does_not_fit_is_refused, 0, sizeof refused / sizeof refused[0]);
    tcase_add_loop_test(t, what_lies_in_the_pickle_is_checked, 0, 4);
    tcase_add_test(t, no_cut_is_taken_for_whole);
    tcase_add_test(t, no_damage_is_fatal);
    tcase_add_loop_test(t, real_traces_are_read, 0, sizeof real / sizeof real[0]);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
