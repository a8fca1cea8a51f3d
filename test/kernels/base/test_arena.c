#include "kernels/base/arena.h"

#include "test/kernels/kernel_test.h"

static bool filled_with(const unsigned char *byte, size_t n, unsigned char with)
{
    while (n > 0 && byte[n - 1] == with)
        n--;
    return n == 0;
}

/* Objects of every size, filled as they come: aligned, zeroed, and none overlaps another. */
START_TEST(objects_are_aligned_zeroed_and_apart)
{
    struct sq_rng rng = {1};
    struct sq_arena arena = {0};
    unsigned char *object[200];
    size_t size[200];
    for (size_t i = 0; i < 200; i++) {
        size[i] = sq_rng_below(&rng, i % 20 == 0 ? 3 << 20 : 5000);
        object[i] = sq_arena_alloc(&arena, size[i], 1);
        ck_assert_ptr_nonnull(object[i]);
        ck_assert_uint_eq((uintptr_t)object[i] % SQ_ALIGN, 0);
        ck_assert(filled_with(object[i], size[i], 0));
        memset(object[i], (int)i + 1, size[i]);
    }
    for (size_t i = 0; i < 200; i++)
        ck_assert(filled_with(object[i], size[i], (unsigned char)(i + 1)));
    sq_arena_free(&arena);
}
END_TEST

START_TEST(memory_taken_again_is_zero_again)
{
    struct sq_arena arena = {0};
    for (int round = 0; round < 5; round++) {
        unsigned char *object = sq_arena_alloc(&arena, 1000, 3);
        ck_assert_ptr_nonnull(object);
        ck_assert(filled_with(object, 3000, 0));
        memset(object, 0xff, 3000);
        ck_assert_uint_ge(arena.used_bytes, 3000);
        sq_arena_free(&arena);
        ck_assert_ptr_null(arena.block);
        ck_assert_uint_eq(arena.used_bytes, 0);
    }
    sq_arena_free(&arena);
}
END_TEST

START_TEST(impossible_requests_give_null_and_harm_nothing)
{
    static const size_t request[][2] = {{SIZE_MAX, 2},         {2, SIZE_MAX},
                                        {SIZE_MAX / 2 + 1, 2}, {SIZE_MAX, 1},
                                        {SIZE_MAX - 64, 1},    {(size_t)1 << 32, (size_t)1 << 32}};
    struct sq_arena arena = {0};
    for (size_t i = 0; i < sizeof request / sizeof request[0]; i++)
        ck_assert_ptr_null(sq_arena_alloc(&arena, request[i][0], request[i][1]));
    ck_assert_uint_eq(arena.used_bytes, 0);
    ck_assert_ptr_nonnull(sq_arena_alloc(&arena, 10, 10));
    sq_arena_free(&arena);
}
END_TEST

START_TEST(nothing_is_a_valid_request)
{
    struct sq_arena arena = {0};
    ck_assert_ptr_nonnull(sq_arena_alloc(&arena, 0, 8));
    ck_assert_ptr_nonnull(sq_arena_alloc(&arena, 8, 0));
    ck_assert_ptr_nonnull(sq_arena_alloc(&arena, 0, SIZE_MAX));
    sq_arena_free(&arena);
}
END_TEST

START_TEST(strings_are_copied)
{
    struct sq_arena arena = {0};
    char text[] = "block.0.attn";
    char *copy = sq_arena_strdup(&arena, text);
    text[0] = 'X';
    ck_assert_str_eq(copy, "block.0.attn");
    ck_assert_str_eq(sq_arena_strdup(&arena, ""), "");
    sq_arena_free(&arena);
}
END_TEST

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif

#ifdef WITH_ASAN
static bool poisoned(const char *byte)
{
    return __asan_address_is_poisoned(byte);
}
#else
enum { WITH_ASAN = 0 };

static bool poisoned(const char *byte)
{
    return byte == NULL;
}
#endif

/* Only AddressSanitizer has red zones. */
START_TEST(red_zone_follows_the_last_byte)
{
    struct sq_arena arena = {0};
    if (!WITH_ASAN) {
        sq_skip("red zones of the arena: need VARIANT=asan");
        return;
    }
    char *object = sq_arena_alloc(&arena, 3, 7);
    sq_arena_alloc(&arena, 1, 1);
    ck_assert(!poisoned(object + 20));
    for (int i = 21; i < 64 + SQ_ALIGN; i++)
        ck_assert(poisoned(object + i));
    sq_arena_free(&arena);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("base");
    TCase *t = tcase_create("arena");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, objects_are_aligned_zeroed_and_apart);
    tcase_add_test(t, memory_taken_again_is_zero_again);
    tcase_add_test(t, impossible_requests_give_null_and_harm_nothing);
    tcase_add_test(t, nothing_is_a_valid_request);
    tcase_add_test(t, strings_are_copied);
    tcase_add_test(t, red_zone_follows_the_last_byte);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
