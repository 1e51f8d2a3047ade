#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Baton beside programs that others wrote, on loopback: real SIP, real RTP, and what each hears by its frequency.

  interop.py baresip | linphone | attended | twinkle | sipp | registrar [CASE…]"""
import os
import sys

from phones import (Baresip, Baton, Failed, Linphone, Phone, Sipp, Twinkle, port_taken, run_tap, wait_tone,
                    wait_until)

HERE = os.path.dirname(os.path.abspath(__file__))
AUTO = ('--answer=auto',)
TONE, PEER, OTHER = 440, 600, 1000


def other_of(kind):
    """The other phone: baresip's is linphonec, and the other way round."""
    return Linphone('carol', OTHER) if kind is Baresip else Baresip('carol', OTHER)


def listen_both(baton, phone):
    wait_tone(phone, baton.hz)
    wait_tone(baton, phone.hz)


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


def is_called(kind):
    """Baton calls; hold and resume; Baton hangs up."""
    with Baton(hz=TONE) as baton, kind('bob', PEER) as phone:
        call = baton.dial(phone.uri)
        baton.established(call)
        listen_both(baton, phone)
        baton.hold(call)
        baton.wait('call', call=call, hold='local')
        mark = baton.mark()
        baton.resume(call)
        baton.wait('call', since=mark, call=call, hold='none')
        listen_both(baton, phone)
        baton.hangup(call)
        phone.ended()
        baton.ended(call)


def holds_baton(kind):
    """The phone puts Baton on hold and takes it back."""
    with Baton(options=AUTO, hz=TONE) as baton, kind('bob', PEER) as phone:
        phone.dial(baton.uri)
        call = baton.incoming()
        baton.established(call)
        phone.established()
        listen_both(baton, phone)
        phone.hold()
        baton.wait('call', call=call, hold='remote')
        if kind is Linphone:
            phone.wait('is now paused')
        mark = baton.mark()
        phone.resume()
        baton.wait('call', since=mark, call=call, hold='none')
        listen_both(baton, phone)
        baton.hangup(call)
        baton.ended(call)


def is_transferred(kind):
    """Baton transfers the phone blind to the other one: the two hear each other, Baton is out."""
    with Baton(hz=TONE) as baton, kind('bob', PEER) as phone, other_of(kind) as carol:
        call = baton.dial(phone.uri)
        baton.established(call)
        listen_both(baton, phone)
        baton.transfer(call, carol.uri)
        refer = baton.wait('refer-requested', direction='sent', call=call)['refer']
        baton.wait('refer-request-accepted', refer=refer)
        baton.wait('refer-accepted', refer=refer)
        baton.ended(call)
        wait_tone(phone, carol.hz)
        wait_tone(carol, phone.hz)


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
        baton.wait('call', since=mark, call=call, hold='none', state='established')
        listen_both(baton, phone)
        busy.finish()
        baton.hangup(call)
        phone.ended()


def transfers_baton(kind):
    """The phone transfers Baton blind to the other one: Baton and the other hear each other."""
    with Baton(options=AUTO, hz=TONE) as baton, kind('bob', PEER) as phone, other_of(kind) as carol:
        phone.dial(baton.uri)
        call = baton.incoming()
        baton.established(call)
        phone.established()
        listen_both(baton, phone)
        phone.transfer(carol.uri)
        refer = baton.wait('refer-requested', direction='received', call=call)['refer']
        new = baton.wait('refer-invite-sent', refer=refer)['call']
        baton.wait('refer-accepted', refer=refer)
        baton.established(new)
        wait_tone(carol, baton.hz)
        wait_tone(baton, carol.hz)
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
        phone.dial(baton.uri)
        call = baton.incoming()
        baton.established(call)
        phone.established()
        listen_both(baton, phone)
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
        baton.command(f'transfer {to_bob} {to_carol}')
        refer = baton.wait('refer-requested', direction='sent', call=to_bob)['refer']
        baton.wait('refer-accepted', refer=refer)
        wait_tone(bob, carol.hz)
        wait_tone(carol, bob.hz)
        baton.ended(to_bob, 15)
        baton.ended(to_carol, 15)


