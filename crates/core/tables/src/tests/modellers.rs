//! DMN files in the shapes of common modellers, and what is wrong with others.

use super::{Elements, decide, lines, may_be_absent};
use crate::{Gaps, Hit, Read, Wanted, read_dmn};

/// As the Camunda modeller saves it: no declared inputs, labels, vendor's attributes, its own layout.
const CAMUNDA: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" xmlns:camunda="http://camunda.org/schema/1.0/dmn" xmlns:modeler="http://camunda.org/schema/modeler/1.0" id="Definitions_1" name="DRD" namespace="http://camunda.org/schema/1.0/dmn" exporter="Camunda Modeler" exporterVersion="5.9.0" modeler:executionPlatform="Camunda Platform">
  <decision id="fee" name="费用" camunda:historyTimeToLive="P180D">
    <decisionTable id="DecisionTable_1">
      <input id="Input_1" label="Hours" camunda:inputVariable="h" camunda:width="192">
        <inputExpression id="InputExpression_1" typeRef="number">
          <text>营业时长</text>
        </inputExpression>
      </input>
      <input id="Input_2" label="摊位种类">
        <inputExpression id="InputExpression_2" typeRef="string"><text></text></inputExpression>
        <inputValues id="UnaryTests_0"><text>"snacks","tea"</text></inputValues>
      </input>
      <output id="Output_1" label="Fee" name="stall.fee" typeRef="number" />
      <rule id="DecisionRule_1">
        <description>short</description>
        <inputEntry id="UnaryTests_1"><text>&lt; 20</text></inputEntry>
        <inputEntry id="UnaryTests_2"><text></text></inputEntry>
        <outputEntry id="LiteralExpression_1"><text>50</text></outputEntry>
      </rule>
      <rule id="DecisionRule_2">
        <inputEntry id="UnaryTests_3"><text>&gt;= 20</text></inputEntry>
        <inputEntry id="UnaryTests_4"><text>"tea"</text></inputEntry>
        <outputEntry id="LiteralExpression_2"><text>80</text></outputEntry>
      </rule>
      <rule id="DecisionRule_3">
        <inputEntry id="UnaryTests_5"><text>&gt;= 20</text></inputEntry>
        <inputEntry id="UnaryTests_6"><text>not("tea")</text></inputEntry>
        <outputEntry id="LiteralExpression_3"><text>90</text></outputEntry>
      </rule>
    </decisionTable>
  </decision>
  <dmndi:DMNDI><dmndi:DMNDiagram><dmndi:DMNShape dmnElementRef="fee"><dc:Bounds height="80" width="180" x="160" y="100" /></dmndi:DMNShape></dmndi:DMNDiagram></dmndi:DMNDI>
</definitions>
"#;

