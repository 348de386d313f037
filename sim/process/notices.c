#include "sim/process/notices.h"

#include <stdio.h>

#include "sim/app/app_manifest.h"

static bool tell_ignored(const struct td *td, char sentence[static NOTICES_BYTES])
{
    char members[APP_MANIFEST_SENTENCE_BYTES];

    if (os_image_is_0_6(&td->image) || !app_manifest_ignored(&td->app.says, members))
        return false;
    snprintf(sentence, NOTICES_BYTES, "app-compose: %s", members);
    return true;
}

bool notices_find(const struct td *td, size_t index, char sentence[static NOTICES_BYTES])
{
    return index == 0 && tell_ignored(td, sentence);
}
