/** `npm run pack`: the tarball for another project, and where it is. */
import { packFolder, stagePackage } from "./stage-package.ts";

process.stdout.write(`${await packFolder(await stagePackage())}\n`);
