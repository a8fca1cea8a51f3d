/* vectors --figures FILE prints docs/published-figures.md.
 * vectors FILE...: every vector of a "spikeq-accounting-vectors/1" file (or of the ```json blocks
 * of a .md file), computed by the code that prices a run. One line a vector, what is missed below
 * it, a total. Exit 1 if anything is. */
#include "test/vectors/published.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t room = 1 << 16, n = 0;
    while (file != NULL) {
        char *grown = realloc(text, room + 1);
        if (grown == NULL)
            break;
        text = grown;
        n += fread(text + n, 1, room - n, file);
        if (n < room) {
            text[n] = '\0';
            fclose(file);
            return text;
        }
        room *= 2;
    }
    if (file != NULL)
        fclose(file);
    free(text);
    return NULL;
}

struct total {
    unsigned n, n_met, figures, figures_met;
};

static void print(const struct vector *vector, const char *kind, struct total *total)
{
    const int met = vector->n > 0 && vector->n == vector->n_met;
    printf("%s %-9s %-40s %u of %u figures\n%s", met ? "ok  " : "MISS", kind, vector->name,
           vector->n_met, vector->n, vector->unmet);
    total->n++;
    total->n_met += (unsigned)met;
    total->figures += vector->n;
    total->figures_met += vector->n_met;
}

static const char *name_of(const cJSON *item, char *text, size_t size)
{
    const cJSON *name = member(item, "id") ? member(item, "id") : member(item, "name");
    const cJSON *config = member(item, "config");
    if (cJSON_IsString(name))
        snprintf(text, size, "%s", name->valuestring);
    else
        snprintf(text, size, "%s-%.0f-%.0f",
                 cJSON_GetStringValue(member(config, "layout"))
                     ? cJSON_GetStringValue(member(config, "layout"))
                     : "unnamed",
                 number_at(config, "depth", 0), number_at(config, "embed_dim", 0));
    return text;
}

static void check_all(const cJSON *file, struct total *total)
{
    static const char *const kind[] = {"published", "layers", "networks"};
    for (int k = 0; k < 3; k++) {
        const cJSON *item;
        cJSON_ArrayForEach(item, member(file, kind[k]))
        {
            char name[96];
            struct vector vector = {.name = name_of(item, name, sizeof name)};
            if (k == 0)
                check_published(item, file, &vector);
            else if (k == 1)
                check_layer(item, &vector);
            else
                check_network(item, &vector);
            print(&vector, kind[k], total);
        }
    }
}

static int check_text_of(const char *path, const char *text, struct total *total)
{
    cJSON *file = text != NULL ? cJSON_Parse(text) : NULL;
    const char *format = cJSON_GetStringValue(member(file, "format"));
    const int known = format != NULL && strcmp(format, "spikeq-accounting-vectors/1") == 0;
    if (known)
        check_all(file, total);
    else
        fprintf(stderr, "%s: %s\n", path,
                text == NULL   ? "cannot be read"
                : file == NULL ? "not JSON"
                               : "format: expected spikeq-accounting-vectors/1");
    cJSON_Delete(file);
    return known;
}

/* A document: its blocks between ```json and ``` are files of the format. */
static int check_document(const char *path, char *text, struct total *total)
{
    static const char open[] = "\n```json\n", close[] = "\n```";
    int n = 0, known = 1;
    char *at = text, *end = text;
    while ((at = strstr(end, open)) != NULL) {
        at += strlen(open);
        end = strstr(at, close);
        if (end == NULL)
            return 0;
        *end++ = '\0';
        known &= check_text_of(path, at, total);
        n++;
    }
    return known && n > 0;
}

static int check_file(const char *path, struct total *total)
{
    char *text = read_file(path);
    const size_t n = strlen(path);
    const int is_document = text != NULL && n > 3 && strcmp(path + n - 3, ".md") == 0;
    const int known =
        is_document ? check_document(path, text, total) : check_text_of(path, text, total);
    free(text);
    return known;
}

/* --figures FILE: the document of published figures, on standard output. */
static int print_figures(const char *path)
{
    char *text = read_file(path);
    cJSON *file = text != NULL ? cJSON_Parse(text) : NULL;
    const int ok = cJSON_IsArray(member(file, "published"));
    if (ok)
        write_figures(stdout, file, path);
    else
        fprintf(stderr, "%s: no published figures\n", path);
    cJSON_Delete(file);
    free(text);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    setenv("SPIKEQ_CONFIGS", "configs", 0); /* it runs at the top of the source tree */
    if (argc == 3 && strcmp(argv[1], "--figures") == 0)
        return print_figures(argv[2]);
    struct total total = {0};
    int readable = argc > 1;
    if (argc < 2)
        fprintf(stderr, "usage: vectors FILE...\n");
    for (int i = 1; i < argc; i++)
        readable &= check_file(argv[i], &total);
    printf("%u of %u vectors met, %u of %u figures\n", total.n_met, total.n, total.figures_met,
           total.figures);
    return readable && total.n > 0 && total.n_met == total.n ? EXIT_SUCCESS : EXIT_FAILURE;
}
