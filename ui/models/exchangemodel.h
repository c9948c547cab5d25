// The table of exchanges: a virtual model over RowStore. Once a frame it takes what is new from the engine; a row in flight is
// replaced where it stands; what the engine let go leaves at the top. In order of arrival unless sorted; a sort settles once a
// second, so that rows don't move under the pointer. Made for 1,000,000 rows: per row 160 octets in the store and 16 here.
// GUI thread; the engine's door outlives it.
#pragma once

#include "gateway/api/api.h"
#include "ui/models/rowstore.h"

#include <QtCore/QAbstractTableModel>
#include <QtCore/QTimer>

#include <array>
#include <functional>
#include <map>
#include <set>
#include <vector>

namespace gatehouse::ui {

// What one row of the table is drawn from, given by ExchangeModel::RowRole as a pointer that is good until the next question.
struct ExchangeRow {
    observe::Row row;
    bool pinned = false;
    bool marked = false; // for compare
};

// How many rows of the filter (without its class and verdict) have each class and verdict, for the chips.
struct ExchangeCounts {
    std::array<size_t, 6> byClass{}; // by observe::StatusClass
    size_t all = 0, refused = 0, delayed = 0, cached = 0, mocked = 0;
};

class ExchangeModel final : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Status, Method, Host, Path, Route, Duration, Size, Time, Consumer, Upstream, Endpoint, Client, Protocol, Tries, RequestSize, Note, ColumnCount };
    enum Role { RowRole = Qt::UserRole + 1 };
    using Filter = std::function<bool(const observe::Row &)>;
    using Second = std::array<uint32_t, 6>; // by observe::StatusClass

    explicit ExchangeModel(api::Exchanges &exchanges, QObject *parent = nullptr);

    // Starts and stops the timer of 33 ms that calls poll().
    void setLive(bool live);
    void poll();
    // A row is shown when both say yes; counts() are of those to which `counted` says yes. An empty function says yes.
    void setFilter(Filter counted, Filter shown);
    // Merges what came into the sort; the timer does it once a second.
    void settle();
    void clear(); // here and in the recorder

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order) override; // -1: as they arrived
    int sortColumn() const { return m_sortColumn; }
    Qt::SortOrder sortOrder() const { return m_sortOrder; }

    const ExchangeRow &rowAt(int row) const;
    int rowOfId(uint64_t id) const; // -1: not shown
    size_t held() const { return m_store.size(); }
    // Of all held, whatever the filter: how many a term would show.
    size_t countMatching(const Filter &filter) const;
    const ExchangeCounts &counts() const { return m_counts; }
    // Of the shown rows, by second since 1970.
    const std::map<int64_t, Second> &seconds() const { return m_seconds; }

    void togglePinned(uint64_t id);
    void setMarked(uint64_t id); // 0: none
    uint64_t marked() const { return m_marked; }
    bool isPinned(uint64_t id) const { return m_pinned.contains(id); }

Q_SIGNALS:
    void countsChanged();
    void arrived(int rows);          // new ones that are shown
    void changed(quint64 id);        // an exchange in flight went on or ended

private:
    struct Entry { uint64_t key = 0, sequence = 0; };
    enum Flag : uint8_t { Counted = 1, Shown = 2 };

    uint8_t judge(const observe::Row &row) const;
    void count(const observe::Row &row, uint8_t flags, int sign);
    void update(uint64_t sequence, const observe::Row &row);
    void insertShown(const std::vector<uint64_t> &sequences);
    void letGo(uint64_t firstKept);
    int rowOf(uint64_t sequence) const;
    Entry entry(uint64_t sequence) const;
    bool before(const Entry &a, const Entry &b) const;
    void sortAll();
    void reorder(const std::function<void()> &change);
    void refill();
    void rowTouched(uint64_t id);

    api::Exchanges &m_exchanges;
    RowStore m_store;
    Filter m_counted, m_shown;
    std::vector<Entry> m_rows; // what is shown, in the order of the table
    std::vector<uint64_t> m_unsettled; // sequences that wait for the next settle()
    ExchangeCounts m_counts;
    std::map<int64_t, Second> m_seconds;
    std::set<uint64_t> m_pinned;
    uint64_t m_marked = 0;
    uint64_t m_position = 0, m_firstKept = 0;
    int m_sortColumn = -1;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
    QTimer m_frame, m_settle;
    mutable ExchangeRow m_cached;
    mutable int m_cachedRow = -1;
};

} // namespace gatehouse::ui

Q_DECLARE_METATYPE(const gatehouse::ui::ExchangeRow *)
