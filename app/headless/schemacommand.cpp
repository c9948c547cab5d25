// gatehouse-cli schema: the JSON Schema of the workspace format.
#include "app/headless/command.h"
#include "gateway/config/shapes.h"
#include "gateway/policy/shapes.h"

namespace gatehouse::headless {

namespace {
int run(const Arguments &)
{
    policy::registerShapes();
    printJson(config::workspaceJsonSchema(), 2);
    return Done;
}
} // namespace

const Command &schemaCommand()
{
    static const Command command{"schema", "schema", "The JSON Schema (2020-12) of the workspace format.", {}, 0, 0, run};
    return command;
}

} // namespace gatehouse::headless