/// As Trisotech and Kogito save it: prefixes, requirements, item definitions, typed references, CDATA.
const DROOLS: &str = r##"<dmn:definitions xmlns:dmn="https://www.omg.org/spec/DMN/20230324/MODEL/" xmlns:feel="https://www.omg.org/spec/DMN/20230324/FEEL/" xmlns:kie="https://kie.org/dmn/extensions/1.0" xmlns:triso="http://www.trisotech.com/2015/triso/modeling" id="_1" name="m" namespace="https://kiegroup.org/dmn/_1" expressionLanguage="https://www.omg.org/spec/DMN/20230324/FEEL/">
  <dmn:extensionElements/>
  <dmn:itemDefinition id="_i" name="tKind" isCollection="false"><dmn:typeRef>string</dmn:typeRef></dmn:itemDefinition>
  <dmn:inputData id="_in" name="owner.birth_date"><dmn:variable id="_v" name="owner.birth_date" typeRef="date"/></dmn:inputData>
  <dmn:decision id="_d" name="stall.fee">
    <dmn:variable id="_dv" name="stall.fee" typeRef="number"/>
    <dmn:informationRequirement id="_r"><dmn:requiredInput href="#_in"/></dmn:informationRequirement>
    <dmn:decisionTable id="_t" hitPolicy="FIRST" preferredOrientation="Rule-as-Row">
      <dmn:input id="_c"><dmn:inputExpression id="_e" typeRef="date"><dmn:text>owner.birth_date</dmn:text></dmn:inputExpression></dmn:input>
      <dmn:output id="_o"/>
      <dmn:annotation name="Note"/>
      <dmn:rule id="_r1">
        <dmn:inputEntry id="_a"><dmn:text><![CDATA[< date("1965-01-01")]]></dmn:text></dmn:inputEntry>
        <dmn:outputEntry id="_b"><dmn:text>10</dmn:text></dmn:outputEntry>
        <dmn:annotationEntry><dmn:text>old</dmn:text></dmn:annotationEntry>
      </dmn:rule>
      <dmn:rule id="_r2">
        <dmn:inputEntry id="_f"><dmn:text>[@"1965-01-01"..@"1970-01-01")</dmn:text></dmn:inputEntry>
        <dmn:outputEntry id="_g"><dmn:text>20</dmn:text></dmn:outputEntry>
        <dmn:annotationEntry><dmn:text/></dmn:annotationEntry>
      </dmn:rule>
      <dmn:rule id="_r3">
        <dmn:inputEntry id="_h"><dmn:text>-</dmn:text></dmn:inputEntry>
        <dmn:outputEntry id="_k"><dmn:text>30</dmn:text></dmn:outputEntry>
        <dmn:annotationEntry><dmn:text/></dmn:annotationEntry>
      </dmn:rule>
    </dmn:decisionTable>
  </dmn:decision>
</dmn:definitions>
"##;

fn read(text: &str, hit: Option<Hit>, decision: Option<&str>) -> Read {
    let wanted = Wanted { hit, gaps: Gaps::Refused, decision, may_be_absent: &may_be_absent };
    read_dmn(text, &Elements, &wanted)
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let read = read(text, None, None);
    let lines = lines(text, &read);
    assert_eq!(lines, expected, "\nfound:\n{}\n", lines.join("\n"));
}

#[test]
fn a_camunda_file_is_read_as_it_is() {
    check(CAMUNDA, &[]);
    let rules = read(CAMUNDA, None, Some("fee")).rules.unwrap();
    assert_eq!(rules.hit, Hit::Unique);
    assert_eq!(rules.rows[0].note.as_deref(), Some("short"));
    for (inputs, expected) in [(["5", "?"], "50"), (["20", "tea"], "80"), (["20", "snacks"], "90")]
    {
        assert_eq!(decide(&rules, &inputs), expected, "{inputs:?}");
    }
    assert_eq!(read(CAMUNDA, None, Some("费用")).findings, []);
}

#[test]
fn a_kogito_file_is_read_as_it_is() {
    check(DROOLS, &[]);
    let rules = read(DROOLS, Some(Hit::First), None).rules.unwrap();
    assert_eq!(rules.outputs[0].element.as_str(), "stall.fee");
    for (day, expected) in [("1964-12-31", "10"), ("1965-01-01", "20"), ("1970-01-01", "30")] {
        assert_eq!(decide(&rules, &[day]), expected, "{day}");
    }
}

#[test]
fn places_lead_into_the_cells() {
    let broken = CAMUNDA.replace("&lt; 20", "&lt; 20h");
    check(&broken, &["17:50 CON0004"]);
    let broken = CAMUNDA.replace("not(\"tea\")", "not(\"snacks\", \"coffee\")");
    check(&broken, &["28:59 CON0017"]);
    let broken = DROOLS.replace("1965-01-01\")]]>", "1965-13-01\")]]>");
    check(&broken, &["13:54 CON0018"]);
}

