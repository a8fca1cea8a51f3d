/* --list: what there is to choose from. */
#include "sim/account/price/paper_views.h"
#include "sim/account/sheets/energy.h"
#include "sim/json/decimal.h"

#include <stdio.h>

static void list_conventions(struct sq_book *book)
{
    struct sq_sheet *sheet =
        sq_book_sheet(book, "conventions", "conventions", "convention|prices|source");
    for (int i = 0; i < SQ_CONVENTIONS; i++) {
        sq_sheet_row(book, sheet);
        sq_sheet_text(book, sheet, 0, "%s", sq_convention_table[i].name);
        sq_sheet_text(book, sheet, 1, "%s", sq_convention_table[i].what);
        sq_sheet_text(book, sheet, 2, "%s", sq_convention_table[i].source);
    }
}

static void list_switches(struct sq_book *book)
{
    const struct sq_switches plain = sq_switches_default();
    struct sq_sheet *sheet =
        sq_book_sheet(book, "switches", "switches (" SQ_FLAG "switch KEY=VALUE)",
                      "switch|values|default|decides");
    char choice[64];
    for (size_t i = 0; i < sq_n_switches; i++) {
        sq_sheet_row(book, sheet);
        sq_sheet_text(book, sheet, 0, "%s", sq_switch_table[i].key);
        sq_sheet_text(book, sheet, 1, "%s", sq_switch_table[i].choices);
        sq_sheet_text(book, sheet, 2, "%s", sq_switch_choice(&plain, i, choice, sizeof choice));
        sq_sheet_text(book, sheet, 3, "%s", sq_switch_table[i].what);
    }
}

static void list_views(struct sq_book *book)
{
    struct sq_sheet *sheet =
        sq_book_sheet(book, "views", "views of papers (" SQ_FLAG "switch view=NAME)",
                      "view|of architectures|source|assumed");
    const struct sq_paper_view *view;
    for (size_t i = 0; (view = sq_paper_view_number(i)) != NULL; i++) {
        sq_sheet_row(book, sheet);
        sq_sheet_text(book, sheet, 0, "%s", view->name);
        sq_sheet_text(book, sheet, 1, "%s", view->architectures);
        sq_sheet_text(book, sheet, 2, "%s", view->source);
        sq_sheet_text(book, sheet, 3, "%s", view->assumed);
    }
}

struct listing {
    struct sq_error *err;
    struct sq_book *book;
    struct sq_sheet *sheet;
};

static int list_profile(const char *path, const char *name, void *data)
{
    struct listing *list = data;
    struct sq_hardware hardware;
    const int rc = sq_hardware_read(list->err, path, &hardware);
    if (rc != SQ_OK)
        return rc;
    for (int key = 0; key < SQ_PRICES; key++) {
        const struct sq_price *price = &hardware.price[key];
        if (!price->is_given)
            continue;
        sq_sheet_row(list->book, list->sheet);
        sq_sheet_text(list->book, list->sheet, 0, "%s", name);
        sq_sheet_text(list->book, list->sheet, 1, "%s", sq_price_name((enum sq_price_key)key));
        sq_sheet_number(list->book, list->sheet, 2, price->energy_pj);
        sq_sheet_text(list->book, list->sheet, 3, "%s", price->kind);
        if (price->year > 0)
            sq_sheet_text(list->book, list->sheet, 4, "%d", price->year);
        sq_sheet_text(list->book, list->sheet, 5, "%s", price->paper);
    }
    return SQ_OK;
}

int sq_energy_list(struct sq_error *err, struct sq_book *book, const char *config_dirs)
{
    list_conventions(book);
    list_switches(book);
    list_views(book);
    struct listing list = {err, book,
                           sq_book_sheet(book, "hardware",
                                         "hardware profiles (" SQ_FLAG "hardware NAME)",
                                         "profile|price|energy_pj|kind|year|source")};
    const int rc = sq_hardware_each(config_dirs, list_profile, &list);
    return rc == SQ_ENOMEM ? sq_fail(err, rc, "out of memory for the list of profiles") : rc;
}
