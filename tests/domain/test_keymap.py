"""A city's own keys: each means one thing, whichever they are, and words name the keys to press."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import countertui.screens
from countertui.domain.keymap import COMMANDS, KEYS, KeyMap, conflicts

maps = st.dictionaries(st.sampled_from(list(COMMANDS)), st.sampled_from(KEYS))
sound = maps.filter(lambda own: not conflicts(own))
swapped = st.permutations(list(COMMANDS.values())).map(lambda keys: dict(zip(COMMANDS, keys, strict=True)))


@given(sound | swapped)
def test_each_command_has_one_key_and_each_key_one_meaning(own):
    keymap = KeyMap(own)
    assert {name: keymap.meant(keymap.pressed_for(key)) for name, key in COMMANDS.items()} == COMMANDS
    meanings = [keymap.meant(key) for key in KEYS]
    assert sorted(meaning for meaning in meanings if meaning in COMMANDS.values()) == sorted(COMMANDS.values())


@given(maps)
def test_two_commands_on_one_key_are_a_conflict_that_names_both(own):
    keys = {**COMMANDS, **own}
    twice = {key for key in keys.values() if list(keys.values()).count(key) > 1}
    found = conflicts(own)
    assert {key for key, _ in found} == twice
    for key, names in found:
        assert {keys[name] for name in names} == {key}
        assert len(names) > 1


def test_a_key_that_was_given_up_means_nothing():
    keymap = KeyMap({"exact": "ctrl+g"})
    assert (keymap.meant("ctrl+g"), keymap.meant("f9"), keymap.meant("f5")) == ("f9", "", "f5")
    assert keymap.meant("enter") == "enter"


def test_words_name_the_keys_to_press():
    keymap = KeyMap({"exact": "ctrl+g", "cash": "f6", "check": "f5", "park": "f12"})
    assert keymap.in_words("F9 goes on; F5, Ctrl+K or Esc.") == "Ctrl+G goes on; F6, F12 or Esc."
    assert keymap.in_words("F5 to F8: type what was handed over") == "F6, F5, F7 or F8: type what was handed over"
    assert keymap.in_words("Type F5*3 or AF9.") == "Type F5*3 or AF9."
    assert KeyMap().in_words("F5 to F8") == "F5 to F8"


def test_every_function_and_ctrl_key_of_a_command_can_be_changed():
    sources = [path.read_text(encoding="utf-8") for path in Path(countertui.screens.__file__).parent.glob("*.py")]
    named = {
        key for source in sources for key in re.findall(r'(?:Command\(\s*|^\s+")"?(f\d+|ctrl\+\w)",', source, re.M)
    }
    assert {"f1", "f9", "ctrl+k", "ctrl+p"} <= named
    assert named <= set(COMMANDS.values())
