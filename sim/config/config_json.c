#include "sim/config/config_keys.h"
#include "sim/json/json.h"
#include "traces/files/whole_file.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_FILE_BYTES = 1 << 20 };

/* Bytes of the UTF-8 sequence at `s` (RFC 3629, table 3-7 of Unicode), 0 if it is not one. */
static size_t utf8_length(const unsigned char *s, size_t n)
{
    static const struct {
        unsigned char first, last, low, high; /* lead bytes, and the second byte's range */
        size_t length;
    } row[] = {
        {0x01, 0x7f, 0x00, 0x00, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        if (s[0] < row[i].first || s[0] > row[i].last)
            continue;
        if (row[i].length > n)
            return 0;
        for (size_t k = 1; k < row[i].length; k++)
            if (s[k] < (k == 1 ? row[i].low : 0x80) || s[k] > (k == 1 ? row[i].high : 0xbf))
                return 0;
        return row[i].length;
    }
    return 0;
}

/* The parser checks neither: names end up in JSON and HTML reports, and in C strings, where an
 * escaped NUL would hide what follows it. */
static int check_bytes(struct sq_error *err, const char *path, const char *text, size_t size)
{
    const unsigned char *s = (const unsigned char *)text;
    for (size_t i = 0; i < size;) {
        const size_t n = utf8_length(s + i, size - i);
        if (n == 0)
            return sq_fail(err, SQ_EFORMAT, "%s: not JSON: byte 0x%02x at %zu is not UTF-8 text",
                           path, (unsigned)s[i], i);
        if (s[i] == '\\' && size - i >= 6 && memcmp(s + i, "\\u0000", 6) == 0)
            return sq_fail(err, SQ_EFORMAT, "%s: text with a NUL character (\\u0000) at byte %zu",
                           path, i);
        i += n;
    }
    return SQ_OK;
}

static int bad_json(struct sq_error *err, const char *path, const char *text, const char *end,
                    const char *what)
{
    unsigned line = 1, column = 1;
    for (const char *c = text; c < end; c++) {
        column = *c == '\n' ? 1 : column + 1;
        line += *c == '\n';
    }
    return sq_fail(err, SQ_EFORMAT, "%s: %s at line %u, column %u", path, what, line, column);
}

static int parse(struct sq_error *err, const char *path, const char *text, size_t size, cJSON **out)
{
    const char *end;
    int no_memory;
    cJSON *root = sq_json_parse(text, size, &end, &no_memory);
    if (no_memory)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    if (root == NULL)
        return bad_json(err, path, text, end, "not JSON: cannot be understood");
    const char *rest = end;
    while (rest < text + size && strchr(" \t\r\n", *rest) != NULL)
        rest++;
    int rc = SQ_OK;
    if (rest < text + size)
        rc = bad_json(err, path, text, rest, "not JSON: something follows the end of it");
    else if (!cJSON_IsObject(root))
        rc = sq_fail(err, SQ_EFORMAT, "%s: holds no JSON object {\"key\": value, ...}", path);
    if (rc == SQ_OK)
        *out = root;
    else
        cJSON_Delete(root);
    return rc;
}

int sq_config_parse_text(struct sq_error *err, const char *origin, const char *text, size_t size,
                         cJSON **out)
{
    const int rc = check_bytes(err, origin, text, size);
    return rc == SQ_OK ? parse(err, origin, text, size, out) : rc;
}

int sq_config_parse_file(struct sq_error *err, const char *path, cJSON **out)
{
    char *text = NULL;
    size_t size = 0;
    int rc = sq_file_read(err, path, MAX_FILE_BYTES, "larger than 1 MiB; not a configuration",
                          &text, &size);
    if (rc == SQ_OK && size == 0)
        rc = sq_fail(err, SQ_EFORMAT, "%s: the file is empty", path);
    if (rc == SQ_OK)
        rc = sq_config_parse_text(err, path, text, size, out);
    free(text);
    return rc;
}

/* "0.5", ".5" or "0.5,0.25": a number, a list of them, or NULL. */
static cJSON *parse_numbers(const char *value)
{
    cJSON *list = cJSON_CreateArray();
    const char *c = value;
    while (list != NULL) {
        char *end;
        const double number = strtod(c, &end);
        if (end == c || strspn(c, "0123456789+-.eE") != (size_t)(end - c) ||
            !sq_json_append(list, cJSON_CreateNumber(number)))
            break;
        if (*end == '\0')
            return strchr(value, ',') != NULL ? list
                                              : (cJSON_Delete(list), cJSON_CreateNumber(number));
        if (*end != ',')
            break;
        c = end + 1;
    }
    cJSON_Delete(list);
    return NULL;
}

static bool is_textual(const struct sq_config_key *key)
{
    return key->kind == SQ_KEY_TEXT;
}

cJSON *sq_config_parse_word(const struct sq_config_key *key, const char *value)
{
    cJSON *json = NULL;
    if (!is_textual(key))
        json = parse_numbers(value);
    /* Bare text may begin with a digit or be the word null; only quotes make it JSON. */
    if (json == NULL && (!is_textual(key) || value[0] == '"'))
        json = sq_json_parse(value, strlen(value), NULL, NULL);
    return json != NULL ? json : cJSON_CreateString(value);
}
