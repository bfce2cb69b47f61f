/** Bundles the page without a setting of webpack's: entry and output alone. */
import webpack from "webpack";

const compiler = webpack({
  mode: "production",
  entry: "./main.js",
  output: { path: `${import.meta.dirname}/public`, filename: "bundle.js" },
});
compiler.run((error, stats) => {
  if (error ?? stats.hasErrors()) throw error ?? new Error(stats.toString("errors-only"));
});
