/**
 * Takes the pictures that the READMEs show: `npm run screenshots`. With a folder also one of every view and state, to
 * look at: `npm run screenshots -- /some/folder`.
 */
import { takePictures } from "./pictures.ts";

await takePictures(process.argv[2]);
