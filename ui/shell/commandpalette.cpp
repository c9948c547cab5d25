#include "ui/shell/commandpalette.h"

#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/flatbutton.h"

#include <QtCore/QAbstractListModel>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QStyledItemDelegate>

namespace gatehouse::ui {
namespace {

constexpr int boxWidth = 680, boxTop = 84, fieldHeight = 52, footHeight = 36, rowHeight = 34, headHeight = 30;
constexpr int mostRows = 200;

struct PaletteRow {
    bool head = false;
    PaletteHit hit;
};

} // namespace

class PaletteModel final : public QAbstractListModel {
public:
    using QAbstractListModel::QAbstractListModel;
    int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
    }
    QVariant data(const QModelIndex &index, int role) const override
    {
        const PaletteRow &row = m_rows[index.row()];
        const PaletteItem &item = row.hit.item;
        if (role == Qt::DisplayRole)
            return row.head ? item.group : item.name;
        if (role == Qt::AccessibleTextRole)
            return row.head ? item.group : QStringList{ item.name, item.detail, item.state }.join(QStringLiteral(", "));
        return {};
    }
    Qt::ItemFlags flags(const QModelIndex &index) const override
    {
        return m_rows[index.row()].head ? Qt::NoItemFlags : Qt::ItemIsEnabled | Qt::ItemIsSelectable;
    }
    void setHits(const QList<PaletteHit> &hits)
    {
        beginResetModel();
        m_rows.clear();
        QString group;
        for (const PaletteHit &hit : hits) {
            if (hit.item.group != group || m_rows.isEmpty()) {
                group = hit.item.group;
                if (!group.isEmpty())
                    m_rows.append({ true, hit });
            }
            m_rows.append({ false, hit });
        }
        endResetModel();
    }
    const PaletteRow &row(int at) const { return m_rows[at]; }

private:
    QList<PaletteRow> m_rows;
};

namespace {

class PaletteDelegate final : public QStyledItemDelegate {
public:
    PaletteDelegate(const PaletteModel *model, QObject *parent)
        : QStyledItemDelegate(parent)
        , m_model(model)
    {
    }
    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &index) const override
    {
        return { scaled(100), scaled(m_model->row(index.row()).head ? headHeight : rowHeight) };
    }
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Tokens &t = Tokens::current();
        const PaletteRow &row = m_model->row(index.row());
        const PaletteItem &item = row.hit.item;
        const QRect r = option.rect;
        painter->save();
        painter->setLayoutDirection(option.direction);
        if (row.head) {
            const QFont f = typeFont(Type::Head);
            painter->setFont(f);
            painter->setPen(t.text3);
            painter->drawText(
                r.adjusted(scaled(18), scaled(6), -scaled(18), 0), Qt::AlignVCenter | Qt::AlignLeading, item.group);
            painter->restore();
            return;
        }
        if (option.state.testFlag(QStyle::State_Selected)) {
            drawBox(
                painter, r.adjusted(scaled(8), 0, -scaled(8), 0), 6, t.selected, t.highContrast ? t.focus : QColor());
        }
        const int size = scaled(16);
        const auto mirrored = [&](const QRect &q) { return QStyle::visualRect(option.direction, r, q); };
        paintIcon(painter, mirrored(QRect(r.left() + scaled(18), r.center().y() - size / 2 + 1, size, size)), item.icon,
            t.text2);
        const QFont small = typeFont(Type::Control);
        const QFontMetrics smallMetrics(small);
        const int stateWidth = smallMetrics.horizontalAdvance(item.state);
        const int left = r.left() + scaled(46),
                  right = r.right() - scaled(16) - stateWidth - (stateWidth ? scaled(12) : 0);
        painter->setFont(small);
        painter->setPen(t.text2);
        painter->drawText(mirrored(QRect(r.right() - scaled(16) - stateWidth, r.top(), stateWidth + 1, r.height())),
            Qt::AlignVCenter | Qt::AlignLeading, item.state);
        Runs runs = nameRuns(row.hit);
        if (!item.detail.isEmpty())
            runs << quiet(QStringLiteral("   ") + item.detail);
        const QFont body = typeFont(Type::Strong);
        painter->setClipRect(mirrored(QRect(left, r.top(), right - left, r.height())));
        paintNameAndDetail(painter, runs, mirrored(QRect(left, r.top(), right - left, r.height())), body, small);
        painter->restore();
    }

