// Every colour of the window, in one place: palette, style, delegates, charts and code editors read from here, and a
// test sees to it that no other file of ui/ or app/ names a colour. GUI thread only.
#pragma once

#include <QtGui/QColor>

namespace gatehouse::ui {

enum class Scheme { Light, Dark, HighContrastLight, HighContrastDark };

// A meaning and its three strengths: `text` is legible on every ground (4.5:1), `fill` is for marks, bars and charts
// (3:1), `tint` lies behind chips and boxes.
struct Hue {
    QColor text, fill, tint;
};

enum class HueId {
    Ok, // 2xx, allowed, exact, healthy, wins
    Redirect, // 3xx, connecting
    Client, // 4xx, refused, warning, held
    Server, // 5xx, failed, error, no answer
    Delay, // delayed, waiting, retried, near
    Cache, // cached, received
    Mock, // mocked, made by a template
    None, // in flight, off, not asked, miss
};

struct Tokens {
    // Surfaces.
    QColor frame, surface, sunken, raised, field;
    QColor hover, selected, selectedOff; // rows; selectedOff while the window is inactive
    QColor line, line2, control; // hairline; borders of fields and buttons; switches, check boxes, rings
    QColor accent, onAccent, accentTint, focus;
    // Text.
    QColor text, text2, text3, accentText;
    QColor synKey, synString, synNumber, synWord, synNote;
    QColor diffAdded, diffRemoved;
    QColor seriesLow,
        seriesHigh; // the weak and the strong end of the one hue of percentiles and heat maps; focus is between
    QColor shadow, dim; // below menus; over the window behind the command palette (both with alpha)
    Hue ok, redirect, client, server, delay, cache, mock, none;
    bool dark = false;
    bool highContrast = false; // tints are replaced by bars of 2 px in `fill`
    int focusWidth = 2;

    const Hue &hue(HueId id) const;

    static const Tokens &of(Scheme scheme);
    // What the window shows now. Painting code asks anew each time; Theme changes it, PaletteChange announces it.
    static const Tokens &current();
    static Scheme currentScheme();
    static void setCurrent(Scheme scheme);
};

// `over` laid on `under` with the given opacity (0 to 1), as an opaque colour.
QColor blend(const QColor &under, const QColor &over, qreal opacity);
// The WCAG 2.1 contrast ratio, 1 to 21.
double contrastRatio(const QColor &a, const QColor &b);

} // namespace gatehouse::ui
