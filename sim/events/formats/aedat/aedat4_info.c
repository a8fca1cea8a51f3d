/* <node name="outInfo"><node name="ID"><attr key="typeIdentifier">EVTS</attr><node name="info">
 * <attr key="sizeX">346</attr>...; the levels above outInfo do not matter. */
#include "sim/events/formats/aedat/aedat4_info.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 64 };

struct parse {
    struct sq_aedat4_info *best, stream;
    bool is_events;
    int depth, out_info; /* of nodes; of outInfo, 0: not in it */
    char key[TEXT], text[TEXT];
    size_t n_text;
};

static const char *attribute(const char **attributes, const char *name)
{
    for (; attributes[0] != NULL; attributes += 2)
        if (strcmp(attributes[0], name) == 0)
            return attributes[1];
    return "";
}

static void begin(void *data, const char *element, const char **attributes)
{
    struct parse *parse = data;
    parse->n_text = 0;
    snprintf(parse->key, TEXT, "%s", attribute(attributes, "key"));
    if (strcmp(element, "node") != 0)
        return;
    const char *name = attribute(attributes, "name");
    parse->depth++;
    if (parse->out_info == 0 && strcmp(name, "outInfo") == 0)
        parse->out_info = parse->depth;
    if (parse->out_info > 0 && parse->depth == parse->out_info + 1) {
        parse->stream = (struct sq_aedat4_info){.has_events = true};
        parse->stream.stream = (int32_t)strtol(name, NULL, 10);
        parse->is_events = false;
    }
}

static uint32_t side(const char *text)
{
    const long number = strtol(text, NULL, 10);
    return number > 0 && number <= 32768 ? (uint32_t)number : 0;
}

static void take_attribute(struct parse *parse)
{
    struct sq_aedat4_info *stream = &parse->stream;
    const int below = parse->depth - parse->out_info;
    parse->text[parse->n_text] = '\0';
    if (below == 1 && strcmp(parse->key, "typeIdentifier") == 0)
        parse->is_events = strcmp(parse->text, "EVTS") == 0;
    if (below == 2 && strcmp(parse->key, "sizeX") == 0)
        stream->width = side(parse->text);
    if (below == 2 && strcmp(parse->key, "sizeY") == 0)
        stream->height = side(parse->text);
    if (below == 2 && strcmp(parse->key, "source") == 0)
        snprintf(stream->source, sizeof stream->source, "%.47s", parse->text);
}

static void end(void *data, const char *element)
{
    struct parse *parse = data;
    if (strcmp(element, "attr") == 0 && parse->out_info > 0)
        take_attribute(parse);
    if (strcmp(element, "node") != 0)
        return;
    const bool is_first = !parse->best->has_events || parse->stream.stream < parse->best->stream;
    if (parse->out_info > 0 && parse->depth == parse->out_info + 1 && parse->is_events && is_first)
        *parse->best = parse->stream;
    if (parse->depth == parse->out_info)
        parse->out_info = 0;
    parse->depth--;
}

static void text(void *data, const char *text, int n)
{
    struct parse *parse = data;
    for (int i = 0; i < n && parse->n_text < TEXT - 1; i++)
        parse->text[parse->n_text++] = text[i];
}

bool sq_aedat4_info_read(const unsigned char *xml, size_t n, struct sq_aedat4_info *info)
{
    struct parse parse = {.best = info};
    XML_Parser parser = XML_ParserCreate("UTF-8");
    *info = (struct sq_aedat4_info){.has_events = false};
    if (parser == NULL || n > INT32_MAX)
        return false;
    XML_SetUserData(parser, &parse);
    XML_SetElementHandler(parser, begin, end);
    XML_SetCharacterDataHandler(parser, text);
    const bool is_good = XML_Parse(parser, (const char *)xml, (int)n, 1) == XML_STATUS_OK;
    XML_ParserFree(parser);
    if (info->width == 0 || info->height == 0)
        info->width = info->height = 0;
    return is_good;
}
