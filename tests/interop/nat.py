#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Batons behind NATs: by ICE with the addresses that a STUN server sees, and without, by following the sound.

The network is lossy.py's, a thread between TUN devices, without the losses and with address translation: what leaves a
private network has its public address and the port that it had, and only who was sent to from there gets in. SIP passes
untranslated, as through a server. Needs root.

  nat.py [CASE…]"""
import os
import re
import socket
import struct
import sys

from lossy import SIP_PORT, Bad, addresses_of, udp_ports
from sound import wait_tone
from tap import Failed, run_tap, skip_all, wait_until, without_program
from turn import LEFT, RIGHT, SERVER, Coturn, Inside, path_of

OUTSIDE = {LEFT: '198.51.100.1', RIGHT: '198.51.100.2'}


def rewrite(packet, at, address):
    """With @address in the place @at of the header; a UDP checksum of 0 is none."""
    head = bytearray(packet[:20])
    head[at:at + 4] = socket.inet_aton(address)
    head[10:12] = b'\0\0'
    total = sum(struct.unpack('!10H', head))
    total = (total & 0xffff) + (total >> 16)
    total = (total & 0xffff) + (total >> 16)
    head[10:12] = struct.pack('!H', ~total & 0xffff)
    return bytes(head) + packet[20:26] + b'\0\0' + packet[28:]


class Nat(Bad):
    def __init__(self, *behind):
        super().__init__('nat')
        self.outside = {address: OUTSIDE[address] for address in behind}
        self.inside = {public: private for private, public in self.outside.items()}
        self.open = set()
        self.sip = []

    def fate(self, source, target, packet):
        return 0

    def route(self, packet):
        source, target = addresses_of(packet)
        ports = udp_ports(packet)
        if ports is None or packet[0] != 0x45:
            return None
        if SIP_PORT in ports:
            self.sip.append(packet[28:].decode(errors='replace'))
            return source, target, packet
        if target in self.outside:
            return None  # a private address from outside
        if source in self.outside:
            source = self.outside[source]
            packet = rewrite(packet, 12, source)
            self.open.add((source, ports[0], target, ports[1]))
        if target in self.inside:
            if (target, ports[1], source, ports[0]) not in self.open:
                return None
            target = self.inside[target]
            packet = rewrite(packet, 16, target)
        return source, target, packet


def talk(alice, bob):
    call = alice.dial(bob.uri)
    got = bob.incoming()
    alice.established(call)
    wait_until('sound at alice', lambda: path_of(alice, call)['received'] > 0, 20)
    wait_tone(alice, bob.hz)
    wait_tone(bob, alice.hz)
    return call, got


def stun():
    """Two NATs, and a STUN server outside: the candidates that it sees are offered, and are the way."""
    ice = ('--ice=on', '--srtp=off', f'--stun={SERVER}:3478')
    with Nat(LEFT, RIGHT) as network, Coturn(network), \
            Inside(network, 'left', 'alice', 440, LEFT, ice, {}) as alice, \
            Inside(network, 'right', 'bob', 1000, RIGHT, ice + ('--answer=auto',), {}) as bob:
        call, got = talk(alice, bob)
        told = ''.join(network.sip)
        for private, public in OUTSIDE.items():
            if not re.search(rf'a=candidate:\S+ 1 UDP \d+ {public} (\d+) typ srflx raddr {private} rport \1\r\n', told):
                raise Failed(f'{private} offered: ' + ' '.join(re.findall(r'a=candidate:.*', told)))
        for baton, number in ((alice, call), (bob, got)):
            stats = path_of(baton, number)
            if stats['path'] not in ('srflx', 'prflx') or not stats['remote_address'].startswith('198.51.100.'):
                raise Failed(f'{baton.name} says {stats}')
            print(f'# {baton.name}: {stats["path"]} {stats["local_address"]} {stats["remote_address"]}')
        alice.hangup(call)
        bob.ended(got)


def latching():
    """No ICE: Alice names an address that nobody outside can reach, and Bob answers to where she is heard from."""
    plain = ('--ice=off', '--srtp=off')
    with Nat(LEFT) as network, \
            Inside(network, 'left', 'alice', 440, LEFT, plain, {}) as alice, \
            Inside(network, 'right', 'bob', 1000, RIGHT, plain + ('--answer=auto',), {}) as bob:
        call, got = talk(alice, bob)
        alice.hold(call)
        alice.wait('call', call=call, hold='local')
        mark = alice.mark()
        alice.resume(call)
        alice.wait('call', since=mark, call=call, hold='none')
        wait_tone(alice, bob.hz)
        wait_tone(bob, alice.hz)
        alice.hangup(call)
        bob.ended(got)


def dtls():
    """… and the keys come from there, too: Alice, who waits for Bob to begin, shows where she is."""
    keys = ('--ice=off', '--srtp=required', '--srtp-keys=dtls')
    with Nat(LEFT) as network, \
            Inside(network, 'left', 'alice', 440, LEFT, keys, {}) as alice, \
            Inside(network, 'right', 'bob', 1000, RIGHT, keys + ('--answer=auto',), {}) as bob:
        call, got = talk(alice, bob)
        if path_of(alice, call)['srtp'] != 'dtls':
            raise Failed(f'alice says {path_of(alice, call)}')
        alice.hangup(call)
        bob.ended(got)


CASES = dict(stun=stun, latching=latching, dtls=dtls)

def main():
    if without_program():
        return skip_all('baton-cli was not built')
    if not os.path.exists('/dev/net/tun'):
        return skip_all('there is no /dev/net/tun')
    wanted = sys.argv[1:] or list(CASES)
    return run_tap([(f'/nat/{name}', CASES[name]) for name in wanted])


if __name__ == '__main__':
    sys.exit(main())
