#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Baton beside programs that others wrote, on loopback: real SIP, real RTP, and what each hears by its frequency.

  interop.py baresip | linphone | attended | twinkle | sipp | registrar | killed [CASE…]"""
import os
import re
import sys

import tap
from kamailio import Kamailio
from phones import Baresip, Baton, Linphone, Sipp, Twinkle
from sound import listen_both, wait_tone
from tap import Failed, wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
AUTO = ('--answer=auto',)
TONE, PEER, OTHER = 440, 600, 1000


def other_of(kind):
    """The other phone: baresip's is linphonec, and the other way round."""
    return Linphone('carol', OTHER) if kind is Baresip else Baresip('carol', OTHER)


# --- baresip, linphone ----------------------------------------------------------------------------

def calls_baton(kind):
    """The phone calls, Baton answers; each hears the other; the phone hangs up."""
    with Baton(options=AUTO, hz=TONE) as baton, kind('bob', PEER) as phone:
        phone.dial(baton.uri)
        call = baton.incoming()
        baton.established(call)
        listen_both(baton, phone)
        phone.hangup()
        baton.ended(call)


def calls_phone(baton, phone, uri):
    """Baton calls the phone there, holds, resumes and hangs up; they hear each other."""
    call = baton.dial(uri)
    baton.established(call)
    listen_both(baton, phone)
    baton.hold_and_resume(call)
    listen_both(baton, phone)
    baton.hangup(call)
    phone.ended()
    baton.ended(call)


def is_called(kind):
    """Baton calls; hold and resume; Baton hangs up."""
    with Baton(hz=TONE) as baton, kind('bob', PEER) as phone:
        calls_phone(baton, phone, phone.uri)


def holds_baton(kind):
    """The phone puts Baton on hold and takes it back."""
    with Baton(options=AUTO, hz=TONE) as baton, kind('bob', PEER) as phone:
        call = takes_call(baton, phone, baton.uri)
        baton.is_held_and_resumed(call, phone)
        listen_both(baton, phone)
        baton.hangup(call)
        baton.ended(call)


def is_transferred(kind):
    """Baton transfers the phone blind to the other one: the two hear each other, Baton is out."""
    with Baton(hz=TONE) as baton, kind('bob', PEER) as phone, other_of(kind) as carol:
        call = baton.dial(phone.uri)
        baton.established(call)
        listen_both(baton, phone)
        moves(baton, phone, call, carol, carol.uri)


def comes_back(kind):
    """Baton transfers the phone to somebody busy: the phone is back with Baton and hears it."""
    with Baton(hz=TONE) as baton, kind('bob', PEER) as phone, \
            Sipp('-sf', HERE + '/sipp/target-busy.xml', name='busy') as busy:
        busy.wait_listening()
        call = baton.dial(phone.uri)
        baton.established(call)
        listen_both(baton, phone)
        mark = baton.mark()
        baton.transfer(call, f'{busy.uri}:5060')
        refer = baton.wait('refer-requested', direction='sent', call=call)['refer']
        baton.wait('refer-rejected', refer=refer)
        # linphonec holds the call, too, and takes that back itself: it never tries again when both do it at the same time
        baton.wait('call', since=mark, call=call, hold='none', state='established')
        listen_both(baton, phone)
        busy.finish()
        baton.hangup(call)
        phone.ended()


def takes_call(baton, phone, uri):
    """The phone calls Baton there, and they hear each other; says the call's number."""
    phone.dial(uri)
    call = baton.incoming()
    baton.established(call)
    phone.established()
    listen_both(baton, phone)
    return call


def is_moved(baton, phone, call, carol, uri):
    """The phone transfers Baton blind to carol there, and these two hear each other; says the new call's number."""
    phone.transfer(uri)
    refer = baton.wait('refer-requested', direction='received', call=call)['refer']
    new = baton.wait('refer-invite-sent', refer=refer)['call']
    baton.wait('refer-accepted', refer=refer)
    baton.established(new)
    wait_tone(carol, baton.hz)
    wait_tone(baton, carol.hz)
    return new


