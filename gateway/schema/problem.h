// What is wrong with a document, and where. A value; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gatehouse::schema {

enum class Severity : uint8_t { Error, Warning };

struct Problem {
    Severity severity = Severity::Error;
    std::string file;    // relative to the workspace's folder
    uint32_t line = 0;   // from 1; 0: no place
    uint32_t column = 0; // from 1, in characters
    std::string path;    // routes[3].match.path; empty: the document as a whole
    std::string message; // one sentence: what is wrong and what would be right
    std::string suggestion; // the known name that was probably meant; empty: none

    // file:line:column: path: message
    std::string text() const;
};

using Problems = std::vector<Problem>;

bool hasErrors(const Problems &problems);
// By file, line, column; equal ones once.
void sortProblems(Problems &problems);

} // namespace gatehouse::schema
