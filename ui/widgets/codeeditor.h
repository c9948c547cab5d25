// The editor for code and bodies: QScintilla with line numbers and the tokens' colours. Huge texts are fine (50 MB),
// very long lines are not: BodyViewer cuts them first. Wire text is UTF-8; what is not shows as replacement characters.
#pragma once

#include "ui/shell/tokens.h"
#include "ui/widgets/highlight.h"

#include <QtWidgets/QWidget>

#include <functional>

class QLineEdit;
class QLabel;
class QsciScintilla;

namespace gatehouse::ui {

// A line with something to say: tinted, with an icon in the margin and a tooltip.
struct LineFinding {
    int line = 0; // from 0
    HueId hue = HueId::Delay;
    QString text;
};

class CodeEditor final : public QWidget {
    Q_OBJECT
public:
    explicit CodeEditor(QWidget *parent = nullptr);
    ~CodeEditor() override;

    void setLanguage(Language language);
    Language language() const { return m_language; }
    void setText(const QString &text); // no undo step back to what was there before
    void setUtf8(std::string_view text);
    void appendUtf8(std::string_view text);
    QString text() const;
    qsizetype lengthInBytes() const;
    void setReadOnly(bool readOnly);
    bool isReadOnly() const;
    void setWrapped(bool wrapped);
    void setLineNumbers(bool shown);
    void setFindings(const QList<LineFinding> &findings);
    // Lights a line without moving the caret (the other side of a preview); -1: none.
    void setLitLine(int line, HueId hue = HueId::Mock);
    void goToLine(int line, int column = 0);
    int caretLine() const;
    int caretOffset() const; // in bytes
    int lineCount() const;
    // What completion offers after the typed beginning; empty: none.
    std::function<QStringList(const QString &beforeCaret)> complete;
    void setCaretLineShown(bool shown);
    void openFind(); // the bar below; Ctrl+F does so too
    QWidget *view() const;

Q_SIGNALS:
    void textChanged(); // by typing, not by setText
    void caretMoved(int line, int offset);
    void findingClicked(int index);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void applyColours();
    void styleTo(int position);
    void fitMargin();
    void find(bool forward, bool incremental);
    void closeFind();
    void buildFind();

    class View;
    View *m_view;
    QWidget *m_findBar = nullptr;
    QLineEdit *m_findField = nullptr;
    QLabel *m_findResult = nullptr;
    Language m_language = Language::Plain;
    QList<LineFinding> m_findings;
    bool m_numbers = true, m_setting = false, m_caretLine = true;
    HueId m_litHue = HueId::Mock;
};

} // namespace gatehouse::ui