def moves(baton, phone, call, carol, uri):
    """Baton transfers the phone blind to carol there: they hear each other, and Baton is out."""
    baton.transfer(call, uri)
    refer = baton.wait('refer-requested', direction='sent', call=call)['refer']
    baton.wait('refer-request-accepted', refer=refer)
    baton.wait('refer-accepted', refer=refer)
    baton.ended(call)
    wait_tone(phone, carol.hz)
    wait_tone(carol, phone.hz)


def connects(baton, bob, carol, call, other):
    """Baton connects its two calls: bob and carol hear each other, and Baton is out."""
    baton.command(f'transfer {call} {other}')
    refer = baton.wait('refer-requested', direction='sent', call=call)['refer']
    baton.wait('refer-accepted', refer=refer)
    wait_tone(bob, carol.hz)
    wait_tone(carol, bob.hz)
    baton.ended(call, 15)
    baton.ended(other, 15)


def transfers_baton(kind):
    """The phone transfers Baton blind to the other one: Baton and the other hear each other."""
    with Baton(options=AUTO, hz=TONE) as baton, kind('bob', PEER) as phone, other_of(kind) as carol:
        call = takes_call(baton, phone, baton.uri)
        new = is_moved(baton, phone, call, carol, carol.uri)
        # linphonec leaves the old call to its user, who "can safely close" it
        if kind is Linphone:
            phone.hangup()
        baton.ended(call, 15)
        baton.hangup(new)
        baton.ended(new)


def transfers_baton_to_busy(kind):
    """The phone transfers Baton to somebody busy: the old call goes on."""
    with Baton(options=AUTO, hz=TONE) as baton, kind('bob', PEER) as phone, \
            Sipp('-sf', HERE + '/sipp/target-busy.xml', name='busy') as busy:
        busy.wait_listening()
        call = takes_call(baton, phone, baton.uri)
        phone.transfer(f'{busy.uri}:5060')
        refer = baton.wait('refer-requested', direction='received', call=call)['refer']
        baton.wait('refer-rejected', refer=refer, status=486)
        busy.finish()
        listen_both(baton, phone)
        baton.hangup(call)
        baton.ended(call)


def refuses(kind):
    """Baton transfers another Baton to the phone, whose user declines: the other one is back."""
    with Baton(hz=TONE) as baton, baton_auto('bob', PEER) as bob, kind('carol', OTHER, answer=False) as carol:
        call = baton.dial(bob.uri)
        baton.established(call)
        mark = baton.mark()
        baton.transfer(call, carol.uri)
        carol.rings()
        carol.decline()
        rejected = baton.wait('refer-rejected', since=mark)
        if not 400 <= rejected.get('status', 0) <= 699:
            raise Failed(f'refer-rejected says {rejected}')
        baton.wait('call', since=mark, call=call, hold='none', state='established')
        listen_both(baton, bob)
        baton.hangup(call)
        baton.ended(call)


def cases_with(kind):
    steps = [('calls Baton', calls_baton), ('is called by Baton', is_called), ('holds Baton', holds_baton),
             ('is transferred blind by Baton', is_transferred), ('comes back when the target is busy', comes_back),
             ('transfers Baton blind', transfers_baton),
             ('transfers Baton to somebody busy', transfers_baton_to_busy), ('is the target, and declines', refuses)]
    return [(f'{kind.program} {name}', lambda step=step: step(kind)) for name, step in steps]


# --- attended -------------------------------------------------------------------------------------

def attended_by_baton(first, second):
    """Baton calls both, and connects the first with the second by a REFER with Replaces."""
    with Baton(hz=TONE) as baton, first() as bob, second() as carol:
        to_bob = baton.dial(bob.uri)
        baton.established(to_bob)
        listen_both(baton, bob)
        baton.hold(to_bob)
        baton.wait('call', call=to_bob, hold='local')
        to_carol = baton.dial(carol.uri)
        baton.established(to_carol)
        wait_tone(carol, baton.hz)
        connects(baton, bob, carol, to_bob, to_carol)


