/* Where jansson's values are. */
#ifndef FORMAT_JSON_MEMORY_H
#define FORMAT_JSON_MEMORY_H

/* From now on jansson allocates as memory.h does: without memory the process says so and ends, where else a text
 * would seem malformed, and large texts are on huge pages. What was allocated before is freed as before. */
void json_memory_share(void);

#endif
