/** In development mode: only there does StrictMode run each effect twice. */
import webpack from "webpack";

const compiler = webpack({
  mode: "development",
  devtool: false,
  entry: "./main.tsx",
  module: { rules: [{ test: /\.tsx?$/, loader: `${import.meta.dirname}/typescript-loader.cjs` }] },
  output: { path: `${import.meta.dirname}/public`, filename: "bundle.js" },
});
compiler.run((error, stats) => {
  if (error ?? stats.hasErrors()) throw error ?? new Error(stats.toString("errors-only"));
});