def attended_by_linphone():
    """linphonec calls two Batons and connects them."""
    with Linphone('bob', PEER) as bob, Baton('anna', TONE, options=AUTO) as anna, \
            Baton('carol', OTHER, options=AUTO) as carol:
        linphone_has_two(bob, anna, carol)
        wait_tone(carol, bob.hz)
        bob.write('transfer 1 --to-call 2')
        anna.wait('refer-accepted')
        wait_tone(anna, carol.hz)
        wait_tone(carol, anna.hz)


def baton_auto(name, hz):
    return Baton(name, hz, options=AUTO)


def attended_refused(first):
    """Baton connects the first with a target that refuses to be called in its place: everybody is where they were."""
    with Baton(hz=TONE) as baton, first() as bob, \
            Sipp('-sf', HERE + '/sipp/target-refuses-replaces.xml', name='carol', calls=2) as carol:
        carol.wait_listening()
        to_bob = baton.dial(bob.uri)
        baton.established(to_bob)
        baton.hold(to_bob)
        baton.wait('call', call=to_bob, hold='local')
        to_carol = baton.dial(f'{carol.uri}:5060')
        baton.established(to_carol)
        mark = baton.mark()
        baton.command(f'transfer {to_bob} {to_carol}')
        rejected = baton.wait('refer-rejected', since=mark)
        if not 400 <= rejected.get('status', 0) <= 699:
            raise Failed(f'refer-rejected says {rejected}')
        baton.keeps(to_bob, to_carol)
        for call in (to_bob, to_carol):
            baton.hangup(call)
            baton.ended(call)
        carol.finish()


def attended_silently(first, second):
    """Baton connects the first with the second; one of them has no sound, so that only the signalling is looked at."""
    with Baton(hz=TONE) as baton, first() as bob, second() as carol:
        to_bob = baton.dial(bob.uri)
        baton.established(to_bob)
        baton.hold(to_bob)
        baton.wait('call', call=to_bob, hold='local')
        to_carol = baton.dial(carol.uri)
        baton.established(to_carol)
        mark = baton.mark()
        baton.command(f'transfer {to_bob} {to_carol}')
        # Twinkle says BYE as soon as the target answers, and then no more: handed over, not confirmed
        wait_until(lambda: f'the transfer succeeds ({baton.tail()})',
                   lambda: any(event['event'] == 'refer-accepted' or
                               (event['event'] == 'refer-ended' and event.get('reason') == 'not-confirmed')
                               for event in baton.events[mark:]))
        for phone in (bob, carol):
            if isinstance(phone, Baton):
                wait_until(lambda phone=phone: f'{phone.name} has a call ({phone.tail()})',
                           lambda phone=phone: phone.calls_up() == 1)
        baton.ended(to_bob, 15)
        baton.ended(to_carol, 15)


def attended_by_twinkle():
    """Twinkle has a Baton on each of its two lines and connects them."""
    with Twinkle('bob') as bob, Baton('anna', TONE, options=AUTO) as anna, \
            Baton('carol', OTHER, options=AUTO) as carol:
        twinkle_has_two(bob, anna, carol)
        bob.write('transfer -l')
        wait_until(lambda: f'a Baton is transferred ({bob.tail()})',
                   lambda: any(event.get('event') == 'refer-accepted' for event in list(anna.events) + list(carol.events)))
        listen_both(anna, carol)


def attended_to_busy(bob, call, connect):
    """Somebody has a Baton and a target that refuses to be called in its place, and connects them: the Baton is still
    there, and hears who it heard before."""
    with bob() as bob, Baton('anna', TONE, options=AUTO) as anna, \
            Sipp('-sf', HERE + '/sipp/target-refuses-replaces.xml', name='carol', calls=2) as carol:
        carol.wait_listening()
        call(bob, anna, carol)
        to_anna = anna.incoming()
        anna.established(to_anna)
        mark = anna.mark()
        connect(bob)
        anna.wait('refer-rejected', since=mark, status=486)
        anna.keeps(to_anna)
        return_to(bob, anna, to_anna)


