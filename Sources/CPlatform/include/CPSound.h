#ifndef CP_SOUND_H
#define CP_SOUND_H

/// What a device can do with words of 16 bits; all 0 where that is not known.
struct cp_sound {
  unsigned hertz_min, hertz_max, channels_min, channels_max;
};

/// The number of a sound card, by its number or by its name; -1 where there is none.
int cp_sound_card(const char *name);

/// Starts recording one channel of signed words of 16 bits, little-endian, that many a second. The
/// descriptor does not block, and it is read as a file is: whole words, EPIPE after an overrun.
/// -1 and errno; `can` says then what the device can do.
int cp_sound_open(int card, int device, unsigned hertz, struct cp_sound *can);

#endif
