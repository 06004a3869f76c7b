// 双循环 / Inner and outer circulation: the inner loop's backlog, what is overdue, how long its steps take, what officers ask.
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import { bars, board, lines, number, rows } from "./panels.ts";

/** Steps of an open case: the state is named after the step that it waits for. As common/model says them. */
const steps = {
  settlement: "待处置 / To be settled", assessment: "待评估 / To be assessed", dispatch: "待派单 / To be dispatched",
  feedback: "待反馈 / Awaiting feedback", verification: "待核查 / To be verified", rework: "核查退回 / Returned", case_review: "立案审查 / Case review",
};
const severities = { critical: "紧急 / Critical", high: "高 / High", medium: "中 / Medium", low: "低 / Low" };
const ages = {
  under_1d: "1 天内 / under 1 d", under_7d: "7 天内 / under 7 d", under_30d: "30 天内 / under 30 d", under_90d: "90 天内 / under 90 d",
  under_365d: "1 年内 / under 1 y", older: "1 年以上 / older",
};
const commands = {
  settlement: "处置 / Settlement", assessment: "评估 / Assessment", dispatch: "派单 / Dispatch", feedback: "反馈 / Feedback",
  verification: "核查 / Verification", review: "立案审查 / Case review", reopening: "重启 / Reopening", rules_move: "适用新规则 / Newest rules",
  petition: "信访登记 / Petition",
};
const outcomes = {
  accepted: "已受理 / Accepted", refused: "被驳回 / Refused", forbidden: "无权 / Forbidden", timed_out: "未及时答复 / Timed out",
  not_taken: "未接收 / Not taken",
};

const open = 'lamplight_inner_cases{state!~"settled|filed|withdrawn"}';
const openOf = (more: string) => `lamplight_inner_cases{state!~"settled|filed|withdrawn", ${more}}`;
const commandsOf = (more: string) => `lamplight_console_commands_total{${more}}`;
/** A query for each value of a label, in this order and by these names. */
const each = (words: Record<string, string>, expr: (value: string) => string) =>
  Object.entries(words).map(([value, legend]) => ({ expr: expr(value), legend }));

/** Whoever reads a red number sees the cases behind it. */
const overdueList = { title: "超期清单 / The overdue cases", url: "${console:raw}/lists/overdue" };
const asOf = "截至本页偏移量 / As of this page's offset.";

const now = [
  number({
    title: "在办 / Open cases",
    about: `尚未核查办结的事项。 Cases that are not verified as settled yet. ${asOf} 显示“已停”时看系统运行监测 / When it says stopped, open the services dashboard.`,
    unit: "locale", decimals: 0, base: "blue",
    queries: [{ expr: `sum(${open})` }],
    place: { x: 0, y: 0, w: 4, h: 4 },
  }),
  number({
    title: "超期 / Overdue",
    about: "当前步骤已超期限的事项。点击数字看清单。 Cases whose step has missed its deadline; a click on the number lists them. 变红：docs/runbooks/InnerOverdue.md / Red: that page.",
    unit: "locale", decimals: 0, steps: [[1, "red"]], link: overdueList,
    queries: [{ expr: "sum(lamplight_inner_overdue)" }],
    place: { x: 4, y: 0, w: 4, h: 4 },
  }),
  number({
    title: "紧急与高 / Critical and high",
    about: `在办事项中紧急和高两级的件数。 Open cases of the two highest severities. ${asOf} 变黄：确认每件有人在办 / Yellow: make sure that each has somebody at it.`,
    unit: "locale", decimals: 0, steps: [[1, "yellow"]],
    queries: [{ expr: `sum(${openOf('severity=~"critical|high"')})` }],
    place: { x: 8, y: 0, w: 4, h: 4 },
  }),
  number({
    title: "最久在办 / Open longest",
    about: "在办最久事项自受理或重启至今，按整点起算。 Since the case was opened, or opened again, that is open longest, from the beginning of that hour. 变红（满 90 天）：值班长督办 / Red after 90 days: the duty chief takes it up.",
    unit: "s", decimals: 1, base: "blue", steps: [[30 * 86_400, "yellow"], [90 * 86_400, "red"]], emptyWhenWell: "no case is open.",
    queries: [{ expr: "time() - min(lamplight_inner_oldest_open_timestamp_seconds)" }],
    place: { x: 12, y: 0, w: 4, h: 4 },
  }),
  number({
    title: "数字偏移量 / Log offset",
    about: "本页数字截至事件日志的这一偏移量。 The figures of this page count the log up to this offset; lamplight case history ID --at OFFSET shows a case as it was then.",
    unit: "locale", decimals: 0, base: "blue",
    queries: [{ expr: "max(lamplight_inner_figures_offset)" }],
    place: { x: 16, y: 0, w: 4, h: 4 },
  }),
  number({
    title: "数字时效 / Age",
    about: "数字所依总线时间距今的秒数。 Seconds since the bus time at which these figures held. 变红：docs/runbooks/InnerOverdue.md，“Absent”一节 / Red: that page, Absent.",
    unit: "s", decimals: 0, steps: [[30, "yellow"], [60, "red"]],
    queries: [{ expr: "time() - max(lamplight_inner_figures_timestamp_seconds)" }],
    place: { x: 20, y: 0, w: 4, h: 4 },
  }),
];

