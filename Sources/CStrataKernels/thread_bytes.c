#include "CStrataKernels.h"

int64_t sk_bytes_of_thread(int64_t change) {
  static _Thread_local int64_t bytes;
  return bytes += change;
}