def linphone_has_two(bob, first, second):
    bob.dial(f'{first.uri}:5060')
    bob.established()
    bob.hold()
    mark = bob.mark()
    bob.dial(f'{second.uri}:5060')
    bob.established(since=mark)


def twinkle_has_two(bob, first, second):
    """On a line each. It asks the second to call in place of the first."""
    bob.dial(f'{first.uri}:5060')
    bob.established()
    bob.hold()
    if isinstance(first, Baton):
        first.wait('call', call=1, hold='remote')
    bob.write('line 2')
    mark = bob.mark()
    bob.dial(f'{second.uri}:5060')
    bob.established(since=mark)


def return_to(bob, anna, call):
    """Back to the first line, where the Baton waits."""
    if isinstance(bob, Linphone):
        bob.resume(1)
        anna.wait('call', call=call, hold='none')
        wait_tone(anna, bob.hz)
    anna.hangup(call)
    anna.ended(call)


def attended_declined_by_baresip():
    """Baton connects another Baton with baresip, whose user does not take that call: all are where they were."""
    with Baton(hz=TONE) as baton, baton_auto('bob', PEER) as bob, Baresip('carol', OTHER, answer=False) as carol:
        to_bob = baton.dial(bob.uri)
        baton.established(to_bob)
        baton.hold(to_bob)
        baton.wait('call', call=to_bob, hold='local')
        to_carol = baton.dial(carol.uri)
        carol.rings()
        carol.command('accept')
        baton.established(to_carol)
        listen_both(baton, carol)
        heard = carol.mark()
        mark = baton.mark()
        baton.transfer(to_bob, to_carol)
        carol.wait('CALL_INCOMING', since=heard)
        carol.decline()
        rejected = baton.wait('refer-rejected', since=mark)
        if not 400 <= rejected.get('status', 0) <= 699:
            raise Failed(f'refer-rejected says {rejected}')
        baton.keeps(to_bob, to_carol)
        listen_both(baton, carol)
        baton.hangup(to_carol)
        baton.ended(to_carol)
        if baton.held(to_bob) == 'local':
            baton.resume(to_bob)
        wait_until(lambda: f'bob is back ({baton.tail()})', lambda: baton.held(to_bob) == 'none')
        listen_both(baton, bob)
        baton.hangup(to_bob)
        baton.ended(to_bob)


def attended_cases():
    return [
        ('linphonec is transferred attended to a target that refuses',
         lambda: attended_refused(lambda: Linphone('bob', PEER))),
        ('a Baton is transferred attended to a target that refuses',
         lambda: attended_refused(lambda: baton_auto('bob', PEER))),
        ('Twinkle is transferred attended to a Baton',
         lambda: attended_silently(lambda: Twinkle('bob'), lambda: baton_auto('carol', OTHER))),
        ('Twinkle is transferred attended to a target that refuses', lambda: attended_refused(lambda: Twinkle('bob'))),
        ('Twinkle transfers a Baton attended to a Baton', attended_by_twinkle),
        ('Twinkle transfers a Baton attended to a target that refuses',
         lambda: attended_to_busy(lambda: Twinkle('bob'), lambda bob, anna, carol: twinkle_has_two(bob, carol, anna),
                                  lambda bob: bob.write('transfer -l'))),
        ('linphonec transfers a Baton attended to a target that refuses',
         lambda: attended_to_busy(lambda: Linphone('bob', PEER), linphone_has_two,
                                  lambda bob: bob.write('transfer 1 --to-call 2'))),
        ('a Baton is transferred attended to baresip, which declines', attended_declined_by_baresip),
        ('baresip is transferred attended to a Baton',
         lambda: attended_by_baton(lambda: Baresip('bob', PEER), lambda: baton_auto('carol', OTHER))),
        ('linphonec is transferred attended to a Baton',
         lambda: attended_by_baton(lambda: Linphone('bob', PEER), lambda: baton_auto('carol', OTHER))),
        ('a Baton is transferred attended to linphonec',
         lambda: attended_by_baton(lambda: baton_auto('bob', PEER), lambda: Linphone('carol', OTHER))),
        ('a Baton is transferred attended to baresip, which does not know Replaces',
         lambda: attended_by_baton(lambda: baton_auto('bob', PEER), lambda: Baresip('carol', OTHER))),
        ('a Baton is transferred attended to a Baton',
         lambda: attended_by_baton(lambda: baton_auto('bob', PEER), lambda: baton_auto('carol', OTHER))),
        ('linphonec transfers a Baton attended to a Baton', attended_by_linphone),
    ]


