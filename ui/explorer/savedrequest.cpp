#include "ui/explorer/savedrequest.h"

#include "gateway/config/document.h"
#include "gateway/schema/emit.h"
#include "gateway/schema/yaml.h"

#include <QtCore/QDir>
#include <QtCore/QDirIterator>
#include <QtCore/QFileInfo>
#include <QtCore/QRegularExpression>

namespace gatehouse::ui {

namespace {
QString q(const std::string &text) { return QString::fromStdString(text); }
QString pathOf(const QString &folder, const QString &file) { return folder + QStringLiteral("/requests/") + file; }
} // namespace

Result<SavedRequest> readRequest(const std::string &text, const QString &file)
{
    const auto root = schema::parseYaml(text, 0, file.toStdString());
    if (!root)
        return Error::make(ErrorKind::BadInput, root.error().front().text());
    SavedRequest request;
    request.name = QFileInfo(file).completeBaseName();
    const auto take = [&](const char *key, QString &to) {
        if (const schema::Node *node = root->find(key); node && node->isScalar())
            to = q(node->text);
    };
    take("name", request.name);
    take("method", request.method);
    take("url", request.url);
    take("body", request.body);
    if (const schema::Node *headers = root->find("headers"); headers && headers->isList())
        for (const schema::Node &item : headers->items) {
            KeyValue header;
            const schema::Node *name = item.find("name"), *value = item.find("value"), *enabled = item.find("enabled");
            header.name = name ? q(name->text) : QString();
            header.value = value ? q(value->text) : QString();
            header.enabled = !enabled || enabled->text != "false";
            request.headers << header;
        }
    return request;
}

std::string writeRequest(const SavedRequest &request)
{
    using schema::Node;
    Node root = Node::map({{"name", Node::string(request.name.toStdString())}, {"method", Node::string(request.method.toStdString())}, {"url", Node::string(request.url.toStdString())}});
    Node headers = Node::list();
    for (const KeyValue &header : request.headers) {
        Node item = Node::map({{"name", Node::string(header.name.toStdString())}, {"value", Node::string(header.value.toStdString())}});
        if (!header.enabled)
            item.set("enabled", Node::scalar("false"));
        item.flow = true;
        headers.items.push_back(std::move(item));
    }
    if (!headers.items.empty())
        root.set("headers", std::move(headers));
    if (!request.body.isEmpty()) {
        Node body = Node::string(request.body.toStdString());
        if (request.body.contains(QLatin1Char('\n')))
            body.quoting = schema::Quoting::Literal;
        root.set("body", std::move(body));
    }
    return schema::emitDocument(root);
}

QStringList requestFiles(const QString &workspaceFolder)
{
    QStringList files;
    const QDir root(workspaceFolder + QStringLiteral("/requests"));
    QDirIterator it(root.path(), {QStringLiteral("*.yaml")}, QDir::Files | QDir::NoSymLinks, QDirIterator::Subdirectories);
    while (it.hasNext())
        files << root.relativeFilePath(it.next());
    files.sort(Qt::CaseInsensitive);
    return files;
}

Result<SavedRequest> loadRequest(const QString &workspaceFolder, const QString &file)
{
    const auto text = config::readWholeFile(pathOf(workspaceFolder, file).toStdString());
    return text ? readRequest(*text, file) : Result<SavedRequest>(text.error());
}

Result<void> storeRequest(const QString &workspaceFolder, const QString &file, const SavedRequest &request)
{
    const QString path = pathOf(workspaceFolder, file);
    QDir().mkpath(QFileInfo(path).path());
    return config::writeFileSafely(path.toStdString(), writeRequest(request));
}

QString fileOfName(const QString &name)
{
    QStringList parts;
    for (QString part : name.split(QLatin1Char('/'), Qt::SkipEmptyParts)) {
        part = part.trimmed().toLower();
        static const QRegularExpression other(QStringLiteral("[^\\p{L}\\p{N}]+"));
        part.replace(other, QStringLiteral("-"));
        while (part.startsWith(QLatin1Char('-')))
            part.remove(0, 1);
        while (part.endsWith(QLatin1Char('-')))
            part.chop(1);
        if (!part.isEmpty())
            parts << part.left(80);
    }
    return (parts.isEmpty() ? QStringLiteral("request") : parts.join(QLatin1Char('/'))) + QStringLiteral(".yaml");
}

QString expandVariables(const QString &text, const Variables &variables, QStringList *missing)
{
    QString out;
    for (qsizetype i = 0; i < text.size();) {
        if (text.mid(i, 3) == QLatin1String("$${")) {
            out += QStringLiteral("${");
            i += 3;
            continue;
        }
        const qsizetype end = text.mid(i, 2) == QLatin1String("${") ? text.indexOf(QLatin1Char('}'), i) : -1;
        if (end < 0) {
            out += text[i++];
            continue;
        }
        const QString name = text.mid(i + 2, end - i - 2);
        if (const auto found = variables.find(name); found != variables.end()) {
            out += found->second;
        } else {
            out += text.mid(i, end - i + 1);
            if (missing)
                *missing << name;
        }
        i = end + 1;
    }
    return out;
}

} // namespace gatehouse::ui
