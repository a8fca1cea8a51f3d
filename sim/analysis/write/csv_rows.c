#include "sim/analysis/write/csv_rows.h"

#include "sim/analysis/write/analysis_read.h"

void sq_csv_cells(struct sq_csv_out *csv, const cJSON *object, const char *const *path)
{
    for (; *path != NULL; path++)
        sq_csv_item(csv, sq_at(object, *path));
}

void sq_csv_begin_row(struct sq_csv_out *csv, const struct sq_csv_head *head)
{
    sq_csv_text(csv, head->trace);
    if (head->name != NULL)
        sq_csv_text(csv, head->name);
}

enum { MOST_ARRAYS = 12 };

void sq_csv_columns(struct sq_csv_out *csv, const struct sq_csv_head *head, const cJSON *object,
                    const char *const *path, unsigned beside)
{
    const cJSON *item[MOST_ARRAYS] = {NULL};
    size_t n = 0;
    for (; path[n] != NULL; n++)
        item[n] = sq_first(object, path[n]);
    for (unsigned long i = 0; item[0] != NULL; i++) {
        const double class_of[2] = {sq_number_at(item[0], ""), sq_number_at(item[1], "")};
        sq_csv_begin_row(csv, head);
        if (beside & SQ_CSV_NUMBERED)
            sq_csv_index(csv, i);
        for (size_t j = 0; j < n; j++) {
            sq_csv_item(csv, item[j]);
            item[j] = item[j] != NULL ? item[j]->next : NULL;
        }
        if (beside & (SQ_CSV_NAMED_CLASSES | SQ_CSV_NAMED_CELLS))
            sq_csv_text(csv, sq_class_name(head->class_names, class_of[0]));
        if (beside & SQ_CSV_NAMED_CELLS)
            sq_csv_text(csv, sq_class_name(head->class_names, class_of[1]));
        sq_csv_end_row(csv);
    }
}

void sq_csv_arrays(struct sq_csv_out *csv, const struct sq_csv_head *head, const cJSON *object,
                   const char *const *path)
{
    sq_csv_columns(csv, head, object, path, SQ_CSV_NUMBERED);
}

void sq_csv_objects(struct sq_csv_out *csv, const struct sq_csv_head *head, const char *kind,
                    const cJSON *list, const char *const *path)
{
    for (const cJSON *item = sq_first(list, ""); item != NULL; item = item->next) {
        sq_csv_begin_row(csv, head);
        if (kind != NULL)
            sq_csv_text(csv, kind);
        sq_csv_cells(csv, item, path);
        sq_csv_end_row(csv);
    }
}

void sq_csv_matrix(struct sq_csv_out *csv, const struct sq_csv_head *head, const cJSON *rows)
{
    unsigned long i = 0;
    for (const cJSON *row = sq_first(rows, ""); row != NULL; row = row->next, i++) {
        unsigned long j = 0;
        for (const cJSON *item = row->child; item != NULL; item = item->next, j++) {
            sq_csv_begin_row(csv, head);
            sq_csv_index(csv, i);
            sq_csv_index(csv, j);
            sq_csv_item(csv, item);
            sq_csv_end_row(csv);
        }
    }
}
