import {
  type ArgumentsHost,
  type CanActivate,
  Catch,
  type ExceptionFilter,
  type ExecutionContext,
} from "@nestjs/common";
import type { NestExpressApplication } from "@nestjs/platform-express";
import {
  AppError,
  type CookieSessions,
  createErrorHandler,
  createPasskeysRouter,
  createStepUpGuard,
  type PasskeysOptions,
  type RequireStepUp,
} from "authsignal-passkeys-express";

let requireStepUp: RequireStepUp;

/** Call it between NestFactory.create and app.listen. */
export function mountPasskeys(
  app: NestExpressApplication,
  options: PasskeysOptions,
  sessions: CookieSessions,
): void {
  requireStepUp = createStepUpGuard(options);
  app.use(sessions.middleware);
  app.use("/auth", createPasskeysRouter(options), createErrorHandler(console));
}

export class StepUp implements CanActivate {
  constructor(private readonly action: string) {}

  canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    return new Promise((resolve, reject) => {
      const next = (error?: unknown) => (error === undefined ? resolve(true) : reject(error));
      requireStepUp(this.action)(http.getRequest(), http.getResponse(), next);
    });
  }
}

@Catch(AppError)
export class PasskeyErrors implements ExceptionFilter<AppError> {
  catch({ status, code, publicMessage, extras }: AppError, host: ArgumentsHost): void {
    const body = { statusCode: status, code, message: publicMessage, ...extras };
    host.switchToHttp().getResponse().status(status).json(body);
  }
}
