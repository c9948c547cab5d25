#include "ui/shell/tokens.h"

#include <cmath>

namespace gatehouse::ui {
namespace {

Tokens light()
{
    Tokens t;
    t.frame = 0xF2F4F7, t.surface = 0xFFFFFF, t.sunken = 0xF8F9FB, t.raised = 0xFFFFFF, t.field = 0xFFFFFF;
    t.hover = 0xF0F2F6, t.selected = 0xE4ECFF, t.selectedOff = 0xE9ECF1;
    t.line = 0xE4E7EC, t.line2 = 0xD2D7DF, t.control = 0x7C8594;
    t.accent = 0x2F5BE0, t.onAccent = 0xFFFFFF, t.accentTint = 0xE9EFFF, t.focus = 0x2F5BE0;
    t.text = 0x191D24, t.text2 = 0x4A5261, t.text3 = 0x606978, t.accentText = 0x2A50C8;
    t.synKey = 0x2A50C8, t.synString = 0x0A6B59, t.synNumber = 0x924400, t.synWord = 0x7434B0, t.synNote = 0x606978;
    t.diffAdded = 0xDFF5F0, t.diffRemoved = 0xFCE6EC;
    t.seriesLow = 0x708AE4, t.seriesHigh = 0x16308C;
    t.shadow = QColor(16, 24, 40, 46), t.dim = QColor(25, 29, 36, 110);
    t.ok = { 0x0A6B59, 0x0C9680, 0xDFF5F0 };
    t.redirect = { 0x3F5E86, 0x6087BB, 0xE8EFF8 };
    t.client = { 0x924400, 0xD4630A, 0xFDEEDD };
    t.server = { 0xA80D3C, 0xB00F40, 0xFCE6EC };
    t.delay = { 0x4B33B0, 0x5A3FC0, 0xEEEAFC };
    t.cache = { 0x07608F, 0x088AC9, 0xE0F1FB };
    t.mock = { 0x92307A, 0xC050A0, 0xFBE8F5 };
    t.none = { t.text3, t.control, t.hover };
    return t;
}

Tokens dark()
{
    Tokens t;
    t.dark = true;
    t.frame = 0x131519, t.surface = 0x1A1D22, t.sunken = 0x16181D, t.raised = 0x22262D, t.field = 0x14161A;
    t.hover = 0x21252C, t.selected = 0x233056, t.selectedOff = 0x2A2F38;
    t.line = 0x272B33, t.line2 = 0x363C46, t.control = 0x78828F;
    t.accent = 0x4468E4, t.onAccent = 0xFFFFFF, t.accentTint = 0x1F2B4D, t.focus = 0x7FA2FF;
    t.text = 0xE6E9EF, t.text2 = 0xB2BAC6, t.text3 = 0x969FAE, t.accentText = 0x8FB0FF;
    t.synKey = 0x8FB0FF, t.synString = 0x74CFB4, t.synNumber = 0xFFB877, t.synWord = 0xC9A0F5, t.synNote = 0x969FAE;
    t.diffAdded = 0x14302B, t.diffRemoved = 0x3A1A27;
    t.seriesLow = 0x5A74B8, t.seriesHigh = 0xD6E2FF;
    t.shadow = QColor(0, 0, 0, 120), t.dim = QColor(5, 6, 8, 150);
    t.ok = { 0x55D6B8, 0x4CD3B4, 0x14332D };
    t.redirect = { 0x93B4DC, 0x6C91C2, 0x1F2B3B };
    t.client = { 0xFFAE66, 0xF08A2C, 0x3A2813 };
    t.server = { 0xFF8FA6, 0xE4446F, 0x40192A };
    t.delay = { 0xBAAEFF, 0x8E7BF2, 0x272345 };
    t.cache = { 0x7CC8F5, 0x3FA9E6, 0x132F42 };
    t.mock = { 0xF0A6DF, 0xE58BD0, 0x3A2036 };
    t.none = { t.text3, t.control, t.hover };
    return t;
}

// Borders as strong as controls, no third strength of text, a thicker ring. Tints stay as values for what must have a
// ground (a chip's text), but boxes draw a bar instead.
Tokens highContrast(Tokens t)
{
    t.highContrast = true;
    t.focusWidth = 3;
    t.line = t.line2 = t.control;
    t.text3 = t.text2;
    t.synNote = t.text2;
    t.none.text = t.text3;
    return t;
}

struct Store {
    Tokens values[4] = { light(), dark(), highContrast(light()), highContrast(dark()) };
    Scheme current = Scheme::Light;
};

Store &store()
{
    static Store instance;
    return instance;
}

double luminance(const QColor &color)
{
    const auto linear = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

} // namespace

const Hue &Tokens::hue(HueId id) const
{
    switch (id) {
    case HueId::Ok: return ok;
    case HueId::Redirect: return redirect;
    case HueId::Client: return client;
    case HueId::Server: return server;
    case HueId::Delay: return delay;
    case HueId::Cache: return cache;
    case HueId::Mock: return mock;
    case HueId::None: break;
    }
    return none;
}

const Tokens &Tokens::of(Scheme scheme) { return store().values[static_cast<int>(scheme)]; }
const Tokens &Tokens::current() { return of(store().current); }
Scheme Tokens::currentScheme() { return store().current; }
void Tokens::setCurrent(Scheme scheme) { store().current = scheme; }

QColor blend(const QColor &under, const QColor &over, qreal opacity)
{
    const auto mix = [opacity](int a, int b) { return qRound(a + (b - a) * opacity); };
    return QColor(mix(under.red(), over.red()), mix(under.green(), over.green()), mix(under.blue(), over.blue()));
}

double contrastRatio(const QColor &a, const QColor &b)
{
    const double x = luminance(a), y = luminance(b);
    return (qMax(x, y) + 0.05) / (qMin(x, y) + 0.05);
}

} // namespace gatehouse::ui