# --- Twinkle: signalling alone, it has no sound here ------------------------------------------------

def twinkle_calls():
    """Twinkle calls, holds, takes back and hangs up."""
    with Baton(options=AUTO, hz=TONE) as baton, Twinkle('bob') as phone:
        phone.dial(f'{baton.uri}:5060')
        call = baton.incoming()
        baton.established(call)
        phone.established()
        baton.is_held_and_resumed(call, phone)
        phone.hangup()
        baton.ended(call)


def twinkle_is_transferred():
    with Baton(hz=TONE) as baton, Twinkle('bob') as phone, baton_auto('carol', OTHER) as carol:
        call = baton.dial(phone.uri)
        baton.established(call)
        baton.transfer(call, carol.uri)
        refer = baton.wait('refer-requested', direction='sent', call=call)['refer']
        baton.wait('refer-accepted', refer=refer)
        carol.established(carol.incoming())
        baton.ended(call)


def twinkle_comes_back():
    with Baton(hz=TONE) as baton, Twinkle('bob') as phone, \
            Sipp('-sf', HERE + '/sipp/target-busy.xml', name='busy') as busy:
        busy.wait_listening()
        call = baton.dial(phone.uri)
        baton.established(call)
        mark = baton.mark()
        baton.transfer(call, f'{busy.uri}:5060')
        baton.wait('refer-rejected', since=mark)
        baton.wait('call', since=mark, call=call, hold='none', state='established')
        baton.hangup(call)
        baton.ended(call)


def twinkle_transfers():
    """Twinkle transfers Baton blind to another Baton; the two hear each other."""
    with Baton(options=AUTO, hz=TONE) as baton, Twinkle('bob') as phone, baton_auto('carol', OTHER) as carol:
        phone.dial(f'{baton.uri}:5060')
        call = baton.incoming()
        baton.established(call)
        phone.established()
        phone.transfer(f'{carol.uri}:5060')
        refer = baton.wait('refer-requested', direction='received', call=call)['refer']
        baton.wait('refer-accepted', refer=refer)
        listen_both(baton, carol)
        baton.ended(call, 15)


def twinkle_transfers_to_busy():
    with Baton(options=AUTO, hz=TONE) as baton, Twinkle('bob') as phone, \
            Sipp('-sf', HERE + '/sipp/target-busy.xml', name='busy') as busy:
        busy.wait_listening()
        phone.dial(f'{baton.uri}:5060')
        call = baton.incoming()
        baton.established(call)
        phone.established()
        mark = baton.mark()
        phone.transfer(f'{busy.uri}:5060')
        refer = baton.wait('refer-requested', direction='received', call=call)['refer']
        baton.wait('refer-rejected', refer=refer, status=486)
        busy.finish()
        baton.keeps(call)
        baton.hangup(call)
        baton.ended(call)


def twinkle_is_a_target():
    with Baton(hz=TONE) as baton, baton_auto('bob', PEER) as bob, Twinkle('carol') as carol:
        call = baton.dial(bob.uri)
        baton.established(call)
        baton.transfer(call, carol.uri)
        baton.wait('refer-accepted')
        carol.established()
        baton.ended(call)


