// Routes that nothing but their order in the file keeps apart. Of config's own files only.
#pragma once

#include "gateway/config/document.h"
#include "gateway/config/records.h"

namespace gatehouse::config {

// Warns at the later of two enabled routes that can match the same request and tie in everything that workspace-format's "Which
// route wins" compares before file order. Told only where both say literally the same; what merely overlaps is not found.
void tellTies(const Workspace &workspace, const Document &document, Problems &problems);

} // namespace gatehouse::config
