// What can be known of the dashboards without Grafana: their JSON against Grafana's own published types, and our rules.
// `npm run check` prints every fault; `-- --rules FILE` also writes all expressions as recording rules, for promtool.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { parser } from "@prometheus-io/lezer-promql";
import { createGenerator } from "ts-json-schema-generator";
import * as units from "@grafana/grafana-foundation-sdk/units";

const sdk = dirname(dirname(createRequire(import.meta.url).resolve("@grafana/grafana-foundation-sdk/dashboard")));
const folder = new URL("../dashboards/", import.meta.url);
const boards = ["lamplight-campaign", "lamplight-circulation", "lamplight-clearance", "lamplight-services"];
const transformations = new Set(["organize", "merge"]);
const overrides = new Set(["decimals", "unit", "custom.cellOptions"]);
const bilingual = /\p{Script=Han}.*\/ .*[a-zA-Z]/u;
const known = new Set<unknown>(Object.values(units));
const mostSeries = 12;
/** How many series a query has is known at run time (tests/compose counts them); here it must begin with what bounds them. */
const bounded = ["topk(12,", "topk(11,", "sum(", "count(", "time()", "sum by (check) (", "sum by (kind) (", "sum by (job, version, commit) (", "count by (alertname, severity) (",
  "lamplight_ready{", "lamplight_log_", "lamplight_bus_head_", "lamplight_bus_clock_", "lamplight_tally_figures_", "lamplight_tally_events",
  "job:lamplight_", "check:lamplight_",
  // Rows of tables: at most the 30 units of the orders and `other`, and 24 hours (services/tally/campaign_gauges.hpp).
  "sum by (unit) (lamplight_clearance_unit_figure{", "sum by (hour) (lamplight_clearance_hour_figure{",
  // At most the 30 areas of the code list and `other`, the seven steps, the nine commands (services/inner, services/console).
  "sum by (area) (lamplight_inner_overdue", "sum by (step) (lamplight_inner_", "sum by (step) (step:lamplight_inner_", "step:lamplight_inner_", "round(sum by (command) (", "max(lamplight_inner_figures_",
  // A service is in one state; each has a name.
  "sum by (service, state) (lamplight_service_state) > 0", "max by (service) (lamplight_service_halted_offset"];

const faults: string[] = [];
const expressions: string[] = [];

/** A validator of one root type of the SDK. Targets of panels are any object here: Prometheus' own type checks them. */
function validator(module: string, type: string): ValidateFunction {
  const schema = createGenerator({ path: join(sdk, module, "types.gen.d.ts"), type, skipTypeCheck: true }).createSchema(type);
  if (schema.definitions && module === "dashboard") schema.definitions["Dataquery"] = { type: "object" };
  return new Ajv({ strict: false, allErrors: true }).compile(schema);
}

function validate(what: string, check: ValidateFunction, value: unknown) {
  if (check(value)) return;
  for (const error of check.errors ?? []) faults.push(`${what}: ${error.instancePath || "/"} ${error.message} ${JSON.stringify(error.params)}`);
}

interface Target { expr: string; refId: string; instant?: boolean }
interface Link { title?: string; url?: string; targetBlank?: boolean }
interface Panel {
  id: number; type: string; title?: string; description?: string; options?: unknown; targets?: Target[];
  gridPos: { x: number; y: number; w: number; h: number };
  fieldConfig?: { defaults: { unit?: string; thresholds?: { steps: unknown[] }; custom?: unknown; links?: Link[] }; overrides: { properties: { id: string }[] }[] };
  transformations?: { id: string }[];
}
interface Board { uid: string; title: string; timezone: string; refresh: string; panels: Panel[]; templating: { list: { name: string }[] } }

const checkBoard = validator("dashboard", "Dashboard");
const checkQuery = validator("prometheus", "Dataquery");
const checkOptions: Record<string, ValidateFunction> = Object.fromEntries(
  ["stat", "table", "timeseries", "bargauge"].map((kind) => [kind, validator(kind, "Options")]));
const checkLines = validator("timeseries", "FieldConfig");

/** What our expressions name and Grafana fills in. */
const macros = new Set(["__rate_interval", "__interval", "__range"]);

function checkExpression(what: string, expr: string, variables: Set<string>) {
  for (const [, name] of expr.matchAll(/\$\{?(\w+)\}?/g)) {
    if (!variables.has(name!) && !macros.has(name!)) faults.push(`${what}: no variable ${name}`);
  }
  const filled = expr.replace(/\$\{?__(rate_interval|interval|range)\}?/g, "5m").replace(/\$\{?\w+\}?/g, "x");
  expressions.push(filled);
  parser.parse(filled).iterate({ enter: (node) => { if (node.type.isError) faults.push(`${what}: not PromQL at ${node.from}: ${filled}`); } });
  const isBounded = bounded.some((start) => filled.startsWith(start)) || filled.includes('job=~"broker|intake|tally|inner|console"');
  if (!isBounded) faults.push(`${what}: may be more than ${mostSeries} series: ${filled}`);
}

