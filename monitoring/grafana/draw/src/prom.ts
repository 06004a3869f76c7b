// Asks Prometheus what a panel asks for, as Grafana's data source would, and gives data frames.
import { createDataFrame, type DataFrame, FieldType, type Labels, type TimeRange } from "@grafana/data";

export interface Target { expr: string; refId: string; legendFormat?: string; format?: string; instant?: boolean }

interface Series { metric: Record<string, string>; value?: [number, string]; values?: [number, string][] }

const address = new URLSearchParams(location.search).get("prometheus") ?? "http://127.0.0.1:9090";
const scrapeSeconds = 5;  // of monitoring/prometheus/prometheus.yml, and of the provisioned data source

export async function ask<T>(path: string, parameters: Record<string, string>): Promise<T> {
  const answer = await fetch(`${address}/api/v1/${path}?${new URLSearchParams(parameters)}`);
  const { status, data, error } = await answer.json();
  if (status !== "success") throw new Error(`${error}: ${parameters.query ?? path}`);
  return data;
}

/** The distance of points: as many as the panel has pixels for, and never closer than Prometheus scrapes. */
function stepSeconds(range: TimeRange, width: number): number {
  const wanted = (range.to.valueOf() - range.from.valueOf()) / 1000 / width;
  return Math.max(scrapeSeconds, Math.ceil(wanted / scrapeSeconds) * scrapeSeconds);
}

export function expand(text: string, variables: Record<string, string>): string {
  return text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced, bare) => {
    const value = variables[braced ?? bare];
    if (value === undefined) throw new Error(`no variable ${braced ?? bare} in ${text}`);
    return value;
  });
}

/** Prometheus says NaN and +Inf in words; for a picture they are gaps. */
const number = (text: string) => Number.isFinite(Number(text)) ? Number(text) : null;

function legend(target: Target, labels: Labels): string {
  if (target.legendFormat) return target.legendFormat.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label) => labels[label] ?? "");
  const rest = Object.entries(labels).filter(([name]) => name !== "__name__").map(([name, value]) => `${name}="${value}"`);
  return rest.length ? `${labels.__name__ ?? ""}{${rest.join(", ")}}` : labels.__name__ ?? target.expr;
}

/** One frame a series, times on the grid of the step: where Prometheus has none stands null, and the line has a gap. */
function lines(target: Target, series: Series[], from: number, to: number, step: number): DataFrame[] {
  return series.map(({ metric, value, values }) => {
    const known = new Map((values ?? (value ? [value] : [])).map(([time, text]) => [Math.round(time), number(text)]));
    const times = value ? [...known.keys()] : Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, n) => from + n * step);
    return createDataFrame({
      refId: target.refId,
      fields: [
        { name: "Time", type: FieldType.time, values: times.map((time) => time * 1000), config: {} },
        { name: "Value", type: FieldType.number, values: times.map((time) => known.get(time) ?? null), labels: metric,
          config: { displayNameFromDS: legend(target, metric) } },
      ],
    });
  });
}

/** One frame of all series: a column for each label, as Grafana's format "table" has it; a value beside others bears its query's letter. */
function table(target: Target, series: Series[], alone: boolean): DataFrame[] {
  if (!series.length) return [];
  const labels = [...new Set(series.flatMap(({ metric }) => Object.keys(metric)))].sort();
  return [createDataFrame({
    refId: target.refId,
    fields: [
      { name: "Time", type: FieldType.time, values: series.map(({ value }) => (value?.[0] ?? 0) * 1000) },
      ...labels.map((label) => ({ name: label, type: FieldType.string, values: series.map(({ metric }) => metric[label] ?? "") })),
      { name: alone ? "Value" : `Value #${target.refId}`, type: FieldType.number, values: series.map(({ value }) => number(value?.[1] ?? "")) },
    ],
  })];
}

export async function query(target: Target, alone: boolean, range: TimeRange, width: number, variables: Record<string, string>): Promise<DataFrame[]> {
  const step = stepSeconds(range, width);
  const macros = { __interval: `${step}s`, __rate_interval: `${Math.max(step + scrapeSeconds, 4 * scrapeSeconds)}s`,
    __range: `${Math.round((range.to.valueOf() - range.from.valueOf()) / 1000)}s` };
  const expr = expand(target.expr, { ...variables, ...macros });
  const [from, to] = [range.from, range.to].map((time) => Math.floor(time.valueOf() / 1000 / step) * step) as [number, number];
  const { result } = target.instant
    ? await ask<{ result: Series[] }>("query", { query: expr, time: String(range.to.valueOf() / 1000) })
    : await ask<{ result: Series[] }>("query_range", { query: expr, start: String(from), end: String(to), step: String(step) });
  return target.format === "table" ? table(target, result, alone) : lines(target, result, from, to, step);
}
