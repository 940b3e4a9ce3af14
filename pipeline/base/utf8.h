#ifndef PIPELINE_UTF8_H
#define PIPELINE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* UTF-8 (RFC 3629), and text in columns of a terminal or of a page's fixed-width letters; nothing is
 * cut between a letter and its marks. Properties of characters are utf8proc's. */

/* Decodes the character at `text`, of which `size` bytes may be read. Returns its length, 1 to 4,
 * or 0 if no whole character begins there: a stray or overlong byte, a surrogate, a text cut short,
 * or size 0. */
size_t utf8_decode(const char *text, size_t size, uint32_t *character);

bool utf8_is_valid(const char *text, size_t size);

/* Returns the columns of a character: 2 for those of Unicode's wide blocks (East Asian Width), 0
 * for marks that lie over the one before and for parts of Hangul, else 1. */
int utf8_columns_of(uint32_t character);
/* Tells a mark of any kind, as accents and the vowel signs of Indic scripts are. */
bool utf8_is_mark(uint32_t character);
/* Tells whether a reader takes a character and the one before it for parts of one (Unicode Standard
 * Annex #29); *state is 0 at first. */
bool utf8_joins(uint32_t before, uint32_t character, int *state);
/* Returns the bytes, and the columns, of what a reader takes for the first character of text[0..size):
 * a letter with its marks, a joined emoji. 1 for a byte that is none, 0 at the end. */
size_t utf8_cluster(const char *text, size_t size, int *columns);
/* Returns the columns of a text, 1 for each byte that is no part of a character. */
int utf8_columns(const char *text);
/* Returns the columns of text[0..size). */
int utf8_columns_within(const char *text, size_t size);
/* Returns the bytes of the longest beginning of `text`, in whole characters, within `columns`. */
size_t utf8_fit(const char *text, int columns);
/* Returns the bytes of the longest beginning of text[0..size), in whole characters, within `most` bytes. */
size_t utf8_whole(const char *text, size_t size, size_t most);
/* Finds what stays of a text of more than `columns` if its middle gives way to a mark of `mark`
 * columns, so that names which begin or end alike still differ: its first *head bytes, and what
 * begins at *tail. false: it fits, and all of it is the head. */
bool utf8_cut_middle(const char *text, int columns, int mark, size_t *head, size_t *tail);

/* Returns the bytes that stay together at the beginning of `text`, up to some blank; a line has
 * `columns`. */
typedef size_t utf8_word(const char *text, int columns);
/* Folds a text: returns the bytes of its next line, as many words as fit into `columns`, at least
 * one. `word` NULL: words end at blanks. The line after begins after the blank. */
size_t utf8_line(const char *text, int columns, utf8_word *word);
/* Does the same where no line may be longer: cuts a word of more columns. */
size_t utf8_line_cut(const char *text, int columns);

#endif
