"""The public page in a real browser, as a citizen meets it: by a link, by pasting, with scripts and without."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from browser.conftest import PHONE
from countertui.domain.records import Kind
from countertui.ledger.books import Books
from countertui.ledger.ingest import ingest
from countertui.sync.certificate import certify
from countertui.sync.claim import sign_claim
from ledger.town import NOW, Till, allocation, line

WAIT_S = 30


@pytest.fixture
def codes(books: Books, key: Ed25519PrivateKey, till: Till) -> dict[str, str]:
    """The codes of three receipts: one that stands, one voided, one not sent in yet."""
    good = till.pay(line(None, allocation(None, "100-4410", 135_36)))
    void = till.pay(line(None, allocation(None, "100-4410", 25)))
    till.void(void, till.ask(Kind.VOID_REQUEST, void)["seq"])
    ingest(books, key, till.seal(), "T1", 1, 1, NOW)
    unsent = till.pay(line(None, allocation(None, "100-4410", 50)))
    certificate = certify("T1", 1, till.identity.public_key, key)
    taken = {"good": good, "void": void, "unsent": unsent}
    return {name: sign_claim(_claim(till, each), till.key, certificate) for name, each in taken.items()}


def _claim(till: Till, taken: dict[str, Any]) -> dict[str, Any]:
    place = {name: taken[name] for name in ("terminal", "epoch", "seq", "receipt_no", "biz_date")}
    return place | {"total_cents": taken["data"]["total_cents"], "h": till.all[taken["id"]][1].hex()}


def _answer(browser: Chrome) -> str:
    shown = WebDriverWait(browser, WAIT_S).until(lambda b: b.find_elements(By.CSS_SELECTOR, "section"))
    return " ".join(shown[0].text.split())


def _paste(browser: Chrome, code: str) -> None:
    browser.find_element(By.ID, "code").send_keys(code)
    browser.find_element(By.TAG_NAME, "button").click()


def _picture(browser: Chrome, name: str) -> None:
    """Kept for whoever wants to look, in the folder that COUNTERTUI_PICTURES names."""
    if folder := os.environ.get("COUNTERTUI_PICTURES"):
        browser.save_screenshot(str(Path(folder) / f"{name}.png"))


def _complaints(browser: Chrome) -> list[str]:
    return [entry["message"] for entry in browser.get_log("browser")]


def _asked_of_others(browser: Chrome, url: str) -> list[str]:
    sent = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [each["params"]["request"]["url"] for each in sent if each["method"] == "Network.requestWillBeSent"]
    fetched = [each for each in asked if each.startswith("http")]  # the browser's own pages are chrome:
    assert f"{url}/receipt" in fetched
    return [each for each in fetched if not each.startswith(f"{url}/receipt")]


def test_pasting_a_code(phone: Chrome, url: str, codes: dict[str, str]) -> None:
    phone.get(f"{url}/receipt")
    _picture(phone, "receipt-asked")
    _paste(phone, codes["good"])
    assert _answer(phone).startswith("This receipt is valid")
    for shown in ("City Hall, terminal T1", "T1-1", "11/23/2026", "$135.36", "Posted yes", "Voided no"):
        assert shown in _answer(phone)
    _picture(phone, "receipt-valid")
    assert phone.execute_script("return document.documentElement.scrollWidth") <= PHONE[0]
    assert phone.get_cookies() == []
    assert phone.execute_script("return localStorage.length + sessionStorage.length") == 0
    assert _complaints(phone) == []
    assert _asked_of_others(phone, url) == []


def test_a_link_from_the_paper_answers_by_itself_and_leaves_the_code_out_of_the_address(
    phone: Chrome, url: str, codes: dict[str, str], till: Till, key: Ed25519PrivateKey
) -> None:
    taken = next(made for made, _ in till.all.values() if made["kind"] == "pay")
    certificate = certify("T1", 1, till.identity.public_key, key)
    phone.get(sign_claim(_claim(till, taken), till.key, certificate, f"{url}/receipt"))
    assert "This receipt is valid" in _answer(phone)
    assert phone.current_url == f"{url}/receipt"
    assert _complaints(phone) == []


def test_a_voided_one_a_late_one_and_a_forged_one(phone: Chrome, url: str, codes: dict[str, str]) -> None:
    phone.get(f"{url}/receipt")
    _paste(phone, codes["void"])
    assert _answer(phone).startswith("This receipt was voided")
    _picture(phone, "receipt-voided")
    phone.get(f"{url}/receipt")
    _paste(phone, codes["unsent"])
    assert "not sent it in yet" in _answer(phone)
    _picture(phone, "receipt-late")
    phone.get(f"{url}/receipt")
    _paste(phone, codes["good"].replace("CTUI2:", "CTUI2:0", 1))
    assert _answer(phone).startswith("Not a valid receipt")
    _picture(phone, "receipt-forged")


def test_without_script_it_can_be_pasted_all_the_same(
    phone: Chrome, url_without_script: str, codes: dict[str, str]
) -> None:
    phone.get(f"{url_without_script}/receipt#CTUI2.AAAA")
    assert any("script" in complaint for complaint in _complaints(phone)), "the page's script did not run"
    _paste(phone, codes["good"])
    assert _answer(phone).startswith("This receipt is valid")


def test_by_keyboard_alone(phone: Chrome, url: str, codes: dict[str, str]) -> None:
    phone.get(f"{url}/receipt")
    label = phone.find_element(By.CSS_SELECTOR, "label[for=code]")
    label.click()
    box = phone.switch_to.active_element
    assert box.get_attribute("id") == "code"
    box.send_keys(codes["good"] + "\t")
    assert phone.switch_to.active_element.tag_name == "button"
    phone.switch_to.active_element.send_keys("\n")
    assert _answer(phone).startswith("This receipt is valid")
