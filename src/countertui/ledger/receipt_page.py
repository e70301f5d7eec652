"""The pages where a citizen checks a receipt or a license: no script needed, nothing fetched elsewhere, no cookie."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from hashlib import sha256
from html import escape
from string import Template

from countertui.domain.dates import us_date
from countertui.domain.money import Cents, format_cents
from countertui.ledger.receipt_check import Checked
from countertui.sync.faults import ClaimRefusedError
from countertui.sync.signed_code import CodeForm

_STYLE = """
:root{color-scheme:light dark;--ink:#16202a;--dim:#52606d;--paper:#f3f5f7;--card:#fff;--line:#d5dbe1;--go:#0b5cad;
--good:#0f6b3a;--wait:#8a5300;--bad:#a5161d}
@media(prefers-color-scheme:dark){:root{--ink:#eef2f5;--dim:#a9b4bf;--paper:#12181e;--card:#1c242c;--line:#36414c;
--go:#7db8f5;--good:#6fd39b;--wait:#f0b95a;--bad:#ff8f8a}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.5 system-ui,sans-serif}
main{max-width:34rem;margin:0 auto;padding:1.25rem 1rem 3rem}
h1{font-size:1.5rem;line-height:1.2;margin:.1rem 0 1.25rem}
.city{margin:0;color:var(--dim)}
section,form{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1rem;margin:0 0 1rem}
section{border-top:.4rem solid var(--tone)}
h2{font-size:1.35rem;line-height:1.25;margin:0 0 .3rem;color:var(--tone)}
section p{margin:0 0 .75rem}
.good{--tone:var(--good)}.wait{--tone:var(--wait)}.bad{--tone:var(--bad)}
dl{margin:0;border-top:1px solid var(--line)}
dl div{display:flex;justify-content:space-between;gap:1rem;padding:.45rem 0;border-bottom:1px solid var(--line)}
dt{color:var(--dim)}dd{margin:0;text-align:right;font-weight:600;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
label{display:block;font-weight:600;margin:0 0 .35rem}
textarea{width:100%;height:6.5rem;padding:.6rem;font:1rem/1.35 ui-monospace,monospace;border:1px solid var(--dim);
border-radius:.4rem;background:var(--paper);color:var(--ink)}
button{width:100%;margin-top:.75rem;padding:.8rem;font:inherit;font-weight:700;border:0;border-radius:.4rem;
background:var(--go);color:var(--card)}
textarea:focus-visible,button:focus-visible{outline:3px solid var(--go);outline-offset:2px}
.small{font-size:.9375rem;color:var(--dim);margin:.6rem 0 0}
"""
_SCRIPT = """
function check(){if(location.hash.length>1){document.getElementById("code").value=location.hash.slice(1);
document.forms[0].submit()}}
addEventListener("hashchange",check);check()
"""
_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<title>$title</title>
<style>$style</style>
</head>
<body>
<main>
<p class="city">$city</p>
<h1>Check a $paper</h1>
$answer
<form method="post" action="$action" autocomplete="off">
<label for="code">$label</label>
<textarea id="code" name="code" required maxlength="1000" autocapitalize="off" autocorrect="off" spellcheck="false"
 aria-describedby="hint"></textarea>
<button>Check this $paper</button>
<p class="small" id="hint">Scan the square code on the $paper with your phone's camera, copy all of its text, and paste
it here. Nothing you enter is kept.</p>
</form>
</main>
<script>$script</script>
</body>
</html>
""")


def _hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"


HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src {_hashed(_STYLE)}; script-src {_hashed(_SCRIPT)};"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
"""Sent with the page: only its own style and script run, and nobody is told who looked at what."""


def page(city: str, answer: str = "", title: str = "", *, paper: str = "receipt") -> str:
    """The whole page; `answer` is HTML of `genuine` or `refused`, empty for the question alone.

    paper: receipt, or license; the form is sent to the page of that name.
    """
    return _PAGE.substitute(
        city=escape(city),
        title=escape(f"{title or f'Check a {paper}'} - {city}"),
        paper=paper,
        action=paper,
        style=_STYLE,
        script=_SCRIPT,
        answer=answer,
        label=f"Check another {paper}" if answer else f"Text of the {paper}'s code",
    )


def genuine(found: Checked) -> str:
    """What a genuine receipt's holder may know."""
    tone, head, words = _verdict(found)
    rows = [
        ("Office", f"{found.office}, terminal {found.terminal}" if found.office else f"Terminal {found.terminal}"),
        ("Receipt", found.receipt_no),
        ("Business date", us_date(found.biz_date)),
        ("Total", f"${format_cents(Cents(found.total_cents))}"),
        ("Posted", "yes" if found.state == "posted" else "no"),
        ("Voided", {"void": "yes", "refund": "yes, refunded"}.get(found.undone or "", "no")),
    ]
    if found.unpaid_cents:
        rows.append(("Came back unpaid", f"${format_cents(Cents(found.unpaid_cents))}"))
    return section(tone, head, words, rows)


def section(tone: str, head: str, words: str, rows: Sequence[tuple[str, str]]) -> str:
    """What is answered: in a tone (good, wait, bad), a headline, what it means, and rows of name and value."""
    told = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in rows)
    return f'<section class="{tone}" role="status"><h2>{head}</h2><p>{words}</p><dl>{told}</dl></section>'


def refused(fault: ClaimRefusedError, form: CodeForm) -> str:
    """Why a text is not believed, and what whoever holds the paper can do: nobody at a phone looks a number up."""
    here = {
        form.again: "Scan its square code again and paste all of its text here.",
        form.look: "Ask at the city's counter.",
    }
    return (
        f'<section class="bad" role="status"><h2>Not a valid {_NAMES[form.paper]}</h2>'
        f"<p>{escape(fault.happened)} {escape(here.get(fault.press, fault.press))}</p></section>"
    )


_NAMES = {"receipt": "receipt", "certificate": "license"}
"""What the page calls a paper, by the word of its code's form."""


def _verdict(found: Checked) -> tuple[str, str, str]:
    if found.unpaid_cents:
        words = "It is genuine. The bank sent the check back: what it was to pay is owed again."
        if found.unpaid_cents == found.total_cents:
            return "bad", "The check that paid this receipt came back unpaid", words
        return "bad", "A part of this receipt was not paid: its check came back", words
    if found.undone is not None:
        taken_back = "refunded" if found.undone == "refund" else "voided"
        return "bad", f"This receipt was {taken_back}", "It was genuine, and the payment was taken back later."
    if found.state == "posted":
        return (
            "good",
            "This receipt is valid",
            "The payment is in the city's books. Compare the details with your paper.",
        )
    if found.state == "waiting":
        return "wait", "This receipt is valid", "The city has received it; it is not in the books yet."
    words = "It is signed by this city. Its office has not sent it in yet: check again in a few days."
    return "wait", "This receipt is valid", words
