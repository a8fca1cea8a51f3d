#include "sim/analysis/write/csv_write.h"

#include "sim/json/json.h"
#include "traces/files/output.h"

#include <stdlib.h>
#include <string.h>

int sq_csv_begin(struct sq_error *err, struct sq_csv_out *csv, const char *header)
{
    *csv = (struct sq_csv_out){0};
    csv->to = sq_text_open(&csv->text);
    if (csv->to == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for a table");
    fprintf(csv->to, "%s\n", header);
    return SQ_OK;
}

static void begin_cell(struct sq_csv_out *csv)
{
    if (csv->n_cells++ > 0)
        fputc(',', csv->to);
}

void sq_csv_text(struct sq_csv_out *csv, const char *text)
{
    begin_cell(csv);
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, csv->to);
        return;
    }
    fputc('"', csv->to);
    for (; *text != '\0'; text++)
        fprintf(csv->to, *text == '"' ? "\"\"" : "%c", *text);
    fputc('"', csv->to);
}

void sq_csv_item(struct sq_csv_out *csv, const cJSON *item)
{
    if (cJSON_IsString(item)) {
        sq_csv_text(csv, item->valuestring);
        return;
    }
    const int is_cell = cJSON_IsNumber(item) || cJSON_IsBool(item);
    char *text = is_cell ? sq_json_print_line(item) : NULL;
    if (is_cell && text == NULL)
        sq_text_fail(&csv->text);
    sq_csv_text(csv, text != NULL ? text : "");
    free(text);
}

void sq_csv_index(struct sq_csv_out *csv, unsigned long index)
{
    begin_cell(csv);
    fprintf(csv->to, "%lu", index);
}

void sq_csv_end_row(struct sq_csv_out *csv)
{
    fputc('\n', csv->to);
    csv->n_cells = 0;
}

int sq_csv_save(struct sq_error *err, struct sq_csv_out *csv, const char *directory,
                const char *name)
{
    char path[4096];
    int status = SQ_OK;
    size_t size;
    char *text = sq_text_close(&csv->text, &size);
    if (text == NULL)
        status = sq_fail(err, SQ_ENOMEM, "%s/%s: out of memory", directory, name);
    else if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path)
        status = sq_fail(err, SQ_EIO, "%s: its name is too long", directory);
    else
        status = sq_output_save(err, path, text, size, 1);
    free(text);
    return status;
}
