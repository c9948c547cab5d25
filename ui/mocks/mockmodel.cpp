#include "ui/mocks/mockmodel.h"

#include "ui/mocks/mocktext.h"
#include "ui/shell/theme.h"
#include "ui/widgets/bars.h"
#include "ui/widgets/format.h"
#include "ui/widgets/listcolumn.h"
#include "ui/widgets/marks.h"

#include <QtCore/QMimeData>
#include <QtGui/QPainter>

#include <numeric>

namespace gatehouse::ui {

namespace {

constexpr char rowMime[] = "application/x-gatehouse-mock-response";

QString q(const std::string &text) { return QString::fromStdString(text); }
config::Location below(const config::Location &at, schema::Step step) { return {at.file, at.path / step, 0}; }

bool hasErrors(const Session &session, const config::Location &at)
{
    for (const auto &problem : session.problemsBelow(at))
        if (problem.severity == schema::Severity::Error)
            return true;
    return false;
}

} // namespace

void MockHits::refresh(int64_t nowMicros)
{
    std::map<QString, std::vector<uint64_t>> fresh;
    for (const auto &[name, hits] : m_live.mockHits())
        fresh[q(name)] = hits;
    const double seconds = double(nowMicros - m_readAt) / 1e6;
    const auto sum = [](const std::vector<uint64_t> &hits) { return std::accumulate(hits.begin(), hits.end(), uint64_t(0)); };
    if (m_readAt && seconds > 0.2) {
        for (const auto &[name, hits] : fresh) {
            const auto before = m_hits.find(name);
            const uint64_t now = sum(hits), then = before == m_hits.end() ? now : sum(before->second);
            m_rates[name] = now > then ? double(now - then) / seconds : 0;
        }
    }
    if (!m_readAt || seconds > 0.2)
        m_readAt = nowMicros;
    m_hits = std::move(fresh);
}

const std::vector<uint64_t> &MockHits::of(const QString &mock) const
{
    static const std::vector<uint64_t> none;
    const auto it = m_hits.find(mock);
    return it == m_hits.end() ? none : it->second;
}

double MockHits::perSecond(const QString &mock) const
{
    const auto it = m_rates.find(mock);
    return it == m_rates.end() ? 0 : it->second;
}

MockListModel::MockListModel(const MockHits &hits, Session &session, QObject *parent)
    : QAbstractListModel(parent), m_hits(hits), m_session(session)
{
}

void MockListModel::setFilter(const QString &text)
{
    m_filter = text.trimmed();
    refresh();
}

void MockListModel::refresh()
{
    std::vector<MockRow> rows;
    if (m_session.isOpen()) {
        const config::Document &document = m_session.document();
        for (const config::NamedThing &thing : document.things("mock")) {
            MockRow row;
            row.name = q(thing.name);
            if (!row.name.contains(m_filter, Qt::CaseInsensitive))
                continue;
            const schema::Node *responses = document.at(below(thing.at, "responses"));
            const schema::Node *mode = document.at(below(thing.at, "mode"));
            const int count = responses ? int(responses->items.size()) : 0;
            if (mode && mode->text == "sequence")
                row.phrase = tr("sequence of %1").arg(count);
            else if (mode && mode->text == "random")
                row.phrase = tr("%n response(s), by chance", nullptr, count);
            else
                row.phrase = tr("%n response(s), first match", nullptr, count);
            row.perSecond = m_hits.perSecond(row.name);
            row.wrong = hasErrors(m_session, thing.at);
            rows.push_back(std::move(row));
        }
    }
    const bool same = rows.size() == m_rows.size() && std::equal(rows.begin(), rows.end(), m_rows.begin(), [](const auto &a, const auto &b) { return a.name == b.name; });
    if (!same)
        beginResetModel();
    m_rows = std::move(rows);
    if (!same)
        endResetModel();
    else if (!m_rows.empty())
        Q_EMIT dataChanged(index(0), index(int(m_rows.size()) - 1));
}

int MockListModel::rowOf(const QString &name) const
{
    for (size_t i = 0; i < m_rows.size(); ++i)
        if (m_rows[i].name == name)
            return int(i);
    return -1;
}

int MockListModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : int(m_rows.size()); }

