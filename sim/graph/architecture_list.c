#include "sim/graph/architecture_list.h"

#include "sim/config/config_folders.h"

#include <stdio.h>
#include <stdlib.h>

struct opening {
    struct sq_error *err;
    struct sq_architectures *out;
};

static int add(struct opening *opening, const char *config_dirs, const char *name)
{
    struct sq_architectures *out = opening->out;
    if (out->n == out->room) {
        const size_t room = out->room * 2 + 8;
        struct sq_architecture *grown = realloc(out->item, room * sizeof *grown);
        if (grown == NULL)
            return sq_fail(opening->err, SQ_ENOMEM, "out of memory for the architectures");
        out->item = grown;
        out->room = room;
    }
    return sq_architecture_open(opening->err, config_dirs, name, &out->item[out->n++]);
}

static int visit(const char *path, const char *name, void *data)
{
    struct opening *opening = data;
    const int status = add(opening, NULL, path);
    if (opening->out->n > 0) {
        struct sq_architecture *last = &opening->out->item[opening->out->n - 1];
        snprintf(last->called, sizeof last->called, "%s", name);
    }
    return status;
}

static int open_all(struct opening *opening, const char *config_dirs)
{
    opening->err->code = SQ_OK;
    const int status = sq_files_each(config_dirs, "architectures", visit, opening);
    if (status == SQ_ENOMEM && opening->err->code == SQ_OK)
        return sq_fail(opening->err, SQ_ENOMEM, "out of memory for the list of architectures");
    if (status != SQ_OK)
        return status;
    if (opening->out->n == 0)
        return sq_fail(opening->err, SQ_EIO,
                       "no architectures in architectures/ of %s; set SPIKEQ_CONFIGS to the folder "
                       "configs of spikeq",
                       config_dirs != NULL ? config_dirs : "(no folder)");
    return SQ_OK;
}

int sq_architectures_open(struct sq_error *err, const char *config_dirs, const char *only,
                          struct sq_architectures *out)
{
    struct sq_error ignored = {0};
    struct opening opening = {err != NULL ? err : &ignored, out};
    *out = (struct sq_architectures){.n = 0};
    if (only != NULL)
        return add(&opening, config_dirs, only);
    char *folders = sq_folders_with_own(config_dirs);
    const int status = folders != NULL ? open_all(&opening, folders)
                                       : sq_fail(err, SQ_ENOMEM, "out of memory for folders");
    free(folders);
    return status;
}

void sq_architectures_close(struct sq_architectures *architectures)
{
    for (size_t i = 0; i < architectures->n; i++)
        sq_architecture_close(&architectures->item[i]);
    free(architectures->item);
    *architectures = (struct sq_architectures){.n = 0};
}

void sq_architectures_list(const struct sq_architectures *architectures, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < architectures->n && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i > 0 ? ", " : "",
                                 architectures->item[i].name);
}
