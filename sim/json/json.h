/* Building JSON so that no member can be lost unnoticed.
 *
 * An object or array to which something could not be added, for want of memory, is marked
 * incomplete and stays so; text is made of whole trees only. So callers add without checking, and
 * check once, at the end (sq_json_print(), sq_json_is_whole()).
 *
 * What is NULL stands for what could not be made: adding NULL marks the container, and adding to
 * NULL does nothing, as NULL's own container was or will be marked. A tree without a root is not
 * whole. Every function below adds by cJSON and returns the new item, or NULL.
 * test/house/json.sh lets no other file add to a tree, print or parse one. */
#ifndef SQ_JSON_H
#define SQ_JSON_H

#include <cJSON.h>
#include <stddef.h>
#include <stdint.h>

/* A new, empty member of an object. */
cJSON *sq_json_add_object(cJSON *to, const char *key);
cJSON *sq_json_add_array(cJSON *to, const char *key);

/* `text` is copied; NULL marks the object. */
cJSON *sq_json_add_text(cJSON *to, const char *key, const char *text);

/* Text that is JSON, such as a number with digits of the caller's choice. */
cJSON *sq_json_add_raw(cJSON *to, const char *key, const char *json);

cJSON *sq_json_add_number(cJSON *to, const char *key, double number);
cJSON *sq_json_add_bool(cJSON *to, const char *key, int truth);
cJSON *sq_json_add_null(cJSON *to, const char *key);

/* A count, exact to 64 bits: cJSON keeps numbers as doubles, so it is written as text. */
cJSON *sq_json_count(cJSON *to, const char *key, uint64_t count);

/* Move an item into an object or to the end of an array; deleted where that fails. */
cJSON *sq_json_add_item(cJSON *to, const char *key, cJSON *item);
cJSON *sq_json_append(cJSON *array, cJSON *item);

/* Mark a container: something that belongs into it could not be computed. NULL is ignored. */
void sq_json_fail(cJSON *container);

/* 1 if nothing is missing from the tree; 0 of NULL. */
int sq_json_is_whole(const cJSON *root);

/* The tree as text on several lines, or on one; freed with free(). NULL: it is not whole, or there
 * is not enough memory for the text. */
char *sq_json_print(const cJSON *root);
char *sq_json_print_line(const cJSON *root);

/* The value at the beginning of `size` bytes of text, which need not end with a NUL.
 *   end   where it ends, or where the error is; NULL: only white space may follow the value
 * NULL: not JSON; *no_memory, which may be NULL, then says whether memory was missing instead. */
cJSON *sq_json_parse(const char *text, size_t size, const char **end, int *no_memory);

#endif
