/** `npm run pack`: the tarballs for another project, and where they are. */
import { packFolder, stagePackages } from "./stage-package.ts";

const { router, emulator } = await stagePackages();
for (const folder of [router, emulator]) process.stdout.write(`${await packFolder(folder)}\n`);
