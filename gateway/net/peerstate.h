// Internal to gateway/net; see Loop::peerIsGone().
#pragma once

namespace gatehouse::net {

// Of a connected socket whose end was received: nobody holds the other end any more. False also where that can't be known. Asks the
// system, some microseconds; any thread.
bool peerIsGone(int descriptor);

} // namespace gatehouse::net
