#include "ui/widgets/icons.h"

#include "ui/shell/tokens.h"

#include <QtCore/QByteArray>
#include <QtCore/QHash>
#include <QtGui/QIconEngine>
#include <QtGui/QPainter>
#include <QtGui/QPixmapCache>
#include <QtSvg/QSvgRenderer>

#include <array>
#include <cmath>

namespace gatehouse::ui {
namespace {

// What is drawn on the grid of 16 by 16: a path that is stroked and one that is filled; either may be empty.
struct Drawing {
    IconId id;
    const char *name;
    const char *stroke;
    const char *fill = "";
};

#define DOT(x, y) "M" x " " y "m-.9 0a.9.9 0 1 0 1.8 0a.9.9 0 1 0-1.8 0"
#define BRACES                                                                                                         \
    "M5.6 2.5c-1.5 0-2 .7-2 1.9v1.8c0 1-.5 1.8-1.6 1.8 1.1 0 1.6.8 1.6 1.8v1.8c0 1.2.5 1.9 2 1.9"                      \
    "M10.4 2.5c1.5 0 2 .7 2 1.9v1.8c0 1 .5 1.8 1.6 1.8-1.1 0-1.6.8-1.6 1.8v1.8c0 1.2-.5 1.9-2 1.9"

constexpr Drawing drawings[] = {
    { IconId::Traffic, "traffic", "M2.5 5h11M10.8 2.3 13.5 5l-2.7 2.7M13.5 11h-11M5.2 8.3 2.5 11l2.7 2.7" },
    { IconId::Routes, "routes",
        "M4.3 8h1.2c2.8 0 1.8-4.2 4.5-4.2h2.8M5.5 8c2.8 0 1.8 4.2 4.5 4.2h2.8M11 1.8l2 2-2 2M11 10.2l2 2-2 2M4.3 8a1.2 "
        "1.2 0 1 1-2.4 0a1.2 1.2 0 1 1 2.4 0" },
    { IconId::Upstreams, "upstreams",
        "M3.5 2.5h9a1 1 0 0 1 1 1v2a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-2a1 1 0 0 1 1-1zM3.5 9.5h9a1 1 0 0 1 1 1v2a1 1 0 0 "
        "1-1 1h-9a1 1 0 0 1-1-1v-2a1 1 0 0 1 1-1zM5 4.5h1.5M5 11.5h1.5M8 6.5v3" },
    { IconId::Mocks, "mocks", BRACES, DOT("6.7", "8") DOT("9.3", "8") },
    { IconId::Dashboard, "dashboard", "M2.5 13.5h11M4.5 10.8V8.5M8 10.8V3M11.5 10.8V6" },
    { IconId::Explorer, "explorer", "M13.8 2.2 2 6.9l4.8 2.3L9.1 14zM13.8 2.2 6.8 9.2" },
    { IconId::Export, "export",
        "M8 9.8V2.3M5.3 5 8 2.3 10.7 5M5 7.5H3.5a.8.8 0 0 0-.8.8v4.5a.8.8 0 0 0 .8.8h9a.8.8 0 0 0 .8-.8V8.3a.8.8 0 0 "
        "0-.8-.8H11" },
    { IconId::Settings, "settings", "M2.5 5h6.2M11.8 5h1.7M10.2 3.3v3.4M2.5 11h1.7M7.3 11h6.2M5.8 9.3v3.4" },

    { IconId::Menu, "menu", "M2.5 4.3h11M2.5 8h11M2.5 11.7h11" },
    { IconId::More, "more", "", DOT("3.5", "8") DOT("8", "8") DOT("12.5", "8") },
    { IconId::Search, "search", "M11.3 7a4.3 4.3 0 1 1-8.6 0a4.3 4.3 0 1 1 8.6 0zM10.2 10.2l3.5 3.5" },
    { IconId::Filter, "filter", "M2.5 4.3h11M4.8 8h6.4M6.8 11.7h2.4" },
    { IconId::Bell, "bell",
        "M3 11.5h10c-1-.9-1.5-1.9-1.5-4.5C11.5 4.7 10 3 8 3S4.5 4.7 4.5 7c0 2.6-.5 3.6-1.5 4.5zM6.7 13.7h2.6" },
    { IconId::Undo, "undo", "M5.3 3 2.5 5.8l2.8 2.8M2.5 5.8H9.7a3.6 3.6 0 0 1 0 7.2H7" },
    { IconId::Redo, "redo", "M10.7 3l2.8 2.8-2.8 2.8M13.5 5.8H6.3a3.6 3.6 0 0 0 0 7.2H9" },
    { IconId::Play, "play", "", "M5 3.3c0-.6.6-.9 1.1-.6l6.6 4.6c.5.3.5 1 0 1.4l-6.6 4.6c-.5.3-1.1 0-1.1-.6z" },
    { IconId::Stop, "stop", "", "M4.5 4h7a.5.5 0 0 1 .5.5v7a.5.5 0 0 1-.5.5h-7a.5.5 0 0 1-.5-.5v-7a.5.5 0 0 1 .5-.5z" },
    { IconId::Pause, "pause", "M6 3.5v9M10 3.5v9" },
    { IconId::Hold, "hold", "M13.8 8a5.8 5.8 0 1 1-11.6 0a5.8 5.8 0 1 1 11.6 0zM6.6 5.7v4.6M9.4 5.7v4.6" },
    { IconId::Follow, "follow", "M8 2.5v7.3M4.8 6.7 8 9.9l3.2-3.2M3 13.3h10" },
    { IconId::Copy, "copy",
        "M6.3 5.5h6.2a.8.8 0 0 1 .8.8v6.2a.8.8 0 0 1-.8.8H6.3a.8.8 0 0 1-.8-.8V6.3a.8.8 0 0 1 .8-.8zM3.5 10.5a.8.8 0 0 "
        "1-.8-.8V3.5a.8.8 0 0 1 .8-.8h6.2a.8.8 0 0 1 .8.8" },
    { IconId::Trash, "trash",
        "M2.8 4.5h10.4M6 4.3V3.2c0-.4.3-.7.7-.7h2.6c.4 0 .7.3.7.7v1.1M4.2 4.5l.5 8.2c0 .5.4.8.9.8h4.8c.5 0 "
        ".9-.3.9-.8l.5-8.2M6.7 7v4M9.3 7v4" },
    { IconId::Pin, "pin", "M5.5 2.5h5M6 2.5v4.2L4.3 9.3h7.4L10 6.7V2.5M8 9.3v4.4" },
    { IconId::Columns, "columns",
        "M3.5 2.8h9a1 1 0 0 1 1 1v8.4a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1V3.8a1 1 0 0 1 1-1zM6.2 2.8v10.4M9.8 2.8v10.4" },
    { IconId::Plus, "plus", "M8 3v10M3 8h10" },
    { IconId::Close, "close", "M4 4l8 8M12 4l-8 8" },
    { IconId::Pencil, "pencil", "M10.7 2.8l2.5 2.5-7.6 7.6-3.1.6.6-3.1zM9.2 4.3l2.5 2.5" },
    { IconId::Refresh, "refresh", "M13 8a5 5 0 1 1-1.6-3.7L13 5.8M13 2.7v3.1H9.9" },
    { IconId::Send, "send", "M13.8 2.2 2 6.9l4.8 2.3L9.1 14zM13.8 2.2 6.8 9.2" },
    { IconId::Download, "download", "M8 2.5v7.5M5 7.2l3 3 3-3M2.8 11v1.5c0 .6.4 1 1 1h8.4c.6 0 1-.4 1-1V11" },
    { IconId::Upload, "upload", "M8 10V2.5M5 5.5l3-3 3 3M2.8 11v1.5c0 .6.4 1 1 1h8.4c.6 0 1-.4 1-1V11" },
    { IconId::Save, "save",
        "M3.5 2.7h7l2.8 2.8v7a.8.8 0 0 1-.8.8h-9a.8.8 0 0 1-.8-.8v-9a.8.8 0 0 1 .8-.8zM5.2 2.7v3h4.6v-3M5 "
        "13.3V9.2h6v4.1" },
    { IconId::Folder, "folder",
        "M2.2 12.3V3.9c0-.4.3-.7.7-.7h3l1.5 1.7h5.7c.4 0 .7.3.7.7v6.7c0 .4-.3.7-.7.7H2.9a.7.7 0 0 1-.7-.7z" },
    { IconId::File, "file",
        "M4.3 2.3h4.9l3.1 3.2v7.7c0 .3-.2.5-.5.5H4.3a.5.5 0 0 1-.5-.5V2.8c0-.3.2-.5.5-.5zM9 2.5v3.2h3.2" },
    { IconId::Terminal, "terminal",
        "M3 2.8h10a.8.8 0 0 1 .8.8v8.8a.8.8 0 0 1-.8.8H3a.8.8 0 0 1-.8-.8V3.6a.8.8 0 0 1 .8-.8zM4.8 6l2 2-2 2M8.3 "
        "10.3h2.7" },
    { IconId::Power, "power", "M8 2.3v5M5 4a5 5 0 1 0 6 0" },
    { IconId::Bolt, "bolt", "M8.8 2 3.5 9h3.8l-.8 5 5.5-7.2H8.2z" },
    { IconId::Compare, "compare", "M8 2.5v11M5.5 4.5h-3v7h3M10.5 4.5h3v7h-3" },
    { IconId::External, "external",
        "M9.5 2.8h3.7v3.7M13 3 8 8M11.7 9v3.5a.8.8 0 0 1-.8.8H3.5a.8.8 0 0 1-.8-.8V5.1a.8.8 0 0 1 .8-.8H7" },
    { IconId::Eye, "eye",
        "M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8zM9.8 8a1.8 1.8 0 1 1-3.6 0a1.8 1.8 0 1 1 3.6 0z" },
    { IconId::EyeOff, "eye-off",
        "M6.3 4.1A6 6 0 0 1 8 3.8C12 3.8 14.2 8 14.2 8a11 11 0 0 1-2 2.5M4.2 5.2A11 11 0 0 0 1.8 8S4 12.2 8 12.2a6 6 0 "
        "0 0 2.8-.7M2.5 2.5l11 11" },
    { IconId::Grip, "grip", "",
        DOT("6", "4") DOT("10", "4") DOT("6", "8") DOT("10", "8") DOT("6", "12") DOT("10", "12") },
    { IconId::Link, "link",
        "M6.8 9.2a2.6 2.6 0 0 0 3.8.2l2-2a2.6 2.6 0 0 0-3.7-3.7l-1 1M9.2 6.8a2.6 2.6 0 0 0-3.8-.2l-2 2a2.6 2.6 0 0 0 "
        "3.7 3.7l1-1" },
    { IconId::Lock, "lock",
        "M4.3 7h7.4c.4 0 .8.3.8.8v4.9c0 .5-.4.8-.8.8H4.3a.8.8 0 0 1-.8-.8V7.8c0-.5.4-.8.8-.8zM5.5 7V5a2.5 2.5 0 0 1 5 "
        "0v2" },
    { IconId::Unlock, "unlock",
        "M4.3 7h7.4c.4 0 .8.3.8.8v4.9c0 .5-.4.8-.8.8H4.3a.8.8 0 0 1-.8-.8V7.8c0-.5.4-.8.8-.8zM5.5 7V4.8a2.5 2.5 0 0 1 "
        "4.9-.6" },
    { IconId::Calendar, "calendar",
        "M3.3 3.5h9.4c.4 0 .8.3.8.8v8.4c0 .5-.4.8-.8.8H3.3a.8.8 0 0 1-.8-.8V4.3c0-.5.4-.8.8-.8zM2.5 6.7h11M5.3 "
        "2.2v2.6M10.7 2.2v2.6" },
    { IconId::History, "history", "M3 8a5 5 0 1 0 1.6-3.7L3 5.8M3 2.7v3.1h3.1M8 5.3V8l2 1.5" },
    { IconId::ChevronDown, "chevron-down", "M4.5 6.3 8 9.8l3.5-3.5" },
    { IconId::ChevronUp, "chevron-up", "M4.5 9.7 8 6.2l3.5 3.5" },
    { IconId::ChevronLeft, "chevron-left", "M9.7 4.5 6.2 8l3.5 3.5" },
    { IconId::ChevronRight, "chevron-right", "M6.3 4.5 9.8 8l-3.5 3.5" },
    { IconId::ChevronsUpDown, "chevrons-up-down", "M5.3 6.3 8 3.6l2.7 2.7M5.3 9.7 8 12.4l2.7-2.7" },
    { IconId::ArrowUp, "arrow-up", "M8 13V3.3M4.5 6.8 8 3.3l3.5 3.5" },
    { IconId::ArrowDown, "arrow-down", "M8 3v9.7M4.5 9.2 8 12.7l3.5-3.5" },
    { IconId::ArrowLeft, "arrow-left", "M13 8H3.3M6.8 4.5 3.3 8l3.5 3.5" },
    { IconId::ArrowRight, "arrow-right", "M3 8h9.7M9.2 4.5 12.7 8l-3.5 3.5" },

    { IconId::Check, "check", "M3.3 8.6l3 3 6.4-7" },
    { IconId::Cross, "cross", "M4.3 4.3l7.4 7.4M11.7 4.3l-7.4 7.4" },
    { IconId::Dash, "dash", "M4.5 8h7" },
    { IconId::Dot, "dot", "", DOT("8", "8") },
    { IconId::Warning, "warning", "M8.7 2.9l5 9a.8.8 0 0 1-.7 1.2H3a.8.8 0 0 1-.7-1.2l5-9a.8.8 0 0 1 1.4 0zM8 6.3v3",
        DOT("8", "11.2") },
    { IconId::Error, "error", "M13.8 8a5.8 5.8 0 1 1-11.6 0a5.8 5.8 0 1 1 11.6 0zM8 5v3.5", DOT("8", "10.8") },
    { IconId::Info, "info", "M13.8 8a5.8 5.8 0 1 1-11.6 0a5.8 5.8 0 1 1 11.6 0zM8 7.5V11", DOT("8", "5.2") },
    { IconId::Question, "question",
        "M13.8 8a5.8 5.8 0 1 1-11.6 0a5.8 5.8 0 1 1 11.6 0zM6.3 6.3a1.7 1.7 0 1 1 2.7 1.4c-.6.4-1 .7-1 1.3",
        DOT("8", "11") },
    { IconId::Barred, "barred", "M13.8 8a5.8 5.8 0 1 1-11.6 0a5.8 5.8 0 1 1 11.6 0zM3.9 3.9l8.2 8.2" },
    { IconId::Clock, "clock", "M13.8 8a5.8 5.8 0 1 1-11.6 0a5.8 5.8 0 1 1 11.6 0zM8 4.7V8l2.2 1.6" },
    { IconId::Layers, "layers", "M8 2.3l5.7 2.9L8 8.1 2.3 5.2zM2.3 8 8 10.9 13.7 8M2.3 10.8 8 13.7l5.7-2.9" },
    { IconId::Braces, "braces", BRACES },
    { IconId::Retry, "retry", "M13 8a5 5 0 1 1-1.6-3.7L13 5.8M13 2.7v3.1H9.9" },
    { IconId::Ring, "ring", "M12 8a4 4 0 1 1-8 0a4 4 0 1 1 8 0z" },

    { IconId::Key, "key", "M13.5 5.5a3 3 0 1 1-6 0a3 3 0 1 1 6 0zM8.3 7.7 2.7 13.3M4.5 11.5l1.6 1.6" },
    { IconId::Gauge, "gauge", "M3.4 12.5a5.8 5.8 0 1 1 9.2 0M8 9.5l2.7-3.3" },
    { IconId::Hash, "hash", "M6.5 2.7 5.2 13.3M10.8 2.7 9.5 13.3M2.8 5.8h11M2.2 10.2h11" },
    { IconId::Shield, "shield", "M8 2.2l5 1.8v3.8c0 3.1-2.1 5.2-5 6.2-2.9-1-5-3.1-5-6.2V4z" },
    { IconId::Globe, "globe",
        "M13.8 8a5.8 5.8 0 1 1-11.6 0a5.8 5.8 0 1 1 11.6 0zM2.2 8h11.6M8 2.2c3 3.3 3 8.3 0 11.6M8 2.2c-3 3.3-3 8.3 0 "
        "11.6" },
    { IconId::Person, "person",
        "M10.7 5.2a2.7 2.7 0 1 1-5.4 0a2.7 2.7 0 1 1 5.4 0zM2.8 13.5c.4-2.6 2.4-4.1 5.2-4.1s4.8 1.5 5.2 4.1" },
    { IconId::People, "people",
        "M8.3 5.4a2.3 2.3 0 1 1-4.6 0a2.3 2.3 0 1 1 4.6 0zM1.8 12.8c.3-2.3 1.9-3.6 4.2-3.6s3.9 1.3 4.2 3.6M10.3 "
        "3.3a2.3 2.3 0 0 1 0 4.3M11.7 9.5c1.5.4 2.3 1.6 2.5 3.3" },
    { IconId::Server, "server",
        "M3.5 2.5h9a1 1 0 0 1 1 1v2a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-2a1 1 0 0 1 1-1zM3.5 9.5h9a1 1 0 0 1 1 1v2a1 1 0 0 "
        "1-1 1h-9a1 1 0 0 1-1-1v-2a1 1 0 0 1 1-1zM5 4.5h1.5M5 11.5h1.5" },
    { IconId::Branch, "branch",
        "M2.5 8h3c2.5 0 2-4 4.5-4h3.3M5.5 8c2.5 0 2 4 4.5 4h3.3M11.5 2.2 13.3 4l-1.8 1.8M11.5 10.2l1.8 1.8-1.8 1.8" },
    { IconId::Route, "route", "M13.3 3.5H6.2a2.2 2.2 0 0 0 0 4.5h3.6a2.2 2.2 0 0 1 0 4.5H2.7M11.3 1.5l2 2-2 2" },
    { IconId::Ingress, "ingress", "M2.5 8h7.8M7.3 5l3 3-3 3M13.3 3.5v9" },
    { IconId::Egress, "egress", "M2.7 3.5v9M5.7 8h7.8M10.5 5l3 3-3 3" },
    { IconId::Swap, "swap", "M4.8 13.5V2.8M2.3 5.3l2.5-2.5 2.5 2.5M11.2 2.5v10.7M8.7 10.7l2.5 2.5 2.5-2.5" },
    { IconId::Scale, "scale", "M8 2.5v11M5 13.5h6M3 4.5h10M4.5 4.7 2.5 9.3h4zM11.5 4.7l-2 4.6h4z" },
    { IconId::Breaker, "breaker", "M2 8h3M11 8h3M5 8l5.2-3.5", DOT("5", "8") DOT("11", "8") },
    { IconId::Database, "database",
        "M13 4.3c0 1-2.2 1.8-5 1.8S3 5.3 3 4.3s2.2-1.8 5-1.8 5 .8 5 1.8zM3 4.3v7.4c0 1 2.2 1.8 5 1.8s5-.8 5-1.8V4.3M3 "
        "8c0 1 2.2 1.8 5 1.8s5-.8 5-1.8" },
    { IconId::Code, "code", "M5 4.5 1.8 8 5 11.5M11 4.5 14.2 8 11 11.5M9.3 3.3 6.7 12.7" },
    { IconId::Header, "header",
        "M3.5 2.8h9a1 1 0 0 1 1 1v8.4a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1V3.8a1 1 0 0 1 1-1zM2.5 6.2h11M4.8 8.7h3.5M4.8 "
        "10.9h5.5" },
    { IconId::Text, "text", "M3 4.3V3h10v1.3M8 3v10M6.2 13h3.6" },
    { IconId::Table, "table",
        "M3.5 2.8h9a1 1 0 0 1 1 1v8.4a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1V3.8a1 1 0 0 1 1-1zM2.5 6.3h11M2.5 9.7h11M6.5 "
        "6.3v6.9" },
    { IconId::Tree, "tree", "M3 3h4M3.5 3v8.5c0 .6.4 1 1 1H7M3.5 7.5H7M9 7.5h4.5M9 12.5h4.5" },
    { IconId::Grid, "grid", "M3 3h4v4H3zM9 3h4v4H9zM3 9h4v4H3zM9 9h4v4H9z" },
    { IconId::List, "list", "M6 4.3h7.5M6 8h7.5M6 11.7h7.5", DOT("3.2", "4.3") DOT("3.2", "8") DOT("3.2", "11.7") },
    { IconId::Chart, "chart", "M2.5 2.5v11h11M4.8 10.5l2.7-3.7 2.3 2L13 4.5" },
    { IconId::Bug, "bug",
        "M5 7.5c0-2 1.2-3 3-3s3 1 3 3v2.3c0 2-1.2 3.4-3 3.4s-3-1.4-3-3.4zM5.8 4.9 4.5 3M10.2 4.9 11.5 3M5 8.8H2.3M11 "
        "8.8h2.7M5.2 11.3l-2 1.5M10.8 11.3l2 1.5M8 8v5" },
    { IconId::Mirror, "mirror", "M8 2.3v11.4M5.5 4.5v7l-3.5-7zM10.5 4.5v7l3.5-7z" },
    { IconId::Beaker, "beaker",
        "M6.3 2.5v4L3 12.3c-.3.6.1 1.2.8 1.2h8.4c.7 0 1.1-.6.8-1.2L9.7 6.5v-4M5.3 2.5h5.4M4.7 9.5h6.6" },
    { IconId::Certificate, "certificate",
        "M11.7 6.5a3.7 3.7 0 1 1-7.4 0a3.7 3.7 0 1 1 7.4 0zM5.8 9.5 4.8 13.7 8 12.2l3.2 1.5-1-4.2" },
    { IconId::Tag, "tag", "M2.7 3.2v4.6l5.7 5.7c.3.3.8.3 1.1 0l4-4c.3-.3.3-.8 0-1.1L7.8 2.7H3.2a.5.5 0 0 0-.5.5z",
        DOT("5.5", "5.5") },
    { IconId::Zip, "zip",
        "M2.5 6h4V2.5M6.5 6 2.8 2.3M13.5 10h-4v3.5M9.5 10l3.7 3.7M13.5 6h-4V2.5M9.5 6l3.7-3.7M2.5 10h4v3.5M6.5 10l-3.7 "
        "3.7" },
    { IconId::Timer, "timer", "M13 9a5 5 0 1 1-10 0a5 5 0 1 1 10 0zM8 6.5V9M6.5 2h3M12.3 3.7l1 1" },
    { IconId::Variable, "variable",
        "M5 2.8C3.3 5.9 3.3 10.1 5 13.2M11 2.8c1.7 3.1 1.7 7.3 0 10.4M6.3 6l3.4 4M9.7 6l-3.4 4" },
    { IconId::Bulb, "bulb", "M6 11.3c0-1.6-2.2-2.3-2.2-5a4.2 4.2 0 0 1 8.4 0c0 2.7-2.2 3.4-2.2 5zM6.3 13.7h3.4" },
    { IconId::Sun, "sun",
        "M10.8 8a2.8 2.8 0 1 1-5.6 0a2.8 2.8 0 1 1 5.6 0zM8 1.8v1.4M8 12.8v1.4M1.8 8h1.4M12.8 8h1.4M3.6 3.6l1 1M11.4 "
        "11.4l1 1M12.4 3.6l-1 1M4.6 11.4l-1 1" },
    { IconId::Moon, "moon", "M13.3 9.7A5.7 5.7 0 0 1 6.3 2.7a5.7 5.7 0 1 0 7 7z" },
    { IconId::Keyboard, "keyboard",
        "M2.8 4h10.4a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1H2.8a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zM5.5 9.7h5",
        DOT("4.5", "6.7") DOT("8", "6.7") DOT("11.5", "6.7") },
};

static_assert(std::size(drawings) == static_cast<size_t>(IconId::Count));

const Drawing &drawingOf(IconId id)
{
    const Drawing &drawing = drawings[static_cast<size_t>(id)];
    Q_ASSERT(drawing.id == id);
    return drawing;
}

// A stroke of 1.35 at 16 px and of 1.5 at 20, in units of the grid.
double strokeWidth(double pixels) { return pixels <= 17 ? 1.35 : pixels <= 24 ? 1.2 : 1.05; }

QPixmap rendered(const Drawing &drawing, int pixels, double points, const QColor &color)
{
    const QString key = QStringLiteral("gh-icon-%1-%2-%3-%4")
                            .arg(QLatin1String(drawing.name))
                            .arg(pixels)
                            .arg(points)
                            .arg(color.rgba());
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap))
        return pixmap;
    const QByteArray ink = color.name().toLatin1();
    QByteArray svg = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>";
    if (*drawing.stroke)
        svg += QByteArray("<path fill='none' stroke-linecap='round' stroke-linejoin='round' stroke='") + ink
            + "' stroke-width='" + QByteArray::number(strokeWidth(points)) + "' d='" + drawing.stroke + "'/>";
    if (*drawing.fill)
        svg += "<path fill='" + ink + "' d='" + QByteArray(drawing.fill) + "'/>";
    svg += "</svg>";
    QSvgRenderer renderer(svg);
    pixmap = QPixmap(pixels, pixels);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    renderer.render(&painter, QRectF(0, 0, pixels, pixels));
    painter.end();
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

class Engine final : public QIconEngine {
public:
    explicit Engine(IconId id, const QColor &color = {})
        : m_id(id)
        , m_color(color)
    {
    }
    IconId id() const { return m_id; }
    QColor color(QIcon::Mode mode, QIcon::State state) const
    {
        if (m_color.isValid())
            return m_color;
        const Tokens &t = Tokens::current();
        return mode == QIcon::Disabled ? t.text3 : state == QIcon::On ? t.accentText : t.text2;
    }
    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State state) override
    {
        paintIcon(painter, rect, m_id, color(mode, state));
    }
    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        return scaledPixmap(size, mode, state, 1);
    }
    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State state, qreal scale) override
    {
        // `size` is in device pixels already, as Qt asks for it.
        const int pixels = qMin(size.width(), size.height());
        return rendered(drawingOf(m_id), pixels, pixels / qMax(scale, 1.0), color(mode, state));
    }
    QString key() const override { return QStringLiteral("gatehouse"); }
    QIconEngine *clone() const override { return new Engine(*this); }
    QString iconName() override { return QLatin1String(drawingOf(m_id).name); }

