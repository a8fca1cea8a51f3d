/* Expressions: every operator with its precedence, indexes, texts, refusals; and texts that hold them. */
#include "sim/graph/expression.h"

#include "test/sim/graph/graph_case.h"

#include <math.h>

static int evaluate(const char *text, struct sq_value *out)
{
    return sq_expression(&err, "FILE", text, &graph_names, out);
}

static const struct {
    const char *text;
    double is;
} number[] = {
    {"7", 7},
    {" 7 ", 7},
    {".5", 0.5},
    {"1e3", 1000},
    {"dim", 512},
    {"2+3*4", 14},
    {"2*3+4", 10},
    {"20-3-4", 13},
    {"20-(3-4)", 21},
    {"96/4/2", 12},
    {"96/(4/2)", 48},
    {"7/2", 3.5},
    {"7%4", 3},
    {"17%5*2", 4},
    {"2*17%5", 4},
    {"dim>>3", 64},
    {"90>>3", 11},
    {"dim >> (3 - 1)", 128},
    {"dim>>3-1", 63},
    {"3<<4", 48},
    {"1<<31", 2147483648.0},
    {"1+1<<2", 5},
    {"(1+1)<<2", 8},
    {"1=1", 1},
    {"1!=1", 0},
    {"2<3", 1},
    {"3<3", 0},
    {"3<=3", 1},
    {"4<=3", 0},
    {"4>3", 1},
    {"3>3", 0},
    {"3>=3", 1},
    {"2>=3", 0},
    {"dim % 4 = 0", 1},
    {"1+1=2", 1},
    {"(2<3)+(3<2)", 1},
    {"word=`abc`", 1},
    {"word!=`abc`", 0},
    {"word=`ab`", 0},
    {"word=1", 0},
    {"word!=1", 1},
    {"``=``", 1},
    {"digits[0]", 1},
    {"digits[1]+digits[3]", 4},
    {"digits[i-8]", 4},
    {"i[0]+i[1]", 2},
    {"dim[dim[2]]", 2},
    {"((((((((((((((((1))))))))))))))))", 1},
    {"(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)+(1)", 17},
    {"i[0]+i[0]+i[0]+i[0]+i[0]+i[0]+i[0]+i[0]+i[0]+i[0]+i[0]+i[0]+i[0]+i[0]+i[0]+i[0]+i[0]", 17},
    {"half+half", 1},
    {"huge/huge", 1},
};

/* ` for ' in the tables. */
static const char *quoted(const char *text)
{
    static char out[256];
    snprintf(out, sizeof out, "%s", text);
    for (char *at = out; *at != '\0'; at++)
        *at = *at == '`' ? '\'' : *at;
    return out;
}

START_TEST(numbers)
{
    struct sq_value value;
    const int status = evaluate(quoted(number[_i].text), &value);
    ck_assert_msg(status == SQ_OK, "%s: %s", number[_i].text, err.text);
    ck_assert_int_eq(value.is_text, 0);
    ck_assert_double_eq(value.number, number[_i].is);
}
END_TEST

static const struct {
    const char *text, *is;
} texts[] = {{"`a b`", "a b"}, {"word", "abc"}, {"word[1]", "b"}, {"(word)", "abc"}};

START_TEST(texts_are_texts)
{
    struct sq_value value;
    ck_assert_int_eq(evaluate(quoted(texts[_i].text), &value), SQ_OK);
    ck_assert_int_eq(value.is_text, 1);
    ck_assert_str_eq(value.text, texts[_i].is);
}
END_TEST

static const struct {
    const char *text;
    int code;
    const char *says;
} refused[] = {
    {"", SQ_EFORMAT, "a number, a name or ( is missing"},
    {"1+", SQ_EFORMAT, "a number, a name or ( is missing"},
    {"*2", SQ_EFORMAT, "a number, a name or ( is missing"},
    {"-1", SQ_EFORMAT, "a number, a name or ( is missing"},
    {"a.b", SQ_EVALUE, "a has no value; set it"},
    {".", SQ_EFORMAT, "something follows its end"},
    {"1 2", SQ_EFORMAT, "something follows its end"},
    {"1)", SQ_EFORMAT, "something follows its end"},
    {"1<2<3", SQ_EFORMAT, "something follows its end"},
    {"(1", SQ_EFORMAT, ") is missing"},
    {"dim[0", SQ_EFORMAT, "] is missing"},
    {"`abc", SQ_EFORMAT, "a text ends with '"},
    {"1e999", SQ_EFORMAT, "a number is too large"},
    {"width", SQ_EVALUE, "width has no value; set it"},
    {"1/0", SQ_EVALUE, "division by zero"},
    {"1%0", SQ_EVALUE, "division by zero"},
    {"1/(dim-512)", SQ_EVALUE, "division by zero"},
    {"huge*huge", SQ_EVALUE, "too large"},
    {"0-huge*huge", SQ_EVALUE, "too large"},
    {"1<<32", SQ_EVALUE, "take whole numbers"},
    {"1>>(0-1)", SQ_EVALUE, "take whole numbers"},
    {"half<<1", SQ_EVALUE, "take whole numbers"},
    {"5%half", SQ_EVALUE, "take whole numbers"},
    {"huge%2", SQ_EVALUE, "take whole numbers"},
    {"word+1", SQ_EVALUE, "a text is not a number"},
    {"1*word", SQ_EVALUE, "a text is not a number"},
    {"word<1", SQ_EVALUE, "texts are equal or not"},
    {"1>=word", SQ_EVALUE, "texts are equal or not"},
    {"word[3]", SQ_EVALUE, "\"abc\" has no character at that index"},
    {"word[0-1]", SQ_EVALUE, "no character at that index"},
    {"word[word]", SQ_EVALUE, "no character at that index"},
    {"(((((((((((((((((1)))))))))))))))))", SQ_EFORMAT, "nested too deeply"},
};

