#include "sim/config/config_extra.h"
#include "sim/config/config_keys.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const fit_name[] = {
    [SQ_FIT_NONE] = "none",
    [SQ_FIT_PAD] = "pad",
    [SQ_FIT_RESIZE] = "resize",
    [SQ_FIT_CROP] = "crop",
};
static const char *const interpolation_name[] = {
    [SQ_INTERPOLATION_DEFAULT] = "default",
    [SQ_INTERPOLATION_BILINEAR] = "bilinear",
    [SQ_INTERPOLATION_BICUBIC] = "bicubic",
};
enum {
    N_FITS = sizeof fit_name / sizeof *fit_name,
    N_INTERPOLATIONS = sizeof interpolation_name / sizeof *interpolation_name,
};

const char *sq_fit_name(enum sq_fit fit)
{
    return (unsigned)fit < N_FITS ? fit_name[fit] : "unknown";
}

const char *sq_interpolation_name(enum sq_interpolation interpolation)
{
    return (unsigned)interpolation < N_INTERPOLATIONS ? interpolation_name[interpolation]
                                                      : "unknown";
}

int sq_key_wrong_type(const struct sq_key_store *s, const char *expected)
{
    return sq_fail(s->err, SQ_EFORMAT, "%s: \"%s\" must be %s", s->origin, s->key->name, expected);
}

/* JSON has no infinity, but 1e400 becomes one. */
static int check_range(const struct sq_key_store *s, double value)
{
    const struct sq_config_key *key = s->key;
    if (isfinite(value) && value >= key->min && value <= key->max)
        return SQ_OK;
    if (key->min == key->max)
        return sq_fail(s->err, SQ_EVALUE, "%s: \"%s\" is %g; this simulator knows only %g",
                       s->origin, key->name, value, key->min);
    return sq_fail(s->err, SQ_EVALUE, "%s: \"%s\" is %.9g; it must lie in %.9g..%.9g", s->origin,
                   key->name, value, key->min, key->max);
}

static int store_integer(const struct sq_key_store *s, const cJSON *value, uint32_t *out)
{
    if (!cJSON_IsNumber(value))
        return sq_key_wrong_type(s, "an integer");
    const double number = value->valuedouble;
    const int rc = check_range(s, number);
    if (rc != SQ_OK)
        return rc;
    if (number != floor(number))
        return sq_fail(s->err, SQ_EFORMAT, "%s: \"%s\" is %.9g; it must be an integer", s->origin,
                       s->key->name, number);
    *out = (uint32_t)number;
    return SQ_OK;
}

static int store_real(const struct sq_key_store *s, const cJSON *value, float *out)
{
    if (!cJSON_IsNumber(value))
        return sq_key_wrong_type(s, "a number");
    const int rc = check_range(s, value->valuedouble);
    if (rc == SQ_OK)
        *out = (float)value->valuedouble;
    return rc;
}

static int store_fraction(const struct sq_key_store *s, const cJSON *value, double *out)
{
    if (!cJSON_IsNumber(value))
        return sq_key_wrong_type(s, "a number");
    const int rc = check_range(s, value->valuedouble);
    if (rc == SQ_OK)
        *out = value->valuedouble;
    return rc;
}

/* null is a value of the networks that people have: SpikingJelly's v_reset None subtracts the
 * threshold. */
static int check_fixed(const struct sq_key_store *s, const cJSON *value)
{
    if (cJSON_IsNull(value))
        return sq_fail(s->err, SQ_EVALUE, "%s: \"%s\" is null%s; this simulator knows only %g",
                       s->origin, s->key->name,
                       strcmp(s->key->name, "v_reset") == 0
                           ? " (soft reset, which subtracts the threshold)"
                           : "",
                       s->key->min);
    return cJSON_IsNumber(value) ? check_range(s, value->valuedouble)
                                 : sq_key_wrong_type(s, "a number");
}

