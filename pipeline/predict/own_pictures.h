#ifndef PIPELINE_OWN_PICTURES_H
#define PIPELINE_OWN_PICTURES_H

#include "pipeline/files/folder.h"
#include "pipeline/model/model.h"
#include "pipeline/picture/prepare.h"

/* Pictures of a person's own to predict, files and those of folders, prepared like the training
 * pictures of a model. */

struct own_picture {
    char *path;
    struct stat status; /* when it was read */
    struct prepared done;
};
struct own_pictures {
    struct own_picture *list; /* [count] in the order of the paths given, those of folders sorted */
    int count;
    int next; /* not read yet */
    int id_width;
    struct dataset_info info; /* of the pictures prepared; its texts are the model's */
    struct preparer preparer;
    struct folder_bytes file;
    XXH3_state_t *hash;
    char digest[DIGEST_TEXT]; /* of all, after the last was read */
    struct inputs *inputs;
    int number; /* among these */
};

/* Tells whether the path is of a folder, or of a file that begins as pictures do, also of formats
 * that are not read, or is called as they are, whether it is there or not: 1, 0. -1: EX_NOINPUT, it
 * cannot be opened. */
MUST_CHECK int own_pictures_has(const char *path, struct err *err);
/* Lists them. `model` has to outlive them. EX_NOINPUT; EX_DATAERR: a folder without any. */
MUST_CHECK int own_pictures_open(struct own_pictures *own, char *const *paths, int count,
                                 const struct model *model, bool plain, struct inputs *inputs,
                                 struct err *err);
/* Makes buffers for `room` of them. */
MUST_CHECK int own_pictures_room(const struct own_pictures *own, struct dataset_chunk *chunk,
                                 int64_t room, struct err *err);
/* Reads and prepares the next up to chunk->room: 1 got some, 0 end, -1 error, which names the file.
 */
MUST_CHECK int own_pictures_next(struct own_pictures *own, struct dataset_chunk *chunk,
                                 struct err *err);
void own_pictures_close(struct own_pictures *own);

#endif
