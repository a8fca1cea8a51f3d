/* --help: what a command says of itself, and its options as the library lists them. */
#include "sim/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 96, COLUMN = 23 }; /* characters of a line; where what is said of options begins */

struct page {
    char *text; /* NULL: out of memory */
    size_t n, room;
};

static void add(struct page *page, const char *text, size_t n)
{
    if (page->text == NULL)
        return;
    if (page->n + n + 1 > page->room) {
        const size_t room = 2 * page->room + n + 1;
        char *longer = realloc(page->text, room);
        if (longer == NULL) {
            free(page->text);
            page->text = NULL;
            return;
        }
        page->text = longer;
        page->room = room;
    }
    memcpy(page->text + page->n, text, n);
    page->n += n;
    page->text[page->n] = '\0';
}

static void say(struct page *page, const char *text)
{
    add(page, text, strlen(text));
}

/* Words behind what stands on the line already, which is `used` long; further lines begin at COLUMN. */
static void say_wrapped(struct page *page, size_t used, const char *text)
{
    char indent[COLUMN + 1];
    memset(indent, ' ', COLUMN);
    indent[COLUMN] = '\0';
    if (used >= COLUMN) {
        say(page, "\n");
        used = 0;
    }
    say(page, indent + used);
    used = COLUMN;
    for (const char *at = text; *at != '\0'; at += *at == ' ') {
        const size_t n = strcspn(at, " ");
        if (used > COLUMN && used + 1 + n > LINE) {
            say(page, "\n");
            say(page, indent);
            used = COLUMN;
        } else if (used > COLUMN) {
            say(page, " ");
            used++;
        }
        add(page, at, n);
        used += n;
        at += n;
    }
    say(page, "\n");
}

/* "a|b|c" -> "a, b or c" */
static void say_words(struct page *page, const char *words)
{
    for (const char *at = words; *at != '\0'; at += *at == '|') {
        const size_t n = strcspn(at, "|");
        if (at != words)
            say(page, at[n] == '\0' ? " or " : ", ");
        add(page, at, n);
        at += n;
    }
}

/* "above 0..65536" -> "above 0, up to 65536", "1..1024" -> "1 to 1024"; nothing without an upper bound. */
static void say_numbers(struct page *page, const char *range)
{
    const char *dots = strstr(range, ".."), *words = strchr(range, '(');
    if (words != NULL) {
        add(page, words + 1, strcspn(words + 1, ")"));
    } else if (dots[2] != '\0') {
        add(page, range, (size_t)(dots - range));
        say(page, range[0] == 'a' ? ", up to " : " to ");
        say_words(page, dots + 2);
    }
}

static int is_type(const struct spikeq_option *row, const char *types)
{
    const char *found = strstr(types, row->type);
    return found != NULL && (found[strlen(row->type)] == ' ' || found[strlen(row->type)] == '\0');
}

/* What stands in brackets behind the help: values, default. */
static void say_values(struct page *page, const struct spikeq_option *row)
{
    const size_t before = page->n;
    if (is_type(row, "count counts integer number"))
        say_numbers(page, row->range);
    else if (is_type(row, "choice") ||
             (is_type(row, "text") && row->range[0] != '@' && strchr(row->range, ':') == NULL &&
              strchr(row->range, '|') != NULL))
        say_words(page, row->range);
    else if (is_type(row, "list"))
        say(page, "repeatable");
    if (row->initial[0] != '\0' && !is_type(row, "flag")) {
        say(page, page->n > before ? "; default: " : "default: ");
        say(page, row->initial);
    }
}

static void say_option(struct page *page, const struct spikeq_option *row)
{
    struct page about = {.text = calloc(1, 1), .room = 1};
    char tag[80];
    const int n = snprintf(tag, sizeof tag, "  %s%s%s--%s%s%s ", row->letter[0] != '\0' ? "-" : "",
                           row->letter, row->letter[0] != '\0' ? ", " : "", row->name,
                           row->metavar[0] != '\0' ? " " : "", row->metavar);
    say(&about, row->help);
    say(&about, " (");
    const size_t before = about.n;
    say_values(&about, row);
    if (about.text != NULL && about.n == before)
        about.text[before - 2] = '\0';
    else
        say(&about, ")");
    if (about.text == NULL) { /* out of memory: so is the page */
        free(page->text);
        page->text = NULL;
        return;
    }
    add(page, tag, (size_t)n - (n > COLUMN));
    say_wrapped(page, (size_t)n, about.text);
    free(about.text);
}

char *cli_help(const struct cli_command *command, const spikeq_options *options)
{
    struct page page = {.text = calloc(1, 1), .room = 1};
    struct spikeq_option row = {.size = sizeof row};
    say(&page, command->usage);
    say(&page, "\n");
    for (size_t i = 0; spikeq_options_list(options, i, &row) == SPIKEQ_OK; i++)
        say_option(&page, &row);
    if (command->notes != NULL) {
        say(&page, "\n");
        say(&page, command->notes);
    }
    return page.text;
}