static int store_power(const struct sq_key_store *s, const cJSON *value, float *out)
{
    if (!cJSON_IsNumber(value))
        return sq_key_wrong_type(s, "a number");
    const int rc = check_range(s, value->valuedouble);
    if (rc != SQ_OK)
        return rc;
    int exponent;
    if (frexp(value->valuedouble, &exponent) != 0.5)
        return sq_fail(s->err, SQ_EVALUE,
                       "%s: \"%s\" is %.9g; it must be a power of two (0.125, 0.25, ...), so that "
                       "scaling stays a shift",
                       s->origin, s->key->name, value->valuedouble);
    *out = (float)value->valuedouble;
    return SQ_OK;
}

/* A list of numbers; one number alone is a list of one. */
static int store_reals(const struct sq_key_store *s, const cJSON *value)
{
    float number[SQ_MAX_INPUT_CHANNELS] = {0};
    uint32_t n = 0;
    if (!cJSON_IsArray(value) && !cJSON_IsNumber(value))
        return sq_key_wrong_type(s, "a list of numbers, one for each channel");
    const cJSON *item = cJSON_IsArray(value) ? value->child : value;
    for (; item != NULL; item = cJSON_IsArray(value) ? item->next : NULL) {
        if (n == SQ_MAX_INPUT_CHANNELS)
            return sq_fail(s->err, SQ_EVALUE, "%s: \"%s\" lists more than %d numbers", s->origin,
                           s->key->name, SQ_MAX_INPUT_CHANNELS);
        const int rc = store_real(s, item, &number[n++]);
        if (rc != SQ_OK)
            return rc;
    }
    memcpy(s->field, number, sizeof number);
    memcpy((char *)s->draft + s->key->count_offset, &n, sizeof n);
    return SQ_OK;
}

static int store_pair(const struct sq_key_store *s, const cJSON *value)
{
    uint32_t pair[2];
    if (!cJSON_IsArray(value) || cJSON_GetArraySize(value) != 2)
        return sq_key_wrong_type(s, "a list of two integers");
    int rc = store_integer(s, value->child, &pair[0]);
    if (rc == SQ_OK)
        rc = store_integer(s, value->child->next, &pair[1]);
    if (rc == SQ_OK)
        memcpy(s->field, pair, sizeof pair);
    return rc;
}

static int store_name(const struct sq_key_store *s, const cJSON *value, const char *const *name,
                      int n)
{
    char list[64] = "";
    for (int i = 0; i < n; i++) {
        if (cJSON_IsString(value) && strcmp(value->valuestring, name[i]) == 0) {
            memcpy(s->field, &i, sizeof i); /* enums are stored as int */
            return SQ_OK;
        }
        const size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "", name[i]);
    }
    if (!cJSON_IsString(value))
        return sq_fail(s->err, SQ_EFORMAT, "%s: \"%s\" must be one of %s", s->origin, s->key->name,
                       list);
    return sq_fail(s->err, SQ_EVALUE, "%s: \"%s\" is \"%.64s\"; it must be one of %s", s->origin,
                   s->key->name, value->valuestring, list);
}

_Static_assert(sizeof(enum sq_fit) == sizeof(int) && sizeof(enum sq_interpolation) == sizeof(int),
               "store_name() writes an int");

/* An architecture of configs/architectures, or a file of that form. */
static int store_architecture(const struct sq_key_store *s, const cJSON *value)
{
    struct sq_error inner = {0};
    const char *name = cJSON_GetStringValue(value);
    if (name == NULL)
        return sq_key_wrong_type(s, "text, the name or the path of an architecture");
    const int status =
        sq_config_set_architecture(&inner, s->draft->config_dirs, name, &s->draft->config);
    return status == SQ_OK ? SQ_OK
                           : sq_fail(s->err, status == SQ_EIO ? SQ_EVALUE : status,
                                     "%s: \"%s\": %s", s->origin, s->key->name, inner.text);
}

