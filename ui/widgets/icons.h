// The one family of icons, drawn for this product: strokes on a grid of 16, coloured when painted, cached per colour
// and device ratio. Add one by a line in the enum and one in icons.cpp.
#pragma once

#include <QtGui/QColor>
#include <QtGui/QIcon>

#include <string_view>

class QPainter;
class QRectF;

namespace gatehouse::ui {

enum class IconId {
    // Panels.
    Traffic,
    Routes,
    Upstreams,
    Mocks,
    Dashboard,
    Explorer,
    Export,
    Settings,
    // Chrome.
    Menu,
    More,
    Search,
    Filter,
    Bell,
    Undo,
    Redo,
    Play,
    Stop,
    Pause,
    Hold,
    Follow,
    Copy,
    Trash,
    Pin,
    Columns,
    Plus,
    Close,
    Pencil,
    Refresh,
    Send,
    Download,
    Upload,
    Save,
    Folder,
    File,
    Terminal,
    Power,
    Bolt,
    Compare,
    External,
    Eye,
    EyeOff,
    Grip,
    Link,
    Lock,
    Unlock,
    Calendar,
    History,
    ChevronDown,
    ChevronUp,
    ChevronLeft,
    ChevronRight,
    ChevronsUpDown,
    ArrowUp,
    ArrowDown,
    ArrowLeft,
    ArrowRight,
    // Verdicts and states.
    Check,
    Cross,
    Dash,
    Dot,
    Warning,
    Error,
    Info,
    Question,
    Barred,
    Clock,
    Layers,
    Braces,
    Retry,
    Ring,
    // Policies and things.
    Key,
    Gauge,
    Hash,
    Shield,
    Globe,
    Person,
    People,
    Server,
    Branch,
    Route,
    Ingress,
    Egress,
    Swap,
    Scale,
    Breaker,
    Database,
    Code,
    Header,
    Text,
    Table,
    Tree,
    Grid,
    List,
    Chart,
    Bug,
    Mirror,
    Beaker,
    Certificate,
    Tag,
    Zip,
    Timer,
    Variable,
    Bulb,
    Sun,
    Moon,
    Keyboard,
    Count, // how many there are
};

// Follows the palette: secondary text normally, accent when on, hint when disabled.
QIcon makeIcon(IconId id);
// In one colour, whatever the state.
QIcon makeIcon(IconId id, const QColor &color);
// Crisp at the painter's device ratio; `rect` is square or the icon is centred in it.
void paintIcon(QPainter *painter, const QRectF &rect, IconId id, const QColor &color);
// The same for an icon of a widget's option: ours take the colour, others paint themselves.
void paintIcon(QPainter *painter, const QRectF &rect, const QIcon &icon, const QColor &color);

const char *iconName(IconId id);
// The icon of a policy by its kind ("rate-limit", "key-auth", …); Bolt for one that has none of its own.
IconId policyIcon(std::string_view kind);

} // namespace gatehouse::ui