private:
    // The hits of the name bold and in accent.
    static Runs nameRuns(const PaletteHit &hit)
    {
        Runs runs;
        const QString &name = hit.item.name;
        for (qsizetype i = 0; i < name.size();) {
            const bool in = hit.match.hits.contains(i);
            qsizetype end = i + 1;
            while (end < name.size() && hit.match.hits.contains(end) == in)
                ++end;
            runs << Run{ name.mid(i, end - i), in ? Run::Style::Link : Run::Style::Plain, {}, {}, {} };
            i = end;
        }
        return runs;
    }
    static void paintNameAndDetail(
        QPainter *painter, const Runs &runs, const QRect &r, const QFont &body, const QFont &small)
    {
        const qreal baseline = centredBaseline(body, r.top(), r.height());
        Runs name = runs, detail;
        if (!name.isEmpty() && name.last().style == Run::Style::Quiet)
            detail << name.takeLast();
        qreal width = 0;
        for (const Run &run : name)
            width += QFontMetricsF(fontOfRun(run, body)).horizontalAdvance(run.text);
        qreal detailWidth = 0;
        for (const Run &run : detail)
            detailWidth += QFontMetricsF(small).horizontalAdvance(run.text);
        const bool rtl = painter->layoutDirection() == Qt::RightToLeft;
        const qreal start = rtl ? r.right() - qMin<qreal>(width, r.width()) : r.left();
        paintRuns(painter, { start, baseline }, name, body, r.width());
        const qreal room = r.width() - width;
        if (room > scaled(30))
            paintRuns(
                painter, { rtl ? start - qMin(room, detailWidth) : start + width, baseline }, detail, small, room);
    }

    const PaletteModel *m_model;
};

// The raised box: paints itself, the shadow and the foot with its keys.
class PaletteBox final : public QWidget {
public:
    using QWidget::QWidget;

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Tokens &t = Tokens::current();
        QPainter painter(this);
        drawBox(&painter, rect(), 12, t.raised, t.line2);
        painter.fillRect(QRect(1, scaled(fieldHeight), width() - 2, 1), t.line);
        const int foot = height() - scaled(footHeight);
        painter.fillRect(QRect(1, foot, width() - 2, 1), t.line);
        const int size = scaled(16);
        const bool rtl = layoutDirection() == Qt::RightToLeft;
        paintIcon(&painter,
            QRectF(rtl ? width() - scaled(18) - size : scaled(18), (scaled(fieldHeight) - size) / 2.0, size, size),
            IconId::Search, t.text2);
        const QString closes = CommandPalette::tr("Esc closes");
        const QFont hint = typeFont(Type::Control);
        const int closesWidth = QFontMetrics(hint).horizontalAdvance(closes);
        painter.setFont(hint);
        painter.setPen(t.text2);
        painter.drawText(QPointF(rtl ? scaled(16) : width() - scaled(16) - closesWidth, centredBaseline(hint, 0, scaled(fieldHeight))), closes);
        const std::pair<QString, QString> keys[] = { { CommandPalette::tr("Enter"), CommandPalette::tr("opens") },
            { CommandPalette::tr("Tab"), CommandPalette::tr("what can be done with it") },
            { QStringLiteral(">"), CommandPalette::tr("actions only") },
            { QStringLiteral("/"), CommandPalette::tr("a path: explains where it goes") } };
        int x = scaled(18);
        const QFont f = typeFont(Type::Control);
        for (const auto &[key, text] : keys) {
            const int capWidth = keyCapWidth(key), textWidth = QFontMetrics(f).horizontalAdvance(text);
            const auto at = [&](int from, int w) { return rtl ? width() - from - w : from; };
            paintKeyCap(&painter, QPointF(at(x, capWidth), foot + (scaled(footHeight) - scaled(17)) / 2.0), key);
            x += capWidth + scaled(6);
            painter.setFont(f);
            painter.setPen(t.text2);
            painter.drawText(QPointF(at(x, textWidth), centredBaseline(f, foot, scaled(footHeight))), text);
            x += textWidth + scaled(16);
        }
    }
};

} // namespace

