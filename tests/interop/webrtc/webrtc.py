#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Baton and a browser: a headless Chromium with npm's SIP.js, through Kamailio's websocket module, all on loopback.

  webrtc.py [CASE…]

What each hears is said by its frequency. What isn't installed is said, and the cases are skipped."""
import contextlib
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

# pylint: disable=wrong-import-position
from browser import Browser, Kamailio
from phones import Baton
from sound import tones_in, wait_tone
from tap import Failed, Skipped, chosen, clean_up_when_stopped, run_tap, skip_all, without_program

ALICE, BOB, BROWSER = 440, 1000, 700
browser = None


def say(text):
    print(f'# {text}', flush=True)


def baton(server, name, hz, *more):
    return Baton(name, hz, options=('--codecs=opus,g722,pcmu,pcma', '--webrtc=on', '--refer=follow',
                                    f'--identity=sip:{name}@{server.address}', f'--registrar=sip:{server.address}',
                                    *more))


@contextlib.contextmanager
def registered(*names):
    """The server, the browser and these Batons at it."""
    hz = dict(alice=ALICE, bob=BOB)
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(Kamailio())
        phones = [stack.enter_context(baton(server, name, hz[name], '--answer=auto')) for name in names]
        for phone in phones:
            phone.wait('registered')
            phone.address_of_record = f'sip:{phone.name}@{server.address}'
        browser.register(server)
        yield phones


def heard_by(phone):
    """The frequency of the newest sound that it hears."""
    newest = max(phone.heard(), key=os.path.getmtime)
    return next((tone for _, tone, _ in reversed(tones_in(newest)) if tone), 0)


def between(phone, call):
    """Each hears the other."""
    hz, level = browser.hears(call, phone.hz)
    wait_tone(phone, browser.hz, 15)
    say(f'the browser hears {hz:.1f} Hz of {phone.name} ({phone.hz}) at {level:.0f} dB; '
        f'{phone.name} hears {heard_by(phone):.1f} Hz of the browser ({browser.hz})')


def between_batons(one, other):
    wait_tone(one, other.hz, 15)
    wait_tone(other, one.hz, 15)
    say(f'{one.name} hears {heard_by(one):.1f} Hz of {other.name} ({other.hz}); '
        f'{other.name} hears {heard_by(other):.1f} Hz of {one.name} ({one.hz})')


def facts(phone, number, call):
    """What both say of the encryption and the codec."""
    event = phone.established(number, 15)
    seen = browser.call('facts', call)
    say(f'{phone.name}: {event.get("codec")}, {event.get("srtp")}; the browser: {seen}')
    if event.get('srtp') != 'dtls' or event.get('codec') != 'opus' or seen.get('dtls') != 'connected':
        raise Failed(f'{phone.name} says {event}, the browser {seen}')
    return seen


def browser_dials(phone):
    mark = phone.mark()
    call = browser.dial(phone.address_of_record)
    browser.established(call)
    number = phone.incoming(mark)
    phone.established(number, 15)
    return call, number


def baton_dials(phone):
    mark = browser.mark()
    number = phone.dial(browser.uri)
    phone.established(number, 15)
    call = browser.wait('incoming', since=mark)['call']
    browser.established(call)
    return call, number


# --- calls ----------------------------------------------------------------------------------------

def browser_calls():
    with registered('alice') as (alice,):
        call, number = browser_dials(alice)
        between(alice, call)
        facts(alice, number, call)
        mark = alice.mark()
        browser.call('dtmf', call, '5')
        alice.wait('dtmf', since=mark, call=number, digit='5')
        browser.call('hangup', call)
        alice.ended(number)


def browser_is_called():
    with registered('alice') as (alice,):
        call, number = baton_dials(alice)
        between(alice, call)
        facts(alice, number, call)
        alice.hangup(number)
        browser.ended(call)
        alice.ended(number)


# --- hold -----------------------------------------------------------------------------------------

def keys_of(call):
    """What another DTLS association or ICE restart would change."""
    return [line for text in browser.call('descriptions', call) for line in text.split('\r\n')
            if line.startswith(('a=fingerprint', 'a=ice-ufrag', 'a=ice-pwd'))]


def holds(dials):
    """Both ways, one after the other; the keys are those of the first handshake all the time."""
    with registered('alice') as (alice,):
        call, number = dials(alice)
        between(alice, call)
        before, keys, begun = facts(alice, number, call), keys_of(call), browser.mark()

        mark = alice.mark()
        alice.hold(number)
        alice.wait('call', since=mark, call=number, hold='local')
        browser.hears_nothing(call)
        say('alice holds: the browser hears nothing')
        mark = alice.mark()
        alice.resume(number)
        alice.wait('call', since=mark, call=number, hold='none')
        between(alice, call)

        mark = alice.mark()
        browser.call('hold', call)
        alice.wait('call', since=mark, call=number, hold='remote')
        browser.hears_nothing(call)
        say('the browser holds: it hears nothing')
        mark = alice.mark()
        browser.call('resume', call)
        alice.wait('call', since=mark, call=number, hold='none')
        between(alice, call)

        after = browser.call('facts', call)
        anew = [event for event in browser.log()[begun:] if event['event'] == 'connection']
        if keys_of(call) != keys or after != before or anew:
            raise Failed(f'another handshake: {before} then {after}, {anew}')
        say(f'after four re-INVITEs: {after}')
        alice.hangup(number)
        browser.ended(call)


