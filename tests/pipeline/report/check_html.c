#include "pipeline/report/html.h"

#include "tests/support/expect.h"

#include <stdlib.h>
#include <string.h>

Suite *suite_html(void);

static struct strbuf html;

static char *text(void)
{
    ck_assert(!html.failed);
    return strdup(strbuf_text(&html));
}

#define IS(expected)                                                                               \
    do {                                                                                           \
        char *got_ = text();                                                                       \
                                                                                                   \
        ck_assert_str_eq(got_, expected);                                                          \
        free(got_);                                                                                \
        strbuf_free(&html);                                                                        \
    } while (0)

START_TEST(markup_in_a_text_shows_as_it_is_spelt)
{
    html_text(&html, "<b a=\"1\" b='2'>&amp;</b>");
    IS("&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;amp;&lt;/b&gt;");
}
END_TEST

/* What XML does not allow would make the page unreadable for strict readers. */
START_TEST(control_characters_and_what_is_not_utf8_are_replaced)
{
    html_text(&html, "a\x01\x1f\x7f\tz");
    IS("a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz");
    /* a stray byte, an overlong slash, half a surrogate pair, a text that ends too early */
    html_text(&html, "\x80|\xc0\xaf|\xed\xa0\x80|\xe6\xbc");
    IS("\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|\xef\xbf\xbd\xef"
       "\xbf\xbd");
    html_text(&html, "\xef\xbf\xbe\xc2\x85"); /* U+FFFE, a control character of ISO 8859 */
    IS("\xef\xbf\xbd\xef\xbf\xbd");
    html_text(&html, "é漢😀");
    IS("é漢😀");
}
END_TEST

/* Every text of two bytes stays without the characters that end an element or an attribute. */
START_TEST(no_bytes_get_out_of_an_attribute)
{
    for (int first = 1; first < 256; first++)
        for (int second = 0; second < 256; second++) {
            const char bytes[] = {(char)first, (char)second, 0};

            html_text(&html, bytes);
            strbuf_puts(&html, "\n");
            EXPECT(!memchr(html.text, '<', html.size) && !memchr(html.text, '"', html.size) &&
                       !memchr(html.text, '\'', html.size) && !memchr(html.text, '>', html.size),
                   "bytes %d %d get out", first, second);
            strbuf_clear(&html);
        }
    strbuf_free(&html);
}
END_TEST

START_TEST(a_long_text_has_an_ellipsis_in_its_middle_at_whole_characters)
{
    html_clipped(&html, "abcdef", 6);
    IS("abcdef");
    html_clipped(&html, "abcdefg", 6);
    IS("abc…fg");
    html_clipped(&html, "<<<<<<<", 3);
    IS("&lt;…&lt;");
    html_clipped(&html, "漢字漢字", 6); /* two columns each */
    IS("漢…字");
}
END_TEST

/* The vectors of RFC 4648, section 10. */
START_TEST(base64_is_that_of_the_standard)
{
    static const char *const vector[][2] = {{"", ""},
                                            {"f", "Zg=="},
                                            {"fo", "Zm8="},
                                            {"foo", "Zm9v"},
                                            {"foob", "Zm9vYg=="},
                                            {"fooba", "Zm9vYmE="},
                                            {"foobar", "Zm9vYmFy"}};

    for (size_t i = 0; i < sizeof vector / sizeof *vector; i++) {
        html_base64(&html, vector[i][0], strlen(vector[i][0]));
        IS(vector[i][1]);
    }
    html_base64(&html, "\xff\xef\xbe", 3);
    IS("/+++");
}
END_TEST

Suite *suite_html(void)
{
    Suite *suite = suite_create("html");
    TCase *tests = tcase_create("texts");

    tcase_add_test(tests, markup_in_a_text_shows_as_it_is_spelt);
    tcase_add_test(tests, control_characters_and_what_is_not_utf8_are_replaced);
    tcase_add_test(tests, no_bytes_get_out_of_an_attribute);
    tcase_add_test(tests, a_long_text_has_an_ellipsis_in_its_middle_at_whole_characters);
    tcase_add_test(tests, base64_is_that_of_the_standard);
    suite_add_tcase(suite, tests);
    return suite;
}