#[test]
fn what_tables_do_not_have_is_told() {
    let table: &[(&str, &str, &str, &str)] = &[
        (
            CAMUNDA,
            "<decisionTable id=\"DecisionTable_1\">",
            "<decisionTable id=\"d\" hitPolicy=\"PRIORITY\">",
            "4:5 TAB0022 hit policy `PRIORITY` is not supported | use unique, any, first, or collect with an aggregation",
        ),
        (
            CAMUNDA,
            "<decisionTable id=\"DecisionTable_1\">",
            "<decisionTable id=\"d\" hitPolicy=\"COLLECT\">",
            "4:5 TAB0022 collecting into a list is not supported | choose the sum, least, greatest or count in the modeller",
        ),
        (
            CAMUNDA,
            "<inputExpression id=\"InputExpression_1\" ",
            "<inputExpression expressionLanguage=\"juel\" ",
            "5:7 TAB0022 the expression language `juel` is not supported | write the cells in FEEL",
        ),
        (
            CAMUNDA,
            "typeRef=\"number\" />",
            "><defaultOutputEntry><text>1</text></defaultOutputEntry></output>",
            "14:59 TAB0022 a default output is not supported | add a last row that holds for everything else, with `hit = \"first\"`",
        ),
        (
            CAMUNDA,
            "<inputEntry id=\"UnaryTests_2\"><text></text></inputEntry>",
            "",
            "15:7 TAB0007 rule 1 has 1 and 1 cells, the table 2 inputs and 1 outputs | save it anew from the modeller",
        ),
        (
            CAMUNDA,
            "DMN/20191111/MODEL/",
            "CMMN/1.1/",
            "2:1 TAB0020 `definitions` is not the root of a DMN file | a DMN file begins with `<definitions xmlns=\"https://www.omg.org/spec/DMN/…\">`",
        ),
        (
            CAMUNDA,
            "营业时长",
            "营业天数",
            "7:17 TAB0004 no data element is called `营业天数` | a column is named by a data element's id or alias, an output with `-> ` before it",
        ),
        (
            CAMUNDA,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
            "<!DOCTYPE x [<!ENTITY a \"b\">]>",
            "1:1 TAB0019 the file has a document type, which is refused | drop the `<!DOCTYPE …>`; a DMN file needs none",
        ),
        (
            CAMUNDA,
            "</decision>",
            "</decsion>",
            "32:3 TAB0019 not well-formed XML: expected 'decision' tag, not 'decsion' at 32:3 | save it anew from the modeller",
        ),
        (
            CAMUNDA,
            "<decision id",
            "<decision id=\"other\"><decisionTable/></decision><decision id",
            "2:1 TAB0021 the file has several decisions | say which: `decision = \"…\"`; it has `other`, `fee`",
        ),
    ];
    for (text, from, to, expected) in table {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        check(&text.replace(from, to), &[expected]);
    }
    let text = format!(
        "<definitions xmlns=\"https://www.omg.org/spec/DMN/20211108/MODEL/\">{}</definitions>",
        "<decision id=\"d\"><literalExpression/></decision>"
    );
    check(
        &text,
        &[
            "1:84 TAB0022 decision `d` is a `literalExpression`, not a table | only decision tables are read; what is computed is written as a condition",
        ],
    );
    let lines = |read: &Read| super::lines(CAMUNDA, read);
    let other = read(CAMUNDA, Some(Hit::First), None);
    assert_eq!(
        lines(&other),
        [
            "4:5 TAB0023 the file says `unique`, its definition says `first` | drop `hit` from the definition, or change the file"
        ]
    );
    let other = read(CAMUNDA, None, Some("fees"));
    assert_eq!(lines(&other), ["2:1 TAB0021 the file has no decision `fees` | it has `fee`"]);
}

#[test]
fn depth_and_size_are_bounded() {
    let deep = format!("{}{}", "<a>".repeat(200_000), "</a>".repeat(200_000));
    check(
        &deep,
        &["1:193 TAB0002 the elements are nested too deeply | at most 64 within each other"],
    );
    let wide = format!("<a>{}</a>", "<b/>".repeat(500_000));
    let read = read(&wide, None, None);
    assert!(read.rules.is_none());
    assert_eq!(read.findings.len(), 1, "{:?}", read.findings);
}
