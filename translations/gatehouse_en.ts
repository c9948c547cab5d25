<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>gatehouse::gui::WorkspaceBars</name>
    <message numerus="yes">
        <source>%n edit(s) of %1 were not saved when Gatehouse ended last time.</source>
        <translation>
            <numerusform>%n edit of %1 was not saved when Gatehouse ended last time.</numerusform>
            <numerusform>%n edits of %1 were not saved when Gatehouse ended last time.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n thing(s) held back until this folder is trusted.</source>
        <translation>
            <numerusform>%n thing is held back until this folder is trusted.</numerusform>
            <numerusform>%n things are held back until this folder is trusted.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>gatehouse::ui::DashboardPanel</name>
    <message numerus="yes">
        <source>%n connection(s)</source>
        <translation>
            <numerusform>%n connection</numerusform>
            <numerusform>%n connections</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>gatehouse::ui::DetailPane</name>
    <message numerus="yes">
        <source>%n row(s) differ</source>
        <translation>
            <numerusform>%n row differs</numerusform>
            <numerusform>%n rows differ</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>gatehouse::ui::ExportPanel</name>
    <message numerus="yes">
        <source>%n feature(s) used:</source>
        <translation>
            <numerusform>%n feature used:</numerusform>
            <numerusform>%n features used:</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, %n finding(s)</source>
        <translation>
            <numerusform>%1, %n finding</numerusform>
            <numerusform>%1, %n findings</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>gatehouse::ui::MockListModel</name>
    <message numerus="yes">
        <source>%n response(s), by chance</source>
        <translation>
            <numerusform>%n response, by chance</numerusform>
            <numerusform>%n responses, by chance</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n response(s), first match</source>
        <translation>
            <numerusform>%n response, first match</numerusform>
            <numerusform>%n responses, first match</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>gatehouse::ui::MockPreview</name>
    <message numerus="yes">
        <source>One of %n in turn.</source>
        <translation>
            <numerusform>One of %n in turn.</numerusform>
            <numerusform>One of %n in turn.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>One of %n by chance.</source>
        <translation>
            <numerusform>One of %n by chance.</numerusform>
            <numerusform>One of %n by chance.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>gatehouse::ui::PolicyCard</name>
    <message numerus="yes">
        <source>shared, %n route(s)</source>
        <translation>
            <numerusform>shared, %n route</numerusform>
            <numerusform>shared, %n routes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Changes %n route(s)</source>
        <translation>
            <numerusform>Changes %n route</numerusform>
            <numerusform>Changes %n routes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>gatehouse::ui::RouteTreeModel</name>
    <message numerus="yes">
        <source>%n key(s)</source>
        <translation>
            <numerusform>%n key</numerusform>
            <numerusform>%n keys</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n error(s)</source>
        <translation>
            <numerusform>%n error</numerusform>
            <numerusform>%n errors</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n warning(s)</source>
        <translation>
            <numerusform>%n warning</numerusform>
            <numerusform>%n warnings</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>used by %n route(s)</source>
        <translation>
            <numerusform>used by %n route</numerusform>
            <numerusform>used by %n routes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>gatehouse::ui::RoutesPanel</name>
    <message numerus="yes">
        <source>%n error(s)</source>
        <translation>
            <numerusform>%n error</numerusform>
            <numerusform>%n errors</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n warning(s)</source>
        <translation>
            <numerusform>%n warning</numerusform>
            <numerusform>%n warnings</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>gatehouse::ui::StatusBar</name>
    <message numerus="yes">
        <source>Running revision %1; your edit has %n errors and is not applied</source>
        <translation>
            <numerusform>Running revision %1; your edit has %n errors and is not applied</numerusform>
            <numerusform>Running revision %1; your edit has %n errors and is not applied</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n errors</source>
        <translation>
            <numerusform>%n errors</numerusform>
            <numerusform>%n errors</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n warnings</source>
        <translation>
            <numerusform>%n warnings</numerusform>
            <numerusform>%n warnings</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Unsaved: %n changes</source>
        <translation>
            <numerusform>Unsaved: %n changes</numerusform>
            <numerusform>Unsaved: %n changes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>gatehouse::ui::TrafficPanel</name>
    <message numerus="yes">
        <source>%n exchanges are recorded.</source>
        <translation>
            <numerusform>%n exchanges are recorded.</numerusform>
            <numerusform>%n exchanges are recorded.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>gatehouse::ui::UpstreamsPanel</name>
    <message numerus="yes">
        <source>%n endpoint(s) failing</source>
        <translation>
            <numerusform>%n endpoint failing</numerusform>
            <numerusform>%n endpoints failing</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>round-robin, http/1.1, used by %n route(s)</source>
        <translation>
            <numerusform>round-robin, http/1.1, used by %n route</numerusform>
            <numerusform>round-robin, http/1.1, used by %n routes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>gatehouse::ui::Why</name>
    <message numerus="yes">
        <source>%n tries before it failed; the first, at %1, %2.</source>
        <translation>
            <numerusform>%n tries before it failed; the first, at %1, %2.</numerusform>
            <numerusform>%n tries before it failed; the first, at %1, %2.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>No route took it: none of %n matches.</source>
        <translation>
            <numerusform>No route took it: none of %n matches.</numerusform>
            <numerusform>No route took it: none of %n matches.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>No route would take it: none of %n matches.</source>
        <translation>
            <numerusform>No route would take it: none of %n matches.</numerusform>
            <numerusform>No route would take it: none of %n matches.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n token</numerusform>
            <numerusform>%n tokens</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n refused</source>
        <translation>
            <numerusform>%n refused</numerusform>
            <numerusform>%n refused</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>gatehouse::ui::WhyModel</name>
    <message numerus="yes">
        <source>%n candidates of %1</source>
        <translation>
            <numerusform>%n candidates of %1</numerusform>
            <numerusform>%n candidates of %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more differ in host or prefix</source>
        <translation>
            <numerusform>%n more differ in host or prefix</numerusform>
            <numerusform>%n more differ in host or prefix</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n would run</source>
        <translation>
            <numerusform>%n would run</numerusform>
            <numerusform>%n would run</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n passed on the way in</source>
        <translation>
            <numerusform>%n passed on the way in</numerusform>
            <numerusform>%n passed on the way in</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n changes</source>
        <translation>
            <numerusform>%n changes</numerusform>
            <numerusform>%n changes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tries</source>
        <translation>
            <numerusform>%n tries</numerusform>
            <numerusform>%n tries</numerusform>
        </translation>
    </message>
</context>
</TS>
