/* Archives as inputs: the samples, labels and digest of the same files in a folder and a list; labels of
 * WebDataset; any order of reading; several archives; what is refused. */
#include "sim/input/input.h"

#include "kernels/base/warnings.h"
#include "test/sim/input/temp_files.h"
#include "test/support/tar_writer.h"

#include <png.h>
#include <zlib.h>

enum { HEIGHT = 4, WIDTH = 5, PIXELS = 3 * HEIGHT * WIDTH, MOST = 8 };

static struct sq_config config;
static struct sq_input_want want;
static struct bytes tar;

static void set_up(void)
{
    config = (struct sq_config){.classes = 10, .fit = SQ_FIT_NONE};
    want = (struct sq_input_want){0, 3, HEIGHT, WIDTH, 0, &config, NULL};
    tar = (struct bytes){NULL, 0, 0};
}

static void tear_down(void)
{
    bytes_free(&tar);
}

/* An image that no other seed makes, as the bytes of a PNG file. */
static size_t png_bytes(unsigned seed, unsigned char *out, size_t room)
{
    unsigned char bytes[PIXELS];
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = WIDTH, .height = HEIGHT, .format = PNG_FORMAT_RGB};
    png_alloc_size_t n = room;
    for (unsigned i = 0; i < PIXELS; i++)
        bytes[i] = (unsigned char)(seed * 31 + i * 7);
    ck_assert(png_image_write_to_memory(&image, out, &n, 0, bytes, 0, NULL));
    return n;
}

static void put_png(const char *name, unsigned seed)
{
    unsigned char png[1024];
    tar_put(&tar, name, '0', png, png_bytes(seed, png, sizeof png));
}

static void write_png(const char *name, unsigned seed)
{
    unsigned char png[1024];
    temp_write(name, png, png_bytes(seed, png, sizeof png));
}

/* The archive so far, ended: plain, or compressed. */
static const char *write_archive(const char *name, int is_gz)
{
    const char *path = temp_path(name);
    tar_put_end(&tar);
    if (!is_gz)
        return temp_write(name, tar.data, tar.n);
    gzFile file = gzopen(path, "wb");
    ck_assert_int_eq(gzwrite(file, tar.data, (unsigned)tar.n), (int)tar.n);
    gzclose(file);
    return path;
}

/* All that an input gives. */
struct contents {
    uint64_t n;
    float pixels[MOST][PIXELS];
    int32_t label[MOST];
    char digest[65], names[65], description[512];
};

static struct sq_input *open_input(const char *path)
{
    struct sq_error err = {0};
    struct sq_input *input = NULL;
    expect_ok(&err, sq_input_open(&err, path, NULL, &want, 0, &input));
    return input;
}

static struct contents contents_of(const char *path)
{
    struct contents all = {0};
    struct sq_error err = {0};
    struct sq_input *input = open_input(path);
    all.n = sq_input_count(input);
    ck_assert_uint_le(all.n, MOST);
    expect_ok(&err, sq_input_digest(&err, input, SQ_IDENTITY_CONTENT, all.digest));
    expect_ok(&err, sq_input_digest(&err, input, SQ_IDENTITY_NAMES, all.names));
    for (uint64_t i = 0; i < all.n; i++)
        expect_ok(&err, sq_input_next(&err, input, all.pixels[i], &all.label[i]));
    snprintf(all.description, sizeof all.description, "%s", sq_input_description(input));
    sq_input_free(input);
    return all;
}

static void expect_same(const struct contents *a, const struct contents *b)
{
    ck_assert_uint_eq(a->n, b->n);
    ck_assert_mem_eq(a->pixels, b->pixels, sizeof a->pixels);
    ck_assert_mem_eq(a->label, b->label, sizeof a->label);
    ck_assert_str_eq(a->digest, b->digest);
}

/* Folder, list, archive, compressed archive: with the folder that tar puts in front, and without. */
START_TEST(same_as_the_folder)
{
    static const char list[] = "set/cats/1.png 0\nset/cats/2.png 0\nset/dogs/0.png 1\n";
    static const char *const front[] = {"", "./", "val/", "a/b/"};
    char name[64];
    for (int i = 0; i < 3; i++)
        mkdir(temp_path((const char *[]){"set", "set/cats", "set/dogs"}[i]), 0777);
    write_png("set/cats/1.png", 1);
    write_png("set/cats/2.png", 2);
    write_png("set/dogs/0.png", 3);
    struct contents folder = contents_of(temp_path("set"));
    struct contents listed = contents_of(temp_text("list.txt", list));
    expect_same(&folder, &listed);
    for (int is_gz = 0; is_gz < 2; is_gz++) {
        static const char *const member[] = {"cats/1.png", "cats/2.png", "dogs/0.png"};
        tar.n = 0;
        for (unsigned i = 0; i < 3; i++) {
            snprintf(name, sizeof name, "%s%s", front[_i], member[i]);
            put_png(name, i + 1);
        }
        struct contents archive = contents_of(write_archive("set.tar", is_gz));
        expect_same(&folder, &archive);
        ck_assert_str_eq(folder.description, archive.description);
        ck_assert(_i > 1 || strcmp(folder.names, archive.names) == 0);
    }
}
END_TEST

