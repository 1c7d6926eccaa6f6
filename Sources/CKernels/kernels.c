#include "kernels.h"
#include <stdlib.h>
#include <string.h>

const ck_kernels *ck_active = &ck_portable;

#define TABLES_MAX 4
static const ck_kernels *runnable[TABLES_MAX + 1];

const ck_kernels *ck_runnable(size_t index) {
  return index < TABLES_MAX ? runnable[index] : NULL;
}

// It runs before main, so that the choice needs no lock and no test on the hot path.
__attribute__((constructor)) static void choose(void) {
  size_t count = 0;
  runnable[count++] = &ck_portable;
#if defined(__x86_64__)
  __builtin_cpu_init();
  runnable[count++] = &ck_sse2;
  if (__builtin_cpu_supports("avx2")) runnable[count++] = &ck_avx2;
#elif defined(__aarch64__)
  runnable[count++] = &ck_neon;
  if (ck_has_dot_product()) runnable[count++] = &ck_dotprod;
#endif
  ck_active = runnable[count - 1];
}

enum { cache_line_bytes = 64 };

void *ck_allocate(size_t bytes) {
  size_t whole = (bytes + cache_line_bytes - 1) / cache_line_bytes * cache_line_bytes;
  if (whole < bytes) return NULL;
  if (whole == 0) whole = cache_line_bytes;
  void *memory = aligned_alloc(cache_line_bytes, whole);
  return memory ? memset(memory, 0, whole) : NULL;
}
void ck_release(void *memory) { free(memory); }
