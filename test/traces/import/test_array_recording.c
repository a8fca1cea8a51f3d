/* Theorem: an array [T,B,...] of 0 and 1, in any NumPy type and order, in a folder or an archive,
 * gives the bits that stand in it; everything else is refused with its place. */
#include "test/support/zip_writer.h"
#include "test/traces/files/make_array.h"
#include "traces/import/recording.h"
#include "traces/import/spike_bits.h"

enum { T = 3, B = 5, D0 = 4, D1 = 7, NEURONS = D0 * D1, ALL = T * B * NEURONS };

static struct sq_error err;

/* Whether the neuron fires: the definition that everything is compared with. */
static int fires(uint32_t t, uint32_t b, uint32_t i)
{
    struct sq_rng rng = {t * 1000 + b * 100 + i};
    return sq_rng_below(&rng, 3) == 0;
}

static const struct {
    const char *descr, *one; /* bytes of the value 1 */
    size_t item_bytes;
} type[] = {
    {"|b1", "\1", 1},
    {"|u1", "\1", 1},
    {"|i1", "\1", 1},
    {"<i2", "\1\0", 2},
    {">i2", "\0\1", 2},
    {"<u4", "\1\0\0\0", 4},
    {"<i8", "\1\0\0\0\0\0\0\0", 8},
    {">i8", "\0\0\0\0\0\0\0\1", 8},
    {"<f2", "\0\x3c", 2},
    {"<f4", "\0\0\x80\x3f", 4},
    {">f4", "\x3f\x80\0\0", 4},
    {"<f8", "\0\0\0\0\0\0\xf0\x3f", 8},
};

enum { N_TYPES = sizeof type / sizeof type[0] };

/* The .npy file of the definition; returns its size. */
static size_t make_spikes(unsigned char *out, unsigned k, int fortran)
{
    static unsigned char data[ALL * 8];
    char dictionary[118];
    memset(data, 0, sizeof data);
    for (uint32_t t = 0; t < T; t++)
        for (uint32_t b = 0; b < B; b++)
            for (uint32_t i = 0; i < NEURONS; i++) {
                const uint32_t c_order = (t * B + b) * NEURONS + i;
                const uint32_t f_order = t + T * (b + B * (i / D1 + D0 * (i % D1)));
                if (fires(t, b, i))
                    memcpy(data + (fortran ? f_order : c_order) * type[k].item_bytes, type[k].one,
                           type[k].item_bytes);
            }
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '%s', 'fortran_order': %s, 'shape': (%d, %d, %d, %d), }", type[k].descr,
             fortran ? "True" : "False", T, B, D0, D1);
    return make_npy(out, dictionary, data, ALL * type[k].item_bytes);
}

/* Channels first or last, every sample, every bit. */
static void check(struct sq_recording *recording, size_t p)
{
    for (int first = 0; first < 2; first++)
        for (uint32_t b = 0; b < B; b++) {
            const struct sq_trace_population as = {
                .n_rows = first ? D1 : D0, .n_channels = first ? D0 : D1, .channels_first = first};
            uint64_t bits[T * (D0 + D1)];
            expect_ok(&err, recording->kind->spikes(&err, recording, b, p, &as, bits));
            for (uint32_t t = 0; t < T; t++)
                for (uint32_t i = 0; i < NEURONS; i++) {
                    const uint32_t row = first ? i % D1 : i / D1, channel = first ? i / D1 : i % D1;
                    ck_assert_int_eq(sq_bit_get(bits + t * as.n_rows + row, channel),
                                     fires(t, b, i));
                }
        }
}

static struct sq_recording *open_good(const char *path)
{
    struct sq_recording *recording = NULL;
    enum sq_recording_format format;
    const struct sq_recording_want want = {.dt_ms = 1};
    expect_ok(&err, sq_recording_format_of(&err, path, &format));
    expect_ok(&err, sq_recording_open(&err, path, format, &want, &recording));
    ck_assert_uint_eq(recording->timesteps, T);
    ck_assert_uint_eq(recording->n_samples, B);
    return recording;
}

/* An archive of every type, stored or deflated in turn. */
static struct bytes make_archive(int fortran)
{
    static unsigned char npy[ALL * 8 + 128];
    struct bytes file = {0};
    struct zip_writer writer = {.out = &file};
    for (unsigned k = 0; k < N_TYPES; k++) {
        const struct zip_member member = {.deflate = k % 2};
        char name[16];
        snprintf(name, sizeof name, "a.%u.npy", k);
        zip_writer_add(&writer, name, npy, make_spikes(npy, k, fortran), &member);
    }
    zip_writer_end(&writer);
    return file;
}

