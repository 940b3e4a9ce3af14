/* Keeps compiled kernels in a file, for compiling them takes seconds: csvnet/kernels-CAPABILITY in
 * the user's folder of caches. Another program's, or a driver's of another version, take its place.
 */
#include "nvrtc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_MOST = 1024 };

/* What a file begins with. */
struct head {
    uint64_t source, image; /* their digests */
    uint64_t bytes, version;
};

/* Computes FNV-1a of 64 bits (Fowler, Noll, Vo). */
static uint64_t digest(const char *text, size_t bytes)
{
    uint64_t sum = 0xcbf29ce484222325;

    for (size_t i = 0; i < bytes; i++)
        sum = (sum ^ (unsigned char)text[i]) * 0x100000001b3;
    return sum;
}

static struct head head_of(int version, const char *image, size_t bytes)
{
    return (struct head){digest(device_source, strlen(device_source)), digest(image, bytes), bytes,
                         (uint64_t)version};
}

static void make_folder(const char *root, const char *under, const char *name)
{
    char path[PATH_MOST];

    snprintf(path, sizeof path, "%s%s%s", root, under, name);
    mkdir(path, 0700);
}

/* Writes the file's path, its folders made if they can be. Returns -1 where there is no place. */
static int path_of(char path[PATH_MOST], int capability)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    const bool given = cache && *cache == '/';
    const char *root = given ? cache : home, *under = given ? "" : "/.cache";

    if (!root || *root != '/' ||
        snprintf(path, PATH_MOST, "%s%s/csvnet/kernels-%d", root, under, capability) >= PATH_MOST)
        return -1;
    make_folder(root, under, "");
    make_folder(root, under, "/csvnet");
    return 0;
}

char *kept_read(int capability, int version, size_t *bytes)
{
    enum { MOST = 64 << 20 };
    char path[PATH_MOST], *image = NULL;
    struct head head, is;
    FILE *file = path_of(path, capability) ? NULL : fopen(path, "rb");

    if (file && fread(&head, sizeof head, 1, file) == 1 && head.bytes > 0 && head.bytes <= MOST)
        image = malloc(head.bytes);
    if (image) {
        *bytes = fread(image, 1, head.bytes, file);
        is = head_of(version, image, *bytes);
        if (memcmp(&is, &head, sizeof is)) {
            free(image);
            image = NULL;
        }
    }
    if (file)
        fclose(file);
    return image;
}

void kept_write(int capability, int version, const char *image, size_t bytes)
{
    const struct head head = head_of(version, image, bytes);
    char path[PATH_MOST], beside[PATH_MOST + 24];
    FILE *file;
    bool whole;

    if (path_of(path, capability))
        return;
    snprintf(beside, sizeof beside, "%s.%ld", path, (long)getpid());
    file = fopen(beside, "wb");
    if (!file)
        return;
    whole = fwrite(&head, sizeof head, 1, file) == 1 && fwrite(image, 1, bytes, file) == bytes;
    whole = fclose(file) == 0 && whole;
    if (!whole || rename(beside, path))
        remove(beside);
}