/* Members in their order, classes in that of their names, folders without a sample among them. */
START_TEST(class_folders_in_any_order)
{
    struct sq_error err = {0};
    static struct sq_warnings list;
    struct sq_input *input = NULL;
    tar_put(&tar, "c/", '5', "", 0);
    put_png("c/0.png", 1);
    put_png("a/1.png", 2);
    tar_put(&tar, "b", '5', "", 0);
    put_png("c/2.png", 3);
    tar_put_text(&tar, "._c", "left behind");
    tar_put_text(&tar, "__MACOSX/a/1.png", "left behind");
    tar_put_text(&tar, "a/notes.txt", "another");
    sq_warnings_begin(&err, &list);
    expect_ok(&err, sq_input_open(&err, write_archive("x.tar", _i), NULL, &want, 0, &input));
    sq_warnings_end(&err, &list);
    ck_assert_uint_ge(list.n, 1);
    ck_assert_str_eq(list.item[0].name, "class-folder-empty");
    ck_assert_str_eq(list.item[0].text, "b: holds no sample but takes a label: later folders are "
                                        "numbered after it");
    sq_input_free(input);
    const struct contents all = contents_of(temp_path("x.tar"));
    static const int32_t label[] = {2, 0, 2};
    ck_assert_uint_eq(all.n, 3);
    ck_assert_mem_eq(all.label, label, sizeof label);
    ck_assert_str_eq(all.description, "3 images in 3 class folders, 3 other files passed over (._c "
                                      "first), /255, not normalised");
}
END_TEST

START_TEST(labels_of_webdataset)
{
    tar_put_text(&tar, "a/000.cls", "7\n");
    put_png("a/000.png", 1);
    tar_put_text(&tar, "a/000.json", "{}");
    put_png("b/000.png", 2);
    tar_put_text(&tar, "b/000.cls", "0");
    put_png("b/001.seg.x.PNG", 3);
    tar_put_text(&tar, "b/001.cls", " 9 ");
    const struct contents all = contents_of(write_archive("w.tar", _i));
    static const int32_t label[] = {7, 0, 9};
    ck_assert_uint_eq(all.n, 3);
    ck_assert_mem_eq(all.label, label, sizeof label);
    ck_assert_str_eq(all.description,
                     "3 images, 1 other file passed over (000.json first), /255, not normalised");
}
END_TEST

/* One folder around all samples is not a class. */
START_TEST(no_labels)
{
    put_png(_i == 0 ? "0.png" : "set/0.png", 1);
    put_png(_i == 0 ? "1.png" : "set/1.png", 2);
    const struct contents all = contents_of(write_archive("n.tar", 0));
    ck_assert_uint_eq(all.n, 2);
    ck_assert_int_eq(all.label[0], -1);
    ck_assert_int_eq(all.label[1], -1);
}
END_TEST

START_TEST(any_order_of_reading)
{
    struct sq_error err = {0};
    struct sq_rng rng = {7};
    char name[32];
    for (unsigned i = 0; i < MOST; i++) {
        snprintf(name, sizeof name, "%u.png", i);
        put_png(name, i);
    }
    const char *path = write_archive("o.tar", _i);
    struct contents *all = malloc(sizeof *all);
    *all = contents_of(path);
    struct sq_input *input = open_input(path);
    for (int turn = 0; turn < 100; turn++) {
        const uint64_t i = sq_rng_below(&rng, MOST);
        float pixels[PIXELS];
        int32_t label;
        sq_input_seek(input, i);
        expect_ok(&err, sq_input_next(&err, input, pixels, &label));
        ck_assert_mem_eq(pixels, all->pixels[i], sizeof pixels);
    }
    sq_input_free(input);
    free(all);
}
END_TEST

