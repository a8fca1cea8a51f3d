#include "sim/account/price/hardware.h"

#include "sim/config/config_keys.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *what;
} price[SQ_PRICES] = {
    [SQ_PRICE_MAC] = {"mac", "one multiply-accumulate"},
    [SQ_PRICE_AC] = {"ac", "one addition of a weight (synaptic operation)"},
    [SQ_PRICE_SRAM_BYTE] = {"sram_byte", "one byte of on-chip memory"},
    [SQ_PRICE_DRAM_BYTE] = {"dram_byte", "one byte of off-chip memory"},
    [SQ_PRICE_UPDATE] = {"neuron_update", "one neuron and timestep that fires"},
    [SQ_PRICE_UPDATE_SILENT] = {"neuron_update_silent", "one neuron and timestep that is silent"},
    [SQ_PRICE_SPIKE] = {"spike", "one spike routed"},
    [SQ_PRICE_AC_8] = {"ac_8", "one addition of 8 bits, in a run of integers"},
    [SQ_PRICE_AC_32] = {"ac_32", "one addition of 32 bits; others on the line through both"},
    [SQ_PRICE_MULTIPLY_8] = {"multiply_8", "one product of 8 x 8 bits; others by their bits"},
};

const char *sq_price_name(enum sq_price_key key)
{
    return price[key].name;
}

const char *sq_price_what(enum sq_price_key key)
{
    return price[key].what;
}

double sq_price_of(const struct sq_hardware *hardware, enum sq_price_key key, double n)
{
    if (n == 0)
        return 0;
    return hardware->price[key].is_given ? n * hardware->price[key].energy_pj : NAN;
}

int sq_hardware_knows_widths(const struct sq_hardware *hardware)
{
    return hardware->price[SQ_PRICE_AC_8].is_given && hardware->price[SQ_PRICE_AC_32].is_given &&
           hardware->price[SQ_PRICE_MULTIPLY_8].is_given;
}

/* A file being read: what error sentences begin with. */
struct reader {
    struct sq_error *err;
    const char *path;
    char key[96]; /* "prices.ac" */
};

static int read_text(const struct reader *reader, const cJSON *item, char *to, size_t size)
{
    if (!cJSON_IsString(item))
        return sq_fail(reader->err, SQ_EFORMAT, "%s: %s.%s: not a text, expected one", reader->path,
                       reader->key, item->string);
    if (strlen(item->valuestring) >= size)
        return sq_fail(reader->err, SQ_EFORMAT, "%s: %s.%s: %zu bytes, expected at most %zu",
                       reader->path, reader->key, item->string, strlen(item->valuestring),
                       size - 1);
    snprintf(to, size, "%s", item->valuestring);
    return SQ_OK;
}

static int read_energy(const struct reader *reader, const cJSON *item, struct sq_price *out)
{
    if (!cJSON_IsNumber(item))
        return sq_fail(reader->err, SQ_EVALUE, "%s: %s.energy_pj: %s, expected a number of pJ",
                       reader->path, reader->key,
                       cJSON_IsString(item) ? item->valuestring : "not a number");
    if (!isfinite(item->valuedouble) || item->valuedouble < 0)
        return sq_fail(reader->err, SQ_EVALUE,
                       "%s: %s.energy_pj: %g, expected a finite number of pJ, 0 or more",
                       reader->path, reader->key, item->valuedouble);
    out->energy_pj = item->valuedouble;
    out->is_given = 1;
    return SQ_OK;
}

static int read_year(const struct reader *reader, const cJSON *item, struct sq_price *out)
{
    const double year = cJSON_IsNumber(item) ? item->valuedouble : 0;
    if (!(year >= 1900 && year <= 2200) || year != floor(year))
        return sq_fail(reader->err, SQ_EVALUE, "%s: %s.year: %g, expected a year such as 2014",
                       reader->path, reader->key, year);
    out->year = (int)year;
    return SQ_OK;
}

static int read_member(const struct reader *reader, const cJSON *item, struct sq_price *out)
{
    const struct {
        const char *key;
        char *to;
        size_t size;
    } text[] = {{"kind", out->kind, sizeof out->kind},
                {"paper", out->paper, sizeof out->paper},
                {"table", out->table, sizeof out->table},
                {"technology", out->technology, sizeof out->technology},
                {"checked", out->checked, sizeof out->checked},
                {"note", out->note, sizeof out->note}};
    if (strcmp(item->string, "energy_pj") == 0)
        return read_energy(reader, item, out);
    if (strcmp(item->string, "year") == 0)
        return read_year(reader, item, out);
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        if (strcmp(item->string, text[i].key) == 0)
            return read_text(reader, item, text[i].to, text[i].size);
    if (strncmp(item->string, "energy", 6) == 0 || strcmp(item->string, "value") == 0)
        return sq_fail(reader->err, SQ_EFORMAT,
                       "%s: %s.%s: unit missing or unknown, expected "
                       "the key energy_pj",
                       reader->path, reader->key, item->string);
    return sq_fail(reader->err, SQ_EFORMAT,
                   "%s: %s.%s: unknown key, expected energy_pj, kind, paper, year, table, "
                   "technology, checked, note",
                   reader->path, reader->key, item->string);
}

