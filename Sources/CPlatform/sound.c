// Recording by the kernel's own interface to sound (sound/asound.h), without a library.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
// It says of itself that it comes after <sys/time.h> and <linux/types.h>.
#include <sound/asound.h>
#include <unistd.h>

#include "include/CPSound.h"

// A microphone is read at least 50 times a second, and the kernel keeps half a second for it.
enum { PERIOD_MICROSECONDS = 20000, BUFFER_MICROSECONDS = 500000, CARDS = 32 };

static struct snd_interval *interval(struct snd_pcm_hw_params *asked, int parameter) {
  return &asked->intervals[parameter - SNDRV_PCM_HW_PARAM_FIRST_INTERVAL];
}

static void choose(struct snd_pcm_hw_params *asked, int parameter, unsigned bit) {
  struct snd_mask *mask = &asked->masks[parameter - SNDRV_PCM_HW_PARAM_FIRST_MASK];
  memset(mask, 0, sizeof *mask);
  mask->bits[bit / 32] = 1u << bit % 32;
}

static void bound(struct snd_pcm_hw_params *asked, int parameter, unsigned min, unsigned max) {
  *interval(asked, parameter) =
      (struct snd_interval){.min = min, .max = max, .integer = min == max};
}

// Words of 16 bits, whole frames; all else is open.
static struct snd_pcm_hw_params anything(void) {
  struct snd_pcm_hw_params asked;
  memset(&asked, 0, sizeof asked);
  choose(&asked, SNDRV_PCM_HW_PARAM_ACCESS, SNDRV_PCM_ACCESS_RW_INTERLEAVED);
  choose(&asked, SNDRV_PCM_HW_PARAM_FORMAT, SNDRV_PCM_FORMAT_S16_LE);
  choose(&asked, SNDRV_PCM_HW_PARAM_SUBFORMAT, SNDRV_PCM_SUBFORMAT_STD);
  for (int each = SNDRV_PCM_HW_PARAM_FIRST_INTERVAL; each <= SNDRV_PCM_HW_PARAM_LAST_INTERVAL;
       each++)
    bound(&asked, each, 0, UINT_MAX);
  asked.rmask = UINT_MAX;
  asked.info = UINT_MAX;
  return asked;
}

static int configure(int fd, unsigned hertz, struct cp_sound *can) {
  struct snd_pcm_hw_params asked = anything();
  if (ioctl(fd, SNDRV_PCM_IOCTL_HW_REFINE, &asked) != 0) return -1;
  *can = (struct cp_sound){
      .hertz_min = interval(&asked, SNDRV_PCM_HW_PARAM_RATE)->min,
      .hertz_max = interval(&asked, SNDRV_PCM_HW_PARAM_RATE)->max,
      .channels_min = interval(&asked, SNDRV_PCM_HW_PARAM_CHANNELS)->min,
      .channels_max = interval(&asked, SNDRV_PCM_HW_PARAM_CHANNELS)->max};
  asked = anything();
  bound(&asked, SNDRV_PCM_HW_PARAM_CHANNELS, 1, 1);
  bound(&asked, SNDRV_PCM_HW_PARAM_RATE, hertz, hertz);
  bound(&asked, SNDRV_PCM_HW_PARAM_PERIOD_TIME, 0, PERIOD_MICROSECONDS);
  bound(&asked, SNDRV_PCM_HW_PARAM_BUFFER_TIME, 0, BUFFER_MICROSECONDS);
  // The kernel takes the longest periods and the largest buffer of what is left.
  if (ioctl(fd, SNDRV_PCM_IOCTL_HW_PARAMS, &asked) != 0) return -1;
  unsigned buffer = interval(&asked, SNDRV_PCM_HW_PARAM_BUFFER_SIZE)->max;
  unsigned period = interval(&asked, SNDRV_PCM_HW_PARAM_PERIOD_SIZE)->max;
  struct snd_pcm_sw_params how = {
      .tstamp_mode = SNDRV_PCM_TSTAMP_NONE, .period_step = 1, .avail_min = period,
      .xfer_align = 1, .start_threshold = 1, .stop_threshold = buffer, .boundary = buffer};
  while (how.boundary <= LONG_MAX / 4) how.boundary *= 2;
  if (ioctl(fd, SNDRV_PCM_IOCTL_SW_PARAMS, &how) != 0) return -1;
  if (ioctl(fd, SNDRV_PCM_IOCTL_PREPARE) != 0) return -1;
  return ioctl(fd, SNDRV_PCM_IOCTL_START);
}

int cp_sound_card(const char *name) {
  char *end, path[64], found[32];
  unsigned long number = strtoul(name, &end, 10);
  if (end != name && *end == '\0' && number < CARDS) return (int)number;
  // The unit hides /proc/asound.
  for (int card = 0; card < CARDS; card++) {
    snprintf(path, sizeof path, "/sys/class/sound/card%d/id", card);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) continue;
    ssize_t count = read(fd, found, sizeof found);
    close(fd);
    if (count > 0 && found[count - 1] == '\n') count--;
    if (count == (ssize_t)strlen(name) && memcmp(found, name, (size_t)count) == 0) return card;
  }
  return -1;
}

int cp_sound_open(int card, int device, unsigned hertz, struct cp_sound *can) {
  char path[64];
  *can = (struct cp_sound){0, 0, 0, 0};
  snprintf(path, sizeof path, "/dev/snd/pcmC%dD%dc", card, device);
  int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0 || configure(fd, hertz, can) == 0) return fd;
  int code = errno;
  close(fd);
  errno = code;
  return -1;
}
