/* Libraries that are loaded when a device is wanted: no program needs them to start. */
#include "private.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

/* The one file with all libraries in it, see `make static`, has none of these. */
extern __typeof__(dlopen) dlopen __attribute__((weak));
extern __typeof__(dlsym) dlsym __attribute__((weak));

bool library_possible(struct nn_error *error)
{
    if (!dlopen)
        snprintf(error->text, sizeof error->text,
                 "this csvnet is one file without shared libraries, of which a device needs some");
    return dlopen != NULL;
}

void *library_open(const char *name)
{
    return dlopen(name, RTLD_NOW | RTLD_LOCAL);
}

const char *library_find(void *library, const char *const names[], void *functions)
{
    for (int i = 0; names[i]; i++) {
        void *function = dlsym(library, names[i]);

        if (!function)
            return names[i];
        memcpy((char *)functions + (size_t)i * sizeof function, &function, sizeof function);
    }
    return NULL;
}
