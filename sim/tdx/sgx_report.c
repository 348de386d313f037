#include "sim/tdx/sgx_report.h"

#include "crypto/hash.h"

void sgx_report_data(const uint8_t key[static P256_PUBLIC_BYTES], struct span auth,
                     uint8_t report_data[static SGX_REPORT_DATA_BYTES])
{
    const struct bytes bound[] = {{key, P256_PUBLIC_BYTES}, {auth.data, auth.len}};

    memset(report_data, 0, SGX_REPORT_DATA_BYTES);
    hash_parts(HASH_SHA256, bound, 2, report_data);
}
