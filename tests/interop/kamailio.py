# SPDX-License-Identifier: GPL-3.0-or-later
"""Kamailio as a server of its own on loopback."""
import os
import shutil
import signal

from phones import Phone
from tap import port_taken, wait_until


class Kamailio(Phone):
    """@config has @WORDS@ in it, of which ADDRESS is always known."""
    program = shutil.which('kamailio', path=os.environ.get('PATH', '') + ':/usr/sbin') or 'kamailio'

    def __init__(self, config, port=5060, tcp=False, **words):
        super().__init__('kamailio')
        words['ADDRESS'] = self.address
        with open(config, encoding='ascii') as template:
            text = template.read()
        for word, value in words.items():
            text = text.replace(f'@{word}@', value)
        with open(self.folder + '/kamailio.cfg', 'w', encoding='ascii') as file:
            file.write(text)
        # SIGTERM: it has children of its own, and takes them with it
        self.start([self.program, '-f', self.folder + '/kamailio.cfg', '-DD', '-E', '-m', '32', '-M', '8',
                    '-w', self.folder, '-Y', self.folder, '-P', self.folder + '/pid'], tie=signal.SIGTERM, group=True)
        wait_until(lambda: f'kamailio listens ({self.tail()})', lambda: port_taken(self.address, port, tcp))
