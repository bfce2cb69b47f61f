import "reflect-metadata";
import { Authsignal } from "@authsignal/node";
import { Body, Controller, HttpCode, Module, Post, UnauthorizedException } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";

export function createApp(settings: { readonly apiSecretKey: string; readonly apiUrl: string }) {
  const authsignal = new Authsignal(settings);

  @Controller()
  class PasskeysController {
    @Post("passkeys/token")
    @HttpCode(200)
    async token(@Body() { userId }: { userId: string }) {
      const { token } = await authsignal.track({ userId, action: "enroll-passkey" });
      return { token };
    }

    @Post("sign-in")
    @HttpCode(200)
    async signIn(@Body() { token }: { token: string }) {
      const { isValid, state, userId } = await authsignal.validateChallenge({ token, action: "sign-in" });
      if (!isValid || state !== "CHALLENGE_SUCCEEDED") throw new UnauthorizedException();
      return { userId };
    }
  }

  @Module({ controllers: [PasskeysController] })
  class AppModule {}

  return NestFactory.create(AppModule, { logger: ["error"] });
}
