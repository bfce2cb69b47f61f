/**
 * Spans through `@opentelemetry/api`, which is loaded by `startTracing` alone: until then every function here only runs its
 * work. Attributes are names of operations, routes, codes and hosts; never an id of a person, an address, a token or the
 * message of an error.
 */
import { AppError, problemTable } from "./errors.ts";
import { asMissing } from "./optional-package.ts";

type Api = Pick<
  typeof import("@opentelemetry/api"),
  "context" | "propagation" | "trace" | "SpanKind" | "SpanStatusCode"
>;

export interface SpanStart {
  /** The same for all requests of a kind: `authsignal track`. */
  readonly name: string;
  /** `server` answers a request, `client` waits for another process. Default `internal`. */
  readonly kind?: "server" | "client" | "internal";
  readonly attributes?: Readonly<Record<string, string | number>>;
}

/** Headers of a request, as Node has them. */
type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The span of an HTTP request, which ends with its answer. */
export interface RequestSpan {
  readonly run: <Value>(work: () => Value) => Value;
  readonly end: (result: SpanStart & { readonly isFault: boolean }) => void;
}

/** Where an API of version 1 keeps the SDK that was registered with it. */
const registered = Symbol.for("opentelemetry.js.api.1");

let api: Api | null = null;

/**
 * From now on the router, the storage and the calls to Authsignal write spans to the OpenTelemetry SDK that this process
 * has registered, before or after. Without an SDK they lead nowhere.
 * @throws MissingPackageError when @opentelemetry/api is not installed
 */
export async function startTracing(): Promise<void> {
  try {
    api = await import("@opentelemetry/api");
  } catch (error) {
    throw asMissing(error, "startTracing", "@opentelemetry/api");
  }
}

/** Ends what `startTracing` began. */
export function stopTracing(): void {
  api = null;
}

/** Whether this process has an OpenTelemetry SDK, as `node --import ./telemetry.js` gives it. Loads nothing. */
export function hasTelemetry(): boolean {
  return Object.hasOwn(globalThis, registered);
}

/** Runs the work in a span, which is an error for a 5xx, and for what is no answer of this API. */
export function inSpan<Value>(start: SpanStart, work: () => Promise<Value>): Promise<Value> {
  return api === null ? work() : spanned(api, api.context.active(), start, work);
}

/** As `inSpan`, for a request: without a span around it, it continues the trace that its headers name. */
export function inRequestSpan<Value>(
  start: SpanStart,
  headers: Headers,
  work: () => Promise<Value>,
): Promise<Value> {
  if (api === null) return work();
  const hasParent = api.trace.getActiveSpan() !== undefined;
  const around = hasParent ? api.context.active() : api.propagation.extract(api.context.active(), headers);
  return spanned(api, around, { ...start, kind: hasParent ? "internal" : "server" }, work);
}

/** As `inSpan`, where a request waits for a storage. Other work, such as a health check, has no span. */
export function inStorageSpan<Value>(
  storage: string,
  operation: (() => string) | undefined,
  work: () => Promise<Value>,
): Promise<Value> {
  if (api === null || operation === undefined || api.trace.getActiveSpan() === undefined) return work();
  const name = operation();
  const attributes = { "db.system.name": storage.toLowerCase(), "db.operation.name": name };
  return spanned(api, api.context.active(), { name: `${storage} ${name}`, kind: "client", attributes }, work);
}

/** @returns null when nothing is traced, and when a span of the host or of an instrumentation is there already */
export function beginRequestSpan(headers: Headers, method: string): RequestSpan | null {
  if (api === null || api.trace.getActiveSpan() !== undefined) return null;
  const { context, trace, propagation, SpanKind, SpanStatusCode } = api;
  const around = propagation.extract(context.active(), headers);
  const span = tracerOf(api).startSpan(method, { kind: SpanKind.SERVER }, around);
  return {
    run: (work) => context.with(trace.setSpan(around, span), work),
    end({ name, attributes = {}, isFault }) {
      span.updateName(name).setAttributes(attributes);
      if (isFault) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

/** @returns the headers that let another service continue this trace. Without `baggage`: what it carries is not for them */
export function traceHeaders(): Readonly<Record<string, string>> {
  if (api === null) return {};
  const carrier: Record<string, string> = {};
  api.propagation.inject(api.context.active(), carrier);
  const { traceparent, tracestate } = carrier;
  return {
    ...(traceparent !== undefined && { traceparent }),
    ...(tracestate !== undefined && { tracestate }),
  };
}

/** @returns the trace that is under way, as `traceparent` names it; null when there is none */
export function currentTraceId(): string | null {
  return api?.trace.getActiveSpan()?.spanContext().traceId ?? null;
}

async function spanned<Value>(
  { context, trace, SpanKind, SpanStatusCode }: Api,
  around: ReturnType<Api["context"]["active"]>,
  { name, kind = "internal", attributes = {} }: SpanStart,
  work: () => Promise<Value>,
): Promise<Value> {
  const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };
  const span = tracerOf({ trace }).startSpan(
    name,
    { kind: kinds[kind], attributes: { ...attributes } },
    around,
  );
  try {
    return await context.with(trace.setSpan(around, span), work);
  } catch (error) {
    const { type, isFault } = kindOf(error);
    span.setAttribute("error.type", type);
    if (isFault) span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

function tracerOf({ trace }: Pick<Api, "trace">): ReturnType<Api["trace"]["getTracer"]> {
  return trace.getTracer("authsignal-passkeys-express");
}

/** Its code or class. The message may quote what a person sent. */
function kindOf(error: unknown): { readonly type: string; readonly isFault: boolean } {
  if (error instanceof AppError) return { type: error.code, isFault: problemTable[error.code].status >= 500 };
  return { type: error instanceof Error ? error.name : typeof error, isFault: true };
}
