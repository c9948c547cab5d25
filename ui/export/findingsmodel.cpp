#include "ui/export/findingsmodel.h"

#include "ui/shell/navigator.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/icons.h"

#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QAbstractItemView>

namespace gatehouse::ui {

namespace {
QString q(const std::string &text) { return QString::fromStdString(text); }
constexpr double margin = 12, textLeft = 32, linkHeight = 20;

// "Show in Routes", by the panel where it is edited; empty: it concerns the whole.
QString linkText(const exporters::Finding &finding)
{
    if (finding.where.empty())
        return {};
    const QString panel = placeOfPath(q(finding.where), {}).panel;
    return panel == QLatin1String(panels::upstreams) ? FindingsModel::tr("Show in Upstreams")
        : panel == QLatin1String(panels::mocks)      ? FindingsModel::tr("Show in Mocks")
        : panel == QLatin1String(panels::settings)   ? FindingsModel::tr("Show in Settings")
                                                     : FindingsModel::tr("Show in Routes");
}

QString sentence(const exporters::Finding &finding)
{
    return finding.remedy.empty() ? q(finding.message) : q(finding.message) + QLatin1Char(' ') + q(finding.remedy);
}

QRectF sentenceBounds(const exporters::Finding &finding, qreal width)
{
    return QFontMetricsF(typeFont(Type::Control)).boundingRect(QRectF(0, 0, width, 10000), Qt::TextWordWrap, sentence(finding));
}

qreal widthOf(const QStyleOptionViewItem &option)
{
    const auto *view = qobject_cast<const QAbstractItemView *>(option.widget);
    return view ? view->viewport()->width() : option.rect.width();
}
} // namespace

void FindingsModel::setFindings(const std::vector<exporters::Finding> &findings, bool exactToo)
{
    beginResetModel();
    m_findings.clear();
    for (const exporters::Finding &finding : findings)
        if (exactToo || finding.level != exporters::Level::Exact)
            m_findings.push_back(finding);
    endResetModel();
}

const exporters::Finding *FindingsModel::at(int row) const { return row >= 0 && size_t(row) < m_findings.size() ? &m_findings[size_t(row)] : nullptr; }

int FindingsModel::rowOfLine(const std::string &file, int line) const
{
    for (size_t i = 0; i < m_findings.size(); ++i)
        if (m_findings[i].file == file && int(m_findings[i].line) == line)
            return int(i);
    return -1;
}

int FindingsModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : int(m_findings.size()); }

QVariant FindingsModel::data(const QModelIndex &index, int role) const
{
    const exporters::Finding *finding = at(index.row());
    if (!finding)
        return {};
    if (role == FindingRole)
        return QVariant::fromValue(finding);
    if (role == Qt::DisplayRole)
        return q(finding->feature);
    if (role == Qt::AccessibleTextRole)
        return tr("%1, line %2, %3: %4").arg(q(finding->feature)).arg(finding->line).arg(q(std::string(exporters::name(finding->level))), sentence(*finding));
    return {};
}

QSize FindingDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const auto *finding = index.data(FindingsModel::FindingRole).value<const exporters::Finding *>();
    const qreal width = widthOf(option) - scaled(margin) * 2 - scaled(textLeft) - scaled(12);
    return {0, finding ? int(sentenceBounds(*finding, width).height()) + scaled(48) + (linkText(*finding).isEmpty() ? 0 : scaled(linkHeight)) : 0};
}

QRect FindingDelegate::linkRect(const QStyleOptionViewItem &option, const QModelIndex &index)
{
    const auto *finding = index.data(FindingsModel::FindingRole).value<const exporters::Finding *>();
    if (!finding || linkText(*finding).isEmpty())
        return {};
    const QRect box = option.rect.adjusted(scaled(margin), scaled(4), -scaled(margin), -scaled(4));
    const int width = QFontMetrics(typeFont(Type::ControlStrong)).horizontalAdvance(linkText(*finding));
    return {box.left() + scaled(textLeft), box.bottom() - scaled(linkHeight + 7), width, scaled(linkHeight)};
}

bool FindingDelegate::editorEvent(QEvent *event, QAbstractItemModel *, const QStyleOptionViewItem &option, const QModelIndex &index)
{
    if (event->type() != QEvent::MouseButtonRelease)
        return false;
    const auto *mouse = static_cast<QMouseEvent *>(event);
    if (mouse->button() != Qt::LeftButton || !linkRect(option, index).contains(mouse->position().toPoint()))
        return false;
    Q_EMIT placeAsked(index.row());
    return true;
}

void FindingDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const auto *finding = index.data(FindingsModel::FindingRole).value<const exporters::Finding *>();
    if (!finding)
        return;
    const Tokens &t = Tokens::current();
    const bool selected = option.state & QStyle::State_Selected;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRect box = option.rect.adjusted(scaled(margin), scaled(4), -scaled(margin), -scaled(4));
    drawBox(painter, box, scaled(7), t.dark ? t.raised : t.surface, selected ? t.accent : t.line2, selected ? 1.5 : 1);
    const bool missing = finding->level == exporters::Level::Unsupported, exact = finding->level == exporters::Level::Exact;
    const Hue &hue = t.hue(missing ? HueId::Client : exact ? HueId::Ok : HueId::Delay);
    paintIcon(painter, QRectF(box.left() + scaled(10), box.top() + scaled(9), scaled(16), scaled(16)), missing ? IconId::Warning : exact ? IconId::Check : IconId::Info, hue.fill);
    const qreal left = box.left() + scaled(textLeft), right = box.right() - scaled(12);
    const QFont small = typeFont(Type::WireSmall), head = typeFont(Type::ControlStrong);
    const QString line = QObject::tr("line %1").arg(finding->line);
    const qreal lineWidth = QFontMetricsF(small).horizontalAdvance(line);
    painter->setFont(small);
    painter->setPen(t.text2);
    painter->drawText(QPointF(right - lineWidth, box.top() + scaled(21)), line);
    painter->setFont(head);
    painter->setPen(t.text);
    painter->drawText(QPointF(left, box.top() + scaled(21)), QFontMetricsF(head).elidedText(q(finding->feature), Qt::ElideRight, right - left - lineWidth - scaled(8)));
    painter->setFont(typeFont(Type::Control));
    painter->setPen(t.text2);
    painter->drawText(QRectF(left, box.top() + scaled(29), right - left, box.height()), Qt::TextWordWrap, sentence(*finding));
    if (const QRect link = linkRect(option, index); link.isValid()) {
        painter->setFont(head);
        painter->setPen(t.accentText);
        painter->drawText(QPointF(link.left(), centredBaseline(head, link.top(), link.height())), linkText(*finding));
    }
    painter->restore();
}

} // namespace gatehouse::ui
