"""The colours: one accent for where you are, amber past the target, red past the limit, the rest calm (SCREENS.md).

All of them are among the 256 that nearly every terminal has: the app looks the same over any wire, and a change of
colour costs half the bytes.
"""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

DARK: Final = Theme(
    name="studio-dark",
    dark=True,
    primary="#5fafaf",
    accent="#5fafaf",
    background="#121212",
    surface="#1c1c1c",
    panel="#303030",
    foreground="#d0d0d0",
    warning="#d7af5f",
    error="#ff8787",
    success="#87af87",
    variables={
        "block-cursor-background": "#005f5f",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#303030",
        "block-cursor-blurred-foreground": "#d0d0d0",
        "text-muted": "#8a8a8a",
        "panel-lighten-2": "#626262",
        "input-selection-background": "#5f8787",
    },
)
LIGHT: Final = Theme(
    name="studio-light",
    dark=False,
    primary="#005f5f",
    accent="#005f5f",
    background="#ffffff",
    surface="#eeeeee",
    panel="#dadada",
    foreground="#262626",
    warning="#875f00",
    error="#af0000",
    success="#005f00",
    variables={
        "block-cursor-background": "#afd7d7",
        "block-cursor-foreground": "#121212",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#dadada",
        "block-cursor-blurred-foreground": "#262626",
        "text-muted": "#626262",
        "panel-lighten-2": "#bcbcbc",
        "input-selection-background": "#87d7d7",
    },
)
