/** Compiles TypeScript and JSX for webpack, as esbuild-loader and others do. */
const { transformSync } = require("esbuild");

module.exports = function compile(source) {
  return transformSync(source, { loader: "tsx", jsx: "automatic", target: "es2022" }).code;
};
