// What mocks say in words, and which response a request gets. Values only.
#pragma once

#include "gateway/api/api.h"
#include "gateway/config/records.h"
#include "gateway/schema/node.h"

#include <QtCore/QString>

#include <vector>

namespace gatehouse::ui {

// "path.sku = missing, header.x-chaos = 1"; empty: no condition.
QString conditionWords(const schema::Node *when);
// "80 ms", "lognormal 80ms"; empty: none.
QString latencyWords(const schema::Node *latency);
// "OK"; empty: no usual phrase.
QString reasonOf(int status);
// Each response as a candidate in order: what holds, what failed first, which would answer (none where that is a matter of turn or
// chance). `captures`: of the route's path template. Errors: a condition can't be compiled.
Result<std::vector<observe::Candidate>> candidatesOf(const config::Mock &mock, const config::Workspace &workspace, const api::RequestSketch &request,
                                                     const std::vector<std::pair<std::string, std::string>> &captures);

} // namespace gatehouse::ui
