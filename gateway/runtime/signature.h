// What a plan was made from, as a digest: two that are equal make the same plan, so the plan before can be shared.
#pragma once

#include "gateway/config/records.h"
#include "gateway/schema/node.h"

#include <QtCore/QCryptographicHash>

#include <string>
#include <string_view>

namespace gatehouse::runtime {

class Signature {
public:
    Signature &add(std::string_view text);
    Signature &add(const schema::Node &node);
    // Kind, record, siblings and place; what a reference names, not the reference.
    Signature &add(const config::PolicyEntry &entry, std::string_view place);
    Signature &addConsumers(const std::vector<config::Consumer> &consumers); // keys too: only their digest is kept
    std::string take() const;

private:
    QCryptographicHash m_hash{QCryptographicHash::Sha256};
};

} // namespace gatehouse::runtime
