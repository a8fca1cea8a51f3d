#include "sim/config/config_extra.h"
#include "sim/config/config_keys.h"

#include <stdio.h>
#include <string.h>

/* Append `text` to what the field holds; control bytes would garble reports and terminals. */
static int append_text(const struct sq_key_store *s, const char *text)
{
    char *field = s->field;
    const size_t used = strlen(field), n = strlen(text);
    if (used + n > (size_t)s->key->max)
        return sq_fail(s->err, SQ_EVALUE, "%s: \"%s\" is longer than %zu bytes", s->origin,
                       s->key->name, (size_t)s->key->max);
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return sq_fail(s->err, SQ_EVALUE, "%s: \"%s\" holds a control character (byte 0x%02x)",
                           s->origin, s->key->name, (unsigned)(unsigned char)*c);
    memcpy(field + used, text, n + 1);
    return SQ_OK;
}

int sq_key_store_text(const struct sq_key_store *s, const cJSON *value)
{
    if (!cJSON_IsString(value))
        return sq_key_wrong_type(s, "text");
    if (strlen(value->valuestring) < (size_t)s->key->min)
        return sq_fail(s->err, SQ_EVALUE, "%s: \"%s\" is empty", s->origin, s->key->name);
    ((char *)s->field)[0] = '\0';
    return append_text(s, value->valuestring);
}

static int append_key(const struct sq_key_store *s, const char *name, size_t n)
{
    char copy[64];
    bool is_extra = false;
    snprintf(copy, sizeof copy, "%.*s", (int)(n < 63 ? n : 63), name);
    if (sq_config_key_find(copy) == NULL &&
        sq_config_has_extra(s->err, &s->draft->config, copy, &is_extra) != SQ_OK)
        return SQ_ENOMEM;
    if (sq_config_key_find(copy) == NULL && !is_extra)
        return sq_fail(s->err, SQ_EVALUE, "%s: \"%s\" names \"%s\", which is not a key", s->origin,
                       s->key->name, copy);
    const int rc = ((char *)s->field)[0] != '\0' ? append_text(s, ",") : SQ_OK;
    return rc != SQ_OK ? rc : append_text(s, copy);
}

static int append_keys(const struct sq_key_store *s, const char *list)
{
    int rc = SQ_OK;
    for (const char *c = list; rc == SQ_OK && *c != '\0';) {
        const size_t n = strcspn(c, ", ");
        if (n > 0)
            rc = append_key(s, c, n);
        c += n + (c[n] != '\0');
    }
    return rc;
}

int sq_key_store_keys(const struct sq_key_store *s, const cJSON *value)
{
    int rc = SQ_OK;
    ((char *)s->field)[0] = '\0';
    if (cJSON_IsString(value))
        return append_keys(s, value->valuestring);
    if (!cJSON_IsArray(value))
        return sq_key_wrong_type(s, "a list of keys");
    for (const cJSON *item = value->child; rc == SQ_OK && item != NULL; item = item->next)
        rc = cJSON_IsString(item) ? append_keys(s, item->valuestring)
                                  : sq_key_wrong_type(s, "a list of keys");
    return rc;
}

void sq_config_not_assumed(struct sq_config *config, const char *name)
{
    const size_t n = strlen(name);
    for (char *c = config->assumed; *c != '\0';) {
        const size_t length = strcspn(c, ",");
        const size_t gone = length + (c[length] == ',');
        if (length == n && memcmp(c, name, n) == 0)
            memmove(c, c + gone, strlen(c + gone) + 1);
        else
            c += gone;
    }
    const size_t rest = strlen(config->assumed);
    if (rest > 0 && config->assumed[rest - 1] == ',')
        config->assumed[rest - 1] = '\0';
}

void sq_config_assume(struct sq_config *config, const char *name)
{
    const size_t used = strlen(config->assumed);
    snprintf(config->assumed + used, sizeof config->assumed - used, "%s%s", used > 0 ? "," : "",
             name);
}

void sq_config_assumed_text(const struct sq_config *config, char *text, size_t size)
{
    size_t used = 0;
    char name[sizeof config->assumed];
    text[0] = '\0';
    for (const char *c = config->assumed; *c != '\0' && used < size;) {
        const size_t n = strcspn(c, ",");
        snprintf(name, sizeof name, "%.*s", (int)n, c);
        const char *value = sq_config_extra_of(config, name);
        used += (size_t)snprintf(text + used, size - used, "%s%s%s%s%s", used > 0 ? "," : "", name,
                                 value != NULL ? " (" : "", value != NULL ? value : "",
                                 value != NULL ? ")" : "");
        c += n + (c[n] == ',');
    }
}

int sq_config_warn_assumed(struct sq_error *err, const struct sq_config *config)
{
    char text[SQ_ASSUMED_TEXT];
    if (config->assumed[0] == '\0')
        return SQ_OK;
    sq_config_assumed_text(config, text, sizeof text);
    return sq_warn(err, "assumed-configuration",
                   "config %s: the value of %s is assumed, its source does not state it; if you "
                   "know it, give it by " SQ_OPT "set KEY=VALUE",
                   config->name, text);
}
