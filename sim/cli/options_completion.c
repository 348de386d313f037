#include "sim/cli/options_completion.h"

#include <string.h>

#include "sim/cli/options_table.h"

/* --- bash --- */

/* "--listen|-l" */
static void print_pattern(FILE *stream, const struct option_row *row)
{
    fprintf(stream, "--%s", row->name);
    if (row->letter)
        fprintf(stream, "|-%c", row->letter);
}

static void print_words(FILE *stream, const struct option_row *row)
{
    for (size_t i = 0; row->word && row->word(i); i++)
        fprintf(stream, "%s%s", i == 0 ? "" : " ", row->word(i));
    if (row->none)
        fprintf(stream, "%s%s", row->word ? " " : "", row->none);
}

static void print_bash_value(FILE *stream, const struct option_row *row)
{
    fputs("    ", stream);
    print_pattern(stream, row);
    fputs(") ", stream);
    if (options_table_is_optional(row))
        fputs("[[ $cur == -* ]] || { ", stream);
    if (row->value == VALUE_FILE || row->value == VALUE_DIRECTORY)
        fprintf(stream, "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -%c",
                row->value == VALUE_FILE ? 'f' : 'd');
    else
        fputs("mapfile -t COMPREPLY < <(compgen", stream);
    if (row->word || row->none) {
        fputs(" -W '", stream);
        print_words(stream, row);
        fputs("'", stream);
    }
    fputs(" -- \"$cur\"); return", stream);
    fputs(options_table_is_optional(row) ? "; } ;;\n" : " ;;\n", stream);
}

/* COMP_WORDBREAKS contains '=', so --log-level=info arrives as three words. */
static const char bash_head[] =
    "# bash completion for dstack-simulator, made by: dstack-simulator --completion bash\n\n"
    "_dstack_simulator() {\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} word\n"
    "    COMPREPLY=()\n"
    "    if [[ $cur == = ]]; then\n"
    "        cur=\n"
    "    elif [[ $prev == = ]]; then\n"
    "        prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    fi\n"
    "    case $prev in\n";

static const char bash_tail[] =
    "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
    "        if [[ $word == decrypt-env || $word == deploy ]]; then\n"
    "            compopt -o filenames 2>/dev/null\n"
    "            mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
    "            return\n"
    "        fi\n"
    "    done\n"
    "    mapfile -t COMPREPLY < <(compgen -W 'decrypt-env deploy ps logs rm' -- \"$cur\")\n"
    "}\n"
    "complete -F _dstack_simulator dstack-simulator\n";

static bool has_proposals(const struct option_row *row)
{
    return row->value != VALUE_TEXT || row->word || row->none;
}

static void print_bash(FILE *stream)
{
    bool first = true;

    fputs(bash_head, stream);
    for (const struct option_row *row = options_table; row->name; row++)
        if (row->argument && has_proposals(row))
            print_bash_value(stream, row);
    for (const struct option_row *row = options_table; row->name; row++) {
        if (!row->argument || has_proposals(row))
            continue;
        fputs(first ? "    " : "|", stream);
        print_pattern(stream, row);
        first = false;
    }
    fputs(") return ;;\n"
          "    esac\n"
          "    if [[ $cur == -* ]]; then\n"
          "        mapfile -t COMPREPLY < <(compgen -W '",
          stream);
    for (const struct option_row *row = options_table; row->name; row++)
        fprintf(stream, "%s--%s", row == options_table ? "" : " ", row->name);
    fputs("' -- \"$cur\")\n"
          "        return\n"
          "    fi\n",
          stream);
    fputs(bash_tail, stream);
}

/* --- zsh --- */

/* Text in single quotes, within [ ] or after a ':' of a specification for _arguments. */
static void print_zsh_text(FILE *stream, const char *text)
{
    for (; *text; text++) {
        if (strchr(":[]\\", *text))
            fputc('\\', stream);
        fputs(*text == '\'' ? "'\\''" : (char[]){*text, '\0'}, stream);
    }
}

