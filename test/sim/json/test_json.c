/* A tree from which something is missing says so, wherever it is missing, and is never printed. */
#include "sim/json/json.h"
#include "test/unit.h"

#include <stdlib.h>
#include <string.h>

/* cJSON's allocations that succeed from now on; below 0 all do. */
static long until_failure = -1;
static int has_failed;

static void *allocate(size_t n)
{
    if (until_failure == 0) {
        has_failed = 1;
        return NULL;
    }
    until_failure -= until_failure > 0;
    return malloc(n);
}

static void use_counted(void)
{
    cJSON_InitHooks(&(cJSON_Hooks){allocate, free});
}

static void use_own(void)
{
    cJSON_InitHooks(NULL);
}

/* Every function of the builder, at several depths. */
static cJSON *build(void)
{
    cJSON *root = cJSON_CreateObject();
    sq_json_add_text(root, "text", "a \"b\"");
    sq_json_add_number(root, "number", 0.5);
    sq_json_add_bool(root, "bool", 1);
    sq_json_add_null(root, "null");
    sq_json_add_raw(root, "raw", "1e3");
    sq_json_count(root, "count", UINT64_MAX);
    cJSON *object = sq_json_add_object(root, "object");
    cJSON *array = sq_json_add_array(object, "array");
    for (int i = 0; i < 3; i++)
        sq_json_append(array, cJSON_CreateNumber(i));
    cJSON *loose = cJSON_CreateObject();
    sq_json_add_text(loose, "deep", "x");
    sq_json_append(array, loose);
    sq_json_add_item(object, "item", cJSON_CreateString("y"));
    return root;
}

static const char whole[] =
    "{\"text\":\"a \\\"b\\\"\",\"number\":0.5,\"bool\":true,\"null\":null,\"raw\":1e3,"
    "\"count\":18446744073709551615,\"object\":{\"array\":[0,1,2,{\"deep\":\"x\"}],\"item\":\"y\"}"
    "}";

START_TEST(every_failing_allocation_is_seen)
{
    long n = 0;
    for (int done = 0; !done; n++) {
        until_failure = n;
        has_failed = 0;
        cJSON *root = build();
        done = !has_failed;
        until_failure = -1;
        char *text = sq_json_print_line(root);
        ck_assert_int_eq(sq_json_is_whole(root), done);
        if (done)
            ck_assert_str_eq(text, whole);
        else
            ck_assert_ptr_null(text);
        ck_assert_ptr_null(done ? NULL : sq_json_print(root));
        free(text);
        cJSON_Delete(root);
    }
    ck_assert_int_gt(n, 30);
}
END_TEST

/* One failure, with all that follows succeeding: the rest of the tree does not hide it. */
START_TEST(one_failure_is_enough)
{
    cJSON *root = build();
    cJSON *array = cJSON_GetObjectItem(cJSON_GetObjectItem(root, "object"), "array");
    ck_assert_int_eq(sq_json_is_whole(root), 1);
    switch (_i) {
    case 0:
        sq_json_add_text(array->child->next->next->next, "text", NULL);
        break;
    case 1:
        sq_json_append(array, NULL);
        break;
    case 2:
        sq_json_add_item(root, "item", NULL);
        break;
    default:
        sq_json_fail(array);
    }
    sq_json_count(root, "later", 1);
    ck_assert_int_eq(sq_json_is_whole(root), 0);
    ck_assert_ptr_null(sq_json_print(root));
    cJSON_Delete(root);
}
END_TEST

START_TEST(nothing_is_not_whole)
{
    sq_json_count(NULL, "count", 1);
    sq_json_fail(NULL);
    ck_assert_int_eq(sq_json_is_whole(NULL), 0);
    ck_assert_ptr_null(sq_json_print(NULL));
    ck_assert_ptr_null(sq_json_print_line(NULL));
}
END_TEST

START_TEST(the_text_itself_needs_memory)
{
    cJSON *root = build();
    until_failure = 0;
    ck_assert_ptr_null(sq_json_print(root));
    ck_assert_ptr_null(sq_json_print_line(root));
    until_failure = -1;
    cJSON_Delete(root);
}
END_TEST

static const struct {
    const char *text;
    int is_json;
} sentence[] = {{"[1,2]", 1}, {" {} \n", 1}, {"[1,2", 0}, {"[1] x", 0}, {"", 0}, {"nul", 0}};

START_TEST(a_value_is_parsed_to_its_end)
{
    int no_memory = 7;
    cJSON *root = sq_json_parse(sentence[_i].text, strlen(sentence[_i].text), NULL, &no_memory);
    ck_assert_int_eq(root != NULL, sentence[_i].is_json);
    ck_assert_int_eq(no_memory, 0);
    cJSON_Delete(root);
}
END_TEST

START_TEST(the_rest_is_the_callers)
{
    static const char text[] = "[1] rest";
    const char *end = NULL;
    cJSON *root = sq_json_parse(text, strlen(text), &end, NULL);
    ck_assert_ptr_nonnull(root);
    ck_assert_str_eq(end, " rest");
    cJSON_Delete(root);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/json");
    TCase *t = tcase_create("json");
    tcase_add_checked_fixture(t, use_counted, use_own);
    tcase_add_test(t, every_failing_allocation_is_seen);
    tcase_add_loop_test(t, one_failure_is_enough, 0, 4);
    tcase_add_test(t, nothing_is_not_whole);
    tcase_add_test(t, the_text_itself_needs_memory);
    tcase_add_loop_test(t, a_value_is_parsed_to_its_end, 0,
                        (int)(sizeof sentence / sizeof *sentence));
    tcase_add_test(t, the_rest_is_the_callers);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
