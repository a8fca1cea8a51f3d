/* A tensor that nobody asks for costs no memory: a network of a few bytes beside a gigabyte that
 * lies in a hole of the file, within 128 MiB of address space. */
#include "test/sim/checkpoint/expect.h"
#include "test/sim/checkpoint/torch_file.h"

#include <stdio.h>
#include <sys/resource.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_SANITIZER 1
#endif

enum { HOLE = 1 << 30, ROOM = 128 << 20 };

/* {"w": six floats of storage 0, "x": bytes of storage 1}. */
static void put_pickle(struct bytes *out)
{
    const struct pickle_tensor large = {.storage = "ByteStorage",
                                        .key = "1",
                                        .storage_elements = HOLE,
                                        .n_dims = 1,
                                        .dim = {HOLE},
                                        .stride = {1}};
    pickle_start(out);
    pickle_op(out, "}(");
    pickle_text(out, "w");
    torch_file_put_tensor(out);
    pickle_text(out, "x");
    pickle_put_tensor(out, &large);
    pickle_op(out, "u.");
}

/* Each: what stands before the hole, and what follows it. */
static void safetensors(struct bytes *head, struct bytes *tail)
{
    char header[256];
    (void)tail;
    snprintf(header, sizeof header,
             "{\"w\":{\"dtype\":\"F32\",\"shape\":[6],\"data_offsets\":[0,24]},"
             "\"x\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[24,%d]}}",
             HOLE, 24 + HOLE);
    bytes_put_u64(head, strlen(header));
    bytes_put_text(head, header);
    torch_file_ramp(head);
}

static void legacy(struct bytes *head, struct bytes *tail)
{
    (void)tail;
    pickle_legacy_start(head);
    put_pickle(head);
    pickle_start(head);
    pickle_op(head, "](");
    pickle_text(head, "0");
    pickle_text(head, "1");
    pickle_op(head, "e.");
    bytes_put_u64(head, TORCH_FILE_ELEMENTS);
    torch_file_ramp(head);
    bytes_put_u64(head, HOLE);
}

/* The large member comes last, so that only its hole and the directory follow its name. */
static void zip(struct bytes *head, struct bytes *tail)
{
    struct bytes pickle = {0}, ramp = {0};
    struct zip_writer writer = {.out = head};
    put_pickle(&pickle);
    torch_file_ramp(&ramp);
    zip_writer_add(&writer, "r/data.pkl", pickle.data, pickle.n, NULL);
    zip_writer_add(&writer, "r/data/0", ramp.data, ramp.n, NULL);
    zip_writer_add(&writer, "r/data/1", NULL, 0,
                   &(struct zip_member){.size_plus = HOLE, .packed_plus = HOLE});
    const size_t n = head->n;
    writer.hole = HOLE;
    zip_writer_end(&writer);
    bytes_put(tail, head->data + n, head->n - n);
    head->n = n;
    bytes_free(&ramp);
    bytes_free(&pickle);
}

static void (*const make[])(struct bytes *head, struct bytes *tail) = {safetensors, legacy, zip};

static int sparse_file(struct bytes *head, struct bytes *tail)
{
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    const int fd = dup(fileno(file));
    ck_assert_uint_eq((size_t)pwrite(fd, head->data, head->n, 0), head->n);
    ck_assert_int_eq(ftruncate(fd, (off_t)head->n + HOLE), 0);
    if (tail->n > 0)
        ck_assert_uint_eq((size_t)pwrite(fd, tail->data, tail->n, (off_t)head->n + HOLE), tail->n);
    fclose(file);
    bytes_free(head);
    bytes_free(tail);
    return fd;
}

/* Pages in use, times their size, from the kernel: the limit counts from here. */
static void limit_memory(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%lu", &pages), 1);
    fclose(file);
    const rlim_t room = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + ROOM;
#ifndef HAS_SANITIZER
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &(struct rlimit){room, room}), 0);
#else
    (void)room; /* a sanitizer's own memory is far past any limit */
#endif
}

START_TEST(what_nobody_asks_for_is_not_read)
{
    struct bytes head = {0}, tail = {0};
    struct sq_error err = {0};
    struct sq_checkpoint *c = NULL;
    make[_i](&head, &tail);
    const int fd = sparse_file(&head, &tail);
    limit_memory();
    ck_assert_msg(sq_checkpoint_open_fd(&err, "FILE", fd, &c) == SQ_OK, "%s", err.text);
    ck_assert_uint_eq(sq_checkpoint_find(c, "", "x")->n_elements, HOLE);
    ck_assert_float_eq(values_of(sq_checkpoint_find(c, "", "w"))[5], 5.0f);
#ifndef HAS_SANITIZER
    /* The limit is one: what is asked for does not fit. */
    ck_assert_int_eq(sq_checkpoint_source_load(&err, sq_checkpoint_find(c, "", "x")->source),
                     SQ_ENOMEM);
#endif
    sq_checkpoint_free(c);
    close(fd);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/checkpoint unused memory");
    TCase *t = tcase_create("unused memory");
    tcase_add_loop_test(t, what_nobody_asks_for_is_not_read, 0, (int)(sizeof make / sizeof *make));
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
