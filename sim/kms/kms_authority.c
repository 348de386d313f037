#include "sim/kms/kms_authority.h"

int kms_authority_of(struct cluster *cluster, struct quote_authority *authority, struct error *error)
{
    *authority = (struct quote_authority){
        .platform = &cluster->platform,
        .collateral = cluster_collateral(cluster, error),
        .now = clock_seconds(&cluster->clock),
        .memory = &cluster->verified,
    };
    return authority->collateral ? 0 : -1;
}
