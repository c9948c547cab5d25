// Names and values: headers, query, form fields. To edit (a row too many waits at the end) or to read, with a remark at
// the right ("decided the route", "redacted"). Values never are markup.
#pragma once

#include "ui/shell/tokens.h"

#include <QtCore/QAbstractTableModel>
#include <QtWidgets/QTableView>

namespace gatehouse::ui {

struct KeyValue {
    QString name, value;
    bool enabled = true;
    QString remark;
    HueId remarkHue = HueId::None;

    bool operator==(const KeyValue &) const = default;
};

class KeyValueModel final : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Enabled, Name, Value, Remark, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;
    void setRows(const QList<KeyValue> &rows);
    QList<KeyValue> rows() const; // without the empty one at the end
    void setEditable(bool editable);
    bool isEditable() const { return m_editable; }
    void removeAt(int row);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;

Q_SIGNALS:
    void edited();

private:
    void keepSpareRow();
    QList<KeyValue> m_rows;
    bool m_editable = false;
};

class KeyValueTable final : public QTableView {
    Q_OBJECT
public:
    explicit KeyValueTable(QWidget *parent = nullptr);
    void setRows(const QList<KeyValue> &rows);
    QList<KeyValue> rows() const { return m_model->rows(); }
    // Editing shows the check boxes; reading the remarks.
    void setEditable(bool editable);
    void setNames(const QString &name, const QString &value); // what a screen reader calls the columns
    // Grows with its rows instead of scrolling, for pages that scroll as a whole.
    void setGrows(bool grows);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void edited();
    void linkActivated(int row); // Enter or double click while reading

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void refit();
    void copySelection() const;
    KeyValueModel *m_model;
    bool m_grows = false;
};

} // namespace gatehouse::ui
