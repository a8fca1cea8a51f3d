/* sim/checkpoint/torch_flatten.c: names, sharing, and trees made to be endless. */
#include "test/sim/checkpoint/expect.h"
#include "test/sim/checkpoint/torch_file.h"

static struct bytes start(void)
{
    struct bytes pickle = {0};
    pickle_start(&pickle);
    return pickle;
}

static void expect_names(struct bytes *pickle, const char *const *name, size_t n)
{
    struct bytes file = torch_file_zip(pickle);
    struct sq_checkpoint *c = expect_checkpoint(&file);
    ck_assert_uint_eq(sq_checkpoint_count(c), n);
    for (size_t i = 0; i < n; i++) {
        ck_assert_str_eq(sq_checkpoint_tensor(c, i)->name, name[i]);
        ck_assert_ptr_eq(sq_checkpoint_find(c, "", name[i]), sq_checkpoint_tensor(c, i));
    }
    sq_checkpoint_free(c);
}

START_TEST(a_bare_tensor_is_called_tensor)
{
    struct bytes p = start();
    torch_file_put_tensor(&p);
    pickle_end(&p);
    expect_names(&p, (const char *[]){"tensor"}, 1);
}
END_TEST

/* {"epoch": 3, "state_dict": OrderedDict(a.b=T), "list": [1, T, (T,)], 7: T, "args": Namespace(
 * x=T, lr=0.5), None: T, "m": {-1: T}} */
START_TEST(names_are_the_way_to_the_tensor)
{
    struct bytes p = start();
    pickle_op(&p, "}(");
    pickle_text(&p, "epoch");
    pickle_int(&p, 3);
    pickle_text(&p, "state_dict");
    pickle_global(&p, "collections", "OrderedDict");
    pickle_op(&p, ")R(");
    pickle_text(&p, "a.b");
    torch_file_put_tensor(&p);
    pickle_op(&p, "u}Va\n]sb"); /* _metadata arrives so */
    pickle_text(&p, "list");
    pickle_op(&p, "](K\1");
    torch_file_put_tensor(&p);
    torch_file_put_tensor(&p);
    bytes_put_u8(&p, 0x85);
    pickle_op(&p, "e");
    pickle_int(&p, 7);
    torch_file_put_tensor(&p);
    pickle_text(&p, "args");
    pickle_global(&p, "argparse", "Namespace");
    bytes_put(&p, ")\x81}(", 4);
    pickle_text(&p, "x");
    torch_file_put_tensor(&p);
    pickle_text(&p, "lr");
    pickle_op(&p, "F0.5\nub");
    pickle_op(&p, "N");
    torch_file_put_tensor(&p);
    pickle_text(&p, "m");
    pickle_op(&p, "}");
    pickle_int(&p, -1);
    torch_file_put_tensor(&p);
    pickle_op(&p, "su.");
    expect_names(
        &p, (const char *[]){"state_dict.a.b", "list.1", "list.2.0", "7", "args.x", "5", "m.-1"},
        7);
}
END_TEST

START_TEST(one_tensor_may_have_two_names)
{
    struct bytes p = start();
    pickle_op(&p, "}(");
    pickle_text(&p, "a");
    torch_file_put_tensor(&p);
    pickle_op(&p, "q\5");
    pickle_text(&p, "b");
    pickle_op(&p, "h\5u.");
    expect_names(&p, (const char *[]){"a", "b"}, 2);
}
END_TEST

/* d = {"w": T}; d["self"] = d; d["list"] = [d] */
START_TEST(containers_inside_themselves_do_not_loop)
{
    struct bytes p = start();
    pickle_op(&p, "}q\1(");
    pickle_text(&p, "self");
    pickle_op(&p, "h\1");
    pickle_text(&p, "list");
    pickle_op(&p, "]h\1a");
    pickle_text(&p, "w");
    torch_file_put_tensor(&p);
    pickle_op(&p, "u.");
    expect_names(&p, (const char *[]){"w"}, 1);
}
END_TEST

