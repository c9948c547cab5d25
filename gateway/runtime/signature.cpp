#include "gateway/runtime/signature.h"

#include "gateway/config/policykinds.h"
#include "gateway/config/shapes.h"

namespace gatehouse::runtime {

Signature &Signature::add(std::string_view text)
{
    const std::string size = std::to_string(text.size()) + ":"; // so that "ab","c" is not "a","bc"
    m_hash.addData(QByteArrayView(size.data(), static_cast<qsizetype>(size.size())));
    m_hash.addData(QByteArrayView(text.data(), static_cast<qsizetype>(text.size())));
    return *this;
}

Signature &Signature::add(const schema::Node &node)
{
    add(node.isScalar() ? "s" : node.isList() ? "l" : "m").add(node.text);
    add(std::to_string(node.items.size() + node.members.size()));
    for (const auto &item : node.items)
        add(item);
    for (const auto &member : node.members)
        add(member.key.text).add(member.value);
    return *this;
}

Signature &Signature::add(const config::PolicyEntry &entry, std::string_view place)
{
    add(place).add(entry.kind).add(entry.name).add(entry.reference);
    add(std::to_string(entry.enabled) + std::to_string(int(entry.onError)) + std::to_string(int(entry.mode)) + std::to_string(entry.override));
    if (entry.when)
        add(config::conditionShape()->write(*entry.when));
    if (const auto *kind = config::policyKind(entry.kind); kind && entry.record)
        add(kind->shape->writeMade(entry.record.get()));
    return *this;
}

Signature &Signature::addConsumers(const std::vector<config::Consumer> &consumers)
{
    for (const auto &consumer : consumers) {
        add(consumer.name).add("groups");
        for (const auto &group : consumer.groups)
            add(group);
        add("keys");
        for (const auto &key : consumer.apiKeys)
            add(key.value);
    }
    return *this;
}

std::string Signature::take() const { return m_hash.result().toStdString(); }

} // namespace gatehouse::runtime