def attended_by_linphone():
    """linphonec calls two Batons and connects them."""
    with Linphone('bob', PEER) as bob, Baton('anna', TONE, options=AUTO) as anna, \
            Baton('carol', OTHER, options=AUTO) as carol:
        bob.dial(anna.uri)
        to_anna = anna.incoming()
        anna.established(to_anna)
        bob.established()
        wait_tone(anna, bob.hz)
        bob.hold()
        bob.wait('is now paused')
        anna.wait('call', call=to_anna, hold='remote')
        mark = bob.mark()
        bob.dial(carol.uri)
        carol.established(carol.incoming())
        bob.established(since=mark)
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
        for call in (to_bob, to_carol):
            baton.hangup(call)
            baton.ended(call)
            bad = [event for event in list(baton.events) if event.get('call') == call and event.get('reason') == 'error']
            if bad:
                raise Failed(f'a call was lost: {bad}')
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
        bob.dial(f'{anna.uri}:5060')
        to_anna = anna.incoming()
        anna.established(to_anna)
        bob.established()
        bob.hold()
        anna.wait('call', call=to_anna, hold='remote')
        bob.write('line 2')
        mark = bob.mark()
        bob.dial(f'{carol.uri}:5060')
        carol.established(carol.incoming())
        bob.established(since=mark)
        bob.write('transfer -l')
        wait_until(lambda: f'a Baton is transferred ({bob.tail()})',
                   lambda: any(event.get('event') == 'refer-accepted' for event in list(anna.events) + list(carol.events)))
        listen_both(anna, carol)


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
        phone.hold()
        baton.wait('call', call=call, hold='remote')
        mark = baton.mark()
        phone.resume()
        baton.wait('call', since=mark, call=call, hold='none')
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
        if any(event.get('state') == 'ended' for event in baton.events[mark:] if event.get('call') == call):
            raise Failed('the old call was lost')
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


def sipp_transferor(scenario, target):
    with Baton('service', options=AUTO + ('--refer=follow',)) as baton, Sipp(*target, name='carol') as carol:
        carol.wait_listening()
        with Sipp('-sf', f'{HERE}/sipp/{scenario}', '-key', 'target', f'{carol.uri}:5060',
                  target=f'{baton.address}:5060') as sipp:
            sipp.finish()
            if 'success' in scenario:
                new = baton.wait('refer-invite-sent')['call']
                baton.hangup(new)
                baton.ended(new)
        carol.finish()


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
            baton.wait('call', since=mark, call=call, hold='none', state='established')
            baton.hangup(call)
        baton.ended(call)
        sipp.finish()


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
        ('SIPp replaces its own call', lambda: sipp_uac_xml('target-replaces.xml')),
        ('SIPp sends Replaces of an unknown dialog', lambda: sipp_uac_xml('target-no-such-dialog.xml')),
    ]


# --- a real registrar -----------------------------------------------------------------------------

class Kamailio(Phone):
    program = 'kamailio'

    def __init__(self, password='correct horse'):
        super().__init__('kamailio')
        os.environ['PATH'] += ':/usr/sbin'
        with open(HERE + '/kamailio.cfg.in', encoding='ascii') as template, \
                open(self.folder + '/kamailio.cfg', 'w', encoding='ascii') as config:
            config.write(template.read().replace('@ADDRESS@', self.address).replace('@DOMAIN@', self.address)
                         .replace('@PASSWORD@', password))
        self.start([self.program, '-f', self.folder + '/kamailio.cfg', '-DD', '-E', '-m', '32', '-M', '8',
                    '-w', self.folder, '-Y', self.folder, '-P', self.folder + '/pid'], start_new_session=True)
        wait_until(lambda: f'kamailio listens ({self.tail()})', lambda: port_taken(self.address, 5060))


def account(server, password='correct horse'):
    return dict(options=AUTO + (f'--identity=sip:alice@{server.address}', f'--registrar=sip:{server.address}',
                                '--auth-user=alice'), env=dict(BATON_PASSWORD=password))


def registers():
    """Baton registers with digest and gets a call through the registrar; the tone says that it is the right one."""
    with Kamailio() as server, Baton('alice', TONE, **account(server)) as alice:
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
    with Kamailio() as server, Baton('alice', TONE, **account(server)) as alice, \
            Baton('bob', OTHER, options=AUTO) as bob:
        alice.wait('registered')
        call = alice.dial(f'{bob.uri}:5060')
        alice.established(call)
        listen_both(alice, bob)
        alice.hangup(call)
        alice.ended(call)


def wrong_password():
    with Kamailio() as server, Baton('alice', TONE, **account(server, 'wrong')) as alice:
        failed = alice.wait('registration-failed')
        if failed.get('status') not in (401, 403, 407):
            raise Failed(f'registration-failed says {failed}')


def registrar_cases():
    return [('kamailio: Baton registers and is called', registers),
            ('kamailio: Baton calls with its password', calls_through_the_registrar),
            ('kamailio: a wrong password', wrong_password)]


def main():
    suites = dict(baresip=lambda: cases_with(Baresip), linphone=lambda: cases_with(Linphone), attended=attended_cases,
                  twinkle=twinkle_cases,
                  sipp=sipp_cases, registrar=registrar_cases)
    if len(sys.argv) < 2 or sys.argv[1] not in suites:
        print(__doc__, file=sys.stderr)
        return 2
    if not os.path.exists(os.environ.get('BATON_CLI', '')):
        print('1..0 # SKIP baton-cli was not built')
        return 0
    cases = suites[sys.argv[1]]()
    if len(sys.argv) > 2:
        cases = [case for case in cases if any(word in case[0] for word in sys.argv[2:])]
    return run_tap(cases)


if __name__ == '__main__':
    sys.exit(main())
