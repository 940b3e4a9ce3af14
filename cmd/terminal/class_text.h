#ifndef CMD_CLASS_TEXT_H
#define CMD_CLASS_TEXT_H

#include <stdbool.h>

/* The name of class k as it can be shown: its display name; where ASCII alone can be shown and the
 * name is none, its spelling in the CSV; where that is none either, "#k" (from 0, as the columns of
 * `labels` are counted). With `spelling` the CSV's goes before a name that differs:
 * "0 T-shirt/top". */
enum { CLASS_TEXT = 256 };
struct class_list {
    char *const *spellings, *const *names;
    int count;
    bool ascii;
};
const char *class_text(const struct class_list *classes, int k, bool spelling,
                       char text[CLASS_TEXT]);

#endif