private:
    IconId m_id;
    QColor m_color;
};

} // namespace

QIcon makeIcon(IconId id) { return QIcon(new Engine(id)); }
QIcon makeIcon(IconId id, const QColor &color) { return QIcon(new Engine(id, color)); }
const char *iconName(IconId id) { return drawingOf(id).name; }

void paintIcon(QPainter *painter, const QRectF &rect, IconId id, const QColor &color)
{
    const double points = qMin(rect.width(), rect.height());
    const double ratio = painter->device()->devicePixelRatio();
    const int pixels = qRound(points * ratio);
    if (pixels <= 0)
        return;
    QPixmap pixmap = rendered(drawingOf(id), pixels, points, color);
    pixmap.setDevicePixelRatio(ratio);
    // On whole device pixels, or the strokes blur.
    const auto snapped = [ratio](double value) { return std::round(value * ratio) / ratio; };
    painter->drawPixmap(
        QPointF(snapped(rect.left() + (rect.width() - points) / 2), snapped(rect.top() + (rect.height() - points) / 2)),
        pixmap);
}

void paintIcon(QPainter *painter, const QRectF &rect, const QIcon &icon, const QColor &color)
{
    static const QHash<QString, IconId> byName = [] {
        QHash<QString, IconId> map;
        for (const Drawing &drawing : drawings)
            map.insert(QLatin1String(drawing.name), drawing.id);
        return map;
    }();
    const auto found = byName.constFind(icon.name());
    if (found != byName.cend())
        paintIcon(painter, rect, *found, color);
    else
        icon.paint(painter, rect.toAlignedRect());
}

