// Masks a body that is to be kept, also where it came compressed: what can't be looked through is not kept.
#pragma once

#include "gateway/observe/redaction.h"

#include <string>
#include <string_view>

namespace gatehouse::observe {

enum class BodyKept : uint8_t {
    AsItCame,
    Masked, // `out` has it, in the encoding it came in
    Cut,    // the same, and what could not be looked at is left out
};
// gzip and deflate are opened: at most 16 MiB, and at most 100 times what came (64 KiB in any case). Other encodings (br, zstd, one
// around another) are left out unless the type is one that holds no credentials (images, audio, video, fonts). Any thread.
BodyKept maskBody(const Redactor &redactor, std::string_view type, std::string_view encoding, std::string_view body, std::string &out);

} // namespace gatehouse::observe