/* By braces and by a list; names may come again in another archive. */
START_TEST(several_archives)
{
    static const char *const name[] = {"s-08.tar", "s-09.tar", "s-10.tar.gz"};
    for (unsigned i = 0; i < 3; i++) {
        tar.n = 0;
        put_png("c/0.png", 2 * i);
        put_png(i == 1 ? "a/1.png" : "d/1.png", 2 * i + 1);
        write_archive(name[i], i == 2);
    }
    rename(temp_path("s-10.tar.gz"), temp_path("s-10.tar"));
    const struct contents braces = contents_of(temp_path("s-{08..10}.tar"));
    const struct contents listed =
        contents_of(temp_text("archives.txt", "s-08.tar\n# the others\ns-09.tar\ns-10.tar\n"));
    static const int32_t label[] = {1, 2, 1, 0, 1, 2};
    expect_same(&braces, &listed);
    ck_assert_uint_eq(braces.n, 6);
    ck_assert_mem_eq(braces.label, label, sizeof label);
    ck_assert_str_eq(braces.description, "6 images in 3 class folders, /255, not normalised");
}
END_TEST

START_TEST(frames)
{
    static const char npy[] = "\x93NUMPY\x01\x00v\x00{'descr': '|u1', 'fortran_order': False, "
                              "'shape': (2, 2, 4, 5), }";
    struct bytes file = {NULL, 0, 0};
    struct sq_error err = {0};
    float pixels[80];
    int32_t label;
    want = (struct sq_input_want){2, 2, 4, 5, 1, &config, NULL};
    bytes_put(&file, npy, sizeof npy - 1);
    while (file.n < 127)
        bytes_put_u8(&file, ' ');
    bytes_put_u8(&file, '\n');
    for (unsigned i = 0; i < 80; i++)
        bytes_put_u8(&file, i);
    tar_put(&tar, "a/0.npy", '0', file.data, file.n);
    tar_put(&tar, "b/0.npy", '0', file.data, file.n);
    struct sq_input *input = open_input(write_archive("f.tar", _i));
    for (int32_t k = 0; k < 2; k++) {
        expect_ok(&err, sq_input_next(&err, input, pixels, &label));
        ck_assert_int_eq(label, k);
        for (unsigned i = 0; i < 80; i++)
            ck_assert(pixels[i] == (float)i);
    }
    sq_input_free(input);
    bytes_free(&file);
    tar.n = 0;
    tar_put_text(&tar, "a.npy", "no array");
    expect(&err, sq_input_open(&err, write_archive("f.tar", _i), NULL, &want, 0, &input), SQ_EUSAGE,
           "f.tar: a.npy: holds no frames");
}
END_TEST

static void refuse(int code, const char *says)
{
    struct sq_error err = {0};
    float pixels[PIXELS];
    int32_t label;
    const size_t n = tar.n;
    for (int is_gz = 0; is_gz < 2; is_gz++) {
        struct sq_input *input = NULL;
        tar.n = n;
        int rc = sq_input_open(&err, write_archive("r.tar", is_gz), NULL, &want, 0, &input);
        while (rc == SQ_OK)
            rc = sq_input_next(&err, input, pixels, &label);
        sq_input_free(input);
        expect(&err, rc, code, says);
    }
}

START_TEST(what_is_refused)
{
    tar_put_text(&tar, "a.txt", "x");
    refuse(SQ_EFORMAT, "r.tar: holds no sample");
    put_png("a.png", 1);
    const size_t n = tar.n;
    put_png("a.png", 1);
    refuse(SQ_EVALUE, "r.tar: member a.png: is there twice");
    tar.n = n;
    put_png("a.jpg", 2);
    tar_put_text(&tar, "a.cls", "1");
    refuse(SQ_EVALUE, "r.tar: 2 samples beside one a.cls");
    tar.n = n;
    tar_put_text(&tar, "a.cls", "cat");
    refuse(SQ_EVALUE, "member a.cls: expected a class number as text");
    tar.n = n;
    tar_put_text(&tar, "a.cls", "-1");
    refuse(SQ_EVALUE, "member a.cls: expected a class number as text");
    tar.n = n;
    tar_put_text(&tar, "a.cls", "10");
    refuse(SQ_EVALUE, "r.tar: a.png) has the label 10");
    tar.n = n;
    tar_put_text(&tar, "a.cls", "1                                        ");
    refuse(SQ_EVALUE, "holds more than a class number");
    tar.n = n;
    tar_put_text(&tar, "b.png", "\x89PNG\r\n\x1a\n and then nothing");
    refuse(SQ_EFORMAT, "r.tar: b.png: a damaged PNG image");
    tar.n = n;
    tar_put_text(&tar, "b.jpg", "");
    refuse(SQ_EFORMAT, "r.tar: b.jpg: is neither a PNG nor a JPEG image");
    tar.n = n;
    tar_put_header(&tar, "b.png", '2', 0);
    refuse(SQ_EVALUE, "r.tar: member b.png: a link");
    want.frame_request = &(struct sq_frame_request){.frames = "number:2", .bin = 1};
    want.frames = 1;
    want.channels = 2;
    tar.n = 0;
    put_png("a.png", 1);
    refuse(SQ_EUNSUPPORTED, "r.tar: recordings are not read from archives");
}
END_TEST