START_TEST(a_namespace_inside_itself_does_not_loop)
{
    struct bytes p = start();
    pickle_global(&p, "argparse", "Namespace");
    bytes_put(&p, ")\x81q\1}(", 6);
    pickle_text(&p, "self");
    pickle_op(&p, "h\1");
    pickle_text(&p, "w");
    torch_file_put_tensor(&p);
    pickle_op(&p, "ub.");
    expect_names(&p, (const char *[]){"w"}, 1);
}
END_TEST

/* Sets, counters and the like are no place for a tensor. */
START_TEST(tensors_in_inert_values_are_ignored)
{
    struct bytes p = start();
    pickle_op(&p, "}(");
    pickle_text(&p, "w");
    torch_file_put_tensor(&p);
    pickle_text(&p, "set");
    bytes_put(&p, "\x8f(", 2);
    torch_file_put_tensor(&p);
    bytes_put(&p, "\x90u.", 3);
    expect_names(&p, (const char *[]){"w"}, 1);
}
END_TEST

static void expect_pickle_refused(struct bytes *pickle, int code, const char *says)
{
    struct bytes file = torch_file_zip(pickle);
    expect_refusal(&file, code, says);
}

/* Sixty-four levels are entered, not one more; a million do not overflow the stack either. */
START_TEST(nesting_is_bounded)
{
    static const size_t depth[] = {63, 64, 65, 1000000};
    for (size_t i = 0; i < sizeof depth / sizeof *depth; i++) {
        struct bytes p = start();
        torch_file_put_tensor(&p);
        for (size_t d = 0; d < depth[i]; d++)
            bytes_put_u8(&p, 0x85);
        pickle_end(&p);
        if (depth[i] > 64) {
            expect_pickle_refused(&p, SQ_EUNSUPPORTED, "nested more than 64 deep");
        } else {
            struct bytes file = torch_file_zip(&p);
            struct sq_checkpoint *c = expect_checkpoint(&file);
            ck_assert_uint_eq(sq_checkpoint_count(c), 1);
            sq_checkpoint_free(c);
        }
    }
}
END_TEST

/* Forty lists, each holding its predecessor twice: 2^40 ways. */
START_TEST(shared_values_do_not_multiply)
{
    struct bytes p = start();
    pickle_op(&p, "]");
    for (int i = 0; i < 40; i++)
        bytes_put(&p, "2\x86", 2);
    pickle_end(&p);
    expect_pickle_refused(&p, SQ_EUNSUPPORTED, "multiply to more than 4194304");
}
END_TEST

START_TEST(tensors_do_not_multiply)
{
    struct bytes p = start();
    torch_file_put_tensor(&p);
    for (int i = 0; i < 20; i++)
        bytes_put(&p, "2\x86", 2);
    pickle_end(&p);
    expect_pickle_refused(&p, SQ_EUNSUPPORTED, "more than 262144 tensors");
}
END_TEST

/* A list of 100,000 times the same dict with a key of 1,000 bytes. */
START_TEST(names_do_not_multiply)
{
    struct bytes p = start();
    char key[1001];
    memset(key, 'k', 1000);
    key[1000] = '\0';
    pickle_op(&p, "}");
    pickle_text(&p, key);
    torch_file_put_tensor(&p);
    pickle_op(&p, "sq\1"
                  "0](");
    for (int i = 0; i < 100000; i++)
        pickle_op(&p, "h\1");
    pickle_op(&p, "e.");
    expect_pickle_refused(&p, SQ_EUNSUPPORTED, "33554432 bytes of names");
}
END_TEST

static void expect_key(const char *key, size_t n, int code, const char *says)
{
    struct bytes p = start();
    pickle_op(&p, "}X");
    bytes_put_u32(&p, (uint32_t)n);
    bytes_put(&p, key, n);
    torch_file_put_tensor(&p);
    pickle_op(&p, "s.");
    if (code != SQ_OK) {
        expect_pickle_refused(&p, code, says);
        return;
    }
    struct bytes file = torch_file_zip(&p);
    struct sq_checkpoint *c = expect_checkpoint(&file);
    ck_assert_uint_eq(strlen(sq_checkpoint_tensor(c, 0)->name), n);
    sq_checkpoint_free(c);
}