bool looksLikeRequest(const QString &text)
{
    const QString t = text.trimmed();
    if (t.startsWith(QLatin1Char('/')) || t.startsWith(QStringLiteral("curl "))
        || t.startsWith(QStringLiteral("http://")) || t.startsWith(QStringLiteral("https://")))
        return true;
    for (const auto *method : { "GET ", "HEAD ", "POST ", "PUT ", "PATCH ", "DELETE ", "OPTIONS " })
        if (t.startsWith(QLatin1String(method)))
            return t.contains(QLatin1Char('/'));
    return false;
}

CommandPalette::CommandPalette(QWidget *host)
    : QWidget(host)
    , m_box(new PaletteBox(this))
    , m_field(new QLineEdit(m_box))
    , m_list(new QListView(m_box))
    , m_model(new PaletteModel(this))
{
    setVisible(false);
    m_field->setFrame(false);
    m_field->setPlaceholderText(tr("Go to, run or explain\u2026"));
    m_field->setAccessibleName(tr("Go to, run or explain"));
    m_field->installEventFilter(this);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new PaletteDelegate(m_model, m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setMouseTracking(true);
    m_list->setAccessibleName(tr("Hits"));
    auto *column = new QVBoxLayout(m_box);
    column->setContentsMargins(0, 0, 0, scaled(footHeight));
    column->setSpacing(0);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(scaled(46), 0, scaled(24) + QFontMetrics(typeFont(Type::Control)).horizontalAdvance(tr("Esc closes")), 0);
    m_field->setFixedHeight(scaled(fieldHeight));
    row->addWidget(m_field);
    column->addLayout(row);
    column->addSpacing(1);
    column->addWidget(m_list, 1);
    connect(m_field, &QLineEdit::textChanged, this, [this] { refresh(); });
    connect(m_list, &QListView::clicked, this, [this](const QModelIndex &index) { activate(index.row()); });
    host->installEventFilter(this);
}

void CommandPalette::open(const std::function<QList<PaletteItem>()> &collect, const QString &text)
{
    if (!isVisible())
        m_before = window()->focusWidget();
    m_items = collect();
    m_opened.reset();
    QFont f = typeFont(Type::Body);
    f.setPointSizeF(f.pointSizeF() * 15 / 13);
    m_field->setFont(f);
    QPalette palette = Theme::instance() ? paletteFor(Tokens::current()) : m_list->palette();
    palette.setColor(QPalette::Base, Tokens::current().raised);
    m_list->setPalette(palette);
    m_list->viewport()->setPalette(palette);
    m_field->setText(text);
    refresh();
    setVisible(true);
    raise();
    m_field->setFocus(Qt::ShortcutFocusReason);
    m_field->setCursorPosition(static_cast<int>(text.size()));
}

void CommandPalette::close()
{
    if (!isVisible())
        return;
    setVisible(false);
    m_items.clear();
    if (m_before)
        m_before->setFocus(Qt::OtherFocusReason);
}

void CommandPalette::refresh()
{
    QString query = m_field->text();
    QList<PaletteItem> items;
    if (m_opened) {
        for (const PaletteCommand &command : m_opened->commands)
            items.append({ m_opened->name, command.icon, command.text, {}, command.shortcut, command.run, {}, true });
    } else if (query.startsWith(QLatin1Char('>'))) {
        query.remove(0, 1);
        for (const PaletteItem &item : m_items)
            if (item.isAction)
                items << item;
    } else {
        items = m_items;
    }
    QList<PaletteHit> hits = rankPalette(items, query.trimmed(), mostRows);
    if (!m_opened && explain && looksLikeRequest(query)) {
        const QString request = query.trimmed();
        hits.prepend({ { tr("Explain"), IconId::Route, request, tr("explains where it goes; nothing is sent"), {},
                           [this, request] { explain(request); }, {}, false },
            {} });
    }
    m_model->setHits(hits);
    move(0);
    place();
}

void CommandPalette::place()
{
    setGeometry(parentWidget()->rect());
    int rows = 0;
    for (int i = 0; i < m_model->rowCount(); ++i)
        rows += scaled(m_model->row(i).head ? headHeight : rowHeight);
    const int top = qMin(scaled(boxTop), height() / 8 + 20);
    const int fixed = scaled(fieldHeight) + scaled(footHeight) + scaled(14);
    const int most = qMax(fixed + scaled(rowHeight), qMin(scaled(528), height() - top - scaled(24)));
    const int width = qMin(scaled(boxWidth), this->width() - scaled(48));
    m_box->setGeometry((this->width() - width) / 2, top, width, qBound(fixed + scaled(rowHeight), fixed + rows, most));
}

// Moves the selection over the heads; 0 selects the first item.
void CommandPalette::move(int step)
{
    const int count = m_model->rowCount();
    int row = step == 0 ? -1 : m_list->currentIndex().row();
    const int direction = step < 0 ? -1 : 1;
    for (int left = qMax(1, qAbs(step)); left > 0; --left) {
        int next = row + direction;
        while (next >= 0 && next < count && m_model->row(next).head)
            next += direction;
        if (next < 0 || next >= count)
            break;
        row = next;
    }
    const QModelIndex index = m_model->index(row, 0);
    m_list->setCurrentIndex(index);
    if (index.isValid())
        m_list->scrollTo(row <= 1 ? m_model->index(0, 0) : index);
}

void CommandPalette::activate(int row)
{
    if (row < 0 || row >= m_model->rowCount() || m_model->row(row).head)
        return;
    const auto open = m_model->row(row).hit.item.open;
    close();
    if (open)
        open();
}

void CommandPalette::enterCommands()
{
    const int row = m_list->currentIndex().row();
    if (m_opened || row < 0 || m_model->row(row).hit.item.commands.isEmpty())
        return;
    m_queryBefore = m_field->text();
    m_opened = m_model->row(row).hit.item;
    m_field->clear();
    refresh();
}

bool CommandPalette::leaveCommands()
{
    if (!m_opened)
        return false;
    m_opened.reset();
    m_field->setText(m_queryBefore);
    refresh();
    return true;
}

QStringList CommandPalette::shownNames() const
{
    QStringList names;
    for (int i = 0; i < m_model->rowCount(); ++i)
        if (!m_model->row(i).head)
            names << m_model->row(i).hit.item.name;
    return names;
}

QString CommandPalette::currentName() const
{
    const int row = m_list->currentIndex().row();
    return row < 0 ? QString() : m_model->row(row).hit.item.name;
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == parent() && event->type() == QEvent::Resize && isVisible())
        place();
    if (watched != m_field)
        return QWidget::eventFilter(watched, event);
    if (event->type() == QEvent::FocusOut && isVisible()
        && static_cast<QFocusEvent *>(event)->reason() == Qt::MouseFocusReason)
        close();
    if (event->type() != QEvent::KeyPress)
        return false;
    const auto *key = static_cast<QKeyEvent *>(event);
    switch (key->key()) {
    case Qt::Key_Up: move(-1); return true;
    case Qt::Key_Down: move(1); return true;
    case Qt::Key_PageUp: move(-8); return true;
    case Qt::Key_PageDown: move(8); return true;
    case Qt::Key_Return:
    case Qt::Key_Enter: activate(m_list->currentIndex().row()); return true;
    case Qt::Key_Tab: enterCommands(); return true;
    case Qt::Key_Backtab: leaveCommands(); return true;
    case Qt::Key_Backspace: return m_field->text().isEmpty() && leaveCommands();
    case Qt::Key_Escape:
        if (!leaveCommands())
            close();
        return true;
    default: return false;
    }
}

void CommandPalette::paintEvent(QPaintEvent *)
{
    const Tokens &t = Tokens::current();
    QPainter painter(this);
    painter.fillRect(rect(), t.dim);
    // A soft shadow of a few widening boxes.
    for (int i = 6; i > 0; --i) {
        QColor shade = t.shadow;
        shade.setAlpha(t.shadow.alpha() / 7);
        drawBox(&painter, QRectF(m_box->geometry()).adjusted(-i * 2, -i, i * 2, i * 3), 12 + i, shade, QColor());
    }
}

void CommandPalette::mousePressEvent(QMouseEvent *) { close(); }

void CommandPalette::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        update();
    QWidget::changeEvent(event);
}

} // namespace gatehouse::ui
