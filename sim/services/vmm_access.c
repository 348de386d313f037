#include "sim/services/vmm_access.h"

void vmm_access_init(struct token_guard *guard, const char *token)
{
    token_guard_init(guard, token, "WWW-Authenticate: Basic realm=\"dstack-vmm API\"\r\n", true);
}
