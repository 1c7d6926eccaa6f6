// What the tests plant between the agent and the C library, by the linker's --wrap: the objects of
// the executable that ships, and this one. What ships has no trace of it.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

// An allocation on the hot thread, once a round of its poller: the allocation counter has to see
// it.
int __real_epoll_wait(int poller, struct epoll_event *events, int room, int milliseconds);
int __wrap_epoll_wait(int poller, struct epoll_event *events, int room, int milliseconds) {
  void *volatile planted = malloc(8);
  free(planted);
  return __real_epoll_wait(poller, events, room, milliseconds);
}

// Points at which the process dies without a word, as if the power had gone: just before its nth
// change to a disk, n from EDGEAGENT_FAULT_POINT. For processes in which one thread changes files.
static void reach(void) {
  static long remaining = -1;
  if (remaining < 0) {
    const char *text = getenv("EDGEAGENT_FAULT_POINT");
    remaining = text ? atol(text) : 0;
  }
  if (remaining > 0 && --remaining == 0) kill(getpid(), SIGKILL);
}

// What is there already cannot be made, nor removed what is not. Sockets are gone with the power.
enum kind { NOTHING, SOCKET, ANYTHING_ELSE };
static enum kind kind_of(const char *path) {
  int code = errno;
  struct stat status;
  int answer = lstat(path, &status);
  errno = code;
  return answer != 0 ? NOTHING : S_ISSOCK(status.st_mode) ? SOCKET : ANYTHING_ELSE;
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...) {
  mode_t mode = 0;
  if (flags & O_CREAT) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
    reach();
  }
  return __real_open(path, flags, mode);
}
int __real_unlink(const char *path);
int __wrap_unlink(const char *path) {
  if (kind_of(path) == ANYTHING_ELSE) reach();
  return __real_unlink(path);
}
int __real_fsync(int file);
int __wrap_fsync(int file) { return reach(), __real_fsync(file); }
int __real_rename(const char *old, const char *new);
int __wrap_rename(const char *old, const char *new) { return reach(), __real_rename(old, new); }
int __real_symlink(const char *target, const char *path);
int __wrap_symlink(const char *target, const char *path) {
  return reach(), __real_symlink(target, path);
}
int __real_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode) {
  if (kind_of(path) == NOTHING) reach();
  return __real_mkdir(path, mode);
}
int __real_rmdir(const char *path);
int __wrap_rmdir(const char *path) { return reach(), __real_rmdir(path); }
