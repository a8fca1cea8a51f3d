/* The name that was meant. */
#include "kernels/base/nearest.h"
#include "test/unit.h"

static const struct {
    const char *word, *nearest;
} slip[] = {
    {"heads", "heads"},   {"HEADS", "heads"},
    {"head", "heads"},    {"num_heads", "heads"},
    {"haeds", "heads"},   {"depht", "depth"},
    {"layers", "-"},      {"", "-"},
    {"d", "-"},           {"di", "dim"},
    {"dimension", "dim"}, {"batch-size", "batch"},
    {"x", "-"},           {"batch_size_", "batch"},
    {"siez", "size"},     {"an_option_whose_name_is_longer_than_any_other", "-"},
};

START_TEST(slips)
{
    static const char *const known[] = {"depth", "dim", "heads", "size", "batch"};
    struct sq_nearest nearest = sq_nearest_to(slip[_i].word);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        sq_nearest_offer(&nearest, known[i]);
    ck_assert_str_eq(nearest.name != NULL ? nearest.name : "-", slip[_i].nearest);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("kernels/base/nearest");
    TCase *t = tcase_create("nearest");
    tcase_add_loop_test(t, slips, 0, sizeof slip / sizeof *slip);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
