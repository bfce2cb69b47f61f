// Part of @babel/preset-env, which does as well.
module.exports = { plugins: ["@babel/plugin-transform-modules-commonjs"] };
