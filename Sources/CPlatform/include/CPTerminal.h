#ifndef CP_TERMINAL_H
#define CP_TERMINAL_H

#include <stdint.h>

/// A serial line's settings: the four words of flags of termios(3), the rates in bits per second,
/// and VMIN and VTIME.
struct cp_terminal {
  uint32_t input, output, control, local, in_speed, out_speed;
  uint8_t minimum, time;
};

/// The line's settings; 0, or -1 and errno.
int cp_terminal_get(int fd, struct cp_terminal *settings);
int cp_terminal_set(int fd, const struct cp_terminal *settings);

/// The driver raises RTS while it sends, as RS-485 transceivers need it; 0, or -1 and errno.
int cp_serial_rs485(int fd);

/// The driver hands bytes on at once instead of a few milliseconds later; 0, or -1 and errno.
int cp_serial_low_latency(int fd);

// asm-generic/termbits.h. A rate that has no name stands in the words of the rates.
static const uint32_t CP_BOTHER = 0010000, CP_CBAUD = 0010017, CP_CIBAUD = 002003600000;
static const uint32_t CP_CMSPAR = 010000000000;

#endif
