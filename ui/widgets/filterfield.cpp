#include "ui/widgets/filterfield.h"

#include "ui/models/format.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/filterterms.h"
#include "ui/widgets/format.h"

#include <QtCore/QAbstractListModel>
#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>
#include <QtWidgets/QStyledItemDelegate>

namespace gatehouse::ui {
namespace {

constexpr int chipGap = 6, firstChip = 30;

} // namespace

// The list below the field; the focus stays in the field.
class FilterField::Popup final : public QFrame {
public:
    class Model final : public QAbstractListModel {
    public:
        using QAbstractListModel::QAbstractListModel;
        int rowCount(const QModelIndex &parent = {}) const override
        {
            return parent.isValid() ? 0 : static_cast<int>(rows.size());
        }
        QVariant data(const QModelIndex &index, int role) const override
        {
            const FilterCompletion &row = rows[index.row()];
            if (role == Qt::DisplayRole)
                return row.term;
            if (role == Qt::AccessibleTextRole)
                return QStringList{ row.term, row.hint, row.count }.join(QStringLiteral(", "));
            return {};
        }
        void set(const QList<FilterCompletion> &list)
        {
            beginResetModel();
            rows = list;
            endResetModel();
        }
        QList<FilterCompletion> rows;
    };

    class Delegate final : public QStyledItemDelegate {
    public:
        Delegate(const Model *model, QObject *parent)
            : QStyledItemDelegate(parent)
            , m_model(model)
        {
        }
        QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
        {
            return { scaled(100), scaled(28) };
        }
        void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
        {
            const Tokens &t = Tokens::current();
            const FilterCompletion &row = m_model->rows[index.row()];
            const QRect r = option.rect;
            painter->save();
            if (option.state.testFlag(QStyle::State_Selected))
                drawBox(painter, r.adjusted(scaled(4), 0, -scaled(4), 0), 5, t.selected, QColor());
            if (row.mark)
                paintMark(painter, QPointF(r.left() + scaled(20), r.center().y() + 1), *row.mark);
            const QFont mono = typeFont(Type::Wire), text = typeFont(Type::Control);
            const qreal baseline = centredBaseline(mono, r.top(), r.height());
            const qsizetype colon = row.term.indexOf(QLatin1Char(':')) + 1;
            qreal x = r.left() + scaled(36);
            const QFontMetricsF monoMetrics(mono);
            painter->setFont(mono);
            painter->setPen(t.accentText);
            painter->drawText(QPointF(x, baseline), row.term.left(colon));
            x += monoMetrics.horizontalAdvance(row.term.left(colon));
            painter->setPen(t.text);
            painter->drawText(QPointF(x, baseline), shownText(row.term.mid(colon)));
            x += monoMetrics.horizontalAdvance(shownText(row.term.mid(colon))) + scaled(12);
            const qreal countWidth = monoMetrics.horizontalAdvance(row.count);
            painter->setPen(t.text2);
            painter->drawText(QPointF(r.right() - scaled(14) - countWidth, baseline), row.count);
            painter->setFont(text);
            painter->setPen(t.text3);
            painter->drawText(QPointF(x, centredBaseline(text, r.top(), r.height())),
                QFontMetricsF(text).elidedText(row.hint, Qt::ElideRight, r.right() - scaled(26) - countWidth - x));
            painter->restore();
        }

    private:
        const Model *m_model;
    };

