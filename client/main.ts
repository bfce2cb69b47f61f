/** The entry of the page. Everything else can be imported without a page being there. */
import { startApp } from "./app/app.ts";

const root = document.getElementById("view");
if (root === null) throw new Error('index.html has no element with id="view".');
startApp(root);
