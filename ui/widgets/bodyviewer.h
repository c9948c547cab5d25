// A body as it was sent: laid out to be read, raw, or as octets. Loads by piece, so that the window never waits; very
// long lines are cut before the editor sees them. Nothing is decoded silently: the line above says what was done.
#pragma once

#include "ui/widgets/highlight.h"

#include <QtCore/QByteArray>
#include <QtWidgets/QWidget>

#include <memory>

class QLabel;
class QTimer;

namespace gatehouse::ui {

class CodeEditor;
class LoadingLine;
class PrettyJson;
class Segments;

class BodyViewer final : public QWidget {
    Q_OBJECT
public:
    enum class Mode { Pretty, Raw, Hex };
    explicit BodyViewer(QWidget *parent = nullptr);
    ~BodyViewer() override;

    // `note` says what the octets went through ("was gzip", "cut at 1 MiB"); shown beside the size.
    void setBody(const QByteArray &body, const QString &contentType, const QString &note = {});
    void clear(const QString &reason); // "The body was dropped to make room"
    Mode mode() const { return m_mode; }
    void setMode(Mode mode);
    bool isLoading() const { return m_at < m_source.size() && m_filling; }
    CodeEditor *editor() const { return m_editor; }
    const QByteArray &body() const { return m_body; }

Q_SIGNALS:
    void loaded();

private:
    void start();
    void loadPiece();
    void appendPiece(std::string_view piece);
    void fallBackToRaw();
    void describe();
    bool isBinary() const;

    QByteArray m_body, m_source;
    QString m_note, m_reason;
    Language m_language = Language::Plain;
    Mode m_mode = Mode::Pretty;
    qsizetype m_at = 0, m_column = 0;
    bool m_filling = false, m_cut = false, m_notJson = false;
    std::unique_ptr<PrettyJson> m_pretty;
    Segments *m_modes;
    QLabel *m_about;
    LoadingLine *m_loading;
    CodeEditor *m_editor;
    QTimer *m_timer;
};

// Breaks lines longer than `most` bytes at a character's border; `column` is how far the line has come, kept between
// pieces. True when something was broken.
bool breakLongLines(std::string_view text, size_t most, size_t &column, std::string &out);
// 16 octets a line: offset, octets, printable characters.
std::string hexLines(std::string_view octets, size_t offset);

} // namespace gatehouse::ui