QVariant MockListModel::data(const QModelIndex &index, int role) const
{
    const MockRow *row = at(index.row());
    if (!row)
        return {};
    if (role == Qt::DisplayRole)
        return row->name;
    if (role == Qt::AccessibleTextRole)
        return tr("%1, %2, %3 per second").arg(row->name, row->phrase, formatRate(row->perSecond));
    return {};
}

ResponseListModel::ResponseListModel(const MockHits &hits, Session &session, QObject *parent)
    : QAbstractListModel(parent), m_hits(hits), m_session(session)
{
}

void ResponseListModel::setMock(const QString &name)
{
    if (name != m_mock) {
        beginResetModel();
        m_mock = name;
        m_rows.clear();
        m_answering = -1;
        endResetModel();
    }
    refresh();
}

void ResponseListModel::setAnswering(int row)
{
    m_answering = row;
    refresh();
}

void ResponseListModel::refresh()
{
    std::vector<ResponseRow> rows;
    const auto mock = m_session.isOpen() && !m_mock.isEmpty() ? m_session.document().find("mock", m_mock.toStdString()) : std::nullopt;
    const schema::Node *list = mock ? m_session.document().at(below(*mock, "responses")) : nullptr;
    const std::vector<uint64_t> &hits = m_hits.of(m_mock);
    const uint64_t total = std::accumulate(hits.begin(), hits.end(), uint64_t(0));
    for (size_t i = 0; list && i < list->items.size(); ++i) {
        const schema::Node &node = list->items[i];
        ResponseRow row;
        const schema::Node *status = node.find("status");
        row.statusText = status ? q(status->text) : QStringLiteral("200");
        row.status = row.statusText.toInt();
        row.condition = conditionWords(node.find("when"));
        if (row.condition.isEmpty())
            row.condition = i + 1 == list->items.size() && i > 0 ? tr("otherwise") : tr("always");
        row.latency = latencyWords(node.find("latency"));
        row.share = total && i < hits.size() ? double(hits[i]) / double(total) : -1;
        row.answers = int(i) == m_answering;
        row.wrong = hasErrors(m_session, below(below(*mock, "responses"), i));
        rows.push_back(std::move(row));
    }
    const int before = int(m_rows.size()), after = int(rows.size());
    // Rows come and go at the end, so that selection and scroll survive; what they say is told below.
    if (after > before)
        beginInsertRows({}, before, after - 1);
    else if (after < before)
        beginRemoveRows({}, after, before - 1);
    m_rows = std::move(rows);
    if (after > before)
        endInsertRows();
    else if (after < before)
        endRemoveRows();
    if (after)
        Q_EMIT dataChanged(index(0), index(after - 1));
}

int ResponseListModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : int(m_rows.size()); }

QVariant ResponseListModel::data(const QModelIndex &index, int role) const
{
    const ResponseRow *row = at(index.row());
    if (!row)
        return {};
    if (role == Qt::DisplayRole)
        return QStringLiteral("%1 %2").arg(row->statusText, reasonOf(row->status));
    if (role == Qt::AccessibleTextRole)
        return tr("%1 %2, %3, %4").arg(row->statusText, reasonOf(row->status), row->condition, row->answers ? tr("answers the preview") : row->latency);
    return {};
}

Qt::ItemFlags ResponseListModel::flags(const QModelIndex &index) const
{
    return index.isValid() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsDragEnabled : Qt::ItemIsDropEnabled;
}

QStringList ResponseListModel::mimeTypes() const { return {QLatin1String(rowMime)}; }

QMimeData *ResponseListModel::mimeData(const QModelIndexList &indexes) const
{
    auto *data = new QMimeData;
    if (!indexes.isEmpty())
        data->setData(QLatin1String(rowMime), QByteArray::number(indexes.first().row()));
    return data;
}

