#include "CPlatform.h"

// glibc hands (argc, argv, envp) to constructors, both in dynamic and in static executables.
static int argument_count;
static char **arguments;
static char **environment;
__attribute__((constructor)) static void capture_arguments(int argc, char **argv, char **envp) {
  argument_count = argc;
  arguments = argv;
  environment = envp;
}
int cp_argument_count(void) { return argument_count; }
const char *cp_argument(int index) {
  return index >= 0 && index < argument_count ? arguments[index] : NULL;
}
char **cp_environment(void) { return environment; }

int cp_link_socket(void) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  struct sockaddr_nl address = {.nl_family = AF_NETLINK,
      .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_IFADDR
          | RTMGRP_IPV6_ROUTE};
  if (fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
    close(fd);
    return -1;
  }
  return fd;
}

void cp_configure_resolver(void) {
#ifdef EDGE_EMBEDDED
  __nss_configure_lookup("hosts", "files dns");
#endif
  setenv("RES_OPTIONS", "timeout:3 attempts:2", 0);
}

void cp_drop_code_pages(void) {
  extern const char __executable_start, etext;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  uintptr_t start = ((uintptr_t)&__executable_start + page - 1) / page * page;
  uintptr_t end = (uintptr_t)&etext / page * page;
  if (end > start) (void)madvise((void *)start, end - start, MADV_DONTNEED);
}

#ifdef EDGE_EMBEDDED
// Float("…") and Double("…") call these. The Embedded standard library declares them but does not
// define them. The agent never calls setlocale, so strtod uses the C locale.
static int is_space(char c) { return c == ' ' || (c >= 9 && c <= 13); }
const char *_swift_stdlib_strtod_clocale(const char *text, double *value) {
  char *end;
  if (is_space(*text)) return *value = 0, text;
  *value = strtod(text, &end);
  return end;
}
const char *_swift_stdlib_strtof_clocale(const char *text, float *value) {
  char *end;
  if (is_space(*text)) return *value = 0, text;
  *value = strtof(text, &end);
  return end;
}

// These replace two functions of the Embedded runtime of Swift 6.3.1. The runtime's versions return
// the bare object without the tag bits of the word they were given, but the compiler relies on
// getting the same word back. A short String, whose bytes are in that word, then loses bits (seen
// on aarch64). The runtime's definitions are weak, so the linker takes these.
void *swift_retain_n(void *object, uint32_t count);
void *swift_bridgeObjectRetain_n(void *object, uint32_t count);
void *swift_bridgeObjectRetain(void *object);
void *swift_bridgeObjectRetain_n(void *object, uint32_t count) {
  // Bit 63: an immediate value or an immortal object, which has no reference count. Bits 62 to 60
  // and 2 to 0 are tags of the code that holds the reference.
  uintptr_t bits = (uintptr_t)object, plain = bits & 0x0FFFFFFFFFFFFFF8;
  if (!(bits >> 63) && plain) swift_retain_n((void *)plain, count);
  return object;
}
void *swift_bridgeObjectRetain(void *object) { return swift_bridgeObjectRetain_n(object, 1); }

// Every call of the allocator in the static executable, also by libc, goes through these (linked
// with --wrap). One thread-local increment is cheap enough to ship. So the executable on the board
// can prove that its hot thread allocates nothing.
static _Thread_local int64_t allocations;
int64_t cp_thread_allocations(void) { return allocations; }
void *__real_malloc(size_t);
void *__real_calloc(size_t, size_t);
void *__real_realloc(void *, size_t);
void *__real_aligned_alloc(size_t, size_t);
int __real_posix_memalign(void **, size_t, size_t);
void *__wrap_malloc(size_t bytes) { allocations++; return __real_malloc(bytes); }
void *__wrap_calloc(size_t count, size_t bytes) {
  allocations++;
  return __real_calloc(count, bytes);
}
void *__wrap_realloc(void *old, size_t bytes) { allocations++; return __real_realloc(old, bytes); }
void *__wrap_aligned_alloc(size_t alignment, size_t bytes) {
  allocations++;
  return __real_aligned_alloc(alignment, bytes);
}
int __wrap_posix_memalign(void **pointer, size_t alignment, size_t bytes) {
  allocations++;
  return __real_posix_memalign(pointer, alignment, bytes);
}
#else
int64_t cp_thread_allocations(void) { return -1; }
#endif
