#include "CPlatform.h"
#include <linux/can.h>
#include <linux/can/raw.h>
#include <malloc.h>

#if __has_include(<linux/gpio.h>)
#include <linux/gpio.h>
#endif

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

// Headers before Linux 5.10 have only the first ABI.
#ifndef GPIO_V2_GET_LINE_IOCTL
#define GPIO_V2_LINE_FLAG_USED 1ULL
#define GPIO_V2_LINE_FLAG_ACTIVE_LOW 2ULL
#define GPIO_V2_LINE_FLAG_OUTPUT 8ULL
#define GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES 2
struct gpio_v2_line_values { __u64 __attribute__((aligned(8))) bits, mask; };
struct gpio_v2_line_attribute {
  __u32 id, padding;
  union { __u64 __attribute__((aligned(8))) flags, values; __u32 debounce_period_us; };
};
struct gpio_v2_line_config_attribute {
  struct gpio_v2_line_attribute attr;
  __u64 __attribute__((aligned(8))) mask;
};
struct gpio_v2_line_config {
  __u64 __attribute__((aligned(8))) flags;
  __u32 num_attrs, padding[5];
  struct gpio_v2_line_config_attribute attrs[10];
};
struct gpio_v2_line_request {
  __u32 offsets[64];
  char consumer[32];
  struct gpio_v2_line_config config;
  __u32 num_lines, event_buffer_size, padding[5];
  __s32 fd;
};
struct gpio_v2_line_info {
  char name[32], consumer[32];
  __u32 offset, num_attrs;
  __u64 __attribute__((aligned(8))) flags;
  struct gpio_v2_line_attribute attrs[10];
  __u32 padding[4];
};
#define GPIO_V2_GET_LINEINFO_IOCTL _IOWR(0xB4, 0x05, struct gpio_v2_line_info)
#define GPIO_V2_GET_LINE_IOCTL _IOWR(0xB4, 0x07, struct gpio_v2_line_request)
#define GPIO_V2_LINE_SET_VALUES_IOCTL _IOWR(0xB4, 0x0F, struct gpio_v2_line_values)
#endif
#ifndef GPIO_GET_CHIPINFO_IOCTL
struct gpiochip_info { char name[32], label[32]; __u32 lines; };
#define GPIO_GET_CHIPINFO_IOCTL _IOR(0xB4, 0x01, struct gpiochip_info)
#endif
// The ABI is the same on every architecture that the agent is built for.
_Static_assert(GPIO_V2_GET_LINE_IOCTL == 0xC250B407, "number");
_Static_assert(GPIO_V2_LINE_SET_VALUES_IOCTL == 0xC010B40F, "number");
_Static_assert(GPIO_V2_GET_LINEINFO_IOCTL == 0xC100B405, "number");
_Static_assert(GPIO_GET_CHIPINFO_IOCTL == 0x8044B401, "number");
_Static_assert(sizeof(struct gpio_v2_line_request) == 592, "size");
_Static_assert(offsetof(struct gpio_v2_line_request, config) == 288, "offset");
_Static_assert(offsetof(struct gpio_v2_line_request, num_lines) == 560, "offset");
_Static_assert(offsetof(struct gpio_v2_line_request, fd) == 588, "offset");
_Static_assert(offsetof(struct gpio_v2_line_config, attrs) == 32, "offset");

int cp_gpio_output(int chip, uint32_t line, int active_low, int level) {
  struct gpio_v2_line_request request = {.num_lines = 1};
  request.offsets[0] = line;
  strcpy(request.consumer, "edgeagent");
  request.config.flags = GPIO_V2_LINE_FLAG_OUTPUT;
  if (active_low) request.config.flags |= GPIO_V2_LINE_FLAG_ACTIVE_LOW;
  request.config.num_attrs = 1;
  request.config.attrs[0].attr.id = GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES;
  request.config.attrs[0].attr.values = level != 0;
  request.config.attrs[0].mask = 1;
  if (ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &request) < 0) return -1;
  return request.fd;
}

int cp_gpio_set(int fd, int level) {
  struct gpio_v2_line_values values = {.bits = level != 0, .mask = 1};
  return ioctl(fd, GPIO_V2_LINE_SET_VALUES_IOCTL, &values) < 0 ? -1 : 0;
}

int cp_gpio_lines(int chip) {
  struct gpiochip_info info = {0};
  if (ioctl(chip, GPIO_GET_CHIPINFO_IOCTL, &info) < 0) return -1;
  return info.lines > INT32_MAX ? INT32_MAX : (int)info.lines;
}

int cp_gpio_holder(int chip, uint32_t line, char *consumer) {
  struct gpio_v2_line_info info = {.offset = line};
  if (ioctl(chip, GPIO_V2_GET_LINEINFO_IOCTL, &info) < 0) return -1;
  memcpy(consumer, info.consumer, sizeof info.consumer);
  consumer[sizeof info.consumer - 1] = 0;
  return (info.flags & GPIO_V2_LINE_FLAG_USED) != 0;
}

int cp_can_open(const char *interface) {
  unsigned index = if_nametoindex(interface);
  if (index == 0) return -1;
  int fd = socket(PF_CAN, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, CAN_RAW);
  struct sockaddr_can address = {.can_family = AF_CAN, .can_ifindex = (int)index};
  if (fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
    int code = errno;
    close(fd);
    errno = code;
    return -1;
  }
  return fd;
}

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

void cp_share_heap(void) { (void)mallopt(M_ARENA_MAX, 1); }

void cp_drop_code_pages(void) {
  extern const char __executable_start, etext;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  uintptr_t start = ((uintptr_t)&__executable_start + page - 1) / page * page;
  uintptr_t end = (uintptr_t)&etext / page * page;
  if (end <= start) return;
  (void)madvise((void *)start, end - start, MADV_DONTNEED);
  // What the start allocated and freed again lies in holes of the heap.
  (void)malloc_trim(0);
}

int cp_lock_memory(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return errno;
  // ONFAULT: the whole executable would be 8 MB, and most of it is for the start.
  int flags = MCL_CURRENT | MCL_ONFAULT;
  if (limit.rlim_cur == RLIM_INFINITY) flags |= MCL_FUTURE;
  return mlockall(flags) == 0 ? 0 : errno;
}

void cp_touch_stack(void) {
  volatile char room[32 * 1024];
  for (size_t index = 0; index < sizeof room; index += 1024) room[index] = 0;
}

// Only their addresses matter. They differ, so that the linker does not fold them into one.
__attribute__((noinline, used)) int cp_running_code_begin(void) { return 1; }
__attribute__((noinline, used)) int cp_running_code_end(void) { return 2; }

void cp_touch_running_code(void) {
  uintptr_t begin = (uintptr_t)&cp_running_code_begin, end = (uintptr_t)&cp_running_code_end;
  for (uintptr_t at = begin; at < end; at += 4096) (void)*(const volatile char *)at;
}

int cp_stay_on_processor(int number) {
  cpu_set_t processors;
  CPU_ZERO(&processors);
  CPU_SET(number, &processors);
  return sched_setaffinity(0, sizeof processors, &processors) == 0 ? 0 : errno;
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
