// A validator for the keywords of JSON Schema 2020-12 that our schema uses, written plainly and apart from what makes the schema.
#pragma once

#include "gateway/base/json.h"
#include "gateway/schema/define.h"

#include <re2/re2.h>

#include <QtCore/QtGlobal>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace gatehouse::test {

using json::Value;

// The keywords that our schema uses (2020-12), written plainly and apart from what made it.
class Validator {
public:
    explicit Validator(const Value &root) : m_root(root) { }
    bool valid(const Value &schema, const Value &value) const
    {
        if (schema.type == json::Type::Bool)
            return schema.boolean;
        for (const json::Member &keyword : schema.members)
            if (!holds(keyword.key, keyword.value, schema, value))
                return false;
        return true;
    }

private:
    bool isType(std::string_view type, const Value &value) const
    {
        const bool whole = value.isNumber() && std::floor(value.real()) == value.real();
        return type == "object" ? value.isObject() : type == "array" ? value.isArray() : type == "string" ? value.isString()
            : type == "boolean" ? value.type == json::Type::Bool : type == "null" ? value.isNull() : type == "integer" ? whole : value.isNumber();
    }
    size_t count(const Value &schemas, const Value &value) const
    {
        size_t number = 0;
        for (const Value &schema : schemas.items)
            number += valid(schema, value) ? 1 : 0;
        return number;
    }
    bool objectHolds(std::string_view key, const Value &rule, const Value &schema, const Value &value) const
    {
        if (key == "properties") {
            for (const json::Member &property : rule.members)
                if (const Value *member = value.find(property.key); member && !valid(property.value, *member))
                    return false;
        } else if (key == "additionalProperties") {
            const Value *properties = schema.find("properties");
            for (const json::Member &member : value.members)
                if (!(properties && properties->find(member.key)) && !valid(rule, member.value))
                    return false;
        } else if (key == "propertyNames") {
            for (const json::Member &member : value.members)
                if (!valid(rule, Value(member.key)))
                    return false;
        } else if (key == "required") {
            for (const Value &name : rule.items)
                if (!value.find(name.text))
                    return false;
        } else if (key == "dependentRequired") {
            for (const json::Member &dependent : rule.members)
                for (const Value &name : dependent.value.items)
                    if (value.find(dependent.key) && !value.find(name.text))
                        return false;
        } else if (key == "dependentSchemas") {
            for (const json::Member &dependent : rule.members)
                if (value.find(dependent.key) && !valid(dependent.value, value))
                    return false;
        }
        return true;
    }
    bool holds(std::string_view key, const Value &rule, const Value &schema, const Value &value) const
    {
        if (key == "$ref")
            return valid(*json::at(m_root, std::string_view(rule.text).substr(1)), value);
        if (key == "type") {
            if (rule.isString())
                return isType(rule.text, value);
            return std::any_of(rule.items.begin(), rule.items.end(), [&](const Value &type) { return isType(type.text, value); });
        }
        if (key == "enum")
            return std::find(rule.items.begin(), rule.items.end(), value) != rule.items.end();
        if (key == "const")
            return rule == value;
        if (key == "anyOf")
            return count(rule, value) > 0;
        if (key == "oneOf")
            return count(rule, value) == 1;
        if (key == "allOf")
            return count(rule, value) == rule.items.size();
        if (key == "not")
            return !valid(rule, value);
        if (value.isString() && key == "pattern")
            return RE2::PartialMatch(value.text, rule.text);
        if (value.isString() && key == "minLength")
            return value.text.size() >= static_cast<size_t>(rule.integer());
        if (value.isNumber() && key == "minimum")
            return value.real() >= rule.real();
        if (value.isNumber() && key == "maximum")
            return value.real() <= rule.real();
        if (value.isArray() && key == "items")
            return std::all_of(value.items.begin(), value.items.end(), [&](const Value &item) { return valid(rule, item); });
        if (value.isArray() && key == "minItems")
            return value.items.size() >= static_cast<size_t>(rule.integer());
        if (value.isArray() && key == "maxItems")
            return value.items.size() <= static_cast<size_t>(rule.integer());
        if (value.isArray() && key == "uniqueItems") {
            for (size_t i = 0; i < value.items.size(); ++i)
                for (size_t j = 0; j < i; ++j)
                    if (value.items[i] == value.items[j])
                        return false;
            return true;
        }
        if (value.isObject())
            return objectHolds(key, rule, schema, value);
        static const std::vector<std::string_view> known{"properties", "additionalProperties", "propertyNames", "required", "dependentRequired", "dependentSchemas",
            "items", "minItems", "maxItems", "uniqueItems", "pattern", "minLength", "minimum", "maximum", "description", "default", "title", "$defs", "$schema", "$id"};
        if (std::find(known.begin(), known.end(), key) == known.end())
            qFatal("this test does not know the keyword %s", std::string(key).c_str());
        return true;
    }
    const Value &m_root;
};

// A YAML document as a reader of YAML 1.2 and JSON Schema would see it.
inline Value asJson(const schema::Node &node)
{
    const std::vector<std::string> files{"x"};
    schema::Reader reader(files);
    Value value;
    schema::any()->read(node, value, reader);
    return value;
}

} // namespace gatehouse::test
