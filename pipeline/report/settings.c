/* The settings of the trainings, given once where models share them. */
#include "pipeline/base/json.h"
#include "section.h"

#include <stdlib.h>
#include <string.h>

/* Models described in one block: those of a group, or all. */
enum { ALL = -1 };

static bool is_of(const struct report *r, int m, int group)
{
    return group == ALL || r->models[m].group == group;
}

static int first_of(const struct report *r, int group)
{
    int m = 0;

    while (!is_of(r, m, group))
        m++;
    return m;
}

static const json_t *setting(const struct report *r, int m, const char *key)
{
    return json_object_get(r->ensemble.models[m].settings, key);
}

/* Tells whether all of them have the value that the first has. */
static bool same_in(const struct report *r, int group, const char *key)
{
    const json_t *first = setting(r, first_of(r, group), key);

    for (int m = 0; m < r->files.model_count; m++)
        if (is_of(r, m, group) && !json_equal(first, setting(r, m, key)))
            return false;
    return true;
}

static void write_value(struct strbuf *html, const json_t *value)
{
    char *text = !value || json_is_string(value)
                     ? NULL
                     : json_text(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(9));

    if (!value)
        strbuf_puts(html, "–"); /* by a version that did not have it */
    else if (json_is_string(value))
        html_text(html, json_string_value(value));
    else if (text)
        html_text(html, text);
    else
        html->failed = true;
    free(text);
}

/* Writes one value that they share, or each one's. */
static void write_values(const struct report *r, int group, const char *key, struct strbuf *html)
{
    const bool same = same_in(r, group, key);
    const int first = first_of(r, group);

    write_value(html, setting(r, first, key));
    for (int m = first + 1; m < r->files.model_count && !same; m++)
        if (is_of(r, m, group)) {
            strbuf_puts(html, ", ");
            write_value(html, setting(r, m, key));
        }
}

/* Writes the settings of model m that are due in the list of its group and that no model before it
 * has. */
static void write_settings(const struct report *r, int m, int group, struct strbuf *html)
{
    const char *key;
    json_t *value;

    json_object_foreach(r->ensemble.models[m].settings, key, value)
    {
        int earlier = first_of(r, group);

        while (earlier < m && !(is_of(r, earlier, group) && setting(r, earlier, key)))
            earlier++;
        if (earlier < m || same_in(r, ALL, key) != (group == ALL))
            continue;
        strbuf_puts(html, "<div><dt>");
        html_text(html, key);
        strbuf_puts(html, "</dt><dd>");
        write_values(r, group, key, html);
        strbuf_puts(html, "</dd></div>\n");
    }
}

/* Writes the settings that are the same in all, or those that differ within a group. */
static void write_list(const struct report *r, int group, struct strbuf *html)
{
    strbuf_puts(html, "<dl class=\"settings\">\n");
    for (int m = first_of(r, group); m < r->files.model_count; m++)
        if (is_of(r, m, group))
            write_settings(r, m, group, html);
    strbuf_puts(html, "</dl>\n");
}

/* Writes their networks; neighbours that share one have it once. */
static void write_networks(const struct report *r, int group, struct strbuf *html)
{
    const char *last = "";

    for (int m = 0; m < r->files.model_count; m++) {
        const char *network = nn_network_description(r->ensemble.models[m].net);

        if (!is_of(r, m, group) || strcmp(network, last) == 0)
            continue;
        strbuf_puts(html, "<p class=\"network\">");
        html_text(html, network);
        strbuf_puts(html, "</p>\n");
        last = network;
    }
}

void report_write_settings(const struct report *r, struct strbuf *html)
{
    if (r->files.model_count == 0)
        return;
    report_begin(html, "settings", "Settings");
    for (int g = 0; g < r->group_count; g++) {
        strbuf_puts(html, "<h3>");
        report_group_name(r, g, html);
        strbuf_puts(html, "</h3>\n");
        write_networks(r, g, html);
        write_list(r, g, html);
    }
    if (r->group_count > 1)
        strbuf_puts(html, "<h3>The same in all</h3>\n");
    write_list(r, ALL, html);
    report_end(html);
}