    explicit Popup(FilterField *field)
        : QFrame(field, Qt::ToolTip | Qt::FramelessWindowHint)
        , m_list(new QListView(this))
        , m_model(new Model(this))
    {
        setAttribute(Qt::WA_ShowWithoutActivating);
        setAttribute(Qt::WA_TranslucentBackground);
        setFocusPolicy(Qt::NoFocus);
        m_list->setModel(m_model);
        m_list->setItemDelegate(new Delegate(m_model, m_list));
        m_list->setFrameShape(QFrame::NoFrame);
        m_list->setFocusPolicy(Qt::NoFocus);
        m_list->viewport()->setAutoFillBackground(false);
        m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        m_list->setAccessibleName(FilterField::tr("Completions"));
        auto *layout = new QVBoxLayout(this);
        layout->setContentsMargins(1, scaled(5), 1, scaled(34));
        layout->addWidget(m_list);
        connect(m_list, &QListView::clicked, field,
            [field](const QModelIndex &index) { field->takeCompletion(index.row()); });
    }
    void offer(const QList<FilterCompletion> &rows, const QRect &below)
    {
        m_model->set(rows);
        const int count = static_cast<int>(qMin<qsizetype>(rows.size(), 10));
        setGeometry(below.left(), below.bottom() + 2, scaled(540), scaled(28) * count + scaled(41));
        show();
        m_list->setCurrentIndex({});
    }
    int current() const { return m_list->currentIndex().row(); }
    void move(int step)
    {
        const int count = m_model->rowCount();
        m_list->setCurrentIndex(
            m_model->index((current() + step + (current() < 0 && step < 0 ? 1 : 0) + count) % count, 0));
    }
    const QList<FilterCompletion> &rows() const { return m_model->rows; }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Tokens &t = Tokens::current();
        QPainter painter(this);
        drawBox(&painter, rect(), 8, t.raised, t.line2);
        const int foot = height() - scaled(32);
        painter.fillRect(QRect(scaled(6), foot, width() - scaled(12), 1), t.line);
        painter.setFont(typeFont(Type::Control));
        painter.setPen(t.text3);
        painter.drawText(QRect(scaled(16), foot, width() - scaled(32), scaled(32)), Qt::AlignVCenter | Qt::AlignLeading,
            FilterField::tr("Tab takes it. A leading - turns it round. Free text searches path and headers."));
    }

private:
    QListView *m_list;
    Model *m_model;
};

FilterField::FilterField(const QString &placeholder, QWidget *parent)
    : QWidget(parent)
    , m_edit(new QLineEdit(this))
    , m_count(new QLabel(this))
    , m_popup(new Popup(this))
{
    m_edit->setFrame(false);
    m_edit->setPlaceholderText(placeholder);
    m_edit->setAccessibleName(placeholder);
    m_edit->installEventFilter(this);
    m_count->setTextFormat(Qt::PlainText);
    m_count->setForegroundRole(QPalette::PlaceholderText);
    setFocusProxy(m_edit);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(m_edit, &QLineEdit::textEdited, this, [this](const QString &text) {
        m_lit = -1;
        // A pasted expression, or a space after a finished term.
        if (splitTerms(text).size() > 1 || (text.endsWith(QLatin1Char(' ')) && text.count(QLatin1Char('"')) % 2 == 0))
            finishTyped();
        else
            announce();
        showCompletions();
    });
    layOut();
}

QString FilterField::expression() const
{
    QStringList all = m_chips;
    if (const QString typed = m_edit->text().trimmed(); !typed.isEmpty())
        all << typed;
    return joinTerms(all);
}

void FilterField::setExpression(const QString &expression)
{
    m_quiet = true;
    m_chips = splitTerms(expression);
    m_edit->clear();
    m_lit = -1;
    m_quiet = false;
    layOut();
    announce();
}

void FilterField::addTerm(const QString &term)
{
    m_chips.removeAll(negated(term));
    if (!m_chips.contains(term))
        m_chips << term;
    layOut();
    announce();
}

void FilterField::removeTerm(const QString &term)
{
    if (m_chips.removeAll(term) == 0)
        return;
    m_lit = -1;
    layOut();
    announce();
}

void FilterField::setCount(const QString &text)
{
    m_count->setText(text);
    layOut();
}

void FilterField::setProblem(bool problem)
{
    m_problem = problem;
    update();
}

void FilterField::announce()
{
    if (!m_quiet)
        Q_EMIT expressionChanged(expression());
}

void FilterField::finishTyped()
{
    const QStringList terms = splitTerms(m_edit->text());
    for (const QString &term : terms)
        if (!m_chips.contains(term))
            m_chips << term;
    m_edit->clear();
    layOut();
    announce();
}

void FilterField::editChip(qsizetype at)
{
    if (at < 0 || at >= m_chips.size())
        return;
    finishTyped();
    m_edit->setText(m_chips.takeAt(at));
    m_lit = -1;
    layOut();
    m_edit->setFocus();
    announce();
    showCompletions();
}

