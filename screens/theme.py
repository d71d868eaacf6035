"""The colours: one accent for where you are, amber past the target, red past the limit, the rest calm (SCREENS.md)."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

DARK: Final = Theme(
    name="studio-dark",
    dark=True,
    primary="#6cb6b1",
    accent="#6cb6b1",
    background="#14171a",
    surface="#1d2226",
    panel="#272d32",
    foreground="#d6dce1",
    warning="#e2b265",
    error="#ef7d78",
    success="#8fbf7f",
    variables={
        "block-cursor-background": "#24464a",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#272d32",
        "block-cursor-blurred-foreground": "#d6dce1",
        "text-muted": "#8a949c",
        "input-selection-background": "#35686b",
    },
)
LIGHT: Final = Theme(
    name="studio-light",
    dark=False,
    primary="#0b6b69",
    accent="#0b6b69",
    background="#fbfaf7",
    surface="#f0eee8",
    panel="#e4e1d8",
    foreground="#22282c",
    warning="#8a5200",
    error="#b0231c",
    success="#3c6e2d",
    variables={
        "block-cursor-background": "#cde5e2",
        "block-cursor-foreground": "#0d1f1e",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#e4e1d8",
        "block-cursor-blurred-foreground": "#22282c",
        "text-muted": "#666e73",
        "input-selection-background": "#a9d4d0",
    },
)