def twinkle_cases():
    return [('Twinkle calls Baton', twinkle_calls), ('Twinkle is transferred by Baton', twinkle_is_transferred),
            ('Twinkle comes back when the target is busy', twinkle_comes_back),
            ('Twinkle transfers Baton', twinkle_transfers),
            ('Twinkle transfers Baton to somebody busy', twinkle_transfers_to_busy),
            ('Twinkle is the target', twinkle_is_a_target), ('Twinkle is the target, and declines', lambda: refuses(Twinkle))]


# --- SIPp -----------------------------------------------------------------------------------------

def sipp_uac(transport=()):
    with Baton('service', options=AUTO) as baton, \
            Sipp('-sn', 'uac', '-d', '300', '-r', '5', *transport, target=f'{baton.address}:5060', calls=5) as sipp:
        sipp.finish()
        wait_until('all calls have ended', lambda: sum(event.get('state') == 'ended' for event in list(baton.events)) >= 5)


def sipp_uas(transport=()):
    with Baton() as baton, Sipp('-sn', 'uas', '-rtp_echo', *transport, calls=3) as sipp:
        sipp.wait_listening()
        tail = ';transport=tcp' if transport else ''
        for _ in range(3):
            call = baton.dial(f'{sipp.uri}:5060{tail}')
            baton.established(call)
            wait_tone(baton, baton.hz)  # its own tone, as an echo
            baton.hangup(call)
            baton.ended(call)
        sipp.finish()


def sipp_transferor(scenario, target, headers=''):
    with Baton('service', options=AUTO + ('--refer=follow',)) as baton, Sipp(*target, name='carol') as carol:
        carol.wait_listening()
        with Sipp('-sf', f'{HERE}/sipp/{scenario}', '-key', 'target', f'{carol.uri}:5060{headers}',
                  target=f'{baton.address}:5060') as sipp:
            sipp.finish()
            if 'success' in scenario:
                new = baton.wait('refer-invite-sent')['call']
                baton.hangup(new)
                baton.ended(new)
        carol.finish()


def sipp_transferor_attended(scenario, target):
    """SIPp has Baton call somebody in place of a dialog; whether Replaces is right is seen there."""
    sipp_transferor(scenario, target, '?Replaces=a%25b%40192.0.2.1%3Bto-tag%3Dt%2B1%3Bfrom-tag%3Df-1&Require=replaces')


def sipp_uac_xml(scenario):
    with Baton('service', options=AUTO) as baton:
        with Sipp('-sf', f'{HERE}/sipp/{scenario}', target=f'{baton.address}:5060') as sipp:
            sipp.finish()


def sipp_transferee(scenario, ends):
    """SIPp is called and transferred; `ends` is the event that tells Baton's user how it went."""
    with Baton() as baton, Sipp('-sf', f'{HERE}/sipp/{scenario}', name='bob') as sipp:
        sipp.wait_listening()
        call = baton.dial(f'{sipp.uri}:5060')
        baton.established(call)
        mark = baton.mark()
        baton.transfer(call, 'sip:carol@127.0.0.1:9')
        baton.wait(ends, since=mark)
        if ends != 'refer-accepted':
            baton.wait('call', since=mark, call=call, hold='none', state='established')  # and then SIPp hangs up
        baton.ended(call)
        sipp.finish()


