# SPDX-License-Identifier: GPL-3.0-or-later
"""Sound files: tones written, and what was heard said by its frequency, level and share."""
import math
import os
import struct
import wave

from tap import DEADLINE, wait_until


def write_tone(path, hz, seconds=90, rate=8000, channels=1):
    """A sine at -9 dBFS; whole periods, so that a loop has no click."""
    with wave.open(path, 'wb') as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        second = b''.join(struct.pack('<h', int(11600 * math.sin(2 * math.pi * hz * i / rate))) * channels
                          for i in range(rate))
        for _ in range(seconds):
            out.writeframes(second)


def samples_of(path):
    """(rate, samples of the first channel) of a sound file that may still be written to."""
    try:
        with open(path, 'rb') as file:
            data = file.read()
    except OSError:
        return 0, ()
    if len(data) < 44:
        return 0, ()
    if data[:4] == bytes(4):
        # linphonec leaves room for the header and writes it at the end
        count = (len(data) - 44) // 2
        return 8000, struct.unpack_from(f'<{count}h', data, 44)
    if data[:4] != b'RIFF':
        return 0, ()
    rate, channels, bits, at = 8000, 1, 16, 12
    while at + 8 <= len(data):
        name, size = data[at:at + 4], struct.unpack_from('<I', data, at + 4)[0]
        at += 8
        if name == b'fmt ':
            channels, rate = struct.unpack_from('<HI', data, at + 2)
            bits = struct.unpack_from('<H', data, at + 14)[0]
        if name == b'data':
            break
        at += size + size % 2
    if bits != 16:
        return 0, ()
    count = (len(data) - at) // 2
    return rate, struct.unpack_from(f'<{count}h', data, at)[::channels]


def tones_in(path, window=0.1):
    """[(second, hz or 0 for silence, level in dBFS)] for each window; the frequency by zero crossings."""
    rate, samples = samples_of(path)
    found = []
    step = int(rate * window)
    if not step:
        return found
    for at in range(0, len(samples) - step + 1, step):
        part = samples[at:at + step]
        level = math.sqrt(sum(s * s for s in part) / step) / 32768
        if level < 0.01:
            found.append((at / rate, 0, -90.0))
            continue
        # between the first and the last upward crossing lie whole periods
        ups = [i - part[i] / (part[i] - part[i - 1]) for i in range(1, step) if part[i - 1] < 0 <= part[i]]
        hz = (len(ups) - 1) * rate / (ups[-1] - ups[0]) if len(ups) > 2 else 0
        found.append((at / rate, hz, 20 * math.log10(level)))
    return found


def wait_tone(phone, hz, seconds=DEADLINE, windows=4, silent_of=None):
    """Until the newest sound of one of the phone's recordings is that tone, for `windows` × 100 ms. On a crowded machine
    a recorder drops a frame now and then: one window more may be cut, as long as the newest is whole."""
    def newest():
        for path in phone.heard():
            good = [abs(tone - hz) <= hz * 0.03 for _, tone, _ in tones_in(path)[-windows - 1:]]
            if good and good[-1] and sum(good) >= windows:
                return True
        return False

    def what():
        heard = {os.path.basename(path): sorted({round(tone, -1) for _, tone, _ in tones_in(path)[-10:]})
                 for path in phone.heard()}
        return f'{phone.name} hears {hz} Hz (it heard {heard})'
    wait_until(what, newest, seconds, 0.1)
    wait_until(lambda: f'{phone.name} can record another call', phone.ready_to_record, seconds, 0.05)


def listen_both(baton, phone):
    wait_tone(phone, baton.hz)
    wait_tone(baton, phone.hz)


def decibel(power):
    return 10 * math.log10(power) if power > 1e-9 else -90.0


def power_of(samples):
    return sum(sample * sample for sample in samples) / len(samples) / 32768 ** 2


def tone_power(samples, hz, rate):
    """Goertzel: how much of their power is that tone's."""
    step = 2 * math.cos(2 * math.pi * hz / rate)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + step * last - before
    return 2 * (last * last + before * before - step * last * before) / len(samples) ** 2 / 32768 ** 2


def windows(samples, length):
    return [samples[at:at + length] for at in range(0, len(samples) - length + 1, length)]
