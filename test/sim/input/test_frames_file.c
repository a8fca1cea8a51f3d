/* Files of one sample's frames: archives as SpikingJelly writes them, .npy files, and a tree of
 * them give the counts that were put there; what is damaged or something else is one line. */
#include "sim/input/frames_file.h"
#include "test/support/zip_writer.h"
#include "test/traces/files/make_array.h"

#include <math.h>

enum { TIMESTEPS = 2, HEIGHT = 3, WIDTH = 4, N = TIMESTEPS * 2 * HEIGHT * WIDTH };

static struct sq_config config;
static struct sq_input_want want;

static void set_up(void)
{
    config = (struct sq_config){.classes = 3};
    want = (struct sq_input_want){TIMESTEPS, 2, HEIGHT, WIDTH, 1, &config, NULL};
}

static double count_at(unsigned i, unsigned seed)
{
    return (double)((i * 7 + seed * 3) % 11);
}

static void draw(double *frames, unsigned seed)
{
    for (unsigned i = 0; i < N; i++)
        frames[i] = count_at(i, seed);
}

/* An archive with one array; returns its path. `how` may be NULL. */
static const char *write_npz(const char *name, const char *member, const char *descr,
                             const char *shape, const void *data, size_t size,
                             const struct zip_member *how)
{
    struct bytes out = {NULL, 0, 0};
    struct zip_writer zip = {.out = &out};
    char dictionary[118];
    unsigned char *array = malloc(128 + size);
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", descr, shape);
    zip_writer_add(&zip, member, array, make_npy(array, dictionary, data, size), how);
    zip_writer_end(&zip);
    const char *path = temp_write(name, out.data, out.n);
    bytes_free(&out);
    free(array);
    return path;
}

static const char *write_frames(const char *name, unsigned seed, const struct zip_member *how)
{
    double frames[N];
    draw(frames, seed);
    return write_npz(name, "frames.npy", "<f8", "(2, 2, 3, 4)", frames, sizeof frames, how);
}

static struct sq_input *open_input(const char *path)
{
    struct sq_error err = {0};
    struct sq_input *input = NULL;
    expect_ok(&err, sq_input_open(&err, path, NULL, &want, 0, &input));
    return input;
}

static void check_sample(struct sq_input *input, unsigned seed, int32_t label)
{
    struct sq_error err = {0};
    float pixels[N];
    int32_t got = -2;
    expect_ok(&err, sq_input_next(&err, input, pixels, &got));
    ck_assert_int_eq(got, label);
    for (unsigned i = 0; i < N; i++)
        ck_assert(pixels[i] == (float)count_at(i, seed));
}

START_TEST(stored_and_deflated)
{
    struct sq_input *input =
        open_input(write_frames("a.npz", 1, &(struct zip_member){.deflate = _i}));
    ck_assert_uint_eq(sq_input_count(input), 1);
    ck_assert_str_eq(sq_input_description(input), "1 file, frames as stored");
    check_sample(input, 1, -1);
    sq_input_free(input);
}
END_TEST

START_TEST(other_types)
{
    unsigned char narrow[N], wide[4 * N] = {0};
    for (unsigned i = 0; i < N; i++)
        narrow[i] = wide[4 * i + 3] = (unsigned char)count_at(i, 2);
    struct sq_input *input = open_input(
        write_npz("u1.npz", "frames.npy", "|u1", "(2, 2, 3, 4)", narrow, sizeof narrow, NULL));
    check_sample(input, 2, -1);
    sq_input_free(input);
    input = open_input(
        write_npz("i4.npz", "frames.npy", ">i4", "(2, 2, 3, 4)", wide, sizeof wide, NULL));
    check_sample(input, 2, -1);
    sq_input_free(input);
    input = open_input(write_npy("one.npy", "|u1", "(2, 2, 3, 4)", narrow, sizeof narrow));
    check_sample(input, 2, -1);
    sq_input_free(input);
}
END_TEST

/* SpikingJelly's tree: frames_number_16_split_by_number/CLASS/NAME.npz. */
START_TEST(a_tree_is_one_input_with_labels)
{
    unsigned char narrow[N];
    for (unsigned i = 0; i < N; i++)
        narrow[i] = (unsigned char)count_at(i, 5);
    mkdir(temp_path("set"), 0777);
    mkdir(temp_path("set/cat"), 0777);
    mkdir(temp_path("set/ant"), 0777);
    write_frames("set/cat/0.npz", 3, &(struct zip_member){.deflate = 1});
    write_frames("set/ant/7.npz", 4, NULL);
    write_npy("set/ant/8.npy", "|u1", "(2, 2, 3, 4)", narrow, sizeof narrow);
    temp_text("set/ant/Thumbs.db", "x");
    temp_text("set/notes.txt", "x");
    temp_text("set/cat/notes.txt", "x");
    struct sq_input *input = open_input(temp_path("set"));
    ck_assert_str_eq(sq_input_description(input),
                     "3 files in 2 class folders, 3 other files passed over (Thumbs.db first), "
                     "frames as stored");
    check_sample(input, 4, 0);
    check_sample(input, 5, 0);
    check_sample(input, 3, 1);
    sq_input_free(input);
    input = open_input(temp_text("list.txt", "set/cat/0.npz 2\nset/ant/7.npz\n"));
    check_sample(input, 3, 2);
    check_sample(input, 4, -1);
    sq_input_free(input);
}
END_TEST

