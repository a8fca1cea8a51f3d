#include "sim/events/prophesee_header.h"

#include "sim/events/text_line.h"

static enum sq_prophesee kind_of_line(const unsigned char *line, size_t n)
{
    static const struct {
        const char *text;
        enum sq_prophesee kind;
    } known[] = {{"% evt 2.0", SQ_EVT_2},     {"% evt 2.1", SQ_EVT_21},
                 {"% evt 3.0", SQ_EVT_3},     {"% format EVT21", SQ_EVT_21},
                 {"% format EVT2", SQ_EVT_2}, {"% format EVT3", SQ_EVT_3},
                 {"% Version 2", SQ_DAT_2}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (sq_text_begins(line, n, known[i].text))
            return known[i].kind;
    return SQ_NO_PROPHESEE;
}

enum sq_prophesee sq_prophesee_kind(const unsigned char *head, size_t n)
{
    enum sq_prophesee kind = SQ_NO_PROPHESEE;
    size_t line;
    while (kind == SQ_NO_PROPHESEE && sq_text_begins(head, n, "% ") &&
           sq_text_line(head, n, &line)) {
        kind = kind_of_line(head, line);
        head += line;
        n -= line;
    }
    return kind;
}

/* "% geometry 1280x720", "% format EVT3;height=720;width=1280", "% Width 304". */
static void read_size(struct sq_event_facts *facts, const unsigned char *line, size_t n)
{
    static const char *const width[] = {"geometry ", "width=", "Width "};
    static const char *const height[] = {"x", "height=", "Height "};
    const bool is_geometry = sq_text_begins(line, n, "% geometry ");
    for (int i = is_geometry ? 0 : 1; i < (is_geometry ? 1 : 3); i++) {
        const unsigned w = sq_text_number(line, n, width[i]),
                       h = sq_text_number(line, n, height[i]);
        facts->width = w > 0 ? w : facts->width;
        facts->height = h > 0 ? h : facts->height;
    }
}

int sq_prophesee_read_header(struct sq_camera *reader, bool *is_legacy)
{
    struct sq_event_facts *facts = &reader->facts;
    const unsigned char *at;
    size_t line;
    int rc;
    bool over = false;
    while (!over && (rc = sq_event_peek_line(reader, "% ", &at, &line)) == SQ_OK && line > 0) {
        const size_t n = sq_text_trim(at, line);
        over = sq_text_begins(at, n, "% end") && n == 5;
        read_size(facts, at, n);
        if (is_legacy != NULL)
            *is_legacy |= sq_text_has(at, n, "endianness=legacy");
        sq_source_take(reader->source, line);
    }
    if (facts->width == 0 || facts->height == 0) /* half a size is none */
        facts->width = facts->height = 0;
    return over ? SQ_OK : rc;
}
