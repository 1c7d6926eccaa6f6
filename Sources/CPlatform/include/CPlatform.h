/// The system headers as one module, and the calls whose C form Swift cannot use: variadic
/// functions, transparent unions, macros, fork. An inline function here makes one call. Functions
/// with more steps, which Swift cannot do either, are in cplatform.c.
#ifndef CPLATFORM_H
#define CPLATFORM_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <limits.h>
#include <malloc.h>
#include <math.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <nss.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

// errno and the variadic calls.
static inline int cp_errno(void) { return errno; }
static inline int cp_open(const char *path, int flags, mode_t mode) {
  return open(path, flags, mode);
}
static inline int cp_openat(int folder, const char *name, int flags, mode_t mode) {
  return openat(folder, name, flags, mode);
}
static inline int cp_ioctl_pointer(int fd, unsigned long request, void *argument) {
  return ioctl(fd, request, argument);
}
static inline int cp_ioctl_none(int fd, unsigned long request) { return ioctl(fd, request); }
static inline int cp_fcntl(int fd, int command, int argument) {
  return fcntl(fd, command, argument);
}
static inline int cp_prctl(int option, unsigned long argument) {
  return prctl(option, argument, 0, 0, 0);
}

// Constants as plain integers, so that Swift sees one type in ordinary and Embedded builds alike.
static const int32_t CP_EPOLL_CLOEXEC = EPOLL_CLOEXEC;
static const int32_t CP_EVENT_FLAGS = EFD_CLOEXEC | EFD_NONBLOCK;
static const int32_t CP_SIGNAL_FLAGS = SFD_CLOEXEC | SFD_NONBLOCK;
static const int32_t CP_INOTIFY_FLAGS = IN_CLOEXEC | IN_NONBLOCK, CP_IN_MODIFY = IN_MODIFY,
    CP_IN_MOVE_SELF = IN_MOVE_SELF, CP_IN_Q_OVERFLOW = IN_Q_OVERFLOW, CP_IN_IGNORED = IN_IGNORED,
    CP_IN_CREATE = IN_CREATE, CP_IN_MOVED_TO = IN_MOVED_TO, CP_IN_ATTRIB = IN_ATTRIB;
static const int32_t CP_TIMER_FLAGS = TFD_CLOEXEC | TFD_NONBLOCK;
static const int32_t CP_TIMER_CANCEL_ON_SET = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
static const int32_t CP_RTM_NEWLINK = RTM_NEWLINK, CP_RTM_DELLINK = RTM_DELLINK;
static const int32_t CP_RTM_NEWADDR = RTM_NEWADDR, CP_RTM_NEWROUTE = RTM_NEWROUTE;
static const int32_t CP_IFF_RUNNING = IFF_RUNNING;
static const int32_t CP_STREAM = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
static const int32_t CP_PACKETS = SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK;
static const int32_t CP_DATAGRAM = SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
static const int32_t CP_TYPE_STREAM = SOCK_STREAM, CP_TYPE_PACKETS = SOCK_SEQPACKET;
static const int32_t CP_TYPE_DATAGRAM = SOCK_DGRAM;
static const uint32_t CP_EPOLLIN = EPOLLIN, CP_EPOLLOUT = EPOLLOUT, CP_EPOLLHUP = EPOLLHUP;
static const uint32_t CP_EPOLLERR = EPOLLERR;
/// Without a place in the file: for pipes.
static inline ssize_t cp_write_without_waiting(int fd, const void *bytes, size_t count) {
  struct iovec piece = {(void *)bytes, count};
  return pwritev2(fd, &piece, 1, -1, RWF_NOWAIT);
}
static const int32_t CP_PIPE_BUF = PIPE_BUF;
static const uint32_t CP_S_IFIFO = S_IFIFO;
static const int32_t CP_MSG_QUIET = MSG_DONTWAIT | MSG_NOSIGNAL;
static const int32_t CP_CLOCK_BOOTTIME = CLOCK_BOOTTIME;
static const int32_t CP_CLOCK_REALTIME = CLOCK_REALTIME;
static const int32_t CP_PR_SET_TIMERSLACK = PR_SET_TIMERSLACK;
static const uint32_t CP_S_IFMT = S_IFMT, CP_S_IFSOCK = S_IFSOCK, CP_S_IFDIR = S_IFDIR;
static const uint32_t CP_S_IFREG = S_IFREG, CP_S_IFCHR = S_IFCHR,
    CP_S_IFLNK = S_IFLNK;