/* Opening or reading is refused, with this status and these words. */
static void refuse(const char *path, int code, const char *says)
{
    struct sq_error err = {0};
    struct sq_input *input = NULL;
    float pixels[N];
    int32_t label;
    int rc = sq_input_open(&err, path, NULL, &want, 0, &input);
    if (rc == SQ_OK)
        rc = sq_input_next(&err, input, pixels, &label);
    sq_input_free(input);
    expect(&err, rc, code, says);
}

START_TEST(what_is_no_frames)
{
    double frames[N];
    draw(frames, 1);
    mkdir(temp_path("other"), 0777);
    refuse(temp_text("other/README.txt", "no frames"), SQ_EFORMAT, "neither .npy nor IDX");
    refuse(temp_path("other"), SQ_EUSAGE, "README.txt: holds no frames");
    refuse(write_npz("t.npz", "t.npy", "<f8", "(48,)", frames, sizeof frames, NULL), SQ_EUSAGE,
           "a recording; give " SQ_OPT "frames RULE");
    refuse(write_npz("x.npz", "x.npy", "<f8", "(48,)", frames, sizeof frames, NULL),
           SQ_EUNSUPPORTED, "no readable member frames.npy");
    refuse(write_npy("e.npy", "<f8", "(12, 4)", frames, sizeof frames), SQ_EUSAGE, "a recording");
    refuse(write_npz("T.npz", "frames.npy", "<f8", "(4, 2, 3, 2)", frames, sizeof frames, NULL),
           SQ_ESHAPE, "the network takes frames [2,2,3,4]: frames are not resized");
    refuse(write_npz("T.npz", "frames.npy", "<f8", "(1, 2, 3, 4)", frames, sizeof frames, NULL),
           SQ_ESHAPE, SQ_OPT "set T=1 runs");
    refuse(write_npz("B.npz", "frames.npy", "<f8", "(1, 2, 2, 3, 4)", frames, sizeof frames, NULL),
           SQ_ESHAPE, "one sample a file");
}
END_TEST

START_TEST(values_that_float32_has_not)
{
    double frames[N];
    draw(frames, 1);
    frames[N / 2 + 2 * WIDTH + 1] = NAN;
    refuse(write_npz("n.npz", "frames.npy", "<f8", "(2, 2, 3, 4)", frames, sizeof frames, NULL),
           SQ_EVALUE, "n.npz: frame 1, channel 0, row 2, column 1 is NaN");
    frames[N / 2 + 2 * WIDTH + 1] = 0x1p24 + 1;
    refuse(write_npz("n.npz", "frames.npy", "<f8", "(2, 2, 3, 4)", frames, sizeof frames, NULL),
           SQ_EVALUE, "it would be rounded");
}
END_TEST

START_TEST(hostile_archives)
{
    double frames[N];
    draw(frames, 1);
    refuse(write_frames("c.npz", 1, &(struct zip_member){.crc_xor = 1}), SQ_EFORMAT,
           "zip member frames.npy: ");
    refuse(write_frames("m.npz", 1, &(struct zip_member){.method = 99}), SQ_EFORMAT,
           "cannot be read as one");
    refuse(write_frames("e.npz", 1, &(struct zip_member){.flags = 1}), SQ_EUNSUPPORTED,
           "no readable member");
    refuse(write_npz("s.npz", "frames.npy", "<f8", "(2, 2, 3, 4)", frames, sizeof frames - 1, NULL),
           SQ_EFORMAT, "cut short");
    refuse(write_npz("h.npz", "frames.npy", "<f8",
                     "(4611686018427387904, 4611686018427387904, 3, 4)", frames, sizeof frames,
                     NULL),
           SQ_ESHAPE, "another number of channels");
}
END_TEST

/* Cut at every byte: one line, always, as the directory of an archive lies at its end. */
START_TEST(cut_at_every_byte)
{
    struct sq_error err = {0};
    float pixels[N];
    const char *path = write_frames("cut.npz", 1, &(struct zip_member){.deflate = _i});
    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    for (off_t n = status.st_size - 1; n >= 0; n--) {
        FILE *file = fopen(temp_cut(path, (size_t)n), "rb");
        const int rc = sq_frames_file_read(&err, path, file, &want, pixels);
        fclose(file);
        ck_assert_msg(rc == SQ_EFORMAT || (n < 4 && rc == SQ_EUSAGE), "cut at %d: %d %s", (int)n,
                      rc, err.text);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("frames file");
    TCase *tcase = tcase_create("files");
    tcase_add_unchecked_fixture(tcase, temp_make, temp_remove);
    tcase_add_checked_fixture(tcase, set_up, NULL);
    tcase_add_loop_test(tcase, stored_and_deflated, 0, 2);
    tcase_add_test(tcase, other_types);
    tcase_add_test(tcase, a_tree_is_one_input_with_labels);
    tcase_add_test(tcase, what_is_no_frames);
    tcase_add_test(tcase, values_that_float32_has_not);
    tcase_add_test(tcase, hostile_archives);
    tcase_add_loop_test(tcase, cut_at_every_byte, 0, 2);
    suite_add_tcase(suite, tcase);
    return suite;
}

SQ_TEST_MAIN(suite())
