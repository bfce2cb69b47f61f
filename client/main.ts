/** The entry of the page. No other module needs the page to exist when it is imported. */
import { startApp } from "./app/app.ts";

const root = document.getElementById("view");
if (root === null) throw new Error('index.html has no element with id="view".');
startApp(root);