/** Our lists, at the address that the reader has set; as it stands (raw), or Grafana would encode its slashes. */
function checkLink(what: string, { title, url, targetBlank }: Link, variables: Set<string>) {
  if (!bilingual.test(title ?? "")) faults.push(`${what}: a link's title is 中文 / English`);
  if (!url?.startsWith("${console:raw}/lists/") || !variables.has("console")) faults.push(`${what}: link ${url} is to none of the console's lists`);
  if (!targetBlank) faults.push(`${what}: a link that leaves the dashboard`);
}

function checkPanel(board: Board, panel: Panel, variables: Set<string>) {
  const what = `${board.uid} ${panel.id} ${panel.title ?? "without a title"}`;
  if (!bilingual.test(panel.title ?? "")) faults.push(`${what}: a title is 中文 / English`);
  if (!/\p{Script=Han}/u.test(panel.description ?? "") || !/[a-z]{3}/.test(panel.description ?? "")) faults.push(`${what}: a description in both languages`);
  const defaults = panel.fieldConfig?.defaults;
  if (!defaults?.unit || !known.has(defaults.unit)) faults.push(`${what}: unit ${defaults?.unit} is none of Grafana's`);
  if (!defaults?.thresholds?.steps.length) faults.push(`${what}: no thresholds`);
  const options = checkOptions[panel.type];
  if (!options) faults.push(`${what}: panel type ${panel.type} is none of ours`);
  else validate(`${what} options`, options, panel.options);
  if (panel.type === "timeseries") validate(`${what} fields`, checkLines, defaults?.custom);
  for (const step of panel.transformations ?? []) {
    if (!transformations.has(step.id)) faults.push(`${what}: transformation ${step.id}`);
  }
  for (const { id } of panel.fieldConfig?.overrides.flatMap(({ properties }) => properties) ?? []) {
    if (!overrides.has(id)) faults.push(`${what}: override of ${id}`);
  }
  for (const link of defaults?.links ?? []) checkLink(what, link, variables);
  const refs = new Set<string>();
  for (const target of panel.targets ?? []) {
    validate(`${what} query`, checkQuery, target);
    if (!target.refId || refs.has(target.refId)) faults.push(`${what}: refId ${target.refId}`);
    refs.add(target.refId);
    if (panel.type !== "timeseries" && !target.instant) faults.push(`${what}: asks for a range and would keep its last value for ever`);
    checkExpression(what, target.expr, variables);
  }
  if (!refs.size) faults.push(`${what}: no query`);
}

function checkGrid(board: Board) {
  const taken = new Map<string, number>();
  const ids = new Set<number>();
  for (const { id, gridPos: { x, y, w, h } } of board.panels) {
    if (!(id > 0) || ids.has(id)) faults.push(`${board.uid}: panel id ${id}`);
    ids.add(id);
    if (x < 0 || w < 1 || h < 1 || x + w > 24) faults.push(`${board.uid} ${id}: off the grid of 24 columns`);
    for (let column = x; column < x + w; column++) {
      for (let row = y; row < y + h; row++) {
        const cell = `${column},${row}`;
        if (taken.has(cell)) faults.push(`${board.uid}: panels ${taken.get(cell)} and ${id} overlap`);
        taken.set(cell, id);
      }
    }
  }
}

for (const uid of boards) {
  const board: Board = JSON.parse(readFileSync(new URL(`${uid}.json`, folder), "utf8"));
  validate(uid, checkBoard, board);
  if (board.uid !== uid || board.timezone !== "Asia/Shanghai" || board.refresh !== "10s") faults.push(`${uid}: uid, time zone or refresh`);
  const variables = new Set(board.templating.list.map((variable) => variable.name));
  for (const panel of board.panels) checkPanel(board, panel, variables);
  checkGrid(board);
}

const rules = process.argv.indexOf("--rules");
if (rules > 0) {
  const lines = expressions.map((expr, index) => `      - {record: "panel:expression:n${index}", expr: ${JSON.stringify(expr)}}`);
  writeFileSync(process.argv[rules + 1]!, `groups:\n  - name: panels\n    rules:\n${lines.join("\n")}\n`);
}
for (const fault of new Set(faults)) console.error(fault);
console.log(`${boards.length} dashboards, ${expressions.length} expressions, ${faults.length} faults`);
process.exit(faults.length ? 1 : 0);
