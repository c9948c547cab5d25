// The mocks of the open workspace and the responses of one, with their hits, as lists; and how the rows are drawn.
#pragma once

#include "gateway/api/api.h"
#include "ui/models/session.h"

#include <QtCore/QAbstractListModel>
#include <QtWidgets/QStyledItemDelegate>

#include <map>

namespace gatehouse::ui {

// Hits of each mock's responses, read by refresh(); rates over the time between two readings.
class MockHits final {
public:
    explicit MockHits(const api::Live &live) : m_live(live) { }
    void refresh(int64_t nowMicros);
    const std::vector<uint64_t> &of(const QString &mock) const;
    double perSecond(const QString &mock) const;

private:
    const api::Live &m_live;
    std::map<QString, std::vector<uint64_t>> m_hits;
    std::map<QString, double> m_rates;
    int64_t m_readAt = 0;
};

struct MockRow {
    QString name, phrase; // "3 responses, first match"
    double perSecond = 0;
    bool wrong = false;   // the document has errors in it
};

class MockListModel final : public QAbstractListModel {
    Q_OBJECT
public:
    MockListModel(const MockHits &hits, Session &session, QObject *parent);
    void setFilter(const QString &text);
    void refresh();
    int rowOf(const QString &name) const;
    const MockRow *at(int row) const { return row >= 0 && row < int(m_rows.size()) ? &m_rows[size_t(row)] : nullptr; }
    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

private:
    const MockHits &m_hits;
    Session &m_session;
    QString m_filter;
    std::vector<MockRow> m_rows;
};

struct ResponseRow {
    int status = 200;
    QString statusText, condition, latency;
    double share = -1;    // of the mock's hits, 0..1; -1: none yet
    bool answers = false; // the preview's request gets it
    bool wrong = false;
};

class ResponseListModel final : public QAbstractListModel {
    Q_OBJECT
public:
    ResponseListModel(const MockHits &hits, Session &session, QObject *parent);
    void setMock(const QString &name);
    void setAnswering(int row); // -1: none
    void refresh();
    const ResponseRow *at(int row) const { return row >= 0 && row < int(m_rows.size()) ? &m_rows[size_t(row)] : nullptr; }
    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    Qt::DropActions supportedDropActions() const override { return Qt::MoveAction; }
    QMimeData *mimeData(const QModelIndexList &indexes) const override;
    QStringList mimeTypes() const override;
    bool dropMimeData(const QMimeData *data, Qt::DropAction action, int row, int column, const QModelIndex &parent) override;

Q_SIGNALS:
    void moved(int from, int to); // dragged; `to` counts after the removal

private:
    const MockHits &m_hits;
    Session &m_session;
    QString m_mock;
    int m_answering = -1;
    std::vector<ResponseRow> m_rows;
};

class MockDelegate final : public QStyledItemDelegate {
    Q_OBJECT
public:
    MockDelegate(const MockListModel &model, QObject *parent) : QStyledItemDelegate(parent), m_model(model) { }
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    const MockListModel &m_model;
};

class ResponseDelegate final : public QStyledItemDelegate {
    Q_OBJECT
public:
    ResponseDelegate(const ResponseListModel &model, QObject *parent) : QStyledItemDelegate(parent), m_model(model) { }
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    const ResponseListModel &m_model;
};

} // namespace gatehouse::ui
