/* Every sheet as a CSV file of its own. */
#include "kernels/base/text.h"
#include "sim/account/sheets/sheet_view.h"
#include "traces/files/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int save_sheet(struct sq_error *err, const struct sq_view *view, const char *directory,
                      int force)
{
    char path[4096];
    struct sq_text table;
    if (snprintf(path, sizeof path, "%s/%s.csv", directory, view->sheet->name) >= (int)sizeof path)
        return sq_fail(err, SQ_EUSAGE, "%.200s: its name is too long", directory);
    FILE *to = sq_text_open(&table);
    if (to == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    sq_view_csv(to, view);
    size_t size;
    char *text = sq_text_close(&table, &size);
    const int status = text != NULL ? sq_output_save(err, path, text, size, force)
                                    : sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    free(text);
    return status;
}

int sq_book_save(struct sq_error *err, const struct sq_book *book, const struct sq_style *style,
                 const char *directory, int force)
{
    struct sq_style csv = *style;
    struct sq_view view;
    int status = sq_style_check(err, book, style);
    csv.format = SQ_FORMAT_CSV;
    if (status == SQ_OK && book->failed)
        status = sq_fail(err, SQ_ENOMEM, "out of memory for the tables");
    if (status == SQ_OK && mkdir(directory, 0777) != 0 && errno != EEXIST)
        status = sq_fail(err, SQ_EIO, "%s: cannot be made: %s", directory, strerror(errno));
    for (size_t i = 0; status == SQ_OK && i < book->n_sheets; i++)
        if (sq_view_of(&book->sheet[i], &csv, &view))
            status = save_sheet(err, &view, directory, force);
    return status;
}
