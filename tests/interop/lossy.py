#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two Batons over a bad network: 5 % of the packets are lost, the others are up to 40 ms late, in any order.

Each Baton is a process in a network namespace of its own; coturn has a third. Each namespace has one TUN device, and a
thread here carries the packets between them, so no module of the kernel is needed but that. SIP passes unharmed, since
the test is of sound; RTP, RTCP, STUN, TURN and DTLS suffer. A packet suffers once, where it leaves a phone: with TURN
the way is longer, but not worse. With TURN nothing but SIP has a way from phone to phone. Needs root.

  lossy.py [CODEC | WAY | CODEC/WAY…]"""
import collections
import fcntl
import heapq
import itertools
import multiprocessing
import os
import random
import select
import socket
import statistics
import struct
import sys
import threading
import time

from sound import decibel, power_of, samples_of, tone_power, tones_in, windows
from tap import Failed, Skipped, clean_up_when_stopped, run_tap, skip_all, wait_until, without_program
from turn import LEFT, RIGHT, SECRET, SERVER, USER, Coturn, Inside, Networks, path_of, run

LOSS, DELAY = 0.05, 0.040
CODECS = ('opus', 'g722', 'pcmu', 'pcma')
AT_ONCE = 4
SECONDS = 7.0        # of sound in each recording; the first second is for the jitter buffer to learn
LONGEST_GAP = 0.060
STALL, TRIES = 0.030, 3
SIP_PORT = 5060
WAYS = dict(         # options; `srtp` and `path` as stats has them
    plain=(('--srtp=off',), 'none', None),
    sdes=(('--srtp=required', '--srtp-keys=sdes'), 'sdes', None),
    dtls=(('--srtp=required', '--srtp-keys=dtls'), 'dtls', None),
    ice=(('--srtp=off', '--ice=on'), 'none', 'host'),
    turn=(('--srtp=off', '--ice=on', f'--turn=turn:{SERVER}:3478?transport=udp'), 'none', 'relay'))


def udp_ports(packet):
    """(source, destination) of an IPv4 packet; None where it isn't UDP, or is a fragment that doesn't say."""
    if packet[9] != socket.IPPROTO_UDP or struct.unpack_from('!H', packet, 6)[0] & 0x1fff:
        return None
    return struct.unpack_from('!HH', packet, (packet[0] & 15) * 4)


def addresses_of(packet):
    return tuple(socket.inet_ntoa(packet[at:at + 4]) for at in (12, 16))


class Bad(Networks):
    """The three namespaces; what is between them is us."""
    ADDRESSES = dict(left=LEFT, right=RIGHT, middle=SERVER)

    def __init__(self, seed, direct=True):
        super().__init__()
        self.direct = direct
        self.devices = {}
        self.dice = {address: random.Random(f'{seed} {address}') for address in (LEFT, RIGHT)}
        self.lost = collections.Counter()
        self.carried = collections.Counter()
        self.stall = 0.0
        self.alive, self.wake = os.pipe()
        self.carrier = None

    def __enter__(self):
        super().__enter__()
        self.join('middle', 3)
        self.carrier = threading.Thread(target=self.carry, daemon=True)
        self.carrier.start()
        return self

    def join(self, side, number):
        name = f'b{os.getpid()}n{number}'
        try:
            device = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
            self.devices[self.ADDRESSES[side]] = device
            # TUNSETIFF with IFF_TUN | IFF_NO_PI
            fcntl.ioctl(device, 0x400454ca, struct.pack('16sH22x', name.encode(), 0x0001 | 0x1000))
        except OSError as error:
            raise Skipped(f'/dev/net/tun gives no device here: {error.strerror}') from error
        run('ip', 'link', 'set', name, 'netns', self.names[side], 'name', 'net0')
        if side != 'middle':  # who has its own on lo
            self.ip(side, 'addr', 'add', f'{self.ADDRESSES[side]}/32', 'dev', 'net0')
        self.ip(side, 'link', 'set', 'net0', 'up')
        self.ip(side, 'route', 'add', 'default', 'dev', 'net0')

    def fate(self, source, target, packet):
        """After how many seconds a packet comes; None: never."""
        ports = udp_ports(packet)
        if ports is None or SIP_PORT in ports:
            return 0
        if not self.direct and SERVER not in (source, target):
            return None
        if source == SERVER:
            return 0
        self.carried[source] += 1
        dice = self.dice[source]
        delay = dice.random() * DELAY
        if dice.random() < LOSS:
            self.lost[source] += 1
            return None
        return delay

    def route(self, packet):
        """(source, target, packet) as it goes on; None: it goes nowhere."""
        source, target = addresses_of(packet)
        return (source, target, packet) if source in self.devices else None

    def carry(self):
        """The router: until the pipe is closed."""
        waiting, numbers = [], itertools.count()
        while True:
            left = max(0, waiting[0][0] - time.monotonic()) if waiting else None
            ready = select.select([self.alive, *self.devices.values()], [], [], left)[0]
            if self.alive in ready:
                return
            for device in ready:
                packet = os.read(device, 65536)
                if len(packet) < 28 or packet[0] >> 4 != 4:
                    continue
                routed = self.route(packet)
                if routed is None or routed[1] not in self.devices:
                    continue
                source, target, packet = routed
                delay = self.fate(source, target, packet)
                if delay is not None:
                    heapq.heappush(waiting, (time.monotonic() + delay, next(numbers), target, packet))
            while waiting and waiting[0][0] <= time.monotonic():
                due, _, target, packet = heapq.heappop(waiting)
                self.stall = max(self.stall, time.monotonic() - due)
                try:
                    os.write(self.devices[target], packet)
                except OSError:  # the device is down: the packet is lost, as on a wire
                    pass

    def __exit__(self, *unused):
        os.close(self.wake)
        if self.carrier:
            self.carrier.join()
        for device in self.devices.values():
            os.close(device)
        os.close(self.alive)
        super().__exit__()


def sound_of(baton):
    """(rate, samples from the first sound on) of its recording."""
    rate, samples = samples_of(baton.heard()[0]) if baton.heard() else (0, ())
    if not rate:
        return 0, ()
    start = next((at for at, sample in enumerate(samples) if abs(sample) > 1000), len(samples))
    return rate, samples[start:]


def lasts(baton):
    rate, samples = sound_of(baton)
    return len(samples) / rate if rate else 0


def measure(baton, hz, level_sent):
    """What it heard, but for the first second: the facts and what is wrong with them."""
    rate, samples = sound_of(baton)
    samples = samples[rate:int(SECONDS * rate)]
    level = decibel(power_of(samples))
    # As long as a packet: what stands in for a lost one keeps the frequency, but not the phase
    parts = windows(samples, rate // 50)
    pure = sum(tone_power(part, hz, rate) > power_of(part) / 2 for part in parts) / len(parts)
    pitch = statistics.median(tone for _, tone, _ in tones_in(baton.heard()[0])[-len(parts) // 5:])
    gap = longest = 0
    for part in windows(samples, rate // 200):
        gap = gap + 5 if decibel(power_of(part)) < level_sent - 20 else 0
        longest = max(gap, longest)
    wrong = []
    if pure < 0.85 or abs(pitch - hz) > hz * 0.01:
        wrong.append(f'{hz} Hz in {100 * pure:.0f} % of the time, {pitch:.1f} Hz in the middle')
    if abs(level - level_sent) > 2:
        wrong.append(f'{level:.1f} dB for {level_sent:.1f}')
    if longest > LONGEST_GAP * 1000:
        wrong.append(f'{longest} ms of silence')
    return (f'{pitch:6.1f} Hz, {hz} in {100 * pure:3.0f} %  {level:5.1f} dB for {level_sent:5.1f}  gap {longest:2d} ms',
            wrong)


def judge(baton, peer, number, peer_number, keys, path, network):
    stats, theirs = path_of(baton, number), path_of(peer, peer_number)
    facts, wrong = measure(baton, peer.hz, theirs['level_out_db'])
    keys_of_sound = 'lost_percent', 'concealed_percent', 'jitter_ms', 'delay_ms', 'mos'
    unknown = [key for key in keys_of_sound if stats[key] is None]
    if unknown:
        raise Failed(f'{baton.name} knows no {", ".join(unknown)}: {stats}')
    concealed = stats['concealed_percent']
    if not 1 <= concealed <= 12:
        wrong.append(f'{concealed} % concealed')
    if stats['received'] < SECONDS * 50 * 0.85:
        wrong.append(f'{stats["received"]} packets')
    if (stats['srtp'], stats['path']) != (keys, path):
        wrong.append(f'srtp {stats["srtp"]}, path {stats["path"]}')
    dropped = 100 * network.lost[peer.address] / max(1, network.carried[peer.address])
    return (f'{baton.name:5} {facts}  dropped {dropped:4.1f} %  lost {stats["lost_percent"]:4.1f} %  '
            f'concealed {concealed:4.1f} %  jitter {stats["jitter_ms"]:4.1f} ms  delay {stats["delay_ms"]:3.0f} ms  '
            f'MOS {stats["mos"]:.2f}  received {stats["received"]}  {stats["srtp"]} {stats["path"]}', wrong)


class Stalled(Failed):
    """Something is wrong, but the router was late by itself: the network was worse than the one that is tested."""


def call_over(codec, way):
    """One call; says what was measured, a line for each end. On a machine that stands still meanwhile, again."""
    said = []
    for number in range(TRIES):
        try:
            return said + try_call(codec, way)
        except Stalled as stalled:
            if number == TRIES - 1:
                raise
            said += ['tried again:'] + str(stalled).splitlines()
    return said


def try_call(codec, way):
    options, keys, path = WAYS[way]
    options += (f'--codecs={codec}',)
    env = dict(BATON_TURN_USER=USER, BATON_TURN_PASSWORD=SECRET)
    with Bad(f'{codec}/{way}', direct=way != 'turn') as network:
        if way == 'turn':
            with Coturn(network):
                return call_in(network, options, keys, path, env)
        return call_in(network, options, keys, path, env)


def call_in(network, options, keys, path, env):
    with Inside(network, 'left', 'alice', 440, LEFT, options, env) as alice, \
            Inside(network, 'right', 'bob', 1000, RIGHT, options + ('--answer=auto',), env) as bob:
        began = time.monotonic()
        call = alice.dial(bob.uri)
        got = bob.incoming()
        alice.established(call)
        wait_until('sound at both ends', lambda: min(lasts(alice), lasts(bob)) > 0, every=0.1)
        first = time.monotonic() - began
        wait_until(lambda: f'{SECONDS:g} s of sound: {lasts(alice):.1f} s at alice, {lasts(bob):.1f} s at bob',
                   lambda: min(lasts(alice), lasts(bob)) >= SECONDS, SECONDS + 10, 0.5)
        found = [judge(alice, bob, call, got, keys, path, network), judge(bob, alice, got, call, keys, path, network)]
        alice.hangup(call)
        alice.ended(call)
        bob.ended(got)
    lines = [line for line, _ in found] + [f'sound at both ends {first:.1f} s after dialling']
    wrong = [f'{name}: {", ".join(what)}' for name, (_, what) in zip(('alice', 'bob'), found) if what]
    if wrong and network.stall > STALL:
        raise Stalled('\n'.join(wrong + lines + [f'the router was {1000 * network.stall:.0f} ms late']))
    if wrong:
        raise Failed('\n'.join(wrong + lines))
    return lines + [f'the router was at most {1000 * network.stall:.0f} ms late']


def show(result):
    for line in result.get(120):
        print(f'# {line}')


def main():
    if without_program():
        return skip_all('baton-cli was not built')
    if not os.path.exists('/dev/net/tun'):
        return skip_all('there is no /dev/net/tun')
    cases = [(codec, way) for way in WAYS for codec in CODECS]
    if len(sys.argv) > 1:
        cases = [(codec, way) for codec, way in cases if {codec, way, f'{codec}/{way}'} & set(sys.argv[1:])]
    clean_up_when_stopped()  # the processes too
    # Processes, so that counting in one call does not make another one's packets late
    with multiprocessing.Pool(AT_ONCE) as pool:
        results = [pool.apply_async(call_over, case) for case in cases]
        status = run_tap([(f'/lossy/{codec}/{way}', lambda result=result: show(result))
                          for (codec, way), result in zip(cases, results)])
        pool.close()
        pool.join()
    return status


if __name__ == '__main__':
    sys.exit(main())
