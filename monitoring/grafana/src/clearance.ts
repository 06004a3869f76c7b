// 清查行动 / Clearance live: what one operation has counted so far, who has not reported, hazards that are open.
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import { bars, board, lines, number, rows } from "./panels.ts";

const operation = 'operation="$operation"';
const none = "no clearance operation is ordered";
/** What the tables by unit and by hour tell: one column each. */
const measures = { police: "警力 / Police", site: "场所 / Sites", person: "盘查 / Persons", vehicle: "车辆 / Vehicles" };
// No topk of units and hours: each column would choose its own, and an empty cell would not say that nobody stated it.
const columns = Object.values(measures).map((name) => ({ name }));
const lastTwo = "no clearance operation is ordered, or an older one is chosen: the last two have it";
const report = "对账：lamplight report clearance <代号> / Compare with lamplight report clearance CODE.";

const panels = [
  number({
    title: "未报 / Reports missing",
    about: "应报未报的单位班次数。 Units and shifts that have not reported. 变红：催报，docs/runbooks/ClearanceReportMissing.md / Red: call the unit.",
    unit: "locale", decimals: 0, steps: [[1, "red"]], emptyWhenWell: none,
    queries: [{ expr: `sum(lamplight_clearance_reports_missing{${operation}})` }],
    place: { x: 0, y: 0, w: 4, h: 4 },
  }),
  number({
    title: "出动警力（人次）/ Police turns",
    about: `各单位各班次合计，不是人数。 Turns of all units and shifts, not heads. ${report}`,
    unit: "locale", decimals: 0, base: "blue", emptyWhenWell: none,
    queries: [{ expr: `sum(lamplight_clearance_figure{${operation}, measure="police"})` }],
    place: { x: 4, y: 0, w: 4, h: 4 },
  }),
  number({
    title: "检查场所（家）/ Sites checked",
    about: `场所、部位、单位合计。 Sites of all kinds. ${report}`,
    unit: "locale", decimals: 0, base: "blue", emptyWhenWell: none,
    queries: [{ expr: `sum(lamplight_clearance_figure{${operation}, measure="site"})` }],
    place: { x: 8, y: 0, w: 4, h: 4 },
  }),
  number({
    title: "未清隐患 / Hazards open",
    about: "已发现、尚未整改核销的隐患。 Found and not dealt with yet. 变红：查期限与责任单位 / Red: look at due dates in the report.",
    unit: "locale", decimals: 0, steps: [[1, "red"]], emptyWhenWell: none,
    queries: [{ expr: `sum(lamplight_clearance_figure{${operation}, measure="hazards_open"})` }],
    place: { x: 12, y: 0, w: 4, h: 4 },
  }),
  number({
    title: "超期隐患 / Hazards overdue",
    about: "到期仍未整改的隐患。 Open after their due date, as of the figures' offset. 变红：督促责任单位，报告的“隐患超期”行列出编号 / Red: the lines \"hazard overdue\" of the campaign's report name them.",
    unit: "locale", decimals: 0, steps: [[1, "red"]], emptyWhenWell: none,
    queries: [{ expr: `sum(lamplight_clearance_figure{${operation}, measure="hazards_overdue"})` }],
    place: { x: 16, y: 0, w: 4, h: 4 },
  }),
  number({
    title: "最久未清隐患 / Oldest open hazard",
    about: "未清隐患中发现最早者至今的时间。 Since when the hazard is open that was found first. 变红（满 7 天）：查责任单位 / Red after seven days: ask the unit.",
    unit: "s", decimals: 1, base: "blue", steps: [[7 * 86_400, "red"]], emptyWhenWell: "no hazard is open",
    queries: [{ expr: `time() - min(lamplight_clearance_oldest_open_hazard_timestamp_seconds{${operation}})` }],
    place: { x: 20, y: 0, w: 4, h: 4 },
  }),
  rows({
    title: "各项报数 / Counts",
    about: `按项目与种类；没有的行是没有人报，不是 0。 By what and kind; a row that is not there was stated by nobody, which is not 0. ${report}`,
    unit: "locale", decimals: 0, base: "blue", emptyWhenWell: none,
    queries: [{ expr: `topk(12, sum by (measure, kind) (lamplight_clearance_figure{${operation}}))` }],
    place: { x: 0, y: 4, w: 12, h: 9 },
  }, { measure: "项目 / What", kind: "种类 / Kind" }, { name: "数 / Number" }),
  bars({
    title: "各次行动未报 / Missing by operation",
    about: "各次清查行动的未报数。 Missing reports of the last operations. 不为 0 且已关闭：催报 / Not 0 after the close: call the unit.",
    unit: "locale", decimals: 0, base: "blue", emptyWhenWell: none,
    queries: [{ expr: "topk(12, sum by (operation) (lamplight_clearance_reports_missing))", legend: "{{operation}}" }],
    place: { x: 12, y: 4, w: 12, h: 9 },
  }),
  rows({
    title: "各单位报数 / By unit",
    about: `联合行动只计一份报告。没有数的格是没有人报，不是 0；命令未列的单位并入 other。 Of a joint action one report counts. An empty cell was stated by nobody, which is not 0; units that no order names are other. ${report}`,
    unit: "locale", decimals: 0, base: "blue", emptyWhenWell: lastTwo,
    queries: Object.keys(measures).map((measure) => ({ expr: `sum by (unit) (lamplight_clearance_unit_figure{${operation}, measure="${measure}"})` })),
    place: { x: 0, y: 13, w: 12, h: 9 },
  }, { unit: "单位 / Unit" }, ...columns),
  rows({
    title: "各时段报数 / By hour",
    about: `按报告所称发生时间的钟点；没有数的格是没有人报，不是 0。 By the hour of day in which reports say that it happened; an empty cell was stated by nobody, which is not 0. 空档：问各单位班次 / A gap: ask for the shift's report. ${report}`,
    unit: "locale", decimals: 0, base: "blue", emptyWhenWell: lastTwo, upBy: "时 / Hour",
    queries: Object.keys(measures).map((measure) => ({ expr: `sum by (hour) (lamplight_clearance_hour_figure{${operation}, measure="${measure}"})` })),
    place: { x: 12, y: 13, w: 12, h: 9 },
  }, { hour: "时 / Hour" }, ...columns),
  lines({
    title: "报数走势 / Counts over time",
    about: "各项累计报数。下降只因更正或撤回。 Cumulative; a line goes down only by corrections and withdrawals. 断线即统计停止 / A gap means that tally was not measured.",
    unit: "locale", decimals: 0, base: "blue", emptyWhenWell: none,
    queries: [{ expr: `topk(12, sum by (measure) (lamplight_clearance_figure{${operation}}))`, legend: "{{measure}}" }],
    place: { x: 0, y: 22, w: 24, h: 8 },
  }, { least: -Infinity }),
];

export const clearanceBoard = () => board("lamplight-clearance", "清查行动 / Clearance",
  "一次清查行动的报数、未报与隐患。 One clearance operation: counts, missing reports, hazards.", panels,
  [new dashboard.QueryVariableBuilder("operation").label("清查行动 / Operation")
    .datasource({ type: "prometheus", uid: "${datasource}" })
    .query("label_values(lamplight_clearance_reports_missing, operation)").refresh(dashboard.VariableRefresh.OnTimeRangeChanged)]);