/* "null": back to not given. */
static int clear(const struct sq_key_store *s)
{
    static const uint32_t none = 0;
    static const uint32_t no_pair[2] = {0, 0};
    static const double no_fraction = 0;
    switch (s->key->kind) {
    case SQ_KEY_REALS:
        memcpy((char *)s->draft + s->key->count_offset, &none, sizeof none);
        return SQ_OK;
    case SQ_KEY_ARCHITECTURE:
        sq_config_take_architecture(NULL, &s->draft->config);
        ((char *)s->field)[0] = '\0';
        return SQ_OK;
    case SQ_KEY_TEXT:
    case SQ_KEY_KEYS:
        ((char *)s->field)[0] = '\0';
        return SQ_OK;
    case SQ_KEY_PAIR:
        memcpy(s->field, no_pair, sizeof no_pair);
        return SQ_OK;
    case SQ_KEY_FRACTION:
        memcpy(s->field, &no_fraction, sizeof no_fraction);
        return SQ_OK;
    case SQ_KEY_REMARK_TEXT:
    case SQ_KEY_REMARK_FLAG:
    case SQ_KEY_REMARK_INTEGER:
    case SQ_KEY_REMARK_LIST:
    case SQ_KEY_NEURONS:
        return SQ_OK;
    default: /* integers, floats and enums have four bytes, and 0 is "not given" */
        memcpy(s->field, &none, sizeof none);
        return SQ_OK;
    }
}

int sq_config_key_store(struct sq_error *err, struct sq_draft *draft, const char *origin,
                        const struct sq_config_key *key, const cJSON *value)
{
    const struct sq_key_store s = {err, origin, key, draft, (char *)draft + key->offset};
    uint32_t remark;
    if (cJSON_IsString(value) && strcmp(value->valuestring, "?") == 0)
        return sq_fail(err, SQ_EVALUE, "%s: \"%s\" is \"?\": fill in its value%s", origin,
                       key->name,
                       key->kind == SQ_KEY_REALS
                           ? ", a number a channel, or null where the input is stored normalised"
                           : "");
    if (cJSON_IsNull(value) && key->kind != SQ_KEY_FIXED)
        return clear(&s);
    switch (key->kind) {
    case SQ_KEY_INTEGER:
        return store_integer(&s, value, s.field);
    case SQ_KEY_REAL:
        return store_real(&s, value, s.field);
    case SQ_KEY_FIXED:
        return check_fixed(&s, value);
    case SQ_KEY_POWER:
        return store_power(&s, value, s.field);
    case SQ_KEY_FRACTION:
        return store_fraction(&s, value, s.field);
    case SQ_KEY_REALS:
        return store_reals(&s, value);
    case SQ_KEY_PAIR:
        return store_pair(&s, value);
    case SQ_KEY_TEXT:
        return sq_key_store_text(&s, value);
    case SQ_KEY_KEYS:
        return sq_key_store_keys(&s, value);
    case SQ_KEY_ARCHITECTURE:
        return store_architecture(&s, value);
    case SQ_KEY_FIT:
        return store_name(&s, value, fit_name, N_FITS);
    case SQ_KEY_INTERPOLATION:
        return store_name(&s, value, interpolation_name, N_INTERPOLATIONS);
    case SQ_KEY_REMARK_TEXT:
        return cJSON_IsString(value) ? SQ_OK : sq_key_wrong_type(&s, "text");
    case SQ_KEY_REMARK_FLAG:
        return cJSON_IsBool(value) ? SQ_OK : sq_key_wrong_type(&s, "true or false");
    case SQ_KEY_REMARK_INTEGER:
        return store_integer(&s, value, &remark);
    case SQ_KEY_REMARK_LIST:
        return cJSON_IsArray(value) ? SQ_OK : sq_key_wrong_type(&s, "a list");
    case SQ_KEY_NEURONS:
        if (!cJSON_IsArray(value) && !cJSON_IsObject(value))
            return sq_key_wrong_type(&s, "a list of populations, or an object");
        return *(int *)s.field = 1, SQ_OK;
    }
    return SQ_OK;
}
