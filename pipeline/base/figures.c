/* Shares and losses as text, not rounded to all or to none. */
#include "figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Prints a share of `whole` with `decimals` decimals, or with as many up to `most` as tell it from
 * all and from none. */
static const char *print(double share, double whole, int decimals, int most, char text[SHARE_TEXT])
{
    double step = pow(10, -most);

    if (!isfinite(share)) {
        snprintf(text, SHARE_TEXT, "-");
        return text;
    }
    for (int more = decimals; more <= most; more++) {
        double shown;

        snprintf(text, SHARE_TEXT, "%.*f", more, whole * share);
        shown = strtod(text, NULL);
        if ((shown > 0 || share <= 0) && (shown < whole || share >= 1))
            return text;
    }
    if (share > 0.5)
        snprintf(text, SHARE_TEXT, ">%.*f", most, whole - step);
    else
        snprintf(text, SHARE_TEXT, "<%.*f", most, step);
    return text;
}

const char *percent_text(double share, int decimals, char text[SHARE_TEXT])
{
    return print(share, 100, decimals, decimals + SHARE_MORE, text);
}

const char *ratio_text(double share, int decimals, char text[SHARE_TEXT])
{
    return print(share, 1, decimals, decimals + SHARE_MORE, text);
}

const char *percent_cut(double share, int decimals, char text[SHARE_TEXT])
{
    return print(share, 100, decimals, decimals, text);
}

const char *ratio_cut(double share, int decimals, char text[SHARE_TEXT])
{
    return print(share, 1, decimals, decimals, text);
}

const char *loss_text(double loss, char text[LOSS_TEXT])
{
    if (isnan(loss))
        snprintf(text, LOSS_TEXT, "-");
    else
        snprintf(text, LOSS_TEXT, fabs(loss) < 1e4 ? "%.4f" : "%.3g", loss);
    return text;
}

const char *p_text(double p, int digits, char text[P_TEXT])
{
    if (p < 1e-300)
        snprintf(text, P_TEXT, "< 1e-300");
    else
        snprintf(text, P_TEXT, "= %.*g", digits, p);
    return text;
}
