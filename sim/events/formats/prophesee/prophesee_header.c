#include "sim/events/formats/prophesee/prophesee_header.h"

#include "sim/events/source/text_line.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The first system that writes words of EVT 2.1 little-endian as a whole. */
enum { LITTLE_ENDIAN_SYSTEM = 0x37 };

/* By the numbers of OpenEB: Gen3.0 and Gen3.1 are VGA; Gen4.0, Gen4.1, IMX636 and IMX646 are HD;
 * 0x80 marks an evaluation kit as a proxy. */
static bool size_of_system(unsigned system_id, uint32_t *width, uint32_t *height)
{
    static const struct {
        unsigned id;
        uint32_t width, height;
    } sensor[] = {
        {0x15, 640, 480},  {0x17, 640, 480},  {0x97, 640, 480},  {0x19, 640, 480},
        {0x99, 640, 480},  {0x1c, 640, 480},  {0x1d, 640, 480},  {0x21, 640, 480},
        {0xa1, 640, 480},  {0x22, 640, 480},  {0xa2, 640, 480},  {0x23, 640, 480},
        {0x28, 640, 480},  {0x29, 640, 480},  {0x1a, 1280, 720}, {0x9a, 1280, 720},
        {0x1e, 1280, 720}, {0x1f, 1280, 720}, {0x20, 1280, 720}, {0x27, 1280, 720},
        {0x2e, 1280, 720}, {0x30, 1280, 720}, {0x31, 1280, 720}, {0x32, 1280, 720},
        {0x35, 1280, 720}, {0x3a, 1280, 720}, {0x42, 1280, 720}, {0x34, 640, 512},
        {0x36, 640, 512},  {0x3b, 320, 320},  {0x40, 320, 320},
    };
    for (size_t i = 0; i < sizeof sensor / sizeof sensor[0]; i++)
        if (sensor[i].id == system_id) {
            *width = sensor[i].width;
            *height = sensor[i].height;
            return true;
        }
    return false;
}

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

/* Lines of any bytes: which of them belong to the header shows when it is read. */
enum sq_prophesee sq_prophesee_kind(const unsigned char *head, size_t n)
{
    enum sq_prophesee kind = SQ_NO_PROPHESEE;
    const unsigned char *end;
    while (kind == SQ_NO_PROPHESEE && sq_text_begins(head, n, "% ") &&
           (end = memchr(head, '\n', n)) != NULL) {
        const size_t line = (size_t)(end - head) + 1;
        kind = kind_of_line(head, line);
        head += line;
        n -= line;
    }
    return kind;
}

/* What the header gives; sizes of 0: not given. */
struct header {
    unsigned width, height;               /* "% geometry", "% Width" */
    unsigned format_width, format_height; /* "% format EVT3;height=720;width=1280" */
    unsigned system_id;
    enum { ORDER_UNTOLD, ORDER_LEGACY, ORDER_LITTLE } format_order, order;
    bool has_stranger; /* an integrator is named, and it is not Prophesee */
};

/* The words of a line: its key, behind "% ", and what follows. */
static bool has_key(const unsigned char *line, size_t n, const char *key,
                    const unsigned char **value, size_t *n_value)
{
    const size_t length = strlen(key);
    if (n < 2 + length + 1 || memcmp(line + 2, key, length) != 0 || line[2 + length] != ' ')
        return false;
    *value = line + 2 + length;
    *n_value = n - 2 - length;
    while (*n_value > 0 && **value == ' ') {
        ++*value;
        --*n_value;
    }
    return true;
}

static void set(unsigned *to, unsigned found)
{
    if (found > 0)
        *to = found;
}

static void read_sizes(struct header *header, const unsigned char *line, size_t n)
{
    const unsigned char *value;
    size_t size;
    if (has_key(line, n, "geometry", &value, &size)) {
        set(&header->width, sq_text_number(line, n, "geometry "));
        set(&header->height, sq_text_number(value, size, "x"));
    } else if (has_key(line, n, "format", &value, &size)) {
        set(&header->format_width, sq_text_number(value, size, "width="));
        set(&header->format_height, sq_text_number(value, size, "height="));
    } else {
        set(&header->width, sq_text_number(line, n, "Width "));
        set(&header->height, sq_text_number(line, n, "Height "));
    }
}

