/**
 * Import before the Server SDK in a jsdom suite: seeing XMLHttpRequest, its HTTP client would behave as in a browser, where
 * the Server API (rightly) answers no preflight.
 */
Reflect.deleteProperty(globalThis, "XMLHttpRequest");
