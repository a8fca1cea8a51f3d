/* Random expressions against a twin that evaluates them while it draws them. */
#include "sim/graph/expression.h"

#include "test/sim/graph/graph_case.h"

#include <math.h>

/* A random expression as text and as what it means. */
struct twin {
    char text[2048];
    size_t n;
    struct sq_rng rng;
    bool is_bad; /* something is refused */
};

static void put(struct twin *t, const char *text)
{
    t->n += (size_t)snprintf(t->text + t->n, sizeof t->text - t->n, "%s%s", text,
                             sq_rng_below(&t->rng, 4) == 0 ? " " : "");
}

static struct sq_value twin_comparison(struct twin *t, int depth);

static struct sq_value twin_value(struct twin *t, int depth)
{
    const unsigned what = (unsigned)sq_rng_below(&t->rng, depth > 0 ? 8 : 4);
    struct sq_value v = {.number = (double)sq_rng_below(&t->rng, 12)};
    char text[16];
    if (what >= 5) {
        put(t, "(");
        v = twin_comparison(t, depth - 1);
        put(t, ")");
    } else if (what == 4) {
        put(t, "digits[");
        const struct sq_value at = twin_comparison(t, depth - 1);
        put(t, "]");
        v.number = 0;
        if (at.is_text || !(at.number >= 0 && at.number < 4))
            t->is_bad = true;
        else
            v.number = "1024"[(int)at.number] - '0';
    } else if (what == 3 && sq_rng_below(&t->rng, 4) == 0) {
        put(t, "word");
        v = (struct sq_value){.is_text = true, .text = "abc"};
    } else if (what == 2) {
        put(t, "dim");
        v.number = 512;
    } else {
        snprintf(text, sizeof text, "%.0f", v.number);
        put(t, text);
    }
    return v;
}

static bool twin_is_whole(double x)
{
    return rint(x) == x && x >= -4503599627370496.0 && x <= 4503599627370496.0;
}

static double twin_apply(struct twin *t, const char *sign, double a, double b)
{
    const bool are_whole = twin_is_whole(a) && twin_is_whole(b) && b >= 0;
    double x = 0;
    if (strcmp(sign, "*") == 0)
        x = a * b;
    else if (strcmp(sign, "+") == 0)
        x = a + b;
    else if (strcmp(sign, "-") == 0)
        x = a - b;
    else if (strcmp(sign, "/") == 0)
        x = b == 0 ? NAN : a / b;
    else if (strcmp(sign, "%") == 0)
        x = are_whole && b > 0 ? (double)((int64_t)a % (int64_t)b) : NAN;
    else if (strcmp(sign, "<<") == 0)
        x = are_whole && b <= 31 ? a * pow(2, b) : NAN;
    else
        x = are_whole && b <= 31 ? floor(a / pow(2, b)) : NAN;
    if (isnan(x) || isinf(x)) {
        t->is_bad = true;
        return 0;
    }
    return x;
}

static struct sq_value twin_chain(struct twin *t, int depth, bool is_sum)
{
    static const char *const of_product[] = {"*", "/", "%", "<<", ">>"};
    static const char *const of_sum[] = {"+", "-"};
    struct sq_value a = is_sum ? twin_chain(t, depth, false) : twin_value(t, depth);
    while (sq_rng_below(&t->rng, 3) == 0 && t->n < 400) {
        const char *sign =
            is_sum ? of_sum[sq_rng_below(&t->rng, 2)] : of_product[sq_rng_below(&t->rng, 5)];
        put(t, sign);
        const struct sq_value b = is_sum ? twin_chain(t, depth, false) : twin_value(t, depth);
        if (a.is_text || b.is_text)
            t->is_bad = true;
        else
            a.number = twin_apply(t, sign, a.number, b.number);
    }
    return a;
}

static struct sq_value twin_comparison(struct twin *t, int depth)
{
    static const char *const sign[] = {"=", "!=", "<", ">", "<=", ">="};
    const struct sq_value a = twin_chain(t, depth, true);
    if (sq_rng_below(&t->rng, 3) != 0)
        return a;
    const int how = (int)sq_rng_below(&t->rng, 6);
    put(t, sign[how]);
    const struct sq_value b = twin_chain(t, depth, true);
    if (a.is_text || b.is_text) {
        const bool same = a.is_text && b.is_text; /* there is one text */
        t->is_bad |= how > 1;
        return (struct sq_value){.number = how == 0 ? same : !same};
    }
    const bool holds[] = {a.number == b.number, a.number != b.number,
                          a.number<b.number, a.number> b.number, a.number <= b.number,
                          a.number >= b.number};
    return (struct sq_value){.number = holds[how]};
}

START_TEST(random_expressions_equal_their_twin)
{
    int n_good = 0;
    for (uint64_t seed = 1; seed <= 20000; seed++) {
        struct twin t = {.rng = {seed}};
        struct sq_value got, want = twin_comparison(&t, 4);
        const int status = sq_expression(&err, "FILE", t.text, &graph_names, &got);
        ck_assert_msg((status != SQ_OK) == t.is_bad, "seed %llu: %s: %s", (unsigned long long)seed,
                      t.text, status != SQ_OK ? err.text : "accepted");
        if (status != SQ_OK)
            continue;
        n_good++;
        ck_assert_msg(got.is_text == want.is_text &&
                          (got.is_text || got.number == want.number || fabs(want.number) > 0x1p52),
                      "seed %llu: %s is %.17g, not %.17g", (unsigned long long)seed, t.text,
                      got.number, want.number);
    }
    ck_assert_int_gt(n_good, 5000);
}
END_TEST

static Suite *expression_suite(void)
{
    Suite *suite = suite_create("sim/graph");
    TCase *tests = tcase_create("expression twin");
    tcase_add_test(tests, random_expressions_equal_their_twin);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(expression_suite())