static const uint32_t CP_TIOCEXCL = TIOCEXCL, CP_TIOCNXCL = TIOCNXCL, CP_FIONREAD = FIONREAD;
static const uint32_t CP_TIOCOUTQ = TIOCOUTQ;
static const uint32_t CP_CRTSCTS = CRTSCTS;

// With _GNU_SOURCE glibc declares these with a transparent union that Swift cannot pass.
static inline int cp_bind(int fd, const struct sockaddr_un *address, socklen_t bytes) {
  return bind(fd, (const struct sockaddr *)address, bytes);
}
static inline int cp_connect(int fd, const struct sockaddr_un *address, socklen_t bytes) {
  return connect(fd, (const struct sockaddr *)address, bytes);
}
static inline int cp_connect_any(int fd, const struct sockaddr *address, socklen_t bytes) {
  return connect(fd, (const struct sockaddr *)address, bytes);
}
/// A raw socket of a CAN interface, or -1 and errno.
int cp_can_open(const char *interface);
/// A socket that gets news of links, addresses and routes (rtnetlink), or -1.
int cp_link_socket(void);
static inline int cp_accept(int fd) {
  return accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}
/// SOCK_STREAM and so on; -1 of what is no socket.
static inline int cp_socket_type(int fd) {
  int type = -1;
  socklen_t bytes = sizeof type;
  return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &bytes) == 0 ? type : -1;
}
/// 1 of a socket that listens.
static inline int cp_socket_listens(int fd) {
  int listens = 0;
  socklen_t bytes = sizeof listens;
  return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &bytes) == 0 ? listens : -1;
}
/// The bytes of a Unix socket's path; 0 of a socket without one, or of another kind, or too long.
static inline int cp_socket_path(int fd, void *path, int count) {
  struct sockaddr_un address = {0};
  socklen_t bytes = sizeof address;
  if (getsockname(fd, (struct sockaddr *)&address, &bytes) != 0) return 0;
  if (address.sun_family != AF_UNIX) return 0;
  int length = (int)strnlen(address.sun_path, sizeof address.sun_path);
  if (length > count) return 0;
  memcpy(path, address.sun_path, (size_t)length);
  return length;
}
/// The process, user and group at the other end of a Unix socket; 0, or -1. The process is 0 where
/// it is in another container.
static inline int cp_peer(int fd, int32_t *process, uint32_t *user, uint32_t *group) {
  struct ucred peer;
  socklen_t bytes = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) != 0) return -1;
  *process = peer.pid;
  *user = peer.uid;
  *group = peer.gid;
  return 0;
}
/// The supplementary groups of that process: their count, or -1 where the kernel is older than 4.13
/// or there is no room for all.
static inline int cp_peer_groups(int fd, uint32_t *groups, int count_max) {
  socklen_t bytes = (socklen_t)count_max * sizeof *groups;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &bytes) != 0) return -1;
  return (int)(bytes / sizeof *groups);
}