const backlog = [
  bars({
    title: "各步骤在办 / Backlog by state",
    about: `每件事项处于它等待的步骤。 A case is in the state named after the step that it waits for. ${asOf} 某步偏高：查该步的责任台 / Where one stands out: ask the desk of that step.`,
    unit: "locale", decimals: 0, base: "blue",
    queries: each(steps, (step) => `sum(lamplight_inner_cases{state="${step}"})`),
    place: { x: 0, y: 4, w: 6, h: 9 },
  }),
  bars({
    title: "各级在办 / Backlog by severity",
    about: `在办事项按等级。 Open cases by severity; repeats raise it. ${asOf}`,
    unit: "locale", decimals: 0, base: "blue",
    queries: each(severities, (severity) => `sum(${openOf(`severity="${severity}"`)})`),
    place: { x: 6, y: 4, w: 5, h: 9 },
  }),
  bars({
    title: "在办时长 / Backlog by age",
    about: "自受理或最近一次重启算起，每件只列一段。 Since opened, or opened again last; each case in one class. 一年以上不为 0：值班长逐件过问 / Older above 0: the duty chief asks about each.",
    unit: "locale", decimals: 0, base: "blue",
    queries: each(ages, (age) => `sum(lamplight_inner_open_cases{age="${age}"})`),
    place: { x: 11, y: 4, w: 6, h: 9 },
  }),
  bars({
    title: "街镇在办 / Backlog by area",
    about: `在办最多的 12 个街镇；代码表之外的并入 other。 The twelve areas with most open cases; areas that the code list does not hold are other. ${asOf}`,
    unit: "locale", decimals: 0, base: "blue",
    queries: [{ expr: `topk(12, sum by (area) (${open}))`, legend: "{{area}}" }],
    place: { x: 17, y: 4, w: 7, h: 9 },
  }),
];

const overdue = [
  rows({
    title: "超期：街镇与步骤 / Overdue by area and step",
    about: "各街镇各步骤的超期件数。点击看清单。 Overdue cases of each area, by the step that they wait for; a click lists them. 变红：催办，docs/runbooks/InnerOverdue.md / Red: that page.",
    unit: "locale", decimals: 0, steps: [[1, "red"]], link: overdueList,
    queries: [{ expr: "sum by (area) (lamplight_inner_overdue)" },
      ...Object.keys(steps).map((step) => ({ expr: `sum by (area) (lamplight_inner_overdue{step="${step}"})` }))],
    place: { x: 0, y: 13, w: 16, h: 9 },
  }, { area: "街镇 / Area" }, { name: "合计 / All", painted: true }, ...Object.values(steps).map((name) => ({ name, painted: true }))),
  bars({
    title: "反复率 / Relapse by area",
    about: "核查办结后又重启者所占比例，最高的 12 个街镇。 Of what was verified as settled, how much was opened again; the twelve highest. 变红（20% 以上）：复查该街镇的化解质量 / Red from 20 %: look at how disputes are settled there.",
    unit: "percentunit", decimals: 1, steps: [[0.1, "yellow"], [0.2, "red"]], emptyWhenWell: "nothing has been verified as settled yet.",
    queries: [{ expr: "topk(12, lamplight_inner_relapse_ratio)", legend: "{{area}}" }],
    place: { x: 16, y: 13, w: 8, h: 9 },
  }),
];

