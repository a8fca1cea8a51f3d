/* The page as text: whole, with the analysis in it, and nothing in the analysis can leave its
 * place. How it looks and behaves in a browser is the business of test/page. */
#include "test/sim/analysis/analysis_case.h"
#include "test/support/test_context.h"

static char *page_of(const char *json)
{
    char *text;
    ck_assert_int_eq(spikeq_analysis_html(ctx, json, &text), SPIKEQ_OK);
    return text;
}

START_TEST(page_is_whole_and_holds_the_analysis)
{
    golden_trace("cifar-2-64", temp_path("a.db"), NULL);
    char *json = analyze(temp_path("a.db"), NULL, NULL, 1);
    char *page = page_of(json);
    ck_assert_int_eq(strncmp(page, "<!DOCTYPE html>", 15), 0);
    ck_assert_str_eq(page + strlen(page) - 8, "</html>\n");
    ck_assert_ptr_nonnull(strstr(page, json));
    ck_assert_ptr_null(strstr(page, "@analysis@"));
    ck_assert_ptr_nonnull(strstr(page, "spikeq_module(\"vega-view\""));
    spikeq_free(page);
    spikeq_free(json);
}
END_TEST

START_TEST(texts_cannot_end_their_element)
{
    char *page = page_of("{\"format\": \"spikeq analysis\", \"traces\": [{\"trace\": "
                         "\"</script><!--\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa.db\"}]}");
    ck_assert_ptr_nonnull(strstr(page, "\"trace\": \"\\u003c/script>\\u003c!--\\u2028\\u2029"
                                       "\xe2\x80\xaa.db\"}]}"));
    spikeq_free(page);
}
END_TEST

START_TEST(page_of_anything_else_is_refused)
{
    static const char *const wrong[] = {"", "{}", "[1", "{\"format\": \"spikeq report\"}"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char *text = NULL;
        ck_assert_int_eq(spikeq_analysis_html(ctx, wrong[i], &text), SPIKEQ_EFORMAT);
        ck_assert_ptr_null(text);
        ck_assert_str_eq(spikeq_error_text(ctx), "the text is not a spikeq analysis");
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/analysis");
    TCase *html = tcase_create("html");
    tcase_set_timeout(html, 60);
    tcase_add_unchecked_fixture(html, temp_make, temp_remove);
    tcase_add_checked_fixture(html, make_context, free_context);
    tcase_add_test(html, page_is_whole_and_holds_the_analysis);
    tcase_add_test(html, texts_cannot_end_their_element);
    tcase_add_test(html, page_of_anything_else_is_refused);
    suite_add_tcase(s, html);
    return s;
}

SQ_TEST_MAIN(suite())
