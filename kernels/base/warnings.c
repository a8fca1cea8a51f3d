#include "kernels/base/warnings.h"

#include <stdio.h>
#include <string.h>

void sq_warnings_begin(struct sq_error *err, struct sq_warnings *list)
{
    if (err == NULL)
        return;
    list->around = err->warnings;
    err->warnings = list;
}

void sq_warnings_end(struct sq_error *err, struct sq_warnings *list)
{
    if (err == NULL)
        return;
    err->warnings = list->around;
    list->around = NULL;
}

enum sq_option_names sq_warnings_names(const struct sq_warnings *list)
{
    while (list != NULL && list->around != NULL)
        list = list->around;
    return list != NULL ? list->names : SQ_NAMES_MARKED;
}

int sq_warnings_are_strict(const struct sq_warnings *list)
{
    while (list != NULL && list->around != NULL)
        list = list->around;
    return list != NULL && list->is_strict;
}

/* Keep a warning; 1 if the list did not hold it. A full list keeps no more. */
static int keep(struct sq_warnings *list, const struct sq_warning *warning)
{
    for (unsigned i = 0; i < list->n; i++)
        if (strcmp(list->item[i].name, warning->name) == 0 &&
            strcmp(list->item[i].text, warning->text) == 0)
            return 0;
    if (list->n < SQ_MAX_WARNINGS)
        list->item[list->n++] = *warning;
    return 1;
}

void sq_warnings_add(struct sq_warnings *list, const struct sq_warnings *from)
{
    for (unsigned i = 0; i < from->n; i++)
        keep(list, &from->item[i]);
}

int sq_warnings_repeat(struct sq_error *err, const struct sq_warnings *list)
{
    int status = SQ_OK;
    for (unsigned i = 0; status == SQ_OK && i < list->n; i++)
        status = sq_warn(err, list->item[i].name, "%s", list->item[i].text);
    return status;
}

/* To every list from the innermost outwards, up to one for which it is settled; 1 if it reached the
 * outermost one and that is strict. */
static int pass_on(struct sq_warnings *list, const struct sq_warning *warning)
{
    int is_strict = 0;
    for (; list != NULL; list = list->around) {
        if (list->settled != NULL && strcmp(list->settled, warning->name) == 0)
            return 0;
        is_strict = list->is_strict;
        if (keep(list, warning) && list->pass != NULL && !is_strict)
            list->pass(list->data, warning);
    }
    return is_strict;
}

int sq_warn(struct sq_error *err, const char *name, const char *format, ...)
{
    struct sq_warning warning;
    if (err == NULL || err->warnings == NULL)
        return SQ_OK;
    va_list args;
    va_start(args, format);
    vsnprintf(warning.text, sizeof warning.text, format, args);
    va_end(args);
    snprintf(warning.name, sizeof warning.name, "%s", name);
    sq_sentence_finish(warning.text, sq_warnings_names(err->warnings));
    if (!pass_on(err->warnings, &warning))
        return SQ_OK;
    return sq_fail(err, SQ_EVALUE, "%s [%s: " SQ_OPT "strict makes this warning an error]",
                   warning.text, name);
}
