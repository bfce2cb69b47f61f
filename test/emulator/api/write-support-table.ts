import { readFileSync, writeFileSync } from "node:fs";
import { readme, withSupportTable } from "./support-table.ts";

writeFileSync(readme, withSupportTable(readFileSync(readme, "utf8")));
