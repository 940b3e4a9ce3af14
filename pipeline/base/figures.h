#ifndef PIPELINE_FIGURES_H
#define PIPELINE_FIGURES_H

/* Figures as text. What is not all never reads as all, and what is not none never as none. */

enum { SHARE_TEXT = 32 };
/* Print a share of 0..1 in percent, "97.35", or as it is, "0.9735", with so many decimals, and up
 * to SHARE_MORE further ones where it would read as all or as none: "99.997". What these do not
 * show either is ">99.999999" or "<0.000001". NAN is "-". Return `text`. */
enum { SHARE_MORE = 4 };
const char *percent_text(double share, int decimals, char text[SHARE_TEXT]);
const char *ratio_text(double share, int decimals, char text[SHARE_TEXT]);
/* Does as percent_text() without further decimals: ">99.99", "<0.01", for columns of probabilities,
 * most of which are next to none. */
const char *percent_cut(double share, int decimals, char text[SHARE_TEXT]);
const char *ratio_cut(double share, int decimals, char text[SHARE_TEXT]);

/* Prints a loss, "0.2431"; from 10,000 on, as of a training that ran away, "1.06e+18". */
enum { LOSS_TEXT = 16 };
const char *loss_text(double loss, char text[LOSS_TEXT]);

/* Prints how likely something is by chance, "= 0.73"; what a double cannot hold is "< 1e-300", and
 * not 0. */
enum { P_TEXT = 24 };
const char *p_text(double p, int digits, char text[P_TEXT]);

#endif
