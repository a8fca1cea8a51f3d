#include "traces/files/npy.h"

#include "kernels/base/little.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* NumPy's array file (numpy.lib.format), versions 1 to 3:
 *   0  6  "\x93NUMPY"
 *   6  2  major and minor version
 *   8  2  (version 1) or 4: length of the header, little-endian
 *      .  the header: a Python literal, {'descr': '<f4', 'fortran_order': False,
 *         'shape': (2, 3), }, padded with spaces and ended by a newline
 *      .  the elements
 * The literal is read by the small parser below; nothing in it is evaluated. */
struct header {
    struct sq_error *err;
    const char *path;
    const unsigned char *start, *at, *end;
    struct sq_array *array;
};

static int unclear(const struct header *h, const char *expected)
{
    return sq_fail(h->err, SQ_EFORMAT, "%s: .npy header: %s expected at byte %zu", h->path,
                   expected, (size_t)(h->at - h->start));
}

static void skip_blanks(struct header *h)
{
    while (h->at < h->end && (*h->at == ' ' || *h->at == '\n' || *h->at == '\t'))
        h->at++;
}

/* Take `c` if it comes next, blanks aside. */
static bool take(struct header *h, char c)
{
    skip_blanks(h);
    if (h->at == h->end || *h->at != (unsigned char)c)
        return false;
    h->at++;
    return true;
}

static bool take_word(struct header *h, const char *word)
{
    const size_t n = strlen(word);
    skip_blanks(h);
    if ((size_t)(h->end - h->at) < n || memcmp(h->at, word, n) != 0)
        return false;
    h->at += n;
    return true;
}

/* 'text' or "text" without escapes, shorter than `size`. */
static bool take_string(struct header *h, char *out, size_t size)
{
    skip_blanks(h);
    if (h->at == h->end || (*h->at != '\'' && *h->at != '"'))
        return false;
    const unsigned char quote = *h->at, *text = h->at + 1;
    const unsigned char *close = memchr(text, quote, (size_t)(h->end - text));
    if (close == NULL || (size_t)(close - text) >= size)
        return false;
    if (memchr(text, '\\', (size_t)(close - text)) || memchr(text, 0, (size_t)(close - text)))
        return false;
    memcpy(out, text, (size_t)(close - text));
    out[close - text] = '\0';
    h->at = close + 1;
    return true;
}

/* A byte order, a letter and a size: "<f4". */
static int read_descr(struct header *h)
{
    struct sq_array *a = h->array;
    char descr[32];
    unsigned bytes;
    char order, kind, rest;
    skip_blanks(h);
    if (h->at < h->end && *h->at == '[')
        return sq_fail(h->err, SQ_EUNSUPPORTED,
                       "%s: a structured array (records of several fields); save one plain array",
                       h->path);
    if (!take_string(h, descr, sizeof descr))
        return unclear(h, "a type such as '<f4'");
    if (strchr(descr, 'O') != NULL)
        return sq_fail(h->err, SQ_EUNSUPPORTED,
                       "%s: holds Python objects (a pickle), which are never loaded; save numbers",
                       h->path);
    if (sscanf(descr, "%c%c%3u%c", &order, &kind, &bytes, &rest) != 3 ||
        strchr("<>|=", order) == NULL || strchr("fiub", kind) == NULL ||
        (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8) || (kind == 'f' && bytes == 1) ||
        (kind == 'b' && bytes != 1))
        return sq_fail(
            h->err, SQ_EUNSUPPORTED,
            "%s: elements of NumPy type '%s'; integers, bool and floats of 16 to 64 bits "
            "are accepted",
            h->path, descr);
    a->kind = kind;
    a->item_bytes = bytes;
    a->big_endian = order == '>';
    return SQ_OK;
}

static int read_order(struct header *h)
{
    if (take_word(h, "True"))
        h->array->fortran = true;
    else if (!take_word(h, "False"))
        return unclear(h, "True or False");
    return SQ_OK;
}

