#include "gateway/config/document.h"

#include "gateway/config/names.h"
#include "gateway/config/shapes.h"
#include "gateway/schema/yaml.h"

#include "gateway/base/text.h"

#include <fnmatch.h>

#include <algorithm>
#include <filesystem>

namespace gatehouse::config {

namespace fs = std::filesystem;
using schema::Change;
using schema::Node;
using schema::Patch;
using schema::Path;
using schema::Step;

// What can be said about all files together; made once a revision.
struct Document::Facts {
    Problems problems;
    std::vector<schema::NameUse> names;
};

namespace {
constexpr std::string_view environmentsFolder = "environments/";

bool isEnvironment(std::string_view name) { return name.starts_with(environmentsFolder); }

// Files below `folder` that fit a pattern of names parted by slashes; * and ? stand for what they do in a shell.
std::vector<std::string> expand(const fs::path &folder, std::string_view pattern)
{
    std::vector<std::string> found{std::string()};
    for (std::string_view piece : split(pattern, '/')) {
        std::vector<std::string> next;
        const std::string name(piece);
        for (const std::string &base : found) {
            std::error_code error;
            if (name.find_first_of("*?[") == std::string::npos) {
                if (fs::exists(folder / base / name, error))
                    next.push_back(base.empty() ? name : base + '/' + name);
                continue;
            }
            for (const auto &entry : fs::directory_iterator(folder / base, error)) {
                const std::string here = entry.path().filename().string();
                if (::fnmatch(name.c_str(), here.c_str(), FNM_PERIOD) == 0)
                    next.push_back(base.empty() ? here : base + '/' + here);
            }
        }
        found = std::move(next);
    }
    std::sort(found.begin(), found.end());
    return found;
}
bool leavesFolder(const std::string &pattern) { return pattern.starts_with('/') || ("/" + pattern + "/").find("/../") != std::string::npos; }
constexpr std::string_view environmentFiles = "environments/*.yaml";
} // namespace

Document::~Document() = default;

Result<std::unique_ptr<Document>> Document::open(const std::string &folderOrFile)
{
    std::error_code error;
    fs::path given = fs::canonical(folderOrFile, error);
    if (error)
        return Error::make(ErrorKind::NotFound, folderOrFile + " is not there");
    std::string entry = "gatehouse.yaml";
    if (fs::is_directory(given, error)) {
        if (!fs::exists(given / entry, error) && fs::exists(given / "gatehouse.json", error))
            entry = "gatehouse.json";
        if (!fs::exists(given / entry, error))
            return Error::make(ErrorKind::NotFound, "there is no gatehouse.yaml in " + folderOrFile);
    } else {
        entry = fs::path(folderOrFile).filename().string();
        given = fs::canonical(fs::absolute(folderOrFile).parent_path(), error);
    }
    std::unique_ptr<Document> document(new Document);
    document->m_folder = given.string();
    if (auto path = resolveInside(document->m_folder, entry); !path)
        return Error::make(path.error().kind, entry + ' ' + path.error().message);
    auto text = readInside(document->m_folder, entry, (16u << 20) + 1);
    if (!text)
        return text.error();
    document->addFile(entry, std::move(*text), true);
    document->findIncludes();
    return document;
}

std::unique_ptr<Document> Document::fromText(std::string text, std::string folder)
{
    std::unique_ptr<Document> document(new Document);
    document->m_folder = std::move(folder);
    document->addFile("gatehouse.yaml", std::move(text), false);
    document->findIncludes();
    return document;
}

void Document::addFile(std::string name, std::string text, bool onDisk)
{
    File &file = m_files.emplace_back();
    file.name = name;
    file.saved = file.text = std::move(text);
    file.onDisk = onDisk;
    m_names.push_back(std::move(name));
    parse(file);
}

void Document::parse(File &file)
{
    auto root = schema::parseDocument(file.text, static_cast<uint16_t>(&file - m_files.data()), file.name);
    file.root.reset();
    file.problems.clear();
    if (root)
        file.root = std::move(*root);
    else
        file.problems = root.error();
    forget();
}

void Document::forget()
{
    ++m_revision;
    m_facts.reset();
}

std::vector<const Node *> Document::includePatterns() const
{
    const Node *include = m_files[0].root ? m_files[0].root->find("include") : nullptr;
    std::vector<const Node *> patterns;
    if (include && include->isList())
        for (const Node &item : include->items)
            patterns.push_back(&item);
    else if (include && include->isScalar() && !include->isNull())
        patterns.push_back(include);
    return patterns;
}

void Document::findIncludes()
{
    m_includeProblems.clear();
    for (size_t i = 1; i < m_files.size(); ++i)
        m_files[i].active = m_files[i].text != m_files[i].saved; // unsaved edits are never dropped
    std::vector<std::string> wanted;
    const auto tell = [&](const Node &at, size_t index, std::string message) {
        const Path path{"include", index};
        m_includeProblems.push_back({Severity::Error, entry(), at.line, at.column, path.text(), std::move(message), {}});
    };
    const std::vector<const Node *> patterns = includePatterns();
    for (size_t i = 0; i < patterns.size(); ++i) {
        if (!patterns[i]->isScalar())
            continue;
        const std::string &pattern = patterns[i]->text;
        if (leavesFolder(pattern)) {
            tell(*patterns[i], i, schema::Reader::shown(*patterns[i]) + " leaves the workspace's folder");
            continue;
        }
        const auto found = m_folder.empty() ? std::vector<std::string>() : expand(m_folder, pattern);
        if (found.empty())
            tell(*patterns[i], i, schema::Reader::shown(*patterns[i]) + " is not there");
        for (const std::string &name : found) {
            if (auto path = resolveInside(m_folder, name); !path)
                tell(*patterns[i], i, name + ' ' + path.error().message);
            else if (name != entry())
                wanted.push_back(name);
        }
    }
    if (!m_folder.empty())
        for (const std::string &name : expand(m_folder, environmentFiles))
            if (resolveInside(m_folder, name))
                wanted.push_back(name);
    for (const std::string &name : wanted) {
        if (File *known = file(name)) {
            known->active = true;
            continue;
        }
        auto text = readInside(m_folder, name, (16u << 20) + 1);
        if (text)
            addFile(name, std::move(*text), true);
        else
            m_includeProblems.push_back({Severity::Error, name, 1, 1, {}, text.error().message, {}});
    }
    forget();
}

Document::File *Document::file(std::string_view name) { return const_cast<File *>(static_cast<const Document *>(this)->file(name)); }

const Document::File *Document::file(std::string_view name) const
{
    for (const File &file : m_files)
        if (file.name == name)
            return &file;
    return nullptr;
}

std::vector<std::string> Document::files() const
{
    std::vector<std::string> names;
    for (const bool environments : {false, true})
        for (const File &file : m_files)
            if (file.active && isEnvironment(file.name) == environments)
                names.push_back(file.name);
    std::sort(names.begin() + 1, std::find_if(names.begin() + 1, names.end(), isEnvironment));
    return names;
}

std::vector<std::string> Document::environments() const
{
    std::vector<std::string> names;
    for (const std::string &name : files())
        if (isEnvironment(name))
            names.push_back(fs::path(name).stem().string());
    return names;
}

const Node *Document::root(std::string_view name) const
{
    const File *found = file(name);
    return found && found->active && found->root ? &*found->root : nullptr;
}

std::string Document::text(std::string_view name) const
{
    const File *found = file(name);
    return found ? found->text : std::string();
}

std::string Document::savedText(std::string_view name) const
{
    const File *found = file(name);
    return found ? found->saved : std::string();
}

const Node *Document::at(const Location &location) const
{
    const Node *node = root(location.file);
    return node ? node->at(location.path) : nullptr;
}

const schema::Shape *Document::shapeOf(std::string_view name) const
{
    if (name == entry())
        return workspaceShape().get();
    return isEnvironment(name) ? static_cast<const schema::Shape *>(environmentShape().get()) : includeShape().get();
}

const schema::Shape *Document::shapeAt(const Location &location) const
{
    return schema::shapeAt(*shapeOf(location.file), location.path, root(location.file));
}

const Document::Facts &Document::facts() const
{
    if (m_facts)
        return *m_facts;
    auto facts = std::make_shared<Facts>();
    schema::Reader reader(m_names);
    reader.allowUnexpanded = true;
    if (!m_folder.empty())
        reader.checkFile = [this](std::string_view name) {
            auto path = resolveInside(m_folder, name);
            return path ? std::string() : path.error().message;
        };
    for (const std::string &name : files()) {
        const File &one = *file(name);
        facts->problems.insert(facts->problems.end(), one.problems.begin(), one.problems.end());
        if (one.root)
            shapeOf(name)->check(*one.root, reader);
    }
    const bool whole = std::all_of(m_files.begin(), m_files.end(), [](const File &one) { return !one.active || one.root; });
    if (whole) // names of a file that can't be read would be missed everywhere else
        checkNames(reader.names, m_names, reader.problems);
    facts->names = std::move(reader.names);
    facts->problems.insert(facts->problems.end(), reader.problems.begin(), reader.problems.end());
    facts->problems.insert(facts->problems.end(), m_includeProblems.begin(), m_includeProblems.end());
    schema::sortProblems(facts->problems);
    m_facts = std::move(facts);
    return *m_facts;
}

const Problems &Document::problems() const { return facts().problems; }

Problems Document::problemsAt(const Location &location) const
{
    Problems found;
    const std::string path = location.path.text();
    for (const Problem &problem : problems()) {
        const bool below = problem.path.starts_with(path) && (path.empty() || problem.path.size() == path.size() || problem.path[path.size()] == '.' || problem.path[path.size()] == '[');
        if (problem.file == location.file && below)
            found.push_back(problem);
    }
    return found;
}

std::string Document::checkText(const Location &location, std::string_view text) const
{
    const schema::Shape *shape = shapeAt(location);
    if (!shape)
        return "there is no \"" + location.path.text() + "\" in the format";
    std::string wrong = schema::checkText(*shape, text);
    if (!wrong.empty() || shape->refersTo().empty() || text.find("${") != std::string_view::npos)
        return wrong;
    const auto place = find(shape->refersTo(), text);
    if (shape->kind() == schema::Kind::Reference)
        return place ? std::string() : "there is no " + shape->refersTo() + " \"" + std::string(text) + '"';
    const bool taken = place && !(place->file == location.file && place->path == location.path.parent());
    return taken ? "the name \"" + std::string(text) + "\" is taken by another " + shape->refersTo() : std::string();
}

std::vector<NamedThing> Document::things(std::string_view kind) const
{
    std::vector<NamedThing> found;
    for (const schema::NameUse &use : facts().names)
        if (use.definition && (kind.empty() || use.kind == kind))
            found.push_back({use.kind, use.name, {m_names[use.file], use.path.parent(), use.line}});
    return found;
}

std::optional<Location> Document::find(std::string_view kind, std::string_view name) const
{
    for (const schema::NameUse &use : facts().names)
        if (use.definition && use.kind == kind && use.name == name)
            return Location{m_names[use.file], use.path.parent(), use.line};
    return {};
}

std::vector<Location> Document::references(std::string_view kind, std::string_view name) const
{
    std::vector<Location> found;
    for (const schema::NameUse &use : facts().names)
        if (!use.definition && use.kind == kind && use.name == name)
            found.push_back({m_names[use.file], use.path, use.line});
    return found;
}

Result<void> Document::applyOne(const Change &change, Patch &inverse)
{
    File *target = file(change.file);
    if (!target || !target->active)
        return Error::make(ErrorKind::NotFound, "there is no file \"" + change.file + "\" in this workspace");
    if (!target->root && change.op != Change::Op::Splice)
        return Error::make(ErrorKind::BadInput, change.file + " can't be read as it stands; mend its text first");
    const Node empty;
    auto spliced = schema::applyChange(target->text, target->root ? *target->root : empty, change, shapeOf(change.file), static_cast<uint16_t>(target - m_files.data()));
    if (!spliced)
        return spliced.error();
    target->text = std::move(spliced->text);
    if (spliced->readable) {
        target->root = std::move(spliced->root);
        target->problems.clear();
        forget();
    } else {
        parse(*target); // for what is wrong with it
    }
    inverse.changes.insert(inverse.changes.begin(), spliced->inverse.begin(), spliced->inverse.end());
    return {};
}

Result<Patch> Document::apply(const Patch &patch)
{
    Patch inverse;
    for (const Change &change : patch.changes) {
        auto done = applyOne(change, inverse);
        if (done)
            continue;
        Patch unused;
        for (const Change &back : inverse.changes)
            if (auto undone = applyOne(back, unused); !undone)
                return Error::make(ErrorKind::Internal, "an edit could not be taken back: " + undone.error().message);
        return done.error();
    }
    const bool entryChanged = std::any_of(patch.changes.begin(), patch.changes.end(), [&](const Change &change) { return change.file == entry(); });
    if (entryChanged)
        findIncludes();
    return inverse;
}

Patch Document::textPatch(std::string_view name, const std::string &text) const
{
    const File *target = file(name);
    return target ? differencePatch(name, target->text, text) : Patch();
}

Result<Patch> Document::renamePatch(std::string_view kind, std::string_view from, std::string_view to) const
{
    const auto definition = find(kind, from);
    if (!definition)
        return Error::make(ErrorKind::NotFound, "there is no " + std::string(kind) + " \"" + std::string(from) + '"');
    if (std::string wrong = schema::checkText(*schema::plainName(), to); !wrong.empty())
        return Error::make(ErrorKind::BadInput, std::move(wrong));
    if (find(kind, to))
        return Error::make(ErrorKind::InUse, "the name \"" + std::string(to) + "\" is taken by another " + std::string(kind));
    const Node name = Node::string(std::string(to));
    Patch patch = Patch::replace(definition->file, definition->path / Step("name"), name);
    for (const Location &reference : references(kind, from))
        patch.add(Patch::replace(reference.file, reference.path, name));
    return patch;
}

std::string Document::freeName(std::string_view kind, std::string_view wish) const
{
    std::string base(wish);
    if (const size_t dash = base.rfind('-'); dash != std::string::npos && parseUnsigned(std::string_view(base).substr(dash + 1)))
        base.resize(dash);
    if (!find(kind, wish))
        return std::string(wish);
    for (int i = 2;; ++i)
        if (std::string name = base + '-' + std::to_string(i); !find(kind, name))
            return name;
}

bool Document::dirty() const { return !dirtyFiles().empty(); }

std::vector<std::string> Document::dirtyFiles() const
{
    std::vector<std::string> names;
    for (const File &one : m_files)
        if (one.text != one.saved)
            names.push_back(one.name);
    return names;
}

FileSet Document::fileSet() const
{
    FileSet set{m_folder, {}, {}};
    for (const File &one : m_files)
        if (one.onDisk)
            set.files.push_back({one.name, one.text, one.saved});
    for (const Node *pattern : includePatterns())
        if (pattern->isScalar() && !leavesFolder(pattern->text))
            set.patterns.push_back(pattern->text);
    set.patterns.emplace_back(environmentFiles);
    return set;
}

std::vector<OutsideText> readOutside(const FileSet &set)
{
    std::vector<OutsideText> changed;
    if (set.folder.empty())
        return changed;
    const auto read = [&](const std::string &name) { return readInside(set.folder, name, (16u << 20) + 1); };
    for (const FileText &one : set.files)
        if (auto now = read(one.name); !now || *now != one.saved)
            changed.push_back({one.name, std::move(now)});
    for (const std::string &pattern : set.patterns)
        for (const std::string &name : expand(set.folder, pattern)) {
            const auto called = [&](const auto &one) { return one.name == name; };
            if (std::none_of(set.files.begin(), set.files.end(), called) && std::none_of(changed.begin(), changed.end(), called))
                if (auto now = read(name))
                    changed.push_back({name, std::move(now)});
        }
    return changed;
}

std::vector<std::string> Document::changedOutside() const
{
    std::vector<std::string> names;
    for (OutsideText &changed : readOutside(fileSet()))
        names.push_back(std::move(changed.name));
    return names;
}

std::vector<std::string> Document::foldersToWatch() const
{
    std::vector<std::string> folders;
    const auto add = [&](std::string_view below) {
        std::error_code error;
        fs::path path = fs::path(m_folder) / fs::path(below).parent_path();
        while (path.string().find_first_of("*?[", m_folder.size()) != std::string::npos || !fs::is_directory(path, error)) // the nearest that is there
            path = path.parent_path();
        const std::string folder = path.string().ends_with('/') ? path.parent_path().string() : path.string();
        if (folder.size() >= m_folder.size() && std::find(folders.begin(), folders.end(), folder) == folders.end())
            folders.push_back(folder);
    };
    if (m_folder.empty())
        return folders;
    add({});
    for (const File &one : m_files)
        add(one.name);
    for (const Node *pattern : includePatterns())
        if (pattern->isScalar() && !leavesFolder(pattern->text))
            add(pattern->text);
    add(environmentFiles);
    return folders;
}

Result<void> Document::save(bool overwrite)
{
    if (m_folder.empty() || std::any_of(m_files.begin(), m_files.end(), [](const File &one) { return !one.onDisk; }))
        return Error::make(ErrorKind::NotAllowed, "this workspace is not on disk");
    const FileSet set = fileSet();
    WrittenFiles done = writeFiles(set, overwrite);
    written(set, done.names);
    return done.error ? Result<void>(std::move(*done.error)) : Result<void>();
}

void Document::written(const FileSet &set, const std::vector<std::string> &names)
{
    for (const FileText &wrote : set.files)
        if (std::find(names.begin(), names.end(), wrote.name) != names.end())
            if (File *one = file(wrote.name))
                one->saved = wrote.text;
}

Result<void> Document::reload() { return takeOver(readOutside(fileSet())); }

Result<void> Document::takeOver(const std::vector<OutsideText> &changed, bool keepMine)
{
    std::vector<std::pair<File *, std::pair<std::string, std::string>>> taken; // file, its new saved and edited text
    for (const OutsideText &outside : changed) {
        File *one = file(outside.name);
        if (!one) // found anew below
            continue;
        if (!outside.text && outside.text.error().kind != ErrorKind::NotFound)
            return outside.text.error();
        const std::string theirs = outside.text ? *outside.text : std::string();
        if (one->text == one->saved) {
            taken.push_back({one, {theirs, theirs}});
            continue;
        }
        if (keepMine) {
            taken.push_back({one, {theirs, one->text}});
            continue;
        }
        auto merged = mergeTexts(one->saved, one->text, theirs);
        if (!merged)
            return Error::make(ErrorKind::InUse, outside.name + " was changed outside in lines " + std::to_string(merged.error().first) + " to "
                + std::to_string(merged.error().last) + ", which were also edited here");
        taken.push_back({one, {theirs, std::move(*merged)}});
    }
    for (auto &[one, texts] : taken) {
        one->saved = std::move(texts.first);
        one->text = std::move(texts.second);
        parse(*one);
    }
    findIncludes();
    return {};
}

void Document::revert()
{
    for (File &one : m_files) {
        if (one.text != one.saved) {
            one.text = one.saved;
            parse(one);
        }
    }
    findIncludes();
}

} // namespace gatehouse::config
