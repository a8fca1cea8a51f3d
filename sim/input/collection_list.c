/* Lists of samples. A line is "PATH LABEL" or "PATH"; between them stands a TAB, a comma, a
 * semicolon or blanks. Lines end as on any system, a byte order mark may stand in front, a path may
 * be quoted and have Windows' separators; empty lines and those that begin with # are passed over.
 * Lines that name tar archives (.tar, .tgz, .tar.gz, .tar.zst, ...) stand for the samples in them. */
#include "sim/input/collection_classes.h"
#include "sim/input/collection_sources.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { MAX_PATH = 8192 };

/* A line taken apart, in place. */
struct entry {
    char *path;
    int32_t label; /* or -1 */
    bool is_quoted;
};

static bool is_separator(char c)
{
    return c == '\t' || c == ',' || c == ';' || c == ' ';
}

static char *trim(char *text)
{
    size_t n = strlen(text);
    while (n > 0 && isspace((unsigned char)text[n - 1]))
        text[--n] = '\0';
    while (isspace((unsigned char)*text))
        text++;
    return text;
}

/* Digits, quoted or not; -1: anything else. */
static int32_t label_of(const char *text)
{
    const size_t n = strlen(text);
    const bool quoted = n > 2 && (text[0] == '"' || text[0] == '\'') && text[n - 1] == text[0];
    const char *first = text + quoted;
    char *end;
    if (*first < '0' || *first > '9')
        return -1;
    errno = 0;
    const unsigned long number = strtoul(first, &end, 10);
    return end == text + n - quoted && errno == 0 && number <= INT32_MAX ? (int32_t)number : -1;
}

/* Cut the quotes off, "" within them standing for one; returns what follows, NULL: no end. */
static char *unquote(char *line)
{
    const char quote = line[0];
    char *to = line;
    for (char *from = line + 1; *from != '\0'; from++) {
        if (*from == quote && from[1] != quote) {
            *to = '\0';
            return from + 1;
        }
        from += *from == quote;
        *to++ = *from;
    }
    return NULL;
}

static bool parse_quoted(char *line, struct entry *entry)
{
    char *rest = unquote(line);
    if (rest == NULL)
        return false;
    while (is_separator(*rest))
        rest++;
    *entry = (struct entry){line, label_of(rest), true};
    return *rest == '\0' || entry->label >= 0;
}

/* The label is what follows the last TAB, or else the last separator; anything but a number belongs
 * to the path. False: quotes that do not end, or something behind them. */
static bool parse_line(char *line, struct entry *entry)
{
    if (line[0] == '"' || line[0] == '\'')
        return parse_quoted(line, entry);
    *entry = (struct entry){line, -1, false};
    char *at = strrchr(line, '\t');
    for (char *c = line; strchr(line, '\t') == NULL && *c != '\0'; c++)
        at = is_separator(*c) ? c : at;
    entry->label = at != NULL ? label_of(trim(at + 1)) : -1;
    if (entry->label < 0)
        return true;
    while (at > line && is_separator(at[-1]))
        at--;
    *at = '\0';
    return true;
}

static bool is_there(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !S_ISDIR(status.st_mode);
}

/* Of the list's path, the bytes that stand in front of the names in it: "FOLDER/". */
static size_t folder_bytes(const char *list)
{
    const char *slash = strrchr(list, '/');
    return slash == NULL ? 0 : (size_t)(slash - list) + 1;
}

/* The file that `name` names, from the list's folder on; with the separators of Windows where there
 * is no file of that name. False: no such file either way. */
static bool find_file(char *path, size_t size, const char *list, const char *name)
{
    const int folder = name[0] == '/' ? 0 : (int)folder_bytes(list);
    if ((size_t)snprintf(path, size, "%.*s%s", folder, list, name) >= size)
        return false;
    if (is_there(path))
        return true;
    for (char *c = path + folder; *c != '\0'; c++)
        *c = *c == '\\' ? '/' : *c;
    return is_there(path);
}

/* Is there a word that ends like a file's name, in a dot, a letter and a few more or digits?
 * Numbers do not; and a line that begins with a number is an event of some recording. */
