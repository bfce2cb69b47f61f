import { Controller, Delete, Module, UseGuards } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import type { NestExpressApplication } from "@nestjs/platform-express";
import type { CookieSessions, PasskeysOptions } from "authsignal-passkeys-express";
import { mountPasskeys, PasskeyErrors, StepUp } from "./passkeys";

@Controller("account")
class AccountController {
  @Delete()
  @UseGuards(new StepUp("close-account"))
  close() {
    return { closed: true };
  }
}

@Module({ controllers: [AccountController] })
class AppModule {}

export async function createApp(options: PasskeysOptions, sessions: CookieSessions) {
  const app = await NestFactory.create<NestExpressApplication>(AppModule);
  app.setGlobalPrefix("v1");
  app.useGlobalFilters(new PasskeyErrors());
  mountPasskeys(app, options, sessions);
  return app;
}