static int read_dimension(struct header *h)
{
    uint64_t size = 0;
    const unsigned char *first = h->at;
    while (h->at < h->end && *h->at >= '0' && *h->at <= '9') {
        if (size > INT64_MAX / 10 - 1)
            return unclear(h, "a size below 2^63");
        size = size * 10 + (uint64_t)(*h->at++ - '0');
    }
    if (h->at == first)
        return unclear(h, "a size");
    if (h->at < h->end && *h->at == 'L') /* Python 2 */
        h->at++;
    if (h->array->n_dims == SQ_ARRAY_MAX_DIMS)
        return sq_fail(h->err, SQ_EFORMAT, "%s: an array of more than %d dimensions", h->path,
                       SQ_ARRAY_MAX_DIMS);
    h->array->dim[h->array->n_dims++] = size;
    return SQ_OK;
}

/* (), (2,) or (2, 3) */
static int read_shape(struct header *h)
{
    if (!take(h, '('))
        return unclear(h, "'('");
    for (bool comma = true; !take(h, ')'); comma = take(h, ',')) {
        skip_blanks(h);
        if (!comma)
            return unclear(h, "',' or ')'");
        const int rc = read_dimension(h);
        if (rc != SQ_OK)
            return rc;
    }
    return SQ_OK;
}

/* The dictionary: three keys, each once, in any order. */
static int read_dictionary(struct header *h)
{
    static const char *const name[] = {"descr", "fortran_order", "shape"};
    static int (*const read[])(struct header *) = {read_descr, read_order, read_shape};
    char key[32];
    unsigned seen = 0;
    if (!take(h, '{'))
        return unclear(h, "'{'");
    for (bool comma = true; !take(h, '}'); comma = take(h, ',')) {
        unsigned i = 0;
        if (!comma)
            return unclear(h, "',' or '}'");
        if (!take_string(h, key, sizeof key) || !take(h, ':'))
            return unclear(h, "'key':");
        while (i < 3 && strcmp(key, name[i]) != 0)
            i++;
        if (i == 3 || (seen >> i & 1))
            return unclear(h, "'descr', 'fortran_order' and 'shape', each once,");
        seen |= 1u << i;
        const int rc = read[i](h);
        if (rc != SQ_OK)
            return rc;
    }
    if (seen != 7)
        return unclear(h, "'descr', 'fortran_order' and 'shape', each once,");
    skip_blanks(h);
    return h->at == h->end ? SQ_OK : unclear(h, "nothing but blanks");
}

static int truncated(struct sq_error *err, const char *path, size_t n, uint64_t header_bytes)
{
    return sq_fail(err, SQ_EFORMAT,
                   "%s: truncated: the .npy header has %" PRIu64 " bytes, this file %zu", path,
                   header_bytes, n);
}

bool sq_npy_begins(const unsigned char *head, size_t n)
{
    return n >= 6 && memcmp(head, "\x93NUMPY", 6) == 0;
}

size_t sq_npy_text_at(const unsigned char *head)
{
    return head[6] == 1 ? 10 : 12;
}

uint64_t sq_npy_header_bytes(const unsigned char *head)
{
    const size_t text_at = sq_npy_text_at(head);
    return text_at + (text_at == 10 ? sq_le16(head + 8) : (uint64_t)sq_le32(head + 8));
}

int sq_npy_parse(struct sq_error *err, const char *path, const unsigned char *head, size_t n,
                 struct sq_array *array)
{
    *array = (struct sq_array){0};
    if (n < 10)
        return truncated(err, path, n, 10);
    if (head[6] < 1 || head[6] > 3 || head[7] != 0)
        return sq_fail(err, SQ_EUNSUPPORTED, "%s: .npy version %u.%u; 1.0, 2.0 and 3.0 are known",
                       path, (unsigned)head[6], (unsigned)head[7]);
    const size_t fixed = sq_npy_text_at(head);
    if (n < fixed)
        return truncated(err, path, n, fixed);
    array->offset = sq_npy_header_bytes(head);
    if (array->offset > SQ_ARRAY_HEAD_BYTES)
        return sq_fail(err, SQ_EFORMAT,
                       "%s: a .npy header of %" PRIu64 " bytes; at most %d are "
                       "accepted",
                       path, array->offset, SQ_ARRAY_HEAD_BYTES);
    if (n < array->offset)
        return truncated(err, path, n, array->offset);
    struct header h = {err, path, head, head + fixed, head + array->offset, array};
    const int rc = read_dictionary(&h);
    array->fortran &= array->n_dims >= 2; /* a line is a line in either order */
    return rc;
}