IconId policyIcon(std::string_view kind)
{
    struct Row {
        std::string_view word;
        IconId icon;
    };
    // By a word in the kind, the more telling first, so that a new kind finds a fitting one without a change here.
    static constexpr Row rows[] = {
        { "request-id", IconId::Hash },
        { "rate", IconId::Gauge },
        { "quota", IconId::Gauge },
        { "limit", IconId::Gauge },
        { "concurrency", IconId::Gauge },
        { "key", IconId::Key },
        { "jwt", IconId::Key },
        { "oauth", IconId::Key },
        { "basic", IconId::Key },
        { "hmac", IconId::Key },
        { "auth", IconId::Key },
        { "ldap", IconId::Key },
        { "mtls", IconId::Certificate },
        { "cert", IconId::Certificate },
        { "acl", IconId::People },
        { "ip", IconId::Shield },
        { "cors", IconId::Shield },
        { "csrf", IconId::Shield },
        { "secur", IconId::Shield },
        { "bot", IconId::Shield },
        { "waf", IconId::Shield },
        { "cache", IconId::Layers },
        { "breaker", IconId::Breaker },
        { "compress", IconId::Zip },
        { "header", IconId::Header },
        { "rewrite", IconId::Pencil },
        { "transform", IconId::Swap },
        { "body", IconId::Braces },
        { "json", IconId::Braces },
        { "schema", IconId::Check },
        { "valid", IconId::Check },
        { "timeout", IconId::Timer },
        { "delay", IconId::Clock },
        { "fault", IconId::Beaker },
        { "chaos", IconId::Beaker },
        { "log", IconId::Text },
        { "trac", IconId::Branch },
        { "metric", IconId::Chart },
        { "mirror", IconId::Mirror },
        { "script", IconId::Code },
        { "redirect", IconId::Route },
    };
    for (const Row &row : rows)
        if (kind.find(row.word) != std::string_view::npos)
            return row.icon;
    return IconId::Bolt;
}

} // namespace gatehouse::ui