START_TEST(every_type_in_an_archive)
{
    struct bytes file = make_archive(_i);
    struct sq_recording *recording = open_good(temp_write("x.npz", file.data, file.n));
    ck_assert_uint_eq(recording->n_populations, N_TYPES);
    for (size_t p = 0; p < N_TYPES; p++) {
        ck_assert_uint_eq(recording->population[p].dim[1], D1);
        check(recording, p);
    }
    sq_recording_close(recording);
    bytes_free(&file);
}
END_TEST

START_TEST(a_folder_in_the_order_of_names)
{
    static unsigned char npy[ALL * 8 + 128];
    mkdir(temp_path("d"), 0777);
    temp_write("d/b.npy", npy, make_spikes(npy, 9, 1));
    temp_write("d/a.npy", npy, make_spikes(npy, 1, 0));
    temp_text("d/report.json", "{}");
    struct sq_recording *recording = open_good(temp_path("d"));
    ck_assert_uint_eq(recording->n_populations, 2);
    ck_assert_str_eq(recording->population[0].name, "a");
    check(recording, 0);
    check(recording, 1);
    sq_recording_close(recording);
    temp_remove_tree(temp_path("d"));
}
END_TEST

START_TEST(labels_logits_and_ids)
{
    static unsigned char npy[ALL + 128];
    const int64_t label[B] = {3, -1, 0, 9, 1}, id[B] = {2, 4, 5, 70, 71};
    float logits[B][2];
    struct sq_recorded_sample sample;
    for (int b = 0; b < B; b++)
        logits[b][0] = (float)b, logits[b][1] = -0.5f;
    mkdir(temp_path("d"), 0777);
    temp_write("d/a.npy", npy, make_spikes(npy, 0, 0));
    write_npy("d/labels.npy", "<i8", "(5,)", label, sizeof label);
    write_npy("d/samples.npy", "<i8", "(5,)", id, sizeof id);
    write_npy("d/logits.npy", "<f4", "(5, 2)", logits, sizeof logits);
    struct sq_recording *recording = open_good(temp_path("d"));
    ck_assert_uint_eq(recording->n_populations, 1);
    for (uint64_t b = 0; b < B; b++) {
        expect_ok(&err, recording->kind->sample(&err, recording, b, &sample));
        ck_assert_uint_eq(sample.id, (uint64_t)id[b]);
        ck_assert_int_eq(sample.label, label[b]);
        ck_assert_uint_eq(sample.n_logits, 2);
        ck_assert_mem_eq(sample.logits, logits[b], sizeof logits[b]);
    }
    sq_recording_close(recording);
    temp_remove_tree(temp_path("d"));
}
END_TEST

/* A folder with one array `name` of a type and shape, and beside it a good population. */
static const struct {
    const char *name, *descr, *shape, *data;
    size_t size;
    int code;
    const char *says;
} refused[] = {
    {"x", "<f4", "(1, 1, 2)", "\0\0\0\0\0\0\xc0\x7f", 8, SQ_EVALUE,
     "x: the value at sample 0, timestep 0, index 1 is nan, expected 0 or 1"},
    {"x", "<f4", "(1, 1, 2)", "\0\0\0\0\0\0\x00\x3f", 8, SQ_EVALUE, "is 0.5, expected 0 or 1"},
    {"x", "<i4", "(1, 1, 2)", "\0\0\0\0\3\0\0\0", 8, SQ_EVALUE,
     "index 1 is 3, expected 0 or 1; counts are not spikes"},
    {"x", "|i1", "(2, 1, 2)", "\0\1\0\xff", 4, SQ_EVALUE,
     "sample 0, timestep 1, index 1 is -1, expected 0 or 1"},
    {"x", "|b1", "(1, 1, 2)", "\0\2", 2, SQ_EVALUE, "is 2, expected 0 or 1"},
    {"x", "<f8", "(1, 2, 1)", "\0\0\0\0\0\0\0\0\1\0\0\0\0\0\xf0\x3f", 16, SQ_EVALUE,
     "sample 1, timestep 0, index 0"},
    {"x", "|u1", "(2,)", "\0\1", 2, SQ_ESHAPE, "x.npy has shape [2], expected [T,B,...]"},
    {"x", "|u1", "(0, 1, 2)", "", 0, SQ_ESHAPE, "none empty"},
    {"x", "|u1", "(1, 0, 2)", "", 0, SQ_ESHAPE, "none empty"},
    {"x", "|u1", "(1, 1, 0)", "", 0, SQ_ESHAPE, "none empty"},
    {"x", "|u1", "(1, 1, 1, 1, 1, 1, 1, 1)", "", 1, SQ_OK, ""},
    {"x", "|u1", "(70000, 1, 1)", NULL, 70000, SQ_ESHAPE, "65536 timesteps"},
    {"x", "|u1", "(1, 1, 2)", "\0", 1, SQ_EFORMAT, "was it cut off?"},
    {"x", "|u1", "(1, 1, 2)", "\0\0\0", 3, SQ_EFORMAT, "was it cut off?"},
    {"x", "|u1", "(9223372036854775807, 2, 2)", "", 0, SQ_EFORMAT, "below 2^63"},
    {"x", "|u1", "(4611686018427387904, 2, 2)", "", 0, SQ_EFORMAT,
     "not that of an array of spikes"},
    {"x", "|O", "(1, 1, 2)", "", 0, SQ_EUNSUPPORTED, "Python objects"},
    {"labels", "<i8", "(1,)", "\1\0\0\0\0\0\0\0", 8, SQ_EFORMAT, "holds no array of spikes"},
};

