// The page is built once and needs no network: icons come from @grafana/ui, fonts from @fontsource, under the names Grafana asks for.
import { cpSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const fonts: Record<string, string> = {
  "@fontsource/inter/files/inter-latin-400-normal.woff2": "inter/Inter-Regular.woff2",
  "@fontsource/inter/files/inter-latin-500-normal.woff2": "inter/Inter-Medium.woff2",
  "@fontsource/roboto-mono/files/roboto-mono-latin-400-normal.woff2":
    "roboto/L0xTDF4xlVMF-BfR8bXMIhJHg45mwgGEFl0_3vrtSM1J-gEPT5Ese6hmHSh0mQ.woff2",
};

cpSync(here("node_modules/@grafana/ui/dist/public/img/icons"), here("public/public/build/img/icons"), { recursive: true });
for (const folder of ["inter", "roboto"]) mkdirSync(here(`public/public/fonts/${folder}`), { recursive: true });
for (const [from, to] of Object.entries(fonts)) cpSync(here(`node_modules/${from}`), here(`public/public/fonts/${to}`));

const noEditor = here("src/no-editor.ts");
export default defineConfig({
  plugins: [react()],
  define: { global: "globalThis" },
  resolve: { alias: { "monaco-editor": noEditor, "@monaco-editor/react": noEditor } },
  build: { target: "es2022", chunkSizeWarningLimit: 8000, reportCompressedSize: false, minify: false },
});
