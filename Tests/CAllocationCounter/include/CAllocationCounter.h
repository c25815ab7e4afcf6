#pragma once
#include <stdint.h>

/// How often memory has been asked for in this process, by anybody, since it began; zero where this is not counted.
uint64_t allocation_count(void);
