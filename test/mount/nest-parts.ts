/** What an API on NestJS adds: a guard and an exception filter, over the shapes of its own interfaces. */
import type { ErrorRequestHandler, Request, RequestHandler, Response } from "express";

/** As much of Nest's ExecutionContext and ArgumentsHost as is used. */
interface HttpContext {
  switchToHttp(): { getRequest<Type = Request>(): Type; getResponse<Type = Response>(): Type };
}

// #region beyond the mount
/** `@UseGuards(new StepUpGuard(requireStepUp("close-account")))` */
export class StepUpGuard {
  readonly #middleware: RequestHandler;

  constructor(middleware: RequestHandler) {
    this.#middleware = middleware;
  }

  canActivate(context: HttpContext): Promise<boolean> {
    const http = context.switchToHttp();
    return new Promise((resolve, reject) => {
      const next = (error?: unknown) => (error === undefined ? resolve(true) : reject(error));
      this.#middleware(http.getRequest(), http.getResponse(), next);
    });
  }
}

/** `app.useGlobalFilters(new PasskeysFilter(createErrorHandler(console)))`, decorated with `@Catch(AppError)` */
export class PasskeysFilter {
  readonly #render: ErrorRequestHandler;

  constructor(render: ErrorRequestHandler) {
    this.#render = render;
  }

  catch(error: unknown, context: HttpContext): void {
    const http = context.switchToHttp();
    this.#render(error, http.getRequest(), http.getResponse(), () => {});
  }
}
// #endregion
