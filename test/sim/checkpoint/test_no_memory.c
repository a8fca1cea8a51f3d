/* Opening with the n-th allocation failing, for every n: an error, and nothing lost. This program
 * has its own malloc(), which the C library, libzip and cJSON use too; sanitizers bring theirs, so
 * that the test does not run under them, and says so. */
#include "test/sim/checkpoint/expect.h"
#include "test/sim/checkpoint/torch_file.h"

#include <errno.h>
#include <stdio.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_SANITIZER 1
#endif

#ifndef HAS_SANITIZER

/* Volatile, since compilers think that malloc() changes no variable. */
static volatile long until_failure = -1; /* allocations that succeed from now on; below 0 all do */
static volatile long n_blocks;           /* allocated and not freed */

/* glibc's own, under the names it keeps for this. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t n);
void *__libc_memalign(size_t alignment, size_t n);
void __libc_free(void *block);

static void *counted(void *block)
{
    n_blocks += block != NULL;
    return block;
}

static int fails(void)
{
    if (until_failure < 0 || until_failure-- > 0)
        return 0;
    until_failure = 0;
    errno = ENOMEM;
    return 1;
}

__attribute__((visibility("default"))) void *malloc(size_t n)
{
    return fails() ? NULL : counted(__libc_malloc(n));
}

__attribute__((visibility("default"))) void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : counted(__libc_calloc(count, size));
}

__attribute__((visibility("default"))) void *realloc(void *block, size_t n)
{
    if (fails())
        return NULL;
    n_blocks += block == NULL;
    return __libc_realloc(block, n);
}

__attribute__((visibility("default"))) int posix_memalign(void **out, size_t alignment, size_t n)
{
    if (fails())
        return ENOMEM;
    *out = counted(__libc_memalign(alignment, n));
    return *out != NULL ? 0 : ENOMEM;
}

__attribute__((visibility("default"))) void free(void *block)
{
    n_blocks -= block != NULL;
    __libc_free(block);
}

/* Valgrind replaces every malloc(). */
static int malloc_is_ours(void)
{
    const long before = n_blocks;
    void *volatile block = malloc(1);
    const int ours = n_blocks != before;
    free(block);
    return ours;
}

static struct bytes pickle(void)
{
    struct bytes out = {0};
    pickle_start(&out);
    pickle_op(&out, "}(");
    pickle_text(&out, "a");
    torch_file_put_tensor(&out);
    pickle_text(&out, "b");
    pickle_op(&out, "](");
    torch_file_put_tensor(&out);
    torch_file_put_tensor(&out);
    pickle_op(&out, "eu.");
    return out;
}

static struct bytes safetensors(void)
{
    static const char header[] =
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[6],\"data_offsets\":[0,24]}}";
    struct bytes out = {0};
    bytes_put_u64(&out, strlen(header));
    bytes_put_text(&out, header);
    torch_file_ramp(&out);
    return out;
}

static struct bytes zip(void)
{
    struct bytes p = pickle();
    return torch_file_zip(&p);
}

static struct bytes legacy(void)
{
    struct bytes p = pickle();
    return torch_file_legacy(&p);
}

/* cJSON and libzip may say no more than that they failed; libzip 1.7.3 loses one block when memory
 * ends inside zip_fopen_index(). */
static const struct {
    struct bytes (*make)(void);
    int also;
    long may_lose;
} container[] = {{safetensors, SQ_EFORMAT, 0}, {zip, SQ_EFORMAT, 1}, {legacy, SQ_ENOMEM, 0}};

/* libzip asks the C library for the time zone, which keeps a copy of TZ from the first time on. */
static void settle(int fd)
{
    struct sq_checkpoint *c = NULL;
    setenv("TZ", "UTC0", 1);
    ck_assert_int_eq(sq_checkpoint_open_fd(NULL, "FILE", fd, &c), SQ_OK);
    sq_checkpoint_free(c);
}

/* The bytes of a tensor are read, and their memory taken, when they are asked for. */
static int read_first(struct sq_error *err, struct sq_checkpoint *c)
{
    float values[TORCH_FILE_ELEMENTS];
    return sq_tensor_read_f32(err, sq_checkpoint_tensor(c, 0), values);
}

START_TEST(every_failing_allocation_is_answered)
{
    struct bytes file = container[_i].make();
    const int fd = bytes_open(&file);
    int rc = SQ_ENOMEM;
    settle(fd);
    if (!malloc_is_ours())
        sq_skip("failing allocations: something else brings its own malloc");
    for (long n = 0; rc != SQ_OK && malloc_is_ours(); n++) {
        struct sq_error err = {0};
        struct sq_checkpoint *c = NULL;
        const long before = n_blocks;
        until_failure = n;
        rc = sq_checkpoint_open_fd(&err, "FILE", fd, &c);
        if (rc == SQ_OK)
            rc = read_first(&err, c);
        until_failure = -1;
        sq_checkpoint_free(c);
        ck_assert_msg(n_blocks - before <= container[_i].may_lose,
                      "%ld blocks lost when allocation %ld fails: %s", n_blocks - before, n,
                      err.text);
        ck_assert_msg(rc == SQ_OK || rc == SQ_ENOMEM || rc == container[_i].also, "%s", err.text);
    }
    close(fd);
    bytes_free(&file);
}
END_TEST

#else

static const int container[] = {0};

START_TEST(every_failing_allocation_is_answered)
{
    sq_skip("failing allocations: the sanitizer brings its own malloc");
}
END_TEST

#endif

static Suite *suite(void)
{
    Suite *s = suite_create("sim/checkpoint no memory");
    TCase *t = tcase_create("no memory");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, every_failing_allocation_is_answered, 0,
                        (int)(sizeof container / sizeof *container));
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