START_TEST(other_arrays_are_refused)
{
    static char zeros[70000];
    const struct sq_trace_population as = {.n_rows = 1, .n_channels = 2};
    struct sq_recording *recording = NULL;
    char name[32];
    uint64_t bits[8];
    mkdir(temp_path("d"), 0777);
    snprintf(name, sizeof name, "d/%s.npy", refused[_i].name);
    write_npy(name, refused[_i].descr, refused[_i].shape,
              refused[_i].data != NULL ? refused[_i].data : zeros, refused[_i].size);
    int status = sq_array_recording_open(&err, temp_path("d"), &recording);
    for (uint64_t b = 0; recording != NULL && status == SQ_OK && b < recording->n_samples; b++) {
        struct sq_trace_population of = as;
        of.n_channels = (uint32_t)recording->population[0].dim[0];
        status = recording->kind->spikes(&err, recording, b, 0, &of, bits);
    }
    sq_recording_close(recording);
    expect(&err, status, refused[_i].code, refused[_i].says);
    temp_remove_tree(temp_path("d"));
}
END_TEST

static const struct {
    const char *name, *descr, *shape;
    size_t size;
    int code;
    const char *says;
} beside[] = {
    {"b", "|u1", "(2, 2, 3)", 12, SQ_ESHAPE,
     "b.npy has shape [2,2,3], expected [1,2,...] as that of a"},
    {"labels", "<i8", "(3,)", 24, SQ_ESHAPE, "labels.npy has shape [3], expected [2]"},
    {"labels", "<f4", "(2,)", 8, SQ_EUNSUPPORTED, "holds no whole numbers"},
    {"logits", "<f4", "(2,)", 8, SQ_ESHAPE, "expected [2,classes]"},
    {"logits", "<f4", "(2, 0)", 0, SQ_ESHAPE, "1 to 1048576 classes"},
    {"logits", "<i4", "(2, 1)", 8, SQ_EUNSUPPORTED, "holds no floats"},
    {"samples", "<i8", "(2, 1)", 16, SQ_ESHAPE, "samples.npy has shape [2,1]"},
    {"a b", "|u1", "(1, 2, 3)", 6, SQ_OK, ""},
    {"\xc3\xa4", "|u1", "(1, 2, 3)", 6, SQ_EFORMAT, "is not a population name"},
};

START_TEST(what_lies_beside_must_fit)
{
    static const char zeros[64];
    struct sq_recording *recording = NULL;
    char name[32];
    mkdir(temp_path("d"), 0777);
    write_npy("d/a.npy", "|u1", "(1, 2, 3)", zeros, 6);
    snprintf(name, sizeof name, "d/%s.npy", beside[_i].name);
    write_npy(name, beside[_i].descr, beside[_i].shape, zeros, beside[_i].size);
    expect(&err, sq_array_recording_open(&err, temp_path("d"), &recording), beside[_i].code,
           beside[_i].says);
    if (recording != NULL)
        sq_recording_close(recording);
    temp_remove_tree(temp_path("d"));
}
END_TEST

