"""What a printer holds and has not printed: the tail of a job that stopped, which would come out by itself later."""

from __future__ import annotations

from countertui.hardware.conversation import Conversation, MonoMs
from countertui.hardware.escpos_status import Information
from countertui.hardware.links.link import Link, PrinterRefusedError, PrinterUncertainError
from countertui.hardware.spooler import Outcome

CLEAR_BUFFERS = bytes.fromhex("10 14 08 01 03 14 01 06 02 08")
"""DLE DC4 fn 8, with the bytes that guard it (Epson ESC/POS reference, dle_dc4_fn8)."""
_CLEARED_HEAD, _CLEARED = 0x37, b"\x25"


def clear_held(link: Link, *, mono_ms: MonoMs) -> Outcome:
    """Have the printer forget what is in its buffers. Opens and closes the link; raises nothing for its faults.

    processed: it said that it did. sent: it was told, or can't be; what begins with ESC @ afterwards clears its line at
    least. refused: it was not reached.
    """
    talk = Conversation(link, mono_ms)
    try:
        link.open()
        # A printer that answers nothing is told nothing: what a dumb one does not know as a command, it prints.
        if not link.answers or not talk.ask(1):
            return Outcome("sent", "it doesn't say", 0, talk.status)
        talk.write(CLEAR_BUFFERS)
        until = mono_ms() + link.deadlines.read_ms
        while (left := until - mono_ms()) > 0:
            for reply in talk.listen(left):
                if isinstance(reply, Information) and reply.head == _CLEARED_HEAD and reply.body.startswith(_CLEARED):
                    return Outcome("processed", "", len(CLEAR_BUFFERS), talk.status)
        return Outcome("sent", "it doesn't say", len(CLEAR_BUFFERS), talk.status)
    except (PrinterRefusedError, PrinterUncertainError) as error:
        return Outcome("refused", error.happened, 0, talk.status)
    finally:
        link.close()
