// Writes dashboards/*.json, what Grafana is provisioned with. `npm run build -- --check`: only says whether they are fresh.
import { readFileSync, writeFileSync } from "node:fs";
import { campaignBoard } from "./campaign.ts";
import { circulationBoard } from "./circulation.ts";
import { clearanceBoard } from "./clearance.ts";
import { servicesBoard } from "./services.ts";

const folder = new URL("../dashboards/", import.meta.url);
const onlyCheck = process.argv.includes("--check");
let stale = false;
for (const board of [campaignBoard(), circulationBoard(), clearanceBoard(), servicesBoard()]) {
  const file = new URL(`${board.uid}.json`, folder);
  const text = `${JSON.stringify(board, null, 2)}\n`;
  if (!onlyCheck) {
    writeFileSync(file, text);
  } else if (readFileSync(file, "utf8") !== text) {
    console.error(`${board.uid}.json is stale: npm run build`);
    stale = true;
  }
}
process.exit(stale ? 1 : 0);
