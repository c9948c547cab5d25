#include "ui/traffic/comparedialog.h"

#include "ui/models/exchangetext.h"
#include "ui/models/format.h"
#include "ui/shell/theme.h"
#include "ui/widgets/diffview.h"

#include <QtCore/QJsonDocument>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QDialog>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QScrollArea>

namespace gatehouse::ui {
namespace {

constexpr qsizetype mostLines = 2000;

void addMessage(QStringList &lines, const observe::Message &message)
{
    if (message.startLine.empty())
        return;
    lines << fromUtf8(message.startLine);
    for (const auto &[name, value] : message.fields)
        lines << fromUtf8(name) + QStringLiteral(": ") + fromUtf8(value);
    if (message.body.empty())
        return;
    lines << QString();
    const QByteArray body = QByteArray::fromStdString(message.body);
    const QJsonDocument json = QJsonDocument::fromJson(body);
    lines << QString::fromUtf8(json.isNull() ? body : json.toJson()).split(QLatin1Char('\n')).mid(0, mostLines);
}

QStringList asLines(const api::ExchangeDetail &detail)
{
    QStringList lines;
    addMessage(lines, detail.request);
    lines << QString();
    addMessage(lines, detail.response);
    return lines;
}

} // namespace

QDialog *compareDialog(const api::ExchangeDetail &a, const api::ExchangeDetail &b, QWidget *parent)
{
    auto *dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(QDialog::tr("Compare two exchanges"));
    dialog->resize(scaled(820), scaled(620));
    auto *layout = new QVBoxLayout(dialog);
    auto *about = new QLabel(QDialog::tr("− %1, %2\n+ %3, %4")
                                 .arg(clockText(a.row.startedMicros), exactDurationText(a.row.durationMicros), clockText(b.row.startedMicros), exactDurationText(b.row.durationMicros)));
    about->setTextFormat(Qt::PlainText);
    about->setFont(typeFont(Type::Wire));
    layout->addWidget(about);
    auto *diff = new DiffView;
    diff->setLines(diffLines(asLines(a), asLines(b)));
    auto *area = new QScrollArea;
    area->setWidget(diff);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    layout->addWidget(area, 1);
    auto *buttons = new QDialogButtonBox;
    buttons->addButton(QDialog::tr("Close"), QDialogButtonBox::RejectRole);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    layout->addWidget(buttons);
    return dialog;
}

} // namespace gatehouse::ui
