#include "app/headless/controlclient.h"

#include <QtCore/QFileInfo>
#include <QtNetwork/QLocalSocket>

namespace gatehouse::headless {

Result<void> talk(const std::string &socket, const json::Value &command, const std::function<bool(json::Value)> &line)
{
    QLocalSocket peer;
    // Qt takes a name that is not absolute for one in the temporary folder.
    peer.connectToServer(QFileInfo(QString::fromStdString(socket)).absoluteFilePath());
    if (!peer.waitForConnected(5000))
        return Error::make(ErrorKind::Refused, "Nothing answers at " + socket + " (" + peer.errorString().toStdString()
                               + "). Start one with: gatehouse-cli serve WORKSPACE --control " + socket);
    peer.write(QByteArray::fromStdString(json::write(command) + "\n"));
    peer.flush();
    for (;;) {
        while (peer.canReadLine()) {
            auto value = json::parse(peer.readLine().trimmed().toStdString());
            if (!value)
                return Error::make(ErrorKind::Malformed, "The answer of " + socket + " is not JSON: " + value.error().message);
            if (!line(std::move(value).value()))
                return {};
        }
        if (!peer.waitForReadyRead(-1)) {
            if (!peer.canReadLine()) // it ended, perhaps amid a line
                return {};
        }
    }
}

Result<json::Value> ask(const std::string &socket, const json::Value &command)
{
    json::Value answer;
    if (auto result = talk(socket, command, [&](json::Value value) {
            answer = std::move(value);
            return false;
        });
        !result)
        return result.error();
    if (const json::Value *ok = answer.find("ok"); ok && !ok->truth(true))
        if (const json::Value *error = answer.find("error"))
            return Error::make(ErrorKind::BadInput, std::string(error->string()));
    return answer;
}

} // namespace gatehouse::headless