/* A sample of 257 MiB, of zeros. */
START_TEST(a_sample_that_is_too_large)
{
    struct sq_error err = {0};
    struct sq_input *input = NULL;
    const char *path = temp_path("large.tar");
    tar_put_header(&tar, "a.png", '0', 257 << 20);
    FILE *file = fopen(path, "wb");
    ck_assert_uint_eq(fwrite(tar.data, 1, tar.n, file), tar.n);
    ck_assert_int_eq(ftruncate(fileno(file), 512 + (257 << 20) + 1024), 0);
    fclose(file);
    expect(&err, sq_input_open(&err, path, NULL, &want, 0, &input), SQ_EVALUE,
           "member a.png: a sample of more than 256 MiB");
}
END_TEST

START_TEST(wrong_braces_and_lists)
{
    struct sq_error err = {0};
    struct sq_input *input = NULL;
    put_png("a.png", 1);
    write_archive("one.tar", 0);
    write_png("p.png", 1);
    expect(&err, sq_input_open(&err, temp_path("s-{3..1}.tar"), NULL, &want, 0, &input), SQ_EUSAGE,
           "s-{3..1}.tar: expected {FIRST..LAST}");
    expect(&err, sq_input_open(&err, temp_path("m-{0..1}.tar"), NULL, &want, 0, &input), SQ_EIO,
           "m-0.tar: cannot be opened");
    expect(&err, sq_input_open(&err, temp_path("m-{a..b}.tar"), NULL, &want, 0, &input), SQ_EIO,
           "m-{a..b}.tar: cannot be opened");
    expect(&err, sq_input_open(&err, temp_text("l.txt", "one.tar 3\n"), NULL, &want, 0, &input),
           SQ_EFORMAT, "line 1: an archive with a label");
    expect(&err,
           sq_input_open(&err, temp_text("l.txt", "one.tar\np.png\n"), NULL, &want, 0, &input),
           SQ_EFORMAT, "line 2: a list names archives or samples, not both");
    expect(&err,
           sq_input_open(&err, temp_text("l.txt", "p.png\none.tar\n"), NULL, &want, 0, &input),
           SQ_EFORMAT, "line 2: a list names archives or samples, not both");
}
END_TEST

/* Names and sizes: other bytes of the same length leave no sign, all else does. */
START_TEST(by_names_and_sizes)
{
    mkdir(temp_path("ids"), 0777);
    write_png("ids/0.png", 1);
    write_png("ids/1.png", 2);
    const struct contents before = contents_of(temp_path("ids"));
    FILE *file = fopen(temp_path("ids/1.png"), "ab");
    fputc(0, file);
    fclose(file);
    const struct contents longer = contents_of(temp_path("ids"));
    write_png("ids/1.png", 2);
    rename(temp_path("ids/1.png"), temp_path("ids/2.png"));
    const struct contents renamed = contents_of(temp_path("ids"));
    ck_assert_str_ne(before.names, longer.names);
    ck_assert_str_ne(before.names, renamed.names);
    ck_assert_str_eq(before.digest, renamed.digest);
    ck_assert_str_ne(before.digest, before.names);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("input");
    TCase *tcase = tcase_create("collection_archive");
    tcase_add_unchecked_fixture(tcase, temp_make, temp_remove);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, same_as_the_folder, 0, 4);
    tcase_add_loop_test(tcase, class_folders_in_any_order, 0, 2);
    tcase_add_loop_test(tcase, labels_of_webdataset, 0, 2);
    tcase_add_loop_test(tcase, no_labels, 0, 2);
    tcase_add_loop_test(tcase, any_order_of_reading, 0, 2);
    tcase_add_test(tcase, several_archives);
    tcase_add_loop_test(tcase, frames, 0, 2);
    tcase_add_test(tcase, what_is_refused);
    tcase_add_test(tcase, a_sample_that_is_too_large);
    tcase_add_test(tcase, wrong_braces_and_lists);
    tcase_add_test(tcase, by_names_and_sizes);
    suite_add_tcase(suite, tcase);
    return suite;
}

SQ_TEST_MAIN(suite())