START_TEST(names_are_clean_text)
{
    static const char *const clean[] = {"",
                                        "a",
                                        "\xc2\xa0",
                                        "\xdf\xbf",
                                        "\xe0\xa0\x80",
                                        "\xed\x9f\xbf",
                                        "\xef\xbf\xbf",
                                        "\xf0\x90\x80\x80",
                                        "\xf4\x8f\xbf\xbf",
                                        "\xc3\xa4\xe2\x82\xac"};
    static const char *const dirty[] = {"\n",
                                        "\x1b[2J",
                                        "\x7f",
                                        "\x80",
                                        "\xc2\x80",
                                        "\xc2\x9b",
                                        "\xc1\x81",
                                        "\xe0\x9f\xbf",
                                        "\xed\xa0\x80",
                                        "\xf0\x8f\xbf\xbf",
                                        "\xf4\x90\x80\x80",
                                        "\xf5\x80\x80\x80",
                                        "\xc3",
                                        "\xe2\x82",
                                        "\xe2\x82x",
                                        "a\xff"};
    for (size_t i = 0; i < sizeof clean / sizeof *clean; i++)
        expect_key(clean[i], strlen(clean[i]), SQ_OK, NULL);
    for (size_t i = 0; i < sizeof dirty / sizeof *dirty; i++)
        expect_key(dirty[i], strlen(dirty[i]), SQ_EFORMAT, "not valid text (UTF-8)");
    expect_key("a\0b", 3, SQ_EFORMAT, "not valid text (UTF-8)");
}
END_TEST

START_TEST(names_are_bounded)
{
    char key[2000];
    memset(key, 'k', sizeof key);
    expect_key(key, 1024, SQ_OK, NULL);
    expect_key(key, 1025, SQ_EUNSUPPORTED, "a name of more than 1024 bytes");
    expect_key(key, 2000, SQ_EUNSUPPORTED, "a name of more than 1024 bytes");
}
END_TEST

/* What is not a tensor may have any name. */
START_TEST(only_names_of_tensors_matter)
{
    struct bytes p = start();
    char key[5000];
    memset(key, 1, sizeof key);
    key[4999] = '\0';
    pickle_op(&p, "}(");
    pickle_text(&p, key);
    pickle_op(&p, "N");
    pickle_text(&p, "w");
    torch_file_put_tensor(&p);
    pickle_op(&p, "u.");
    expect_names(&p, (const char *[]){"w"}, 1);
}
END_TEST

START_TEST(trees_without_a_tensor_are_refused)
{
    static const char *const tree[] = {
        "N.", "K\1.", "}.", "].", ").", "]q\1h\1a.", "ctorch\nfloat32\n."};
    for (size_t i = 0; i < sizeof tree / sizeof *tree; i++) {
        struct bytes p = start();
        pickle_op(&p, tree[i]);
        expect_pickle_refused(&p, SQ_EUNSUPPORTED, "holds no tensor");
    }
}
END_TEST

#define ARGS(text) text, sizeof text - 1
#define WORD       "X\7\0\0\0storage"
#define FLOATS     "ctorch\nFloatStorage\n"
#define KEY     \
    "X\1\0\0\0" \
    "0"
#define CPU     "X\3\0\0\0cpu"
#define GOOD_ID "(" WORD FLOATS KEY CPU "K\6tQ"