void FilterField::showCompletions()
{
    const QString typed = m_edit->text();
    const QList<FilterCompletion> rows = complete && !typed.isEmpty() ? complete(typed) : QList<FilterCompletion>();
    if (rows.isEmpty() || !m_edit->hasFocus()) {
        m_popup->hide();
        return;
    }
    m_popup->offer(rows, QRect(m_edit->mapToGlobal(QPoint(-scaled(90), 0)), QSize(1, m_edit->height() + scaled(4))));
}

void FilterField::takeCompletion(int row)
{
    const auto &rows = m_popup->rows();
    if (row < 0 || row >= rows.size())
        return;
    m_edit->setText(rows[row].term);
    m_popup->hide();
    // A bare field ("status:") waits for its value.
    if (rows[row].term.endsWith(QLatin1Char(':')))
        showCompletions();
    else
        finishTyped();
}

bool FilterField::completionKey(QKeyEvent *key)
{
    if (!m_popup->isVisible())
        return false;
    switch (key->key()) {
    case Qt::Key_Down: m_popup->move(1); return true;
    case Qt::Key_Up: m_popup->move(-1); return true;
    case Qt::Key_Tab: takeCompletion(qMax(0, m_popup->current())); return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_popup->current() < 0)
            return false;
        takeCompletion(m_popup->current());
        return true;
    case Qt::Key_Escape: m_popup->hide(); return true;
    default: return false;
    }
}

bool FilterField::editKey(QKeyEvent *key)
{
    const bool alt = key->modifiers() == Qt::AltModifier;
    if (alt && (key->key() == Qt::Key_Left || key->key() == Qt::Key_Right)) {
        const qsizetype count = m_chips.size();
        if (key->key() == Qt::Key_Left)
            m_lit = m_lit < 0 ? count - 1 : qMax<qsizetype>(0, m_lit - 1);
        else
            m_lit = m_lit < 0 || m_lit + 1 >= count ? -1 : m_lit + 1;
        update();
        return true;
    }
    switch (key->key()) {
    case Qt::Key_Backspace:
        if (m_lit >= 0) {
            removeTerm(QString(m_chips[m_lit]));
            return true;
        }
        if (m_edit->text().isEmpty() && !m_chips.isEmpty()) {
            editChip(m_chips.size() - 1);
            return true;
        }
        return false;
    case Qt::Key_Delete:
        if (m_lit < 0)
            return false;
        removeTerm(QString(m_chips[m_lit]));
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        m_popup->hide();
        if (m_lit >= 0)
            editChip(m_lit);
        else if (!m_edit->text().isEmpty())
            finishTyped();
        else
            Q_EMIT leftDownwards();
        return true;
    case Qt::Key_Down: Q_EMIT leftDownwards(); return true;
    case Qt::Key_Escape:
        if (m_lit >= 0) {
            m_lit = -1;
            update();
            return true;
        }
        return false;
    default: return false;
    }
}

bool FilterField::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_edit && event->type() == QEvent::KeyPress) {
        auto *key = static_cast<QKeyEvent *>(event);
        if (completionKey(key) || editKey(key))
            return true;
    }
    if (watched == m_edit && (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)) {
        if (event->type() == QEvent::FocusOut)
            m_popup->hide();
        update();
    }
    return QWidget::eventFilter(watched, event);
}

QSize FilterField::sizeHint() const { return { scaled(400), scaled(30) }; }
QSize FilterField::minimumSizeHint() const { return { scaled(160), scaled(30) }; }

// Chips from the start, the count at the end, the text between; chips that find no room scroll out at the start.
void FilterField::layOut()
{
    const QFont mono = typeFont(Type::Wire);
    const QFontMetrics metrics(mono);
    m_edit->setFont(mono);
    m_count->setFont(mono);
    const bool rtl = layoutDirection() == Qt::RightToLeft;
    const auto visual = [&](const QRect &r) {
        return rtl ? QRect(width() - r.right() - 1, r.y(), r.width(), r.height()) : r;
    };
    const int countWidth = m_count->text().isEmpty() ? 0 : m_count->sizeHint().width();
    const int right = width() - scaled(8) - countWidth;
    const int room = right - scaled(firstChip) - scaled(140);
    int total = 0;
    QList<int> widths;
    for (const QString &chip : m_chips) {
        widths << metrics.horizontalAdvance(metrics.elidedText(shownText(chip), Qt::ElideMiddle, scaled(260))) + scaled(32);
        total += widths.last() + scaled(chipGap);
    }
    int x = scaled(firstChip) - qMax(0, total - qMax(0, room));
    m_boxes.clear();
    const int high = scaled(20), top = (height() - high) / 2;
    for (const int width : widths) {
        const QRect box(x, top, width, high);
        m_boxes.append({ visual(box), visual(QRect(box.right() - scaled(18), top, scaled(18), high)) });
        x += width + scaled(chipGap);
    }
    x = qMax(x, scaled(firstChip));
    m_count->setGeometry(visual(QRect(right, 0, countWidth, height())));
    m_edit->setGeometry(visual(QRect(x + scaled(2), 2, qMax(scaled(40), right - x - scaled(10)), height() - 4)));
    update();
}