/// Restricts name look-ups to the hosts file and DNS. Each server is asked twice and has 3 s to
/// answer, unless RES_OPTIONS sets other values. All other sources are modules of the board's C
/// library, and a static program cannot load them. Call it before the first look-up, while there is
/// one thread.
void cp_configure_resolver(void);
/// The result of a socket's connection attempt: 0, or an errno value.
static inline int cp_socket_error(int fd) {
  int error = 0;
  socklen_t bytes = sizeof error;
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &bytes) == 0 ? error : errno;
}
static inline void cp_send_at_once(int fd) {
  int on = 1;
  (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/// One heap for all threads, before the first of them starts. The C library otherwise gives each a
/// heap of its own, some 50 KiB, for the few bytes that cold threads allocate.
void cp_share_heap(void);

/// Gives the memory pages of the program's code back to the kernel. The kernel keeps them in its
/// cache; when the program needs one again, the kernel maps it with some neighbours.
void cp_drop_code_pages(void);

/// Keeps in memory what the process has touched, and everything that it touches later. Where the
/// limit of locked memory is finite, that is only what is mapped now: a later mapping must not fail
/// for it.
///
/// Returns 0 or an errno value.
int cp_lock_memory(void);
/// Touches the part of the stack that the hot thread uses, so that no page of it is missing later.
void cp_touch_stack(void);
/// Touches the code that packaging/function-order puts between its first name and its last running
/// one, so that no page of it is missing when it runs for the first time. Where the linker had no
/// such list, these two stand side by side and nothing is touched.
void cp_touch_running_code(void);
/// Keeps the calling thread on one processor. Returns 0 or an errno value.
int cp_stay_on_processor(int number);
/// Whether the calling thread has a real-time priority.
static inline int cp_is_real_time(void) {
  int policy = sched_getscheduler(0);
  return policy == SCHED_FIFO || policy == SCHED_RR;
}

static inline void cp_ignore_signal(int number) { signal(number, SIG_IGN); }

// Numbers as text; the C functions are variadic. The locale is "C", since no code calls setlocale.
static inline int cp_format_significant(char *text, size_t room, int digits, double value) {
  return snprintf(text, room, "%.*g", digits, value);
}
static inline int cp_format_decimals(char *text, size_t room, int decimals, double value) {
  return snprintf(text, room, "%.*f", decimals, value);
}

// Macros of the wait status, and fork, which Swift marks unavailable. The agent forks before it
// starts a thread.
static inline int cp_exited(int status) { return WIFEXITED(status); }
static inline int cp_exit_status(int status) { return WEXITSTATUS(status); }
static inline int cp_term_signal(int status) { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }
static inline pid_t cp_fork(void) { return fork(); }

/// A descriptor that is readable once the child has ended, or -1 with ENOSYS before Linux 5.3. The
/// C library has no function of that name before 2.36.
static inline int cp_pidfd_open(pid_t child) {
#ifdef SYS_pidfd_open
  return (int)syscall(SYS_pidfd_open, child, 0);
#else
  return (int)syscall(434, child, 0);  // the same on every architecture
#endif
}

// GPIO character devices, ABI 2 (linux/gpio.h, since Linux 5.10). Each returns -1 with errno.

/// Asks for one line as an output with a start level, which is logical: `active_low` turns it
/// round. The line keeps its level while the returned descriptor is open.
int cp_gpio_output(int chip, uint32_t line, int active_low, int level);
/// Sets the level of the one line behind `fd`.
int cp_gpio_set(int fd, int level);
/// The count of the chip's lines.
int cp_gpio_lines(int chip);
/// The program that has the line (`consumer`, at least 32 bytes): 1; nobody: 0.
int cp_gpio_holder(int chip, uint32_t line, char *consumer);

// The program's arguments: Embedded Swift has no CommandLine.
int cp_argument_count(void);
const char *cp_argument(int index);
/// The environment, for children.
char **cp_environment(void);

/// Heap allocations made by the calling thread since it started, and -1 in builds that do not
/// count them (the shipped static executables do: see packaging/make-sdk, `--wrap`).
int64_t cp_thread_allocations(void);

/// The C library's sentence for an errno value.
static inline const char *cp_error_text(int code) { return strerror(code); }
#endif