static void print_zsh_argument(FILE *stream, const struct option_row *row)
{
    fputs(options_table_is_optional(row) ? "::" : ":", stream);
    print_zsh_text(stream, row->argument);
    fputs(":", stream);
    if (row->value == VALUE_FILE)
        fputs("_files", stream);
    if (row->value == VALUE_DIRECTORY)
        fputs("_files -/", stream);
    if (row->word) {
        fputs("(", stream);
        print_words(stream, row);
        fputs(")", stream);
    }
}

/* '(-a --app-compose)'{-a+,--app-compose=}'[its hash ...]:FILE:_files'; a leading '*' means that
 * it can be repeated. */
static void print_zsh_row(FILE *stream, const struct option_row *row)
{
    bool value = row->argument && !options_table_is_optional(row);

    fputs("    ", stream);
    if (options_table_is_list(row))
        fputs("'*'", stream);
    else if (row->letter)
        fprintf(stream, "'(-%c --%s)'", row->letter, row->name);
    if (row->letter)
        fprintf(stream, "{-%c%s,--%s%s}", row->letter, value ? "+" : "", row->name, value ? "=" : "");
    else
        fprintf(stream, "--%s%s", row->name, value ? "=" : "");
    fputs("'[", stream);
    print_zsh_text(stream, row->brief);
    fputs("]", stream);
    if (row->argument)
        print_zsh_argument(stream, row);
    fputs("'\n", stream);
}

static void print_zsh(FILE *stream)
{
    fputs("#compdef dstack-simulator\n"
          "# zsh completion for dstack-simulator, made by: dstack-simulator --completion zsh\n\n"
          "local -a specs=(\n",
          stream);
    for (const struct option_row *row = options_table; row->name; row++)
        print_zsh_row(stream, row);
    fputs("    '1:command:(decrypt-env deploy ps logs rm)'\n"
          "    '2:file:_files'\n"
          ")\n"
          "_arguments -s -S $specs\n",
          stream);
}

/* --- fish --- */

static void print_fish_text(FILE *stream, const char *text)
{
    fputc('\'', stream);
    for (; *text; text++) {
        if (strchr("'\\", *text))
            fputc('\\', stream);
        fputc(*text, stream);
    }
    fputc('\'', stream);
}

static void print_fish_row(FILE *stream, const struct option_row *row)
{
    fprintf(stream, "complete -c dstack-simulator -l %s", row->name);
    if (row->letter)
        fprintf(stream, " -s %c", row->letter);
    if (options_table_is_optional(row))
        fputs(" -F", stream);
    else if (row->value == VALUE_FILE)
        fputs(" -r -F", stream);
    else if (row->argument)
        fputs(" -x", stream);
    if (row->value == VALUE_DIRECTORY)
        fputs(" -a '(__fish_complete_directories)", stream);
    else if (row->word)
        fputs(" -a '", stream);
    if (row->value == VALUE_DIRECTORY || row->word) {
        fputs(row->none ? " " : "", stream);
        print_words(stream, row);
        fputs("'", stream);
    }
    fputs(" -d ", stream);
    print_fish_text(stream, row->brief);
    fputc('\n', stream);
}

static void print_fish(FILE *stream)
{
    static const char has_command[] = "__fish_seen_subcommand_from decrypt-env deploy ps logs rm";

    fputs("# fish completion for dstack-simulator, made by: dstack-simulator --completion fish\n\n"
          "complete -c dstack-simulator -f\n",
          stream);
    fprintf(stream,
            "complete -c dstack-simulator -n 'not %s' -a decrypt-env -d 'print an app\\'s environment'\n",
            has_command);
    fprintf(stream, "complete -c dstack-simulator -n 'not %s' -a 'deploy ps logs rm' -d 'deploy a TD'\n",
            has_command);
    fprintf(stream, "complete -c dstack-simulator -n '%s' -F\n", has_command);
    for (const struct option_row *row = options_table; row->name; row++)
        print_fish_row(stream, row);
}

void options_completion(FILE *stream, enum options_shell shell)
{
    static void (*const print[])(FILE *stream) = {
        [OPTIONS_SHELL_BASH] = print_bash,
        [OPTIONS_SHELL_ZSH] = print_zsh,
        [OPTIONS_SHELL_FISH] = print_fish,
    };

    print[shell](stream);
}
