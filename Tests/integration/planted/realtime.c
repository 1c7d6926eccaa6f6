// What the tests put around the hot thread for RealtimeSanitizer, by the linker's --wrap, in a
// build of its own: from READY on, everything that the main thread does between two waits of its
// poller is real-time work. In there the sanitizer reports every allocation, lock and call that may
// wait.
//
// Of a read or a write it cannot know whether that may wait. Here each one proves that it does not:
// its descriptor is non-blocking, or the call itself says so. Otherwise the sanitizer reports it.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sanitizer/rtsan_interface.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

// The compiler's own part of the interface, which the header leaves out.
void __rtsan_ensure_initialized(void);
void __rtsan_realtime_enter(void);
void __rtsan_realtime_exit(void);

// The region, of the main thread alone.
enum phase { STARTING, READY, STOPPED };
static _Thread_local enum phase phase = STARTING;
static _Thread_local long rounds = 0;

__attribute__((constructor)) static void begin(void) { __rtsan_ensure_initialized(); }

// One violation, in the 100th round: a report that the tests want to see.
static void violate(void) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  const char *kind = getenv("EDGEAGENT_PLANTED");
  if (!kind) return;
  if (!strcmp(kind, "allocation")) {
    void *volatile planted = malloc(8);
    free(planted);
  } else if (!strcmp(kind, "lock")) {
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
  } else if (!strcmp(kind, "sleep")) {
    usleep(1);
  } else if (!strcmp(kind, "read")) {
    // Through the wrapper below: the one thing wrong with it is that the pipe could wait.
    static int ends[2];
    char byte = 0;
    __rtsan_disable();
    if (pipe(ends) != 0 || write(ends[1], &byte, 1) != 1) abort();
    __rtsan_enable();
    if (read(ends[0], &byte, 1) != 1) abort();
  }
}

int __real_epoll_wait(int poller, struct epoll_event *events, int room, int milliseconds);
int __wrap_epoll_wait(int poller, struct epoll_event *events, int room, int milliseconds) {
  if (phase != READY) return __real_epoll_wait(poller, events, room, milliseconds);
  if (rounds > 0) __rtsan_realtime_exit();
  int count = __real_epoll_wait(poller, events, room, milliseconds);
  __rtsan_realtime_enter();
  int code = errno;
  if (++rounds == 100) violate();
  errno = code;
  return count;
}

// Says how much the sanitizer saw, for a region that nobody enters has no reports either.
static void stop(void) {
  if (phase == READY && rounds > 0) __rtsan_realtime_exit();
  phase = STOPPED;
  fprintf(stderr, "real-time rounds: %ld\n", rounds);
}

// Runs a call whose waiting is ruled out, past the sanitizer.
#define CALL_UNREPORTED(may_wait, call)   \
  do {                                    \
    int is_proven = !(may_wait);          \
    if (is_proven) __rtsan_disable();     \
    ssize_t answer = (call);              \
    if (is_proven) __rtsan_enable();      \
    return answer;                        \
  } while (0)

static int may_wait(int file) {
  __rtsan_disable();
  int flags = fcntl(file, F_GETFL);
  __rtsan_enable();
  return flags < 0 || !(flags & O_NONBLOCK);
}

ssize_t __real_read(int file, void *bytes, size_t count);
ssize_t __wrap_read(int file, void *bytes, size_t count) {
  CALL_UNREPORTED(may_wait(file), __real_read(file, bytes, count));
}
ssize_t __real_write(int file, const void *bytes, size_t count);
ssize_t __wrap_write(int file, const void *bytes, size_t count) {
  CALL_UNREPORTED(may_wait(file), __real_write(file, bytes, count));
}
ssize_t __real_send(int file, const void *bytes, size_t count, int flags);
ssize_t __wrap_send(int file, const void *bytes, size_t count, int flags) {
  static const char ready[] = "READY=1\n", stopping[] = "STOPPING=1\n";
  if (count == sizeof stopping - 1 && !memcmp(bytes, stopping, count)) stop();
  int waits = !(flags & MSG_DONTWAIT) && may_wait(file);
  if (count == sizeof ready - 1 && !memcmp(bytes, ready, count)) phase = READY;
  CALL_UNREPORTED(waits, __real_send(file, bytes, count, flags));
}
int __real_poll(struct pollfd *files, nfds_t count, int milliseconds);
int __wrap_poll(struct pollfd *files, nfds_t count, int milliseconds) {
  CALL_UNREPORTED(milliseconds != 0, __real_poll(files, count, milliseconds));
}
// It changes a set of the Linux kernel's, and waits for nobody.
int __real_epoll_ctl(int poller, int operation, int file, struct epoll_event *event);
int __wrap_epoll_ctl(int poller, int operation, int file, struct epoll_event *event) {
  CALL_UNREPORTED(0, __real_epoll_ctl(poller, operation, file, event));
}
// One question of many waits for nobody: how many bytes are unread.
int __real_ioctl(int file, unsigned long request, ...);
int __wrap_ioctl(int file, unsigned long request, ...) {
  va_list rest;
  va_start(rest, request);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  CALL_UNREPORTED(request != FIONREAD, __real_ioctl(file, request, argument));
}
