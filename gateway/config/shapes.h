// The shapes of what a workspace holds. Made on first use, after setPolicyKinds(); any thread.
#pragma once

#include "gateway/config/records.h"
#include "gateway/schema/define.h"

namespace gatehouse::config {

// gatehouse.yaml as a record of its own: names of members are the sections.
struct WorkspaceFile {
    int version = 1;
    std::string name;
    std::vector<std::string> include;
    Settings settings;
    std::vector<Listener> listeners;
    std::vector<Upstream> upstreams;
    std::vector<Consumer> consumers;
    std::vector<PolicyEntry> policies;
    std::vector<Group> groups;
    std::vector<Route> routes;
    std::vector<Mock> mocks;
};

schema::Ptr<WorkspaceFile> workspaceShape(); // of gatehouse.yaml
schema::Ptr<WorkspaceFile> includeShape();   // of an included file: no version needed, no name, include, settings
schema::Ptr<Entries<std::string>> environmentShape(); // of environments/*.yaml

schema::Ptr<Listener> listenerShape();
schema::Ptr<Upstream> upstreamShape();
schema::Ptr<Consumer> consumerShape();
schema::Ptr<Group> groupShape();
schema::Ptr<Route> routeShape();
schema::Ptr<Mock> mockShape();
schema::Ptr<Settings> settingsShape();
schema::Ptr<Condition> conditionShape();
schema::Ptr<TextMatch> textMatchShape();
schema::Ptr<DeliveryGiven> deliveryShape();
schema::Ptr<FieldEdits> headerEditsShape();
schema::Ptr<FieldEdits> queryEditsShape();
schema::Ptr<PolicyEntry> policyEntryShape();  // of a list: a name, or a map with one kind
schema::Ptr<PolicyEntry> sharedPolicyShape(); // of the section `policies`: a map with a name and one kind

// The JSON Schema (2020-12) of gatehouse.yaml.
json::Value workspaceJsonSchema();

} // namespace gatehouse::config
