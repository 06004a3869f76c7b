// 百日行动 / Campaign: the figures of the fold at one offset of the log, equal to `lamplight report --as-of` that offset.
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import { bars, board, lines, number, rows } from "./panels.ts";

const campaign = 'campaign="$campaign"';
/** A campaign that a definition on the log says; the one above may be the alerts' own label, which no definition knows. */
const defined = 'campaign="$defined"';
const noneDefined = "no campaign is defined on the log";
const published = `sum by (figure) (lamplight_campaign_published{${defined}})`;
const known = `sum by (figure) (lamplight_campaign_published_known{${defined}})`;
/** The figures that are furthest from what was published, whichever way. */
const furthest = `topk(12, abs(${known} - ${published}))`;
const exact = `sum by (figure) (lamplight_campaign_published{${defined}, bound="exact"})`;
const least = `sum by (figure) (lamplight_campaign_published{${defined}, bound!="exact"})`;
const report = "对账：lamplight report --as-of <figures offset> / Compare with lamplight report --as-of this offset.";

const panels = [
  number({
    title: "有效警情 / Valid alerts",
    about: `有效警情总数（状态 Actual，重复不计，撤回剔除）。 Alerts that count: status Actual, repeats once, withdrawn ones not. ${report} 显示“已停”时看系统运行监测 / When it says stopped, open the services dashboard.`,
    unit: "locale", decimals: 0, base: "blue",
    queries: [{ expr: `sum(lamplight_campaign_figure{${campaign}, measure="alerts_valid"})` }],
    place: { x: 0, y: 0, w: 4, h: 4 },
  }),
  number({
    title: "近24小时新增 / Added in 24 h",
    about: "与近 24 小时最低值之差；记录不满一天时从开始记录算起。 Growth over the lowest value of the last 24 h, or since the record began. 为 0 且平日有警情时，查联动单位是否断报 / When it is 0 on a day with alerts, ask whether partners have fallen silent.",
    unit: "locale", decimals: 0, base: "blue",
    queries: [{ expr: `sum(lamplight_campaign_figure{${campaign}, measure="alerts_valid"}) - sum(min_over_time(lamplight_campaign_figure{${campaign}, measure="alerts_valid"}[24h]))` }],
    place: { x: 4, y: 0, w: 4, h: 4 },
  }),
  number({
    title: "涉案金额（元）/ Amount, yuan",
    about: `有效警情登记金额合计。 Sum of the amounts of the alerts that count. ${report}`,
    unit: "locale", decimals: 2, base: "blue",
    queries: [{ expr: `sum(lamplight_campaign_figure{${campaign}, measure="amount_fen"}) / 100` }],
    place: { x: 8, y: 0, w: 5, h: 4 },
  }),
  number({
    title: "核对差异 / Cross-check",
    about: "分项与总数之差的绝对值合计，应为 0。 Parts against totals; anything but 0 is a fault. 变红：看下方核对表，记下偏移量，停止对外发布数字并上报 / Red: see the table below, note the offset, publish no figures and report it.",
    unit: "locale", decimals: 0, steps: [[1, "red"]],
    queries: [{ expr: "sum(abs(check:lamplight_campaign_crosscheck:difference))" }],
    place: { x: 13, y: 0, w: 4, h: 4 },
  }),
  number({
    title: "数字偏移量 / Log offset",
    about: "本页数字截至事件日志的这一偏移量。 The figures of this page count the log up to this offset: lamplight report --as-of it gives the same, to the last digit.",
    unit: "locale", decimals: 0, base: "blue",
    queries: [{ expr: "lamplight_tally_figures_offset" }],
    place: { x: 17, y: 0, w: 4, h: 4 },
  }),
  number({
    title: "数字时效 / Age",
    about: "距上次取得数字的秒数。 Seconds since the figures were last taken. 变红：查统计服务 / Red: docker compose ps tally, then docs/runbooks/ConsumerStuck.md.",
    unit: "s", decimals: 0, steps: [[30, "yellow"], [60, "red"]],
    queries: [{ expr: "time() - max(timestamp(lamplight_tally_figures_offset))" }],
    place: { x: 21, y: 0, w: 3, h: 4 },
  }),

  lines({
    title: "有效警情走势（按类别）/ Valid alerts by category",
    about: "各类别累计有效警情。下降只因更正或撤回。 Cumulative; a line goes down only by corrections and withdrawals. 断线即统计停止 / A gap means that tally was not measured.",
    unit: "locale", decimals: 0, base: "blue",
    queries: [{ expr: `topk(12, lamplight_campaign_figure{${campaign}, measure="alerts_valid"})`, legend: "{{category}}" }],
    place: { x: 0, y: 4, w: 12, h: 8 },
  }, { least: -Infinity }),
  bars({
    title: "街镇警情 / Alerts by area",
    about: "警情最多的 12 个街镇。 The twelve areas with most alerts. 偏高：看右下表中的类别 / Where one stands out, the table below tells the class.",
    unit: "locale", decimals: 0, base: "blue",
    queries: [{ expr: "topk(12, sum by (area) (lamplight_tally_alerts))", legend: "{{area}}" }],
    place: { x: 12, y: 4, w: 12, h: 8 },
  }),

  rows({
    title: "类别构成 / By category",
    about: `各类别的有效警情与金额（元）。 Alerts that count and their amounts in yuan, by category. ${report}`,
    unit: "locale", decimals: 0, base: "blue",
    queries: [{ expr: `topk(12, sum by (category) (lamplight_campaign_figure{${campaign}, measure="alerts_valid"}))` },
      { expr: `topk(12, sum by (category) (lamplight_campaign_figure{${campaign}, measure="amount_fen"})) / 100` }],
    place: { x: 0, y: 12, w: 10, h: 8 },
  }, { category: "类别 / Category" }, { name: "警情 / Alerts" }, { name: "金额（元）/ Amount, yuan", decimals: 2 }),
  rows({
    title: "核对表 / Cross-checks",
    about: "每一核对项的差异，应全为 0。 The difference of each check, all 0. 不为 0（红色）：上报，附偏移量 / Not 0, in red: report it with the offset.",
    unit: "locale", decimals: 0, base: "red", steps: [[0, "green"], [1, "red"]],
    queries: [{ expr: "sum by (check) (check:lamplight_campaign_crosscheck:difference)" }],
    place: { x: 10, y: 12, w: 7, h: 8 },
  }, { check: "核对项 / Check" }, { name: "差异 / Difference", painted: true }),
  rows({
    title: "事件去向 / What became of events",
    about: "原始、重复、更正、撤回、无从对应、无法读取。 Originals, repeats, corrections, withdrawals, unresolved, unreadable. unreadable 不为 0：上报 / unreadable above 0: report it.",
    unit: "locale", decimals: 0, base: "blue",
    queries: [{ expr: "sum by (kind) (lamplight_tally_events)" }],
    place: { x: 17, y: 12, w: 7, h: 8 },
  }, { kind: "去向 / Kind" }, { name: "事件 / Events" }),

  lines({
    title: "更正与撤回 / Corrections and withdrawals",
    about: "累计更正、撤回及无从对应者。突增：问报送单位 / Cumulative; a jump: ask the partner that sends them.",
    unit: "locale", decimals: 0, base: "blue",
    queries: [{ expr: 'lamplight_tally_events{kind=~"correction|withdrawal|unresolved|repeat"}', legend: "{{kind}}" }],
    place: { x: 0, y: 20, w: 12, h: 7 },
  }, { most: 10, legend: "right" }),
  lines({
    title: "演练与测试（不计入）/ Exercises and tests, not counted",
    about: "状态不是 Actual 的事件，不进入任何数字。 Events of another status than Actual; no figure counts them. 行动期间突增：核实是否误标 / A jump in a campaign: check for alerts marked wrongly.",
    unit: "locale", decimals: 0, base: "blue",
    queries: [{ expr: 'lamplight_tally_events_by_status{status!="Actual"}', legend: "{{status}}" }],
    place: { x: 12, y: 20, w: 12, h: 7 },
  }, { most: 10, legend: "right" }),

  rows({
    title: "指标与上期 / Measures and the period before",
    about: `各指标本期、上期数。 Each measure now and in the period before. ${report} 以 lamplight_campaign_figures_offset 为准 / as of lamplight_campaign_figures_offset.`,
    unit: "locale", decimals: 0, base: "blue", emptyWhenWell: noneDefined,
    queries: [{ expr: `topk(12, sum by (measure) (lamplight_campaign_figure{${defined}, category="total"}))` },
      { expr: `topk(12, sum by (measure) (lamplight_campaign_figure_previous{${defined}, category="total"}))` }],
    place: { x: 0, y: 27, w: 12, h: 8 },
  }, { measure: "指标 / Measure" }, { name: "本期 / Now" }, { name: "上期 / Before" }),
  rows({
    title: "行动勾稽核对 / Campaign cross-checks",
    about: "不一致的核对项及其差。 The campaign's checks that differ. 变红：lamplight report --campaign 看说明，docs/runbooks/CrosscheckDifference.md / Red: read the sentence in the report.",
    unit: "locale", decimals: 0, base: "red", steps: [[0, "green"], [1, "red"]], emptyWhenWell: "every check of the campaign agrees",
    queries: [{ expr: `topk(12, abs(sum by (check) (lamplight_campaign_crosscheck_difference{${defined}, on="counted"})) > 0)` }],
    place: { x: 12, y: 27, w: 12, h: 8 },
  }, { check: "核对项 / Check" }, { name: "差 / Difference", painted: true }),

  number({
    title: "公布值不符 / Contradicted",
    about: "与现知数不符的公布值个数：准确数不等，或现知数低于“余”“达”所说。 Published figures that cannot be: exact ones that differ, and lower bounds above what is known. 变红：看右表，核实后发布更正 / Red: see the table, check, and publish a correction.",
    unit: "locale", decimals: 0, steps: [[1, "red"]], emptyWhenWell: noneDefined,
    queries: [{ expr: `count((${known} != ${exact}) or (${known} < ${least})) or 0 * sum(lamplight_campaign_definition_version{${defined}})` }],
    place: { x: 0, y: 35, w: 4, h: 9 },
  }),
  rows({
    title: "公布与现知 / Published and known now",
    about: `相差最大的 12 个数字。公布值若为“余”“达”，现知数较大并无矛盾。 The twelve that are furthest apart; above a published lower bound is no contradiction. 有差：看 lamplight report --campaign 的“公布”与“说明”两列 / A difference: the report's columns "Published" and "Remarks" tell more.`,
    unit: "locale", base: "blue", emptyWhenWell: "no published figure is declared",
    queries: [{ expr: `topk(12, (${known} - ${published}) and on (figure) ${furthest})` },
      { expr: `topk(12, ${published} and on (figure) ${furthest})` },
      { expr: `topk(12, ${known} and on (figure) ${furthest})` }],
    place: { x: 4, y: 35, w: 11, h: 9 },
  }, { figure: "数字 / Figure" }, { name: "差 / Difference" }, { name: "公布 / Published" }, { name: "现知 / Known now" }),
  bars({
    title: "流程（同一批人）/ Stages, the same persons",
    about: "进入、各环节、退出的人数；同一批人，后一环节不会大于前一环节。 Entered, reached each stage, left by an exit: of the same persons a later stage is never greater. 大于时：看勾稽核对 / Where one is: see the cross-checks.",
    unit: "locale", decimals: 0, base: "blue", emptyWhenWell: "the campaign follows no cohort",
    queries: [{ expr: `topk(12, sum by (cohort, kind, stage) (lamplight_campaign_cohort_reached{${defined}}))`, legend: "{{cohort}} {{kind}} {{stage}}" }],
    place: { x: 15, y: 35, w: 9, h: 9 },
  }),
];

export const campaignBoard = () => board("lamplight-campaign", "百日行动 / Campaign",
  "行动数字，取自事件日志的同一偏移量。 Figures of the campaign, all of one offset of the log.", panels,
  [new dashboard.QueryVariableBuilder("campaign").label("行动 / Campaign")
    .datasource({ type: "prometheus", uid: "${datasource}" })
    .query("label_values(lamplight_campaign_figure, campaign)").refresh(dashboard.VariableRefresh.OnTimeRangeChanged),
  new dashboard.QueryVariableBuilder("defined").label("有定义的行动 / Defined campaign")
    .datasource({ type: "prometheus", uid: "${datasource}" })
    .query("label_values(lamplight_campaign_definition_version, campaign)").refresh(dashboard.VariableRefresh.OnTimeRangeChanged)]);