static bool has_suffix(const char *line)
{
    const size_t number = strspn(line, "0123456789");
    if (number > 0 && is_separator(line[number]))
        return false;
    for (const char *dot = strchr(line, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
        size_t n = 1;
        while (isalnum((unsigned char)dot[n]))
            n++;
        if (dot > line && n <= 8 && isalpha((unsigned char)dot[1]) &&
            (dot[n] == '\0' || is_separator(dot[n])))
            return true;
    }
    return false;
}

/* The line's path and label: its whole text where only that names a file. */
static bool resolve(const char *list, const char *line, char *copy, struct entry *entry, char *path)
{
    if (!parse_line(memcpy(copy, line, strlen(line) + 1), entry))
        return false;
    if (find_file(path, MAX_PATH, list, entry->path))
        return true;
    char whole[MAX_PATH];
    if (entry->is_quoted || !find_file(whole, sizeof whole, list, line))
        return false;
    *entry = (struct entry){memcpy(copy, line, strlen(line) + 1), -1, false};
    memcpy(path, whole, strlen(whole) + 1);
    return true;
}

/* UTF-16 as Windows' shells write it, which is refused by its name. */
static bool is_utf16(const unsigned char *head, size_t n)
{
    return n >= 4 && ((head[0] == 0xff && head[1] == 0xfe && head[3] == 0) ||
                      (head[0] == 0xfe && head[1] == 0xff && head[2] == 0));
}

static size_t mark_bytes(const unsigned char *head, size_t n)
{
    return n >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

/* The first line that is neither empty nor a comment, trimmed; false: no such line, or no text. */
static bool first_line(const unsigned char *head, size_t n, char *line, size_t size)
{
    for (size_t i = mark_bytes(head, n); i < n;) {
        size_t length = 0;
        while (i + length < n && head[i + length] != '\n' && head[i + length] != '\r')
            if (head[i + length++] < ' ' && head[i + length - 1] != '\t')
                return false;
        if (length + 1 > size)
            return false;
        memcpy(line, head + i, length);
        line[length] = '\0';
        memmove(line, trim(line), strlen(trim(line)) + 1);
        if (line[0] != '\0' && line[0] != '#')
            return strchr("%<{[", line[0]) == NULL;
        i += length + 1;
    }
    return false;
}

bool sq_collection_is_list(const char *path, const unsigned char *head, size_t n)
{
    char line[MAX_PATH / 2], copy[MAX_PATH / 2], found[MAX_PATH];
    struct entry entry = {copy, -1, false};
    if (is_utf16(head, n))
        return true;
    if (!first_line(head, n, line, sizeof line))
        return false;
    return resolve(path, line, copy, &entry, found) || entry.is_quoted || has_suffix(entry.path);
}

/* A list while it is read. */
struct reading {
    struct sq_error *err;
    struct sq_collection *collection;
    uint64_t line;
    uint64_t n_unlabelled;
    uint32_t folder, root; /* of relative and of absolute names */
};

/* One of many: a name is looked at, not each file. */
static bool is_archive_name(const char *name)
{
    static const char *const known[] = {".tar",    ".tgz",     ".tar.gz",  ".tar.zst",
                                        ".tar.xz", ".tar.bz2", ".tar.lz4", ".tar.zstd"};
    const size_t n = strlen(name);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (n > strlen(known[i]) && strcasecmp(name + n - strlen(known[i]), known[i]) == 0)
            return true;
    return false;
}

/* The line's file is there. */
static int add_found(struct reading *r, const char *path, int32_t label)
{
    struct sq_collection *collection = r->collection;
    const bool is_archive = is_archive_name(path);
    if (collection->n > 0 && is_archive != (collection->member != NULL))
        return sq_fail(r->err, SQ_EFORMAT,
                       "%s: line %" PRIu64 ": a list names archives or samples, not both",
                       collection->path, r->line);
    if (is_archive && label >= 0)
        return sq_fail(r->err, SQ_EFORMAT,
                       "%s: line %" PRIu64 ": an archive with a label; its members have them",
                       collection->path, r->line);
    if (is_archive)
        return sq_collection_add_archive(r->err, collection, path);
    const size_t bytes = folder_bytes(collection->path);
    const bool is_below = strncmp(path, collection->path, bytes) == 0;
    r->n_unlabelled += label < 0;
    return sq_collection_add(r->err, collection, is_below ? r->folder : r->root,
                             path + (is_below ? bytes : 0), label);
}

static int add_line(struct reading *r, const char *line)
{
    char copy[MAX_PATH], path[MAX_PATH];
    struct entry entry = {copy, -1, false};
    if (strlen(line) >= sizeof copy)
        return sq_fail(r->err, SQ_EFORMAT, "%s: line %" PRIu64 " is longer than %zu bytes",
                       r->collection->path, r->line, sizeof copy - 1);
    if (!resolve(r->collection->path, line, copy, &entry, path))
        return sq_fail(r->err, SQ_EIO,
                       "%s: line %" PRIu64 " names \"%s\", which is not there; a line is PATH or "
                       "PATH LABEL, from the list's folder on",
                       r->collection->path, r->line, entry.path);
    return add_found(r, path, entry.label);
}

/* What getline() gives: a line, or several that end in CR alone. */
static int add_lines(struct reading *r, char *text)
{
    int rc = SQ_OK;
    for (char *next = text; rc == SQ_OK && next != NULL;) {
        char *line = next, *end = strchr(line, '\r');
        next = end != NULL && end[1] != '\n' && end[1] != '\0' ? end + 1 : NULL;
        if (end != NULL)
            *end = '\0';
        line = trim(line);
        r->line++;
        if (line[0] != '\0' && line[0] != '#')
            rc = add_line(r, line);
    }
    return rc;
}

static int warn_unlabelled(const struct reading *r)
{
    return sq_collection_warn_unlabelled(r->err, r->collection, r->n_unlabelled, "lines");
}

static int read_lines(struct reading *r, FILE *file)
{
    char *text = NULL;
    size_t room = 0;
    ssize_t n;
    int rc = SQ_OK;
    while (rc == SQ_OK && (n = getline(&text, &room, file)) >= 0) {
        const size_t mark = r->line == 0 ? mark_bytes((unsigned char *)text, (size_t)n) : 0;
        if (r->line == 0 && is_utf16((unsigned char *)text, (size_t)n))
            rc = sq_fail(r->err, SQ_EUNSUPPORTED, "%s: a list in UTF-16; save it as UTF-8",
                         r->collection->path);
        else if (strlen(text) != (size_t)n)
            rc = sq_fail(r->err, SQ_EFORMAT, "%s: line %" PRIu64 " holds a NUL byte, no text",
                         r->collection->path, r->line + 1);
        else
            rc = add_lines(r, text + mark);
    }
    free(text);
    return rc;
}

int sq_collection_add_list(struct sq_error *err, struct sq_collection *collection)
{
    struct reading reading = {.err = err, .collection = collection};
    FILE *file = fopen(collection->path, "r");
    if (file == NULL)
        return sq_fail(err, SQ_EIO, "%s: cannot be opened: %s", collection->path, strerror(errno));
    char folder[MAX_PATH];
    snprintf(folder, sizeof folder, "%.*s", (int)folder_bytes(collection->path), collection->path);
    int rc = sq_collection_add_folder_name(err, collection, "", &reading.root);
    if (rc == SQ_OK)
        rc = sq_collection_add_folder_name(err, collection, folder, &reading.folder);
    if (rc == SQ_OK)
        rc = read_lines(&reading, file);
    if (rc == SQ_OK && !feof(file)) /* without memory for a line there is no other sign */
        rc = sq_fail(err, SQ_EIO, "%s: cannot be read: %s", collection->path, strerror(errno));
    fclose(file);
    if (rc == SQ_OK && collection->member != NULL)
        return sq_collection_end_archives(err, collection);
    return rc == SQ_OK ? warn_unlabelled(&reading) : rc;
}