START_TEST(what_is_refused)
{
    struct sq_value value;
    const int status = evaluate(quoted(refused[_i].text), &value);
    graph_expect(status, refused[_i].code, refused[_i].says);
}
END_TEST

/* Neither brackets nor the text within them use more of the stack than a few frames. */
START_TEST(a_long_text_does_not_nest)
{
    enum { N = 200000 };
    static const char *const part[] = {"dim[", "(", "((dim["};
    char *text = calloc(N, strlen(part[_i]) + 1);
    struct sq_value value;
    for (size_t i = 0; i < N; i++)
        memcpy(text + i * strlen(part[_i]), part[_i], strlen(part[_i]));
    graph_expect(evaluate(text, &value), SQ_EFORMAT, "nested too deeply");
    free(text);
}
END_TEST

static const struct {
    const char *text, *is;
    bool is_number;
} filled[] = {
    {"", "", false},
    {"plain", "plain", false},
    {"{dim}", "512", true},
    {"{dim}x", "512x", false},
    {"x{dim}", "x512", false},
    {"{dim}{depth}", "5122", false},
    {"block.{depth - 1}.q", "block.1.q", false},
    {"{word}", "abc", false},
    {"{half}", "0.5", true},
    {"{1/3}", "0.33333333333333331", true},
    {"{digits[0]}", "1", true},
    {"a}b", "a}b", false},
};

START_TEST(texts_are_filled_in)
{
    char out[32];
    bool is_number;
    double value = 0;
    ck_assert_int_eq(sq_fill_in(&err, "FILE", filled[_i].text, &graph_names, out, sizeof out,
                                &is_number, &value),
                     SQ_OK);
    ck_assert_str_eq(out, filled[_i].is);
    ck_assert_int_eq(is_number, filled[_i].is_number);
    ck_assert(!is_number || fabs(strtod(out, NULL) - value) < 1e-8);
}
END_TEST

static const struct {
    const char *text;
    int code;
    const char *says;
} unfilled[] = {
    {"{dim", SQ_EFORMAT, "{ without }"},
    {"{{dim}}", SQ_EFORMAT, "{ without }"},
    {"{}", SQ_EFORMAT, "a number, a name or ( is missing"},
    {"{width}", SQ_EVALUE, "width has no value"},
    {"{dim}{dim}{dim}{dim}{dim}{dim}", SQ_EVALUE, "is longer than 15 bytes"},
    {"sixteen letters!", SQ_EVALUE, "is longer than 15 bytes"},
};

START_TEST(what_cannot_be_filled_in)
{
    char out[16];
    bool is_number;
    double value;
    graph_expect(sq_fill_in(&err, "FILE", unfilled[_i].text, &graph_names, out, sizeof out,
                            &is_number, &value),
                 unfilled[_i].code, unfilled[_i].says);
}
END_TEST

#define N_OF(list) ((int)(sizeof(list) / sizeof *(list)))

static Suite *expression_suite(void)
{
    Suite *suite = suite_create("sim/graph");
    TCase *tests = tcase_create("expression");
    tcase_add_loop_test(tests, numbers, 0, N_OF(number));
    tcase_add_loop_test(tests, texts_are_texts, 0, N_OF(texts));
    tcase_add_loop_test(tests, what_is_refused, 0, N_OF(refused));
    tcase_add_loop_test(tests, a_long_text_does_not_nest, 0, 3);
    tcase_add_loop_test(tests, texts_are_filled_in, 0, N_OF(filled));
    tcase_add_loop_test(tests, what_cannot_be_filled_in, 0, N_OF(unfilled));
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(expression_suite())