static int check_price(const struct reader *reader, const struct sq_price *out)
{
    if (!out->is_given)
        return sq_fail(reader->err, SQ_EFORMAT, "%s: %s: no value, expected the key energy_pj",
                       reader->path, reader->key);
    if (strcmp(out->kind, "measured") != 0 && strcmp(out->kind, "estimated") != 0 &&
        strcmp(out->kind, "unclear") != 0)
        return sq_fail(reader->err, SQ_EFORMAT,
                       "%s: %s.kind: \"%s\", expected measured, estimated or unclear", reader->path,
                       reader->key, out->kind);
    if (out->paper[0] == '\0')
        return sq_fail(reader->err, SQ_EFORMAT,
                       "%s: %s.paper: missing, expected where the number was read", reader->path,
                       reader->key);
    return SQ_OK;
}

static int read_price(struct reader *reader, const cJSON *item, struct sq_hardware *out)
{
    int key = 0, rc = SQ_OK;
    while (key < SQ_PRICES && strcmp(item->string, price[key].name) != 0)
        key++;
    if (key == SQ_PRICES)
        return sq_fail(reader->err, SQ_EFORMAT,
                       "%s: prices.%s: unknown key, expected mac, ac, sram_byte, dram_byte, "
                       "neuron_update, neuron_update_silent, spike, ac_8, ac_32, multiply_8",
                       reader->path, item->string);
    snprintf(reader->key, sizeof reader->key, "prices.%s", price[key].name);
    if (!cJSON_IsObject(item))
        return sq_fail(reader->err, SQ_EFORMAT,
                       "%s: %s: a bare value has no unit and no source, expected "
                       "{\"energy_pj\": ..., \"kind\": ..., \"paper\": ...}",
                       reader->path, reader->key);
    if (out->price[key].is_given)
        return sq_fail(reader->err, SQ_EFORMAT, "%s: %s: given twice, expected once", reader->path,
                       reader->key);
    const cJSON *part;
    cJSON_ArrayForEach(part, item)
    {
        rc = read_member(reader, part, &out->price[key]);
        if (rc != SQ_OK)
            return rc;
    }
    return check_price(reader, &out->price[key]);
}

static int read_prices(struct reader *reader, const cJSON *item, struct sq_hardware *out)
{
    const cJSON *part;
    if (!cJSON_IsObject(item))
        return sq_fail(reader->err, SQ_EFORMAT, "%s: prices: not an object, expected one",
                       reader->path);
    cJSON_ArrayForEach(part, item)
    {
        const int rc = read_price(reader, part, out);
        if (rc != SQ_OK)
            return rc;
    }
    return SQ_OK;
}

static int read_top(struct reader *reader, const cJSON *item, struct sq_hardware *out)
{
    snprintf(reader->key, sizeof reader->key, "profile");
    if (strcmp(item->string, "name") == 0)
        return read_text(reader, item, out->name, sizeof out->name);
    if (strcmp(item->string, "description") == 0)
        return read_text(reader, item, out->description, sizeof out->description);
    if (strcmp(item->string, "width") == 0)
        return read_text(reader, item, out->width, sizeof out->width);
    if (strcmp(item->string, "prices") == 0)
        return read_prices(reader, item, out);
    if (strcmp(item->string, "format") != 0)
        return sq_fail(reader->err, SQ_EFORMAT,
                       "%s: %s: unknown key, expected format, name, description, width, prices",
                       reader->path, item->string);
    if (!cJSON_IsString(item) || strcmp(item->valuestring, "spikeq-hardware/1") != 0)
        return sq_fail(reader->err, SQ_EFORMAT, "%s: format: \"%s\", expected spikeq-hardware/1",
                       reader->path, cJSON_IsString(item) ? item->valuestring : "(no text)");
    return SQ_OK;
}

static int read_profile(struct reader *reader, const cJSON *root, struct sq_hardware *out)
{
    const cJSON *item;
    int any = 0;
    cJSON_ArrayForEach(item, root)
    {
        const int rc = read_top(reader, item, out);
        if (rc != SQ_OK)
            return rc;
    }
    if (cJSON_GetObjectItemCaseSensitive(root, "format") == NULL)
        return sq_fail(reader->err, SQ_EFORMAT, "%s: format: missing, expected spikeq-hardware/1",
                       reader->path);
    for (int key = 0; key < SQ_PRICES; key++)
        any |= out->price[key].is_given;
    if (!any)
        return sq_fail(reader->err, SQ_EFORMAT, "%s: prices: empty, expected at least one price",
                       reader->path);
    if (!out->price[SQ_PRICE_UPDATE_SILENT].is_given)
        out->price[SQ_PRICE_UPDATE_SILENT] = out->price[SQ_PRICE_UPDATE];
    return SQ_OK;
}

/* The file's own name, without folders and ".json". */
static void name_from_path(const char *path, struct sq_hardware *out)
{
    const char *slash = strrchr(path, '/'), *stem = slash != NULL ? slash + 1 : path;
    const size_t length = strlen(stem), tail = strlen(".json");
    const int has_tail = length > tail && strcmp(stem + length - tail, ".json") == 0;
    if (out->name[0] == '\0')
        snprintf(out->name, sizeof out->name, "%.*s", (int)(has_tail ? length - tail : length),
                 stem);
}

int sq_hardware_read(struct sq_error *err, const char *path, struct sq_hardware *out)
{
    struct reader reader = {.err = err, .path = path};
    struct sq_hardware read = {0};
    cJSON *root = NULL;
    int rc = sq_config_parse_file(err, path, &root);
    if (rc == SQ_OK)
        rc = read_profile(&reader, root, &read);
    cJSON_Delete(root);
    if (rc != SQ_OK)
        return rc;
    name_from_path(path, &read);
    *out = read;
    return SQ_OK;
}