/* Calls of _rebuild_tensor_v2 with arguments that are none. */
static const struct {
    const char *args;
    size_t n;
    const char *says;
} malformed[] = {
    {ARGS(")"), "lacks arguments"},
    {ARGS("(NNNt"), "lacks arguments"},
    {ARGS("(NK\0))t"), "has no storage"},
    {ARGS("(" GOOD_ID "N))t"), "has an offset that is not a number"},
    {ARGS("(" GOOD_ID "K\0N)t"), "has sizes and strides that do not match"},
    {ARGS("(" GOOD_ID "K\0)Nt"), "has sizes and strides that do not match"},
    {ARGS("(" GOOD_ID "K\0]]t"), "has sizes and strides that do not match"},
    {ARGS("(" GOOD_ID "K\0K\1\x85)t"), "has sizes and strides that do not match"},
    {ARGS("(" GOOD_ID "K\0N\x85K\1\x85t"), "has a size or stride that is not"},
    {ARGS("(" GOOD_ID "K\0K\1\x85\x88\x85t"), "has a size or stride that is not"},
    {ARGS("(" GOOD_ID "K\0))\x89}}Vneg\n\x88st"), "conjugated or negated view"},
    {ARGS("(" GOOD_ID "K\0))\x89}K\1t"), "conjugated or negated view"},
    {ARGS("()QK\0))t"), "is not ('storage', type, key"},
    {ARGS("((NNNNNtQK\0))t"), "is not ('storage', type, key"},
    {ARGS("((" WORD FLOATS KEY CPU "tQK\0))t"), "is not ('storage', type, key"},
    {ARGS("((" WORD FLOATS KEY CPU "K\6NNtQK\0))t"), "is not ('storage', type, key"},
    {ARGS("((" WORD "N" KEY CPU "K\6tQK\0))t"), "names no type of storage"},
    {ARGS("((" WORD "ctorch\nSize\n" KEY CPU "K\6tQK\0))t"), "names no type of storage"},
    {ARGS("((" WORD FLOATS "K\0" CPU "K\6tQK\0))t"), "has a key that is not text"},
    {ARGS("((" WORD FLOATS KEY CPU "NtQK\0))t"), "has a size that is not a number"},
    {ARGS("((" WORD FLOATS KEY CPU "K\6K\1tQK\0))t"), "a view that is not (key, offset, size)"},
    {ARGS("((" WORD FLOATS KEY CPU "K\6K\1K\1\x86tQK\0))t"), "a view that is not (key"},
    {ARGS("((" WORD FLOATS KEY CPU "K\6NNN\x87tQK\0))t"), "a view whose offset and size are"},
    {ARGS("((" WORD FLOATS KEY CPU "K\6NK\3K\4\x87tQK\0))t"), "a view that exceeds the storage"},
    {ARGS("((" WORD FLOATS KEY CPU "K\6NK\7K\0\x87tQK\0))t"), "a view that exceeds the storage"},
};

START_TEST(empty_metadata_is_accepted)
{
    static const char *const metadata[] = {"N", "}"};
    for (size_t i = 0; i < 2; i++) {
        struct bytes p = start();
        pickle_global(&p, "torch._utils", "_rebuild_tensor_v2");
        bytes_put(&p, ARGS("(" GOOD_ID "K\5))\x89}"));
        pickle_op(&p, metadata[i]);
        pickle_op(&p, "tR.");
        expect_names(&p, (const char *[]){"tensor"}, 1);
    }
}
END_TEST

START_TEST(malformed_tensors_are_refused)
{
    struct bytes p = start();
    pickle_global(&p, "torch._utils", "_rebuild_tensor_v2");
    bytes_put(&p, malformed[_i].args, malformed[_i].n);
    pickle_op(&p, "R.");
    const bool negated = strstr(malformed[_i].says, "negated") != NULL;
    expect_pickle_refused(&p, negated ? SQ_EUNSUPPORTED : SQ_EFORMAT, malformed[_i].says);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/checkpoint torch_flatten");
    TCase *t = tcase_create("torch_flatten");
    tcase_set_timeout(t, 120);
    tcase_add_test(t, a_bare_tensor_is_called_tensor);
    tcase_add_test(t, names_are_the_way_to_the_tensor);
    tcase_add_test(t, one_tensor_may_have_two_names);
    tcase_add_test(t, containers_inside_themselves_do_not_loop);
    tcase_add_test(t, a_namespace_inside_itself_does_not_loop);
    tcase_add_test(t, tensors_in_inert_values_are_ignored);
    tcase_add_test(t, nesting_is_bounded);
    tcase_add_test(t, shared_values_do_not_multiply);
    tcase_add_test(t, tensors_do_not_multiply);
    tcase_add_test(t, names_do_not_multiply);
    tcase_add_test(t, names_are_clean_text);
    tcase_add_test(t, names_are_bounded);
    tcase_add_test(t, only_names_of_tensors_matter);
    tcase_add_test(t, trees_without_a_tensor_are_refused);
    tcase_add_test(t, empty_metadata_is_accepted);
    tcase_add_loop_test(t, malformed_tensors_are_refused, 0,
                        (int)(sizeof malformed / sizeof *malformed));
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