# --- transfers ------------------------------------------------------------------------------------

def baton_transfers_blind():
    with registered('alice', 'bob') as (alice, bob):
        call, number = browser_dials(alice)
        between(alice, call)
        mark = browser.mark()
        alice.transfer(number, bob.address_of_record)
        refer = alice.wait('refer-requested', direction='sent', call=number)['refer']
        alice.wait('refer-accepted', 20, refer=refer)
        new = browser.wait('following', since=mark)['call']
        browser.established(new)
        between(bob, new)
        alice.ended(number)
        browser.ended(call)
        browser.call('hangup', new)


def browser_transfers_blind():
    with registered('alice', 'bob') as (alice, bob):
        call, number = browser_dials(alice)
        between(alice, call)
        browser.call('transfer', call, bob.address_of_record)
        refer = alice.wait('refer-requested', direction='received', call=number)['refer']
        new = alice.wait('refer-invite-sent', refer=refer)['call']
        alice.established(new, 15)
        between_batons(alice, bob)
        browser.wait('refer-notify', line='SIP/2.0 200 OK')
        browser.ended(call)
        alice.ended(number)
        alice.hangup(new)


def baton_transfers_attended():
    """Alice asks bob, and gives the browser to him."""
    with registered('alice', 'bob') as (alice, bob):
        call, number = browser_dials(alice)
        between(alice, call)
        alice.hold(number)
        alice.wait('call', call=number, hold='local')
        second = alice.dial(bob.address_of_record)
        alice.established(second, 15)
        between_batons(alice, bob)
        mark = browser.mark()
        alice.transfer(number, second)
        new = browser.wait('following', since=mark)['call']
        browser.established(new)
        between(bob, new)
        alice.ended(number)
        alice.ended(second)
        browser.call('hangup', new)


def baton_transfers_to_browser():
    """Alice has bob, asks the browser, and gives bob to it: bob calls an address that only the server can reach."""
    with registered('alice', 'bob') as (alice, bob):
        number = alice.dial(bob.address_of_record)
        alice.established(number, 15)
        between_batons(alice, bob)
        alice.hold(number)
        alice.wait('call', call=number, hold='local')
        call, second = baton_dials(alice)
        between(alice, call)
        mark = browser.mark()
        alice.transfer(number, second)
        new = browser.wait('incoming', since=mark)['call']
        browser.established(new)
        browser.ended(call)  # the one that was replaced
        between(bob, new)
        alice.ended(number)
        alice.ended(second)
        browser.call('hangup', new)


def browser_transfers_attended():
    """The browser has alice and bob, and gives alice to bob."""
    with registered('alice', 'bob') as (alice, bob):
        call, number = browser_dials(alice)
        between(alice, call)
        browser.call('hold', call)
        alice.wait('call', call=number, hold='remote')
        second, bobs = browser_dials(bob)
        between(bob, second)
        browser.call('transferTo', call, second)
        refer = alice.wait('refer-requested', direction='received', call=number)['refer']
        new = alice.wait('refer-invite-sent', refer=refer)['call']
        alice.established(new, 15)
        between_batons(alice, bob)
        alice.ended(number)
        bob.ended(bobs)
        browser.ended(second)
        alice.hangup(new)


CASES = [('the browser calls Baton', browser_calls), ('Baton calls the browser', browser_is_called),
         ('hold both ways, the browser called', lambda: holds(browser_dials)),
         ('hold both ways, Baton called', lambda: holds(baton_dials)),
         ('Baton transfers the browser blind', baton_transfers_blind),
         ('the browser transfers Baton blind', browser_transfers_blind),
         ('Baton transfers the browser attended', baton_transfers_attended),
         ('Baton transfers another Baton to the browser, attended', baton_transfers_to_browser),
         ('the browser transfers Baton attended', browser_transfers_attended)]


def main():
    global browser
    if without_program():
        return skip_all('baton-cli was not built')
    clean_up_when_stopped()
    try:
        Kamailio().close()
        with Browser(hz=BROWSER) as browser:
            return run_tap(chosen(CASES, sys.argv[1:]))
    except Skipped as why:
        return skip_all(why)


if __name__ == '__main__':
    sys.exit(main())
