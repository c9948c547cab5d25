// Why, in a sentence, first: who decided, where it went, what was odd. The one builder for every place that explains: Traffic,
// Explain, Mocks, Explorer.
#pragma once

#include "gateway/observe/explanation.h"
#include "ui/widgets/runs.h"

#include <optional>

namespace gatehouse::ui {

struct WhySentence {
    Runs runs;                 // "\n" where the second line begins
    std::optional<HueId> tone; // of the box: refused and failed ones are loud
};

WhySentence whySentence(const observe::Explanation &why);

// Whether the request is real, or was only asked about: "would go" in place of "went".
bool isReal(const observe::Explanation &why);

// Where the names in an explanation lead.
Place routePlace(const std::string &route, const QString &field = {});
Place upstreamPlace(const std::string &upstream, const std::string &endpoint = {});
Place mockPlace(const std::string &mock, int response = -1);
Place listenerPlace(const std::string &listener);
Place newHostPlace(const std::string &listener, const std::string &host); // where the listener is made to answer for it
Place policyPlace(const observe::PolicyStep &step);
Place exchangesPlace(const QString &filter);
QString policyName(const observe::PolicyStep &step);
// Why the winner won, as half a sentence after "It": "won over get-order-any by its header conditions"; empty: nothing to say.
Runs wonBy(const observe::Candidate &winner);
// The condition that failed, as a person calls it: "path", "header x-tenant".
QString conditionWords(const observe::Failure &failed);
// What an attempt ended with, after its address: "refused the connection", "did not answer within 2.00 s".
QString failureWords(const observe::Attempt &attempt);

} // namespace gatehouse::ui
