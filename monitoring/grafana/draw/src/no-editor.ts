// Stands in for the code editor that @grafana/ui imports: dashboards have none, and it is as large as the rest of the page.
export const loader = { config() {}, init: () => new Promise(() => {}) };
export default () => null;
