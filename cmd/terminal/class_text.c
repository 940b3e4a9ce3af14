/* Names of classes as they can be shown. */
#include "class_text.h"

#include "pipeline/base/utf8.h"

#include <stdio.h>
#include <string.h>

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            return false;
    return true;
}

static void put(char text[CLASS_TEXT], const char *first, const char *blank, const char *second)
{
    static const char dots[] = "...";

    if (snprintf(text, CLASS_TEXT, "%s%s%s", first, blank, second) >= CLASS_TEXT)
        strcpy(text + utf8_whole(text, CLASS_TEXT - 1, CLASS_TEXT - sizeof dots), dots);
}

const char *class_text(const struct class_list *classes, int k, bool spelling,
                       char text[CLASS_TEXT])
{
    const char *spelt = classes->spellings[k], *name = classes->names[k];
    const bool no_name = classes->ascii && !is_ascii(name);

    if (no_name && !is_ascii(spelt))
        snprintf(text, CLASS_TEXT, "#%d", k);
    else if (no_name)
        put(text, spelt, "", "");
    else if (spelling && strcmp(spelt, name) && !(classes->ascii && !is_ascii(spelt)))
        put(text, spelt, " ", name);
    else
        put(text, "", "", name);
    return text;
}
