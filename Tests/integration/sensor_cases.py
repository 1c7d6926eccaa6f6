"""The sensors of the shared cases: how each is configured, an entry for each case or run of it."""

AXES = """fields = [
  { name = "ax", unit = "g" }, { name = "ay", unit = "g" }, { name = "az", unit = "g" },
  { name = "wx", unit = "deg/s" }, { name = "wy", unit = "deg/s" }, { name = "wz", unit = "deg/s" }]
"""
INT16 = 'framing = "length"\ndecode = "binary"\nrate = 50\nstale_after = "1s"\n'


def packed(count: int, kind: str, scale: str = "") -> str:
    fields = ", ".join(f'{{ name = "v{n}", type = "{kind}"{scale} }}' for n in range(1, count + 1))
    return f"fields = [{fields}]\n"


MILLI = ", scale = 0.001"
LEVEL = 'fields = [{ name = "level", unit = "m" }, { name = "flow", unit = "l/s" }]\nrate = 20\n'
SIX = AXES + "rate = 50\n"
SEVEN = SIX.replace('unit = "deg/s" }]', 'unit = "deg/s" }, "t"]')
FALL = """[[pipeline]]
name = "fall"
sensor = "wire"
model = "fall"
stride = 10
dead_man = false
"""
WORDS = 'decode = "labels"\nrate = 10\nfields = [{ name = "temp", label = "Temp", unit = "C" },\n'
WORDS += '  { name = "hum", label = "Hum", unit = "%" }]\n'
JSON = 'decode = "json"\nrate = 1\n'
DUST = """fields = [
  { name = "temp", unit = "C" }, { name = "dust", unit = "ug/m3", warm_up = "3s" }]
rate = 10
"""
def spike(more: str, votes: str) -> str:
    return f'fields = [{{ name = "a", unit = "g"{more} }}]\nrate = 50\n', f"""
[[alert]]
name = "a"
source = "sensor:wire.a"
above = 6
clear_below = 4
votes = "{votes}"
outputs = ["socket"]
"""


