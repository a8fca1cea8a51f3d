/* Lines that are read many at a time (text_events.h) are those that a plain reading of each would
 * give: text drawn at random, usual and unusual, against strtoll(). */
#include "sim/events/formats/text/text_events.h"

#include "sim/events/formats/text/byte_mask.h"
#include "test/unit.h"

#include <stdio.h>
#include <string.h>

enum { ROUNDS = 400, MAX_TEXT = 1 << 13, LINES = 120 };

static const char *const blank[] = {" ", ",", "\t", ", ", " \t ", "  ,"};

static const char *draw_blank(struct sq_rng *rng)
{
    return blank[sq_rng_below(rng, sizeof blank / sizeof blank[0])];
}

/* A number of up to `digits` digits. */
static void draw_number(struct sq_rng *rng, char *out, size_t size, unsigned digits)
{
    uint64_t number = sq_rng_next(rng) >> 1, most = 10;
    for (unsigned i = 1 + (unsigned)sq_rng_below(rng, digits); i > 1; i--)
        most *= 10;
    snprintf(out, size, "%llu", (unsigned long long)(number % most));
}

/* One line; one in `odd` is no usual one. */
static int draw_line(struct sq_rng *rng, unsigned odd, char *out, size_t size)
{
    static const char *const unusual[] = {"",
                                          "# 1 2 3 0",
                                          "1 2 3",
                                          "1 2 3 0 4",
                                          "1 2 3 2",
                                          "1 2 3 00",
                                          "1 -2 3 0",
                                          "1 2 -3 0",
                                          "1 2 3 - 1",
                                          "1- 2 3 0",
                                          "--1 2 3 0",
                                          "1 2 3 0.",
                                          "1.5 2 3 0",
                                          "+1 2 3 0",
                                          "12345678901234567 2 3 0",
                                          "1 12345 3 0",
                                          "1 2 3 1 -",
                                          "1 2 3-1",
                                          "1\n2 3 1\n"};
    char t[24], x[24], y[24];
    if (odd > 0 && sq_rng_below(rng, odd) == 0)
        return snprintf(out, size, "%s\n",
                        unusual[sq_rng_below(rng, sizeof unusual / sizeof unusual[0])]);
    draw_number(rng, t, sizeof t, 16);
    draw_number(rng, x, sizeof x, 4);
    draw_number(rng, y, sizeof y, 4);
    return snprintf(out, size, "%s%s%s%s%s%s%s%s%s%s%s", sq_rng_below(rng, 9) ? "" : " ",
                    sq_rng_below(rng, 9) ? "" : "-", t, draw_blank(rng), x, draw_blank(rng), y,
                    draw_blank(rng),
                    sq_rng_below(rng, 3)   ? "1"
                    : sq_rng_below(rng, 2) ? "0"
                                           : "-1",
                    sq_rng_below(rng, 4) ? "" : "\r ", "\n");
}

/* Is the line at `text` a usual one, and then what event? By strtoll(), which skips what blanks
 * become. */
static int read_line(const char *text, size_t n, struct sq_camera_event *event)
{
    char line[128], *end = line;
    long long number[4];
    snprintf(line, sizeof line, "%.*s", (int)n, text);
    for (char *c = line; *c != '\0'; c++)
        *c = strchr(",\t\r", *c) != NULL ? ' ' : *c;
    for (int i = 0; i < 4; i++) {
        const char *begin = end + strspn(end, " ");
        number[i] = strtoll(begin, &end, 10);
        if (end == begin || *begin == '+' || (*end != ' ' && *end != '\0') ||
            end - begin > (i == 0   ? 16
                           : i == 3 ? 1
                                    : 4) +
                              (*begin == '-'))
            return 0;
    }
    *event = (struct sq_camera_event){
        .t = number[0], .x = (uint16_t)number[1], .y = (uint16_t)number[2], .p = number[3] == 1};
    return end[strspn(end, " ")] == '\0' && number[1] >= 0 && number[2] >= 0 && number[3] >= -1 &&
           number[3] <= 1;
}

/* All of the text, line by line where it stops: the same events, and it never stops for long before
 * an unusual line. */
static void check_text(const char *text, size_t n, uint64_t seed)
{
    static struct sq_event_batch batch;
    struct sq_camera_event want;
    size_t done = 0, checked = 0;
    batch.n = 0;
    while (done < n) {
        const size_t to = sq_text_events(&batch, (const unsigned char *)text, done, n);
        ck_assert(to >= done && to <= n && (to == 0 || text[to - 1] == '\n'));
        for (size_t event = checked; done < to; event++, checked++) {
            const size_t line = strcspn(text + done, "\n");
            ck_assert_msg(read_line(text + done, line, &want), "seed %d: %.*s", (int)seed,
                          (int)line, text + done);
            ck_assert_msg(batch.event[event].t == want.t && batch.event[event].x == want.x &&
                              batch.event[event].y == want.y && batch.event[event].p == want.p &&
                              batch.at[event] == done,
                          "seed %d: %.*s", (int)seed, (int)line, text + done);
            done += line + 1;
        }
        ck_assert_uint_eq(batch.n, checked);
        if (done < n)
            done += strcspn(text + done, "\n") + (strchr(text + done, '\n') != NULL);
    }
}

START_TEST(lines_are_read_as_one_by_one)
{
    static char text[MAX_TEXT];
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct sq_rng rng = {seed};
        size_t n = 0;
        for (int i = 0; i < LINES && n + 200 < sizeof text; i++)
            n += (size_t)draw_line(&rng, (unsigned)(seed % 4) * 20, text + n, sizeof text - n);
        check_text(text, n - sq_rng_below(&rng, 2), seed);
    }
}
END_TEST

/* Usual lines are read by it, all of them, up to the room in the batch. */
START_TEST(usual_lines_are_read_at_once)
{
    static struct sq_event_batch batch;
    static char text[MAX_TEXT];
    struct sq_rng rng = {5};
    size_t n = 0, first = 0;
    for (int i = 0; i < LINES; i++) {
        first = i == LINES - 7 ? n : first;
        n += (size_t)draw_line(&rng, 0, text + n, sizeof text - n);
    }
    batch.n = 0;
    ck_assert_uint_eq(sq_text_events(&batch, (const unsigned char *)text, 0, n), n);
    ck_assert_uint_eq(batch.n, LINES);
    batch.n = SQ_EVENT_BATCH - LINES + 7;
    ck_assert_uint_eq(sq_text_events(&batch, (const unsigned char *)text, 0, n), first);
    ck_assert_uint_eq(batch.n, SQ_EVENT_BATCH);
}
END_TEST

START_TEST(masks_of_bytes)
{
    struct sq_rng rng = {3};
    for (int round = 0; round < 1000; round++) {
        const uint64_t want = sq_rng_below(&rng, 1 << 16);
        sq_bytes16 is;
        for (unsigned i = 0; i < 16; i++)
            is[i] = want >> i & 1 ? 255 : 0;
        ck_assert_uint_eq(sq_byte_mask(is), want);
        ck_assert_uint_eq(sq_byte_mask_portable(is), want);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("events");
    TCase *tcase = tcase_create("text_events");
    tcase_add_test(tcase, lines_are_read_as_one_by_one);
    tcase_add_test(tcase, usual_lines_are_read_at_once);
    tcase_add_test(tcase, masks_of_bytes);
    suite_add_tcase(suite, tcase);
    return suite;
}

SQ_TEST_MAIN(suite())
