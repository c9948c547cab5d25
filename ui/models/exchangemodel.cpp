#include "ui/models/exchangemodel.h"

#include "ui/models/exchangetext.h"
#include "ui/models/format.h"

#include <algorithm>
#include <unordered_map>

namespace gatehouse::ui {

using observe::Row;
using observe::State;
using observe::StatusClass;
using observe::Verdict;

namespace {

constexpr int frameMillis = 33, settleMillis = 1000;
constexpr size_t pageRows = 10'000;

bool isNumber(int column)
{
    switch (column) {
    case ExchangeModel::Status:
    case ExchangeModel::Duration:
    case ExchangeModel::Size:
    case ExchangeModel::Time:
    case ExchangeModel::Tries:
    case ExchangeModel::RequestSize: return true;
    default: return false;
    }
}

uint64_t numberOf(const Row &row, int column)
{
    switch (column) {
    case ExchangeModel::Status: return row.status;
    case ExchangeModel::Duration: return uint64_t(std::max<int64_t>(0, row.durationMicros));
    case ExchangeModel::Size: return row.responseBytes;
    case ExchangeModel::Time: return uint64_t(std::max<int64_t>(0, row.startedMicros));
    case ExchangeModel::Tries: return row.tries;
    default: return row.requestBytes;
    }
}

uint64_t prefixKey(std::string_view text)
{
    uint64_t key = 0;
    for (size_t i = 0; i < 8; ++i)
        key = key << 8 | (i < text.size() ? uint8_t(text[i]) : 0u);
    return key;
}

} // namespace

ExchangeModel::ExchangeModel(api::Exchanges &exchanges, QObject *parent)
    : QAbstractTableModel(parent)
    , m_exchanges(exchanges)
{
    m_frame.setInterval(frameMillis);
    m_settle.setInterval(settleMillis);
    connect(&m_frame, &QTimer::timeout, this, &ExchangeModel::poll);
    connect(&m_settle, &QTimer::timeout, this, &ExchangeModel::settle);
}

void ExchangeModel::setLive(bool live)
{
    if (live)
        m_frame.start();
    else
        m_frame.stop();
}

// --- what comes and goes ---------------------------------------------------------------------------------------------

uint8_t ExchangeModel::judge(const Row &row) const
{
    const bool counted = !m_counted || m_counted(row);
    const bool shown = counted && (!m_shown || m_shown(row));
    return uint8_t((counted ? Counted : 0) | (shown ? Shown : 0));
}

void ExchangeModel::count(const Row &row, uint8_t flags, int sign)
{
    const auto add = [sign](size_t &figure) { figure = sign > 0 ? figure + 1 : figure - 1; };
    const size_t statusClass = size_t(row.statusClass());
    if (flags & Counted) {
        add(m_counts.all);
        add(m_counts.byClass[statusClass]);
        if (isRefusal(row.verdict))
            add(m_counts.refused);
        else if (row.verdict == Verdict::Delayed)
            add(m_counts.delayed);
        else if (row.verdict == Verdict::Cached)
            add(m_counts.cached);
        else if (row.verdict == Verdict::Mocked)
            add(m_counts.mocked);
    }
    if (flags & Shown) {
        const int64_t second = row.startedMicros / 1'000'000;
        Second &bucket = m_seconds[second];
        bucket[statusClass] = sign > 0 ? bucket[statusClass] + 1 : bucket[statusClass] - 1;
        if (sign < 0 && std::all_of(bucket.begin(), bucket.end(), [](uint32_t figure) { return figure == 0; }))
            m_seconds.erase(second);
    }
}

void ExchangeModel::poll()
{
    const api::ExchangePage page = m_exchanges.since(m_position, pageRows);
    m_position = page.next;
    const bool changes = !page.rows.empty() || page.firstKept > m_firstKept;
    std::vector<uint64_t> fresh;
    bool touched = false;
    for (const Row &row : page.rows) {
        if (const auto known = m_store.inFlight(row.id)) {
            update(*known, row);
            touched = true;
            continue;
        }
        const uint64_t sequence = m_store.append(row);
        const uint8_t flags = judge(row);
        m_store.setFlags(sequence, flags);
        count(row, flags, 1);
        if (flags & Shown)
            fresh.push_back(sequence);
    }
    insertShown(fresh);
    if (touched && m_sortColumn >= 0 && !m_rows.empty()) // where they stand is not worth a search: what is seen is drawn anew
        Q_EMIT dataChanged(index(0, 0), index(int(m_rows.size()) - 1, ColumnCount - 1));
    m_firstKept = std::max(m_firstKept, page.firstKept);
    if (m_sortColumn < 0)
        letGo(m_firstKept);
    if (!fresh.empty())
        Q_EMIT arrived(int(fresh.size()));
    if (changes)
        Q_EMIT countsChanged();
}

void ExchangeModel::update(uint64_t sequence, const Row &row)
{
    const uint8_t before = m_store.flags(sequence);
    count(m_store.row(sequence), before, -1);
    m_store.replace(sequence, row);
    const uint8_t after = judge(row);
    m_store.setFlags(sequence, after);
    count(row, after, 1);
    m_cachedRow = -1;
    const bool was = before & Shown, is = after & Shown;
    if (m_sortColumn >= 0 && (was || is)) {
        m_unsettled.push_back(sequence); // poll() has it drawn where it stands; it moves when the sort settles
    } else if (was && !is) {
        const int at = rowOf(sequence);
        beginRemoveRows({}, at, at);
        m_rows.erase(m_rows.begin() + at);
        endRemoveRows();
    } else if (!was && is) {
        const Entry made = entry(sequence);
        const auto place = std::lower_bound(m_rows.begin(), m_rows.end(), made, [](const Entry &a, const Entry &b) { return a.sequence < b.sequence; });
        const int at = int(place - m_rows.begin());
        beginInsertRows({}, at, at);
        m_rows.insert(place, made);
        endInsertRows();
    } else if (is) {
        const int at = rowOf(sequence);
        Q_EMIT dataChanged(index(at, 0), index(at, ColumnCount - 1));
    }
    Q_EMIT changed(row.id);
}

void ExchangeModel::insertShown(const std::vector<uint64_t> &sequences)
{
    if (sequences.empty())
        return;
    if (m_sortColumn >= 0) {
        m_unsettled.insert(m_unsettled.end(), sequences.begin(), sequences.end());
        return;
    }
    beginInsertRows({}, int(m_rows.size()), int(m_rows.size() + sequences.size()) - 1);
    for (const uint64_t sequence : sequences)
        m_rows.push_back(entry(sequence));
    endInsertRows();
}

// Only at the front: an older one that still stands behind a newer one goes with it a little later.
void ExchangeModel::letGo(uint64_t firstKept)
{
    const uint64_t first = m_store.first();
    uint64_t last = first;
    while (last < m_store.end() && m_store.id(last) < firstKept)
        ++last;
    if (last == first)
        return;
    const auto kept = std::find_if(m_rows.begin(), m_rows.end(), [last](const Entry &shown) { return shown.sequence >= last; });
    const int rows = int(kept - m_rows.begin());
    for (uint64_t sequence = first; sequence < last; ++sequence)
        count(m_store.row(sequence), m_store.flags(sequence), -1);
    if (rows > 0)
        beginRemoveRows({}, 0, rows - 1);
    m_rows.erase(m_rows.begin(), kept);
    m_cachedRow = -1;
    for (uint64_t sequence = first; sequence < last; ++sequence) {
        m_pinned.erase(m_store.id(sequence));
        m_store.dropFirst();
    }
    if (rows > 0)
        endRemoveRows();
}

void ExchangeModel::clear()
{
    m_exchanges.clear();
    beginResetModel();
    m_store.clear();
    m_rows.clear();
    m_unsettled.clear();
    m_counts = {};
    m_seconds.clear();
    m_pinned.clear();
    m_marked = 0;
    m_cachedRow = -1;
    endResetModel();
    Q_EMIT countsChanged();
}

void ExchangeModel::setFilter(Filter counted, Filter shown)
{
    m_counted = std::move(counted);
    m_shown = std::move(shown);
    beginResetModel();
    refill();
    endResetModel();
    Q_EMIT countsChanged();
}

void ExchangeModel::refill()
{
    m_rows.clear();
    m_unsettled.clear();
    m_counts = {};
    m_seconds.clear();
    m_cachedRow = -1;
    for (uint64_t sequence = m_store.first(); sequence < m_store.end(); ++sequence) {
        const Row row = m_store.row(sequence);
        const uint8_t flags = judge(row);
        m_store.setFlags(sequence, flags);
        count(row, flags, 1);
        if (flags & Shown)
            m_rows.push_back(entry(sequence));
    }
    if (m_sortColumn >= 0)
        sortAll();
}

size_t ExchangeModel::countMatching(const Filter &filter) const
{
    size_t found = 0;
    for (uint64_t sequence = m_store.first(); sequence < m_store.end(); ++sequence)
        found += filter(m_store.row(sequence)) ? 1 : 0;
    return found;
}

// --- order -----------------------------------------------------------------------------------------------------------

ExchangeModel::Entry ExchangeModel::entry(uint64_t sequence) const
{
    if (m_sortColumn < 0)
        return {sequence, sequence};
    const Row row = m_store.row(sequence);
    return {isNumber(m_sortColumn) ? numberOf(row, m_sortColumn) : prefixKey(sortText(row, m_sortColumn)), sequence};
}

bool ExchangeModel::before(const Entry &a, const Entry &b) const
{
    const bool down = m_sortOrder == Qt::DescendingOrder;
    if (a.key != b.key)
        return down ? a.key > b.key : a.key < b.key;
    if (m_sortColumn >= 0 && !isNumber(m_sortColumn)) {
        const Row left = m_store.row(a.sequence), right = m_store.row(b.sequence);
        const int order = sortText(left, m_sortColumn).compare(sortText(right, m_sortColumn));
        if (order != 0)
            return down ? order > 0 : order < 0;
    }
    return a.sequence < b.sequence;
}

void ExchangeModel::sortAll()
{
    std::sort(m_rows.begin(), m_rows.end(), [this](const Entry &a, const Entry &b) { return before(a, b); });
}

// Selection, current row and scroll hang on persistent indexes: those follow their exchange.
void ExchangeModel::reorder(const std::function<void()> &change)
{
    Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const QModelIndexList held = persistentIndexList();
    std::unordered_map<uint64_t, int> places;
    for (const QModelIndex &index : held)
        places[m_rows[size_t(index.row())].sequence] = -1;
    std::vector<uint64_t> sequences;
    for (const QModelIndex &index : held)
        sequences.push_back(m_rows[size_t(index.row())].sequence);
    change();
    m_cachedRow = -1;
    if (!held.isEmpty()) {
        for (size_t row = 0; row < m_rows.size(); ++row) {
            if (const auto place = places.find(m_rows[row].sequence); place != places.end())
                place->second = int(row);
        }
        QModelIndexList moved;
        for (qsizetype i = 0; i < held.size(); ++i) {
            const int row = places[sequences[size_t(i)]];
            moved.push_back(row < 0 ? QModelIndex() : index(row, held[i].column()));
        }
        changePersistentIndexList(held, moved);
    }
    Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

void ExchangeModel::sort(int column, Qt::SortOrder order)
{
    settle();
    reorder([&] {
        m_sortColumn = column;
        m_sortOrder = column < 0 ? Qt::AscendingOrder : order;
        for (Entry &shown : m_rows)
            shown = entry(shown.sequence);
        sortAll();
    });
    if (column >= 0)
        m_settle.start();
    else
        m_settle.stop();
    if (column < 0)
        letGo(m_firstKept);
}

void ExchangeModel::settle()
{
    if (m_sortColumn < 0)
        return;
    std::sort(m_unsettled.begin(), m_unsettled.end());
    m_unsettled.erase(std::unique(m_unsettled.begin(), m_unsettled.end()), m_unsettled.end());
    const auto waits = [this](const Entry &shown) { return std::binary_search(m_unsettled.begin(), m_unsettled.end(), shown.sequence); };
    const auto goes = [this](const Entry &shown) { return m_store.id(shown.sequence) < m_firstKept || !(m_store.flags(shown.sequence) & Shown); };

    std::set<uint64_t> already;
    for (const Entry &shown : m_rows) {
        if (waits(shown))
            already.insert(shown.sequence);
    }
    std::vector<Entry> fresh;
    for (const uint64_t sequence : m_unsettled) {
        if (!already.contains(sequence) && (m_store.flags(sequence) & Shown))
            fresh.push_back(entry(sequence));
    }
    if (!fresh.empty()) { // first at the end, for the count; then everything to its place
        beginInsertRows({}, int(m_rows.size()), int(m_rows.size() + fresh.size()) - 1);
        m_rows.insert(m_rows.end(), fresh.begin(), fresh.end());
        endInsertRows();
    }
    const size_t leaving = size_t(std::count_if(m_rows.begin(), m_rows.end(), goes));
    if (!m_unsettled.empty() || leaving > 0) {
        reorder([&] {
            auto stays = std::stable_partition(m_rows.begin(), m_rows.end(), goes);
            const auto moved = std::stable_partition(stays, m_rows.end(), [&](const Entry &shown) { return !waits(shown); });
            for (auto at = moved; at != m_rows.end(); ++at)
                *at = entry(at->sequence);
            const auto order = [this](const Entry &a, const Entry &b) { return before(a, b); };
            std::sort(moved, m_rows.end(), order);
            std::inplace_merge(stays, moved, m_rows.end(), order);
        });
    }
    m_unsettled.clear();
    if (leaving > 0) {
        beginRemoveRows({}, 0, int(leaving) - 1);
        m_rows.erase(m_rows.begin(), m_rows.begin() + std::ptrdiff_t(leaving));
        m_cachedRow = -1;
        endRemoveRows();
    }
    while (m_store.size() > 0 && m_store.id(m_store.first()) < m_firstKept) {
        count(m_store.row(m_store.first()), m_store.flags(m_store.first()), -1);
        m_pinned.erase(m_store.id(m_store.first()));
        m_store.dropFirst();
    }
    Q_EMIT countsChanged();
}

int ExchangeModel::rowOf(uint64_t sequence) const
{
    if (m_sortColumn < 0) {
        const auto found = std::lower_bound(m_rows.begin(), m_rows.end(), sequence, [](const Entry &shown, uint64_t wanted) { return shown.sequence < wanted; });
        return found != m_rows.end() && found->sequence == sequence ? int(found - m_rows.begin()) : -1;
    }
    const auto found = std::find_if(m_rows.begin(), m_rows.end(), [sequence](const Entry &shown) { return shown.sequence == sequence; });
    return found != m_rows.end() ? int(found - m_rows.begin()) : -1;
}

int ExchangeModel::rowOfId(uint64_t id) const
{
    const auto sequence = m_store.find(id);
    return sequence ? rowOf(*sequence) : -1;
}

// --- what views ask --------------------------------------------------------------------------------------------------

int ExchangeModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : int(m_rows.size()); }
int ExchangeModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

const ExchangeRow &ExchangeModel::rowAt(int row) const
{
    if (row != m_cachedRow) {
        m_cached.row = m_store.row(m_rows[size_t(row)].sequence);
        m_cached.pinned = m_pinned.contains(m_cached.row.id);
        m_cached.marked = m_marked == m_cached.row.id;
        m_cachedRow = row;
    }
    return m_cached;
}

QVariant ExchangeModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const ExchangeRow &shown = rowAt(index.row());
    switch (role) {
    case RowRole: return QVariant::fromValue(&shown);
    case Qt::DisplayRole: return columnText(shown.row, index.column());
    case Qt::ToolTipRole: return plainToolTip(columnToolTip(shown.row, index.column()));
    case Qt::AccessibleTextRole: return spokenText(shown.row, index.column());
    default: return {};
    }
}

QVariant ExchangeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::DisplayRole)
        return columnTitle(section);
    if (role == Qt::TextAlignmentRole)
        return int(isNumber(section) && section != Status && section != Time ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter);
    return {};
}

void ExchangeModel::rowTouched(uint64_t id)
{
    m_cachedRow = -1;
    if (const int row = id == 0 ? -1 : rowOfId(id); row >= 0)
        Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
}

void ExchangeModel::togglePinned(uint64_t id)
{
    if (m_pinned.erase(id) == 0)
        m_pinned.insert(id);
    rowTouched(id);
}

void ExchangeModel::setMarked(uint64_t id)
{
    const uint64_t before = m_marked;
    m_marked = id;
    rowTouched(before);
    rowTouched(id);
}

} // namespace gatehouse::ui
