// The panels that our dashboards are made of: every one has a title in both languages, a description that says what to do
// when it is red, a unit, thresholds, the data source by variable, and a place on the grid of 24 columns.
import type * as cog from "@grafana/grafana-foundation-sdk/cog";
import * as bargauge from "@grafana/grafana-foundation-sdk/bargauge";
import {
  BarGaugeDisplayMode, BarGaugeNamePlacement, BigValueColorMode, BigValueGraphMode, GraphThresholdsStyleConfigBuilder, GraphThresholdsStyleMode,
  LegendDisplayMode, LegendPlacement, ReduceDataOptionsBuilder, SortOrder, TableCellDisplayMode, TableSortByFieldStateBuilder,
  TooltipDisplayMode, VizLegendOptionsBuilder, VizOrientation, VizTextDisplayOptionsBuilder, VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import * as prometheus from "@grafana/grafana-foundation-sdk/prometheus";
import * as stat from "@grafana/grafana-foundation-sdk/stat";
import * as table from "@grafana/grafana-foundation-sdk/table";
import * as timeseries from "@grafana/grafana-foundation-sdk/timeseries";

export interface Place { x: number; y: number; w: number; h: number }

/** [bound, colour]: from this value on; the base colour holds below the first. */
export type Step = readonly [number, "green" | "yellow" | "orange" | "red" | "blue"];

export interface Query { expr: string; legend?: string }

export interface Panel {
  title: string;        // 中文 / English
  about: string;        // what it shows, and what to do when it is red
  unit: string;
  decimals?: number;
  base?: "green" | "red" | "blue";
  steps?: readonly Step[];
  queries: readonly Query[];
  place: Place;
  /** The panel may be without data when all is well, for this reason. The tests demand data of every other. */
  emptyWhenWell?: string;
  /** Where the cases behind the number are: a click leads there. Variables in the address are as they stand: ${name:raw}. */
  link?: { title: string; url: string };
  /** What is shown for the texts of labels in a table. */
  words?: Record<string, string>;
  /** Of a table: the column by which its rows go up, where that is not the greatest number first. */
  upBy?: string;
}

const source = { type: "prometheus", uid: "${datasource}" };
/** What a figure shows once nobody measures it any more: instant queries know it at once, range queries never would. */
const stopped = "已停 / stopped";

/** Without a value Grafana paints the base colour. What is said of this moment must be red then, so its own base begins at 0. */
function thresholds(panel: Panel, instant: boolean) {
  const base = panel.base ?? "green";
  const noValue = instant && panel.emptyWhenWell === undefined;
  const steps = [{ value: null, color: noValue ? "red" : base }, ...(noValue && base !== "red" ? [{ value: 0, color: base as string }] : []),
    ...(panel.steps ?? []).map(([value, color]) => ({ value, color: color as string }))];
  return new dashboard.ThresholdsConfigBuilder().mode(dashboard.ThresholdsMode.Absolute).steps(steps);
}

function target(query: Query, index: number, instant: boolean) {
  const made = new prometheus.DataqueryBuilder().datasource(source).expr(query.expr).refId(String.fromCharCode(65 + index));
  if (query.legend !== undefined) made.legendFormat(query.legend);
  return instant ? made.instant() : made.range();
}

/** What the panel builders of all kinds have in common. */
interface Common {
  title(text: string): unknown;
  description(text: string): unknown;
  datasource(ref: typeof source): unknown;
  unit(unit: string): unknown;
  decimals(n: number): unknown;
  noValue(text: string): unknown;
  thresholds(steps: cog.Builder<dashboard.ThresholdsConfig>): unknown;
  dataLinks(links: cog.Builder<dashboard.DashboardLink>[]): unknown;
  mappings(mappings: dashboard.ValueMapping[]): unknown;
  gridPos(place: Place): unknown;
  targets(targets: cog.Builder<cog.Dataquery>[]): unknown;
}

const valueMap = (words: Record<string, string>): dashboard.ValueMap => ({
  type: dashboard.MappingType.ValueToText,
  options: Object.fromEntries(Object.entries(words).map(([value, text], index) => [value, { text, index }])),
});

/** Of a link on data Grafana reads title, address and whether it opens a tab; the SDK knows the dashboards' kind alone. */
const dataLink = ({ title, url }: { title: string; url: string }) =>
  new dashboard.DashboardLinkBuilder(title).type(dashboard.DashboardLinkType.Link).url(url).targetBlank(true);

function dress<B extends Common>(builder: B, panel: Panel, instant: boolean): B {
  const empty = panel.emptyWhenWell === undefined ? "" : ` Empty when well: ${panel.emptyWhenWell}`;
  builder.title(panel.title);
  builder.description(panel.about + empty);
  builder.datasource(source);
  builder.unit(panel.unit);
  if (panel.decimals !== undefined) builder.decimals(panel.decimals);
  builder.noValue(panel.emptyWhenWell === undefined ? stopped : "无 / none");
  builder.thresholds(thresholds(panel, instant));
  if (panel.link) builder.dataLinks([dataLink(panel.link)]);
  if (panel.words) builder.mappings([valueMap(panel.words)]);
  builder.gridPos(panel.place);
  builder.targets(panel.queries.map((query, index) => target(query, index, instant)));
  return builder;
}

const last = () => new ReduceDataOptionsBuilder().calcs(["lastNotNull"]).values(false);

/** One number, of this moment. */
export function number(panel: Panel) {
  return dress(new stat.PanelBuilder(), panel, true)
    .reduceOptions(last()).colorMode(BigValueColorMode.Value).graphMode(BigValueGraphMode.None);
}

/** One word for each state, of this moment: 1 is well. */
export function state(panel: Panel, words: { one: string; zero: string }) {
  const mapping = valueMap({ "0": words.zero, "1": words.one });
  return dress(new stat.PanelBuilder(), panel, true)
    .reduceOptions(last()).colorMode(BigValueColorMode.Background).graphMode(BigValueGraphMode.None).mappings([mapping]);
}

/** How an axis reaches when the values would let it be shorter. Grafana draws 0 to 100 for a line that is 0 all along. */
export interface Axis { least?: number; most?: number; legend?: "bottom" | "right" }

/** Lines over time; the threshold is drawn, and the legend tells the last and the greatest value. */
export function lines(panel: Panel, { least = 0, most, legend = "bottom" }: Axis = {}) {
  const made = dress(new timeseries.PanelBuilder(), panel, false);
  if (Number.isFinite(least)) made.axisSoftMin(least);
  if (most !== undefined) made.axisSoftMax(most);
  return made.lineWidth(1).fillOpacity(8)
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.Table).placement(legend === "right" ? LegendPlacement.Right : LegendPlacement.Bottom)
      .showLegend(true).calcs(["lastNotNull", "max"]));
}