bool ResponseListModel::dropMimeData(const QMimeData *data, Qt::DropAction action, int row, int, const QModelIndex &)
{
    if (action != Qt::MoveAction || !data->hasFormat(QLatin1String(rowMime)))
        return false;
    const int from = data->data(QLatin1String(rowMime)).toInt();
    const int before = row < 0 ? rowCount() : row;
    const int to = before > from ? before - 1 : before;
    // Later: the view is in the middle of its drop.
    if (to != from)
        QMetaObject::invokeMethod(this, [this, from, to] { Q_EMIT moved(from, to); }, Qt::QueuedConnection);
    return false; // the document moves it, not the view
}

QSize MockDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const { return {0, scaled(48)}; }

void MockDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const MockRow *row = m_model.at(index.row());
    if (!row)
        return;
    const Tokens &t = Tokens::current();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    drawListGround(painter, option);
    const QRect inner = option.rect.adjusted(scaled(16), 0, -scaled(16), 0);
    const qreal first = option.rect.top() + scaled(19), second = option.rect.top() + scaled(38);
    drawListText(painter, typeFont(Type::WireSmall), t.text2, inner.left(), first, inner.width(), row->perSecond > 0 ? tr("%1/s").arg(formatRate(row->perSecond)) : QStringLiteral("0"), true);
    drawListText(painter, typeFont(Type::ControlStrong), t.text, inner.left(), first, inner.width() - scaled(56), row->name);
    if (row->wrong)
        paintMark(painter, QPointF(inner.right() - scaled(4), second - scaled(4)), Mark::NoAnswer, scaled(8));
    drawListText(painter, typeFont(Type::Control), t.text2, inner.left(), second, inner.width() - scaled(16), row->phrase);
    painter->restore();
}

QSize ResponseDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const { return {0, scaled(54)}; }

void ResponseDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const ResponseRow *row = m_model.at(index.row());
    if (!row)
        return;
    const Tokens &t = Tokens::current();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    drawListGround(painter, option);
    const int left = option.rect.left() + scaled(6), right = option.rect.right() - scaled(18);
    const qreal first = option.rect.top() + scaled(22), second = option.rect.top() + scaled(42);
    paintIcon(painter, QRectF(left + scaled(6), option.rect.center().y() - scaled(8), scaled(16), scaled(16)), IconId::Grip, t.text3);
    const Mark mark = markOfStatus(row->status);
    paintMark(painter, QPointF(left + scaled(34), first - scaled(4)), mark, scaled(9));
    const QColor colour = row->wrong ? t.server.text : t.hue(hueOf(mark)).text;
    drawListText(painter, typeFont(Type::Wire), colour, left + scaled(46), first, scaled(60), row->statusText);
    const qreal name = left + scaled(46) + QFontMetricsF(typeFont(Type::Wire)).horizontalAdvance(row->statusText) + scaled(8);
    qreal end = right;
    if (!row->latency.isEmpty()) {
        const qreal width = QFontMetricsF(typeFont(Type::Wire)).horizontalAdvance(row->latency);
        drawListText(painter, typeFont(Type::Wire), t.text2, right - width, first, width + 1, row->latency);
        end -= width + scaled(12);
    }
    if (row->answers) {
        const int width = chipWidth(tr("answers the preview"));
        paintChip(painter, QPointF(end - width, first - scaled(13)), tr("answers the preview"), HueId::Mock);
        end -= width + scaled(8);
    }
    drawListText(painter, typeFont(Type::ControlStrong), t.text, name, first, end - name, reasonOf(row->status));
    const qreal gauge = right - scaled(150);
    drawListText(painter, typeFont(Type::Wire), t.text2, left + scaled(46), second, gauge - left - scaled(58), row->condition);
    paintGauge(painter, QRectF(gauge, second - scaled(7), scaled(90), scaled(5)), std::max(row->share, 0.0), t.mock.fill);
    drawListText(painter, typeFont(Type::WireSmall), t.text2, gauge + scaled(92), second, right - gauge - scaled(92), row->share < 0 ? QStringLiteral("–") : formatPercent(row->share), true);
    painter->restore();
}

} // namespace gatehouse::ui