# The sensors of each run by name: `wire` where there is one, else as the column `frame` or the
# input is named. A pair adds tables after them.
CASES: dict[str, object] = {
    "aligned-columns": """separator = "blanks"
fields = [{ name = "flow", column = 1, unit = "l/min" }, { name = "temp", column = 2, unit = "C" }]
rate = 10
""",
    "audio-odd-byte": 'decode = "s16le"\nrate = 8000\nfields = ["v"]\nstale_after = "1s"\n',
    "can-signals": {
        "ENGINE": """framing = "can"
id = "C9"
rate = 50
fields = [{ name = "rpm", bit = 0, bits = 16, scale = 0.25, unit = "rpm" },
  { name = "coolant", bit = 16, bits = 8, offset = -40, unit = "C" },
  { name = "torque", bit = 31, bits = 12, endian = "big", signed = true, scale = 0.5, unit = "Nm" },
  { name = "gear", bit = 35, bits = 4, endian = "big" }]
""",
        "WHEELS": """framing = "can"
id = "18FEF100x"
rate = 50
fields = [{ name = "speed", bit = 8, bits = 16, scale = 0.00390625, unit = "km/h" },
  { name = "pressure", bit = 39, bits = 10, endian = "big", scale = 0.1, unit = "bar" }]
""",
    },
    "cobs-254/253": 'framing = "cobs"\nchecksum = "none"\ndecode = "binary"\nskip = 1\n'
    'samples = "all"\nrate = 1000\nfields = [{ name = "v", type = "int16" }]\n',
    "cobs-254/254": 'framing = "cobs"\nchecksum = "none"\ndecode = "binary"\n'
    'samples = 127\nrate = 1000\nfields = [{ name = "v", type = "int16" }]\n',
    "cobs-254/255": 'framing = "cobs"\nchecksum = "none"\ndecode = "binary"\nskip = 1\n'
    'samples = 127\nrate = 1000\nfields = [{ name = "v", type = "int16" }]\n',
    "cobs-254/508": 'framing = "cobs"\nchecksum = "none"\ndecode = "binary"\n'
    'samples = 254\nrate = 1000\nfields = [{ name = "v", type = "int16" }]\n',
    "drop-outs": (
        'fields = [{ name = "temp", unit = "C" }]\nrate = 50\nstale_after = "1s"\n',
        """
[[alert]]
name = "temp"
source = "sensor:wire.temp"
above = 75
clear_below = 70
unknown = "hold"
outputs = ["socket"]
""",
    ),
    "esp-boot-log": SIX,
    "gap-under-stale/bad-lines": (SIX + 'stale_after = "5s"\n', FALL),
    "gap-under-stale/silence": (SIX + 'stale_after = "5s"\n', FALL),
    "hdlc-shared-flag": """framing = "hdlc"
decode = "binary"
skip = 2
type = "int16"
rate = 20
fields = [{ name = "a", scale = 0.01 }, { name = "b", scale = 0.01 }, { name = "c", scale = 0.01 }]
""",
    "imu-0x55": {
        "acceleration": 'preset = "witmotion-acceleration"\nrate = 50\n',
        "rotation": 'preset = "witmotion-rotation"\nrate = 50\n',
        "angle": 'preset = "witmotion-angle"\nrate = 50\n',
    },
    "json-shapes/array": JSON + 'fields = [{ name = "x", path = "[1][0]" }, '
    '{ name = "y", path = "[1][1]" }, { name = "z", path = "[1][2]" }]\n',
    "json-shapes/duplicate-last": JSON + 'duplicates = "last"\nfields = ["t", "h"]\n',
    "json-shapes/duplicate-refuse": JSON + 'fields = ["t", "h"]\n',
    "json-shapes/nested": JSON + 'fields = [{ name = "t", path = "SI7021.Temperature" }, '
    '{ name = "h", path = "SI7021.Humidity" }]\n',
    "json-shapes/strings": JSON + 'numbers_in_strings = true\nfields = ["t", "h"]\n',
    "json-shapes/trailing-comma": JSON + 'fields = ["t", "h"]\n',
    "label-value/commas": WORDS + 'separator = "comma"\n',
    "label-value/spaces": WORDS + 'separator = "blanks"\n',
    "label-value/tabs": WORDS + 'separator = "tab"\n',
    "length-resync/float32x1": INT16 + packed(1, "float32"),
    "length-resync/float32x6": INT16 + packed(6, "float32"),
    "length-resync/int16x3": INT16 + packed(3, "int16", MILLI),
    "length-resync/int16x6": INT16 + packed(6, "int16", MILLI),
    "length-resync/int16x6-moving": INT16 + packed(6, "int16", MILLI),
    "length-resync/pause": INT16 + packed(6, "int16", MILLI),
    "length-resync/stray-0": INT16 + packed(6, "int16", MILLI),
    "length-resync/stray-255": INT16 + packed(6, "int16", MILLI),
    "length-resync/stray-1000": INT16 + "length_bytes = 2\n" + packed(6, "int16", MILLI),
    "line-ends/bom": SIX,
    "line-ends/cr-cr-lf": SIX,
    "line-ends/cr-declared": SIX + 'line_end = "cr"\n',
    "line-ends/cr-undeclared": SIX,
    "line-ends/flow-control": SIX,
    "line-ends/lf-cr": SIX,
    "line-ends/nul": SIX,
    "line-over-a-pause": 'fields = [{ name = "level", unit = "g" }]\nrate = 50\n'
    'stale_after = "1s"\n',
    "mhz19": 'preset = "mh-z19"\nrate = 0.5\n',
    "modbus-meter": """framing = "modbus-rtu"
interval = "2s"
retries = 0
polls = [{ unit_id = 2, coil = 19, count = 10 }]
fields = [
  { name = "voltage", function = 4, register = 0, type = "float32", unit = "V" },
  { name = "current", function = 4, register = 6, type = "float32", word_order = "CDAB" },
  { name = "power", function = 4, register = 8, type = "float32", word_order = "BADC" },
  { name = "energy", function = 4, register = 10, type = "uint32", word_order = "DCBA" },
  { name = "temp", unit_id = 2, register = 256, type = "int16", scale = 0.1, unit = "C" },
  { name = "door", unit_id = 2, coil = 19 }, { name = "pump", unit_id = 2, coil = 28 }]
""",
    "nmea-and-ubx": {
        "POSLLH": """framing = "ubx"
message = "01 02"
decode = "binary"
type = "int32"
rate = 1
fields = [{ name = "lat", at = 8, scale = 1e-7, unit = "deg" },
  { name = "lon", at = 4, scale = 1e-7, unit = "deg" },
  { name = "hmsl", at = 16, scale = 0.001, unit = "m" },
  { name = "hacc", at = 20, type = "uint32", scale = 0.001, unit = "m" }]
""",
        "RMC": 'framing = "nmea"\nsentence = "RMC"\nrate = 1\nfields = ["lat", "lon", "speed"]\n',
    },
    "nmea-gga-rmc": {
        "GGA": 'framing = "nmea"\nsentence = "GGA"\nrate = 1\n'
        'fields = ["lat", "lon", "quality", "sats", "hdop", "alt"]\n',
        "RMC": 'framing = "nmea"\nsentence = "RMC"\nrate = 1\n'
        'fields = ["lat", "lon", "speed", "course"]\n',
    },
    "pms5003/clean-air": 'preset = "pms5003"\nfields = ["pm1", "pm25", "pm10", "n03"]\n',
    "pms5003/flipped": 'preset = "pms5003"\nfields = ["pm1", "pm25", "pm10", "n03"]\n',
    "pms5003/garbage": 'preset = "pms5003"\nfields = ["pm1", "pm25", "pm10", "n03"]\n',
    "pms5003/lost": 'preset = "pms5003"\nfields = ["pm1", "pm25", "pm10", "n03"]\n',
    "rate-unlike-declared/10": (SIX, FALL),
    "rate-unlike-declared/100": (SIX, FALL),
    "rate-unlike-declared/20": (SIX, FALL),
    "rate-unlike-declared/200": (SIX, FALL),
    "rate-unlike-declared/25": (SIX, FALL),
    "rate-unlike-declared/50": (SIX, FALL),
    "rate-unlike-declared/50-jitter": (SIX, FALL),
    "sds011": 'preset = "sds011"\n',
    "semicolon-decimal-comma": """separator = "semicolon"
decimal = ","
rate = 5
fields = [{ name = "temp", unit = "C" }, { name = "pressure", unit = "hPa" },
  { name = "level", unit = "m" }]
""",
    "sentinels/lines": 'rate = 1\nfields = [{ name = "roof", invalid = [85.0, -127.0] }, '
    '{ name = "floor", invalid = [85.0, -127.0] }]\n',
    "sentinels/packed": 'framing = "length"\ndecode = "binary"\nrate = 1\nfields = ['
    + ", ".join(
        f'{{ name = "{name}", type = "int16", scale = 0.01, invalid = [-32768] }}'
        for name in "abc"
    )
    + "]\n",
    "single-spike/range": spike(', range = [-16, 16], on_fault = "drop"', "1 of 1"),
    "single-spike/votes": spike("", "2 of 3"),
    "slip": 'framing = "slip"\ndecode = "binary"\ntype = "int16"\nrate = 20\nfields = ['
    + ", ".join(f'{{ name = "{name}", scale = 0.1 }}' for name in "abcd")
    + "]\n",
    "stuck-value": (
        LEVEL + 'stale_after = "2s"\n',
        """
[[alert]]
name = "stuck"
source = "stuck:wire.level 4s"
outputs = ["socket"]
""",
    ),
    "tabs-repeated-header": """separator = "tab"
header = true
rate = 2
fields = [{ name = "temp", column = "temp_C", unit = "C" }, { name = "lux", column = "lux" }]
""",
    "timestamp-first": """rate = 50
clock = { column = 1, unit = "ms", bits = 32 }
fields = [{ name = "x", column = 2, unit = "g" }, { name = "y", column = 3, unit = "g" }]
""",
    "two-rates": {
        "fast": 'rate = 10\nfields = [{ name = "vib", unit = "mm/s" }]\n',
        "slow": 'rate = 1\nstale_after = "10s"\nfields = [{ name = "temp", unit = "C" }]\n',
        "wire": 'join = ["fast", "slow"]\nfresh = "1400ms"\n',
    },
    "unneeded-value/csv-nan": SEVEN,
    "unneeded-value/json-nan": 'decode = "json"\n' + SIX,
    "unneeded-value/json-null": 'decode = "json"\n' + SEVEN,
    "warm-up": (
        DUST,
        """
[[alert]]
name = "dust"
source = "sensor:wire.dust"
above = 100
outputs = ["socket"]
""",
    ),
}
