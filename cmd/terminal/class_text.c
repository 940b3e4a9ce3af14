/* Names of classes as they can be shown. */
#include "class_text.h"

#include <stdio.h>
#include <string.h>

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            return false;
    return true;
}

const char *class_text(const struct class_list *classes, int k, bool spelling,
                       char text[CLASS_TEXT])
{
    const char *spelt = classes->spellings[k], *name = classes->names[k];
    const bool no_name = classes->ascii && !is_ascii(name);

    if (no_name && !is_ascii(spelt))
        snprintf(text, CLASS_TEXT, "#%d", k);
    else if (no_name)
        snprintf(text, CLASS_TEXT, "%s", spelt);
    else if (spelling && strcmp(spelt, name) && !(classes->ascii && !is_ascii(spelt)))
        snprintf(text, CLASS_TEXT, "%s %s", spelt, name);
    else
        snprintf(text, CLASS_TEXT, "%s", name);
    return text;
}
