#include "sim/base/value_count.h"

bool value_count_allows_json(struct span text)
{
    bool in_string = false;
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++) {
        const uint8_t c = text.data[i];

        if (in_string && c == '\\')
            i++;
        else if (c == '"')
            in_string = !in_string;
        else if (!in_string && (c == ',' || c == '[' || c == '{') && ++count > VALUE_COUNT_MAX)
            return false;
    }
    return true;
}

/* Where strings begin and end is not told apart, so this counts more than there are. */
bool value_count_allows_yaml(struct span text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];

        if ((c == ',' || c == '[' || c == '{' || c == ':' || c == '?' || c == '-' || c == '\n' ||
             c == '\r') &&
            ++count > VALUE_COUNT_MAX)
            return false;
    }
    return true;
}
