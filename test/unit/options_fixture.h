/* Command lines and environments for the tests of sim/cli/options*. */
#ifndef OPTIONS_FIXTURE_H
#define OPTIONS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/cli/options.h"
#include "sim/cli/options_table.h"

enum { ARGUMENTS_MAX = 80 };

/* Command lines and environments are given as strings, NULL after the last. */
#define ARGUMENTS(...) ((char *[ARGUMENTS_MAX]){"dstack-simulator", __VA_ARGS__})
#define ENVIRONMENT(...) ((char *[ARGUMENTS_MAX]){"PATH=/bin", __VA_ARGS__})

static inline int parse(struct options *options, char **argv, char **envp, struct error *error)
{
    int argc = 0;

    while (argv[argc])
        argc++;
    *error = (struct error){0};
    options_init(options);
    return options_parse(options, argc, argv, envp, error);
}

static inline struct options parsed(char **argv, char **envp)
{
    struct options options;
    struct error error;

    if (parse(&options, argv, envp, &error) != 0)
        fail_msg("%s", error.text);
    return options;
}

static inline void assert_refused(char **argv, char **envp, const char *sentence)
{
    struct options options;
    struct error error;

    assert_int_equal(parse(&options, argv, envp, &error), -1);
    assert_string_equal(error.text, sentence);
    options_free(&options);
}

/* What print(stream) writes; free() it. */
#define PRINTED(print_call)                                                                                  \
    __extension__({                                                                                          \
        char *printed_text;                                                                                  \
        size_t printed_len;                                                                                  \
        FILE *stream = open_memstream(&printed_text, &printed_len);                                          \
        print_call;                                                                                          \
        fclose(stream);                                                                                      \
        printed_text;                                                                                        \
    })

/* How often a word is in a text; longer words do not count. */
static inline size_t count_word(const char *text, const char *word)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz-";
    size_t len = strlen(word), count = 0;

    for (const char *at = text; (at = strstr(at, word)); at += len)
        count += !at[len] || !strchr(letters, at[len]);
    return count;
}

static inline void assert_listens(const struct options *options, size_t count, const char *const *items)
{
    const struct options_texts *texts = &options->texts[options_table_find("listen", 6) - options_table];

    assert_int_equal(options->listen_count, count);
    assert_int_equal(texts->count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(texts->items[i], items[i]);
}

#endif
