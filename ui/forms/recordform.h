// The form of a record: a row for each field, label, editor, hint, and what is wrong with it. Two columns, labels in the first.
#pragma once

#include "ui/forms/editor.h"

#include <QtCore/QHash>
#include <QtCore/QSet>

class QComboBox;
class QGridLayout;
class QHBoxLayout;
class QLabel;
class QMenu;
class QPushButton;

namespace gatehouse::ui {

class FieldError;

class RecordForm final : public Editor {
    Q_OBJECT
public:
    enum class Show {
        Basic,   // all but the advanced ones, which are behind "More settings (4)" until they are set
        SetOnly, // those that are set or required; fillAddMenu() offers the rest
    };
    RecordForm(Session &session, const config::Location &at, const schema::Shape &shape, const schema::Field *field, QWidget *parent);

    void setShow(Show show);
    // Keys that somebody else shows, or nobody.
    void setHidden(const QSet<QString> &keys);
    // Labels above their fields, several side by side: for narrow cards.
    void setCompact(bool compact, int columns = 3);
    // In a narrow column: labels beside their fields, but what is itself a form stands below its label.
    void setNarrow(bool narrow);
    // How wide the labels are, in pixels of the design; 84 unless told.
    void setLabelColumn(double width);
    // A line below a field that says more than the shape can ("After the group's prefix: /v1/orders/{id}"); empty: none.
    void setHint(const QString &key, const QString &text);
    // Reads the document and its problems whenever they change. Once, for the outermost form.
    void follow();
    // Fields that could be set and are not; choosing one sets it to something to go on from and puts the focus there.
    void fillAddMenu(QMenu *menu);

    void read() override;
    bool reveal(const schema::Path &path) override;
    void moveTo(const config::Location &at) override;
    bool showsProblems() const override { return true; }
    // The editor of that key; null: not shown.
    Editor *editorOf(const std::string &key) const;

private:
    struct Row {
        std::vector<const schema::Field *> group; // several: at most one of them stands (path, prefix, exact, regex)
        QWidget *label = nullptr;
        QWidget *box = nullptr;
        QComboBox *choice = nullptr;              // of a group, in `line` with the editor
        QHBoxLayout *line = nullptr;
        Editor *editor = nullptr;
        QLabel *hint = nullptr;
        FieldError *error = nullptr;
        const schema::Field *shown = nullptr;
    };
    std::vector<std::vector<const schema::Field *>> groups() const;
    bool isShown(const std::vector<const schema::Field *> &group) const;
    const schema::Field *setFieldOf(const std::vector<const schema::Field *> &group) const;
    config::Location placeOf(const schema::Field &field) const { return {at().file, at().path / schema::Step(field.key), 0}; }
    void rebuild();
    void addRow(const std::vector<const schema::Field *> &group);
    void buildEditor(Row &row, const schema::Field *field);
    void layRows();
    void readProblems();
    void showHints();
    void chooseOfGroup(Row &row, const schema::Field *field);

    QGridLayout *m_grid;
    QPushButton *m_more = nullptr;
    std::vector<std::unique_ptr<Row>> m_rows;
    QSet<QString> m_hidden;
    QSet<QString> m_opened; // asked for by the menu, not written yet
    QHash<QString, QString> m_hints;
    Show m_show = Show::Basic;
    bool m_compact = false, m_narrow = false, m_advanced = false;
    int m_columns = 3; // of a compact form
    double m_labelColumn = 84;
};

} // namespace gatehouse::ui
