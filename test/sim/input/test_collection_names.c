/* Folders and lists as people have them: what desktops leave behind is passed over, lists from
 * other computers give the same samples, and what is missing is named. */
#include "kernels/base/warnings.h"
#include "sim/input/collection_names.h"
#include "sim/input/images/image_file.h"
#include "sim/input/input.h"
#include "test/sim/input/temp_files.h"

#include <stdlib.h>

enum { WIDTH = 9, HEIGHT = 6, PIXELS = 3 * WIDTH * HEIGHT, MOST = 4096 };

/* The samples, by their numbers below. */
static const char *const golden[] = {"rgb8.png", "rgb.jpg", "rgb-444.jpg"};

static struct sq_error err;
static struct sq_warnings list;
static struct sq_config config;
static struct sq_input_want want;

static void set_up(void)
{
    config = (struct sq_config){.classes = 2, .n_mean = 3, .n_std = 3, .std = {1, 1, 1}};
    want = (struct sq_input_want){0, 3, HEIGHT, WIDTH, 0, &config, NULL};
    list = (struct sq_warnings){.n = 0};
    temp_remove();
    ck_assert_int_eq(mkdir(temp_dir, 0777), 0);
}

static const char *golden_path(int sample)
{
    static char path[128];
    snprintf(path, sizeof path, "test/golden/images/%s", golden[sample]);
    return path;
}

static void place(const char *name, int sample)
{
    unsigned char bytes[MOST];
    FILE *file = fopen(golden_path(sample), "rb");
    ck_assert_ptr_nonnull(file);
    const size_t n = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    temp_write(name, bytes, n);
}

static int open_input(const char *name, struct sq_input **input)
{
    sq_warnings_begin(&err, &list);
    const int rc = sq_input_open(&err, temp_path(name), NULL, &want, 0, input);
    sq_warnings_end(&err, &list);
    return rc;
}

/* The next sample is this one of the golden images. */
static void expect_sample(struct sq_input *input, int sample, int32_t label)
{
    struct sq_image image;
    float pixels[PIXELS];
    int32_t got;
    expect_ok(&err, sq_input_next(&err, input, pixels, &got));
    ck_assert_int_eq(got, label);
    expect_ok(&err, sq_image_read(&err, golden_path(sample), 3, &image));
    for (int i = 0; i < PIXELS; i++)
        ck_assert(pixels[i] == (float)image.bytes[i] / 255.0f);
    free(image.bytes);
}

/* Opened, it holds the three samples with the labels 0, 0, 1. */
static void expect_three(const char *name, const char *description)
{
    struct sq_input *input = NULL;
    expect_ok(&err, open_input(name, &input));
    ck_assert_str_eq(sq_input_description(input), description);
    ck_assert_uint_eq(sq_input_count(input), 3);
    for (int i = 0; i < 3; i++)
        expect_sample(input, i, i / 2);
    sq_input_free(input);
}

static void place_classes(void)
{
    mkdir(temp_path("set"), 0777);
    mkdir(temp_path("set/cats"), 0777);
    mkdir(temp_path("set/dogs"), 0777);
    place("set/cats/a.png", 0);
    place("set/cats/b.jpg", 1);
    place("set/dogs/c.JPEG", 2);
}

START_TEST(what_is_left_behind_is_passed_over)
{
    static const char *const file[] = {"set/cats/Thumbs.db",   "set/cats/.DS_Store",
                                       "set/dogs/desktop.ini", "set/dogs/notes.txt",
                                       "set/README.md",        "set/dogs/._c.JPEG"};
    place_classes();
    for (size_t i = 0; i < sizeof file / sizeof *file; i++)
        temp_write(file[i], "\0\1\2\3text", 8);
    mkdir(temp_path("set/__MACOSX"), 0777); /* would be class 0 */
    temp_text("set/__MACOSX/._a.png", "x");
    mkdir(temp_path("set/.ipynb_checkpoints"), 0777);
    mkdir(temp_path("set/cats/@eaDir"), 0777);
    place("set/cats/@eaDir/a.png", 2);
    expect_three("set",
                 "3 images in 2 class folders, 9 other files passed over (.DS_Store first), /255, "
                 "normalised");
    ck_assert_uint_eq(list.n, 0);
}
END_TEST

/* Whatever a file is called, the description stays a line of ASCII. */
START_TEST(odd_names_are_passed_over_too)
{
    place_classes();
    temp_text("set/cats/a\n\xc3\xa9.txt", "x");
    expect_three("set",
                 "3 images in 2 class folders, 1 other file passed over (a???.txt first), /255, "
                 "normalised");
}
END_TEST

