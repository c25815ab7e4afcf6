#pragma once
#include "CStrataKernels.h"
extern const sk_table sk_table_portable;
#if defined(__x86_64__)
extern const sk_table sk_table_avx2;
extern const sk_table sk_table_avx512;
#endif