/** A bar for each series, of this moment, from 0 to the greatest. Grafana makes room for one name, in its own size: a smaller
 * one fits all. Basic, since a gradient would run from the red of a missing value. */
export function bars(panel: Panel) {
  return dress(new bargauge.PanelBuilder(), panel, true).min(0)
    .reduceOptions(last()).orientation(VizOrientation.Horizontal).displayMode(BarGaugeDisplayMode.Basic)
    .namePlacement(BarGaugeNamePlacement.Left).text(new VizTextDisplayOptionsBuilder().titleSize(11).valueSize(16));
}

/** The number that a query adds to each row; with `painted` in the colour of the panel's thresholds. */
export interface Column { name: string; decimals?: number; unit?: string; painted?: boolean }

/** A row for each combination of the labels named, of this moment, the greatest of the first column first unless `upBy` says; a column for each query. The queries keep
 * these labels alone ("sum by"): every other would become a column and push the numbers out of sight. */
export function rows(panel: Panel, labels: Record<string, string>, ...columns: readonly Column[]) {
  const made = dress(new table.PanelBuilder(), panel, true);
  made.targets(panel.queries.map((query, index) => target(query, index, true).format(prometheus.PromQueryFormat.Table)));
  // As Grafana names the column of a query, alone and beside others.
  const values = columns.map(({ name }, index) => [columns.length === 1 ? "Value" : `Value #${String.fromCharCode(65 + index)}`, name] as const);
  const order = [...Object.keys(labels), ...values.map(([value]) => value)];
  if (columns.length > 1) made.withTransformation({ id: "merge", options: {} });
  made.withTransformation({
    id: "organize",
    options: {
      excludeByName: { Time: true },
      indexByName: Object.fromEntries(order.map((name, index) => [name, index])),
      renameByName: { ...labels, ...Object.fromEntries(values) },
    },
  });
  for (const { name, decimals, unit, painted } of columns) {
    const properties: dashboard.DynamicConfigValue[] = [];
    if (decimals !== undefined) properties.push({ id: "decimals", value: decimals });
    if (unit !== undefined) properties.push({ id: "unit", value: unit });
    if (painted) properties.push({ id: "custom.cellOptions", value: { type: TableCellDisplayMode.ColorText } });
    if (properties.length) made.overrideByName(name, properties);
  }
  return made.sortBy([new TableSortByFieldStateBuilder().displayName(panel.upBy ?? columns[0]!.name).desc(panel.upBy === undefined)]);
}

/** A dashboard of panels, numbered in their order, in the classic model that Grafana 11 and 12 read. */
export function board(uid: string, title: string, about: string, panels: readonly cog.Builder<dashboard.Panel>[],
  variables: readonly cog.Builder<dashboard.VariableModel>[] = []): dashboard.Dashboard {
  const made = new dashboard.DashboardBuilder(title)
    .uid(uid).description(about).tags(["lamplight"]).readonly().timezone("Asia/Shanghai").refresh("10s")
    .time({ from: "now-6h", to: "now" })
    .link(new dashboard.DashboardLinkBuilder("看板 / Dashboards").type(dashboard.DashboardLinkType.Dashboards).tags(["lamplight"]))
    .withVariable(new dashboard.DatasourceVariableBuilder("datasource").label("数据源 / Data source").type("prometheus"));
  for (const variable of variables) made.withVariable(variable);
  for (const panel of panels) made.withPanel(panel);
  const dash = made.build();
  dash.schemaVersion = 39;  // Grafana moves a lower number up; one above its own it may refuse
  dash.panels?.forEach((panel, index) => { panel.id = index + 1; });
  const onData = dash.panels?.flatMap((panel) => ("fieldConfig" in panel ? panel.fieldConfig?.defaults.links : undefined) ?? []) ?? [];
  for (const link of [...dash.links ?? [], ...onData]) delete (link as { placement?: unknown }).placement;  // else it hides in a menu
  return dash;
}