/* By names alone: none of these files is there. */
START_TEST(what_names_say)
{
    static const struct {
        const char *name;
        int image, frames, recording; /* is it a sample? */
    } row[] = {
        {"a.png", 1, 0, 1},     {"a.JPG", 1, 0, 1},       {"a.webp", 1, 0, 1},
        {"a.npz", 0, 1, 1},     {"a.NPY", 0, 1, 1},       {"a.aedat4", 0, 0, 1},
        {"a.txt", 0, 0, 1},     {"a", 0, 0, 1},           {"README.txt", 0, 0, 0},
        {"readme", 0, 0, 0},    {"LICENSE", 0, 0, 0},     {"notes.md", 0, 0, 0},
        {"Thumbs.db", 0, 0, 0}, {"desktop.ini", 0, 0, 0}, {"._a.png", 0, 0, 0},
        {".DS_Store", 0, 0, 0}, {"thumbs.DB", 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const char *path = temp_path(row[i].name), *called = row[i].name;
        ck_assert_msg(
            sq_collection_is_sample(SQ_COLLECT_IMAGES, path, called) == row[i].image &&
                sq_collection_is_sample(SQ_COLLECT_FRAMES, path, called) == row[i].frames &&
                sq_collection_is_sample(SQ_COLLECT_RECORDINGS, path, called) == row[i].recording,
            "%s", called);
    }
}
END_TEST

START_TEST(a_clean_folder_passes_over_nothing)
{
    place_classes();
    expect_three("set", "3 images in 2 class folders, /255, normalised");
    ck_assert_uint_eq(list.n, 0);
}
END_TEST

/* A name that claims an image, or a content that is one, is never passed over. */
START_TEST(images_are_never_passed_over)
{
    struct sq_input *input = NULL;
    place_classes();
    rename(temp_path("set/cats/a.png"), temp_path("set/cats/a"));
    expect_three("set", "3 images in 2 class folders, /255, normalised");
    temp_text("set/dogs/x.webp", "RIFF....WEBP");
    expect(&err, open_input("set", &input), SQ_EFORMAT, "x.webp: is neither a PNG nor a JPEG");
    unlink(temp_path("set/dogs/x.webp"));
    temp_text("set/dogs/empty.png", "");
    expect(&err, open_input("set", &input), SQ_EFORMAT, "empty.png: is neither a PNG nor a JPEG");
}
END_TEST

START_TEST(doubtful_folders_warn)
{
    struct sq_input *input = NULL;
    static const char *const name[] = {"class-folder-empty", "samples-beside-class-folders"};
    config.classes = 3;
    place_classes();
    if (_i == 0)
        mkdir(temp_path("set/zebras"), 0777);
    if (_i == 1) {
        place("set/x.png", 0);
        place("set/y.png", 0);
    }
    expect_ok(&err, open_input("set", &input));
    sq_input_free(input);
    ck_assert_uint_eq(list.n, 1);
    ck_assert_str_eq(list.item[0].name, name[_i]);
}
END_TEST

/* The first two of three are cats alone. */
START_TEST(a_limit_that_leaves_classes_out)
{
    struct sq_input *input = NULL;
    place_classes();
    place("set/cats/c.png", 0);
    for (uint64_t limit = 2; limit <= 4; limit++) {
        list.n = 0;
        sq_warnings_begin(&err, &list);
        expect_ok(&err, sq_input_open(&err, temp_path("set"), NULL, &want, limit, &input));
        sq_warnings_end(&err, &list);
        ck_assert_uint_eq(list.n, limit < 4);
        if (limit == 2) {
            ck_assert_str_eq(list.item[0].name, "limit-leaves-out-classes");
            ck_assert_str_eq(sq_input_description(input),
                             "first 2 of 4 images in 2 class folders, /255, normalised");
        }
        sq_input_free(input);
    }
}
END_TEST

START_TEST(cifar_10_is_not_cifar_100)
{
    static unsigned char batch[2 * 3073];
    struct sq_input *input = NULL;
    want = (struct sq_input_want){0, 3, 32, 32, 0, &config, NULL};
    for (int wrong = 0; wrong < 2; wrong++) {
        config.classes = wrong ? 100 : 10;
        list.n = 0;
        temp_write("batch.bin", batch, sizeof batch);
        expect_ok(&err, open_input("batch.bin", &input));
        sq_input_free(input);
        ck_assert_uint_eq(list.n, wrong);
        if (wrong)
            ck_assert_str_eq(list.item[0].name, "labels-of-other-classes");
    }
}
END_TEST

START_TEST(a_folder_without_samples)
{
    struct sq_input *input = NULL;
    mkdir(temp_path("set"), 0777);
    expect(&err, open_input("set", &input), SQ_EFORMAT, "set: holds no sample");
    temp_text("set/a.txt", "x");
    temp_text("set/b.txt", "x");
    expect(&err, open_input("set", &input), SQ_EFORMAT,
           "set/a.txt: is neither a PNG nor a JPEG image");
}
END_TEST

static const char *const lists[] = {
    "set/cats/a.png 0\nset/cats/b.jpg 0\nset/dogs/c.JPEG 1\n",
    "set/cats/a.png 0\nset/cats/b.jpg 0\nset/dogs/c.JPEG 1", /* no end of line */
    "\xef\xbb\xbfset/cats/a.png 0\nset/cats/b.jpg 0\nset/dogs/c.JPEG 1\n",
    "\xef\xbb\xbf# a heading\r\n\r\nset/cats/a.png 0\r\nset/cats/b.jpg 0\r\nset/dogs/c.JPEG 1\r\n",
    "set/cats/a.png 0\rset/cats/b.jpg 0\rset/dogs/c.JPEG 1\r",
    "set\\cats\\a.png 0\r\nset\\cats\\b.jpg 0\r\nset\\dogs\\c.JPEG 1\r\n",
    ".\\set\\cats\\a.png\t0\nset/cats/b.jpg\t0\nset\\dogs/c.JPEG\t1\n",
    "\"set/cats/a.png\" 0\n'set/cats/b.jpg' 0\n\"set\\dogs\\c.JPEG\",1\n",
    "set/cats/a.png,0\nset/cats/b.jpg;0\n\"set/dogs/c.JPEG\",\"1\"\n",
    "  set/cats/a.png   0  \n\t\nset/cats/b.jpg ,\t0\n#x\nset/dogs/c.JPEG 01\n",
};

START_TEST(lists_from_other_computers)
{
    place_classes();
    temp_text("list.txt", lists[_i]);
    expect_three("list.txt", "3 images, /255, normalised");
    ck_assert_uint_eq(list.n, 0);
}
END_TEST

START_TEST(names_with_blanks_commas_quotes_and_accents)
{
    struct sq_input *input = NULL;
    place("a 1.png", 0);
    place("b,2", 1);
    place("\xc3\xa9\"t\xc3\xa9 3", 2);
    temp_text("list.txt", "a 1.png\nb,2\n\"\xc3\xa9\"\"t\xc3\xa9 3\" 1\n");
    expect_ok(&err, open_input("list.txt", &input));
    expect_sample(input, 0, -1);
    expect_sample(input, 1, -1);
    expect_sample(input, 2, 1);
    sq_input_free(input);
    ck_assert_uint_eq(list.n, 1);
    ck_assert_str_eq(list.item[0].name, "labels-missing");
}
END_TEST

static const struct {
    const char *text;
    int code;
    const char *says;
} bad[] = {
    {"missing.png 0\nset/cats/b.jpg 0\n", SQ_EIO, "list.txt: line 1 names \"missing.png\", which"},
    {"# x\n\nset/cats/a.png 0\nset\\no.png 1\n", SQ_EIO, "line 4 names \"set\\no.png\", which is"},
    {"set/cats/a.png 0\rset/no.png 0\r", SQ_EIO, "line 2 names \"set/no.png\""},
    {"C:\\data\\a.png 0\r\n", SQ_EIO, "line 1 names \"C:\\data\\a.png\", which is not there"},
    {"\"missing 1.png\" 0\n", SQ_EIO, "line 1 names \"missing 1.png\""},
    {"set/cats/a.png cats\n", SQ_EIO, "line 1 names \"set/cats/a.png cats\""},
    {"set/cats/a.png 0\nset/cats\n", SQ_EIO, "line 2 names \"set/cats\""},
    {"set/cats/a.png 0\nset/cats/b.jpg 2\n", SQ_EVALUE, "has the label 2"},
    {"a sentence of words\n", SQ_EFORMAT, "not an input"},
    {"{\"a\": \"b.png\"}\n", SQ_EFORMAT, "not an input"},
    {"# spikeq address events 1\n0 0 block.0.mid 17\n", SQ_EFORMAT, "not an input"},
};

START_TEST(bad_lists_say_which_line)
{
    struct sq_input *input = NULL;
    place_classes();
    temp_text("list.txt", bad[_i].text);
    expect(&err, open_input("list.txt", &input), bad[_i].code, bad[_i].says);
}
END_TEST

START_TEST(lists_that_are_no_utf8_text)
{
    struct sq_input *input = NULL;
    place("a.png", 0);
    temp_write("list.txt",
               "\xff\xfe"
               "a\0.\0p\0n\0g\0\n\0",
               14);
    expect(&err, open_input("list.txt", &input), SQ_EUNSUPPORTED, "a list in UTF-16");
    temp_write("list.txt", "a.png 0\na.p\0g\n", 14);
    expect(&err, open_input("list.txt", &input), SQ_EFORMAT, "line 2 holds a NUL byte");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/input/collection: names");
    TCase *t = tcase_create("names");
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_checked_fixture(t, set_up, NULL);
    tcase_add_test(t, what_is_left_behind_is_passed_over);
    tcase_add_test(t, odd_names_are_passed_over_too);
    tcase_add_test(t, what_names_say);
    tcase_add_test(t, a_clean_folder_passes_over_nothing);
    tcase_add_test(t, images_are_never_passed_over);
    tcase_add_loop_test(t, doubtful_folders_warn, 0, 2);
    tcase_add_test(t, a_limit_that_leaves_classes_out);
    tcase_add_test(t, cifar_10_is_not_cifar_100);
    tcase_add_test(t, a_folder_without_samples);
    tcase_add_loop_test(t, lists_from_other_computers, 0, sizeof lists / sizeof *lists);
    tcase_add_test(t, names_with_blanks_commas_quotes_and_accents);
    tcase_add_loop_test(t, bad_lists_say_which_line, 0, sizeof bad / sizeof *bad);
    tcase_add_test(t, lists_that_are_no_utf8_text);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
