// The records' shapes of the kinds of policy that are built, handed to config once at start-up.
#pragma once

namespace gatehouse::policy {

// Before the first document is opened, and before other threads run. Calling it again changes nothing.
void registerShapes();

} // namespace gatehouse::policy