def sipp_transferee_attended(scenario, ends):
    """The same after Baton has asked carol; when it fails, both calls are as they were."""
    with Baton() as baton, Baton('carol', options=AUTO) as carol, \
            Sipp('-sf', f'{HERE}/sipp/{scenario}', name='bob') as sipp:
        sipp.wait_listening()
        call = baton.dial(f'{sipp.uri}:5060')
        baton.established(call)
        baton.hold(call)
        baton.wait('call', call=call, hold='local')
        target = baton.dial(f'{carol.uri}:5060')
        baton.established(target)
        mark = baton.mark()
        baton.transfer(call, target)
        if 'to-tag=' not in baton.wait('refer-requested', since=mark)['replaces']:
            raise Failed(f'no Replaces: {baton.tail()}')
        baton.wait(ends, since=mark)
        if ends == 'refer-rejected':
            baton.keeps(call, target)
            baton.resume(call)
            baton.wait('call', since=mark, call=call, hold='none', state='established')
            baton.hangup(target)
        baton.ended(call)
        baton.ended(target, 15)
        sipp.finish()
        wanted = f'<sip:carol@{re.escape(carol.address)}:5060[?]Replaces=[^>&;]+%3Bto-tag%3D\\w+%3Bfrom-tag%3D\\w+[>&]'
        if not re.search(wanted, sipp.log()):
            raise Failed(f'Refer-To was not {wanted}: {sipp.log()}')


def sipp_cases():
    tcp = ('-t', 't1')
    uas, busy = ('-sn', 'uas'), ('-sf', HERE + '/sipp/target-busy.xml')
    return [
        ('SIPp uac', sipp_uac), ('SIPp uac over TCP', lambda: sipp_uac(tcp)),
        ('SIPp uas', sipp_uas), ('SIPp uas over TCP', lambda: sipp_uas(tcp)),
        ('SIPp transfers Baton', lambda: sipp_transferor('transferor-success.xml', uas)),
        ('SIPp transfers Baton to somebody busy', lambda: sipp_transferor('transferor-failure.xml', busy)),
        ('SIPp sends REFERs that nobody should follow', lambda: sipp_uac_xml('transferor-bad.xml')),
        ('SIPp is transferred', lambda: sipp_transferee('transferee-success.xml', 'refer-accepted')),
        ('SIPp is transferred, the target is busy', lambda: sipp_transferee('transferee-failure.xml', 'refer-rejected')),
        ('SIPp refuses to be transferred', lambda: sipp_transferee('transferee-refuses.xml', 'refer-request-rejected')),
        ('SIPp transfers Baton attended',
         lambda: sipp_transferor_attended('transferor-success.xml', ('-sf', HERE + '/sipp/target-attended.xml'))),
        ('SIPp transfers Baton attended to somebody busy',
         lambda: sipp_transferor_attended('transferor-failure.xml', ('-sf', HERE + '/sipp/target-attended-busy.xml'))),
        ('SIPp is transferred attended', lambda: sipp_transferee_attended('transferee-success.xml', 'refer-accepted')),
        ('SIPp is transferred attended, the target is busy',
         lambda: sipp_transferee_attended('transferee-failure.xml', 'refer-rejected')),
        ('SIPp replaces its own call', lambda: sipp_uac_xml('target-replaces.xml')),
        ('SIPp sends Replaces of an unknown dialog', lambda: sipp_uac_xml('target-no-such-dialog.xml')),
    ]


# --- a real registrar -----------------------------------------------------------------------------

def registrar(password='correct horse'):
    return Kamailio(HERE + '/kamailio.cfg.in', PASSWORD=password)


def account(server, password='correct horse'):
    return dict(options=AUTO + (f'--identity=sip:alice@{server.address}', f'--registrar=sip:{server.address}',
                                '--auth-user=alice'), env=dict(BATON_PASSWORD=password))


def registers():
    """Baton registers with digest and gets a call through the registrar; the tone says that it is the right one."""
    with registrar() as server, Baton('alice', TONE, **account(server)) as alice:
        alice.wait('registered')
        with Baton('bob', OTHER, options=(f'--outbound-proxy=sip:{server.address};lr',)) as bob:
            call = bob.dial(f'sip:alice@{server.address}')
            bob.established(call)
            got = alice.incoming()
            listen_both(alice, bob)
            bob.hangup(call)
            alice.ended(got)
        mark = alice.mark()
        alice.command('unregister')
        alice.wait('unregistered', since=mark)


