// The stages of an explanation and their rows as a tree: sentence, bar of time, arrived, route with its candidates, policies,
// what was rewritten, upstream with its attempts, policies on the way back, the answer. GUI thread.
#pragma once

#include "gateway/observe/explanation.h"
#include "ui/widgets/bars.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/why/bucketpast.h"
#include "ui/widgets/why/whysentence.h"

#include <QtCore/QAbstractItemModel>

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace gatehouse::ui {

struct WhyItem {
    enum class Kind : uint8_t { Sentence, Times, Stage, MatrixHead, Candidate, Policy, Bucket, Change, Attempt, Wait, Note, Actions };
    enum class StageId : uint8_t { None, Arrived, Route, PoliciesIn, Rewritten, Target, PoliciesOut, Answer };
    Kind kind = Kind::Note;
    StageId stage = StageId::None;
    Glyph glyph = Glyph::Pass;
    bool reached = true;       // false: an earlier one stopped it
    bool last = false;         // nothing follows on the spine
    bool firstOfGroup = false, lastOfGroup = false; // for the box around changes
    int64_t startMicros = -1;  // in the margin; -1: not said
    Runs title;                // left, in bold
    QString owner;             // policy: second column
    Runs detail;               // after the title; candidate: its second line
    Runs right;                // at the right edge; a note's may be a command
    Runs folded, foldedRight;  // in place of `detail` and `right` while a stage is folded; empty: the same
    QList<std::pair<QString, Place>> actions; // the next steps, as buttons
    bool differs = false;      // from the explanation it is compared with
    Place place;               // where Enter leads
    const observe::Candidate *candidate = nullptr; // these point into the model's explanation
    const observe::PolicyStep *policy = nullptr;
    const observe::Change *change = nullptr;
    const observe::Attempt *attempt = nullptr;
    bool hasPlace = false;

    WhyItem *parent = nullptr;
    std::vector<std::unique_ptr<WhyItem>> children;
};

// What an explanation does not hold itself and a panel may know beside it.
struct WhyMore {
    std::optional<observe::Explanation> then; // to mark what differs from it
    std::optional<BucketPast> bucket;         // of the limit that refused
    Runs answer;                              // what the answer says beside its status: "Retry-After: 1"
    bool asksOther = false;                   // offers "Why not another route…"
};

class WhyModel final : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Role { ItemRole = Qt::UserRole + 1 }; // const WhyItem * as void *
    explicit WhyModel(QObject *parent = nullptr);
    ~WhyModel() override;

    void setExplanation(observe::Explanation why, WhyMore more = {});
    void clear();
    bool isEmpty() const { return m_root->children.empty(); }
    const observe::Explanation &explanation() const { return m_why; }
    const WhyMore &more() const { return m_more; }
    // How many rows are not in `more.then`, or were there and are not here.
    int differences() const { return m_differences; }
    // Lists this route among the candidates, where it is not already; its row.
    QModelIndex addCandidate(observe::Candidate candidate);
    const WhySentence &sentence() const { return m_sentence; }
    const QList<BarPart> &timeParts() const { return m_timeParts; }
    QString totalText() const;
    // The axis of the attempts' bars, in microseconds since arrival.
    std::pair<int64_t, int64_t> attemptSpan() const { return {m_spanFrom, m_spanTo}; }
    bool asksOther() const { return m_asksOther; } // a candidate has conditions beside the five usual columns

    QModelIndex find(WhyItem::StageId stage) const;
    static const WhyItem *item(const QModelIndex &index);
    // The row and what hangs below it as plain text; of the sentence: everything, for a ticket.
    QString asText(const QModelIndex &index) const;
    QString wholeText() const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &index) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;

private:
    WhyItem *add(WhyItem *parent, WhyItem item);
    void build();
    void buildTimes();
    void buildRoute();
    void buildPolicies(observe::Phase phase);
    void buildChanges();
    void buildTarget();
    void buildAnswer();
    void addCandidates(WhyItem *stage, const std::vector<observe::Candidate> &candidates, bool mock);
    WhyItem candidateItem(const observe::Candidate &candidate, bool mock) const;
    void addNextSteps(WhyItem *stage);
    void markDifferences();
    void collectKeys(std::multiset<QString> &keys, const WhyItem &item) const;
    QString lineOf(const WhyItem &item) const;
    void appendText(QString &text, const WhyItem &item, int depth) const;

    observe::Explanation m_why;
    WhyMore m_more;
    std::deque<observe::Candidate> m_added;
    int m_differences = 0;
    WhySentence m_sentence;
    QList<BarPart> m_timeParts;
    int64_t m_spanFrom = 0, m_spanTo = 0;
    bool m_asksOther = false;
    std::unique_ptr<WhyItem> m_root;
};

QString aspectWord(observe::Aspect aspect);

} // namespace gatehouse::ui
