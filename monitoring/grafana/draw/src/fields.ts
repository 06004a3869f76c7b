// What Grafana's app registers for the fields of panels; it is not on npm, and without it units and thresholds are dropped.
import {
  type FieldConfigPropertyItem, FieldConfigOptionsRegistry, type FieldConfigSource, FieldColorModeId, identityOverrideProcessor,
  standardTransformers, standardTransformersRegistry,
} from "@grafana/data";

/** Defaults of the time series panel, as Grafana's documentation names them. */
const lineDefaults = {
  drawStyle: "line", lineInterpolation: "linear", lineWidth: 1, fillOpacity: 0, gradientMode: "none", barAlignment: 0,
  spanNulls: false, showPoints: "auto", pointSize: 5, axisPlacement: "auto", axisLabel: "", axisColorMode: "text",
  axisBorderShow: false, axisCenteredZero: false, scaleDistribution: { type: "linear" }, stacking: { mode: "none", group: "A" },
  hideFrom: { tooltip: false, viz: false, legend: false }, insertNulls: false,
};

const ours = ["unit", "min", "max", "decimals", "displayName", "noValue", "thresholds", "mappings", "color", "links", "filterable"];
const custom = [...Object.keys(lineDefaults), "thresholdsStyle", "axisSoftMin", "axisSoftMax", "align", "width", "cellOptions", "inspect", "filterable"];

const item = (path: string, isCustom: boolean) => ({
  id: isCustom ? `custom.${path}` : path, path, name: path, isCustom, process: identityOverrideProcessor, shouldApply: () => true,
}) as unknown as FieldConfigPropertyItem;

export const registry = new FieldConfigOptionsRegistry(() => [
  ...ours.map((path) => item(path, false)), ...custom.map((path) => item(path, true))]);

/** The panel's own configuration over the defaults of its type. */
export function withDefaults(type: string, config: FieldConfigSource): FieldConfigSource {
  const lines = type === "timeseries";
  const mode = lines ? FieldColorModeId.PaletteClassic : FieldColorModeId.Thresholds;
  const steps = config.defaults.thresholds?.steps.map((step) => ({ ...step, value: step.value ?? -Infinity })) ?? [];
  return {
    defaults: {
      color: { mode },
      ...config.defaults,
      thresholds: { mode: config.defaults.thresholds!.mode, steps },
      custom: lines ? { ...lineDefaults, ...config.defaults.custom } : config.defaults.custom,
    },
    overrides: config.overrides ?? [],
  };
}

export function registerTransformations() {
  const byId = new Map(Object.values(standardTransformers).map((made) => [made.id, made]));
  standardTransformersRegistry.setInit(() => [...byId.values()].map((made) => ({
    id: made.id, name: made.name, transformation: async () => made, editor: () => null, imageDark: "", imageLight: "",
  })));
}