def calls_through_the_registrar():
    """A call out through the server that asks for the password on INVITE too."""
    with registrar() as server, Baton('alice', TONE, **account(server)) as alice, \
            Baton('bob', OTHER, options=AUTO) as bob:
        alice.wait('registered')
        call = alice.dial(f'{bob.uri}:5060')
        alice.established(call)
        listen_both(alice, bob)
        alice.hangup(call)
        alice.ended(call)


def wrong_password():
    with registrar() as server, Baton('alice', TONE, **account(server, 'wrong')) as alice:
        failed = alice.wait('registration-failed')
        if failed.get('status') not in (401, 403, 407):
            raise Failed(f'registration-failed says {failed}')


def registrar_cases():
    return [('kamailio: Baton registers and is called', registers),
            ('kamailio: Baton calls with its password', calls_through_the_registrar),
            ('kamailio: a wrong password', wrong_password)]


# --- killed ---------------------------------------------------------------------------------------

def registrar_dies():
    """The server dies, and then Alice is to call somebody through it: she stays with Bob, and both are told why."""
    with registrar() as server, Baton('alice', TONE, **account(server)) as alice, Baton('bob', OTHER) as bob:
        alice.wait('registered')
        call = bob.dial(f'{alice.uri}:5060')
        bob.established(call)
        listen_both(alice, bob)
        server.kill()
        mark = bob.mark()
        bob.transfer(call, f'sip:carol@{server.address}')
        rejected = bob.wait('refer-rejected', since=mark)
        if rejected.get('status') not in (408, 503):
            raise Failed(f'refer-rejected says {rejected}')
        alice.wait('refer-rejected', status=rejected['status'])
        bob.wait('call', since=mark, call=call, hold='none', state='established')
        listen_both(alice, bob)
        alice.command('register')
        alice.wait('registration-failed')
        bob.hangup(call)
        bob.ended(call)


def server_dies_in_a_call():
    """The server that all requests of a call go through dies: the sound goes on, and who hangs up is not kept waiting."""
    with registrar() as server, Baton('alice', TONE, **account(server)) as alice, \
            Baton('bob', OTHER, options=(f'--outbound-proxy=sip:{server.address};lr',)) as bob:
        alice.wait('registered')
        call = bob.dial(f'sip:alice@{server.address}')
        bob.established(call)
        got = alice.incoming()
        listen_both(alice, bob)
        server.kill()
        mark = bob.mark()
        bob.transfer(call, 'sip:carol@127.0.0.1:9')
        bob.wait('refer-ended', since=mark)
        bob.hangup(call)
        bob.ended(call)
        alice.hangup(got)
        alice.ended(got)


def target_dies_later():
    """Bob was transferred, and then who he speaks with is gone without a word: he is told within 5 s, and can hang up."""
    with Baton('alice', TONE) as alice, baton_auto('bob', PEER) as bob, baton_auto('carol', OTHER) as carol:
        call = alice.dial(bob.uri)
        alice.established(call)
        alice.transfer(call, carol.uri)
        new = bob.wait('refer-invite-sent')['call']
        bob.wait('refer-accepted')
        listen_both(bob, carol)
        carol.kill()
        carol.close()
        wait_until('bob is told that he hears nobody', lambda: bob.stats(new)['one_way'], 5, 0.2)
        bob.hangup(new)
        bob.ended(new)
        alice.ended(call)


def killed_cases():
    return [('kamailio is killed, and then there is a transfer', registrar_dies),
            ('kamailio is killed in a call through it', server_dies_in_a_call),
            ('the target is killed after the transfer', target_dies_later)]


if __name__ == '__main__':
    sys.exit(tap.main(__doc__, dict(
        baresip=lambda: cases_with(Baresip), linphone=lambda: cases_with(Linphone), attended=attended_cases,
        twinkle=twinkle_cases, sipp=sipp_cases, registrar=registrar_cases, killed=killed_cases),
        at_once=2))
