// The kernel's own form of a serial line's settings, which takes any rate: the C library's takes
// rates by their names only. The two headers cannot stand in one file.
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <errno.h>
#include <linux/serial.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "include/CPTerminal.h"

int ioctl(int fd, unsigned long request, ...);

// Emulators of user space lack the form with rates: there a rate has to have a name. The kernel
// answers ENOTTY for what is no terminal, in both forms.
static int get(int fd, struct termios2 *kernel) {
  if (ioctl(fd, TCGETS2, kernel) == 0) return 0;
  struct termios named;
  if (errno != ENOSYS || ioctl(fd, TCGETS, &named) != 0) return -1;
  memset(kernel, 0, sizeof *kernel);
  memcpy(kernel, &named, sizeof named);
  return 0;
}

static int set(int fd, const struct termios2 *kernel) {
  if (ioctl(fd, TCSETS2, kernel) == 0) return 0;
  if (errno != ENOSYS) return -1;
  struct termios named;
  memcpy(&named, kernel, sizeof named);
  return ioctl(fd, TCSETS, &named);
}

// The form with rates is the other one with two words behind it.
_Static_assert(
    offsetof(struct termios2, c_ispeed) >= offsetof(struct termios, c_cc) + NCCS, "layout");

int cp_terminal_get(int fd, struct cp_terminal *settings) {
  struct termios2 kernel;
  if (get(fd, &kernel) != 0) return -1;
  *settings = (struct cp_terminal){
      .input = kernel.c_iflag, .output = kernel.c_oflag, .control = kernel.c_cflag,
      .local = kernel.c_lflag, .in_speed = kernel.c_ispeed, .out_speed = kernel.c_ospeed,
      .minimum = kernel.c_cc[VMIN], .time = kernel.c_cc[VTIME]};
  return 0;
}

int cp_terminal_set(int fd, const struct cp_terminal *settings) {
  struct termios2 kernel;
  if (get(fd, &kernel) != 0) return -1;
  kernel.c_iflag = settings->input;
  kernel.c_oflag = settings->output;
  kernel.c_cflag = settings->control;
  kernel.c_lflag = settings->local;
  kernel.c_ispeed = settings->in_speed;
  kernel.c_ospeed = settings->out_speed;
  kernel.c_cc[VMIN] = settings->minimum;
  kernel.c_cc[VTIME] = settings->time;
  return set(fd, &kernel);
}

int cp_serial_rs485(int fd) {
  struct serial_rs485 mode;
  memset(&mode, 0, sizeof mode);
  mode.flags = SER_RS485_ENABLED | SER_RS485_RTS_ON_SEND;
  return ioctl(fd, TIOCSRS485, &mode);
}

int cp_serial_low_latency(int fd) {
  struct serial_struct line;
  if (ioctl(fd, TIOCGSERIAL, &line) != 0) return -1;
  line.flags |= ASYNC_LOW_LATENCY;
  return ioctl(fd, TIOCSSERIAL, &line);
}
