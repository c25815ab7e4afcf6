#pragma once
#include "CStrataKernels.h"

extern const sk_table sk_table_portable;
#if defined(__x86_64__)
extern const sk_table sk_table_avx2;
extern const sk_table sk_table_avx512;
extern const sk_table sk_table_vnni;
extern const sk_table sk_table_amx;
extern const sk_table sk_table_fp16;
#endif

/// CRC-32C from tables, for processors without an instruction for it.
uint32_t sk_crc32c_by_table(uint32_t state, const uint8_t *bytes, size_t count);
