/* Words of text lines: whole numbers are exact in every notation, nothing else is one; text is
 * UTF-8 or Latin-1. */
#include "sim/events/formats/text/text_number.h"
#include "sim/events/source/text_line.h"
#include "test/unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { DRAWS = 20000, SEED = 5 };

static bool whole(const char *text, int64_t *number)
{
    return sq_word_whole((struct sq_word){(const unsigned char *)text, strlen(text)}, number);
}

/* Up to 15 digits, which a double has: as an integer, with a point, as numpy.savetxt() writes it,
 * and shifted by an exponent. */
START_TEST(every_notation_is_exact)
{
    struct sq_rng rng = {SEED};
    for (int draw = 0; draw < DRAWS; draw++) {
        const int64_t most = (int64_t)1 << (1 + draw % 49);
        const int64_t want = (int64_t)sq_rng_below(&rng, (uint64_t)most) * (draw % 2 ? 1 : -1);
        char text[4][64];
        int64_t got = -1;
        snprintf(text[0], sizeof text[0], "%" PRId64, want);
        snprintf(text[1], sizeof text[1], "%" PRId64 ".%.*s", want, draw % 20,
                 "00000000000000000000");
        snprintf(text[2], sizeof text[2], "%.18e", (double)want);
        snprintf(text[3], sizeof text[3], "%" PRId64 "%sE-%d", want, draw % 3 ? "000" : "000.0", 3);
        for (int i = 0; i < 4; i++) {
            ck_assert_msg(whole(text[i], &got), "seed %d: %s", SEED, text[i]);
            ck_assert_msg(got == want, "seed %d: %s is %" PRId64, SEED, text[i], got);
        }
    }
}
END_TEST

static const char *const no_number[] = {"",      "-",     ".",         "1.5",
                                        "1e",    "1e+",   "e5",        "1 ",
                                        "+1",    "0x10",  "nan",       "inf",
                                        "1.2.3", "--1",   "1e-1",      "15e-1",
                                        "1,0",   "1e99",  "100.00001", "4611686018427387904",
                                        "1e5x",  "0.1e0", "9.99e1"};

START_TEST(nothing_else_is_a_number)
{
    int64_t number;
    ck_assert_msg(!whole(no_number[_i], &number), "%s", no_number[_i]);
}
END_TEST

static const struct {
    const char *text;
    int64_t value;
} edge[] = {{"4611686018427387903", 4611686018427387903},
            {"-4611686018427387903", -4611686018427387903},
            {"4.611686018427387903e18", 4611686018427387903},
            {"0e99999", 0},
            {"0.000e-5", 0},
            {"-0", 0},
            {"5.", 5},
            {"150e-1", 15}};

START_TEST(the_largest_and_zero)
{
    int64_t number = -1;
    ck_assert_msg(whole(edge[_i].text, &number) && number == edge[_i].value, "%s", edge[_i].text);
}
END_TEST

START_TEST(words_of_a_line)
{
    static const char line[] = "\t\"t\", x,,y  \"\" \r";
    struct sq_word word[4];
    ck_assert_uint_eq(sq_text_words((const unsigned char *)line, strlen(line), word, 4), 4);
    ck_assert(sq_word_is(word[0], "T") && sq_word_is(word[1], "x") && sq_word_is(word[2], "y") &&
              sq_word_is(word[3], ""));
    ck_assert_uint_eq(sq_text_words((const unsigned char *)line, strlen(line), word, 3), 4);
}
END_TEST

static const struct {
    const char *bytes;
    bool is_text;
} line[] = {
    {"plain\ttext\r", true},
    {"Mi M\xe4r 13", true},             /* Latin-1 */
    {"J\xc3\xb6rg \xe2\x82\xac", true}, /* UTF-8 */
    {"caf\xc3", true},                  /* cut within a character, or Latin-1 */
    {"\xf0\x9f\x98\x80", true},
    {"\xe9 and \xc3\xa9", true}, /* Latin-1 as a whole */
    {"a\x01", false},
    {"a\x7f", false},
    {"a\x80", false},
    {"\x1b[0m", false},
    {"\xc3\xa9 \x93", false},
};

START_TEST(text_is_utf8_or_latin1)
{
    ck_assert_int_eq(sq_text_is((const unsigned char *)line[_i].bytes, strlen(line[_i].bytes)),
                     line[_i].is_text);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("events");
    TCase *tcase = tcase_create("text_number");
    tcase_add_test(tcase, every_notation_is_exact);
    tcase_add_loop_test(tcase, nothing_else_is_a_number, 0, sizeof no_number / sizeof no_number[0]);
    tcase_add_loop_test(tcase, the_largest_and_zero, 0, sizeof edge / sizeof edge[0]);
    tcase_add_test(tcase, words_of_a_line);
    tcase_add_loop_test(tcase, text_is_utf8_or_latin1, 0, sizeof line / sizeof line[0]);
    suite_add_tcase(suite, tcase);
    return suite;
}

SQ_TEST_MAIN(suite())