/* Archives that lie. */
static const struct {
    const char *name, *again;
    struct zip_member member;
    int code;
    const char *says;
} archive[] = {
    {"../x.npy", NULL, {0}, SQ_EFORMAT, "is not a population name"},
    {"/x.npy", NULL, {0}, SQ_EFORMAT, "is not a population name"},
    {".x.npy", NULL, {0}, SQ_EFORMAT, "is not a population name"},
    {".npy", NULL, {0}, SQ_EUNSUPPORTED, "which is not a .npy array"},
    {"x.txt", NULL, {0}, SQ_EUNSUPPORTED, "which is not a .npy array"},
    {"x.npy", "x.npy", {0}, SQ_EFORMAT, "x is there twice"},
    {"labels.npy", "labels.npy", {0}, SQ_EFORMAT, "labels is there twice"},
    {"x.npy", NULL, {.crc_xor = 1}, SQ_EFORMAT, "member x.npy"},
    {"x.npy", NULL, {.deflate = 1, .crc_xor = 1}, SQ_EFORMAT, "member x.npy"},
    {"x.npy", NULL, {.deflate = 1, .size_plus = 1}, SQ_EFORMAT, "member x.npy"},
    {"x.npy", NULL, {.deflate = 1, .size_plus = 1 << 30}, SQ_EFORMAT, "cannot be true"},
    {"x.npy", NULL, {.size_plus = 1}, SQ_EFORMAT, "cannot be true"},
    {"x.npy", NULL, {.method = 12}, SQ_EFORMAT, "only stored and deflated"},
};

START_TEST(an_empty_member_is_no_array)
{
    const struct zip_member member = {.deflate = _i};
    struct bytes file = {0};
    struct zip_writer writer = {.out = &file};
    struct sq_recording *recording;
    zip_writer_add(&writer, "x.npy", "", 0, &member);
    zip_writer_end(&writer);
    expect(&err, sq_array_recording_open(&err, temp_write("x.npz", file.data, file.n), &recording),
           SQ_EFORMAT, "x.npy: is not a NumPy array");
    bytes_free(&file);
}
END_TEST

START_TEST(archives_that_lie_are_refused)
{
    unsigned char npy[256];
    const size_t n = make_npy(npy, "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2, 3), }",
                              "\0\1\0\1\0\0", 6);
    struct bytes file = {0};
    struct zip_writer writer = {.out = &file};
    struct sq_recording *recording;
    zip_writer_add(&writer, archive[_i].name, npy, n, &archive[_i].member);
    if (archive[_i].again != NULL)
        zip_writer_add(&writer, archive[_i].again, npy, n, NULL);
    zip_writer_end(&writer);
    expect(&err, sq_array_recording_open(&err, temp_write("x.npz", file.data, file.n), &recording),
           archive[_i].code, archive[_i].says);
    bytes_free(&file);
}
END_TEST

/* Theorem: cut anywhere, an archive and a folder's file are refused. */
START_TEST(no_cut_is_taken_for_whole)
{
    unsigned char npy[256];
    const size_t n = make_npy(npy, "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2, 3), }",
                              "\0\1\0\1\0\0", 6);
    struct bytes file = {0};
    struct zip_writer writer = {.out = &file};
    const struct zip_member deflated = {.deflate = 1};
    struct sq_recording *recording;
    zip_writer_add(&writer, "x.npy", npy, n, NULL);
    zip_writer_add(&writer, "y.npy", npy, n, &deflated);
    zip_writer_end(&writer);
    const char *path = temp_write("x.npz", file.data, file.n);
    for (size_t cut = file.n; cut-- > 0;)
        ck_assert_int_lt(sq_array_recording_open(&err, temp_cut(path, cut), &recording), 0);
    mkdir(temp_path("d"), 0777);
    temp_write("d/x.npy", npy, n);
    for (size_t cut = n; cut-- > 0;) {
        temp_cut(temp_path("d/x.npy"), cut);
        ck_assert_int_eq(sq_array_recording_open(&err, temp_path("d"), &recording), SQ_EFORMAT);
    }
    temp_remove_tree(temp_path("d"));
    bytes_free(&file);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("traces/import/arrays");
    TCase *t = tcase_create("arrays");
    tcase_set_timeout(t, 60);
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_loop_test(t, every_type_in_an_archive, 0, 2);
    tcase_add_test(t, a_folder_in_the_order_of_names);
    tcase_add_test(t, labels_logits_and_ids);
    tcase_add_loop_test(t, other_arrays_are_refused, 0, sizeof refused / sizeof refused[0]);
    tcase_add_loop_test(t, what_lies_beside_must_fit, 0, sizeof beside / sizeof beside[0]);
    tcase_add_loop_test(t, archives_that_lie_are_refused, 0, sizeof archive / sizeof archive[0]);
    tcase_add_loop_test(t, an_empty_member_is_no_array, 0, 2);
    tcase_add_test(t, no_cut_is_taken_for_whole);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
