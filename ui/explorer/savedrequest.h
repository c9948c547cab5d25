// A saved request and its file. One YAML file each below requests/ of the workspace's folder; folders are collections:
//   name: Create order        shown; the file's name where it is missing
//   method: POST              GET where it is missing
//   url: ${base}/v1/orders?dry=1     variables as written; the query stands in it
//   headers: [ { name: accept, value: application/json, enabled: true } ]    in order; enabled is true where it is missing
//   body: |                   text; missing: none
// Unknown keys are kept out of the window and lost when it saves the file.
#pragma once

#include "gateway/api/api.h"
#include "gateway/base/result.h"
#include "ui/widgets/keyvaluetable.h"

#include <QtCore/QString>
#include <QtCore/QStringList>

#include <map>

namespace gatehouse::ui {

struct SavedRequest {
    QString name, method = QStringLiteral("GET"), url, body;
    QList<KeyValue> headers;
    bool operator==(const SavedRequest &) const = default;
};

Result<SavedRequest> readRequest(const std::string &text, const QString &file);
std::string writeRequest(const SavedRequest &request);

// Files below requests/, relative to it ("orders/create-order.yaml"), in order. Nothing where there is no such folder.
QStringList requestFiles(const QString &workspaceFolder);
Result<SavedRequest> loadRequest(const QString &workspaceFolder, const QString &file);
// Makes the folders on the way; whole or not at all.
Result<void> storeRequest(const QString &workspaceFolder, const QString &file, const SavedRequest &request);
// "orders/Create order" -> "orders/create-order.yaml".
QString fileOfName(const QString &name);

using Variables = std::map<QString, QString>;
// ${name} in place; what is not known stays and is added to `missing`.
QString expandVariables(const QString &text, const Variables &variables, QStringList *missing = nullptr);

} // namespace gatehouse::ui
