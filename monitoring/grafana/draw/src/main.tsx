// A dashboard of ../dashboards drawn from a live Prometheus: ?board=lamplight-campaign&prometheus=http://127.0.0.1:9090&seconds=3600
// What was drawn is told in window.told, a list of panels; it is there once every panel has its data, or its error.
import { createRoot } from "react-dom/client";
import { createTheme, dateTime, ThemeContext, type TimeRange } from "@grafana/data";
import { initPluginTranslations } from "@grafana/i18n";
import { GlobalStyles, PortalContainer } from "@grafana/ui";
import "uplot/dist/uPlot.min.css";
import campaign from "../../dashboards/lamplight-campaign.json";
import circulation from "../../dashboards/lamplight-circulation.json";
import clearance from "../../dashboards/lamplight-clearance.json";
import services from "../../dashboards/lamplight-services.json";
import { registerTransformations } from "./fields.ts";
import { type Panel, PanelView, type Told } from "./panel.tsx";
import { ask, expand } from "./prom.ts";

declare global { interface Window { told?: Told[] } }

interface Variable { name: string; label: string; type: string; query: string }

const asked = new URLSearchParams(location.search);
const boards: { uid: string; title: string; panels: unknown; templating: { list: unknown } }[] = [campaign, circulation, clearance, services];
const board = boards.find(({ uid }) => uid === asked.get("board")) ?? boards[0]!;
const panels = board.panels as Panel[];
const variables = board.templating.list as Variable[];

// Grafana's grid: 24 columns, 30 pixels a row, 8 pixels between.
const column = (window.innerWidth - 16 - 23 * 8) / 24;
const cell = { width: (w: number) => w * column + (w - 1) * 8, height: (h: number) => h * 30 + (h - 1) * 8 };

function timeRange(): TimeRange {
  const to = dateTime();
  const from = dateTime(to.valueOf() - Number(asked.get("seconds") ?? 21600) * 1000);
  return { from, to, raw: { from, to } };
}

/** The first value of every variable, as Grafana picks it. */
async function valuesOf(list: Variable[]): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const { name, type, query } of list) {
    const [, metric, label] = /^label_values\((.*),\s*(\w+)\)$/.exec(query) ?? [];
    if (type === "datasource") values[name] = "Prometheus";
    else if (type === "textbox") values[name] = query;
    else if (metric && label) values[name] = (await ask<string[]>(`label/${label}/values`, { "match[]": expand(metric, values) }))[0] ?? "";
    else throw new Error(`variable ${name}: ${query} is not label_values(metric, label)`);
  }
  return values;
}

function Board({ values, range }: { values: Record<string, string>; range: TimeRange }) {
  const told: Told[] = [];
  const tell = (one: Told) => { if (told.push(one) === panels.length) window.told = told; };
  return (
    <>
      <div style={{ height: 48, padding: "0 8px", display: "flex", gap: 24, alignItems: "center" }}>
        <span style={{ fontSize: 18 }}>{board.title}</span>
        {variables.map(({ name, label }) => <span key={name}>{label}: {values[name]}</span>)}
      </div>
      {panels.map((panel) => (
        <div key={panel.id} style={{ position: "absolute", left: 8 + panel.gridPos.x * (column + 8), top: 48 + panel.gridPos.y * 38 }}>
          <PanelView panel={panel} range={range} variables={values} tell={tell} width={cell.width(panel.gridPos.w)} height={cell.height(panel.gridPos.h)} />
        </div>))}
      <div style={{ position: "absolute", top: 48 + Math.max(...panels.map(({ gridPos: { y, h } }) => y + h)) * 38, height: 8, width: 1 }} />
    </>
  );
}

await initPluginTranslations("lamplight");
registerTransformations();
const values = await valuesOf(variables);
createRoot(document.getElementById("root")!).render(
  <ThemeContext.Provider value={createTheme({ colors: { mode: "dark" } })}>
    <GlobalStyles />
    <Board values={values} range={timeRange()} />
    <PortalContainer />
  </ThemeContext.Provider>);
