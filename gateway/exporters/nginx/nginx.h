// The nginx exporter: nginx.conf, complete, for nginx 1.22 and later with PCRE2. How it decides:
//
//   server    remembers the path, then rewrites every request to /gatehouse/<listener+route>
//   map       one chain a listener asks its routes in Gatehouse's order; each step is the AND of the route's conditions
//   location  one a route: refusals in the order of its chain, then limits, then its target
//
// nginx evaluates maps when they are asked, so a request pays for the routes in front of its own and no others.
#pragma once

#include "gateway/exporters/exporter.h"

namespace gatehouse::exporters::nginx {

Result<Export> run(const config::Workspace &workspace);

} // namespace gatehouse::exporters::nginx
