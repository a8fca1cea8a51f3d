/* Page: text for a terminal, column by column, in colour or in plain ASCII. */
#ifndef SQ_TABLE_PAGE_H
#define SQ_TABLE_PAGE_H

#include "kernels/base/text.h"
#include "sim/json/json.h"

#include <stdio.h>

enum { SQ_PAGE_NAME = 24 /* columns of a name */ };

struct sq_table_page {
    FILE *to;
    struct sq_text *text; /* behind the stream */
    unsigned top;         /* rows of classes and of layers by cost; 0: all */
    int is_colour; /* 1: escape codes for colours, and bars of Unicode blocks; 0: plain ASCII */
};

/* A number in its column, or a dash. */
void sq_page_number(const struct sq_table_page *page, int width, int digits, double value);

/* A share in percent. A share above 0 never reads as 0, one below 1 never as 100: with two digits
 * they are "<0.005" and ">99.995". */
void sq_page_percent(const struct sq_table_page *page, int width, int digits, double share);

/* A text cut to this many columns, with "..." at its end; a UTF-8 character counts as one. Spaces
 * pad a shorter one, unless it is the last of its line. */
void sq_page_text(const struct sq_table_page *page, int width, const char *text, int is_last);

/* A bar of value / most: eighths of a block in colour, or whole ASCII characters; always of the
 * same width. */
void sq_page_bar(const struct sq_table_page *page, double value, double most);

/* A line of its own after an empty one. */
void sq_page_title(const struct sq_table_page *page, const char *title);

/* The sections of a trace of an analysis, each with its title; empty where it has no figures. */
void sq_page_classes(const struct sq_table_page *page, const cJSON *trace);
void sq_page_rates(const struct sq_table_page *page, const cJSON *trace);
void sq_page_structure(const struct sq_table_page *page, const cJSON *trace);
void sq_page_attention(const struct sq_table_page *page, const cJSON *trace);
void sq_page_decision(const struct sq_table_page *page, const cJSON *trace);
void sq_page_cost(const struct sq_table_page *page, const cJSON *trace);

#endif