const durations = [
  rows({
    title: "步骤用时 / Step durations",
    about: `日志开始以来已结束的步骤：件数、平均、中位、90%。分位数在桶内插值。 Steps that ended since the log began; quantiles are interpolated within the buckets (1, 2, 3, 5, 10, 15, 30 min, 1, 2, 4, 8 h, 1, 2, 3, 7, 30 d). ${asOf}`,
    unit: "s", decimals: 0, base: "blue", words: steps, emptyWhenWell: "no step has ended yet.",
    queries: [{ expr: "sum by (step) (lamplight_inner_step_duration_seconds_count)" },
      { expr: "sum by (step) (step:lamplight_inner_step_duration_seconds:mean)" },
      { expr: "sum by (step) (step:lamplight_inner_step_duration_seconds:p50)" },
      { expr: "sum by (step) (step:lamplight_inner_step_duration_seconds:p90)" }],
    place: { x: 0, y: 22, w: 12, h: 8 },
  }, { step: "步骤 / Step" }, { name: "件数 / Ended", unit: "locale" }, { name: "平均 / Mean" }, { name: "中位 / p50" }, { name: "90% / p90" }),
  lines({
    title: "近24小时步骤用时 P90 / Step durations of 24 h, p90",
    about: "近 24 小时结束的步骤，90% 不超过此值（桶内插值）。 90 % of the steps that ended within 24 h took no longer (interpolated within the bucket). 上升：查该步责任台的人手 / Rising: ask the desk of that step.",
    unit: "s", base: "blue", emptyWhenWell: "no step ended within the last 24 h that were watched.",
    queries: each(steps, (step) => `step:lamplight_inner_step_duration_seconds:p90_1d{step="${step}"}`),
    place: { x: 12, y: 22, w: 12, h: 8 },
  }, { legend: "right" }),
];

const courses = [
  lines({
    title: "在办走势 / Backlog over time",
    about: "各步骤在办件数。断线即内循环停止计数。 Open cases by state. 断线 / A gap means that the inner loop was not measured.",
    unit: "locale", decimals: 0, base: "blue",
    queries: each(steps, (step) => `sum(lamplight_inner_cases{state="${step}"})`),
    place: { x: 0, y: 30, w: 12, h: 8 },
  }, { most: 5, legend: "right" }),
  lines({
    title: "超期走势 / Overdue over time",
    about: "各步骤超期件数。 Overdue cases by the step that they wait for. 变红：docs/runbooks/InnerOverdue.md / Red: that page.",
    unit: "locale", decimals: 0, steps: [[1, "red"]],
    queries: each(steps, (step) => `sum(lamplight_inner_overdue{step="${step}"})`),
    place: { x: 12, y: 30, w: 12, h: 8 },
  }, { most: 5, legend: "right" }),
];

const officers = [
  rows({
    title: "近24小时民警指令 / Officers' commands in 24 h",
    about: "经工作台提交的指令及结果；进程重启前后合计。 What officers asked for by the console, and how it ended. 未及时答复、未接收不为 0：看内循环与总线 / Timed out or not taken above 0: look at inner and the bus.",
    unit: "locale", decimals: 0, base: "blue", words: commands,
    queries: Object.keys(outcomes).map((outcome) => ({ expr: `round(sum by (command) (increase(${commandsOf(`outcome="${outcome}"`)}[24h])))` })),
    place: { x: 0, y: 38, w: 14, h: 9 },
  }, { command: "指令 / Command" }, ...Object.values(outcomes).map((name) => ({ name }))),
  lines({
    title: "近5分钟指令结果 / Commands in 5 minutes by outcome",
    about: "近 5 分钟内的指令，按结果。 Commands of the last 5 minutes by how they ended. 无权突增：有人在试探，看审计 / A jump of forbidden: somebody is trying doors, look who.",
    unit: "locale", decimals: 0, base: "blue",
    queries: each(outcomes, (outcome) => `sum(increase(${commandsOf(`outcome="${outcome}"`)}[5m]))`),
    place: { x: 14, y: 38, w: 10, h: 9 },
  }, { most: 5 }),
];

export const circulationBoard = () => board("lamplight-circulation", "双循环 / Inner and outer circulation",
  "内循环：在办、超期、反复、用时、指令。 The inner loop: backlog, overdue, relapse, durations, commands.",
  [...now, ...backlog, ...overdue, ...durations, ...courses, ...officers],
  [new dashboard.TextBoxVariableBuilder("console").label("工作台地址 / Console").defaultValue("http://127.0.0.1:8081")
    .description("红色数字由此链接到清单。 Where the lists behind red numbers are.")]);