static void read_order(struct header *header, const unsigned char *line, size_t n)
{
    const unsigned char *value;
    size_t size;
    if (has_key(line, n, "endianness", &value, &size))
        header->order = sq_text_begins(value, size, "legacy") ? ORDER_LEGACY : ORDER_LITTLE;
    if (!has_key(line, n, "format", &value, &size) || !sq_text_has(value, size, "endianness="))
        return;
    header->format_order =
        sq_text_has(value, size, "endianness=legacy") ? ORDER_LEGACY : ORDER_LITTLE;
}

/* Who made camera and plugin, and which system it is. */
static void read_maker(struct header *header, const unsigned char *line, size_t n)
{
    static const char *const key[] = {"integrator_name", "camera_integrator_name",
                                      "plugin_integrator_name"};
    const unsigned char *value;
    size_t size;
    for (size_t i = 0; i < sizeof key / sizeof key[0]; i++)
        if (has_key(line, n, key[i], &value, &size) && size > 0)
            header->has_stranger |= !(size == 9 && sq_text_begins(value, size, "Prophesee"));
    set(&header->system_id, sq_text_number(line, n, "% system_ID "));
}

static bool is_end(const unsigned char *line, size_t n)
{
    return n == 5 && sq_text_begins(line, n, "% end");
}

static int read_lines(struct sq_camera *reader, struct header *header)
{
    static const struct sq_header_lines lines = {"% ", is_end};
    const unsigned char *at;
    size_t line;
    int rc;
    bool over = false;
    while (!over && (rc = sq_event_peek_line(reader, &lines, &at, &line)) == SQ_OK && line > 0) {
        const size_t n = sq_text_trim(at, line);
        over = is_end(at, n);
        read_sizes(header, at, n);
        read_order(header, at, n);
        read_maker(header, at, n);
        sq_source_take(reader->source, line);
    }
    return over ? SQ_OK : rc;
}

/* As in OpenEB: the geometry's own line, then that of the format, then the system's. */
static void choose_size(struct sq_event_facts *facts, const struct header *header)
{
    facts->width = header->width;
    facts->height = header->height;
    if (facts->width == 0 || facts->height == 0) {
        facts->width = header->format_width;
        facts->height = header->format_height;
    }
    if (facts->width > 0 && facts->height > 0)
        return;
    facts->width = facts->height = 0; /* half a size is useless */
    if (!header->has_stranger)
        size_of_system(header->system_id, &facts->width, &facts->height);
}

/* Given by the format, by its own line, or by neither: Prophesee's systems before 0x37 write
 * the upper half of a word first. */
static bool is_legacy_order(const struct header *header)
{
    if (header->format_order != ORDER_UNTOLD)
        return header->format_order == ORDER_LEGACY;
    if (header->order != ORDER_UNTOLD)
        return header->order == ORDER_LEGACY;
    return !header->has_stranger && header->system_id > 0 &&
           header->system_id < LITTLE_ENDIAN_SYSTEM;
}

int sq_prophesee_read_header(struct sq_camera *reader, bool *is_legacy)
{
    struct header header = {.width = 0};
    const int rc = read_lines(reader, &header);
    if (rc != SQ_OK)
        return rc;
    if (header.width > 0 && header.format_width > 0 && header.height > 0 &&
        header.format_height > 0 &&
        (header.width != header.format_width || header.height != header.format_height))
        return sq_fail(reader->err, SQ_EFORMAT,
                       "%s: the header says %ux%u (geometry) and %ux%u (format); correct one",
                       reader->path, header.width, header.height, header.format_width,
                       header.format_height);
    choose_size(&reader->facts, &header);
    if (is_legacy != NULL)
        *is_legacy = is_legacy_order(&header);
    return SQ_OK;
}
