// The walk through a JSON text that masks the values of secret members. Lenient: cut, odd or broken text is walked as far as it
// goes, and what follows a secret key is masked whatever it is. Private to redaction.
#pragma once

#include "gateway/observe/redaction.h"

namespace gatehouse::observe {

class Redactor::JsonWalk {
public:
    JsonWalk(const Redactor &redactor, std::string_view text, int embedded = 0)
        : m_redactor(redactor), m_text(text), m_embedded(embedded) { }

    bool run(std::string &out);

private:
    struct Frame { bool array = false; std::string key; };

    void string();
    void mask(size_t begin, size_t end, std::string_view with);
    bool secret(const std::string &key);
    void embedded(size_t begin, size_t end);
    size_t skipSpace(size_t at) const;
    size_t endOfString(size_t at) const; // after the closing quote, or the end of the text
    size_t endOfValue(size_t at) const;

    const Redactor &m_redactor;
    std::string_view m_text;
    int m_embedded;          // how deep in strings that hold JSON
    size_t m_at = 0, m_copied = 0;
    bool m_masked = false;
    size_t m_deeper = 0;     // containers opened beyond those kept in m_frames
    std::vector<Frame> m_frames;
    std::vector<std::string> m_path;
    std::string m_out;
};

} // namespace gatehouse::observe