void FilterField::paintEvent(QPaintEvent *)
{
    const Tokens &t = Tokens::current();
    QPainter painter(this);
    const bool focused = m_edit->hasFocus();
    drawBox(&painter, rect(), 5, t.field,
        m_problem     ? t.server.fill
            : focused ? t.focus
                      : t.line2,
        m_problem     ? 2
            : focused ? t.focusWidth
                      : 1);
    const int size = scaled(16);
    const bool rtl = layoutDirection() == Qt::RightToLeft;
    const QFont mono = typeFont(Type::Wire);
    const QFontMetrics metrics(mono);
    painter.save();
    painter.setClipRect(rect().adjusted(rtl ? 2 : scaled(firstChip - 2), 0, rtl ? -scaled(firstChip - 2) : -2, 0));
    for (qsizetype i = 0; i < m_boxes.size(); ++i) {
        const bool no = isNegated(m_chips[i]);
        const QRect box = m_boxes[i].box;
        const QColor ink = no ? t.client.text : t.accentText;
        const QColor border = i == m_lit ? t.focus : t.highContrast ? ink : QColor();
        drawBox(&painter, box, 4, no ? t.client.tint : t.accentTint, border, i == m_lit ? t.focusWidth : 1);
        painter.setFont(mono);
        painter.setPen(ink);
        const QString shown = metrics.elidedText(shownText(m_chips[i]), Qt::ElideMiddle, box.width() - scaled(30));
        painter.drawText(QPointF(rtl ? box.left() + scaled(22) : box.left() + scaled(7),
                             centredBaseline(mono, box.top(), box.height())),
            shown);
        const int cross = scaled(12);
        const QRect at = m_boxes[i].close;
        paintIcon(&painter, QRectF(at.center().x() - cross / 2, at.top() + (at.height() - cross) / 2.0, cross, cross),
            IconId::Close, i == m_hovered ? t.text : ink);
    }
    painter.restore();
    paintIcon(&painter, QRectF(rtl ? width() - scaled(8) - size : scaled(8), (height() - size) / 2.0, size, size),
        IconId::Filter, t.text2);
}

void FilterField::mousePressEvent(QMouseEvent *event)
{
    for (qsizetype i = 0; i < m_boxes.size(); ++i) {
        if (m_boxes[i].close.contains(event->pos())) {
            removeTerm(QString(m_chips[i]));
            return;
        }
        if (m_boxes[i].box.contains(event->pos())) {
            editChip(i);
            return;
        }
    }
    m_edit->setFocus(Qt::MouseFocusReason);
}

void FilterField::mouseMoveEvent(QMouseEvent *event)
{
    m_hovered = -1;
    bool chip = false;
    for (qsizetype i = 0; i < m_boxes.size(); ++i) {
        if (m_boxes[i].close.contains(event->pos()))
            m_hovered = i;
        if (m_boxes[i].box.contains(event->pos())) {
            chip = true;
            setToolTip(plainToolTip(m_chips[i]));
        }
    }
    if (!chip)
        setToolTip({});
    setCursor(chip ? Qt::PointingHandCursor : Qt::IBeamCursor);
    update();
}

void FilterField::leaveEvent(QEvent *event)
{
    m_hovered = -1;
    update();
    QWidget::leaveEvent(event);
}

void FilterField::resizeEvent(QResizeEvent *) { layOut(); }

void FilterField::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::ApplicationFontChange || event->type() == QEvent::LayoutDirectionChange)
        layOut();
    QWidget::changeEvent(event);
}

} // namespace gatehouse::ui
