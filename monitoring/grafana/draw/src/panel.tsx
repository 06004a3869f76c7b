// One panel: its queries, then Grafana's own component for its type.
import { useEffect, useState } from "react";
import {
  applyFieldOverrides, cacheFieldDisplayNames, type DataFrame, type DataTransformerConfig, type FieldConfig, type FieldConfigSource,
  type FieldDisplay, FieldType, getDisplayProcessor, getDisplayValueAlignmentFactors, getFieldDisplayValues, type GrafanaTheme2,
  type TimeRange, transformDataFrame, VizOrientation,
} from "@grafana/data";
import { BarGauge, BigValue, PanelChrome, TimeSeries, useTheme2, VizRepeater } from "@grafana/ui";
import { TableNG } from "@grafana/ui/unstable";
import { lastValueFrom } from "rxjs";
import { registry, withDefaults } from "./fields.ts";
import { query, type Target } from "./prom.ts";

export interface Panel {
  id: number; type: string; title: string; description: string;
  gridPos: { x: number; y: number; w: number; h: number };
  options: any;
  fieldConfig: FieldConfigSource;
  targets: Target[];
  transformations?: DataTransformerConfig[];
}

/** What the page tells its test of each panel. */
export interface Told { title: string; series: number; emptyWhenWell: boolean; errors: string[] }

interface Drawn {
  panel: Panel; config: FieldConfigSource; frames: DataFrame[]; range: TimeRange; theme: GrafanaTheme2;
  width: number; height: number;  // pixels, inside the frame
}

const timeZone = "Asia/Shanghai";
const asItIs = (text: string) => text;

function fieldValues({ panel, config, frames, theme }: Drawn): FieldDisplay[] {
  const { reduceOptions } = panel.options;
  return getFieldDisplayValues({ data: frames, reduceOptions, fieldConfig: config, replaceVariables: asItIs, theme, timeZone });
}

function Stat(drawn: Drawn) {
  const { width, height, panel, theme } = drawn;
  const { colorMode, graphMode, justifyMode, textMode, orientation } = panel.options;
  return (
    <VizRepeater width={width} height={height} source={drawn.frames} renderCounter={0} orientation={orientation} autoGrid
      getValues={() => fieldValues(drawn)} renderValue={({ value, width, height, count }) => (
        <BigValue width={width} height={height} value={{ ...value.display, title: count > 1 ? value.display.title : undefined }} count={count}
          theme={theme} colorMode={colorMode} graphMode={graphMode} justifyMode={justifyMode} textMode={textMode} />)} />
  );
}

function Bars(drawn: Drawn) {
  const { width, height, panel, theme } = drawn;
  const { displayMode, orientation, valueMode, namePlacement, showUnfilled, text, minVizWidth, minVizHeight, maxVizHeight } = panel.options;
  const display = (config: FieldConfig) => getDisplayProcessor({ field: { type: FieldType.number, config }, theme, timeZone });
  return (
    <VizRepeater<FieldDisplay, ReturnType<typeof getDisplayValueAlignmentFactors>>
      width={width} height={height} source={drawn.frames} renderCounter={0} itemSpacing={10} orientation={orientation}
      minVizWidth={minVizWidth} minVizHeight={minVizHeight} maxVizHeight={maxVizHeight}
      getValues={() => fieldValues(drawn)} getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value, width, height, alignmentFactors }) => (
        <BarGauge width={width} height={height} value={value.display} field={value.field} display={display(value.field)} theme={theme}
          orientation={VizOrientation.Horizontal} text={text} displayMode={displayMode} valueDisplayMode={valueMode}
          namePlacement={namePlacement} showUnfilled={showUnfilled} alignmentFactors={alignmentFactors} />)} />
  );
}

function Lines({ width, height, panel, config, frames, range }: Drawn) {
  if (!frames.length) return <Nothing text={config.defaults.noValue ?? "No data"} />;
  return <TimeSeries width={width} height={height} frames={frames} timeRange={range} timeZone={timeZone} legend={panel.options.legend} />;
}

function Table({ width, height, panel, config, frames }: Drawn) {
  const frame = frames[0];
  if (!frame?.length) return <Nothing text={config.defaults.noValue ?? "No data"} />;
  return <TableNG width={width} height={height} data={frame} noHeader={!panel.options.showHeader} cellHeight={panel.options.cellHeight}
    sortBy={panel.options.sortBy} sortByBehavior="initial" fieldConfig={config} />;
}

const Nothing = ({ text }: { text: string }) =>
  <div style={{ display: "flex", height: "100%", alignItems: "center", justifyContent: "center" }}>{text}</div>;

const kinds: Record<string, (drawn: Drawn) => React.JSX.Element> = { stat: Stat, bargauge: Bars, timeseries: Lines, table: Table };

async function load(panel: Panel, range: TimeRange, width: number, variables: Record<string, string>, theme: GrafanaTheme2) {
  const config = withDefaults(panel.type, panel.fieldConfig);
  const asked = await Promise.all(panel.targets.map((target) => query(target, panel.targets.length === 1, range, width, variables)));
  const data = await lastValueFrom(transformDataFrame(panel.transformations ?? [], asked.flat()));
  const frames = applyFieldOverrides({ data, fieldConfig: config, fieldConfigRegistry: registry, replaceVariables: asItIs, theme, timeZone });
  cacheFieldDisplayNames(frames);
  return { config, frames };
}

/** How many numbers, or lines with at least one number. */
const countSeries = (frames: DataFrame[]) => frames.flatMap(({ fields }) => fields)
  .filter(({ type, values }) => type === FieldType.number && values.some((value) => value !== null)).length;

export function PanelView({ panel, range, variables, width, height, tell }: {
  panel: Panel; range: TimeRange; variables: Record<string, string>; width: number; height: number; tell: (told: Told) => void;
}) {
  const theme = useTheme2();
  const [loaded, setLoaded] = useState<Awaited<ReturnType<typeof load>>>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    const about = { title: panel.title, emptyWhenWell: panel.description.includes("Empty when well: ") };
    const failed = (why: string) => { setError(why); tell({ ...about, series: 0, errors: [why] }); };
    if (!kinds[panel.type]) return failed(`panel type ${panel.type} is none that this page draws`);
    load(panel, range, width, variables, theme).then((made) => {
      setLoaded(made);
      tell({ ...about, series: countSeries(made.frames), errors: [] });
    }, (why) => failed(String(why)));
  }, []);
  const Kind = kinds[panel.type];
  return (
    <PanelChrome width={width} height={height} title={panel.title} description={panel.description} {...(error ? { statusMessage: error } : {})}>
      {(innerWidth, innerHeight) => Kind && loaded
        ? <Kind width={innerWidth} height={innerHeight} panel={panel} range={range} theme={theme} {...loaded} /> : <>{error}</>}
    </PanelChrome>
  );
}
